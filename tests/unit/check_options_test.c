// SPDX-License-Identifier: MIT
/* The command line of `staleline check`: how long a pair may take where nobody said it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <getopt.h>
#include <limits.h>

#include "cmd/check_options.h"

enum { MOST = 8 };

/* The limit that follows from @words, up to a NULL. */
static uint64_t limit_of(const char *const words[MOST])
{
	struct check_options options;
	char *argv[MOST + 2] = { (char *)"staleline" };
	int argc = 1;

	for (int i = 0; i < MOST && words[i]; i++)
		argv[argc++] = (char *)words[i];
	optind = 0; /* glibc: begin anew */
	assert_int_equal(check_parse(&options, argc, argv), OPTIONS_RUN);
	return options.timeout_s;
}

#define LIMIT(...) limit_of((const char *const[MOST]){ __VA_ARGS__ })

static void a_limit_that_is_named_is_that(void **state)
{
	(void)state;
	assert_int_equal(LIMIT("--timeout=7", "--frames=1000", "--seeds=3"), 7);
}

static void the_usual_one_is_five_minutes(void **state)
{
	(void)state;
	assert_int_equal(LIMIT(NULL), 300);
	assert_int_equal(LIMIT("--frames=1", "--sync=implicit"), 300);
}

/*
 * All that jobs do at 100 ms each, in right order and on a machine that takes no time for anything else: the reader's 1000 frames
 * by each of three kinds of sync, twice, and before each of these six two more.
 */
static void frames_have_their_time(void **state)
{
	(void)state;
	assert_true(LIMIT("--peer=jobs", "--frames=1000") > 2 * 3 * 1002 / 10);
	assert_true(LIMIT("--frames=524288") > 2 * 3 * 524288 / 10);
}

static void long_writes_have_theirs(void **state)
{
	(void)state;
	/* Of two orders that read, by three kinds of sync: 12 frames, and two before. */
	assert_true(LIMIT("--write-us=1000000", "--frames=100") > 2 * 3 * 102);
	/* Two jobs in each frame: a reader, and before it a writer. */
	assert_true(LIMIT("--write-us=1000000", "--frames=400", "--faults=no-end",
			  "--sync=implicit") > 2 * 402 * 2);
}

static void many_orders_have_theirs(void **state)
{
	uint64_t few = LIMIT("--frames=200", "--faults=no-end"), all, one_kind;

	(void)state;
	all = LIMIT("--frames=200", "--faults=all");
	one_kind = LIMIT("--frames=200", "--faults=all", "--sync=syncobj");
	assert_true(all > 5 * few);
	assert_in_range(all, 3 * one_kind - 3, 3 * one_kind + 3);
}

/* No frame of 4 KiB takes a second, nor one of 1 GiB less than 16 times what one of 64 MiB may. */
static void it_goes_by_the_size(void **state)
{
	uint64_t small = LIMIT("--size=64x16", "--faults=all", "--seeds=50", "--frames=200");

	(void)state;
	assert_true(small > 50 * 36 * 3 * 2 * 200 / 100); /* 10 ms each */
	assert_true(small < 86400);
	assert_true(LIMIT("--size=16384x16384") > 12 * 12 * 16);
	assert_true(LIMIT("--max-size=1024") > 12 * 12 * 16);
}

static void there_is_more_than_any_default(void **state)
{
	(void)state;
	assert_int_equal(LIMIT("--timeout=4294967"), 4294967);
	assert_int_equal(
		LIMIT("--seeds=10000", "--frames=524288", "--faults=all", "--write-us=1000000"),
		4294967);
}

static void a_soak_has_its_threads_started(void **state)
{
	(void)state;
	assert_true(LIMIT("--duration=1h", "--threads=32") >= LIMIT("--duration=1h") + 31 * 60);
	assert_true(LIMIT("--duration=1h", "--threads=32") < 3600);
}

static void seeds_multiply_it(void **state)
{
	(void)state;
	assert_int_equal(LIMIT("--seeds=50", "--faults=no-end", "--sync=implicit"), 50 * 300);
	assert_true(LIMIT("--seeds=50", "--frames=2000", "--write-us=100000", "--sync=implicit") >
		    50 * 2 * 2 * 2000 / 10);
}

/* What waits takes milliseconds in an unsigned int. */
static void it_can_be_said_in_milliseconds(void **state)
{
	uint64_t most =
		LIMIT("--seeds=10000", "--frames=524288", "--faults=all", "--write-us=1000000");

	(void)state;
	assert_true(most <= UINT_MAX / 1000);
	assert_true(most > 86400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_that_is_named_is_that),
		cmocka_unit_test(the_usual_one_is_five_minutes),
		cmocka_unit_test(frames_have_their_time),
		cmocka_unit_test(long_writes_have_theirs),
		cmocka_unit_test(many_orders_have_theirs),
		cmocka_unit_test(it_goes_by_the_size),
		cmocka_unit_test(there_is_more_than_any_default),
		cmocka_unit_test(a_soak_has_its_threads_started),
		cmocka_unit_test(seeds_multiply_it),
		cmocka_unit_test(it_can_be_said_in_milliseconds),
	};

	return cmocka_run_group_tests_name("check_options", tests, NULL, NULL);
}
