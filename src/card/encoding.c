// SPDX-License-Identifier: MIT
/* encoding: how the pixels of the card lie in the memory of a format. See encoding.h. */
#include "card/encoding_kinds.h"

#include <stddef.h>
#include <string.h>

#include <drm_fourcc.h>

/* Pixels are little-endian words (drm_fourcc.h), and so are ours. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "written for little-endian CPUs");

/* 8 bits a channel, and X or A = 255. */
static void pack_bgrx(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = pixel[p] | 0xff000000;

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_bgrx(const uint8_t *cell, uint32_t *pixel)
{
	memcpy(pixel, cell, CARD_CELL_BYTES);
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++)
		pixel[p] &= 0xffffff;
}

static void pack_rgbx(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = card_swap(pixel[p]) | 0xff000000;

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_rgbx(const uint8_t *cell, uint32_t *pixel)
{
	memcpy(pixel, cell, CARD_CELL_BYTES);
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++)
		pixel[p] = card_swap(pixel[p]);
}

/* X may come back as anything. A is what a reader blends by: it is the card's. */
enum { COLOUR = 0xffffff };

static const struct card_encoding xrgb8888 = {
	.pack = pack_bgrx,
	.unpack = unpack_bgrx,
	.judged = COLOUR,
	.gamut = CARD_GAMUT,
};
static const struct card_encoding argb8888 = {
	.pack = pack_bgrx,
	.unpack = unpack_bgrx,
	.judged = UINT32_MAX,
	.gamut = CARD_GAMUT,
};
static const struct card_encoding xbgr8888 = {
	.pack = pack_rgbx,
	.unpack = unpack_rgbx,
	.judged = COLOUR,
	.gamut = CARD_GAMUT,
	.red_first = true,
};
static const struct card_encoding abgr8888 = {
	.pack = pack_rgbx,
	.unpack = unpack_rgbx,
	.judged = UINT32_MAX,
	.gamut = CARD_GAMUT,
	.red_first = true,
};

static const struct {
	uint32_t fourcc;
	const struct card_encoding *encoding[PIXEL_FORMAT_PLANES];
} encodings[] = {
	{ DRM_FORMAT_XRGB8888, { &xrgb8888 } },
	{ DRM_FORMAT_ARGB8888, { &argb8888 } },
	{ DRM_FORMAT_XBGR8888, { &xbgr8888 } },
	{ DRM_FORMAT_ABGR8888, { &abgr8888 } },
	{ DRM_FORMAT_RGB565, { &card_encoding_rgb565 } },
	{ DRM_FORMAT_XRGB2101010, { &card_encoding_xrgb2101010 } },
	{ DRM_FORMAT_ABGR16161616F, { &card_encoding_halves } },
	{ DRM_FORMAT_NV12, { &card_encoding_y8, &card_encoding_c8 } },
	{ DRM_FORMAT_P010, { &card_encoding_y10, &card_encoding_c10 } },
	{ DRM_FORMAT_YUYV, { &card_encoding_yuyv } },
};

const struct card_encoding *card_encoding_find(uint32_t fourcc, uint32_t plane)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (encodings[i].fourcc == fourcc)
			return encodings[i].encoding[plane];
	return NULL;
}

/* Both of a pair, where one of them is set. */
static uint32_t both_of_pairs(uint32_t which)
{
	uint32_t left = (which | which >> 1) & 0x5555;

	return left | left << 1;
}

uint32_t card_encoding_differ(const struct card_encoding *encoding, const uint8_t *cell,
			      const uint8_t want[CARD_CELL_BYTES])
{
	uint32_t which = 0;

	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t a, b;

		memcpy(&a, cell + 4 * p, 4);
		memcpy(&b, want + 4 * p, 4);
		if (((a ^ b) & encoding->judged) != 0)
			which |= 1u << p;
	}
	return encoding->pairs ? both_of_pairs(which) : which;
}
