/* SPDX-License-Identifier: MIT */
/*
 * tables: what card_init() makes once, so that drawing is three loads, two sums and a rounding.
 *
 * The low bits of a cell are the pattern of its row (who, which frame, which row) XOR the pattern
 * of its column (code.h is linear), and its picture is three waves, each read from where its row
 * starts plus the column (picture.h). So a struct card_row is all that changes from row to row,
 * and the loops in cells_loops.h run along it.
 */
#ifndef STALELINE_CARD_TABLES_H
#define STALELINE_CARD_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "card/card.h"
#include "card/encoding.h"
#include "card/picture.h"

struct card_cells;

struct card_tables {
	const struct card_encoding *encoding[PIXEL_FORMAT_PLANES];
	uint32_t second;    /* the row with which the second plane begins, where there is one */
	uint32_t row_bytes; /* that the pixels of a row take */
	uint32_t judged;    /* of encoding[0], for the loops */
	const struct card_cells *cells;	      /* the loops for this CPU */
	const struct card_cells *cells_plain; /* those that make pixels, where @cells packs them */
	struct card_picture picture;

	/*
	 * The waves as bytes in memory's order, the first cell repeated at the end, so that any
	 * cell is one unaligned load. Wave 0 has the 4 of card_round() and X = 255 in it.
	 */
	_Alignas(CARD_CELL_BYTES)
		uint8_t wave[CARD_WAVES][(CARD_WAVE_PERIOD + CARD_CELL_PIXELS) * 4];

	/*
	 * The low bits of a pixel: what its six bits of code give, and what its place in the cell.
	 */
	uint32_t low[64], local[CARD_CELL_PIXELS];

	/*
	 * The columns' patterns, one cell each, for columns 0 .. cols
	 * (the last: the rest of a row).
	 */
	_Alignas(CARD_CELL_BYTES) uint8_t column[][CARD_CELL_BYTES];
};

/* One row of one frame. */
struct card_row {
	uint8_t pattern[CARD_CELL_BYTES];
	uint32_t shift[CARD_WAVES];
	const struct card_encoding *encoding;
};

static inline const struct card_encoding *card_encoding_of(const struct card_tables *tables,
							   uint32_t row)
{
	return tables->encoding[row >= tables->second];
}

void card_row_make(struct card_row *line, const struct card_tables *tables, uint32_t serial,
		   uint32_t frame, uint32_t row);

enum { CARD_DIFFER_MAX = 32 };

/* The two inner loops. @mem is where column @col begins and need not be aligned. */
struct card_cells {
	/* Draw columns col .. end - 1. */
	void (*draw)(const struct card_tables *tables, const struct card_row *line, uint32_t col,
		     uint32_t end, uint8_t *mem);

	/*
	 * Which of columns col .. end - 1, at most CARD_DIFFER_MAX,
	 * differ in any bit that is judged.
	 */
	uint32_t (*differ)(const struct card_tables *tables, const struct card_row *line,
			   uint32_t col, uint32_t end, const uint8_t *mem);
};

extern const struct card_cells card_cells_any;
extern const struct card_cells card_cells_avx2, card_cells_avx512; /* x86-64 only */

/* For formats that are not 8 bits a channel: the pixels of tables->cells_plain, packed. */
extern const struct card_cells card_cells_packed;

/* The best of them for the CPU we run on. */
const struct card_cells *card_cells_best(void);

#endif
