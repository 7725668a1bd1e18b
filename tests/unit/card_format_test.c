// SPDX-License-Identifier: MIT
/*
 * The card in each format: its memory bit for bit as the second encoder has it, and every bit of it judged that is
 * the card's, and no other.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <drm_fourcc.h>

#include "card_format_desk.h"

static void bytes_are_the_reference(const struct desk *d)
{
	uint8_t memory[64], judged[64];

	for (size_t i = 0; i < GUARD; i++) {
		assert_int_equal(d->all[i], 0xa5);
		assert_int_equal(d->mem[d->bytes + i], 0xa5);
	}
	for (size_t at = 0; at < d->bytes; at++) {
		size_t row = at / d->stride, byte = at % d->stride;

		if (byte >= d->row) {
			assert_int_equal(d->mem[at], 0xa5);
			continue;
		}
		if (byte % 64 == 0)
			reference_cell(d, (uint32_t)row,
				       (struct ref_code){ serial, FRAME, (uint32_t)row,
							  (uint32_t)(byte / 64) },
				       memory, judged);
		if (d->mem[at] != memory[byte % 64])
			fail_msg("%s: byte %zu of row %zu is %02x, the reference says %02x",
				 d->format->name, byte, row, d->mem[at], memory[byte % 64]);
	}
}

/* With and without pixels after the last whole cell. */
static void memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		for (uint32_t rest = 0; rest < 8; rest += 2) {
			struct desk d;

			desk_open(&d, &ref_formats[i], rest);
			bytes_are_the_reference(&d);
			desk_close(&d);
		}
	}
}

/* No format without its line in the reference. */
static void reference_has_all(void **state)
{
	size_t n = 0;

	(void)state;
	while (pixel_formats[n].name)
		n++;
	assert_int_equal(n, REF_FORMATS);
}

static void check_judged_bits(struct desk *d, uint32_t row)
{
	struct cell_verdict *verdict = &d->map[row * CELLS + 2];
	uint8_t memory[64], judged[64];

	reference_cell(d, row, (struct ref_code){ serial, FRAME, row, 2 }, memory, judged);
	for (int bit = 0; bit < 512; bit++) {
		uint8_t *at = cell_of(d, 2, row) + bit / 8;

		*at ^= (uint8_t)(1 << bit % 8);
		judge(d);
		*at ^= (uint8_t)(1 << bit % 8);
		if ((verdict->kind != CELL_FRESH) != (judged[bit / 8] >> bit % 8 & 1))
			fail_msg("%s: flipping bit %d of a cell in row %u makes it %s",
				 d->format->name, bit, row, cell_kind_name(verdict->kind));
		verdict->kind = CELL_FRESH;
		all_are(d, CELL_FRESH, 0); /* all others */
	}
}

/* In the first plane and, where there is one, in the second. */
static void every_judged_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		struct desk d;

		desk_open(&d, &ref_formats[i], 0);
		check_judged_bits(&d, 3);
		check_judged_bits(&d, d.card.rows - 1);
		desk_close(&d);
	}
}

/* Drawn by the other encoder: of another time, buffer and place, and in pieces. In four rows from @top on. */
static void check_verdicts(struct desk *d, uint32_t top)
{
	uint8_t older[64], judged[64];

	put(d, 0, top, (struct ref_code){ serial, FRAME - 7, top, 0 });
	put(d, 1, top, (struct ref_code){ serial, FRAME + 300, top, 1 });
	put(d, 2, top + 1, (struct ref_code){ serial + 1, FRAME, top + 1, 2 });
	put(d, 3, top + 1, (struct ref_code){ serial, FRAME, top + 1, 2 });
	put(d, 4, top + 2, (struct ref_code){ serial ^ 1u << 27, FRAME, 16383, 1023 });
	reference_cell(d, top + 3, (struct ref_code){ serial, FRAME - 1, top + 3, 0 }, older,
		       judged);
	memcpy(cell_of(d, 0, top + 3), older, 32);
	memset(cell_of(d, 1, top + 3), 0, 64);
	memset(cell_of(d, 2, top + 3), 0xff, 64);
	memset(cell_of(d, 3, top + 3), 0x80, 64);
	judge(d);
	is(d, 0, top, CELL_STALE, 7);
	is(d, 1, top, CELL_AHEAD, 300);
	is(d, 2, top + 1, CELL_FOREIGN, 0);
	is(d, 3, top + 1, CELL_TORN, 0);
	is(d, 4, top + 2, CELL_FOREIGN, 0);
	is(d, 0, top + 3, CELL_TORN, 0);
	is(d, 1, top + 3, CELL_UNWRITTEN, 0);
	is(d, 2, top + 3, CELL_UNWRITTEN, 0);
	is(d, 3, top + 3, CELL_UNWRITTEN, 0);
	is(d, 4, top + 3, CELL_FRESH, 0);
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		struct desk d;

		desk_open(&d, &ref_formats[i], 0);
		judge(&d);
		all_are(&d, CELL_FRESH, 0);
		check_verdicts(&d, 0);
		check_verdicts(&d, d.card.rows - 4);

		/* The whole card is old, and agrees with itself. */
		card_draw(&d.card, serial, FRAME - 3, card_whole(&d.card), d.mem, d.stride);
		judge(&d);
		all_are(&d, CELL_STALE, 3);
		desk_close(&d);
	}
}

