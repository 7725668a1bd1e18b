// SPDX-License-Identifier: MIT
/*
 * stage_change_test: buffers that should be others by now, one after the other, and cannot all be
 * had.
 */
#include "stage_bench.h"

#include <errno.h>
#include <string.h>

/* So many buffers, and another size is wanted of them. */
static void begin_resize(uint32_t slots)
{
	begin(slots, SHOW_SYNC_IMPLICIT);
	world.stage.window.want_width = MORE;
}

/* So many by implicit sync, and explicit sync is wanted. */
static void begin_explicit(uint32_t slots)
{
	begin(slots, SHOW_SYNC_IMPLICIT);
	world.stage.sync = SHOW_SYNC_SYNCOBJ;
}

/* --- nothing more is to be had --- */

static void a_size_is_taken_back_where_most_have_that_of_before(void **state)
{
	(void)state;
	begin_resize(3);
	draw_well(1);
	world.gone = true;
	settles_with(2, 2);
	assert_int_equal(world.stage.card.width, WIDTH);
	assert_int_equal(world.stage.window.want_width, WIDTH);
	assert_int_equal(count_told("should be 800x480, but stays 640x480: taken back"), 1);
	assert_int_equal(count_told("buffer 4 should be another by now, and is not shown any more, "
				    "2 are left: taken back"),
			 1);
	assert_false(world.stage.fell_back);
}

static void a_size_is_kept_where_most_have_it(void **state)
{
	(void)state;
	begin_resize(3);
	draw_well(2);
	world.gone = true;
	settles_with(2, 1);
	assert_int_equal(world.stage.card.width, MORE);
	assert_int_equal(count_told("buffer 3 should be another by now"), 1);
}

/* Of two sizes that as many buffers have, the one that is shown: no flicker between them. */
static void a_size_is_kept_where_as_many_have_it(void **state)
{
	(void)state;
	begin_resize(4);
	draw_well(2);
	world.gone = true;
	settles_with(2, 2);
	assert_int_equal(world.stage.card.width, MORE);
}

static void a_size_that_none_has_is_not_wanted_any_more(void **state)
{
	(void)state;
	begin_resize(3);
	world.gone = true;
	settles_with(3, 1);
	assert_int_equal(world.stage.window.want_width, WIDTH);
}

static void explicit_sync_that_has_begun_is_taken_back(void **state)
{
	(void)state;
	begin_explicit(3);
	draw_well(1);
	world.gone = world.no_way = true;
	settles_with(2, 2);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
	assert_true(world.stage.fell_back);
	assert_int_equal(count_told("sync is as it was before: taken back"), 1);
}

/* The third was committed last by implicit sync, and is not the one on the screen any more. */
static void explicit_sync_that_has_begun_is_kept_for_one_that_comes_back(void **state)
{
	(void)state;
	begin_explicit(3);
	draw_well(1);
	world.stage.slots[2].shown.busy = true;
	world.gone = world.no_way = true;
	settles_with(1, 2);
	assert_int_equal(world.stage.sync, SHOW_SYNC_SYNCOBJ);
	assert_false(world.stage.fell_back);
	assert_int_equal(count_told("1 (which stands still"), 2);
}

/* Nothing was committed by it yet, so they will come back; and there is nothing else. */
static void explicit_sync_that_none_has_is_taken_back_for_busy_ones(void **state)
{
	(void)state;
	begin_explicit(3);
	for (int i = 0; i < 3; i++)
		world.stage.slots[i].shown.busy = true;
	world.gone = world.no_way = true;
	settles_with(3, 1);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
	assert_true(world.stage.fell_back);
}

/* Buffers for implicit sync are to be had: none stands still, and those for explicit sync come back to it. */
static void explicit_sync_alone_that_goes_leaves_all(void **state)
{
	(void)state;
	for (uint32_t slots = 2; slots <= 3; slots++) {
		begin_explicit(slots);
		draw_well(1);
		world.stage.slots[slots - 1].shown.busy = true;
		world.manager_gone = world.no_way = true;
		settles_with(slots, 1);
		assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
		assert_true(world.stage.fell_back);
		assert_int_equal(count_told("as it was before: the manager was taken back"), 1);
	}
}

