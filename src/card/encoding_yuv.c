// SPDX-License-Identifier: MIT
/*
 * encoding_yuv: the YUV formats. Y looks like G, Cb like B and Cr like R: as if the matrix were the
 * identity, since what a reader makes of it is for him to say. The bytes may be any. See
 * encoding.h, and docs/card.md for the tables.
 */
#include <string.h>

#include "card/encoding_kinds.h"

/* The picture of channel @c (0 is B), five bits, and three low bits. */
static uint32_t byte(uint32_t rgb, uint32_t c, uint32_t low)
{
	return (rgb >> 8 * c & 0xf8) | low;
}

static uint32_t low_of(uint32_t rgb, uint32_t c)
{
	return rgb >> 8 * c & 7;
}

/* Something of all of them, for the byte that is left. */
static uint32_t low_of_all(uint32_t rgb)
{
	return low_of(rgb, 0) ^ low_of(rgb, 1) ^ low_of(rgb, 2);
}

static uint32_t load(const uint8_t *from)
{
	uint32_t word;

	memcpy(&word, from, 4);
	return word;
}

/* Four bytes Y Y Y Y: all with the picture of G. */
static void pack_y8(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t rgb = pixel[p], word = byte(rgb, 1, low_of(rgb, 0)) |
						byte(rgb, 1, low_of(rgb, 1)) << 8 |
						byte(rgb, 1, low_of(rgb, 2)) << 16 |
						byte(rgb, 1, low_of_all(rgb)) << 24;

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_y8(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = load(cell + 4 * p), picture = word >> 8 & 0xf8;

		pixel[p] = picture * 0x010101 | (word & 0x070707);
	}
}

/* Four bytes Cb Cr Cb Cr. */
static void pack_c8(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t rgb = pixel[p], word = byte(rgb, 0, low_of(rgb, 0)) |
						byte(rgb, 2, low_of(rgb, 2)) << 8 |
						byte(rgb, 0, low_of(rgb, 1)) << 16 |
						byte(rgb, 2, low_of_all(rgb)) << 24;

		memcpy(cell + 4 * p, &word, 4);
	}
}

/* Of G's picture there is nothing: its middle. */
enum { G_MIDDLE = 0x78 };

static void unpack_c8(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = load(cell + 4 * p);

		pixel[p] =
			(word & 255) | (G_MIDDLE | (word >> 16 & 7)) << 8 | (word >> 8 & 255) << 16;
	}
}

/* Four bytes Y Cb Y Cr: all of the pixel. */
static void pack_yuyv(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t rgb = pixel[p], word = byte(rgb, 1, low_of(rgb, 1)) |
						byte(rgb, 0, low_of(rgb, 0)) << 8 |
						byte(rgb, 1, low_of_all(rgb)) << 16 |
						byte(rgb, 2, low_of(rgb, 2)) << 24;

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_yuyv(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = load(cell + 4 * p);

		pixel[p] = (word >> 8 & 255) | (word & 255) << 8 | (word >> 24) << 16;
	}
}

/*
 * Two samples of 10 bits, at the top of 16: five of the picture of channel @first and of channel
 * @second, and the pixel's nine low bits with their parity.
 */
static uint32_t pack_10(uint32_t rgb, uint32_t first, uint32_t second)
{
	uint32_t low = low_of(rgb, 0) << 6 | low_of(rgb, 1) << 3 | low_of(rgb, 2);
	uint32_t all = low << 1 | (uint32_t)__builtin_parity(low);
	uint32_t a = (rgb >> 8 * first & 0xf8) << 2 | all >> 5;
	uint32_t b = (rgb >> 8 * second & 0xf8) << 2 | (all & 31);

	return a << 6 | b << 22 | 0x003f003f; /* X is set */
}

/* The nine low bits in their places. */
static uint32_t low_10(uint32_t word)
{
	uint32_t all = (word >> 6 & 31) << 5 | (word >> 22 & 31);

	return (all >> 7 & 7) | (all >> 4 & 7) << 8 | (all >> 1 & 7) << 16;
}

static void pack_y10(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = pack_10(pixel[p], 1, 1);

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_y10(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = load(cell + 4 * p);

		pixel[p] = (word >> 8 & 0xf8) * 0x010101 | low_10(word);
	}
}

static void pack_c10(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = pack_10(pixel[p], 0, 2);

		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_c10(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = load(cell + 4 * p);

		pixel[p] = (word >> 8 & 0xf8) | G_MIDDLE << 8 | (word >> 24 & 0xf8) << 16 |
			   low_10(word);
	}
}

/* G alone, with others' low bits; R and B, with a G that says nothing. */
/* clang-format off */
#define Y_GAMUT { 0x5c5c5c, 0xa7a7a7, 92, 167 }
#define C_GAMUT { 0x127864, 0xd07fd9, 97, 150 }
/* clang-format on */

const struct card_encoding card_encoding_y8 = {
	.pack = pack_y8,
	.unpack = unpack_y8,
	.packed = true,
	.judged = UINT32_MAX,
	.gamut = Y_GAMUT,
};

const struct card_encoding card_encoding_c8 = {
	.pack = pack_c8,
	.unpack = unpack_c8,
	.packed = true,
	.judged = UINT32_MAX,
	.gamut = C_GAMUT,
};

const struct card_encoding card_encoding_yuyv = {
	.pack = pack_yuyv,
	.unpack = unpack_yuyv,
	.packed = true,
	.judged = UINT32_MAX,
	.gamut = CARD_GAMUT,
};

/* The low six bits of a sample are padding. */
const struct card_encoding card_encoding_y10 = {
	.pack = pack_y10,
	.unpack = unpack_y10,
	.packed = true,
	.judged = 0xffc0ffc0,
	.gamut = Y_GAMUT,
};

const struct card_encoding card_encoding_c10 = {
	.pack = pack_c10,
	.unpack = unpack_c10,
	.packed = true,
	.judged = 0xffc0ffc0,
	.gamut = C_GAMUT,
};
