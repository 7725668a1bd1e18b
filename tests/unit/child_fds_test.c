// SPDX-License-Identifier: MIT
/* The child: what it says and what it has open; and where there is no process or descriptor to be had. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child_bench.h"
#include "fds.h"

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
		cmocka_unit_test_setup(stderr_is_taken_however_much_it_is, begin),
		cmocka_unit_test_setup(the_parents_output_is_printed_once, begin),
		cmocka_unit_test_setup(no_descriptor_is_left, begin),
		cmocka_unit_test_setup(without_processes_it_says_so, begin),
		cmocka_unit_test_setup(without_descriptors_it_says_so, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