static void explicit_sync_alone_that_goes_during_an_import_leaves_all(void **state)
{
	(void)state;
	begin_explicit(2);
	world.goes_at = 2;
	world.manager_goes = world.no_way = true;
	settles_with(2, 1);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
}

/* As by the keys e and s together: the exporter goes on to be the new one. */
static void explicit_sync_alone_that_goes_leaves_another_exporter(void **state)
{
	(void)state;
	begin_explicit(3);
	change_exporter();
	world.manager_gone = world.no_way = true;
	settles_with(3, 1);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
}

static void explicit_sync_that_has_not_ended_goes_on(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_SYNCOBJ);
	world.stage.sync = SHOW_SYNC_IMPLICIT;
	world.gone = true;
	settles_with(3, 1);
	assert_int_equal(world.stage.sync, SHOW_SYNC_SYNCOBJ);
	assert_true(world.stage.fell_back);
}

/* The run goes on with what there is, however little. */
static void explicit_sync_that_has_ended_leaves_one(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_SYNCOBJ);
	world.stage.sync = SHOW_SYNC_IMPLICIT;
	draw_well(1);
	world.gone = world.no_way = true;
	settles_with(1, 2);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
	assert_false(world.stage.fell_back);
	assert_int_equal(count_told("1 (which stands still until the compositor gives it back) is "
				    "left"),
			 2);
}

static void another_exporter_leaves_what_it_has_made(void **state)
{
	(void)state;
	begin(4, SHOW_SYNC_IMPLICIT);
	change_exporter();
	draw_well(1);
	world.gone = true;
	settles_with(1, 3);
	assert_ptr_equal(world.stage.slots[0].buffer.exporter, &world.stage.exporter);
}

/* Buffers of the one of before are left out: nothing is opened, and nobody waits for them. */
static void another_exporter_is_not_begun(void **state)
{
	struct why why = { "" };

	(void)state;
	begin(3, SHOW_SYNC_IMPLICIT);
	change_exporter();
	world.stage.before_open = true;
	draw_well(1);
	assert_int_equal(next_exporter(&why), 0);
	assert_int_equal(count_told("exporter: buffers of the one of before are not back yet"), 1);
	world.gone = true;
	settles_with(1, 3);
	assert_int_equal(next_exporter(&why), 0);
	assert_int_equal(count_told("not back yet"), 1);
	assert_int_equal(count_told("exporter: no other: taken back"), 1);
	assert_string_equal(why.text, "");
}

static void nothing_is_left(void **state)
{
	struct why why = { "" };

	(void)state;
	begin(3, SHOW_SYNC_IMPLICIT);
	change_exporter();
	world.gone = true;
	assert_int_equal(draw(3, &why), -EOPNOTSUPP);
	assert_non_null(strstr(why.text, "nothing is left to show"));
	assert_non_null(strstr(why.text, "taken back"));
}

static void what_is_left_out_is_renewed_where_it_can_be(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_SYNCOBJ);
	world.stage.sync = SHOW_SYNC_IMPLICIT;
	draw_well(1);
	world.gone = world.no_way = true;
	settles_with(1, 2);
	world.gone = false;
	settles_with(3, 2);
}

/* --- it is taken back during an import, which is refused for it --- */

static void a_size_is_kept_though_it_goes_during_an_import(void **state)
{
	(void)state;
	begin_resize(3);
	world.goes_at = 3;
	settles_with(2, 1);
	assert_int_equal(world.stage.card.width, MORE);
	assert_int_equal(count_told("buffer 3 should be another by now, and is not shown any more, "
				    "2 are left: taken back"),
			 1);
}

static void another_exporter_leaves_what_was_made_before_it_went(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_IMPLICIT);
	change_exporter();
	world.goes_at = 2;
	settles_with(1, 2);
	assert_ptr_equal(world.stage.slots[0].buffer.exporter, &world.stage.exporter);
}

