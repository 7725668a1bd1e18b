/* SPDX-License-Identifier: MIT */
/*
 * The inner loops of drawing and judging, in GCC's vector extensions. Included once per kind of
 * CPU, with these set:
 *
 *	CELLS_VECTOR	bytes of a vector register: 16 (SSE2, NEON), 32 (AVX2) or 64 (AVX-512). A
 *			wider one than the CPU has would be correct, but GCC takes it through the
 *			stack.
 *	CELLS_TARGET	the target attribute of every function, or nothing
 *	CELLS_NAME	the struct card_cells to define
 *
 * Stores are ordinary ones, in ascending order, whole cells, and the destination is never read
 * (R10). No non-temporal stores: they go around the very cache whose lines the card is there to
 * show.
 */
#include <string.h>

#include "card/tables.h"

typedef uint8_t vec __attribute__((vector_size(CELLS_VECTOR)));
typedef uint32_t vec32 __attribute__((vector_size(CELLS_VECTOR)));

enum { STEPS = CARD_CELL_BYTES / CELLS_VECTOR };

#define ALWAYS_INLINE CELLS_TARGET static inline __attribute__((always_inline))

ALWAYS_INLINE vec load(const uint8_t *from)
{
	vec v;

	memcpy(&v, from, sizeof(v));
	return v;
}

ALWAYS_INLINE void store(uint8_t *to, vec v)
{
	memcpy(to, &v, sizeof(v));
}

/* Where in wave @w column @col begins. */
ALWAYS_INLINE const uint8_t *wave_at(const struct card_tables *t, const uint32_t *shift, uint32_t w,
				     uint32_t col)
{
	return t->wave[w] + (col * CARD_CELL_PIXELS + shift[w]) % CARD_WAVE_PERIOD * 4;
}

/* The bytes of column @col into @cell. */
ALWAYS_INLINE void make_cell(const struct card_tables *t, const uint32_t *shift,
			     const vec pattern[STEPS], uint32_t col, vec cell[STEPS])
{
	const uint8_t *wave0 = wave_at(t, shift, 0, col), *wave1 = wave_at(t, shift, 1, col);
	const uint8_t *wave2 = wave_at(t, shift, 2, col), *column = t->column[col];

#pragma GCC unroll 4
	for (uint32_t s = 0; s < STEPS; s++) {
		uint32_t at = s * CELLS_VECTOR;
		vec low = load(column + at) ^ pattern[s];
		vec want = load(wave0 + at) + load(wave1 + at) + load(wave2 + at);

		cell[s] = ((want - low) & 0xf8) | low;
	}
}

CELLS_TARGET static void draw(const struct card_tables *t, const struct card_row *line,
			      uint32_t col, uint32_t end, uint8_t *mem)
{
	const uint32_t shift[CARD_WAVES] = { line->shift[0], line->shift[1], line->shift[2] };
	vec pattern[STEPS], cell[STEPS];

	memcpy(pattern, line->pattern, sizeof(pattern));
	for (; col < end; col++, mem += CARD_CELL_BYTES) {
		make_cell(t, shift, pattern, col, cell);
#pragma GCC unroll 4
		for (uint32_t s = 0; s < STEPS; s++)
			store(mem + s * CELLS_VECTOR, cell[s]);
	}
}

/* Is any bit of columns col .. end - 1 that is the card's other than it should be? */
ALWAYS_INLINE bool any_differ(const struct card_tables *t, const uint32_t *shift,
			      const vec pattern[STEPS], uint32_t col, uint32_t end,
			      const uint8_t *mem)
{
	vec wrong = { 0 };
	vec32 colour;
	uint32_t any = 0;

	for (; col < end; col++, mem += CARD_CELL_BYTES) {
		vec cell[STEPS];

		make_cell(t, shift, pattern, col, cell);
#pragma GCC unroll 4
		for (uint32_t s = 0; s < STEPS; s++)
			wrong |= load(mem + s * CELLS_VECTOR) ^ cell[s];
	}
	colour = (vec32)wrong;
#pragma GCC unroll 8
	for (uint32_t i = 0; i < CELLS_VECTOR / 4; i++)
		any |= colour[i];
	return (any & t->judged) != 0; /* all but X */
}

/* Eight cells at a time, as asking costs as much as a cell; one by one only where it pays. */
CELLS_TARGET static uint32_t differ(const struct card_tables *t, const struct card_row *line,
				    uint32_t col, uint32_t end, const uint8_t *mem)
{
	const uint32_t shift[CARD_WAVES] = { line->shift[0], line->shift[1], line->shift[2] };
	vec pattern[STEPS];
	uint32_t which = 0;

	memcpy(pattern, line->pattern, sizeof(pattern));
	for (uint32_t c = col; c < end; c += 8) {
		uint32_t stop = end - c < 8 ? end : c + 8;
		const uint8_t *at = mem + (c - col) * CARD_CELL_BYTES;

		if (!any_differ(t, shift, pattern, c, stop, at))
			continue;
		for (uint32_t one = c; one < stop; one++, at += CARD_CELL_BYTES)
			if (any_differ(t, shift, pattern, one, one + 1, at))
				which |= 1u << (one - col);
	}
	return which;
}

const struct card_cells CELLS_NAME = { .draw = draw, .differ = differ };
