// SPDX-License-Identifier: MIT
/*
 * access.c, the wait: its limit, its signals, its errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "access_mock.h"

static void wait_limit(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = 0, .takes_ms = 50 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), -ETIME);
	assert_calls("P4:50");
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO); /* and so not begun */
	assert_calls("P4:50");
}

static void wait_look_only(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = 0 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_READ, 0), -ETIME);
	assert_calls("P1:0");
	assert_int_equal(access_wait(&access, ACCESS_READ, 0), 0);
}

/* Signals every 10 ms: each round gets what is left, and 50 ms stay 50 ms. */
static void signals_do_not_prolong(void **state)
{
	struct access access;
	int64_t begun;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	begun = mock.now_ns;
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 10 }, 1000);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), -ETIME);
	assert_calls("P4:50 P4:40 P4:30 P4:20 P4:10");
	assert_int_equal(mock.now_ns - begun, 50 * INT64_C(1000000));
	assert_int_equal(access.restarts, 0); /* those are SYNC's */
}

static void signals_do_not_end_it(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 10 }, 3);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), 0);
	assert_calls("P4:50 P4:40 P4:30 P4:20");

	setup(state); /* nor one without a limit */
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 1000000 }, 1000);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_int_equal(mock.made, 1001);
	for (int i = 0; i < mock.made; i++)
		assert_int_equal(mock.calls[i].timeout_ms, -1);
}

static void wait_errors(void **state)
{
	const struct {
		struct answer answer;
		int error;
	} cases[] = {
		{ { .result = 1, .revents = POLLERR }, -EIO },
		{ { .result = 1, .revents = POLLERR | POLLOUT }, -EIO },
		{ { .result = 1, .revents = POLLHUP }, -EIO },
		{ { .result = 1, .revents = POLLNVAL }, -EBADF },
		{ { .result = 1, .revents = 0 }, -EIO },
		{ { .result = -1, .error = ENOMEM }, -ENOMEM },
		{ { .result = -1, .error = EFAULT }, -EFAULT },
	};
	struct access access;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		access_init(&access, FD, ACCESS_ENFORCE);
		plan(cases[i].answer, 1);
		assert_int_equal(access_wait(&access, ACCESS_WRITE, 5), cases[i].error);
		assert_int_equal(access.ready, 0);
		assert_calls("P4:5");
		assert_clean(&access);
	}
}

/* poll(2) skips a negative fd and would wait for ever. */
static void wait_without_fd(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, -1, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), -EBADF);
	assert_calls("");
}

static void ignore_signal(int number)
{
	(void)number;
}

/* The same against the real kernel: a pipe that never gets ready, a signal every 5 ms. */
static void real_signals_do_not_prolong(void **state)
{
	struct sigaction action = { .sa_handler = ignore_signal }, old; /* no SA_RESTART */
	struct itimerval timer = { { 0, 5000 }, { 0, 5000 } }, off = { { 0, 0 }, { 0, 0 } };
	struct access access;
	struct timespec a, b;
	int fds[2], err;
	int64_t ms;

	(void)state;
	mock.real = true;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	access_init(&access, fds[0], ACCESS_ENFORCE);

	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &timer, NULL);
	clock_gettime(CLOCK_MONOTONIC, &a);
	err = access_wait(&access, ACCESS_READ, 200);
	clock_gettime(CLOCK_MONOTONIC, &b);
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);
	close(fds[0]);
	close(fds[1]);

	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	assert_int_equal(err, -ETIME);
	assert_in_range(ms, 195, 2000); /* prolonged by each signal, it would never end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(wait_limit, setup),
		cmocka_unit_test_setup(wait_look_only, setup),
		cmocka_unit_test_setup(signals_do_not_prolong, setup),
		cmocka_unit_test_setup(signals_do_not_end_it, setup),
		cmocka_unit_test_setup(wait_errors, setup),
		cmocka_unit_test_setup(wait_without_fd, setup),
		cmocka_unit_test_setup(real_signals_do_not_prolong, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access: the wait", tests, NULL, NULL);
}
