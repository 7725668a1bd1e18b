// SPDX-License-Identifier: MIT
/* Verdicts and exit codes: design words -> numbers, as a table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "record_of.h"

static enum verdict control_verdict(struct record record)
{
	record_judge_control(&record);
	return record.verdict;
}

static enum verdict fault_verdict(struct record fault, struct record control)
{
	record_judge_control(&control);
	record_judge_fault(&fault, &control);
	return fault.verdict;
}

static void a_control_is_ok_only_if_every_cell_is_fresh(void **state)
{
	(void)state;
	assert_int_equal(control_verdict(record_of(CELL_STALE, 0, 100)), VERDICT_OK);
	assert_int_equal(control_verdict(record_of(CELL_STALE, 1, 99)), VERDICT_BROKEN);
	assert_int_equal(control_verdict(record_of(CELL_TORN, 1, 99)), VERDICT_BROKEN);
	assert_int_equal(control_verdict(record_of(CELL_UNWRITTEN, 100, 0)), VERDICT_BROKEN);
	assert_int_equal(control_verdict(record_of(CELL_INEXACT, 1, 99)), VERDICT_BROKEN);
}

/* In every run, or it was not noticed. */
static void a_fault_that_some_runs_missed_is_unnoticed(void **state)
{
	struct record control = record_of(CELL_STALE, 0, 100), fault = record_of(CELL_STALE, 9, 1);

	(void)state;
	fault.seeds = (struct record_seeds){ .first = 1, .count = 4, .runs = 8, .by = { 8 } };
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOTICED);
	fault.seeds.by[0] = 7;
	fault.seeds.odd = 3;
	fault.seeds.odd_writeback = true;
	assert_int_equal(fault_verdict(fault, control), VERDICT_UNNOTICED);
	record_judge_control(&control);
	record_judge_fault(&fault, &control);
	assert_non_null(strstr(fault.why.text, "7 of 8 runs"));
	assert_non_null(strstr(fault.why.text, "seed 3 with inval=writeback"));
	assert_false(fault.by & NOTICE_CARD);
	snprintf(fault.hidden.text, sizeof(fault.hidden.text), "it need not");
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOT_SHOWN);
}

static void nothing_checked_is_skipped(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 0);

	(void)state;
	record_judge_control(&record);
	assert_int_equal(record.verdict, VERDICT_SKIPPED);
	assert_true(record.why.text[0] != '\0');
}

static void mostly_inexact_is_skipped(void **state)
{
	(void)state;
	assert_int_equal(control_verdict(record_of(CELL_INEXACT, 51, 49)), VERDICT_SKIPPED);
	assert_int_equal(control_verdict(record_of(CELL_INEXACT, 49, 51)), VERDICT_BROKEN);
}

static void a_screen_that_is_not_clean_breaks_a_clean_control(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 100);

	(void)state;
	record.has_screenshot = true;
	record.screenshot.checked = 10;
	record.screenshot.kind[CELL_FRESH] = 9;
	record.screenshot.kind[CELL_STALE] = 1;
	assert_int_equal(control_verdict(record), VERDICT_BROKEN);
	record.screenshot.kind[CELL_FRESH] = 10;
	record.screenshot.kind[CELL_STALE] = 0;
	assert_int_equal(control_verdict(record), VERDICT_OK);
	record.screenshot.kind[CELL_FRESH] = 0;
	record.screenshot.kind[CELL_INEXACT] = 10; /* scaled: says nothing */
	assert_int_equal(control_verdict(record), VERDICT_OK);
}

static void a_shared_screen_is_judged_by_our_own_cells(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 100);

	(void)state;
	record.has_screenshot = true;
	record.screenshot.checked = 10;
	record.screenshot.kind[CELL_FRESH] = 7;
	record.screenshot.kind[CELL_UNWRITTEN] = 2; /* the corner of another window */
	record.screenshot.kind[CELL_TORN] = 1;	    /* and its edge */
	assert_int_equal(control_verdict(record), VERDICT_BROKEN);
	record.screen_shared = true;
	assert_int_equal(control_verdict(record), VERDICT_OK);
	record.screenshot.kind[CELL_UNWRITTEN] = 1;
	record.screenshot.kind[CELL_STALE] = 1;
	assert_int_equal(control_verdict(record), VERDICT_BROKEN);
}

