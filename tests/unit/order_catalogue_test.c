// SPDX-License-Identifier: MIT
/* The rows of the catalogue, as data: what each says of itself follows from its steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "order/order.h"

static bool same_step(const struct order_step *a, const struct order_step *b)
{
	return a->verb == b->verb && a->flags == b->flags && a->cells == b->cells &&
	       a->target == b->target && a->ahead == b->ahead && a->care == b->care &&
	       a->stride == b->stride && a->poll == b->poll && a->map == b->map;
}

static bool same_steps(const struct order_step *a, const struct order_step *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!same_step(a + i, b + i))
			return false;
	return true;
}

static size_t count_steps(const struct order *order)
{
	size_t n = 0;

	while (order->steps[n].verb)
		n++;
	return n;
}

/* Is @right a whole bracket, and @wrong the same with another one or with none around what it does? */
static bool other_bracket(const struct order_step *right, size_t n, const struct order_step *wrong,
			  size_t m)
{
	if (n < 2 || right[0].verb != ORDER_START || right[n - 1].verb != ORDER_END)
		return false;
	if (m == n - 2)
		return same_steps(right + 1, wrong, m);
	return m == n && wrong[0].verb == ORDER_START && wrong[m - 1].verb == ORDER_END &&
	       wrong[0].flags == wrong[m - 1].flags && wrong[0].care == wrong[m - 1].care &&
	       same_steps(right + 1, wrong + 1, n - 2);
}

/* Is one step of @control another in @fault, or gone, or one more, or in another place? */
static bool one_step_apart(const struct order *control, const struct order *fault)
{
	const struct order_step *right = control->steps, *wrong = fault->steps;
	size_t n = count_steps(control), m = count_steps(fault);

	for (; n && m && same_step(right, wrong); n--, m--)
		right++, wrong++;
	for (; n && m && same_step(right + n - 1, wrong + m - 1); n--, m--)
		;
	if (n + m == 1 || (n == 1 && m == 1 && right->verb == wrong->verb))
		return true;
	if (n == m && n > 1 &&
	    ((same_step(right, wrong + n - 1) && same_steps(right + 1, wrong, n - 1)) ||
	     (same_step(right + n - 1, wrong) && same_steps(right, wrong + 1, n - 1))))
		return true;
	return other_bracket(right, n, wrong, m);
}

static void every_fault_differs_from_its_control_in_one_step(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			assert_true(one_step_apart(order_find(order->control), order));
	/* And that would have been noticed. */
	assert_false(one_step_apart(order_find("overwrite"), order_find("overwrite")));
	assert_false(one_step_apart(order_find("overwrite"), order_find("partial-write-flag")));
	assert_false(one_step_apart(order_find("partial-update"), order_find("end-flag")));
	assert_false(one_step_apart(order_find("read"), order_find("no-start")));
}

/* What a row says of itself follows from its steps, where it does. */
static void what_an_order_needs_is_in_its_steps(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		bool writes = false, interrupted = false, reads = false, memfd = false;

		for (const struct order_step *step = order->steps; step->verb; step++) {
			writes |= step->verb == ORDER_PEER_WRITE;
			interrupted |= step->care == ORDER_NO_RESTART;
			reads |= step->verb == ORDER_PEER_READ;
			memfd |= step->map == ORDER_MAP_MEMFD;
		}
		assert_int_equal(!!(order->needs & ORDER_NEEDS_READER), reads);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_MEMFD), memfd);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_WRITER), writes);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_INJECT), interrupted);
		/* Of memfd-map the row says why nobody can notice it. */
		assert_int_equal(order->by != 0,
				 order_is_fault(order) && strcmp(order->name, "memfd-map"));
		assert_int_equal(order->needs & ~ORDER_NEEDS_ALL, 0);
		assert_int_equal(order->by & ~NOTICE_ALL, 0);
	}
}

static void every_bit_has_a_word(void **state)
{
	(void)state;
	for (unsigned int bit = 1; bit; bit <<= 1) {
		assert_int_equal(notice_name(bit) != NULL, (bit & NOTICE_ALL) != 0);
		assert_int_equal(order_needs_name(bit) != NULL, (bit & ORDER_NEEDS_ALL) != 0);
	}
	assert_string_equal(notice_name(NOTICE_ACCESS), "access");
	assert_string_equal(order_sync_name(ORDER_SYNC_FILE), "sync-file");
}

