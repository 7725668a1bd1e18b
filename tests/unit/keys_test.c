// SPDX-License-Identifier: MIT
/* The keys: which asks for what, and which order comes next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#include "cmd/run.h"

static void a_key_that_means_nothing_changes_nothing(void **state)
{
	const struct keys nothing = { 0 };
	struct keys keys = { 0 };

	(void)state;
	keys_press(&keys, XKB_KEY_x);
	keys_press(&keys, XKB_KEY_Shift_L);
	keys_press(&keys, 0);
	assert_memory_equal(&keys, &nothing, sizeof(keys));
}

static void q_and_escape_end_it(void **state)
{
	const uint32_t symbols[] = { XKB_KEY_q, XKB_KEY_Q, XKB_KEY_Escape };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct keys keys = { 0 };

		keys_press(&keys, symbols[i]);
		assert_true(keys.quit);
	}
}

static void space_pauses_and_goes_on(void **state)
{
	struct keys keys = { 0 };

	(void)state;
	keys_press(&keys, XKB_KEY_space);
	assert_true(keys.paused);
	assert_false(keys.step);
	assert_true(keys.panel_stale);
	keys_press(&keys, XKB_KEY_space);
	assert_false(keys.paused);
}

static void a_period_pauses_too_and_draws_one_frame(void **state)
{
	struct keys keys = { 0 };

	(void)state;
	keys_press(&keys, XKB_KEY_period);
	assert_true(keys.paused);
	assert_true(keys.step);
}

static void twice_is_not_at_all(void **state)
{
	struct keys keys = { 0 };

	(void)state;
	keys_press(&keys, XKB_KEY_h);
	keys_press(&keys, XKB_KEY_F11);
	keys_press(&keys, XKB_KEY_question);
	assert_true(keys.toggle_panel && keys.toggle_fullscreen && keys.help);
	keys_press(&keys, XKB_KEY_h);
	keys_press(&keys, XKB_KEY_F11);
	keys_press(&keys, XKB_KEY_question);
	assert_false(keys.toggle_panel || keys.toggle_fullscreen || keys.help);
}

/* Until it is done; and while faults that were asked for at the start are to come, it waits. */
static void s_asks_for_another_kind_of_sync(void **state)
{
	struct show show = { .queued = true };

	(void)state;
	assert_false(run_is_asked(&show));
	keys_press(&show.keys, XKB_KEY_s);
	assert_true(show.keys.next_sync && show.keys.panel_stale);
	assert_false(run_is_asked(&show));
	show.queued = false;
	assert_true(run_is_asked(&show));
	keys_press(&show.keys, XKB_KEY_S);
	assert_true(run_is_asked(&show));
}

/* By each kind of sync its own: found again, named so that no two are alike, and a pair for each kind. */
static void there_is_a_record_by_each_kind_of_sync(void **state)
{
	static struct show show = { .options = { .order = NULL, .peer = &peer_egl } };
	const struct order *order = order_find("overwrite"), *fault = order_find("no-end");
	struct record *first, *second, *third;

	(void)state;
	show.options.order = order;
	show.stage.sync = SHOW_SYNC_IMPLICIT;
	first = run_new_record(&show, order);
	second = run_new_record(&show, fault);
	assert_int_equal(first->pair, second->pair);
	assert_string_equal(first->name, "overwrite");
	assert_true(run_is_of_now(&show, first));
	show.stage.sync = SHOW_SYNC_SYNCOBJ;
	assert_false(run_is_of_now(&show, first));
	third = run_new_record(&show, order);
	assert_true(run_is_of_now(&show, third));
	assert_int_not_equal(first->pair, third->pair);
	assert_string_equal(third->name, "overwrite-2");
	assert_string_equal(third->sync, "syncobj");
	assert_true(run_has_room(&show));
	show.report.count = RUN_MAX_RECORDS - 1;
	assert_false(run_has_room(&show));
}

/* EGL can't read on, there are points and files in check only, and not every buffer is a memfd's. */
static bool is_beyond_show(const struct order *order)
{
	static const char *const names[] = { "no-release", "signal-early", "wait-in-only",
					     "in-out-poll", "memfd-map" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(order->name, names[i]))
			return true;
	return false;
}

/* Each fault of the control's direction once, and then the control. */
static void f_goes_through_the_catalogue(void **state)
{
	struct show show = { .options = { .order = order_find("overwrite"), .peer = &peer_egl } };
	const struct order *order = show.options.order;
	size_t there = 0, seen = 0;

	(void)state;
	show.stage.options = &show.options;
	for (const struct order *o = order_catalogue; o->name; o++)
		there += order_is_fault(o) && o->direction == ORDER_CPU_WRITE && !is_beyond_show(o);
	for (order = run_order_after(&show, order); order != show.options.order;
	     order = run_order_after(&show, order)) {
		assert_true(order_is_fault(order));
		assert_int_equal(order->direction, ORDER_CPU_WRITE);
		assert_false(is_beyond_show(order));
		assert_true(++seen <= there);
		/* What it takes of the peer is asked of new buffers, and only as long as it is performed. */
		assert_int_equal(show.stage.peer_writes, order_peer_writes(order));
	}
	assert_int_equal(seen, there);
	assert_false(show.stage.peer_writes);
}

static void without_a_peer_no_fault_of_a_write_can_be_seen(void **state)
{
	struct show show = { .options = { .order = order_find("overwrite") } };

	(void)state;
	show.stage.options = &show.options;
	assert_ptr_equal(run_order_after(&show, show.options.order), show.options.order);
}

/* Each order has at most one record. */
static void there_is_a_record_for_each_order(void **state)
{
	size_t orders = 0;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		orders++;
	assert_true(orders <= RUN_MAX_RECORDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_means_nothing_changes_nothing),
		cmocka_unit_test(q_and_escape_end_it),
		cmocka_unit_test(space_pauses_and_goes_on),
		cmocka_unit_test(a_period_pauses_too_and_draws_one_frame),
		cmocka_unit_test(twice_is_not_at_all),
		cmocka_unit_test(s_asks_for_another_kind_of_sync),
		cmocka_unit_test(there_is_a_record_by_each_kind_of_sync),
		cmocka_unit_test(f_goes_through_the_catalogue),
		cmocka_unit_test(without_a_peer_no_fault_of_a_write_can_be_seen),
		cmocka_unit_test(there_is_a_record_for_each_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