static void a_screen_proves_no_fault(void **state)
{
	struct record fault = record_of(CELL_STALE, 0, 100);

	(void)state;
	fault.has_screenshot = true;
	fault.screenshot.checked = 10;
	fault.screenshot.kind[CELL_INEXACT] = 9; /* scaled, as it may have been for the control */
	fault.screenshot.kind[CELL_FRESH] = 1;
	assert_int_equal(fault_verdict(fault, record_of(CELL_STALE, 0, 100)), VERDICT_UNNOTICED);
}

/* A device that vanished after a frame or two: its error is what is to be told, and no verdict comes of it. */
static void a_part_is_no_verdict(void **state)
{
	struct record control = record_of(CELL_STALE, 0, 100),
		      broken = record_of(CELL_STALE, 1, 99);
	struct record cases[] = {
		control,		       /* a control that is clean so far */
		record_of(CELL_STALE, 9, 1),   /* a fault that was noticed */
		record_of(CELL_STALE, 0, 100), /* and one that was not, so far */
	};

	(void)state;
	record_judge_control(&control);
	for (int i = 0; i < 3; i++) {
		struct record *record = &cases[i];

		if (i)
			record_judge_fault(record, &control);
		else
			record_judge_control(record);
		record->frames = 2;
		record_judge_part(record, "No such device");
		assert_int_equal(record->verdict, VERDICT_SKIPPED);
		assert_string_equal(record->why.text,
				    "not whole, 2 frames were done: No such device");
		assert_true(record->cut_off);
	}
	record_judge_control(&broken);
	record_judge_part(&broken, "No such device");
	assert_int_equal(broken.verdict, VERDICT_BROKEN);
	assert_non_null(strstr(broken.why.text, "stale 1"));
}

/* What a whole run has missed stands, though another did not come to its end. */
static void a_part_of_many_runs_is_one_if_a_whole_one_missed(void **state)
{
	struct record control = record_of(CELL_STALE, 0, 100), fault = record_of(CELL_STALE, 9, 1);

	(void)state;
	record_judge_control(&control);
	fault.seeds = (struct record_seeds){ .first = 1, .count = 4, .runs = 3, .by = { 2 } };
	fault.seeds.odd = 2;
	record_judge_fault(&fault, &control);
	record_judge_part(&fault, "No such device");
	assert_int_equal(fault.verdict, VERDICT_UNNOTICED);
	assert_non_null(strstr(fault.why.text, "2 of 3 runs"));
	fault.seeds.odd = 0;
	record_judge_fault(&fault, &control);
	record_judge_part(&fault, "No such device");
	assert_int_equal(fault.verdict, VERDICT_SKIPPED);
}

/* A machine that can't show a fault is none that was cured of it. */
static void a_fault_that_cannot_show_is_not_our_failure(void **state)
{
	struct record control = record_of(CELL_STALE, 0, 100), fault = control;

	(void)state;
	assert_int_equal(fault_verdict(fault, control), VERDICT_UNNOTICED);
	snprintf(fault.hidden.text, sizeof(fault.hidden.text), "it is coherent");
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOT_SHOWN);
	record_judge_control(&control);
	record_judge_fault(&fault, &control);
	assert_string_equal(fault.why.text, "every cell came back fresh: it is coherent");
	/* What is seen is seen. */
	fault.cells.kind[CELL_FRESH]--;
	fault.cells.kind[CELL_STALE]++;
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOTICED);
}

