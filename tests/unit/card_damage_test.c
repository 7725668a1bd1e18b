// SPDX-License-Identifier: MIT
/* The verdict on cells that are not whole: torn, unwritten, inexact, and never fresh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "card_desk.h"

static void each_of_384_flips(void **state)
{
	struct desk *d = *state;

	for (uint32_t where = 0; where < 5; where++) {
		uint32_t col = where * 4 + 1, row = where * 2 + 1, flips = 0;
		uint8_t *cell = cell_at(d, col, row);

		for (uint32_t bit = 0; bit < 512; bit++) {
			if (bit / 8 % 4 == 3)
				continue; /* X */
			cell[bit / 8] ^= (uint8_t)(1 << bit % 8);
			judge(d);
			/* 15 pixels are genuine, so it is a card's cell with something wrong. */
			assert_verdict(at(d, col, row), CELL_TORN, 0);
			assert_int_equal(count(d).kind[CELL_FRESH], COLS * ROWS - 1);
			cell[bit / 8] ^= (uint8_t)(1 << bit % 8);
			flips++;
		}
		assert_int_equal(flips, 384);
	}
}

/* Quarters of two cells, in each of 14 mixtures. */
static void check_splices(struct desk *d, struct ref_code other, enum cell_kind whole)
{
	uint8_t mine[64], theirs[64];

	ref_cell((struct ref_code){ serial, frame, 5, 8 }, mine);
	ref_cell(other, theirs);
	for (int mask = 1; mask < 15; mask++) {
		uint8_t *cell = cell_at(d, 8, 5);
		enum cell_kind want = CELL_TORN;

		for (int q = 0; q < 4; q++)
			memcpy(cell + 16 * q, (mask >> q & 1 ? theirs : mine) + 16 * q, 16);
		/* Where the two agree in a quarter, the splice can be one of them, whole. */
		if (memcmp(cell, mine, 64) == 0)
			want = CELL_FRESH;
		else if (memcmp(cell, theirs, 64) == 0)
			want = whole;
		judge(d);
		assert_verdict(at(d, 8, 5), want, 0);
	}
}

static void splices_are_torn(void **state)
{
	struct desk *d = *state;

	for (int i = 0; i < 200; i++) {
		uint32_t other = (uint32_t)rand() & 0xfffff;

		/* Of two frames no quarter is the same, so none of these is whole. */
		if (i < 20)
			other = frame ^ 1u << i;
		if (other != frame)
			check_splices(d, (struct ref_code){ serial, other, 5, 8 }, CELL_KINDS);
		check_splices(d, (struct ref_code){ serial, frame, 5, 1 + 9 * (uint32_t)i % 1000 },
			      CELL_TORN);
		check_splices(d, (struct ref_code){ serial, frame, 6 + (uint32_t)i * 7, 8 },
			      CELL_TORN);
		check_splices(d, (struct ref_code){ serial ^ (1u + (uint32_t)i), frame, 5, 8 },
			      CELL_FOREIGN);
	}
}

static void half_with_other_memory_is_torn(void **state)
{
	struct desk *d = *state;

	for (int mask = 1; mask < 15; mask++) {
		static const uint8_t fills[] = { 0, 0xff, 0x80 };

		for (size_t f = 0; f < sizeof(fills); f++) {
			put_reference(d, 1, 1, (struct ref_code){ serial, frame, 1, 1 });
			for (int q = 0; q < 4; q++)
				if (mask >> q & 1)
					memset(cell_at(d, 1, 1) + 16 * q, fills[f], 16);
			judge(d);
			if (fills[f] != 0x80) /* this grey could be the card's: not a step */
				assert_verdict(at(d, 1, 1), CELL_TORN, 0);
			assert_int_not_equal(at(d, 1, 1).kind, CELL_FRESH);
		}
	}
}

static void constant_memory_is_unwritten(void **state)
{
	struct desk *d = *state;

	for (int fill = 0; fill < 256; fill++) {
		memset(d->mem, fill, STRIDE * (ROWS - 1) + WIDTH * 4);
		judge(d);
		all_are(d, CELL_UNWRITTEN, 0);
	}
	/* One colour, and a card's at that: the first pixel of the card, everywhere. */
	draw(d, serial, frame, card_whole(&d->card));
	for (uint32_t row = ROWS; row-- > 0;)
		for (uint32_t x = 0; x < COLS * 16; x++)
			memcpy(cell_at(d, 0, row) + 4 * x, d->mem, 4);
	judge(d);
	all_are(d, CELL_UNWRITTEN, 0);
}

static void fuzzed_memory_is_never_fresh(void **state)
{
	struct desk *d = *state;
	struct cell_count c = { 0 };

	for (int i = 0; i < 200; i++) {
		for (size_t b = 0; b < STRIDE * (ROWS - 1) + WIDTH * 4; b++)
			d->mem[b] = (uint8_t)(rand() >> 7);
		judge(d);
		cell_count_add(&c, &d->card, frame, d->map);
	}
	assert_int_equal(c.kind[CELL_FRESH], 0);
	assert_in_range(c.kind[CELL_UNWRITTEN], c.checked * 999 / 1000, c.checked);
}

