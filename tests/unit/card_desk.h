/* SPDX-License-Identifier: MIT */
/* A card with all that belongs to it, for the tests of the verdict. Include cmocka.h before. */
#ifndef CARD_DESK_H
#define CARD_DESK_H

#include <drm_fourcc.h>

#include "card/card.h"

#include "card_reference.h"

enum { COLS = 20, ROWS = 12, WIDTH = COLS * 16 + 9, STRIDE = WIDTH * 4 + 6 };

static const uint32_t serial = 0x1234506, frame = 1000;

/* A card with all that belongs to it; memory and map end where they must, for ASan to see. */
struct desk {
	struct card card;
	struct card_expect expect;
	uint8_t *mem;
	struct cell_verdict *map;
};

static inline int set_up(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	assert_int_equal(card_init(&d->card, DRM_FORMAT_XRGB8888, WIDTH, ROWS), 0);
	d->mem = malloc(STRIDE * (ROWS - 1) + WIDTH * 4);
	d->map = malloc(sizeof(*d->map) * COLS * ROWS);
	assert_true(d->mem && d->map);
	d->expect = (struct card_expect){ serial, frame, card_whole(&d->card), 0 };
	card_draw(&d->card, serial, frame, card_whole(&d->card), d->mem, STRIDE);
	*state = d;
	return 0;
}

static inline int tear_down(void **state)
{
	struct desk *d = *state;

	card_finish(&d->card);
	free(d->mem);
	free(d->map);
	free(d);
	return 0;
}

static inline void judge(struct desk *d)
{
	memset(d->map, 0xee, sizeof(*d->map) * COLS * ROWS);
	card_judge(&d->card, &d->expect, d->mem, STRIDE, d->map);
}

static inline uint8_t *cell_at(struct desk *d, uint32_t col, uint32_t row)
{
	return d->mem + row * STRIDE + col * 64;
}

static inline struct cell_verdict at(struct desk *d, uint32_t col, uint32_t row)
{
	return d->map[row * COLS + col];
}

#define assert_verdict(v, k, n)                                                                    \
	do {                                                                                       \
		struct cell_verdict got_ = (v);                                                    \
		assert_string_equal(cell_kind_name(got_.kind), cell_kind_name(k));                 \
		assert_int_equal(cell_verdict_by(got_), n);                                        \
	} while (0)

static inline void all_are(struct desk *d, enum cell_kind kind, uint32_t by)
{
	for (uint32_t i = 0; i < COLS * ROWS; i++)
		assert_verdict(d->map[i], kind, by);
}

static inline struct cell_count count(struct desk *d)
{
	struct cell_count c = { 0 };

	cell_count_add(&c, &d->card, frame, d->map);
	return c;
}

static inline void draw(struct desk *d, uint32_t who, uint32_t when, struct card_area where)
{
	card_draw(&d->card, who, when, where, d->mem, STRIDE);
}

static inline void put_reference(struct desk *d, uint32_t col, uint32_t row, struct ref_code code)
{
	ref_cell(code, cell_at(d, col, row));
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
