/* SPDX-License-Identifier: MIT */
/*
 * picture: what people see of the card: the high five bits of each colour byte.
 *
 * A pixel's colour is the sum of three waves, each a row of 1024 colours that is drawn along x,
 * shifted by an amount that depends on the row and the frame only: a slope, a bend and a drift.
 * That makes silk of it, costs three table loads per cell, and is bit-exact everywhere: all of
 * it is 32-bit unsigned integers, so that the check shader is a transcript of this header, with
 * the three waves as a texture of 1024 x 3 texels.
 *
 *	wanted[c] = (wave 0 [i0][c] + wave 1 [i1][c] + wave 2 [i2][c]) & 255,  4 <= wanted <= 247
 *	byte[c]   = ((wanted[c] - low[c] + 4) & ~7) | low[c]
 *
 * where low[c] are the three low bits that code.h makes: the byte nearest to the wanted one that
 * carries them. The code's noise dithers the rounding, so the picture looks smooth.
 */
#ifndef STALELINE_CARD_PICTURE_H
#define STALELINE_CARD_PICTURE_H

#include <stdint.h>

#include "card/code.h"

enum {
	CARD_WAVES = 3,
	CARD_WAVE_PERIOD = 1024, /* pixels, a power of two */
};

/* How a wave moves over rows and frames. The fields are the shader's uniforms. */
struct card_wave {
	uint32_t slope;	     /* pixels per row, in 1/16 */
	uint32_t drift;	     /* pixels per frame, in 1/16 */
	uint32_t bend;	     /* how far it swings to either side, in pixels, up to 256 */
	uint32_t bend_slope; /* the swing's phase per row, in 1/16 of 1/1024 turn */
	uint32_t bend_drift; /* the swing's phase per frame, likewise */
};

extern const struct card_wave card_waves[CARD_WAVES];

/*
 * A turn of 1024 steps as 0 .. 131072 around 65536: two parabolas that look like a sine, without
 * a table. swell(0) = 65536, swell(256) = 131072, swell(768) = 0.
 */
static inline uint32_t card_swell(uint32_t turn)
{
	uint32_t u = turn & 511;
	uint32_t p = u * (512 - u);

	return (turn & 512) != 0 ? 65536 - p : 65536 + p;
}

/* By how much wave @w is shifted in row @row of frame @frame: texel = (x + shift) & 1023. */
static inline uint32_t card_wave_shift(struct card_wave w, uint32_t row, uint32_t frame)
{
	uint32_t turn = (w.bend_slope * row + w.bend_drift * frame) >> 4;

	return ((w.slope * row + w.drift * frame) >> 4) + (w.bend * card_swell(turn) >> 16);
}

/* The three waves as colours, 0x00RRGGBB. The GPU's texture is made of the same. */
struct card_picture {
	uint32_t wave[CARD_WAVES][CARD_WAVE_PERIOD];
};

/* Make the waves. No state, no floating point: the same on every machine. */
void card_picture_make(struct card_picture *picture);

/* The wanted colour of the pixel at @x, @row in frame @frame, 0x00RRGGBB, before low bits. */
uint32_t card_picture_wanted(const struct card_picture *picture, uint32_t x, uint32_t row,
			     uint32_t frame);

/* Round one channel to the nearest byte that ends in @low (0 .. 7). 4 <= wanted <= 247. */
static inline uint32_t card_round(uint32_t wanted, uint32_t low)
{
	return ((wanted - low + 4) & ~7u) | low;
}

/*
 * The gamut: a cube and two planes around all colours that the waves can add up to, rounded, and
 * one more for a dither. It is convex, so mixtures of card pixels are inside as well; but as all
 * of the card has nearly one luminance, nine of ten random colours are outside.
 */
enum {
	CARD_GAMUT_MIN = 24, /* of each channel */
	CARD_GAMUT_MAX = 211,
	CARD_LUMA_MIN = 112, /* of card_luma() */
	CARD_LUMA_MAX = 143,
};

/* About the luminance of a pixel 0x00RRGGBB, 0 .. 255. */
static inline uint32_t card_luma(uint32_t rgb)
{
	return (54 * (rgb >> 16 & 255) + 183 * (rgb >> 8 & 255) + 19 * (rgb & 255)) >> 8;
}

/* The same for what is left of a pixel in other formats, where some of its bits find no room. */
struct card_gamut {
	uint32_t least, most; /* of each channel, 0x00RRGGBB */
	uint32_t luma_least, luma_most;
};

/* clang-format off */
#define CARD_GAMUT { CARD_GAMUT_MIN * 0x010101, CARD_GAMUT_MAX * 0x010101, CARD_LUMA_MIN, CARD_LUMA_MAX }
/* clang-format on */

static inline bool card_in_gamut(const struct card_gamut *gamut, uint32_t rgb)
{
	uint32_t luma = card_luma(rgb);

	for (uint32_t shift = 0; shift < 24; shift += 8) {
		uint32_t c = rgb >> shift & 255;

		if (c < (gamut->least >> shift & 255) || c > (gamut->most >> shift & 255))
			return false;
	}
	return luma >= gamut->luma_least && luma <= gamut->luma_most;
}

/*
 * One whole cell, from nothing but what it says of itself: 16 pixels 0x00RRGGBB. The slow way,
 * for judging cells that are not fresh; draw.c has the fast one.
 */
void card_cell(const struct card_picture *picture, struct card_code code,
	       uint32_t pixel[CARD_CELL_PIXELS]);

#endif
