// SPDX-License-Identifier: MIT
/* How large the buffers of a pair are, and the reason that is given for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>

#include "card/card.h"
#include "cmd/check.h"

static struct listing listing;
static struct check check;
static struct check_pair pair;

static int setup(void **state)
{
	(void)state;
	memset(&listing, 0, sizeof(listing));
	pair = (struct check_pair){ .exporter = "udmabuf" };
	check = (struct check){
		.listing = &listing,
		.pairs = &pair,
		.pair_count = 1,
		.options = { .max_mib = 64, .syncs = 1 << ORDER_IMPLICIT },
	};
	check_add_fault(&check.options, order_find("no-bracket"));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(check.rows);
	free(check.records);
	return 0;
}

/* Two rows, a control and a fault, of each size. */
static void add(bool small, uint64_t limit_mib, size_t sizes)
{
	free(check.rows);
	free(check.records);
	check.rows = NULL;
	check.records = NULL;
	check.room = 0;
	check.count = 0;
	pair.count = 0;
	assert_int_equal(check_add_rows(&check, &pair, small, limit_mib), 0);
	assert_int_equal(check.count, 2 * sizes);
	assert_int_equal(pair.count, 2 * sizes);
}

/* Of the size at @at, 0 or 1: it has so many MiB, and this reason. */
static void assert_size(size_t at, uint64_t mib, const char *why)
{
	for (size_t i = 2 * at; i < 2 * at + 2; i++) {
		const struct check_row *row = &check.rows[i];
		const struct record *record = &check.records[i];

		assert_int_equal((uint64_t)row->width * row->height * 4, mib << 20);
		assert_int_equal(record->layout.width, row->width);
		assert_int_equal(record->layout.height, row->height);
		assert_string_equal(record->layout.size_why, why);
	}
}

static void what_has_no_capacity_gets_one_small_size(void **state)
{
	(void)state;
	listing.machine.llc_size = 8 << 20;
	add(true, 0, 1);
	assert_int_equal(check.rows[0].width, 256);
	assert_int_equal(check.rows[0].height, 64);
	assert_string_equal(check.records[0].layout.size_why, "");
}

static void what_is_asked_for_is_taken(void **state)
{
	(void)state;
	check.options.width = 48;
	check.options.height = 7;
	add(false, 1, 1);
	assert_int_equal(check.rows[0].width, 48);
	assert_int_equal(check.rows[0].height, 7);
	assert_string_equal(check.records[0].layout.size_why, "as asked for");
}

static void else_a_quarter_and_four_times_the_cache(void **state)
{
	(void)state;
	listing.machine.llc_size = 8 << 20;
	add(false, 0, 2);
	assert_size(0, 2, "a quarter of the last-level cache");
	assert_size(1, 32, "four times the last-level cache");
	listing.machine.llc_size = 0;
	check.options.max_mib = 128;
	add(false, 0, 2);
	assert_size(0, 8, "a quarter of the last-level cache, 32 MiB assumed");
	assert_size(1, 128, "four times the last-level cache, 32 MiB assumed");
}

static void caps_are_told(void **state)
{
	(void)state;
	listing.machine.llc_size = 32 << 20;
	add(false, 0, 2);
	assert_size(0, 8, "a quarter of the last-level cache");
	assert_size(1, 64, "four times the last-level cache; capped");
	/* The exporter's limit is the lower one. */
	add(false, 16, 2);
	assert_size(1, 16, "four times the last-level cache; capped");
	/* Or it is not. */
	add(false, 100, 2);
	assert_size(1, 64, "four times the last-level cache; capped");
	/* Both are capped, and one will do. */
	add(false, 4, 1);
	assert_size(0, 4, "a quarter of the last-level cache; capped");
}

/* What --max-size= takes, a card has a number for. */
static void large_ones_can_be_made(void **state)
{
	struct card card;

	(void)state;
	check.options.max_mib = 1024;
	for (uint64_t mib = 1; mib <= 1024; mib *= 2) {
		listing.machine.llc_size = mib << 18;
		add(false, 0, 2);
		assert_size(1, mib, "four times the last-level cache");
		for (size_t i = 0; i < check.count; i++) {
			assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, check.rows[i].width,
						   check.rows[i].height),
					 0);
			card_finish(&card);
		}
	}
	/* 36 MiB of cache, as some have. */
	listing.machine.llc_size = 36 << 20;
	add(false, 0, 2);
	assert_size(0, 9, "a quarter of the last-level cache");
	assert_size(1, 144, "four times the last-level cache");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_has_no_capacity_gets_one_small_size, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_asked_for_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(else_a_quarter_and_four_times_the_cache, setup,
						teardown),
		cmocka_unit_test_setup_teardown(caps_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(large_ones_can_be_made, setup, teardown),
	};

	return cmocka_run_group_tests_name("check_rows", tests, NULL, NULL);
}
