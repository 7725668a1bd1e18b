// SPDX-License-Identifier: MIT
/* The verdict on whole cells: fresh, or of another time, place, buffer or run; and counting them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "card_desk.h"

static void fresh(void **state)
{
	struct desk *d = *state;

	judge(d);
	all_are(d, CELL_FRESH, 0);
	/* Drawn by the other encoder, too. */
	for (uint32_t row = 0; row < ROWS; row++)
		for (uint32_t col = 0; col < COLS; col++)
			put_reference(d, col, row, (struct ref_code){ serial, frame, row, col });
	judge(d);
	all_are(d, CELL_FRESH, 0);
}

static void fresh_over_sizes_and_strides(void **state)
{
	(void)state;
	for (uint32_t width = 16; width < 700; width += 41) {
		for (size_t more = 0; more < 9; more += 3) {
			const uint32_t height = 3;
			size_t stride = width * 4 + more;
			struct card card;
			struct cell_verdict *map;
			struct cell_count c = { 0 };
			uint8_t *all;

			assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, width, height), 0);
			all = malloc(more + stride * (height - 1) + width * 4);
			map = malloc(sizeof(*map) * card.cols * card.rows);
			assert_true(all && map);
			memset(map, 0xee, sizeof(*map) * card.cols * card.rows);
			card_draw(&card, 9, 4, card_whole(&card), all + more, stride);
			card_judge(&card, &(struct card_expect){ 9, 4, card_whole(&card), 0 },
				   all + more, stride, map);
			cell_count_add(&c, &card, 4, map);
			assert_int_equal(c.checked, card.cols * card.rows);
			assert_true(cell_count_clean(&c));
			free(all);
			free(map);
			card_finish(&card);
		}
	}
}

/* X is no part of a cell: many paths bring back something else. */
static void any_x_is_fresh(void **state)
{
	struct desk *d = *state;

	for (uint32_t row = 0; row < ROWS; row++)
		for (uint32_t x = 3; x < COLS * 64; x += 4)
			cell_at(d, 0, row)[x] = (uint8_t)rand();
	judge(d);
	all_are(d, CELL_FRESH, 0);
}

/* The whole card agrees with itself, and is old: only what comes from outside can tell. */
static void old_card_is_stale(void **state)
{
	struct desk *d = *state;
	static const uint32_t by[] = { 1, 2, 5, 255, 256, 65535, 65536, 1 << 19 };

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		d->expect.frame = frame + by[i];
		judge(d);
		all_are(d, CELL_STALE, by[i]);
	}
}

static void newer_card_is_ahead(void **state)
{
	struct desk *d = *state;
	static const uint32_t by[] = { 1, 2, 5, 255, 256, 65536, (1 << 19) - 1 };

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		d->expect.frame = frame - by[i];
		judge(d);
		all_are(d, CELL_AHEAD, by[i]);
	}
}

static void frames_wrap(void **state)
{
	struct desk *d = *state;

	draw(d, serial, 0xffffe, card_whole(&d->card));
	d->expect.frame = 1;
	judge(d);
	all_are(d, CELL_STALE, 3);
	d->expect.frame = 0x100000 + 1;
	judge(d);
	all_are(d, CELL_STALE, 3);

	draw(d, serial, 2, card_whole(&d->card));
	d->expect.frame = 0xfffff;
	judge(d);
	all_are(d, CELL_AHEAD, 3);
}

static void another_run_or_buffer_is_foreign(void **state)
{
	struct desk *d = *state;

	for (uint32_t bit = 0; bit < 28; bit++) {
		draw(d, serial ^ 1u << bit, frame + bit % 3 - 1, card_whole(&d->card));
		judge(d);
		all_are(d, CELL_FOREIGN, 0);
	}
}

/* Whose it is comes before where it is from. */
static void foreign_from_another_place(void **state)
{
	struct desk *d = *state;

	put_reference(d, 4, 3, (struct ref_code){ serial + 1, frame, 3, 5 });
	put_reference(d, 5, 3, (struct ref_code){ serial ^ 1 << 27, frame - 1, 16383, 1023 });
	judge(d);
	assert_verdict(at(d, 4, 3), CELL_FOREIGN, 0);
	assert_verdict(at(d, 5, 3), CELL_FOREIGN, 0);

	/* But not if its picture is not what it says: then it is only pieces. */
	cell_at(d, 4, 3)[12] ^= 0x08;
	judge(d);
	assert_verdict(at(d, 4, 3), CELL_TORN, 0);
}

static void another_place_is_torn(void **state)
{
	struct desk *d = *state;

	put_reference(d, 4, 3, (struct ref_code){ serial, frame, 3, 5 });
	put_reference(d, 5, 3, (struct ref_code){ serial, frame, 4, 5 });
	put_reference(d, 6, 3, (struct ref_code){ serial, frame - 1, 16383, 1023 });
	/* A row that is one cell off, as with a wrong stride. */
	memmove(cell_at(d, 0, 7), cell_at(d, 1, 7), (COLS - 1) * 64);
	judge(d);
	for (uint32_t col = 0; col < COLS; col++)
		assert_verdict(at(d, col, 3), col >= 4 && col <= 6 ? CELL_TORN : CELL_FRESH, 0);
	for (uint32_t col = 0; col < COLS - 1; col++)
		assert_verdict(at(d, col, 7), CELL_TORN, 0);
	assert_int_equal(count(d).kind[CELL_TORN], 3 + COLS - 1);
}