/* A few bytes or bits of a card changed: fresh are exactly those with no colour byte changed. */
static void fuzzed_card_is_never_fresh(void **state)
{
	struct desk *d = *state;
	uint8_t was[64];

	for (int i = 0; i < 20000; i++) {
		uint32_t col = (uint32_t)rand() % COLS, row = (uint32_t)rand() % ROWS;
		uint8_t *cell = cell_at(d, col, row);
		bool changed = false;

		memcpy(was, cell, 64);
		for (int n = rand() % 6; n >= 0; n--) {
			uint32_t b = (uint32_t)rand() % 64;

			cell[b] = (uint8_t)(rand() & 1 ? rand() >> 7 : cell[b] ^ 1 << rand() % 8);
		}
		for (int b = 0; b < 64; b++)
			changed |= b % 4 != 3 && was[b] != cell[b];
		judge(d);
		assert_int_equal(at(d, col, row).kind == CELL_FRESH, !changed);
		assert_true(at(d, col, row).kind < CELL_KINDS);
		memcpy(cell, was, 64);
	}
}

/* --- a card that has been through something that is not bit-exact --- */

static void mostly_inexact(struct desk *d)
{
	struct cell_count c;

	judge(d);
	c = count(d);
	assert_int_equal(c.kind[CELL_FRESH], 0);
	assert_in_range(c.kind[CELL_INEXACT], c.checked * 95 / 100, c.checked);
}

/* @big, a card of twice the size, looked at through @scale: pixel x is @big's x * scale. */
static void scale_down_or_up(struct desk *d, double scale, bool nearest, double phase)
{
	const uint32_t w = WIDTH * 2 + 2, h = ROWS * 2 + 2;
	struct card big;
	uint8_t *from = malloc(w * 4 * h);

	assert_non_null(from);
	assert_int_equal(card_init(&big, DRM_FORMAT_XRGB8888, w, h), 0);
	card_draw(&big, serial, frame, card_whole(&big), from, w * 4);
	for (uint32_t y = 0; y < ROWS; y++) {
		for (uint32_t x = 0; x < COLS * 16; x++) {
			double fx = x * scale + phase, fy = y * scale + phase;
			uint32_t x0 = (uint32_t)fx, y0 = (uint32_t)fy;

			for (uint32_t c = 0; c < 4; c++) {
				const uint8_t *p = from + (y0 * w + x0) * 4 + c;
				double px = fx - x0, py = fy - y0, v;

				v = (p[0] * (1 - px) + p[4] * px) * (1 - py) +
				    (p[w * 4] * (1 - px) + p[w * 4 + 4] * px) * py;
				cell_at(d, 0, y)[x * 4 + c] = nearest ? p[0] : (uint8_t)(v + .5);
			}
		}
	}
	card_finish(&big);
	free(from);
}

static void scaled_is_inexact(void **state)
{
	struct desk *d = *state;

	scale_down_or_up(d, 1 / 1.25, false, .1);
	mostly_inexact(d);
	scale_down_or_up(d, 1 / 2.0, false, .25);
	mostly_inexact(d);
	scale_down_or_up(d, 1.5, false, .25);
	mostly_inexact(d);
	scale_down_or_up(d, 1, false, .5);
	mostly_inexact(d);
	scale_down_or_up(d, 1 / 2.0, true, 0);
	mostly_inexact(d);
	scale_down_or_up(d, 1 / 1.25, true, 0);
	mostly_inexact(d);
}

static void dithered_is_inexact(void **state)
{
	struct desk *d = *state;

	for (uint32_t row = 0; row < ROWS; row++)
		for (uint32_t x = 0; x < COLS * 64; x++)
			cell_at(d, 0, row)[x] = (uint8_t)(cell_at(d, 0, row)[x] + rand() % 3 - 1);
	mostly_inexact(d);
}

static void blended_is_inexact(void **state)
{
	struct desk *d = *state;
	static const uint32_t others[] = { frame - 1, frame - 5, frame + 300 };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct card *card = &d->card;
		uint8_t *other = malloc(STRIDE * ROWS);

		assert_non_null(other);
		card_draw(card, serial, others[i], card_whole(card), other, STRIDE);
		draw(d, serial, frame, card_whole(card));
		for (uint32_t row = 0; row < ROWS; row++)
			for (uint32_t x = 0; x < COLS * 64; x++) {
				uint8_t *p = cell_at(d, 0, row) + x;

				*p = (uint8_t)((*p + other[row * STRIDE + x] + 1) / 2);
			}
		mostly_inexact(d);
		free(other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_desk(each_of_384_flips),
		with_desk(splices_are_torn),
		with_desk(half_with_other_memory_is_torn),
		with_desk(constant_memory_is_unwritten),
		with_desk(fuzzed_memory_is_never_fresh),
		with_desk(fuzzed_card_is_never_fresh),
		with_desk(scaled_is_inexact),
		with_desk(dithered_is_inexact),
		with_desk(blended_is_inexact),
	};

	srand(1);
	return cmocka_run_group_tests_name("card damage", tests, NULL, NULL);
}
