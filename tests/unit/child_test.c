// SPDX-License-Identifier: MIT
/* The child: results come back, and nothing that happens in there reaches us. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fds.h"

#include "base/child.h"
#include "base/clock.h"

struct found {
	int step;
	char text[4096];
};

static struct found found;
static struct child_end end;
static struct why why;

/* fork(2) fails with this, where it is not 0 (-Wl,--wrap=fork). */
static int fork_error;

pid_t __real_fork(void);
pid_t __wrap_fork(void);

pid_t __wrap_fork(void)
{
	errno = fork_error;
	return fork_error ? -1 : __real_fork();
}

/* Run @work, with what @data points to, for @limit_ms; the result lies in `found`. */
static int run(int (*work)(void *, void *), void *data, unsigned int limit_ms)
{
	const struct child_job job = {
		.work = work,
		.data = data,
		.result = &found,
		.size = sizeof(found),
		.limit_ms = limit_ms,
	};

	why.text[0] = '\0';
	return child_run(&job, &end, &why);
}

static int begin(void **state)
{
	(void)state;
	memset(&found, 0, sizeof(found));
	return 0;
}

/* Nobody is left to be waited for. */
static void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int add(void *data, void *result)
{
	struct found *to = result;

	to->step += *(int *)data;
	memset(to->text, 'x', sizeof(to->text));
	return -42;
}

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

static int crash(void *data, void *result)
{
	struct found *to = result;

	to->step = 3;
	fprintf(stderr, "the first line\nabout to \x1b[31mcrash\n\n");
	raise(*(int *)data);
	to->step = 4;
	return 0;
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

static int leave(void *data, void *result)
{
	(void)result;
	exit(*(int *)data);
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

static int hang(void *data, void *result)
{
	(void)data;
	((struct found *)result)->step = 2;
	signal(SIGTERM, SIG_IGN);
	while (pause() < 0)
		;
	return 0;
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
	((struct found *)result)->step = 9;
	return 0;
}

/* As a terminal and timeout(1) do: to all of the group. Only the parent knows what that means. */
static void a_signal_to_the_group_is_the_parents(void **state)
{
	void (*before[])(int) = { signal(SIGINT, set_flag), signal(SIGTERM, set_flag) };

	(void)state;
	flag = 0;
	setpgid(0, 0);
	assert_int_equal(run(signal_all, NULL, 10000), 0);
	assert_int_equal(found.step, 9);
	assert_int_equal(flag, 1);
	signal(SIGINT, before[0]);
	signal(SIGTERM, before[1]);
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

static void tick(void *data, const void *result)
{
	int step = ((const struct found *)result)->step;

	assert_ptr_equal(data, &ticks);
	assert_true(step >= steps_seen);
	steps_seen = step;
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
	assert_in_range(ticks, 3, 20);
	assert_in_range(steps_seen, 2, 9);
	assert_no_child();
}

static int chatter(void *data, void *result)
{
	(void)data;
	for (int i = 0; i < 20000; i++)
		fprintf(stderr, "line %d of very many, more than any pipe has room for\n", i);
	((struct found *)result)->step = 1;
	return 0;
}

static int silent_end(void *data, void *result)
{
	(void)data;
	(void)result;
	close(STDERR_FILENO);
	usleep(900000);
	return 0;
}

static void stderr_is_taken_however_much_it_is(void **state)
{
	struct rusage before, after;

	(void)state;
	assert_int_equal(run(chatter, NULL, 20000), 0);
	assert_string_equal(end.said, "line 19999 of very many, more than any pipe has room for");

	/* A stderr that is closed must not make us spin. */
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(run(silent_end, NULL, 20000), 0);
	getrusage(RUSAGE_SELF, &after);
	assert_in_range((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 +
				after.ru_utime.tv_usec - before.ru_utime.tv_usec +
				(after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000 +
				after.ru_stime.tv_usec - before.ru_stime.tv_usec,
			0, 200000);
	assert_string_equal(end.said, "");
}

/* What the parent had in its stdio buffers is printed once, even if the child calls exit(3). */
static void the_parents_output_is_printed_once(void **state)
{
	FILE *file = tmpfile();
	int zero = 0;

	(void)state;
	assert_non_null(file);
	fputs("once", file);
	assert_int_equal(run(leave, &zero, 10000), -ECHILD);
	fflush(file);
	fseek(file, 0, SEEK_END);
	assert_int_equal(ftell(file), 4);
	fclose(file);
}

static void no_descriptor_is_left(void **state)
{
	int before = count_fds(), one = 1, number = SIGSEGV;

	(void)state;
	run(add, &one, 10000);
	run(crash, &number, 10000);
	run(leave, &one, 10000);
	run(hang, NULL, 50);
	assert_int_equal(count_fds(), before);
}

static void without_processes_it_says_so(void **state)
{
	int before = count_fds(), one = 1;

	(void)state;
	fork_error = EAGAIN;
	assert_int_equal(run(add, &one, 10000), -EAGAIN);
	fork_error = 0;
	assert_non_null(strstr(why.text, "start a child process"));
	assert_int_equal(count_fds(), before);
}

static void without_descriptors_it_says_so(void **state)
{
	struct rlimit old, few;
	int one = 1;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = 3; /* stdin, stdout, stderr */
	setrlimit(RLIMIT_NOFILE, &few);
	assert_int_equal(run(add, &one, 10000), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_non_null(strstr(why.text, "start a child process"));
	assert_no_child();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_result_comes_back, begin),
		cmocka_unit_test_setup(a_crash_is_named_and_what_was_found_before_stands, begin),
		cmocka_unit_test_setup(an_exit_is_no_return, begin),
		cmocka_unit_test_setup(a_hang_ends_at_its_limit, begin),
		cmocka_unit_test_setup(a_flag_ends_it, begin),
		cmocka_unit_test_setup(a_signal_to_the_group_is_the_parents, begin),
		cmocka_unit_test_setup(the_parent_sees_how_far_it_is, begin),
		cmocka_unit_test_setup(stderr_is_taken_however_much_it_is, begin),
		cmocka_unit_test_setup(the_parents_output_is_printed_once, begin),
		cmocka_unit_test_setup(no_descriptor_is_left, begin),
		cmocka_unit_test_setup(without_processes_it_says_so, begin),
		cmocka_unit_test_setup(without_descriptors_it_says_so, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
