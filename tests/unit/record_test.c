// SPDX-License-Identifier: MIT
/* Verdicts and exit codes: design words -> numbers, as a table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/record.h"
#include "written.h"

static struct record record_of(enum cell_kind kind, uint64_t bad, uint64_t fresh)
{
	struct record record = { .name = "r", .command = "show", .order = "overwrite" };

	record.cells.checked = bad + fresh;
	record.cells.kind[CELL_FRESH] = fresh;
	record.cells.kind[kind] += bad;
	return record;
}

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

/* The pairs of the result file of these records, as they are judged; the caller puts them. */
static struct json_object *pairs_of(struct record *records, size_t count)
{
	char path[] = "/tmp/staleline-record-XXXXXX";
	struct report report = { records, count, "test", "" };
	struct json_object *root, *pairs;
	struct why error;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(report_write_json(&report, path, &error), 0);
	root = json_object_from_file(path);
	unlink(path);
	pairs = json_object_get(json_object_object_get(root, "pairs"));
	json_object_put(root);
	return pairs;
}

static void pair_at(struct json_object *pairs, size_t n, char verdict[32], char why[400])
{
	struct json_object *pair = json_object_array_get_idx(pairs, n);

	snprintf(verdict, 32, "%s",
		 json_object_get_string(json_object_object_get(pair, "verdict")));
	snprintf(why, 400, "%s", json_object_get_string(json_object_object_get(pair, "why")));
}

/* What the result file says of the one pair of a control and its fault. */
static void pair_of(struct record *records, char verdict[32], char why[400])
{
	struct json_object *pairs;

	record_judge_control(&records[0]);
	record_judge_fault(&records[1], &records[0]);
	pairs = pairs_of(records, 2);
	assert_int_equal(json_object_array_length(pairs), 1);
	pair_at(pairs, 0, verdict, why);
	json_object_put(pairs);
}

static void a_pair_needs_brackets_where_leaving_them_out_shows(void **state)
{
	struct record records[2] = { record_of(CELL_STALE, 0, 100), record_of(CELL_STALE, 60, 40) };
	char verdict[32], why[400];

	(void)state;
	records[1].name = records[1].fault = "no-end";
	pair_of(records, verdict, why);
	assert_string_equal(verdict, "ok"); /* a fault of another kind: brackets were there */
	assert_string_equal(why, "brackets were never left out in this run");
	records[1].no_bracket = true;
	records[1].control_order = "overwrite";
	pair_of(records, verdict, why);
	assert_string_equal(verdict, "needs-brackets");
	assert_string_equal(why, "without them (no-end): stale 60");
	records[1] = record_of(CELL_STALE, 0, 100);
	records[1].name = records[1].fault = "no-end";
	records[1].no_bracket = true;
	records[1].control_order = "overwrite";
	records[1].frames = 7;
	snprintf(records[1].hidden.text, sizeof(records[1].hidden.text), "coherent");
	pair_of(records, verdict, why);
	assert_string_equal(verdict, "ok");
	assert_non_null(strstr(why, "no need for brackets seen in 7 frames of no-end"));
	records[0] = record_of(CELL_STALE, 1, 99);
	pair_of(records, verdict, why);
	assert_string_equal(verdict, "broken");
}

static struct record judged_fault(const char *name, const char *control, enum verdict verdict)
{
	struct record record = {
		.name = name,
		.order = name,
		.fault = name,
		.no_bracket = true,
		.control_order = control,
		.verdict = verdict,
	};

	snprintf(record.why.text, sizeof(record.why.text), "as it is");
	return record;
}

/* A later fault takes the place of an earlier one only where it tells more. */
static void the_fault_that_tells_most_is_told(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *pair, *why;
	} steps[] = {
		{ VERDICT_SKIPPED, "ok",
		  "b was skipped, so nothing is known of brackets: as it is" },
		{ VERDICT_NOT_SHOWN, "ok", "no need for brackets seen in 0 frames of b" },
		{ VERDICT_UNNOTICED, "ok", "b had to show and was not noticed" },
		{ VERDICT_NOTICED, "needs-brackets", "without them (b): as it is" },
	};
	struct record records[4] = { { .name = "overwrite", .order = "overwrite" } };
	char verdict[32], why[400];

	(void)state;
	for (int i = 0; i < 4; i++) {
		enum verdict less = i ? steps[i - 1].verdict : VERDICT_SKIPPED;
		struct json_object *pairs;

		records[1] = judged_fault(i ? "a" : "b", "overwrite", less);
		records[2] = judged_fault(i ? "b" : "c", "overwrite", steps[i].verdict);
		records[3] = judged_fault("c", "overwrite", less);
		pairs = pairs_of(records, 4);
		assert_int_equal(json_object_array_length(pairs), 1);
		pair_at(pairs, 0, verdict, why);
		assert_string_equal(verdict, steps[i].pair);
		assert_memory_equal(why, steps[i].why, strlen(steps[i].why));
		json_object_put(pairs);
	}
}

