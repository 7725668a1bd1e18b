// SPDX-License-Identifier: MIT
/*
 * Judging: a cell that is bit for bit what it should be is fresh, and found so at the speed of
 * drawing. Any other is looked at closely, in the order that judge_cell() shows; the check shader
 * does the same, so everything here is small integers.
 */
#include <string.h>

#include "card/tables.h"

/* What the cell says of itself. True if its check is right. */
static bool decode(const uint32_t pixel[CARD_CELL_PIXELS], struct card_code *code)
{
	uint32_t q[CARD_QUARTERS] = { 0 };

	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++)
		q[p >> 2] |= card_pixel_code(pixel[p]) << 6 * (p & 3);
	return card_code_unpack(q, code);
}

static struct cell_verdict verdict(enum cell_kind kind, uint32_t by)
{
	return (struct cell_verdict){
		.kind = (uint8_t)kind,
		.by = { (uint8_t)by, (uint8_t)(by >> 8), (uint8_t)(by >> 16) },
	};
}

/* A genuine cell: whose, of where, of when. */
static struct cell_verdict judge_code(struct card_code got, struct card_code want)
{
	uint32_t older = (want.frame - got.frame) & CARD_FRAME_MASK;

	if (got.serial != want.serial)
		return verdict(CELL_FOREIGN, 0);
	if (got.place != want.place)
		return verdict(CELL_TORN, 0);
	if (older == 0)
		return verdict(CELL_FRESH, 0);
	if (older <= 1u << (CARD_FRAME_BITS - 1))
		return verdict(CELL_STALE, older);
	return verdict(CELL_AHEAD, CARD_FRAME_MASK + 1 - older);
}

/* Which pixels' bits that are a function of others are not what these make them. */
static uint32_t not_whole(const struct card_encoding *encoding, const uint8_t *mem,
			  const uint32_t pixel[CARD_CELL_PIXELS])
{
	uint8_t same[CARD_CELL_BYTES];

	encoding->pack(pixel, same);
	return card_encoding_differ(encoding, mem, same);
}

/*
 * Not a genuine cell: of what is it made? A pixel is genuine (a colour the card can have, its
 * local check right), near (such a colour, its check wrong) or alien (another colour). Pieces of
 * cells put together are genuine pixels all through; what has been scaled, blended or dithered is
 * near, save for the one pixel in eight whose check is right by chance; other memory is alien.
 */
static struct cell_verdict judge_pixels(const struct card_encoding *encoding, const uint8_t *mem,
					const uint32_t pixel[CARD_CELL_PIXELS])
{
	uint32_t broken = not_whole(encoding, mem, pixel);
	uint32_t good = 0, alien = 0, same = 0;

	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		if (!card_in_gamut(&encoding->gamut, pixel[p]))
			alien++;
		else if (card_pixel_local(pixel[p], p) && !(broken >> p & 1))
			good++;
		if (pixel[p] == pixel[0])
			same++;
	}
	if (same == CARD_CELL_PIXELS)
		return verdict(CELL_UNWRITTEN, 0);
	if (alien == 0)
		return verdict(good >= 13 ? CELL_TORN : CELL_INEXACT, 0);
	if (good >= 4)
		return verdict(CELL_TORN, 0);
	return verdict(alien >= 8 ? CELL_UNWRITTEN : CELL_INEXACT, 0);
}

/* Is the cell in all bits that are the card's what it says of itself? */
static bool genuine(const struct card_tables *t, struct card_code got, struct card_code want,
		    const uint8_t *mem)
{
	const struct card_encoding *encoding = card_encoding_of(t, card_place_row(want.place));
	uint32_t pixel[CARD_CELL_PIXELS];
	uint8_t same[CARD_CELL_BYTES];

	/* Mostly the place is right and the tables serve: a whole card may be old. */
	if (got.place == want.place) {
		uint32_t col = card_place_col(got.place);
		struct card_row line;

		card_row_make(&line, t, got.serial, got.frame, card_place_row(got.place));
		return t->cells->differ(t, &line, col, col + 1, mem) == 0;
	}
	card_cell(&t->picture, got, pixel);
	encoding->pack(pixel, same);
	return card_encoding_differ(encoding, mem, same) == 0;
}

static struct cell_verdict judge_cell(const struct card_tables *t, struct card_code want,
				      const uint8_t *mem)
{
	const struct card_encoding *encoding = card_encoding_of(t, card_place_row(want.place));
	uint32_t pixel[CARD_CELL_PIXELS];
	struct card_code got;

	encoding->unpack(mem, pixel);
	if (decode(pixel, &got) && genuine(t, got, want, mem))
		return judge_code(got, want);
	return judge_pixels(encoding, mem, pixel);
}

/* Columns col .. end - 1 of one row, which must all be of one frame. */
static void judge_span(const struct card *card, struct card_code want, uint32_t col, uint32_t end,
		       const uint8_t *row, struct cell_verdict *map)
{
	const struct card_tables *t = card->tables;
	struct card_row line;

	if (col >= end)
		return;
	memset(map + col, 0, (end - col) * sizeof(*map)); /* fresh */
	card_row_make(&line, t, want.serial, want.frame, card_place_row(want.place));
	for (; col < end; col += CARD_DIFFER_MAX) {
		uint32_t stop = end - col < CARD_DIFFER_MAX ? end : col + CARD_DIFFER_MAX;
		uint32_t wrong = t->cells->differ(t, &line, col, stop, row + col * CARD_CELL_BYTES);

		for (; wrong != 0; wrong &= wrong - 1) {
			uint32_t at = col + (uint32_t)__builtin_ctz(wrong);

			want.place = card_place(at, card_place_row(want.place));
			map[at] = judge_cell(t, want, row + at * CARD_CELL_BYTES);
		}
	}
}

void card_judge(const struct card *card, const struct card_expect *expect, const void *mem,
		size_t stride, struct cell_verdict *map)
{
	const uint8_t *start = mem;

	for (uint32_t row = 0; row < card->rows; row++, start += stride, map += card->cols) {
		struct card_code part = { .serial = expect->serial & ((1u << CARD_SERIAL_BITS) - 1),
					  .frame = expect->frame & CARD_FRAME_MASK,
					  .place = card_place(0, row) };
		struct card_code rest = part;
		uint32_t from = card->cols, to = card->cols; /* of the part, in this row */

		rest.frame = expect->rest & CARD_FRAME_MASK;
		if (row - expect->part.row < expect->part.rows && expect->part.col < from) {
			from = expect->part.col;
			if (expect->part.cols < to - from)
				to = from + expect->part.cols;
		}
		judge_span(card, rest, 0, from, start, map);
		judge_span(card, part, from, to, start, map);
		judge_span(card, rest, to, card->cols, start, map);
	}
}
