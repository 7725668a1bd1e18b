// SPDX-License-Identifier: MIT
/* Counting verdicts, their names and their colours. */
#include "card/card.h"

static const char *const names[CELL_KINDS] = {
	[CELL_FRESH] = "fresh",	    [CELL_STALE] = "stale", [CELL_AHEAD] = "ahead",
	[CELL_FOREIGN] = "foreign", [CELL_TORN] = "torn",   [CELL_UNWRITTEN] = "unwritten",
	[CELL_INEXACT] = "inexact",
};

const char *cell_kind_name(enum cell_kind kind)
{
	return (unsigned int)kind < CELL_KINDS ? names[kind] : "unknown";
}

/* A verdict that came from elsewhere (a texture) may be of no kind at all: never call it fresh. */
static enum cell_kind kind_of(struct cell_verdict verdict)
{
	return verdict.kind < CELL_KINDS ? (enum cell_kind)verdict.kind : CELL_TORN;
}

static void name_place(struct cell_count *count, uint32_t frame, uint32_t col, uint32_t row,
		       struct cell_verdict verdict)
{
	if (count->places == CARD_FIRST_PLACES)
		return;
	count->first[count->places++] = (struct cell_place){
		.frame = frame,
		.col = col,
		.row = row,
		.verdict = verdict,
	};
}

void cell_count_add(struct cell_count *count, const struct card *card, uint32_t frame,
		    const struct cell_verdict *map)
{
	for (uint32_t row = 0; row < card->rows; row++) {
		for (uint32_t col = 0; col < card->cols; col++, map++) {
			enum cell_kind kind = kind_of(*map);

			count->kind[kind]++;
			if (kind != CELL_FRESH)
				name_place(count, frame, col, row, *map);
		}
	}
	count->checked += (uint64_t)card->cols * card->rows;
}

void cell_count_merge(struct cell_count *count, const struct cell_count *more)
{
	count->checked += more->checked;
	for (int i = 0; i < CELL_KINDS; i++)
		count->kind[i] += more->kind[i];
	for (uint32_t i = 0; i < more->places && count->places < CARD_FIRST_PLACES; i++)
		count->first[count->places++] = more->first[i];
}

/*
 * After Okabe and Ito, on a dark ground, so that the kinds differ in lightness too and most
 * people who see colours otherwise can tell them apart. Fresh is calm: it is the ground.
 */
static const uint32_t colours[CELL_KINDS] = {
	[CELL_FRESH] = 0x12393a,   [CELL_FOREIGN] = 0xd96fb0,	[CELL_TORN] = 0xf0e442,
	[CELL_INEXACT] = 0x8b6fd1, [CELL_UNWRITTEN] = 0xd8d8d8,
};

/* From the colour of one frame to that of the end of the scale, reached at 2^16 frames. */
static const struct {
	uint32_t one, many;
} depths[CELL_KINDS] = {
	[CELL_STALE] = { 0xf2a93b, 0x8f2a00 },
	[CELL_AHEAD] = { 0x7cc8f5, 0x0a4fa0 },
};

/* 0 for 1, 1 for 2 and 3, 2 for 4 .. 7: how many times @by can be halved, 16 at most. */
static uint32_t halvings(uint32_t by)
{
	uint32_t n = 0;

	while (by > 1 && n < 16) {
		by >>= 1;
		n++;
	}
	return n;
}

static uint32_t blend(uint32_t from, uint32_t to, uint32_t part, uint32_t whole)
{
	uint32_t rgb = 0;

	for (uint32_t shift = 0; shift < 24; shift += 8) {
		uint32_t a = from >> shift & 255, b = to >> shift & 255;

		rgb |= (a * (whole - part) + b * part) / whole << shift;
	}
	return rgb;
}

uint32_t cell_colour(struct cell_verdict verdict)
{
	enum cell_kind kind = kind_of(verdict);

	if (kind == CELL_STALE || kind == CELL_AHEAD) {
		/* Most mistakes are 1 to 8 frames old: three quarters of the scale are theirs. */
		uint32_t n = halvings(cell_verdict_by(verdict));
		uint32_t part = n <= 3 ? n * 104 : 312 + (n - 3) * 8;

		return blend(depths[kind].one, depths[kind].many, part, 416);
	}
	return colours[kind];
}
