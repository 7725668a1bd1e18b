// SPDX-License-Identifier: MIT
/* Drawing: the very bytes of docs/card.md, over sizes and strides, and not one byte elsewhere. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>

#include "card/tables.h"

#include "card_reference.h"

enum { GUARD = 256 };

static const uint32_t run = 0xabcde, buffer = 0x42;

/* A canvas with guard bytes before and after, at any alignment. */
struct canvas {
	struct card card;
	size_t stride, offset, bytes;
	uint8_t *all, *mem;
};

static void canvas_open(struct canvas *c, uint32_t width, uint32_t height, size_t more,
			size_t offset, uint8_t poison)
{
	assert_int_equal(card_init(&c->card, DRM_FORMAT_XRGB8888, width, height), 0);
	c->stride = width * 4 + more;
	/* The last row ends with its pixels: the stride's rest isn't ours there either. */
	c->bytes = c->stride * (height - 1) + width * 4;
	c->offset = offset;
	c->all = malloc(c->bytes + 2 * GUARD + offset);
	assert_non_null(c->all);
	memset(c->all, poison, c->bytes + 2 * GUARD + offset);
	c->mem = c->all + GUARD + offset;
}

static void canvas_close(struct canvas *c)
{
	free(c->all);
	card_finish(&c->card);
}

static bool in_area(const struct canvas *c, struct card_area a, size_t at)
{
	size_t row = at / c->stride, byte = at % c->stride, col = byte / 64;

	if (row < a.row || row >= (size_t)a.row + a.rows || byte >= c->card.width * 4)
		return false;
	/* The rest of a row goes with the last column. */
	if (col >= c->card.cols)
		col = c->card.cols - 1;
	return col >= a.col && col < (size_t)a.col + a.cols;
}

/* Every byte of the area as the reference says, every other as it was. */
static void check_canvas(const struct canvas *c, uint32_t frame, struct card_area a, uint8_t poison)
{
	uint8_t cell[64];

	for (size_t i = 0; i < GUARD + c->offset; i++)
		assert_int_equal(c->all[i], poison);
	for (size_t i = 0; i < GUARD; i++)
		assert_int_equal(c->mem[c->bytes + i], poison);
	for (size_t at = 0; at < c->bytes; at++) {
		if (!in_area(c, a, at)) {
			assert_int_equal(c->mem[at], poison);
			continue;
		}
		if (at % c->stride % 64 == 0)
			ref_cell((struct ref_code){ card_serial(run, buffer), frame,
						    (uint32_t)(at / c->stride),
						    (uint32_t)(at % c->stride / 64) },
				 cell);
		assert_int_equal(c->mem[at], cell[at % c->stride % 64]);
	}
}

static void draw_and_check(uint32_t width, uint32_t height, size_t more, size_t offset,
			   uint32_t frame, struct card_area area, uint8_t poison)
{
	struct canvas c;

	canvas_open(&c, width, height, more, offset, poison);
	card_draw(&c.card, card_serial(run, buffer), frame, area, c.mem, c.stride);
	check_canvas(&c, frame & 0xfffff, area, poison);
	canvas_close(&c);
}

static const struct card_area everything = { 0, 0, 1 << 20, 1 << 20 };

static void the_example(void **state)
{
	static const uint8_t want[64] = {
		0x93, 0x6b, 0xb2, 0xff, 0x90, 0x6b, 0xb3, 0xff, 0x92, 0x6f, 0xb1, 0xff, 0x91,
		0x6e, 0xb4, 0xff, 0x90, 0x69, 0xaf, 0xff, 0x8c, 0x6e, 0xae, 0xff, 0x8e, 0x67,
		0xb4, 0xff, 0x90, 0x65, 0xaf, 0xff, 0x8c, 0x66, 0xaf, 0xff, 0x8c, 0x66, 0xb0,
		0xff, 0x8a, 0x65, 0xb1, 0xff, 0x88, 0x69, 0xb0, 0xff, 0x8a, 0x66, 0xae, 0xff,
		0x8a, 0x68, 0xb1, 0xff, 0x88, 0x6b, 0xae, 0xff, 0x8d, 0x66, 0xae, 0xff,
	};
	struct canvas c;

	(void)state;
	canvas_open(&c, 64, 6, 0, 0, 0);
	card_draw(&c.card, card_serial(0x12345, 6), 1000, everything, c.mem, c.stride);
	assert_memory_equal(c.mem + 5 * c.stride + 3 * 64, want, 64);
	canvas_close(&c);
}

