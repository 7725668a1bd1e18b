// SPDX-License-Identifier: MIT
/*
 * run_test: the orders of a run, one after another, while things happen at the window. Frames are
 * the test's own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "cmd/loop.h"
#include "cmd/run.h"
#include "cmd/screen_side.h"
#include "cmd/stage_sync.h"

static struct world {
	struct show show;
	volatile sig_atomic_t interrupted;
	int frames, waits, answers, panels;
	int stop_at;	  /* this frame, or this wait, is the last */
	int key_at;	  /* s is pressed after this frame */
	int keys_too[2];  /* and after these; 0: it is not */
	int faults_at[2]; /* f is pressed after these frames; 0: it is not */
	int falls_at;	  /* falls_back: not before so many frames */
	bool falls_back;  /* the other kind of sync can't be had after all */
	bool key_then;	  /* and s is pressed once more, but there is no other */
} world;

/* --- what the rest of the program would do --- */

int __wrap_loop_free_slot(struct show *show, struct slot **slot, struct why *why);
int __wrap_loop_wait(struct show *show, struct why *why);
int __wrap_run_frame(struct show *show, const struct order *order, struct slot *slot,
		     struct record *record, struct why *why);
bool __wrap_stage_next_sync(struct stage *stage);
int __wrap_ground_begin(struct ground *ground, struct why *why);
int __wrap_ground_ask_module(const struct ground *ground, const struct order *order,
			     const struct buffer *buffer, struct record *record, struct why *why);
void __wrap_screen_side_tell(const struct show *show, const struct order *order,
			     const struct record *control, struct record *record);
int __wrap_last_frame_look(struct show *show, struct record *record,
			   const struct run_pictures *pictures, struct why *why);
void __wrap_run_update_panel(struct show *show, const struct record *record);
void __wrap_window_answer(struct window *window);
bool __wrap_window_panel_is_blank(const struct window *window);

int __wrap_loop_free_slot(struct show *show, struct slot **slot, struct why *why)
{
	(void)why;
	*slot = &show->stage.slots[0];
	if (world.falls_back && show->stage.sync == SHOW_SYNC_FILE &&
	    world.frames >= world.falls_at) {
		show->stage.sync = SHOW_SYNC_IMPLICIT;
		show->stage.fell_back = true;
		show->keys.next_sync = world.key_then;
	}
	return 0;
}

int __wrap_loop_wait(struct show *show, struct why *why)
{
	(void)show;
	(void)why;
	if (++world.waits == world.stop_at)
		world.interrupted = 1;
	return 0;
}

int __wrap_run_frame(struct show *show, const struct order *order, struct slot *slot,
		     struct record *record, struct why *why)
{
	(void)why;
	show->drawn = show->sent = slot;
	record->frames++;
	record->cells.checked++;
	record->cells.kind[order_is_fault(order) ? CELL_STALE : CELL_FRESH]++;
	if (++world.frames == world.stop_at)
		world.interrupted = 1;
	if (world.frames == world.key_at)
		show->keys.next_sync = true;
	for (int i = 0; i < 2; i++)
		show->keys.next_sync |= world.frames == world.keys_too[i];
	for (int i = 0; i < 2; i++)
		show->keys.next_fault |= world.frames == world.faults_at[i];
	return 0;
}

bool __wrap_stage_next_sync(struct stage *stage)
{
	if (world.key_then && stage->sync == SHOW_SYNC_IMPLICIT && world.show.report.count == 2)
		return false;
	stage->sync = stage->sync == SHOW_SYNC_FILE ? SHOW_SYNC_IMPLICIT : SHOW_SYNC_FILE;
	return true;
}

int __wrap_ground_begin(struct ground *ground, struct why *why)
{
	(void)ground;
	(void)why;
	return 0;
}

int __wrap_ground_ask_module(const struct ground *ground, const struct order *order,
			     const struct buffer *buffer, struct record *record, struct why *why)
{
	(void)ground;
	(void)order;
	(void)buffer;
	(void)record;
	(void)why;
	return 0;
}

void __wrap_screen_side_tell(const struct show *show, const struct order *order,
			     const struct record *control, struct record *record)
{
	(void)show;
	(void)order;
	(void)control;
	(void)record;
}

int __wrap_last_frame_look(struct show *show, struct record *record,
			   const struct run_pictures *pictures, struct why *why)
{
	(void)show;
	(void)record;
	(void)pictures;
	(void)why;
	return 0;
}

/* It is drawn again, where the compositor has given one of its buffers back: the second time. */
void __wrap_run_update_panel(struct show *show, const struct record *record)
{
	(void)show;
	(void)record;
	world.panels++;
}

void __wrap_window_answer(struct window *window)
{
	(void)window;
	world.answers++;
}

