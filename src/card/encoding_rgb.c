// SPDX-License-Identifier: MIT
/*
 * encoding_rgb: the RGB formats of other than 8 bits a channel. See encoding.h, and
 * docs/card.md for the tables.
 */
#include <string.h>

#include "card/encoding_kinds.h"

/* Bits @from .. @from + @n - 1 of channel @c (0 is B) of @rgb. */
static uint32_t bits(uint32_t rgb, uint32_t c, uint32_t from, uint32_t n)
{
	return rgb >> (8 * c + from) & ((1u << n) - 1);
}

/*
 * RGB565: 32 pixels, two for each of the card's. Both look like it: they share its upper bits, and
 * have each a part of the lower ones. Bit 3 of R and of B finds no room.
 */
static void pack_rgb565(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t left = 0, right = 0, both;

		for (uint32_t c = 0; c < 3; c += 2) {
			uint32_t shift = c == 0 ? 0 : 11;

			left |= (bits(pixel[p], c, 4, 4) << 1 | bits(pixel[p], c, 2, 1)) << shift;
			right |= (bits(pixel[p], c, 5, 3) << 2 | bits(pixel[p], c, 0, 2)) << shift;
		}
		left |= bits(pixel[p], 1, 2, 6) << 5;
		right |= (bits(pixel[p], 1, 4, 4) << 2 | bits(pixel[p], 1, 0, 2)) << 5;
		both = left | right << 16;
		memcpy(cell + 4 * p, &both, 4);
	}
}

static void unpack_rgb565(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t both;

		memcpy(&both, cell + 4 * p, 4);
		pixel[p] = 0;
		for (uint32_t c = 0; c < 3; c += 2) {
			uint32_t left = both >> (c == 0 ? 0 : 11), right = left >> 16;

			pixel[p] |= ((left >> 1 & 15) << 4 | (left & 1) << 2 | (right & 3))
				    << 8 * c;
		}
		pixel[p] |= ((both >> 5 & 63) << 2 | (both >> 21 & 3)) << 8;
	}
}

const struct card_encoding card_encoding_rgb565 = {
	.pack = pack_rgb565,
	.unpack = unpack_rgb565,
	.packed = true,
	.judged = UINT32_MAX,
	/* Without bit 3, R and B are up to 8 less. */
	.gamut = { 0x101810, 0xd3d3d3, 109, 143 },
};

/* XRGB2101010: 10 bits that look like the 8: the highest two come again as the lowest. */
static void pack_xrgb2101010(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = 3u << 30;

		for (uint32_t c = 0; c < 3; c++)
			word |= (bits(pixel[p], c, 0, 8) << 2 | bits(pixel[p], c, 6, 2)) << 10 * c;
		memcpy(cell + 4 * p, &word, 4);
	}
}

static void unpack_xrgb2101010(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word;

		memcpy(&word, cell + 4 * p, 4);
		pixel[p] = (word >> 2 & 255) | (word >> 12 & 255) << 8 | (word >> 22 & 255) << 16;
	}
}

const struct card_encoding card_encoding_xrgb2101010 = {
	.pack = pack_xrgb2101010,
	.unpack = unpack_xrgb2101010,
	.packed = true,
	.judged = 0x3fffffff,
	.gamut = CARD_GAMUT,
};

/*
 * ABGR16161616F: 8 pixels, one for two of the card's. A half in [0.25, 1) has 11 bits that may be
 * anything, the lowest of the exponent and the mantissa: 5 for the picture of the left one, 3 for
 * its low bits, 3 for those of the right one. Normal numbers all of them, since others may be
 * flushed to zero on their way. A is 1.0.
 */
enum { HALF_QUARTER = 0x3400, HALF_ONE = 0x3c00 };

static void pack_halves(const uint32_t *pixel, uint8_t *cell)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p += 2, cell += 8) {
		uint16_t half[4] = { [3] = HALF_ONE };

		for (uint32_t c = 0; c < 3; c++) /* R comes first */
			half[2 - c] = (uint16_t)(HALF_QUARTER + (bits(pixel[p], c, 0, 8) << 3) +
						 bits(pixel[p + 1], c, 0, 3));
		memcpy(cell, half, 8);
	}
}

static void unpack_halves(const uint8_t *cell, uint32_t *pixel)
{
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p += 2, cell += 8) {
		uint16_t half[4];

		memcpy(half, cell, 8);
		pixel[p] = 0;
		pixel[p + 1] = 0;
		for (uint32_t c = 0; c < 3; c++) {
			uint32_t h = half[2 - c], v = h - HALF_QUARTER;

			if (h < HALF_QUARTER || h >= HALF_ONE) /* none of ours */
				v = 0;
			pixel[p] |= v >> 3 << 8 * c;
			pixel[p + 1] |= (v >> 6 << 3 | (v & 7)) << 8 * c;
		}
	}
}

const struct card_encoding card_encoding_halves = {
	.pack = pack_halves,
	.unpack = unpack_halves,
	.packed = true,
	.judged = UINT32_MAX,
	.pairs = true,
	/* The right one has the left one's picture, and its own low bits: up to 11 off. */
	.gamut = { 0x101010, 0xdedede, 101, 154 },
};
