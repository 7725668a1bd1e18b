// SPDX-License-Identifier: MIT
/* colour: what of a card is seen. See colour.h. */
#include "card/colour.h"

#include <string.h>

#include <drm_fourcc.h>

#include "base/pixel_format.h"
#include "card/encoding.h"

/* @v of @n bits as one of 8: what a screen makes of it. */
static uint32_t widen(uint32_t v, uint32_t n)
{
	uint32_t most = (1u << n) - 1;

	return (v * 255 + most / 2) / most;
}

static uint32_t colour_of_565(uint32_t v)
{
	return widen(v >> 11, 5) << 16 | widen(v >> 5 & 63, 6) << 8 | widen(v & 31, 5);
}

static uint32_t colour_of_2101010(uint32_t v)
{
	return widen(v >> 20 & 1023, 10) << 16 | widen(v >> 10 & 1023, 10) << 8 |
	       widen(v & 1023, 10);
}

/* A half in [0.25, 1), which the card has no others of; what is not such is black. */
static uint32_t colour_of_half(uint32_t half)
{
	if (half >= 0x3400 && half < 0x3800)
		return (half - 0x3400 + 1024) * 255 / 4096;
	if (half >= 0x3800 && half < 0x3c00)
		return (half - 0x3800 + 1024) * 255 / 2048;
	return half >= 0x3c00 && half <= 0x7c00 ? 255 : 0;
}

static uint32_t colour_of_halves(const uint8_t *at)
{
	uint16_t half[3];

	memcpy(half, at, sizeof(half));
	return colour_of_half(half[0]) << 16 | colour_of_half(half[1]) << 8 |
	       colour_of_half(half[2]);
}

static uint32_t colour_at(uint32_t fourcc, const uint8_t *at)
{
	uint32_t word = 0;

	if (fourcc == DRM_FORMAT_ABGR16161616F)
		return colour_of_halves(at);
	memcpy(&word, at, fourcc == DRM_FORMAT_RGB565 ? 2 : 4);
	switch (fourcc) {
	case DRM_FORMAT_RGB565:
		return colour_of_565(word);
	case DRM_FORMAT_XRGB2101010:
		return colour_of_2101010(word);
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return card_swap(word);
	default:
		return word & 0xffffff;
	}
}

static uint32_t clamp(int32_t v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint32_t)v;
}

/*
 * BT.601 of limited range, which is what most make of a buffer that says nothing of it. In 1/256.
 */
static uint32_t colour_of_yuv(int32_t y, int32_t cb, int32_t cr)
{
	int32_t light = 298 * (y - 16) + 128;

	cb -= 128;
	cr -= 128;
	return clamp((light + 409 * cr) >> 8) << 16 |
	       clamp((light - 100 * cb - 208 * cr) >> 8) << 8 | clamp((light + 516 * cb) >> 8);
}

/* Of 10 bits the upper 8. Colour is that of the pair, and of two planes that of the square. */
static uint32_t colour_of_planes(const struct card *card, const uint8_t *mem, size_t stride,
				 uint32_t x, uint32_t y)
{
	const uint8_t *row = mem + y * stride, *colour = mem + (card->height + y / 2) * stride;
	uint32_t pair = x & ~1u;

	switch (card->fourcc) {
	case DRM_FORMAT_NV12:
		return colour_of_yuv(row[x], colour[pair], colour[pair + 1]);
	case DRM_FORMAT_P010:
		return colour_of_yuv(row[2 * x + 1], colour[2 * pair + 1], colour[2 * pair + 3]);
	default: /* YUYV */
		return colour_of_yuv(row[2 * x], row[2 * pair + 1], row[2 * pair + 3]);
	}
}

static bool is_yuv(const struct card *card)
{
	return card->fourcc == DRM_FORMAT_NV12 || card->fourcc == DRM_FORMAT_P010 ||
	       card->fourcc == DRM_FORMAT_YUYV;
}

void card_colours(const struct card *card, const void *mem, size_t stride, uint32_t y,
		  uint32_t *colours)
{
	const uint8_t *at = (const uint8_t *)mem + y * stride;
	uint32_t bytes = pixel_format_find(card->fourcc)->bytes;

	if (is_yuv(card)) {
		for (uint32_t x = 0; x < card->width; x++)
			colours[x] = colour_of_planes(card, mem, stride, x, y);
		return;
	}
	for (uint32_t x = 0; x < card->width; x++, at += bytes)
		colours[x] = colour_at(card->fourcc, at);
}

/* Of the five or six bits of a channel the upper ones of eight are these, whoever rounded how. */
static uint32_t pixel_565(uint32_t rgb)
{
	return (rgb >> 19 & 31) << 11 | (rgb >> 10 & 63) << 5 | (rgb >> 3 & 31);
}

bool card_from_colours(const struct card *card, const uint32_t *colours, uint32_t n, void *mem)
{
	uint8_t *to = mem;

	for (uint32_t x = 0; x < n; x++) {
		uint32_t word = colours[x] | 0xff000000, bytes = 4;

		switch (card->fourcc) {
		case DRM_FORMAT_XRGB8888:
		case DRM_FORMAT_ARGB8888:
			break;
		case DRM_FORMAT_XBGR8888:
		case DRM_FORMAT_ABGR8888:
			word = card_swap(word) | 0xff000000;
			break;
		case DRM_FORMAT_RGB565:
			word = pixel_565(word);
			bytes = 2;
			break;
		default:
			return false;
		}
		memcpy(to, &word, bytes);
		to += bytes;
	}
	return true;
}