static void parts_have_their_own_frame(void **state)
{
	static const struct card_area parts[] = {
		{ 3, 2, 5, 4 },		  { 0, 0, 1, 1 },   { COLS - 1, 0, 1, ROWS },
		{ 0, ROWS - 1, COLS, 1 }, { 0, 0, 0, 0 },   { 5, 5, 0, 3 },
		{ 17, 9, 1000, 1000 },	  { 99, 99, 5, 5 }, { 2, 1, 1 << 20, 1 << 20 },
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		draw(d, serial, frame - 7, card_whole(&d->card));
		draw(d, serial, frame, parts[i]);
		d->expect = (struct card_expect){ serial, frame, parts[i], frame - 7 };
		judge(d);
		all_are(d, CELL_FRESH, 0);

		/* The part not updated, or all of it updated. */
		draw(d, serial, frame - 7, card_whole(&d->card));
		judge(d);
		for (uint32_t cell = 0; cell < COLS * ROWS; cell++) {
			bool in = card_area_has(parts[i], cell % COLS, cell / COLS);

			assert_verdict(d->map[cell], in ? CELL_STALE : CELL_FRESH, in ? 7 : 0);
		}
		draw(d, serial, frame, card_whole(&d->card));
		judge(d);
		for (uint32_t cell = 0; cell < COLS * ROWS; cell++) {
			bool in = card_area_has(parts[i], cell % COLS, cell / COLS);

			assert_verdict(d->map[cell], in ? CELL_FRESH : CELL_AHEAD, in ? 0 : 7);
		}
	}
}

/* --- counting --- */

static void counts_and_first_places(void **state)
{
	struct desk *d = *state;
	struct cell_count c = { 0 };

	for (uint32_t i = 0; i < 20; i++)
		put_reference(d, i, i / 2, (struct ref_code){ serial, frame - 1 - i, i / 2, i });
	memset(cell_at(d, 3, 11), 0, 64);
	judge(d);
	cell_count_add(&c, &d->card, 55, d->map);
	cell_count_add(&c, &d->card, 56, d->map);
	assert_int_equal(c.checked, 2 * COLS * ROWS);
	assert_int_equal(c.kind[CELL_STALE], 40);
	assert_int_equal(c.kind[CELL_UNWRITTEN], 2);
	assert_int_equal(c.kind[CELL_FRESH], 2 * (COLS * ROWS - 21));
	assert_false(cell_count_clean(&c));
	assert_int_equal(c.places, CARD_FIRST_PLACES);
	for (uint32_t i = 0; i < CARD_FIRST_PLACES; i++) {
		assert_int_equal(c.first[i].frame, 55);
		assert_int_equal(c.first[i].col, i);
		assert_int_equal(c.first[i].row, i / 2);
		assert_verdict(c.first[i].verdict, CELL_STALE, 1 + i);
	}
}

/* A verdict may come out of a texture: one of no kind is counted, and not as fresh. */
static void unknown_kind_is_not_fresh(void **state)
{
	struct desk *d = *state;
	struct cell_count c = { 0 };

	judge(d);
	d->map[7].kind = 200;
	cell_count_add(&c, &d->card, 1, d->map);
	assert_int_equal(c.kind[CELL_FRESH], COLS * ROWS - 1);
	assert_int_equal(c.places, 1);
	assert_string_equal(cell_kind_name((enum cell_kind)200), "unknown");
	assert_false(cell_count_clean(&(struct cell_count){ 0 }));
}

static void names_and_colours(void **state)
{
	static const char *const names[CELL_KINDS] = { "fresh", "stale",     "ahead",  "foreign",
						       "torn",	"unwritten", "inexact" };
	uint32_t seen[CELL_KINDS + 40], n = 0;

	(void)state;
	for (uint8_t kind = 0; kind < CELL_KINDS; kind++) {
		assert_string_equal(cell_kind_name(kind), names[kind]);
		seen[n++] = cell_colour((struct cell_verdict){ .kind = kind, .by = { 1 } });
	}
	/* Stale and ahead deepen: a colour of its own for 1, 2, 4, 8 .. 65536 frames. */
	for (uint32_t by = 2; by <= 65536; by *= 2) {
		uint8_t bytes[3] = { (uint8_t)by, (uint8_t)(by >> 8), (uint8_t)(by >> 16) };
		struct cell_verdict v = { .kind = CELL_STALE };

		memcpy(v.by, bytes, 3);
		seen[n++] = cell_colour(v);
		v.kind = CELL_AHEAD;
		seen[n++] = cell_colour(v);
	}
	for (uint32_t i = 0; i < n; i++) {
		assert_true(seen[i] <= 0xffffff);
		for (uint32_t j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_desk(fresh),
		cmocka_unit_test(fresh_over_sizes_and_strides),
		with_desk(any_x_is_fresh),
		with_desk(old_card_is_stale),
		with_desk(newer_card_is_ahead),
		with_desk(frames_wrap),
		with_desk(another_run_or_buffer_is_foreign),
		with_desk(foreign_from_another_place),
		with_desk(another_place_is_torn),
		with_desk(parts_have_their_own_frame),
		with_desk(counts_and_first_places),
		with_desk(unknown_kind_is_not_fresh),
		cmocka_unit_test(names_and_colours),
	};

	srand(1);
	return cmocka_run_group_tests_name("card judge", tests, NULL, NULL);
}
