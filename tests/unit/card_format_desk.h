/* SPDX-License-Identifier: MIT */
/* A card of any format with all that belongs to it, beside its second encoder. Include cmocka.h before. */
#ifndef CARD_FORMAT_DESK_H
#define CARD_FORMAT_DESK_H

#include "base/pixel_format.h"
#include "card/card.h"

#include "card_reference.h"

enum { HEIGHT = 8, CELLS = 5, GUARD = 64, FRAME = 1000 };

static const uint32_t serial = 0x1234506;

/* A card of this format with memory that ends where its last pixel does. */
struct desk {
	const struct ref_format *reference;
	const struct pixel_format *format;
	struct card card;
	struct card_expect expect;
	size_t row, stride, bytes;
	uint8_t *all, *mem;
	struct cell_verdict *map;
};

static inline void desk_open(struct desk *d, const struct ref_format *reference, uint32_t rest)
{
	uint32_t width;

	memset(d, 0, sizeof(*d));
	d->reference = reference;
	d->format = pixel_format_find(reference->fourcc);
	assert_non_null(d->format);
	width = CELLS * 64 / d->format->bytes + rest;
	assert_int_equal(card_init(&d->card, reference->fourcc, width, HEIGHT), 0);
	assert_int_equal(d->card.cols, CELLS);
	assert_int_equal(d->card.cell_width * d->format->bytes, 64);
	d->row = width * d->format->bytes;
	d->stride = d->row + 12;
	d->bytes = d->stride * (d->card.rows - 1) + d->row;
	d->all = malloc(d->bytes + 2 * GUARD);
	d->map = calloc((size_t)d->card.cols * d->card.rows, sizeof(*d->map));
	assert_true(d->all && d->map);
	memset(d->all, 0xa5, d->bytes + 2 * GUARD);
	d->mem = d->all + GUARD;
	d->expect = (struct card_expect){ serial, FRAME, card_whole(&d->card), 0 };
	card_draw(&d->card, serial, FRAME, card_whole(&d->card), d->mem, d->stride);
}

static inline void desk_close(struct desk *d)
{
	card_finish(&d->card);
	free(d->all);
	free(d->map);
}

static inline uint8_t *cell_of(struct desk *d, uint32_t col, uint32_t row)
{
	return d->mem + row * d->stride + col * 64;
}

/* As it lies in row @where: of which plane that is decides. */
static inline void reference_cell(const struct desk *d, uint32_t where, struct ref_code code,
				  uint8_t memory[64], uint8_t judged[64])
{
	uint8_t cell[64];

	ref_cell(code, cell);
	ref_memory(d->reference, where >= HEIGHT, cell, memory, judged);
}

static inline void judge(struct desk *d)
{
	memset(d->map, 0xee, sizeof(*d->map) * d->card.cols * d->card.rows);
	card_judge(&d->card, &d->expect, d->mem, d->stride, d->map);
}

static inline void is(const struct desk *d, uint32_t col, uint32_t row, enum cell_kind kind,
		      uint32_t by)
{
	struct cell_verdict v = d->map[row * d->card.cols + col];

	if (v.kind != kind || cell_verdict_by(v) != by)
		fail_msg("%s: cell %u,%u is %s by %u, not %s by %u", d->format->name, col, row,
			 cell_kind_name(v.kind), cell_verdict_by(v), cell_kind_name(kind), by);
}

static inline void all_are(const struct desk *d, enum cell_kind kind, uint32_t by)
{
	for (uint32_t row = 0; row < d->card.rows; row++)
		for (uint32_t col = 0; col < d->card.cols; col++)
			is(d, col, row, kind, by);
}

static inline void put(struct desk *d, uint32_t col, uint32_t row, struct ref_code code)
{
	uint8_t judged[64];

	reference_cell(d, row, code, cell_of(d, col, row), judged);
}

#endif
