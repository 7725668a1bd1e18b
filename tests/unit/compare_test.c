// SPDX-License-Identifier: MIT
/* What changed between two result files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_records.h"

#include "report/compare.h"

/* A result file of @records; the caller removes it. */
static void write_file(char path[32], struct record *records, size_t count)
{
	const struct report report = { .records = records, .count = count, .version = "9.9" };
	struct why why;

	strcpy(path, "/tmp/staleline-check-XXXXXX");
	close(mkstemp(path));
	assert_int_equal(report_write_json(&report, path, &why), 0);
}

/* What changed between files of @before and of @after; the caller frees it. */
static char *compared(struct record before[3], struct record after[3], bool *changed)
{
	char a[32], b[32], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct why why;

	write_file(a, before, 3);
	write_file(b, after, 3);
	assert_int_equal(compare_print(out, a, b, changed, &why), 0);
	fclose(out);
	unlink(a);
	unlink(b);
	return text;
}

static void what_changed_between_two_files_is_told(void **state)
{
	struct record before[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-bracket", VERDICT_NOT_SHOWN, "coherent"),
		record_of(2, "old", NULL, VERDICT_OK, ""),
	};
	struct record after[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-bracket", VERDICT_NOTICED, "stale 10"),
		record_of(2, "new", NULL, VERDICT_SKIPPED, "no device"),
	};
	bool changed = true;
	char *text = compared(before, before, &changed);

	(void)state;
	assert_string_equal(text, "0 results changed, 3 did not\n");
	assert_false(changed);
	free(text);
	text = compared(before, after, &changed);
	assert_string_equal(text, "b: not-shown -> noticed\n    stale 10\n"
				  "new: not there -> skipped\n    no device\n"
				  "old: ok -> not there\n"
				  "3 results changed, 1 did not\n");
	assert_true(changed);
	free(text);
}

static void what_is_no_result_file_is_refused(void **state)
{
	char path[] = "/tmp/staleline-check-XXXXXX";
	struct why why;
	bool changed;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "{\"a\": 1}", 8), 8);
	assert_int_equal(compare_print(stdout, path, path, &changed, &why), -22);
	assert_int_equal(write(fd, "}", 1), 1);
	assert_int_equal(compare_print(stdout, path, path, &changed, &why), -22);
	assert_non_null(strstr(why.text, path));
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changed_between_two_files_is_told),
		cmocka_unit_test(what_is_no_result_file_is_refused),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
