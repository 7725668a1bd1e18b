// SPDX-License-Identifier: MIT
/*
 * The inner loops for formats that are not 8 bits a channel. A cell of pixels is made aside by the
 * fast loops, and packed. Slower than these, and out of their way.
 */
#include <string.h>

#include "card/tables.h"

/* The bytes of column @col. */
static void make_cell(const struct card_tables *t, const struct card_row *line, uint32_t col,
		      uint8_t cell[CARD_CELL_BYTES])
{
	uint32_t pixel[CARD_CELL_PIXELS];

	t->cells_plain->draw(t, line, col, col + 1, (uint8_t *)pixel);
	line->encoding->pack(pixel, cell);
}

/* Each cell is made aside and stored whole, in ascending order (R10). */
static void draw(const struct card_tables *t, const struct card_row *line, uint32_t col,
		 uint32_t end, uint8_t *mem)
{
	uint8_t cell[CARD_CELL_BYTES];

	for (; col < end; col++, mem += CARD_CELL_BYTES) {
		make_cell(t, line, col, cell);
		memcpy(mem, cell, sizeof(cell));
	}
}

static uint32_t differ(const struct card_tables *t, const struct card_row *line, uint32_t col,
		       uint32_t end, const uint8_t *mem)
{
	uint8_t cell[CARD_CELL_BYTES];
	uint32_t which = 0;

	for (uint32_t one = col; one < end; one++, mem += CARD_CELL_BYTES) {
		make_cell(t, line, one, cell);
		if (card_encoding_differ(line->encoding, mem, cell))
			which |= 1u << (one - col);
	}
	return which;
}

const struct card_cells card_cells_packed = { .draw = draw, .differ = differ };
