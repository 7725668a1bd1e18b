// SPDX-License-Identifier: MIT
/* What wp_presentation told -> the result file, the terminal, the panel: the same numbers, and none that was not told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/picture.h"
#include "report/terminal.h"
#include "written.h"

static struct record untold(void)
{
	return (struct record){ .name = "r", .command = "show", .order = "overwrite" };
}

static struct record told(void)
{
	struct record record = untold();

	record.start_to_commit =
		(struct spread){ .count = 4, .min = 1100000, .max = 5300000, .sum = 8840000 };
	record.presented = (struct presented){
		.shown = 12,
		.discarded = 1,
		.zero_copy = 11,
		.zero_copy_at_last = true,
		.latency = { .count = 10, .min = 3000999, .max = 44000000, .sum = 123450000 },
		.clock = "CLOCK_MONOTONIC",
		.refreshes = 96,
		.missed = 7,
		.refresh_ns = 16666667,
	};
	return record;
}

static int number(struct json_object *object, const char *key)
{
	struct json_object *value = json_object_object_get(object, key);

	assert_true(json_object_is_type(value, json_type_int));
	return json_object_get_int(value);
}

static void must_be_null(struct json_object *object, const char *key)
{
	struct json_object *value = object;

	assert_true(json_object_object_get_ex(object, key, &value));
	assert_null(value);
}

static void the_result_file_has_the_times(void **state)
{
	struct record record = told();
	struct json_object *result = written(&record), *presentation, *spread;

	(void)state;
	spread = json_object_object_get(result, "start_to_commit");
	assert_int_equal(number(spread, "count"), 4);
	assert_int_equal(number(spread, "min_us"), 1100);
	assert_int_equal(number(spread, "mean_us"), 2210);
	assert_int_equal(number(spread, "max_us"), 5300);
	presentation = json_object_object_get(result, "presentation");
	assert_int_equal(number(presentation, "presented"), 12);
	assert_int_equal(number(presentation, "zero_copy"), 11);
	assert_int_equal(number(presentation, "discarded"), 1);
	assert_string_equal(json_object_get_string(json_object_object_get(presentation, "clock")),
			    "CLOCK_MONOTONIC");
	assert_int_equal(number(presentation, "refresh_ns"), 16666667);
	assert_int_equal(number(presentation, "refreshes"), 96);
	assert_int_equal(number(presentation, "missed"), 7);
	spread = json_object_object_get(presentation, "commit_to_presented");
	assert_int_equal(number(spread, "count"), 10);
	assert_int_equal(number(spread, "min_us"), 3000);
	assert_int_equal(number(spread, "mean_us"), 12345);
	assert_int_equal(number(spread, "max_us"), 44000);
	json_object_put(result);
}

/* 0 missed is good news; it takes a display that counts to say so. */
static void none_missed_is_another_thing_than_not_told(void **state)
{
	struct record record = told();
	struct json_object *result, *presentation;

	(void)state;
	record.presented.missed = 0;
	result = written(&record);
	presentation = json_object_object_get(result, "presentation");
	assert_int_equal(number(presentation, "missed"), 0);
	json_object_put(result);

	record = untold();
	result = written(&record);
	must_be_null(result, "start_to_commit");
	presentation = json_object_object_get(result, "presentation");
	must_be_null(presentation, "commit_to_presented");
	must_be_null(presentation, "clock");
	must_be_null(presentation, "refresh_ns");
	must_be_null(presentation, "refreshes");
	must_be_null(presentation, "missed");
	json_object_put(result);
}

/* What a person reads; to be freed. */
static char *printed(const struct record *record)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	terminal_print_record(out, record);
	fclose(out);
	return text;
}

static void must_print(const struct record *record, const char *words, bool yes)
{
	char *text = printed(record);

	if (!strstr(text, words) == yes)
		fail_msg("%s \"%s\":\n%s", yes ? "no" : "there is", words, text);
	free(text);
}

static void people_are_told_the_same(void **state)
{
	struct record record = told();

	(void)state;
	must_print(&record, "START to commit 1.10 to 5.30 ms, in the mean 2.21", true);
	must_print(&record, "12 of 13 frames asked about, 11 without a copy", true);
	must_print(&record, "commit to presented 3.00 to 44.00 ms, in the mean 12.35", true);
	must_print(&record, "repeated    7 of 96 refreshes brought no new frame of ours (60.0 Hz)",
		   true);
	record.presented.refreshes = record.presented.missed = 0;
	must_print(&record, "repeated    not told", true);
	record.presented.latency = (struct spread){ 0 };
	must_print(&record, "latency     not told\n", true);
	record.presented.clock = NULL;
	must_print(&record, "latency     not told: by no clock that we can read", true);
	record = untold();
	must_print(&record, "presented", false);
	must_print(&record, "not told", false);
}

/* Two lines of 21 pixels, and nothing where nothing was told. */
static void the_panel_has_two_lines_for_it(void **state)
{
	static uint32_t pixels[2][288 * 600];
	struct record records[2] = { told(), untold() };
	const struct heat heat = { 0 };
	uint32_t below[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		below[i] = picture_panel(&(struct picture){ pixels[i], 288, 600, 288 * 4 },
					 &records[i], &heat);
	assert_int_equal(below[0], below[1] + 42);
	assert_memory_not_equal(pixels[0], pixels[1], sizeof(pixels[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_result_file_has_the_times),
		cmocka_unit_test(none_missed_is_another_thing_than_not_told),
		cmocka_unit_test(people_are_told_the_same),
		cmocka_unit_test(the_panel_has_two_lines_for_it),
	};

	return cmocka_run_group_tests_name("presented", tests, NULL, NULL);
}