static void sizes(void **state)
{
	static const uint32_t widths[] = { 16, 17, 31, 32, 100, 255, 256, 513, 1040 };

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		for (uint32_t height = 1; height < 8; height += 3)
			draw_and_check(widths[i], height, 0, 0, 77, everything, 0x5a);
}

static void strides_and_alignment(void **state)
{
	(void)state;
	for (size_t more = 0; more < 70; more += 7)
		for (size_t offset = 0; offset < 64; offset += 9)
			draw_and_check(83, 5, more, offset, 12345, everything, 0xc3);
}

static void frames_wrap(void **state)
{
	static const uint32_t frames[] = { 0, 1, 0xffffe, 0xfffff, 0x100000, 0x100001, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		draw_and_check(64, 4, 0, 0, frames[i], everything, 0);
}

/* The ends of what a place can say. */
static void largest_card(void **state)
{
	struct card card;
	uint8_t cell[64], *mem;
	size_t stride = 1024 * 64 + 60;

	(void)state;
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 1024 * 16 + 15, 1 << 14), 0);
	mem = calloc(3, stride);
	assert_non_null(mem);
	/* Only the last two rows, in memory for three: the card's first row is not there. */
	card_draw(&card, 1, 5, (struct card_area){ 1023, (1 << 14) - 2, 1, 2 },
		  (uint8_t *)((uintptr_t)mem - (size_t)((1 << 14) - 3) * stride), stride);
	ref_cell((struct ref_code){ 1, 5, (1 << 14) - 1, 1023 }, cell);
	assert_memory_equal(mem + 2 * stride + 1023 * 64, cell, 64);
	assert_int_equal(mem[stride - 61], 0);
	free(mem);
	card_finish(&card);
}

static void parts(void **state)
{
	static const struct card_area areas[] = {
		{ 0, 0, 0, 0 },		 { 0, 0, 1, 1 },   { 1, 1, 2, 3 },
		{ 5, 0, 1, 9 },		 { 5, 2, 9, 2 },   { 6, 0, 1, 1 },
		{ 0, 7, 1, 1 },		 { 2, 6, 99, 99 }, { 3, 0, UINT32_MAX, UINT32_MAX },
		{ UINT32_MAX, 0, 9, 9 }, { 0, 0, 6, 0 },   { 0, 0, 0, 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		struct card_area a = areas[i];
		struct canvas c;

		canvas_open(&c, 6 * 16 + 5, 7, 12, 4, 0x99);
		card_draw(&c.card, card_serial(run, buffer), 3, a, c.mem, c.stride);
		/* The reference wants an area that does not run over the card's end. */
		if (a.col >= 6 || a.row >= 7)
			a = (struct card_area){ 0 };
		a.cols = a.cols > 6 - a.col ? 6 - a.col : a.cols;
		a.rows = a.rows > 7 - a.row ? 7 - a.row : a.rows;
		check_canvas(&c, 3, a, 0x99);
		canvas_close(&c);
	}
}

/* What was there before makes no difference, so nothing of it was read. */
static void never_reads(void **state)
{
	(void)state;
	for (uint32_t poison = 0; poison < 256; poison += 15)
		draw_and_check(259, 3, 3, 1, 9, everything, (uint8_t)poison);
}

/* Each of the loops that this CPU can run draws and judges as the plain one does. */
static void all_loops_agree(void **state)
{
	const struct card_cells *loops[3] = { &card_cells_any };
	int n = 1;
	struct card card;
	uint8_t *want, *got;
	const size_t stride = 1000 * 4;

	(void)state;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		loops[n++] = &card_cells_avx2;
	if (__builtin_cpu_supports("avx512bw"))
		loops[n++] = &card_cells_avx512;
#endif
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 1000, 40), 0);
	want = malloc(stride * 40);
	got = malloc(stride * 40);
	assert_true(want && got);
	card.tables->cells = &card_cells_any;
	card_draw(&card, 7, 8, card_whole(&card), want, stride);
	for (int i = 0; i < n; i++) {
		struct card_row line;

		memset(got, 0, stride * 40);
		card.tables->cells = loops[i];
		card_draw(&card, 7, 8, card_whole(&card), got, stride);
		assert_memory_equal(want, got, stride * 40);

		card_row_make(&line, card.tables, 7, 8, 11);
		for (uint32_t bit = 0; bit < 64; bit++) {
			uint32_t cell = 3 + bit % 29;
			uint8_t *at = got + 11 * stride + cell * 64 + bit;

			*at ^= 0x10;
			assert_int_equal(loops[i]->differ(card.tables, &line, 3, 32,
							  got + 11 * stride + 3 * 64),
					 bit % 4 == 3 ? 0 : 1u << (cell - 3));
			*at ^= 0x10;
		}
	}
	free(want);
	free(got);
	card_finish(&card);
}

