// SPDX-License-Identifier: MIT
/* What the result file says of pairs: one for each direction, judged by its control and by the fault that tells most. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record_of.h"

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

/* A table tells each reason once, so there is nothing in it of this pair alone. */
static void a_fault_without_its_control_says_why_that_is_skipped(void **state)
{
	struct record records[2] = { record_of(CELL_STALE, 0, 0), record_of(CELL_STALE, 60, 40) };
	char verdict[32], why[400];

	(void)state;
	records[0].name = "exporter.peer.cpu-write.overwrite";
	records[1].fault = "no-end";
	why_set(&records[0].skip, 0, "nobody writes");
	pair_of(records, verdict, why);
	assert_string_equal(verdict, "skipped");
	assert_string_equal(records[1].why.text,
			    "its control overwrite is skipped, so the fault says nothing: nobody "
			    "writes");
	records[0] = record_of(CELL_STALE, 1, 99);
	pair_of(records, verdict, why);
	assert_string_equal(records[1].why.text,
			    "its control overwrite is broken, so the fault says nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_needs_brackets_where_leaving_them_out_shows),
		cmocka_unit_test(the_fault_that_tells_most_is_told),
		cmocka_unit_test(each_direction_has_one_pair),
		cmocka_unit_test(a_fault_without_its_control_says_why_that_is_skipped),
	};

	return cmocka_run_group_tests_name("record pairs", tests, NULL, NULL);
}