static void what_leaves_out_a_bracket_is_known(void **state)
{
	static const char *const leave_out[] = { "no-end", "no-bracket", "no-start",
						 "read-no-start" };
	int n = 0;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		n += order_leaves_out_bracket(order);
	assert_int_equal(n, 4);
	for (int i = 0; i < 4; i++)
		assert_true(order_leaves_out_bracket(order_find(leave_out[i])));
}

/* By its steps: the CPU goes on while the peer's write may be under way. */
static bool leaves_out_wait(const struct order *order)
{
	bool pending = false;

	for (const struct order_step *step = order->steps; step->verb; step++) {
		if (pending && (step->verb == ORDER_START || step->verb == ORDER_JUDGE))
			return true;
		if (step->verb == ORDER_PEER_WRITE || step->verb == ORDER_WAIT ||
		    step->verb == ORDER_WAIT_SNAPSHOT)
			pending = step->verb == ORDER_PEER_WRITE;
	}
	return false;
}

static void what_leaves_out_the_wait_is_known(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		assert_int_equal(leaves_out_wait(order), !strcmp(order->name, "read-no-wait"));
}

static void what_is_about_another_buffer_is_known(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		assert_int_equal(order_uses_other(order),
				 !strcmp(order->name, "wrong-buffer") ||
					 !strcmp(order->name, "reused-fd"));
}

static void every_fault_has_a_control_of_the_same_direction(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		const struct order *control;

		assert_true(order_find(order->name) == order); /* names are unique */
		assert_int_equal(order->steps[ORDER_MAX_STEPS].verb, ORDER_END_OF_STEPS);
		if (!order_is_fault(order))
			continue;
		control = order_find(order->control);
		assert_non_null(control);
		assert_false(order_is_fault(control));
		assert_int_equal(control->direction, order->direction);
		/* Else two things differ. Who reads needs no more than a control before, and that has none. */
		if (order->direction == ORDER_CPU_WRITE)
			assert_int_equal(control->needs & ORDER_NEEDS_WARM,
					 order->needs & ORDER_NEEDS_WARM);
		for (enum order_sync sync = 0; sync < ORDER_SYNC_KINDS; sync++)
			assert_true(!order_has_sync(order, sync) || order_has_sync(control, sync));
		assert_non_null(order->shows);
	}
}

static bool is_one_of(const struct order *order, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(*names, order->name))
			return true;
	return false;
}

/* By these the module's state at rest can tell a fault that went by unseen from one that was made up for. */
static void what_leaves_lines_is_known(void **state)
{
	static const char *const leave[] = { "no-bracket",
					     "no-end",
					     "early-end",
					     "late-write",
					     "read-flag",
					     "end-flag",
					     "no-flag",
					     "read-no-start",
					     "read-no-restart",
					     "read-no-wait",
					     "read-after-end",
					     "snapshot-early",
					     NULL };
	static const char *const hand_on[] = { "no-bracket", "no-end",	   "submit-open",
					       "early-end",  "late-write", "read-flag",
					       "end-flag",   "no-flag",	   "signal-early",
					       NULL };

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		if (order_is_fault(order))
			assert_int_equal(order_leaves_lines(order), is_one_of(order, leave));
		assert_int_equal(order_hands_on_dirty(order), is_one_of(order, hand_on));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_differs_from_its_control_in_one_step),
		cmocka_unit_test(what_an_order_needs_is_in_its_steps),
		cmocka_unit_test(every_bit_has_a_word),
		cmocka_unit_test(what_leaves_out_a_bracket_is_known),
		cmocka_unit_test(what_leaves_out_the_wait_is_known),
		cmocka_unit_test(what_is_about_another_buffer_is_known),
		cmocka_unit_test(every_fault_has_a_control_of_the_same_direction),
		cmocka_unit_test(what_leaves_lines_is_known),
	};

	return cmocka_run_group_tests_name("order catalogue", tests, NULL, NULL);
}
