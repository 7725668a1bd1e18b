// SPDX-License-Identifier: MIT
/* checks: what is known of when frames were presented. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "checks.h"

static const struct presented *told_by(const struct outcome *outcome)
{
	return &outcome->window.presentation.told;
}

void is_counted_zero_copy(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(told_by(outcome)->zero_copy, CLIENT_ASKED);
	assert_true(told_by(outcome)->zero_copy_at_last);
}

void is_discarded(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(told_by(outcome)->discarded, CLIENT_ASKED);
	assert_int_equal(told_by(outcome)->shown, 0);
}

/* At least what the server says, and no more than the whole session took beside it. */
static void is_late(const struct outcome *outcome, const char *clock)
{
	const struct spread *latency = &told_by(outcome)->latency;

	assert_int_equal(latency->count, CLIENT_ASKED);
	assert_true(latency->min >= 50 * 1000000);
	assert_true(latency->max <= (50 + outcome->took_ms + 1) * (int64_t)1000000);
	assert_string_equal(told_by(outcome)->clock, clock);
	/* It does not count refreshes, and so nobody else does. */
	assert_int_equal(told_by(outcome)->refreshes, 0);
}

void is_50_ms_late(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	is_late(outcome, "CLOCK_MONOTONIC");
}

void is_late_by_tai(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	is_late(outcome, "CLOCK_TAI");
}

static void has_shown_without_latency(const struct outcome *outcome)
{
	assert_int_equal(told_by(outcome)->shown, CLIENT_ASKED);
	assert_int_equal(told_by(outcome)->latency.count, 0);
}

void has_no_latency(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	has_shown_without_latency(outcome);
	assert_null(told_by(outcome)->clock);
}

void has_no_latency_by_a_clock(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	has_shown_without_latency(outcome);
	assert_non_null(told_by(outcome)->clock);
}

/* From the first frame to the ninth. */
void has_missed_3_of_11(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(told_by(outcome)->refreshes, 11);
	assert_int_equal(told_by(outcome)->missed, 3);
	assert_int_equal(told_by(outcome)->refresh_ns, 500000000);
}

void has_missed_none(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(told_by(outcome)->refreshes, 8);
	assert_int_equal(told_by(outcome)->missed, 0);
}

void has_no_answers(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(told_by(outcome)->shown + told_by(outcome)->discarded, 0);
	assert_int_equal(told_by(outcome)->latency.count, 0);
}
