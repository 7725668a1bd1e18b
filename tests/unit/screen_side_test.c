// SPDX-License-Identifier: MIT
/* What a screenshot says of the compositor's side, and when it says nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/screen_side.h"

enum { CELLS = 96 };

static const struct ground noncoherent = {
	.module = true,
	.params = { .mode = DRM_STALELINE_MODE_NONCOHERENT },
};

/* A picture of so many cells, and lines of the buffer that are dirty. */
static struct record record_of(uint64_t fresh, uint64_t stale, uint64_t torn, uint64_t dirty)
{
	struct record record = { .has_screenshot = true, .module = { .dirty = dirty } };

	record.screenshot.checked = fresh + stale + torn;
	record.screenshot.kind[CELL_FRESH] = fresh;
	record.screenshot.kind[CELL_STALE] = stale;
	record.screenshot.kind[CELL_TORN] = torn;
	return record;
}

static enum probe_side side(struct record record)
{
	const struct record control = record_of(CELLS, 0, 0, 0);

	return screen_side_of(&noncoherent, &control, &record);
}

static void one_side_is_on_the_screen(void **state)
{
	(void)state;
	assert_int_equal(side(record_of(CELLS, 0, 0, CELLS)), PROBE_CPU);
	assert_int_equal(side(record_of(0, CELLS, 0, CELLS)), PROBE_DEVICE);
}

static void parts_of_both_say_nothing(void **state)
{
	(void)state;
	assert_int_equal(side(record_of(CELLS - 1, 1, 0, CELLS)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(1, CELLS - 1, 0, CELLS)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(0, CELLS - 1, 1, CELLS)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(0, 0, CELLS, CELLS)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(0, 0, 0, 0)), PROBE_UNKNOWN);
}

/* In order every line is clean, and both sides show the same. */
static void lines_that_are_clean_say_nothing(void **state)
{
	(void)state;
	assert_int_equal(side(record_of(CELLS, 0, 0, 0)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(CELLS, 0, 0, CELLS - 1)), PROBE_UNKNOWN);
	assert_int_equal(side(record_of(0, CELLS, 0, CELLS / 2)), PROBE_UNKNOWN);
}

static void no_picture_says_nothing(void **state)
{
	struct record record = record_of(0, CELLS, 0, CELLS);

	(void)state;
	record.has_screenshot = false;
	assert_int_equal(side(record), PROBE_UNKNOWN);
}

/* Who stands still shows old cards whatever the order is. */
static void a_control_that_is_not_seen_fresh_says_nothing(void **state)
{
	struct record record = record_of(0, CELLS, 0, CELLS);
	struct record stands = record_of(0, CELLS, 0, 0), blind = record_of(CELLS, 0, 0, 0);

	(void)state;
	blind.has_screenshot = false;
	assert_int_equal(screen_side_of(&noncoherent, &stands, &record), PROBE_UNKNOWN);
	assert_int_equal(screen_side_of(&noncoherent, &blind, &record), PROBE_UNKNOWN);
	assert_int_equal(screen_side_of(&noncoherent, NULL, &record), PROBE_UNKNOWN);
}

static void buffers_without_two_sides_say_nothing(void **state)
{
	const struct record control = record_of(CELLS, 0, 0, 0),
			    record = record_of(0, CELLS, 0, CELLS);
	struct ground coherent = noncoherent, foreign = noncoherent, evicts = noncoherent;

	(void)state;
	coherent.params.mode = DRM_STALELINE_MODE_COHERENT;
	foreign.module = false;
	evicts.params.evict = 1;
	assert_int_equal(screen_side_of(&coherent, &control, &record), PROBE_UNKNOWN);
	assert_int_equal(screen_side_of(&foreign, &control, &record), PROBE_UNKNOWN);
	assert_int_equal(screen_side_of(&evicts, &control, &record), PROBE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_side_is_on_the_screen),
		cmocka_unit_test(parts_of_both_say_nothing),
		cmocka_unit_test(lines_that_are_clean_say_nothing),
		cmocka_unit_test(no_picture_says_nothing),
		cmocka_unit_test(a_control_that_is_not_seen_fresh_says_nothing),
		cmocka_unit_test(buffers_without_two_sides_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