/* Also of controls without a RECORD: however often they ran, and whatever ran between. */
static void each_direction_has_one_pair(void **state)
{
	struct record records[6] = {
		{ .name = "overwrite", .order = "overwrite" },
		judged_fault("r1", "read", VERDICT_NOTICED),
		judged_fault("p1", "partial-update", VERDICT_NOTICED),
		judged_fault("r2", "read", VERDICT_NOTICED),
		judged_fault("w1", "overwrite", VERDICT_NOTICED),
		{ .name = "read", .order = "read", .verdict = VERDICT_BROKEN },
	};
	const uint32_t pair[] = { 0, 1, 0, 1, 0, 1 };
	struct json_object *pairs;
	char verdict[32], why[400];

	(void)state;
	for (int i = 0; i < 6; i++)
		records[i].pair = pair[i];
	records[1].control.name = records[3].control.name = "read";
	records[2].control.name = "partial-update";
	pairs = pairs_of(records, 5);
	assert_int_equal(json_object_array_length(pairs), 2);
	json_object_put(pairs);
	/* One that was not clean this time has its RECORD, and that is heard. */
	pairs = pairs_of(records, 6);
	assert_int_equal(json_object_array_length(pairs), 2);
	pair_at(pairs, 1, verdict, why);
	assert_string_equal(verdict, "broken");
	json_object_put(pairs);
}

