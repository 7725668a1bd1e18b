/* SPDX-License-Identifier: MIT */
/*
 * A second encoder of the card, written from docs/card.md and not from src/card/: slow, bit by
 * bit and in doubles where the real one shifts. It shares no table and no function with it.
 */
#ifndef CARD_REFERENCE_H
#define CARD_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct ref_code {
	uint32_t serial, frame, row, col;
};

/* 24 bits as an array of bits, so that a shift is an index. */
static inline uint32_t ref_mix(uint32_t x)
{
	static const int steps[3] = { 3, -4, 11 };
	bool bit[24];

	for (int i = 0; i < 24; i++)
		bit[i] = x >> i & 1;
	for (int s = 0; s < 3; s++) {
		bool old[24];

		memcpy(old, bit, sizeof(old));
		for (int i = 0; i < 24; i++) {
			int from = i - steps[s];

			if (from >= 0 && from < 24)
				bit[i] = old[i] != old[from];
		}
	}
	x = 0;
	for (int i = 0; i < 24; i++)
		x |= (uint32_t)bit[i] << i;
	return x;
}

static inline void ref_quarters(struct ref_code c, uint32_t q[4])
{
	uint32_t place = c.row * 1024 + c.col;
	uint32_t head = c.frame + c.serial / 16777216 * 1048576;
	uint32_t low = c.serial % 16777216;

	q[2] = ref_mix(place ^ c.frame);
	q[0] = head ^ ref_mix(q[2]);
	q[1] = low ^ ref_mix(q[0]);
	q[3] = ref_mix(ref_mix(ref_mix(head) ^ place) ^ low) ^ 0x5ca1ab;
}

/* The low three bits of pixel @p, in memory's order B, G, R. */
static inline void ref_low(const uint32_t q[4], int p, uint32_t low[3])
{
	static const int constant[16] = { 1, 6, 2, 5, 3, 4, 6, 1, 5, 2, 3, 4, 1, 5, 3, 6 };
	uint32_t bit[6], local[3];

	for (int i = 0; i < 6; i++)
		bit[i] = q[p / 4] >> (p % 4 * 6 + i) & 1;
	local[0] = bit[4] ^ bit[3]; /* B: r0 g1 */
	local[1] = bit[0] ^ bit[5]; /* G: b0 r1 */
	local[2] = bit[2] ^ bit[1]; /* R: g0 b1 */
	for (int c = 0; c < 3; c++) {
		local[c] ^= (uint32_t)constant[p] >> c & 1;
		low[c] = bit[2 * c] + 2 * bit[2 * c + 1] + 4 * local[c];
	}
}

static inline double ref_swell(double turn)
{
	double t = fmod(turn, 1024), u = fmod(turn, 512);

	return t < 512 ? 65536 + u * (512 - u) : 65536 - u * (512 - u);
}

static inline double ref_tint(double colour, double by)
{
	return floor((colour * by + 32768) / 65536);
}

static inline double ref_hue(int x, int c)
{
	static const uint32_t hues[17] = { 0x358f85, 0x348f86, 0x318e8b, 0x308e92, 0x328d9a,
					   0x3b8ba4, 0x4888ad, 0x5984b3, 0x6b80b6, 0x7c7cb5,
					   0x8b78b0, 0x9675a9, 0x9f72a0, 0xa57098, 0xa96f92,
					   0xab6f8d, 0xac6f8c };
	int at = x / 32, next = at + 1, part = x % 32;
	int a, b;

	/* There and back. */
	at = at > 16 ? 32 - at : at;
	next = next > 16 ? 32 - next : next;
	a = (int)(hues[at] >> 8 * c & 255);
	b = (int)(hues[next] >> 8 * c & 255);
	return floor((a * (32 - part) + b * part + 16) / 32.0);
}