/* START waits for what was not waited for: no cell is ever wrong. */
static void a_fault_that_no_cell_can_show_is_noticed_by_others(void **state)
{
	struct record control = record_of(CELL_STALE, 0, 100), fault = control;

	(void)state;
	control.frames = fault.frames = 10;
	control.start_sum_ns = 20000000;
	fault.start_sum_ns = 370000000;
	fault.start_blocked = 9;
	fault.cardless = true;
	fault.by = NOTICE_ACCESS;
	snprintf(fault.hidden.text, sizeof(fault.hidden.text), "no cell can");
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOT_SHOWN);
	fault.by |= NOTICE_CLOCK;
	record_judge_control(&control);
	record_judge_fault(&fault, &control);
	assert_int_equal(fault.verdict, VERDICT_NOTICED);
	assert_false(fault.by & NOTICE_CARD);
	assert_string_equal(fault.why.text,
			    "no cell can show it; START was blocked in 9 of 10 frames, for 37.0 ms "
			    "in the mean where its control takes 2.0 ms");
	fault.by = NOTICE_KERNEL | NOTICE_STATE;
	fault.refused = -EINVAL;
	record_judge_fault(&fault, &control);
	assert_string_equal(fault.why.text, "no cell can show it; the kernel said: Invalid "
					    "argument; the module noticed");
	/* Where a cell can show it, that is what counts. */
	fault.cardless = false;
	assert_int_equal(fault_verdict(fault, control), VERDICT_NOT_SHOWN);
	/* And a control that is not clean is no measure. */
	fault.cardless = true;
	assert_int_equal(fault_verdict(fault, record_of(CELL_STALE, 1, 99)), VERDICT_SKIPPED);
}

static void start_is_blocked_above_what_its_control_takes(void **state)
{
	struct record control = { .frames = 4, .start_sum_ns = 12000000 }, fault = { .frames = 4 };

	(void)state;
	assert_int_equal(record_start_bound(&control), 7000000);
	fault.start_blocked = 4;
	assert_false(record_start_blocked(&fault)); /* nobody asked */
	fault.start_bound_ns = 7000000;
	assert_true(record_start_blocked(&fault));
	fault.start_blocked = 2;
	assert_false(record_start_blocked(&fault));
	fault.start_blocked = 3;
	assert_true(record_start_blocked(&fault));
	control.frames = 0;
	assert_int_equal(record_start_bound(&control), 1000000);
}

static void a_peer_on_the_wrong_side_is_skipped(void **state)
{
	struct record clean = record_of(CELL_STALE, 0, 100), dirty = record_of(CELL_STALE, 9, 91);
	struct record peer = clean;

	(void)state;
	snprintf(peer.skip.text, sizeof(peer.skip.text), "it reads through the CPU map");
	assert_int_equal(control_verdict(peer), VERDICT_SKIPPED);
	assert_int_equal(fault_verdict(peer, clean), VERDICT_SKIPPED);
	dirty.skip = peer.skip;
	assert_int_equal(control_verdict(dirty), VERDICT_SKIPPED);
	record_judge_control(&dirty);
	assert_string_equal(dirty.why.text, "it reads through the CPU map");
	record_judge_fault(&peer, &dirty);
	assert_string_equal(peer.why.text, "it reads through the CPU map");
}

/* As parts of one sentence: it stands behind other words, and with no stop at its end. */
static void layouts_that_tear_cells_are_told(void **state)
{
	const struct record_layout whole = { 256, 64, 1024, 0, 64 },
				   odd = { 171, 97, 684, 11, 128 }, edge = { 196, 98, 256, 4, 64 };
	char text[320];

	(void)state;
	record_layout_note(&whole, text, sizeof(text));
	assert_string_equal(text, "");
	record_layout_note(&odd, text, sizeof(text));
	assert_non_null(strstr(text, "no multiple of 64"));
	assert_non_null(strstr(text, "cache line is 128 bytes"));
	assert_non_null(strstr(text, "by right; 11 pixels at the end of each row"));
	record_layout_note(&edge, text, sizeof(text));
	assert_string_equal(text, "4 pixels at the end of each row are no whole cell: not covered");
}

