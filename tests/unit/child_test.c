// SPDX-License-Identifier: MIT
/* The child: results come back, and nothing that happens in there reaches us. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child_bench.h"
#include "base/clock.h"
#include "base/utf8.h"

static void a_result_comes_back(void **state)
{
	int seven = 7;

	(void)state;
	found.step = 1;
	assert_int_equal(run(add, &seven, 10000), 0);
	assert_int_equal(end.returned, -42);
	assert_int_equal(end.signal, 0);
	assert_int_equal(end.exit_code, -1);
	assert_int_equal(found.step, 8); /* it saw what went in */
	assert_int_equal(found.text[sizeof(found.text) - 1], 'x');
	assert_no_child();
}

static void a_crash_is_named_and_what_was_found_before_stands(void **state)
{
	static const struct {
		int signal;
		const char *name;
	} cases[] = {
		{ SIGSEGV, "SIGSEGV" }, { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },
		{ SIGFPE, "SIGFPE" },	{ SIGILL, "SIGILL" },	{ SIGKILL, "SIGKILL" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int number = cases[i].signal;

		assert_int_equal(run(crash, &number, 10000), -ECHILD);
		assert_int_equal(end.signal, number);
		assert_non_null(strstr(why.text, cases[i].name));
		assert_non_null(strstr(why.text, "about to ?[31mcrash"));
		assert_null(strstr(why.text, "first line"));
		assert_int_equal(found.step, 3);
		assert_no_child();
	}
}

static int speak(void *data, void *result)
{
	(void)result;
	fputs(data, stderr);
	abort();
}

/* They go to terminals and into result files: no control code, 8 bits wide or in UTF-8, and nothing that is no UTF-8. */
static void last_words_are_text(void **state)
{
	char codes[] = "before\n\x1b[31m \x7f \x9b"
		       "31m \xc2\x9b"
		       "31m";
	char latin1[] = "\xe4rger \xe2\x82!";
	char words[] = "\xc3\x84rger \xe2\x82\xac \xc2\xa0\n \n";

	(void)state;
	assert_int_equal(run(speak, codes, 10000), -ECHILD);
	assert_string_equal(end.said, "?[31m ? ?31m ??31m");
	assert_int_equal(run(speak, latin1, 10000), -ECHILD);
	assert_string_equal(end.said, "?rger ?\?!");
	assert_int_equal(run(speak, words, 10000), -ECHILD);
	assert_string_equal(end.said, "\xc3\x84rger \xe2\x82\xac \xc2\xa0");
}

/* In the middle of a letter, at its begin, at its end or at both. */
static void a_long_last_line_is_cut_to_text(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 2; shift++) {
		char line[1003] = "x";
		size_t n;

		for (size_t i = 0; i < 500; i++)
			memcpy(line + shift + 2 * i, "\xc3\xa4", 2);
		strcat(line, shift ? "y" : "");
		assert_int_equal(run(speak, line, 10000), -ECHILD);
		assert_int_equal(strlen(end.said), sizeof(end.said) - 1);
		for (size_t at = 0; end.said[at]; at += n) {
			n = utf8_length(end.said + at, strlen(end.said + at));
			assert_true(n > 0);
		}
	}
}

/* exit(0) in a driver's thread of thought is no success: work() did not return. */
static void an_exit_is_no_return(void **state)
{
	int codes[] = { 0, 5 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run(leave, &codes[i], 10000), -ECHILD);
		assert_int_equal(end.exit_code, codes[i]);
		assert_int_equal(end.signal, 0);
	}
	assert_non_null(strstr(why.text, "exit(5)"));
	assert_no_child();
}

static void a_hang_ends_at_its_limit(void **state)
{
	int64_t began = clock_ns();

	(void)state;
	assert_int_equal(run(hang, NULL, 300), -ETIME);
	assert_in_range((clock_ns() - began) / 1000000, 300, 5000);
	assert_non_null(strstr(why.text, "0.3 s"));
	assert_int_equal(found.step, 2);
	assert_no_child();
}

static volatile sig_atomic_t flag;

static void set_flag(int number)
{
	(void)number;
	flag = 1;
}

static void a_flag_ends_it(void **state)
{
	const struct child_job job = {
		.work = hang,
		.result = &found,
		.size = sizeof(found),
		.limit_ms = 60000,
		.interrupted = &flag,
	};
	int64_t began = clock_ns();

	(void)state;
	flag = 0;
	signal(SIGALRM, set_flag);
	ualarm(200000, 0);
	assert_int_equal(child_run(&job, &end, &why), -EINTR);
	assert_in_range((clock_ns() - began) / 1000000, 100, 5000);
	assert_no_child();
}

static int signal_all(void *data, void *result)
{
	(void)data;
	kill(0, SIGINT);
	kill(0, SIGTERM);
	kill(0, SIGHUP);
	((struct found *)result)->step = flag ? 1 : 9; /* the parent's handler is here, too */
	return 0;
}

/* As a terminal and timeout(1) do: to all of the group. Only the parent knows what that means. */
static void a_signal_to_the_group_is_the_parents(void **state)
{
	void (*before[])(int) = { signal(SIGINT, set_flag), signal(SIGTERM, set_flag),
				  signal(SIGHUP, set_flag) };

	(void)state;
	flag = 0;
	setpgid(0, 0);
	assert_int_equal(run(signal_all, NULL, 10000), 0);
	assert_int_equal(found.step, 9);
	assert_int_equal(flag, 1);
	signal(SIGINT, before[0]);
	signal(SIGTERM, before[1]);
	signal(SIGHUP, before[2]);
	assert_no_child();
}

static int count_slowly(void *data, void *result)
{
	struct found *to = result;

	(void)data;
	for (to->step = 1; to->step < 10; to->step++)
		usleep(100000);
	return 0;
}

/* What the parent has seen on the way. */
static int ticks, steps_seen;
static bool within; /* not only how it began and how it ended */

static void tick(void *data, const void *result)
{
	int step = ((const struct found *)result)->step;

	assert_ptr_equal(data, &ticks);
	assert_true(step >= steps_seen);
	steps_seen = step;
	within |= step >= 2 && step <= 9;
	ticks++;
}

static void the_parent_sees_how_far_it_is(void **state)
{
	const struct child_job job = {
		.work = count_slowly,
		.data = &ticks,
		.result = &found,
		.size = sizeof(found),
		.limit_ms = 60000,
		.tick = tick,
	};

	(void)state;
	assert_int_equal(child_run(&job, &end, &why), 0);
	/* It counts to 10 in a second, or in more on a machine that is busy. */
	assert_in_range(ticks, 2, 1000);
	assert_in_range(steps_seen, 2, 10);
	assert_true(within);
	assert_no_child();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_result_comes_back, begin),
		cmocka_unit_test_setup(a_crash_is_named_and_what_was_found_before_stands, begin),
		cmocka_unit_test_setup(last_words_are_text, begin),
		cmocka_unit_test_setup(a_long_last_line_is_cut_to_text, begin),
		cmocka_unit_test_setup(an_exit_is_no_return, begin),
		cmocka_unit_test_setup(a_hang_ends_at_its_limit, begin),
		cmocka_unit_test_setup(a_flag_ends_it, begin),
		cmocka_unit_test_setup(a_signal_to_the_group_is_the_parents, begin),
		cmocka_unit_test_setup(the_parent_sees_how_far_it_is, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
