// SPDX-License-Identifier: MIT
/* What presentation-time says -> latency, missed refreshes and copies, as a table; and spreads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "wayland/presentation.h"

enum {
	MS = 1000000,
	REFRESH = 10 * MS, /* 100 Hz */
	ZERO_COPY = 0x8,   /* presentation-time.xml, kind zero_copy */
};

/* A frame that was committed, and what was said of it. Times in ms; 0 as `seq`: not counted. */
struct told {
	uint64_t number;
	int64_t committed, presented;
	uint64_t seq;
	uint32_t refresh, flags;
};

static void tell(struct presentation *p, const struct told *told)
{
	const struct presentation_asked asked = { .number = told->number,
						  .committed = told->committed * MS };
	const struct presentation_event event = {
		.sec_lo = (uint32_t)(told->presented / 1000),
		.nsec = (uint32_t)(told->presented % 1000 * MS),
		.refresh = told->refresh,
		.seq_hi = (uint32_t)(told->seq >> 32),
		.seq_lo = (uint32_t)told->seq,
		.flags = told->flags,
	};

	presentation_count(p, &asked, &event);
}

static const struct two {
	const char *name;
	struct told first, second;
	uint64_t refreshes, missed;
} twos[] = {
	{ "a frame in each refresh",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1070, 1080, 508, REFRESH },
	  8,
	  0 },
	{ "two of ten missed",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1100, 510, REFRESH },
	  10,
	  2 },
	{ "more frames than refreshes",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1030, 1040, 504, REFRESH },
	  4,
	  0 },
	{ "a late clock, by less than half",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1104, 510, REFRESH },
	  10,
	  2 },
	{ "the count goes over 32 bits",
	  { 0, 990, 1000, 0xfffffffe, REFRESH },
	  { 8, 1090, 1100, 0x100000008, REFRESH },
	  10,
	  2 },
	/* not told, or nothing to rely on */
	{ "no count", { 0, 990, 1000, 0, REFRESH }, { 8, 1090, 1100, 0, REFRESH }, 0, 0 },
	{ "a count from now on only",
	  { 0, 990, 1000, 0, REFRESH },
	  { 8, 1090, 1100, 510, REFRESH },
	  0,
	  0 },
	{ "a count no longer",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1100, 0, REFRESH },
	  0,
	  0 },
	{ "no constant rate", { 0, 990, 1000, 500, 0 }, { 8, 1090, 1100, 510, 0 }, 0, 0 },
	{ "another rate",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1100, 520, REFRESH / 2 },
	  0,
	  0 },
	{ "a count that is smaller",
	  { 0, 990, 1000, 510, REFRESH },
	  { 8, 1090, 1100, 500, REFRESH },
	  0,
	  0 },
	{ "another output's count",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1100, 9510, REFRESH },
	  0,
	  0 },
	{ "a time that went back",
	  { 0, 990, 1100, 500, REFRESH },
	  { 8, 1090, 1000, 510, REFRESH },
	  0,
	  0 },
	/* 2^57 refreshes of 10 ms are 0 ns in 64 bits */
	{ "a count that overflows",
	  { 0, 990, 1000, 500, REFRESH },
	  { 8, 1090, 1100, 510 + (1ull << 57), REFRESH },
	  0,
	  0 },
	{ "an earlier frame, heard of later",
	  { 8, 990, 1000, 500, REFRESH },
	  { 0, 980, 1100, 510, REFRESH },
	  0,
	  0 },
};

static void missed_refreshes_are_counted_and_never_guessed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(twos) / sizeof(twos[0]); i++) {
		struct presentation p = { 0 };

		tell(&p, &twos[i].first);
		tell(&p, &twos[i].second);
		if (p.told.refreshes != twos[i].refreshes || p.told.missed != twos[i].missed)
			fail_msg("%s: %d of %d missed, not %d of %d", twos[i].name,
				 (int)p.told.missed, (int)p.told.refreshes, (int)twos[i].missed,
				 (int)twos[i].refreshes);
	}
}

static void each_stretch_is_counted_once(void **state)
{
	struct presentation p = { 0 };

	(void)state;
	tell(&p, &(struct told){ 0, 990, 1000, 100, REFRESH, 0 });
	tell(&p, &(struct told){ 8, 1080, 1090, 109, REFRESH, 0 });
	tell(&p, &(struct told){ 16, 1170, 1180, 118, REFRESH, 0 });
	assert_int_equal(p.told.refreshes, 18);
	assert_int_equal(p.told.missed, 2);
}

/* Neither what was paused for, nor up to a frame of before the pause that is heard of behind it. */
static void a_pause_misses_nothing(void **state)
{
	struct presentation p = { 0 };

	(void)state;
	tell(&p, &(struct told){ 0, 990, 1000, 100, REFRESH, 0 });
	presentation_gap(&p, 9);
	tell(&p, &(struct told){ 8, 1080, 1090, 109, REFRESH, 0 });
	tell(&p, &(struct told){ 16, 2080, 2090, 209, REFRESH, 0 });
	assert_int_equal(p.told.refreshes, 0);
	assert_int_equal(p.told.shown, 3);
	tell(&p, &(struct told){ 24, 2180, 2190, 219, REFRESH, 0 });
	assert_int_equal(p.told.refreshes, 10);
	assert_int_equal(p.told.missed, 2);
}