/* It is refused in the new size, and goes while that of before is asked for. */
static void another_exporter_and_size_leave_it_too(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_IMPLICIT);
	change_exporter();
	draw_well(1);
	world.stage.window.want_width = MORE;
	world.refused = 1;
	draw_well(1); /* its own exporter: it stays */
	world.stage.window.want_width = MORE;
	world.refused = 1;
	world.goes_at = 4;
	settles_with(1, 4);
	assert_int_equal(world.imports, 4);
}

static void implicit_sync_goes_on_though_explicit_has_ended(void **state)
{
	(void)state;
	begin(3, SHOW_SYNC_SYNCOBJ);
	world.stage.sync = SHOW_SYNC_IMPLICIT;
	world.goes_at = 2;
	world.no_way = true;
	settles_with(1, 2);
	assert_int_equal(world.stage.sync, SHOW_SYNC_IMPLICIT);
	assert_false(world.stage.fell_back);
}

/* --- a size is asked for while another is refused --- */

static void a_size_asked_for_meanwhile_is_tried_next(void **state)
{
	(void)state;
	begin_resize(3);
	world.refused = 1;
	world.asks[0] = MORE + 64;
	draw_well(1);
	assert_int_equal(world.stage.card.width, WIDTH);
	assert_int_equal(world.stage.window.want_width, MORE + 64);
	assert_int_equal(count_told("should be 800x480, but stays 640x480: refused"), 1);
	settles_with(3, 1);
	assert_int_equal(world.stage.card.width, MORE + 64);
}

/*
 * The exporter is another, too: the slot can't stay as it is, and is made anew in the size of
 * before.
 */
static void a_second_size_is_not_lost_with_another_exporter(void **state)
{
	(void)state;
	begin_resize(3);
	change_exporter();
	world.refused = 1;
	world.asks[0] = MORE + 64;
	draw_well(1);
	assert_int_equal(world.imports, 2);
	assert_int_equal(world.stage.slots[0].buffer.width, WIDTH);
	assert_int_equal(world.stage.window.want_width, MORE + 64);
}

static void of_three_sizes_the_last_is_wanted(void **state)
{
	(void)state;
	begin_resize(3);
	change_exporter();
	world.refused = 1;
	world.asks[0] = MORE + 64;
	world.asks[1] = MORE + 128;
	draw_well(1);
	assert_int_equal(world.imports, 2);
	assert_int_equal(world.stage.window.want_width, MORE + 128);
	settles_with(3, 1);
	assert_int_equal(world.stage.card.width, MORE + 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_size_is_taken_back_where_most_have_that_of_before),
		cmocka_unit_test(a_size_is_kept_where_most_have_it),
		cmocka_unit_test(a_size_is_kept_where_as_many_have_it),
		cmocka_unit_test(a_size_that_none_has_is_not_wanted_any_more),
		cmocka_unit_test(explicit_sync_that_has_begun_is_taken_back),
		cmocka_unit_test(explicit_sync_that_has_begun_is_kept_for_one_that_comes_back),
		cmocka_unit_test(explicit_sync_that_none_has_is_taken_back_for_busy_ones),
		cmocka_unit_test(explicit_sync_alone_that_goes_leaves_all),
		cmocka_unit_test(explicit_sync_alone_that_goes_during_an_import_leaves_all),
		cmocka_unit_test(explicit_sync_alone_that_goes_leaves_another_exporter),
		cmocka_unit_test(explicit_sync_that_has_not_ended_goes_on),
		cmocka_unit_test(explicit_sync_that_has_ended_leaves_one),
		cmocka_unit_test(another_exporter_leaves_what_it_has_made),
		cmocka_unit_test(another_exporter_is_not_begun),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(what_is_left_out_is_renewed_where_it_can_be),
		cmocka_unit_test(a_size_is_kept_though_it_goes_during_an_import),
		cmocka_unit_test(another_exporter_leaves_what_was_made_before_it_went),
		cmocka_unit_test(another_exporter_and_size_leave_it_too),
		cmocka_unit_test(implicit_sync_goes_on_though_explicit_has_ended),
		cmocka_unit_test(a_size_asked_for_meanwhile_is_tried_next),
		cmocka_unit_test(a_second_size_is_not_lost_with_another_exporter),
		cmocka_unit_test(of_three_sizes_the_last_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
