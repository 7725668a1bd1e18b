// SPDX-License-Identifier: MIT
/* Two printers of `staleline check`, from fixed RECORDs: KTAP and Markdown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_records.h"

#include "report/ktap.h"
#include "report/markdown.h"

static void in_ktap(FILE *out, const struct report *report)
{
	ktap_begin(out, report);
	ktap_results(out, report, 0, report->count);
}

static void nothing_is_told_as_nothing(void **state)
{
	char *text = printed(in_ktap, NULL, 0);

	(void)state;
	assert_string_equal(text, "KTAP version 1\n1..0 # SKIP nothing could be checked\n");
	free(text);
}

static void ktap_is_this(void **state)
{
	struct record records[] = {
		record_of(0, "e.p.cpu-write.overwrite", NULL, VERDICT_OK, ""),
		record_of(0, "e.p.cpu-write.no-bracket", "no-bracket", VERDICT_NOTICED, "stale 10"),
		record_of(0, "e.p.cpu-write.no-end", "no-end", VERDICT_UNNOTICED, "all fresh"),
		record_of(0, "e.p.cpu-write.no-start", "no-start", VERDICT_NOT_SHOWN, "coherent"),
		record_of(1, "e.p.cpu-read.read", NULL, VERDICT_BROKEN, "stale 10"),
		record_of(2, "e.q.cpu-write.overwrite", NULL, VERDICT_SKIPPED, "no permission"),
	};
	char *text = printed(in_ktap, records, 6);

	(void)state;
	assert_string_equal(text, "KTAP version 1\n"
				  "1..6\n"
				  "# e.p.cpu-write.overwrite: 12 frames, 100 of 100 cells fresh\n"
				  "ok 1 e.p.cpu-write.overwrite # control clean\n"
				  "# e.p.cpu-write.no-bracket: 12 frames, 90 of 100 cells fresh\n"
				  "# e.p.cpu-write.no-bracket: stale 10\n"
				  "ok 2 e.p.cpu-write.no-bracket # fault noticed\n"
				  "# e.p.cpu-write.no-end: 12 frames, 90 of 100 cells fresh\n"
				  "# e.p.cpu-write.no-end: all fresh\n"
				  "not ok 3 e.p.cpu-write.no-end # fault unnoticed\n"
				  "# e.p.cpu-write.no-start: 12 frames, 100 of 100 cells fresh\n"
				  "ok 4 e.p.cpu-write.no-start # SKIP not shown here: coherent\n"
				  "# e.p.cpu-read.read: 12 frames, 90 of 100 cells fresh\n"
				  "# e.p.cpu-read.read: stale 10\n"
				  "not ok 5 e.p.cpu-read.read # control not clean\n"
				  "ok 6 e.q.cpu-write.overwrite # SKIP no permission\n");
	free(text);
}

static void in_parts(FILE *out, const struct report *report)
{
	ktap_begin(out, report);
	ktap_next(out, 1, 2, "e", "p");
	ktap_results(out, report, 0, 2);
	ktap_next(out, 2, 2, "e", "q");
	ktap_results(out, report, 2, 1);
}

/* As pairs come to their end: under one plan, with numbers that go on. */
static void ktap_can_come_in_parts(void **state)
{
	struct record records[] = {
		record_of(0, "e.p.cpu-write.overwrite", NULL, VERDICT_SKIPPED, "no"),
		record_of(0, "e.p.cpu-write.no-bracket", "no-bracket", VERDICT_SKIPPED, "no"),
		record_of(1, "e.q.cpu-read.read", NULL, VERDICT_SKIPPED, "no"),
	};
	char *text = printed(in_parts, records, 3);

	(void)state;
	assert_string_equal(text, "KTAP version 1\n"
				  "1..3\n"
				  "# checking 1 of 2: e with p ...\n"
				  "ok 1 e.p.cpu-write.overwrite # SKIP no\n"
				  "ok 2 e.p.cpu-write.no-bracket # SKIP no\n"
				  "# checking 2 of 2: e with q ...\n"
				  "ok 3 e.q.cpu-read.read # SKIP no\n");
	free(text);
}

static void markdown_is_this(void **state)
{
	struct record records[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-bracket", VERDICT_NOTICED, "stale 10"),
		record_of(0, "c", "no-end", VERDICT_UNNOTICED, "a|b"),
		record_of(1, "d", NULL, VERDICT_SKIPPED, "nobody writes"),
	};
	char *text;

	(void)state;
	for (int i = 0; i < 3; i++)
		records[i].seeds = (struct record_seeds){ .first = 3, .count = 4, .runs = 8 };
	for (int i = 0; i < 4; i++) {
		records[i].sync = "implicit";
		snprintf(records[i].exporter_label, sizeof(records[i].exporter_label), "e");
	}
	records[1].by = NOTICE_CARD;
	records[1].seeds.by[0] = 8;
	records[1].seeds.by[1] = 5; /* the module's state, in some runs */
	records[1].seeds.least = 1;
	records[1].seeds.median = 2;
	records[1].seeds.most = 17;
	text = printed(markdown_print, records, 4);
	assert_string_equal(
		text,
		"**e, egl@card0, cpu-write**, buffers of 256x64, seeds 3 to 6: needs-brackets\n"
		"\n"
		"| control | runs | frames | cells | not fresh | verdict |\n"
		"| --- | --- | --- | --- | --- | --- |\n"
		"| overwrite | 8 | 12 | 100 | 0 | ok |\n"
		"\n"
		"| fault | who noticed | frames until the card did, least / median / most | "
		"noticed by the card in | verdict |\n"
		"| --- | --- | --- | --- | --- |\n"
		"| no-bracket | card, state (5 of 8) | 1 / 2 / 17 | 8 of 8 | noticed |\n"
		"| no-end | none | - | 0 of 8 | unnoticed: a\\|b |\n"
		"\n"
		"**e, egl@card0, cpu-read**, buffers of 256x64: skipped\n"
		"\n"
		"| control | runs | frames | cells | not fresh | verdict |\n"
		"| --- | --- | --- | --- | --- | --- |\n"
		"| overwrite | 0 | 12 | 0 | 0 | skipped: nobody writes |\n"
		"\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_told_as_nothing),
		cmocka_unit_test(ktap_is_this),
		cmocka_unit_test(ktap_can_come_in_parts),
		cmocka_unit_test(markdown_is_this),
	};

	return cmocka_run_group_tests_name("check_report", tests, NULL, NULL);
}