bool __wrap_window_panel_is_blank(const struct window *window)
{
	(void)window;
	return world.panels < 2;
}

/* --- the run --- */

static void run(void)
{
	struct show *show = &world.show;
	struct why why = { "" };

	show->interrupted = &world.interrupted;
	if (!show->options.order)
		show->options.order = order_catalogue;
	show->options.exporter = "auto";
	show->stage.options = &show->options;
	show->stage.sync = SHOW_SYNC_IMPLICIT;
	show->stage.window.frame_due = true;
	assert_int_equal(run_all(show, &why), 0);
}

static void another_sync_has_its_own_record(void **state)
{
	(void)state;
	world = (struct world){ .key_at = 3, .stop_at = 7 };
	run();
	assert_int_equal(world.show.report.count, 2);
	assert_int_equal(world.show.records[0].frames, 3);
	assert_int_equal(world.show.records[1].frames, 4);
	assert_string_equal(world.show.records[1].sync, "sync-file");
}

/*
 * What can't be had after all has no frame to its name: those that come are of the sync that there
 * is.
 */
static void a_sync_that_is_taken_back_has_none_of_its_frames(void **state)
{
	(void)state;
	world = (struct world){ .key_at = 3, .stop_at = 7, .falls_back = true };
	run();
	assert_int_equal(world.show.report.count, 2);
	assert_int_equal(world.show.records[0].frames, 7);
	assert_string_equal(world.show.records[0].sync, "implicit");
	assert_int_equal(world.show.records[1].frames, 0);
	assert_int_equal(world.show.records[1].verdict, VERDICT_SKIPPED);
	assert_non_null(strstr(world.show.records[1].why.text, "this kind of sync could not be"));
	assert_false(world.show.stage.fell_back);
}

/* Nor did a key stop it, where frames are counted. */
static void a_counted_run_says_so_too(void **state)
{
	(void)state;
	world = (struct world){ .key_at = 3, .stop_at = 7, .falls_back = true };
	world.show.options.frames = 5;
	run();
	assert_non_null(strstr(world.show.records[1].why.text, "this kind of sync could not be"));
}

/* It could be had before, and what was found then stands. */
static void what_was_had_before_stands(void **state)
{
	(void)state;
	world = (struct world){
		.key_at = 3, .keys_too = { 5, 7 }, .stop_at = 9, .falls_back = true, .falls_at = 7
	};
	run();
	assert_int_equal(world.show.report.count, 2);
	assert_int_equal(world.show.records[0].frames, 3 + 2 + 2);
	assert_int_equal(world.show.records[1].frames, 2);
	assert_int_equal(world.show.records[1].verdict, VERDICT_OK);
	assert_false(world.show.stage.fell_back);
}

/*
 * The fault was noticed by the sync that there is again: what becomes of another one's control is
 * nothing to it.
 */
static void a_fault_is_left_alone_where_that_happens_in_its_control(void **state)
{
	const struct record *fault = &world.show.records[1];

	(void)state;
	world = (struct world){ .faults_at = { 2, 67 },
				.key_at = 65,
				.stop_at = 75,
				.falls_back = true,
				.falls_at = 70 };
	world.show.options.peer = &peer_egl;
	world.show.options.order = order_find("partial-update");
	run();
	assert_string_equal(fault->order, "wrong-buffer");
	assert_string_equal(fault->sync, "implicit");
	assert_int_equal(fault->frames, 65 - 62); /* 2, and 60 of its own control */
	assert_int_equal(fault->verdict, VERDICT_NOTICED);
	assert_false(world.show.stage.fell_back);
}

static void a_key_does_not_hide_that(void **state)
{
	(void)state;
	world = (struct world){ .key_at = 3, .stop_at = 7, .falls_back = true, .key_then = true };
	run();
	assert_int_equal(world.show.report.count, 2);
	assert_int_equal(world.show.records[0].frames, 7);
	assert_int_equal(world.show.records[1].frames, 0);
}

/* In a pause no frame would draw it. */
static void a_blank_panel_is_drawn_in_a_pause(void **state)
{
	(void)state;
	world = (struct world){ .stop_at = 5 };
	world.show.keys.paused = true;
	run();
	assert_int_equal(world.frames, 0);
	assert_int_equal(world.answers, 5);
	assert_int_equal(world.panels, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_sync_has_its_own_record),
		cmocka_unit_test(a_sync_that_is_taken_back_has_none_of_its_frames),
		cmocka_unit_test(a_counted_run_says_so_too),
		cmocka_unit_test(what_was_had_before_stands),
		cmocka_unit_test(a_fault_is_left_alone_where_that_happens_in_its_control),
		cmocka_unit_test(a_key_does_not_hide_that),
		cmocka_unit_test(a_blank_panel_is_drawn_in_a_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
