// SPDX-License-Identifier: MIT
/*
 * access.c, the right order: the very syscalls, their bits, and no other; by sync_file, too; and
 * what of a syscall's errors ends it.
 */
#include <errno.h>

#include "access_mock.h"

static void test_frame(uint64_t flags, const char *calls)
{
	struct access access;

	for (int policy = ACCESS_ENFORCE; policy <= ACCESS_OBSERVE; policy++) {
		setup(NULL);
		access_init(&access, FD, (enum access_policy)policy);
		assert_int_equal(access_wait(&access, flags, -1), 0);
		assert_int_equal(access_begin(&access, flags), 0);
		assert_int_equal(access.open, flags);
		assert_int_equal(access_end(&access, flags), 0);
		assert_int_equal(access.open, 0);
		assert_int_equal(access_submit(&access), 0);
		assert_int_equal(access.ready, 0);
		assert_clean(&access);
		assert_int_equal(access.restarts, 0);
		assert_calls(calls);
	}
}

static void frame_write(void **state)
{
	(void)state;
	test_frame(ACCESS_WRITE, "P4:-1 S2 S6"); /* POLLOUT alone (R16) */
}

static void frame_rw(void **state)
{
	(void)state;
	test_frame(ACCESS_RW, "P4:-1 S3 S7");
}

static void frame_read(void **state)
{
	(void)state;
	test_frame(ACCESS_READ, "P1:-1 S1 S5"); /* POLLIN alone (R14) */
}

/* Not seen by anybody else in between, a buffer stays ready: no second poll is asked for. */
static void two_brackets_one_wait(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 5), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0); /* all users done: writers too */
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_calls("P4:5 S2 S6 S1 S5");
	assert_clean(&access);
}

static void explicit_sync_needs_no_poll(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_RW), 0);
	assert_int_equal(access_end(&access, ACCESS_RW), 0);
	assert_calls("S3 S7");
	assert_clean(&access);
}

/*
 * The same by sync_file: R17 to R20.
 */

static void frame_by_sync_file(void **state)
{
	struct access access;
	int file;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_submit(&access), 0);
	file = access_snapshot(&access, ACCESS_READ);
	assert_int_equal(file, FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_READ, 5), 0);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_calls("E1 F1:5 S1 S5"); /* of a sync_file POLLIN says that it is signalled */
	assert_clean(&access);
	/* One of all users (R18) is one of the writers, too; and not the other way round. */
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_snapshot(&access, ACCESS_WRITE), FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_RW, 5), 0);
	assert_int_equal(access.ready, ACCESS_RW);
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_WRITE, 5), -EPROTO);
	assert_int_equal(access.ready, 0);
}

static void snapshot_before_submit(void **state)
{
	static const char late[] =
		"R19: the sync_file is older than the work that was submitted last";
	struct access access;
	int file;

	(void)state;
	for (int policy = ACCESS_ENFORCE; policy <= ACCESS_OBSERVE; policy++) {
		setup(NULL);
		access_init(&access, FD, (enum access_policy)policy);
		file = access_snapshot(&access, ACCESS_READ);
		assert_int_equal(access_submit(&access), 0);
		assert_int_equal(access_wait_file(&access, file, ACCESS_READ, 5),
				 policy == ACCESS_ENFORCE ? -EPROTO : 0);
		assert_violation(&access, 1, 19, late);
		assert_calls(policy == ACCESS_ENFORCE ? "E1" : "E1 F1:5");
		/* As a program that has this fault: it believes that the buffer is ready. */
		assert_int_equal(access.ready, policy == ACCESS_ENFORCE ? 0 : ACCESS_READ);
	}
}

static void sync_file_errors(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_export(FD, 0), -EINVAL); /* R17: and nothing is asked */
	assert_int_equal(access_export(FD, ACCESS_RW | BAD_BIT), -EINVAL);
	assert_int_equal(access_import(FD, FILE_FD, 0), -EINVAL);
	assert_calls("");
	plan_error(ENOTTY, 2); /* R23: a kernel that has no such thing */
	assert_int_equal(access_export(FD, ACCESS_READ), -ENOTTY);
	assert_int_equal(access_import(FD, FILE_FD, ACCESS_WRITE), -ENOTTY);
	assert_int_equal(access_import(FD, FILE_FD, ACCESS_WRITE), 0);
	assert_calls("E1 I2 I2");
	plan_error(ENOMEM, 1);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), -ENOMEM);
	assert_int_equal(access.known, 0);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), FILE_FD);
	plan((struct answer){ .result = 0 }, 1); /* not signalled in time */
	access.ready = 0;
	assert_int_equal(access_wait_file(&access, FILE_FD, ACCESS_READ, 0), -ETIME);
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_wait_file(&access, FILE_FD, 0, 0), -EINVAL);
	access.open = ACCESS_READ;
	assert_int_equal(access_wait_file(&access, FILE_FD, ACCESS_READ, 0), -EPROTO);
	assert_violation(&access, 2, 5, "R5: the wait comes after START, it belongs before");
}

/*
 * R8: EINTR and EAGAIN restart the ioctl, nothing else does.
 */

static void storm(int error, int times)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	plan_error(error, times);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(mock.made, times + 1);
	plan_error(error, times);
	mock.given = times;
	mock.planned = 2 * times;
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(mock.made, 2 * times + 2);
	assert_int_equal(access.restarts, 2 * times);
	for (int i = 0; i < mock.made; i++)
		assert_int_equal(mock.calls[i].flags, i <= times ? 2 : 6);
	assert_clean(&access);
}

static void eintr_storm(void **state)
{
	(void)state;
	storm(EINTR, 1000);
}

static void eagain_storm(void **state)
{
	(void)state;
	storm(EAGAIN, 1000);
}

static void begin_error(int error)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	plan_error(error, 1);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -error);
	assert_calls("S2");
	assert_int_equal(access.open, 0); /* the access may not begin */
	assert_clean(&access);		  /* the kernel's no is no wrong order */

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S2");
}

static void begin_errors_end_it(void **state)
{
	const int errors[] = { EINVAL, ENOTTY, EBADF, EIO, ENOMEM, EFAULT, ERESTART };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		setup(state);
		begin_error(errors[i]);
	}
}

static void end_error_publishes_nothing(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	plan_error(EIO, 1);
	assert_int_equal(access_end(&access, ACCESS_WRITE), -EIO);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_clean(&access);

	assert_int_equal(access_submit(&access), -EPROTO); /* what was not published stays here */
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_calls("S2 S6 S6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frame_write, setup),
		cmocka_unit_test_setup(frame_rw, setup),
		cmocka_unit_test_setup(frame_read, setup),
		cmocka_unit_test_setup(two_brackets_one_wait, setup),
		cmocka_unit_test_setup(explicit_sync_needs_no_poll, setup),
		cmocka_unit_test_setup(frame_by_sync_file, setup),
		cmocka_unit_test_setup(snapshot_before_submit, setup),
		cmocka_unit_test_setup(sync_file_errors, setup),
		cmocka_unit_test_setup(eintr_storm, setup),
		cmocka_unit_test_setup(eagain_storm, setup),
		cmocka_unit_test_setup(begin_errors_end_it, setup),
		cmocka_unit_test_setup(end_error_publishes_nothing, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