static void the_screen_alone_can_be_judged(void **state)
{
	struct record clean = record_of(CELL_STALE, 0, 0), dirty = clean;

	(void)state;
	clean.has_screenshot = dirty.has_screenshot = true;
	clean.screenshot.checked = dirty.screenshot.checked = 10;
	clean.screenshot.kind[CELL_FRESH] = 10;
	dirty.screenshot.kind[CELL_FOREIGN] = 10;
	assert_int_equal(control_verdict(clean), VERDICT_OK);
	assert_int_equal(control_verdict(dirty), VERDICT_BROKEN);
	/* Not of a fault: its control had no screen to be held against. */
	assert_int_equal(fault_verdict(dirty, record_of(CELL_STALE, 0, 10)), VERDICT_SKIPPED);
	dirty.screenshot.kind[CELL_FOREIGN] = 0;
	dirty.screenshot.kind[CELL_INEXACT] = 10;
	assert_int_equal(control_verdict(dirty), VERDICT_SKIPPED);
}

static void a_fault_is_noticed_only_beside_a_clean_control(void **state)
{
	struct record clean = record_of(CELL_STALE, 0, 100);
	struct record dirty = record_of(CELL_FOREIGN, 100, 0);

	(void)state;
	assert_int_equal(fault_verdict(dirty, clean), VERDICT_NOTICED);
	assert_int_equal(fault_verdict(clean, clean), VERDICT_UNNOTICED);
	assert_int_equal(fault_verdict(dirty, dirty), VERDICT_SKIPPED);
	assert_int_equal(fault_verdict(record_of(CELL_STALE, 0, 0), clean), VERDICT_SKIPPED);
}

static int exit_code_of(enum verdict a, enum verdict b)
{
	struct record records[2] = { { .verdict = a }, { .verdict = b } };
	const struct report report = { .records = records, .count = 2 };

	return report_exit_code(&report);
}

static void exit_codes(void **state)
{
	(void)state;
	assert_int_equal(exit_code_of(VERDICT_OK, VERDICT_OK), 0);
	assert_int_equal(exit_code_of(VERDICT_OK, VERDICT_NOTICED), 0);
	assert_int_equal(exit_code_of(VERDICT_OK, VERDICT_NOT_SHOWN), 0);
	assert_int_equal(exit_code_of(VERDICT_OK, VERDICT_UNNOTICED), 1);
	assert_int_equal(exit_code_of(VERDICT_BROKEN, VERDICT_SKIPPED), 1);
	assert_int_equal(exit_code_of(VERDICT_SKIPPED, VERDICT_SKIPPED), 4);
	assert_int_equal(exit_code_of(VERDICT_OK, VERDICT_SKIPPED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_control_is_ok_only_if_every_cell_is_fresh),
		cmocka_unit_test(a_fault_that_some_runs_missed_is_unnoticed),
		cmocka_unit_test(nothing_checked_is_skipped),
		cmocka_unit_test(mostly_inexact_is_skipped),
		cmocka_unit_test(a_screen_that_is_not_clean_breaks_a_clean_control),
		cmocka_unit_test(the_screen_alone_can_be_judged),
		cmocka_unit_test(a_shared_screen_is_judged_by_our_own_cells),
		cmocka_unit_test(a_screen_proves_no_fault),
		cmocka_unit_test(a_part_is_no_verdict),
		cmocka_unit_test(a_part_of_many_runs_is_one_if_a_whole_one_missed),
		cmocka_unit_test(a_fault_that_cannot_show_is_not_our_failure),
		cmocka_unit_test(a_fault_that_no_cell_can_show_is_noticed_by_others),
		cmocka_unit_test(start_is_blocked_above_what_its_control_takes),
		cmocka_unit_test(a_peer_on_the_wrong_side_is_skipped),
		cmocka_unit_test(layouts_that_tear_cells_are_told),
		cmocka_unit_test(a_fault_is_noticed_only_beside_a_clean_control),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