static void latency_is_from_commit_to_presented(void **state)
{
	struct presentation p = { 0 };

	(void)state;
	tell(&p, &(struct told){ 0, 990, 1000, 0, 0, ZERO_COPY });
	tell(&p, &(struct told){ 8, 1990, 2030, 0, 0, 0xff & ~ZERO_COPY });
	tell(&p, &(struct told){ 16, 3000, 3010, 0, 0, ZERO_COPY });
	assert_int_equal(p.told.latency.count, 3);
	assert_int_equal(p.told.latency.min, 10 * MS);
	assert_int_equal(p.told.latency.max, 40 * MS);
	assert_int_equal(spread_mean(&p.told.latency), 20 * MS);
	assert_int_equal(p.told.zero_copy, 2);
	assert_true(p.told.zero_copy_at_last);
}

/* A server's word is no reason to believe it. */
static void times_that_cannot_be_are_not_counted(void **state)
{
	const struct presentation_asked known = { .committed = (int64_t)1000 * MS },
					unknown = { .committed = -1 };
	const struct presentation_event before = { .nsec = 999 * MS },
					nanoseconds = { .sec_lo = 1, .nsec = 1000 * MS },
					far = { .sec_hi = 1, .sec_lo = 1 },
					next_day = { .sec_lo = 86400 },
					last = { .sec_lo = UINT32_MAX }, good = { .sec_lo = 2 };
	struct presentation p = { 0 };

	(void)state;
	presentation_count(&p, &known, &before);
	presentation_count(&p, &known, &nanoseconds);
	presentation_count(&p, &known, &far);
	presentation_count(&p, &known, &next_day);
	presentation_count(&p, &known, &last);
	presentation_count(&p, &unknown, &good);
	assert_int_equal(p.told.latency.count, 0);
	assert_int_equal(p.told.shown, 6);
	presentation_count(&p, &known, &good);
	assert_int_equal(p.told.latency.count, 1);
	assert_int_equal(p.told.latency.max, 1000 * MS);
}

static void what_was_taken_is_not_told_again(void **state)
{
	struct presentation p = { 0 };
	struct presented all = { 0 }, part;

	(void)state;
	p.told.clock = "CLOCK_MONOTONIC";
	tell(&p, &(struct told){ 0, 990, 1000, 100, REFRESH, ZERO_COPY });
	part = presentation_take(&p);
	presented_merge(&all, &part);
	tell(&p, &(struct told){ 8, 1090, 1100, 110, REFRESH, 0 }); /* goes on where it was */
	part = presentation_take(&p);
	presented_merge(&all, &part);
	part = presentation_take(&p); /* nothing new */
	assert_int_equal(part.shown + part.refreshes + part.latency.count, 0);
	presented_merge(&all, &part);
	assert_int_equal(all.shown, 2);
	assert_int_equal(all.zero_copy, 1);
	assert_false(all.zero_copy_at_last);
	assert_int_equal(all.refreshes, 10);
	assert_int_equal(all.missed, 2);
	assert_int_equal(all.refresh_ns, REFRESH);
	assert_int_equal(all.latency.count, 2);
	assert_string_equal(all.clock, "CLOCK_MONOTONIC");
}

static const char *name_of(bool told, uint32_t id)
{
	return presentation_clock_name(&(struct presentation_clock){ told, id });
}

static void only_clocks_of_the_system_are_read(void **state)
{
	(void)state;
	assert_string_equal(name_of(true, CLOCK_MONOTONIC), "CLOCK_MONOTONIC");
	assert_string_equal(name_of(true, CLOCK_TAI), "CLOCK_TAI");
	assert_null(name_of(false, CLOCK_MONOTONIC));
	assert_null(name_of(true, CLOCK_PROCESS_CPUTIME_ID));
	assert_null(name_of(true, CLOCK_BOOTTIME_ALARM));
	assert_null(name_of(true, 12));
	assert_null(name_of(true, UINT32_MAX));
	assert_null(name_of(true, ~3u << 3 | 3)); /* the device of descriptor 3 */
}

static void a_spread_of_none_is_no_number(void **state)
{
	struct spread none = { 0 }, some = { 0 };

	(void)state;
	assert_int_equal(spread_mean(&none), 0);
	spread_add(&some, 7);
	spread_merge(&some, &none);
	assert_int_equal(some.min, 7);
	spread_merge(&none, &some);
	assert_int_equal(none.min, 7);
	assert_int_equal(none.max, 7);
	spread_add(&none, 3);
	spread_add(&none, 11);
	assert_int_equal(none.min, 3);
	assert_int_equal(none.max, 11);
	assert_int_equal(spread_mean(&none), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missed_refreshes_are_counted_and_never_guessed),
		cmocka_unit_test(each_stretch_is_counted_once),
		cmocka_unit_test(a_pause_misses_nothing),
		cmocka_unit_test(latency_is_from_commit_to_presented),
		cmocka_unit_test(times_that_cannot_be_are_not_counted),
		cmocka_unit_test(what_was_taken_is_not_told_again),
		cmocka_unit_test(only_clocks_of_the_system_are_read),
		cmocka_unit_test(a_spread_of_none_is_no_number),
	};

	return cmocka_run_group_tests_name("presentation", tests, NULL, NULL);
}
