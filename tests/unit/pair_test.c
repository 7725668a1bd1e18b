// SPDX-License-Identifier: MIT
/* The verdict of a pair, from fixed RECORDs: what its control and its faults come to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "check_records.h"

#include "report/pair.h"

/* The one pair of two records. */
static struct report_pair pair_of(struct record control, struct record fault)
{
	struct record records[2] = { control, fault };
	const struct report report = { .records = records, .count = 2 };
	struct report_pair pair;
	size_t at = 0;

	assert_true(report_next_pair(&report, &at, &pair));
	assert_int_equal(at, 1);
	return pair;
}

static void a_pair_is_judged_by_all_its_records(void **state)
{
	const struct record ok = record_of(0, "a", NULL, VERDICT_OK, ""),
			    broken = record_of(0, "a", NULL, VERDICT_BROKEN, "torn 1"),
			    skipped = record_of(0, "a", NULL, VERDICT_SKIPPED, "no device"),
			    shown = record_of(0, "b", "no-bracket", VERDICT_NOTICED, "stale 10"),
			    hidden = record_of(0, "b", "no-bracket", VERDICT_NOT_SHOWN, "coherent"),
			    died = record_of(0, "b", "no-bracket", VERDICT_BROKEN, "SIGBUS"),
			    late = record_of(0, "b", "no-bracket", VERDICT_SKIPPED, "stopped"),
			    waits = record_of(0, "b", "read-no-wait", VERDICT_NOT_SHOWN, "hook"),
			    mixed = record_of(0, "b", "wrong-buffer", VERDICT_NOTICED, "foreign");
	struct report_pair pair;

	(void)state;
	pair = pair_of(ok, shown);
	assert_string_equal(pair.verdict, "needs-brackets");
	assert_string_equal(pair.why.text, "without them (no-bracket): stale 10");
	pair = pair_of(ok, hidden);
	assert_string_equal(pair.verdict, "ok");
	assert_string_equal(pair.why.text,
			    "no need for brackets seen in 12 frames of no-bracket at "
			    "256x64, which is no promise (R3)");
	pair = pair_of(ok, mixed); /* shows anywhere: says nothing of brackets */
	assert_string_equal(pair.verdict, "ok");
	pair = pair_of(ok, late);
	assert_string_equal(pair.verdict, "ok");
	assert_string_equal(pair.why.text,
			    "no-bracket was skipped, so nothing is known of brackets: stopped");
	pair = pair_of(ok, waits); /* leaves out no bracket either */
	assert_string_equal(pair.why.text, "brackets were never left out in this run");
	pair = pair_of(broken, late);
	assert_string_equal(pair.verdict, "broken");
	assert_string_equal(pair.why.text, "torn 1");
	pair = pair_of(ok, died);
	assert_string_equal(pair.verdict, "broken");
	assert_string_equal(pair.why.text, "SIGBUS");
	pair = pair_of(skipped, late);
	assert_string_equal(pair.verdict, "skipped");
	assert_string_equal(pair.why.text, "no device");
}

/* One size shows what another hides: that is what there are two for. */
static void one_of_two_sizes_will_do(void **state)
{
	struct record records[] = {
		record_of(0, "a", NULL, VERDICT_OK, ""),
		record_of(0, "b", "no-bracket", VERDICT_NOT_SHOWN, "coherent"),
		record_of(0, "c", NULL, VERDICT_OK, ""),
		record_of(0, "d", "no-bracket", VERDICT_NOT_SHOWN, "coherent"),
	};
	const struct report report = { .records = records, .count = 4 };
	struct report_pair pair;
	size_t at = 0;

	(void)state;
	records[3].layout.width = 1024;
	assert_true(report_next_pair(&report, &at, &pair));
	assert_string_equal(pair.why.text,
			    "no need for brackets seen in 12 frames of no-bracket at "
			    "256x64, 12 frames of no-bracket at 1024x64, which is no "
			    "promise (R3)");
	assert_false(report_next_pair(&report, &at, &pair));
	records[3].verdict = VERDICT_NOTICED;
	at = 0;
	assert_true(report_next_pair(&report, &at, &pair));
	assert_string_equal(pair.verdict, "needs-brackets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_is_judged_by_all_its_records),
		cmocka_unit_test(one_of_two_sizes_will_do),
	};

	return cmocka_run_group_tests_name("pair", tests, NULL, NULL);
}