/* Texel @x of wave @w, channel @c (0 is B), not yet modulo 256. */
static inline double ref_wave(int w, int x, int c)
{
	static const int rose[3] = { 8, -4, 10 }, gold[3] = { -12, 0, 4 }, light[3] = { 5, 12, 15 };
	double s, d;

	if (w == 0)
		return ref_hue(x, c);
	if (w == 1)
		return ref_tint(rose[c], ref_swell(x + floor(ref_swell(2 * x) / 1024)) - 65536) +
		       ref_tint(gold[c], ref_swell(3 * x + 100) - 65536);
	s = floor(ref_swell(42 * x + floor(ref_swell(x) / 256)) / 2);
	d = 32768 + floor(ref_swell(5 * x) / 4);
	s = floor(s * floor(s / 2) / 32768);
	s = floor(s * floor(d / 2) / 32768);
	return ref_tint(light[c], s - 22000);
}

static inline double ref_shift(int w, double row, double frame)
{
	static const double how[3][5] = { { 9, 6, 150, 15, 11 },
					  { 16373, 16, 200, 23, 16364 },
					  { 5, 112, 120, 20, 9 } };
	double turn = floor((how[w][3] * row + how[w][4] * frame) / 16);

	return floor((how[w][0] * row + how[w][1] * frame) / 16) +
	       floor(how[w][2] * ref_swell(turn) / 65536);
}

/* The wanted value of one channel. */
static inline int ref_wanted(double x, uint32_t row, uint32_t frame, int c)
{
	double sum = 0;

	for (int w = 0; w < 3; w++)
		sum += ref_wave(w, (int)fmod(x + ref_shift(w, row, frame), 1024), c);
	return (int)fmod(sum + 256, 256);
}

/* The byte nearest to @wanted that ends in @low: tried, not computed. */
static inline uint8_t ref_nearest(int wanted, uint32_t low)
{
	int best = -1000;

	for (int byte = (int)low; byte < 256; byte += 8)
		/* Of two as near, the one above: 4 above counts as nearer than 4 below. */
		if (abs(byte - wanted) <= abs(best - wanted))
			best = byte;
	return (uint8_t)best;
}

/* The 64 bytes of a cell. */
static inline void ref_cell(struct ref_code code, uint8_t cell[64])
{
	uint32_t q[4], low[3];

	ref_quarters(code, q);
	for (int p = 0; p < 16; p++) {
		ref_low(q, p, low);
		for (int c = 0; c < 3; c++) {
			int wanted =
				ref_wanted(code.col * 16 + (uint32_t)p, code.row, code.frame, c);

			cell[4 * p + c] = ref_nearest(wanted, low[c]);
		}
		cell[4 * p + 3] = 255;
	}
}

/*
 * Where in the memory of a format the bits of the pixels are, spelt out bit by bit: little-endian units, each from
 * its highest bit down. r7 is bit 7 of R, likewise g and b, and R7 that of the pixel after it; ~ is not; 0 and 1 are
 * constant and judged, X is set and not judged. x2 is b2 ^ g2 ^ r2; p0 the parity of all low bits, b2 .. b0, g2 .. g0
 * and r2 .. r0. The string is that of one pixel, or of two.
 */
struct ref_format {
	uint32_t fourcc;
	int unit; /* bits */
	const char *bits;
	int pixels;	    /* that the string is of */
	const char *second; /* that of the second plane */
};

#define REF_R "r7 r6 r5 r4 r3 r2 r1 r0 "
#define REF_G "g7 g6 g5 g4 g3 g2 g1 g0 "
#define REF_B "b7 b6 b5 b4 b3 b2 b1 b0 "

/* Y looks like G, Cb like B, Cr like R: the upper five bits of each. */
#define REF_Y "g7 g6 g5 g4 g3 "
#define REF_CB "b7 b6 b5 b4 b3 "
#define REF_CR "r7 r6 r5 r4 r3 "

