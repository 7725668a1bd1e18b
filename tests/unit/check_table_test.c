// SPDX-License-Identifier: MIT
/*
 * The table of `staleline check`, from fixed RECORDs:
 * its rows, the reasons below them, and its last line.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_records.h"

#include "report/table.h"

static void in_100_columns(FILE *out, const struct report *report)
{
	table_print(out, report, 100);
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && !strcmp(text + strlen(text) - strlen(end), end);
}

static void a_table_is_this(void **state)
{
	struct record records[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-bracket", VERDICT_NOTICED, "stale 10"),
		record_of(0, "c", "wrong-buffer", VERDICT_NOTICED, "foreign 10"),
		record_of(1, "d", NULL, VERDICT_SKIPPED, "nobody writes"),
		record_of(1, "e", "read-no-start", VERDICT_SKIPPED, "its control is skipped"),
		record_of(2, "f", NULL, VERDICT_BROKEN, "killed by SIGSEGV"),
		record_of(3, "g", NULL, VERDICT_SKIPPED, "nobody writes"),
	};
	char *text;

	(void)state;
	records[6].sync = "syncobj";
	text = printed(in_100_columns, records, 7);
	assert_string_equal(
		text,
		"exporter  peer       direction         control  faults                           "
		" verdict         why\n"
		"udmabuf   egl@card0  cpu-write         ok       no-bracket, wrong-buffer noticed "
		" needs-brackets  [1]\n"
		"udmabuf   egl@card0  cpu-read          skipped  -                                "
		" skipped         [2]\n"
		"udmabuf   egl@card1  cpu-write         broken   -                                "
		" broken          [3]\n"
		"udmabuf   egl@card1  cpu-read syncobj  skipped  -                                "
		" skipped         [2]\n"
		"\n"
		"[1]  without them (no-bracket): stale 10\n"
		"[2]  nobody writes\n"
		"[3]  killed by SIGSEGV\n"
		"\n"
		"4 pairs: 1 broken, 1 needs-brackets, 2 skipped; 4 of 7 orders were performed\n");
	free(text);
}

/*
 * Of one frame and of several, of one run and of many;
 * a fault that others have noticed, and not the card, has none.
 */
static void how_many_frames_it_took_is_a_column(void **state)
{
	struct record records[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-end", VERDICT_NOTICED, ""),
		record_of(0, "c", "stride", VERDICT_NOTICED, ""),
		record_of(1, "d", "stride", VERDICT_NOTICED, ""),
		record_of(2, "e", "no-end", VERDICT_NOTICED, ""),
		record_of(3, "f", "no-end", VERDICT_NOTICED, ""),
		record_of(3, "g", "in-out-poll", VERDICT_NOTICED, ""),
		record_of(4, "h", "in-out-poll", VERDICT_NOTICED, ""),
	};
	char *text;

	(void)state;
	records[1].noticed_at = 2;
	records[2].noticed_at = 4;
	records[3].noticed_at = 1;
	records[4].noticed_at = 2;
	records[4].seeds = (struct record_seeds){ .count = 5, .least = 1, .median = 2, .most = 17 };
	records[5].noticed_at = 12;
	records[6].noticed_at = 5;
	text = printed(in_100_columns, records, 8);
	assert_non_null(strstr(text, "faults                       after        "));
	assert_non_null(strstr(text, "no-end, stride noticed       2-4 frames   "));
	assert_non_null(strstr(text, "stride noticed               1 frame      "));
	assert_non_null(strstr(text, "no-end noticed               1-17 frames  "));
	assert_non_null(strstr(text, "no-end, in-out-poll noticed  5-12 frames  "));
	assert_non_null(strstr(text, "in-out-poll noticed          -            "));
	free(text);
}

/* No line runs over the terminal's edge, and each fault is there. */
static void a_long_row_is_broken_into_lines(void **state)
{
	static const char *const names[] = { "no-bracket", "no-end",	   "early-end",
					     "late-write", "wrong-buffer", "no-start" };
	struct record records[13] = { record_of(0, "a", NULL, VERDICT_OK, "") };
	char *text;

	(void)state;
	for (int i = 0; i < 12; i++)
		records[i + 1] = record_of(
			0, "f", names[i / 2], i < 8 ? VERDICT_NOTICED : VERDICT_UNNOTICED,
			"a reason that is long enough to be cut somewhere before its end");
	text = printed(in_100_columns, records, 13);
	for (char *line = text; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 100);
	for (int i = 0; i < 6; i++) {
		const char *found = strstr(text, names[i]);

		assert_non_null(found);
	}
	assert_non_null(strstr(text, "UNNOTICED"));
	assert_non_null(strstr(text, "cut somewhere before its end"));
	free(text);
}

/*
 * Why a fault says nothing stands below, each reason once, by the number that is behind the
 * faults of which it is told: of some of a pair, of several pairs, of one fault at two sizes;
 * and of one that was missed.
 */