/* A Y that lies where a Cb belongs is nothing that belongs there, whoever's it is. */
static void planes_do_not_mix(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		struct desk d;

		desk_open(&d, &ref_formats[i], 0);
		if (d.reference->second) {
			memcpy(cell_of(&d, 1, HEIGHT), cell_of(&d, 1, 0), 64);
			judge(&d);
			if (d.map[HEIGHT * CELLS + 1].kind == CELL_FRESH ||
			    d.map[HEIGHT * CELLS + 1].kind == CELL_STALE)
				fail_msg("%s: a line of Y in the second plane is %s",
					 d.format->name,
					 cell_kind_name(d.map[HEIGHT * CELLS + 1].kind));
		}
		desk_close(&d);
	}
}

/* Half a square has no colour. */
static void sizes_that_do_not_fit(void **state)
{
	struct card card;

	(void)state;
	assert_int_equal(card_init(&card, DRM_FORMAT_NV12, 65, 4), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_NV12, 64, 3), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_YUYV, 65, 4), -EINVAL);
	assert_int_equal(card_init(&card, DRM_FORMAT_NV12, 64, 10924), -EINVAL); /* 16386 rows */
	assert_int_equal(card_init(&card, DRM_FORMAT_NV12, 64, 10922), 0);
	card_finish(&card);
	assert_int_equal(card_init(&card, DRM_FORMAT_YUYV, 64, 3), 0);
	card_finish(&card);
}

/* The lowest judged bit of every 4 bytes of a row's cells, as the reference has it. */
static void spoil(struct desk *d, uint32_t row)
{
	uint8_t memory[64], judged[64];

	reference_cell(d, row, (struct ref_code){ serial, FRAME, row, 0 }, memory, judged);
	for (uint32_t at = 0; at < CELLS * 64; at += 4) {
		uint8_t *word = d->mem + row * d->stride + at;
		int bit = 0;

		while (!(judged[(at + (uint32_t)bit / 8) % 64] >> bit % 8 & 1))
			bit++;
		word[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* A blend and a half cell are made of bytes, whatever these mean. */
static void parts_of_cells(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		struct desk d;

		desk_open(&d, &ref_formats[i], 2);
		card_blend(&d.card, serial, FRAME, FRAME + 5, card_whole(&d.card), d.mem, d.stride);
		d.expect.frame = FRAME + 5;
		judge(&d);
		all_are(&d, CELL_FRESH, 0);
		card_draw_right(&d.card, serial, FRAME + 6, card_whole(&d.card), d.mem, d.stride);
		judge(&d);
		all_are(&d, CELL_TORN, 0);
		for (uint32_t row = 0; row < d.card.rows; row++)
			for (uint32_t col = 0; col < CELLS; col++) {
				uint8_t memory[64], judged[64];

				reference_cell(&d, row,
					       (struct ref_code){ serial, FRAME + 6, row, col },
					       memory, judged);
				assert_memory_equal(cell_of(&d, col, row) + 32, memory + 32, 32);
			}
		desk_close(&d);
	}
}

/*
 * Each pixel's lowest judged bit another: still the card's colours, all of them, and no pixel right. So over many
 * frames all colours that the card can have are in the gamut of the format.
 */
static void a_little_off_is_inexact(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		struct desk d;

		desk_open(&d, &ref_formats[i], 0);
		for (uint32_t n = 0; n < 3000; n += 7) {
			card_draw(&d.card, serial, n, card_whole(&d.card), d.mem, d.stride);
			for (uint32_t row = 0; row < d.card.rows; row++)
				spoil(&d, row);
			d.expect.frame = n;
			judge(&d);
			all_are(&d, CELL_INEXACT, 0);
		}
		desk_close(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planes_do_not_mix),
		cmocka_unit_test(sizes_that_do_not_fit),
		cmocka_unit_test(a_little_off_is_inexact),
		cmocka_unit_test(reference_has_all),
		cmocka_unit_test(memory),
		cmocka_unit_test(every_judged_bit),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(parts_of_cells),
	};

	return cmocka_run_group_tests_name("card format", tests, NULL, NULL);
}