static void layouts_that_tear_cells_are_told(void **state)
{
	const struct record_layout whole = { 256, 64, 1024, 0, 64 },
				   odd = { 171, 97, 684, 11, 128 };
	char text[320];

	(void)state;
	record_layout_note(&whole, text, sizeof(text));
	assert_string_equal(text, "");
	record_layout_note(&odd, text, sizeof(text));
	assert_non_null(strstr(text, "no multiple of 64"));
	assert_non_null(strstr(text, "cache line is 128 bytes"));
	assert_non_null(strstr(text, "11 pixels"));
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

static const char *string_at(struct json_object *object, const char *key)
{
	return json_object_get_string(json_object_object_get(object, key));
}

static void the_result_file_has_its_shape(void **state)
{
	char path[] = "/tmp/staleline-record-XXXXXX";
	struct record record = record_of(CELL_STALE, 3, 97);
	const struct report report = { .records = &record, .count = 1, .version = "9.9" };
	struct json_object *root, *result, *cells;
	struct why why;

	(void)state;
	close(mkstemp(path));
	record.direction = "cpu-write";
	record_judge_control(&record);
	assert_int_equal(report_write_json(&report, path, &why), 0);
	root = json_object_from_file(path);
	assert_non_null(root);
	assert_string_equal(string_at(root, "version"), "9.9");
	assert_non_null(json_object_object_get(root, "machine"));
	assert_int_equal(json_object_array_length(json_object_object_get(root, "pairs")), 1);
	result = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	assert_string_equal(string_at(result, "verdict"), "broken");
	assert_null(json_object_object_get(result, "fault"));
	assert_null(json_object_object_get(result, "screenshot"));
	cells = json_object_object_get(result, "cells");
	assert_int_equal(json_object_get_int(json_object_object_get(cells, "checked")), 100);
	assert_int_equal(json_object_get_int(json_object_object_get(cells, "stale")), 3);
	assert_int_equal(json_object_object_length(cells), 1 + CELL_KINDS);
	json_object_put(root);
	unlink(path);
}

static int number_at(struct json_object *object, const char *outer, const char *key)
{
	return json_object_get_int(
		json_object_object_get(json_object_object_get(object, outer), key));
}

static void what_the_module_says_is_there_only_if_it_said_so(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	struct json_object *result = written(&record);

	(void)state;
	assert_true(json_object_object_get_ex(result, "module", NULL));
	assert_null(json_object_object_get(result, "module"));
	json_object_put(result);

	record.module = (struct record_module){
		.mode = "noncoherent",
		.clean = 1,
		.dirty = 2,
		.stale = 3,
		.both = 4,
		.starts = 5,
		.ends = 6,
		.unbalanced = 7,
		.mismatched = 8,
		.restarted = 9,
		.job_dirty = 10,
		.scanout_dirty = 11,
		.trap_read = 12,
		.trap_write = 13,
	};
	result = written(&record);
	assert_int_equal(number_at(result, "module", "clean"), 1);
	assert_int_equal(number_at(result, "module", "dirty"), 2);
	assert_int_equal(number_at(result, "module", "stale"), 3);
	assert_int_equal(number_at(result, "module", "both"), 4);
	assert_int_equal(number_at(result, "module", "starts"), 5);
	assert_int_equal(number_at(result, "module", "ends"), 6);
	assert_int_equal(number_at(result, "module", "unbalanced"), 7);
	assert_int_equal(number_at(result, "module", "mismatched"), 8);
	assert_int_equal(number_at(result, "module", "restarted"), 9);
	assert_int_equal(number_at(result, "module", "job_dirty"), 10);
	assert_int_equal(number_at(result, "module", "scanout_dirty"), 11);
	assert_int_equal(number_at(result, "module", "trap_read"), 12);
	assert_int_equal(number_at(result, "module", "trap_write"), 13);
	json_object_put(result);
}

static void what_the_screenshot_is_of_is_told(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	struct json_object *result = written(&record);

	(void)state;
	assert_true(json_object_object_get_ex(result, "screenshot_of", NULL));
	assert_null(json_object_object_get(result, "screenshot_of"));
	json_object_put(result);
	snprintf(record.screenshot_of, sizeof(record.screenshot_of), "staleline sequence 7");
	result = written(&record);
	assert_string_equal(string_at(result, "screenshot_of"), "staleline sequence 7");
	json_object_put(result);
}

static void a_fault_tells_of_a_control_without_a_record(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	struct json_object *result = written(&record);

	(void)state;
	assert_null(json_object_object_get(result, "control"));
	json_object_put(result);

	record.control = (struct record_control){ .name = "read", .frames = 20 };
	record.control.cells.checked = 77;
	result = written(&record);
	assert_string_equal(string_at(json_object_object_get(result, "control"), "name"), "read");
	assert_int_equal(number_at(result, "control", "frames"), 20);
	assert_int_equal(number_at(json_object_object_get(result, "control"), "cells", "checked"),
			 77);
	json_object_put(result);
}

static void an_unwritable_result_file_is_told(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	const struct report report = { .records = &record, .count = 1, .version = "9.9" };
	struct why why;

	(void)state;
	assert_int_equal(report_write_json(&report, "/nowhere/r.json", &why), -ENOENT);
	assert_non_null(strstr(why.text, "/nowhere/r.json"));
	/* A full disk is noticed too, and leaves no half file that looks whole. */
	assert_int_equal(report_write_json(&report, "/dev/full", &why), -ENOSPC);
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
		cmocka_unit_test(a_fault_that_cannot_show_is_not_our_failure),
		cmocka_unit_test(a_fault_that_no_cell_can_show_is_noticed_by_others),
		cmocka_unit_test(start_is_blocked_above_what_its_control_takes),
		cmocka_unit_test(a_peer_on_the_wrong_side_is_skipped),
		cmocka_unit_test(a_pair_needs_brackets_where_leaving_them_out_shows),
		cmocka_unit_test(the_fault_that_tells_most_is_told),
		cmocka_unit_test(each_direction_has_one_pair),
		cmocka_unit_test(layouts_that_tear_cells_are_told),
		cmocka_unit_test(a_fault_is_noticed_only_beside_a_clean_control),
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(the_result_file_has_its_shape),
		cmocka_unit_test(what_the_module_says_is_there_only_if_it_said_so),
		cmocka_unit_test(what_the_screenshot_is_of_is_told),
		cmocka_unit_test(a_fault_tells_of_a_control_without_a_record),
		cmocka_unit_test(an_unwritable_result_file_is_told),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
