// SPDX-License-Identifier: MIT
/* The waves, made of a few colours and card_swell(). docs/card.md has pictures in words. */
#include "card/picture.h"

/*
 * Wave 0 goes there and back over these hues, all of relative luminance 0.22 (WCAG's). How they
 * were found is in docs/card.md.
 */
static const uint32_t hues[32] = {
	0x358f85, 0x348f86, 0x318e8b, 0x308e92, 0x328d9a, 0x3b8ba4, 0x4888ad, 0x5984b3,
	0x6b80b6, 0x7c7cb5, 0x8b78b0, 0x9675a9, 0x9f72a0, 0xa57098, 0xa96f92, 0xab6f8d,
	0xac6f8c, 0xab6f8d, 0xa96f92, 0xa57098, 0x9f72a0, 0x9675a9, 0x8b78b0, 0x7c7cb5,
	0x6b80b6, 0x5984b3, 0x4888ad, 0x3b8ba4, 0x328d9a, 0x308e92, 0x318e8b, 0x348f86,
};

/*
 * How the waves move. The first carries the hue and drifts slowly, the second folds the silk, the
 * third is fine threads, 24 pixels apart. They move 7 pixels a frame: of the whole distance that is
 * .29, so that what is 1, 2, 3, 4 or 5 frames old is off by .29, .43, .14, .15 or .43 of it, and a
 * line of it sits visibly beside its neighbours.
 */
const struct card_wave card_waves[CARD_WAVES] = {
	{ .slope = 9, .drift = 6, .bend = 150, .bend_slope = 15, .bend_drift = 11 },
	{ .slope = 16373, .drift = 16, .bend = 200, .bend_slope = 23, .bend_drift = 16364 },
	{ .slope = 5, .drift = 112, .bend = 120, .bend_slope = 20, .bend_drift = 9 },
};

/* -65536 .. 65536 */
static int32_t sway(uint32_t turn)
{
	return (int32_t)card_swell(turn) - 65536;
}

/* @colour (signed parts of R, G and B) times @by / 65536, rounded, as bytes that wrap. */
static uint32_t tint(const int32_t colour[3], int32_t by)
{
	uint32_t rgb = 0;

	for (int c = 0; c < 3; c++)
		rgb = rgb << 8 | ((uint32_t)((colour[c] * by + 32768) >> 16) & 255);
	return rgb;
}

/* Sum of two colours, each channel modulo 256. */
static uint32_t add(uint32_t a, uint32_t b)
{
	return (((a & 0xff00ff) + (b & 0xff00ff)) & 0xff00ff) |
	       (((a & 0xff00) + (b & 0xff00)) & 0xff00);
}

/* Wave 0: 32 pixels from one hue to the next. */
static uint32_t hue(uint32_t x)
{
	uint32_t at = x / 32, part = x % 32;
	uint32_t a = hues[at], b = hues[(at + 1) % 32], rgb = 0;

	for (uint32_t shift = 0; shift < 24; shift += 8) {
		uint32_t sum = (a >> shift & 255) * (32 - part) + (b >> shift & 255) * part;

		rgb |= (sum + 16) / 32 << shift;
	}
	return rgb;
}

/* Wave 1: chroma only: these colours add nearly nothing to the luminance. */
static uint32_t fold(uint32_t x)
{
	static const int32_t rose[3] = { 10, -4, 8 }, gold[3] = { 4, 0, -12 };

	return add(tint(rose, sway(x + (card_swell(2 * x) >> 10))), tint(gold, sway(3 * x + 100)));
}

/* Wave 2: narrow lights, deeper here and shallower there; all the luminance that changes. */
static uint32_t thread(uint32_t x)
{
	static const int32_t light[3] = { 15, 12, 5 };
	uint32_t s = card_swell(42 * x + (card_swell(x) >> 8)) >> 1;
	uint32_t depth = 32768 + (card_swell(5 * x) >> 2);

	/* Squared, so that lights are narrower than shades; all of 16 bits. */
	s = s * (s >> 1) >> 15;
	s = s * (depth >> 1) >> 15;
	return tint(light, (int32_t)s - 22000);
}

void card_picture_make(struct card_picture *picture)
{
	for (uint32_t x = 0; x < CARD_WAVE_PERIOD; x++) {
		picture->wave[0][x] = hue(x);
		picture->wave[1][x] = fold(x);
		picture->wave[2][x] = thread(x);
	}
}

uint32_t card_picture_wanted(const struct card_picture *picture, uint32_t x, uint32_t row,
			     uint32_t frame)
{
	uint32_t rgb = 0;

	for (uint32_t w = 0; w < CARD_WAVES; w++) {
		uint32_t at = x + card_wave_shift(card_waves[w], row, frame);

		rgb = add(rgb, picture->wave[w][at % CARD_WAVE_PERIOD]);
	}
	return rgb;
}

void card_cell(const struct card_picture *picture, struct card_code code,
	       uint32_t pixel[CARD_CELL_PIXELS])
{
	uint32_t x = card_place_col(code.place) * CARD_CELL_PIXELS;
	uint32_t row = card_place_row(code.place);
	uint32_t q[CARD_QUARTERS];

	card_code_pack(code, q);
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t want = card_picture_wanted(picture, x + p, row, code.frame);
		uint32_t low = card_low_bits(card_pixel_bits(q, p), p);

		pixel[p] = 0;
		for (uint32_t shift = 0; shift < 24; shift += 8)
			pixel[p] |= card_round(want >> shift & 255, low >> shift & 255) << shift;
	}
}
