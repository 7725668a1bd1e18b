// SPDX-License-Identifier: MIT
/*
 * Drawing: the rows of an area, one after the other,
 * each from left to right; parts of cells; blending.
 */
#include <string.h>

#include "card/tables.h"

/* What of @area lies on the card. */
static struct card_area clip(const struct card *card, struct card_area area)
{
	if (area.col >= card->cols || area.row >= card->rows)
		return (struct card_area){ 0 };
	if (area.cols > card->cols - area.col)
		area.cols = card->cols - area.col;
	if (area.rows > card->rows - area.row)
		area.rows = card->rows - area.row;
	return area;
}

/* The pixels after the last whole cell: the beginning of a cell, made aside as it has no room. */
static void draw_rest(const struct card *card, const struct card_row *line, uint8_t *mem)
{
	const struct card_tables *t = card->tables;
	uint32_t bytes = t->row_bytes - card->cols * CARD_CELL_BYTES;
	uint8_t cell[CARD_CELL_BYTES];

	if (bytes == 0)
		return;
	t->cells->draw(t, line, card->cols, card->cols + 1, cell);
	memcpy(mem, cell, bytes);
}

void card_draw(const struct card *card, uint32_t serial, uint32_t frame, struct card_area area,
	       void *mem, size_t stride)
{
	const struct card_tables *t = card->tables;
	struct card_area a = clip(card, area);
	uint32_t end = a.col + a.cols;
	uint8_t *start = mem;

	if (a.cols == 0)
		return;
	start += a.row * stride;
	for (uint32_t row = a.row; row < a.row + a.rows; row++, start += stride) {
		struct card_row line;

		card_row_make(&line, t, serial, frame & CARD_FRAME_MASK, row);
		t->cells->draw(t, &line, a.col, end, start + a.col * CARD_CELL_BYTES);
		if (end == card->cols)
			draw_rest(card, &line, start + end * CARD_CELL_BYTES);
	}
}

void card_draw_right(const struct card *card, uint32_t serial, uint32_t frame,
		     struct card_area area, void *mem, size_t stride)
{
	const struct card_tables *t = card->tables;
	struct card_area a = clip(card, area);
	uint8_t cell[CARD_CELL_BYTES];

	for (uint32_t row = a.row; row < a.row + a.rows; row++) {
		uint8_t *at = (uint8_t *)mem + row * stride + a.col * CARD_CELL_BYTES;
		struct card_row line;

		card_row_make(&line, t, serial, frame & CARD_FRAME_MASK, row);
		for (uint32_t col = a.col; col < a.col + a.cols; col++, at += CARD_CELL_BYTES) {
			t->cells->draw(t, &line, col, col + 1, cell);
			memcpy(at + CARD_CELL_BYTES / 2, cell + CARD_CELL_BYTES / 2,
			       CARD_CELL_BYTES / 2);
		}
	}
}

void card_blend(const struct card *card, uint32_t serial, uint32_t from, uint32_t to,
		struct card_area area, void *mem, size_t stride)
{
	const struct card_tables *t = card->tables;
	struct card_area a = clip(card, area);
	uint8_t older[CARD_CELL_BYTES], newer[CARD_CELL_BYTES];

	for (uint32_t row = a.row; row < a.row + a.rows; row++) {
		uint8_t *at = (uint8_t *)mem + row * stride + a.col * CARD_CELL_BYTES;
		struct card_row before, after;

		card_row_make(&before, t, serial, from & CARD_FRAME_MASK, row);
		card_row_make(&after, t, serial, to & CARD_FRAME_MASK, row);
		for (uint32_t col = a.col; col < a.col + a.cols; col++, at += CARD_CELL_BYTES) {
			t->cells->draw(t, &before, col, col + 1, older);
			t->cells->draw(t, &after, col, col + 1, newer);
			for (int i = 0; i < CARD_CELL_BYTES; i++)
				at[i] ^= older[i] ^ newer[i];
		}
	}
}