static void why_a_fault_says_nothing_is_told_below(void **state)
{
	struct record records[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-end", VERDICT_NOT_SHOWN, "coherent"),
		record_of(0, "c", "stride", VERDICT_NOTICED, "foreign 10"),
		record_of(0, "d", "memfd-map", VERDICT_SKIPPED, "no memfd"),
		record_of(0, "e", "no-start", VERDICT_SKIPPED, "nobody writes"),
		record_of(0, "f", "late-write", VERDICT_NOT_SHOWN, "coherent"),
		record_of(0, "g", "no-end", VERDICT_NOT_SHOWN, "too large"),
		record_of(0, "h", "no-end", VERDICT_NOT_SHOWN, "coherent"),
		record_of(2, "i", NULL, VERDICT_OK, ""),
		record_of(2, "j", "no-start", VERDICT_SKIPPED, "nobody writes"),
		record_of(2, "k", "end-flag", VERDICT_UNNOTICED, "missed"),
	};
	char *text = printed(in_100_columns, records, 11);

	(void)state;
	assert_string_equal(
		text,
		"exporter  peer       direction  control  faults                         "
		"       verdict  why\n"
		"udmabuf   egl@card0  cpu-write  ok       stride noticed; no-end, late-write    "
		"ok       [5]\n"
		"                                         not-shown [1]; no-end not-shown [2];\n"
		"                                         memfd-map skipped [3]; no-start\n"
		"                                         skipped [4]\n"
		"udmabuf   egl@card1  cpu-write  ok       end-flag UNNOTICED [6]; no-start      "
		"ok       [7]\n"
		"                                         skipped [4]\n"
		"\n"
		"[1]  coherent\n"
		"[2]  too large\n"
		"[3]  no memfd\n"
		"[4]  nobody writes\n"
		"[5]  brackets were never left out in this run\n"
		"[6]  missed\n"
		"[7]  end-flag had to show and was not noticed: nothing is known of brackets here\n"
		"\n"
		"UNNOTICED:\n"
		"    k\n"
		"\n"
		"2 pairs: 2 ok; 1 fault UNNOTICED; 8 of 11 orders were performed\n");
	free(text);
}

/*
 * What it came to is the last line; which faults,
 * by their names in the result file, stands before it.
 */
static void unnoticed_faults_are_counted_and_named(void **state)
{
	struct record records[] = {
		record_of(0, "a.overwrite", NULL, VERDICT_OK, ""),
		record_of(0, "a.no-end", "no-end", VERDICT_UNNOTICED, "all fresh"),
		record_of(1, "b.read", NULL, VERDICT_OK, ""),
		record_of(1, "b.stride", "stride", VERDICT_NOTICED, "foreign 10"),
		record_of(1, "b.no-end", "no-end", VERDICT_UNNOTICED, "all fresh"),
	};
	static const char *const one =
		"\nUNNOTICED:\n    a.no-end\n"
		"\n1 pairs: 1 ok; 1 fault UNNOTICED; 2 of 2 orders were performed\n";
	static const char *const two =
		"\nUNNOTICED:\n    a.no-end\n    b.no-end\n"
		"\n2 pairs: 2 ok; 2 faults UNNOTICED; 5 of 5 orders were performed\n";
	char *text = printed(in_100_columns, records, 2);

	(void)state;
	assert_true(ends_with(text, one));
	free(text);
	text = printed(in_100_columns, records, 5);
	assert_true(ends_with(text, two));
	free(text);
}

/* The last line alone tells of every exit code of 1, and of no other. */
static void the_last_line_agrees_with_the_exit_code(void **state)
{
	static const enum verdict controls[] = { VERDICT_OK, VERDICT_BROKEN, VERDICT_SKIPPED };
	static const enum verdict faults[] = { VERDICT_NOTICED, VERDICT_UNNOTICED, VERDICT_BROKEN,
					       VERDICT_NOT_SHOWN, VERDICT_SKIPPED };

	(void)state;
	for (size_t i = 0; i < 15; i++) {
		struct record records[] = {
			record_of(0, "a", NULL, controls[i / 5], ""),
			record_of(0, "b", "no-bracket", faults[i % 5], ""),
		};
		const struct report report = { .records = records, .count = 2 };
		char *text = printed(in_100_columns, records, 2), *sum = strstr(text, "1 pairs: ");
		bool bad;

		assert_non_null(sum);
		bad = strstr(sum, "broken") || strstr(sum, "UNNOTICED");
		assert_int_equal(bad, report_exit_code(&report) == 1);
		free(text);
	}
}

static void nothing_is_told_as_nothing(void **state)
{
	char *text = printed(in_100_columns, NULL, 0);

	(void)state;
	assert_string_equal(text, "nothing could be checked\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_this),
		cmocka_unit_test(how_many_frames_it_took_is_a_column),
		cmocka_unit_test(a_long_row_is_broken_into_lines),
		cmocka_unit_test(why_a_fault_says_nothing_is_told_below),
		cmocka_unit_test(unnoticed_faults_are_counted_and_named),
		cmocka_unit_test(the_last_line_agrees_with_the_exit_code),
		cmocka_unit_test(nothing_is_told_as_nothing),
	};

	return cmocka_run_group_tests_name("check_table", tests, NULL, NULL);
}