/* The right half of each cell of the area, which may run over the card's end, and not one byte more. */
static void right_halves_and_nothing_else(void **state)
{
	const struct card_area area = { 1, 2, 9, 9 };
	struct canvas c, whole;

	(void)state;
	canvas_open(&c, 71, 6, 12, 3, 0x5a);
	canvas_open(&whole, 71, 6, 12, 3, 0x5a);
	card_draw(&whole.card, card_serial(run, buffer), 9, card_whole(&whole.card), whole.mem,
		  whole.stride);
	card_draw_right(&c.card, card_serial(run, buffer), 9, area, c.mem, c.stride);
	for (size_t at = 0; at < c.bytes; at++) {
		size_t byte = at % c.stride;
		bool in = at / c.stride >= 2 && byte / 64 >= 1 && byte / 64 < c.card.cols;

		assert_int_equal(c.mem[at], in && byte % 64 >= 32 ? whole.mem[at] : 0x5a);
	}
	for (size_t i = 0; i < GUARD; i++)
		assert_int_equal(c.mem[c.bytes + i], 0x5a);
	canvas_close(&c);
	canvas_close(&whole);
}

/* A blend makes the next frame of this one, and of a cell that is older something else. */
static void a_blend_is_as_right_as_what_it_reads(void **state)
{
	const uint32_t serial = card_serial(run, buffer);
	struct cell_verdict map[4 * 6];
	struct canvas c;

	(void)state;
	canvas_open(&c, 71, 6, 12, 3, 0x5a);
	card_draw(&c.card, serial, 9, card_whole(&c.card), c.mem, c.stride);
	card_draw(&c.card, serial, 8, (struct card_area){ 2, 4, 1, 1 }, c.mem, c.stride);
	card_blend(&c.card, serial, 9, 12, (struct card_area){ 0, 3, 99, 99 }, c.mem, c.stride);
	card_judge(&c.card,
		   &(struct card_expect){ serial, 12, (struct card_area){ 0, 3, 4, 3 }, 9 }, c.mem,
		   c.stride, map);
	for (int i = 0; i < 4 * 6; i++)
		assert_int_equal(map[i].kind != CELL_FRESH, i == 4 * 4 + 2);
	for (size_t i = 0; i < GUARD; i++)
		assert_int_equal(c.mem[c.bytes + i], 0x5a);
	canvas_close(&c);
}

static void init_says_no(void **state)
{
	struct card card;

	(void)state;
	assert_int_equal(card_init(&card, DRM_FORMAT_C8, 64, 64), -EOPNOTSUPP);
	assert_int_equal(card_init(&card, 0, 64, 64), -EOPNOTSUPP);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 15, 64), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 0, 64), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 64, 0), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 1025 * 16, 64), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, 64, (1 << 14) + 1), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, UINT32_MAX, UINT32_MAX), -EINVAL);
	card_finish(&card); /* of a zeroed card */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example),
		cmocka_unit_test(sizes),
		cmocka_unit_test(strides_and_alignment),
		cmocka_unit_test(frames_wrap),
		cmocka_unit_test(largest_card),
		cmocka_unit_test(parts),
		cmocka_unit_test(never_reads),
		cmocka_unit_test(all_loops_agree),
		cmocka_unit_test(init_says_no),
		cmocka_unit_test(right_halves_and_nothing_else),
		cmocka_unit_test(a_blend_is_as_right_as_what_it_reads),
	};

	return cmocka_run_group_tests_name("card draw", tests, NULL, NULL);
}
