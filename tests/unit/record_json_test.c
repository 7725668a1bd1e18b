// SPDX-License-Identifier: MIT
/* A record in the result file, key by key. */
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

#include "record_of.h"
#include "written.h"

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

/* What is no UTF-8 is no JSON. */
static void bytes_that_are_no_text_are_replaced(void **state)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	struct json_object *result;

	(void)state;
	why_set(&record.why, 0, "driver: \xe4\xf6; cut: \xe2\x82");
	snprintf(record.exporter, sizeof(record.exporter), "\xc3\xa4 \xe2\x82\xac \x1b[m \"\\");
	record.verdict = VERDICT_OK;
	result = written(&record);
	assert_string_equal(string_at(result, "why"),
			    "driver: \xef\xbf\xbd\xef\xbf\xbd; cut: \xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(string_at(result, "exporter"), "\xc3\xa4 \xe2\x82\xac \x1b[m \"\\");
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
		cmocka_unit_test(the_result_file_has_its_shape),
		cmocka_unit_test(what_the_module_says_is_there_only_if_it_said_so),
		cmocka_unit_test(what_the_screenshot_is_of_is_told),
		cmocka_unit_test(a_fault_tells_of_a_control_without_a_record),
		cmocka_unit_test(bytes_that_are_no_text_are_replaced),
		cmocka_unit_test(an_unwritable_result_file_is_told),
	};

	return cmocka_run_group_tests_name("record json", tests, NULL, NULL);
}