static const struct ref_format ref_formats[] = {
	{ 0x34325258 /* XR24 */, 32, "X X X X X X X X " REF_R REF_G REF_B, 1 },
	{ 0x34325241 /* AR24 */, 32, "1 1 1 1 1 1 1 1 " REF_R REF_G REF_B, 1 },
	{ 0x34324258 /* XB24 */, 32, "X X X X X X X X " REF_B REF_G REF_R, 1 },
	{ 0x34324241 /* AB24 */, 32, "1 1 1 1 1 1 1 1 " REF_B REF_G REF_R, 1 },
	{ 0x36314752 /* RG16 */, 16,
	  "r7 r6 r5 r4 r2 g7 g6 g5 g4 g3 g2 b7 b6 b5 b4 b2 "
	  "r7 r6 r5 r1 r0 g7 g6 g5 g4 g1 g0 b7 b6 b5 b1 b0 ",
	  1 },
	{ 0x30335258 /* XR30 */, 32, "X X " REF_R "r7 r6 " REF_G "g7 g6 " REF_B "b7 b6 ", 1 },
	/* Sign, five bits of exponent (01101: [0.25, 0.5), 01110: [0.5, 1), 01111: [1, 2)), ten of mantissa. */
	{ 0x48344241 /* AB4H */, 16,
	  "0 0 1 1 r7 ~r7 r6 r5 r4 r3 r2 r1 r0 R2 R1 R0 "
	  "0 0 1 1 g7 ~g7 g6 g5 g4 g3 g2 g1 g0 G2 G1 G0 "
	  "0 0 1 1 b7 ~b7 b6 b5 b4 b3 b2 b1 b0 B2 B1 B0 "
	  "0 0 1 1 1 1 0 0 0 0 0 0 0 0 0 0 ",
	  2 },
	/* Y Y Y Y; Cb Cr Cb Cr */
	{ 0x3231564e /* NV12 */, 8,
	  REF_Y "b2 b1 b0 " REF_Y "g2 g1 g0 " REF_Y "r2 r1 r0 " REF_Y "x2 x1 x0 ", 1,
	  REF_CB "b2 b1 b0 " REF_CR "r2 r1 r0 " REF_CB "g2 g1 g0 " REF_CR "x2 x1 x0 " },
	/* Y Y; Cb Cr */
	{ 0x30313050 /* P010 */, 16,
	  REF_Y "b2 b1 b0 g2 g1 X X X X X X " REF_Y "g0 r2 r1 r0 p0 X X X X X X ", 1,
	  REF_CB "b2 b1 b0 g2 g1 X X X X X X " REF_CR "g0 r2 r1 r0 p0 X X X X X X " },
	/* Y Cb Y Cr */
	{ 0x56595559 /* YUYV */, 8,
	  REF_Y "g2 g1 g0 " REF_CB "b2 b1 b0 " REF_Y "x2 x1 x0 " REF_CR "r2 r1 r0 ", 1 },
};

#define REF_FORMATS (sizeof(ref_formats) / sizeof(ref_formats[0]))

/* What @token says of the pixel at @bgrx and the one behind it. */
static inline bool ref_bit(const char *token, const uint8_t *bgrx)
{
	static const char channels[] = "bgr BGR";
	const char *channel = strchr(channels, token[0]);
	int n = token[1] - '0';

	if (token[0] == '~')
		return !ref_bit(token + 1, bgrx);
	if (token[0] == 'x')
		return (bgrx[0] >> n & 1) != ((bgrx[1] >> n & 1) != (bgrx[2] >> n & 1));
	if (token[0] == 'p')
		return ref_bit("x0", bgrx) != (ref_bit("x1", bgrx) != ref_bit("x2", bgrx));
	if (!channel)
		return token[0] != '0';
	return bgrx[channel - channels] >> n & 1;
}

/* A cell of ref_cell() as the 64 bytes of @format; and which of their bits are judged. */
static inline void ref_memory(const struct ref_format *format, int plane, const uint8_t cell[64],
			      uint8_t memory[64], uint8_t judged[64])
{
	const char *bits = plane ? format->second : format->bits, *token = bits;

	memset(memory, 0, 64);
	memset(judged, 0, 64);
	for (int n = 0, pixel = 0; n < 512; n++) {
		int at = n / format->unit * format->unit + format->unit - 1 - n % format->unit;

		if (ref_bit(token, cell + 4 * pixel))
			memory[at / 8] |= (uint8_t)(1 << at % 8);
		if (token[0] != 'X')
			judged[at / 8] |= (uint8_t)(1 << at % 8);
		token = strchr(token, ' ') + 1;
		if (!*token) {
			token = bits;
			pixel += format->pixels;
		}
	}
}

#endif
