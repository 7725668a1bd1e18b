/* SPDX-License-Identifier: MIT */
/*
 * code: what a cell says of itself, in the low three bits of its 16 x 3 colour bytes.
 *
 * Two bits of each byte are the code (96 bits: serial 28, frame 20, place 24, check 24), the third
 * is a check local to the pixel. Everything here is linear over GF(2), apart from two constants:
 * so the low bits of any cell are one pattern of its row XOR one pattern of its column, and
 * drawing is a table lookup. All of it is 32-bit unsigned shifts and XORs, so that the check
 * shader (GLSL ES 3.0) is a transcript of this header. docs/card.md says it once more in words.
 */
#ifndef STALELINE_CARD_CODE_H
#define STALELINE_CARD_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "card/card.h"

enum {
	CARD_QUARTERS = 4, /* a quarter: 4 pixels, 16 bytes, 24 bits of code */
	CARD_QUARTER_MASK = 0xffffff,
	CARD_CHECK_SALT = 0x5ca1ab, /* the code of zeroed memory is not a code */
};

/* What a cell says. Place is row << 10 | column: it does not depend on the card's size. */
struct card_code {
	uint32_t serial, frame, place;
};

static inline uint32_t card_place(uint32_t col, uint32_t row)
{
	return row << 10 | col;
}

static inline uint32_t card_place_col(uint32_t place)
{
	return place & (CARD_MAX_COLS - 1);
}

static inline uint32_t card_place_row(uint32_t place)
{
	return place >> 10;
}

/* Stir 24 bits: linear, invertible. Spreads a change of one bit over up to 8. */
static inline uint32_t card_mix(uint32_t x)
{
	x ^= x << 3 & CARD_QUARTER_MASK;
	x ^= x >> 4;
	x ^= x << 11 & CARD_QUARTER_MASK;
	return x;
}

/* Its inverse: x ^= x << k is undone by XORing with shifts by k, 2k, 4k .. below 24. */
static inline uint32_t card_unmix(uint32_t x)
{
	x ^= x << 11 & CARD_QUARTER_MASK;
	x ^= x << 22 & CARD_QUARTER_MASK;
	x ^= x >> 4;
	x ^= x >> 8;
	x ^= x >> 16;
	x ^= x << 3 & CARD_QUARTER_MASK;
	x ^= x << 6 & CARD_QUARTER_MASK;
	x ^= x << 12 & CARD_QUARTER_MASK;
	return x;
}

/* The frame and the serial's high 4 bits, as one 24 bit word. */
static inline uint32_t card_head(struct card_code code)
{
	return code.frame | code.serial >> 24 << 20;
}

/* The check of the three fields. */
static inline uint32_t card_check(struct card_code code)
{
	uint32_t sum = card_mix(card_head(code)) ^ code.place;

	return card_mix(card_mix(sum) ^ (code.serial & CARD_QUARTER_MASK)) ^ CARD_CHECK_SALT;
}

/*
 * The code as four quarters of 24 bits. Each quarter holds the frame in an injective way, so that
 * 16 bytes of one frame never pass for those of another; and each holds the place, so that the
 * noise of the low bits has no stripes. The shifts of card_mix() were searched for so that every
 * change within one quarter, and every mixture of the quarters of two frames or of two places,
 * has a wrong check (tests/unit/card_code_test.c proves it by rank).
 */
static inline void card_code_pack(struct card_code code, uint32_t q[CARD_QUARTERS])
{
	q[2] = card_mix(code.place ^ code.frame);
	q[0] = card_head(code) ^ card_mix(q[2]);
	q[1] = (code.serial & CARD_QUARTER_MASK) ^ card_mix(q[0]);
	q[3] = card_check(code);
}

/* The other way; true if the check is right. */
static inline bool card_code_unpack(const uint32_t q[CARD_QUARTERS], struct card_code *code)
{
	uint32_t head = q[0] ^ card_mix(q[2]);

	code->frame = head & CARD_FRAME_MASK;
	code->serial = (q[1] ^ card_mix(q[0])) | head >> 20 << 24;
	code->place = card_unmix(q[2]) ^ code->frame;
	return q[3] == card_check(*code);
}

/*
 * A pixel of the cell carries six bits of its quarter: pixel 4n + k has bits 6k .. 6k + 5 of
 * quarter n, two each for B, G and R, in this order.
 */
static inline uint32_t card_pixel_bits(const uint32_t q[CARD_QUARTERS], uint32_t pixel)
{
	return q[pixel >> 2] >> 6 * (pixel & 3) & 63;
}

/*
 * The local check: three bits of a pixel's six and of where in the cell it is. Any change within
 * one channel's low three bits breaks it (so a dither of +-1 does), and no grey pixel has it
 * right, as none of the constants is 0 or 7: memory filled with one byte is not a card.
 */
#define CARD_LOCAL_0_7 0x16435261u
#define CARD_LOCAL_8_15 0x63514325u

static inline uint32_t card_local(uint32_t bits, uint32_t pixel)
{
	uint32_t at = (pixel < 8 ? CARD_LOCAL_0_7 : CARD_LOCAL_8_15) >> 4 * (pixel & 7) & 7;

	return at ^ ((bits >> 4 ^ bits >> 3) & 1) ^ ((bits ^ bits >> 5) & 1) << 1 ^
	       ((bits >> 2 ^ bits >> 1) & 1) << 2;
}

/* The low three bits of B, G and R as 0x00RRGGBB: bit 2 is the local check, 1 and 0 the code. */
static inline uint32_t card_low_bits(uint32_t bits, uint32_t pixel)
{
	uint32_t local = card_local(bits, pixel);

	return (bits & 3) | (bits >> 2 & 3) << 8 | (bits >> 4 & 3) << 16 | (local & 1) << 2 |
	       (local >> 1 & 1) << 10 | (local >> 2 & 1) << 18;
}

/* The six bits of code in a pixel 0x00RRGGBB, and whether its local check is right. */
static inline uint32_t card_pixel_code(uint32_t rgb)
{
	return (rgb & 3) | (rgb >> 8 & 3) << 2 | (rgb >> 16 & 3) << 4;
}

static inline bool card_pixel_local(uint32_t rgb, uint32_t pixel)
{
	return ((rgb ^ card_low_bits(card_pixel_code(rgb), pixel)) & 0x070707) == 0;
}

#endif
