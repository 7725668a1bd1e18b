// SPDX-License-Identifier: MIT
/* Making a card's tables, and letting them go. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pixel_format.h"
#include "card/tables.h"

/* A pixel 0x00RRGGBB and its X as a word of this format. */
static uint32_t memory_word(const struct card_tables *t, uint32_t rgb, uint32_t x)
{
	if (t->encoding[0]->red_first)
		rgb = card_swap(rgb);
	return rgb | x << 24;
}

static void make_waves(struct card_tables *t)
{
	for (uint32_t w = 0; w < CARD_WAVES; w++) {
		for (uint32_t i = 0; i < CARD_WAVE_PERIOD + CARD_CELL_PIXELS; i++) {
			uint32_t rgb = t->picture.wave[w][i % CARD_WAVE_PERIOD], word;

			/* card_round() adds 4 to a wanted colour: here it is in the table. */
			if (w == 0)
				rgb += 0x040404;
			word = memory_word(t, rgb, w == 0 ? 255 : 0);
			memcpy(t->wave[w] + i * 4, &word, 4);
		}
	}
}

static void make_low_bits(struct card_tables *t)
{
	for (uint32_t bits = 0; bits < 64; bits++)
		t->low[bits] = memory_word(t, card_low_bits(bits, 0) ^ card_low_bits(0, 0), 0);
	/* X takes part as if it were a channel that wants 255 and whose low bits are 7. */
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++)
		t->local[p] = memory_word(t, card_low_bits(0, p), 7);
}

static void make_column(struct card_tables *t, uint32_t col)
{
	uint32_t q[CARD_QUARTERS], none[CARD_QUARTERS];

	/* The row's pattern has the constants in it; the column's must not. */
	card_code_pack((struct card_code){ .place = card_place(col, 0) }, q);
	card_code_pack((struct card_code){ 0 }, none);
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t bits = card_pixel_bits(q, p) ^ card_pixel_bits(none, p);

		memcpy(t->column[col] + p * 4, &t->low[bits], 4);
	}
}

void card_row_make(struct card_row *line, const struct card_tables *t, uint32_t serial,
		   uint32_t frame, uint32_t row)
{
	struct card_code code = { .serial = serial, .frame = frame, .place = card_place(0, row) };
	uint32_t q[CARD_QUARTERS];

	card_code_pack(code, q);
	for (uint32_t p = 0; p < CARD_CELL_PIXELS; p++) {
		uint32_t word = t->low[card_pixel_bits(q, p)] ^ t->local[p];

		memcpy(line->pattern + p * 4, &word, 4);
	}
	for (uint32_t w = 0; w < CARD_WAVES; w++)
		line->shift[w] = card_wave_shift(card_waves[w], row, frame);
	line->encoding = card_encoding_of(t, row);
}

int card_init(struct card *card, uint32_t fourcc, uint32_t width, uint32_t height)
{
	const struct card_encoding *encoding = card_encoding_find(fourcc, 0);
	const struct pixel_format *format = pixel_format_find(fourcc);
	uint64_t row_bytes = format ? (uint64_t)width * format->bytes : 0;
	uint64_t cols = row_bytes / CARD_CELL_BYTES;
	struct card_tables *t;

	memset(card, 0, sizeof(*card));
	if (!format || !encoding)
		return -EOPNOTSUPP;
	if (cols == 0 || cols > CARD_MAX_COLS || height > CARD_MAX_ROWS ||
	    !pixel_format_fits(format, width, height) ||
	    pixel_format_rows(format, height) > CARD_MAX_ROWS)
		return -EINVAL;

	t = aligned_alloc(CARD_CELL_BYTES, sizeof(*t) + (cols + 1) * sizeof(t->column[0]));
	if (!t)
		return -ENOMEM;
	t->encoding[0] = encoding;
	t->encoding[1] = card_encoding_find(fourcc, 1);
	t->second = t->encoding[1] ? height : UINT32_MAX;
	t->row_bytes = (uint32_t)row_bytes;
	t->judged = encoding->judged;
	t->cells_plain = card_cells_best();
	t->cells = encoding->packed ? &card_cells_packed : t->cells_plain;
	card_picture_make(&t->picture);
	make_waves(t);
	make_low_bits(t);
	for (uint32_t col = 0; col <= cols; col++)
		make_column(t, col);

	card->fourcc = fourcc;
	card->width = width;
	card->height = height;
	card->cols = (uint32_t)cols;
	card->cell_width = CARD_CELL_BYTES / format->bytes;
	card->rows = pixel_format_rows(format, height);
	card->tables = t;
	return 0;
}

size_t card_bytes(const struct card *card, size_t stride)
{
	return stride * (card->rows - 1) + card->tables->row_bytes;
}

void card_finish(struct card *card)
{
	free(card->tables);
	memset(card, 0, sizeof(*card));
}
