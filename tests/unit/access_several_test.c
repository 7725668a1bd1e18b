// SPDX-License-Identifier: MIT
/*
 * access.c with a picture in two dma-bufs (R31): each is waited for, begun and ended; and what one of them refuses
 * leaves no bracket open in the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "access_mock.h"
#include "fds.h"

static int fds_before;

/* access_add() looks at descriptors, so these are some; whatever else is asked of them is the mock's. */
static int setup_two(void **state)
{
	int first = memfd_create("first", MFD_CLOEXEC),
	    second = memfd_create("second", MFD_CLOEXEC);

	fds_before = count_fds();
	if (dup3(first, FD, O_CLOEXEC) < 0 || dup3(second, SECOND_FD, O_CLOEXEC) < 0)
		return -1;
	close(first);
	close(second);
	return setup(state);
}

static int teardown_two(void **state)
{
	(void)state;
	return count_fds() != fds_before || close(FD) || close(SECOND_FD);
}

static struct access two(enum access_policy policy)
{
	struct access access;

	access_init(&access, FD, policy);
	assert_int_equal(access_add(&access, SECOND_FD), 0);
	return access;
}

static struct access two_ready(enum access_policy policy)
{
	struct access access = two(policy);

	access_is_ready(&access, ACCESS_RW);
	return access;
}

static void each_has_its_calls(void **state)
{
	struct access access = two(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_calls("P4:-1 P4:-1b S2 S2b S6 S6b");
	assert_clean(&access);
}

/* Which dma-buf it is counts, not the number of the descriptor: brackets don't nest. */
static void one_twice_is_one(void **state)
{
	struct access access = two_ready(ACCESS_ENFORCE);
	int again = dup(FD), again_second = dup(SECOND_FD);

	(void)state;
	assert_int_equal(access_add(&access, again), 0);
	assert_int_equal(access_add(&access, again_second), 0);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_calls("S1 S1b S5 S5b");
	close(again);
	close(again_second);
}

static void add_refuses(void **state)
{
	struct access access = two(ACCESS_ENFORCE);
	int more[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		more[i] = memfd_create("more", MFD_CLOEXEC);
	assert_int_equal(access_add(&access, -1), -EBADF);
	assert_int_equal(access_add(&access, more[0]), 0);
	assert_int_equal(access_add(&access, more[1]), 0);
	assert_int_equal(access_add(&access, more[2]), -ENOSPC); /* a fifth plane */
	assert_int_equal(access_add(&access, SECOND_FD), 0);	 /* it is there already */
	for (int i = 0; i < 3; i++)
		close(more[i]);
}

/* One limit for all, not one for each. */
static void the_limit_is_for_both(void **state)
{
	struct access access = two(ACCESS_ENFORCE);

	(void)state;
	plan((struct answer){ .result = 1, .revents = POLLOUT, .takes_ms = 70 }, 1);
	plan((struct answer){ .result = 0, .takes_ms = 30 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 100), -ETIME);
	assert_calls("P4:100 P4:30b");
	assert_int_equal(access.ready, 0);

	setup(NULL);
	plan((struct answer){ .result = 1, .revents = POLLOUT, .takes_ms = 120 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 100), 0); /* the second: a look */
	assert_calls("P4:100 P4:0b");

	setup(NULL);
	plan((struct answer){ .result = 0 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 0), -ETIME); /* the first isn't */
	assert_calls("P4:0");
}

/* The state machine's word is about both: nothing is begun where one isn't ready. */
static void one_that_is_not_ready_is_none(void **state)
{
	struct access access = two(ACCESS_ENFORCE);

	(void)state;
	plan((struct answer){ .result = 1, .revents = POLLOUT }, 1);
	plan((struct answer){ .result = 0 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 0), -ETIME);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);
	assert_calls("P4:0 P4:0b");
}

static void an_interrupted_second_is_restarted_alone(void **state)
{
	struct access access = two_ready(ACCESS_ENFORCE);

	(void)state;
	plan((struct answer){ 0 }, 1);
	plan_error(EINTR, 2);
	plan_error(EAGAIN, 1);
	plan((struct answer){ 0 }, 2);
	plan_error(EINTR, 1);
	assert_int_equal(access_begin(&access, ACCESS_RW), 0);
	assert_int_equal(access_end(&access, ACCESS_RW), 0);
	assert_calls("S3 S3b S3b S3b S3b S7 S7b S7b");
	assert_int_equal(access.restarts, 4);
}

static void a_second_that_fails_ends_the_first(void **state)
{
	struct access access = two_ready(ACCESS_ENFORCE);

	(void)state;
	plan((struct answer){ 0 }, 1);
	plan_error(EIO, 1);
	plan_error(EINTR, 1); /* the END that makes it good is restarted, too */
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EIO);
	assert_calls("S2 S2b S6 S6");
	assert_int_equal(access.open, 0);

	setup(NULL); /* and it can be begun anew */
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S2b S6 S6b");
	assert_clean(&access);
}

/* Of three: the third fails, the first can't be ended, and the second is ended all the same. */
static void an_end_that_fails_leaves_out_no_other(void **state)
{
	struct access access = two(ACCESS_ENFORCE);
	int third = memfd_create("third", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(dup3(third, FILE_FD, O_CLOEXEC),
			 FILE_FD); /* some dma-buf that the mock knows */
	close(third);
	assert_int_equal(access_add(&access, FILE_FD), 0);
	access_is_ready(&access, ACCESS_RW);
	plan((struct answer){ 0 }, 2);
	plan_error(EIO, 2);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EIO);
	assert_calls("S2 S2b S2 S6 S6b");
	close(FILE_FD);
}

/* Of one that comes late nothing is known; in a bracket it comes too late. */
static void who_is_added_is_not_ready(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_add(&access, SECOND_FD), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);

	access = ready_access(ACCESS_ENFORCE);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_add(&access, SECOND_FD), -EPROTO);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S6");
}

static void a_first_that_fails_is_all(void **state)
{
	struct access access = two_ready(ACCESS_ENFORCE);

	(void)state;
	plan_error(ENODEV, 1);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -ENODEV);
	assert_calls("S2");
}

/* The bracket stays open, and what was ended once is not ended again. */
static void an_end_that_fails_goes_on_where_it_was(void **state)
{
	struct access access = two_ready(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	plan((struct answer){ 0 }, 1);
	plan_error(EIO, 1);
	assert_int_equal(access_end(&access, ACCESS_WRITE), -EIO);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_int_equal(access_submit(&access), -EPROTO);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_calls("S2 S2b S6 S6b S6b");
}

/* Watched only: what a fault leaves out is left out for both, what it does too often too. */
static void observed_calls_go_to_both(void **state)
{
	struct access access = two_ready(ACCESS_OBSERVE);

	(void)state;
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 1, "R1: END without a START");
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 2, 11, "R11: START while a bracket is open");
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S6 S6b S2 S2b S2 S2b S6 S6b");
}

/* A START too many that fails: the bracket that was open stays it, in both. */
static void a_failed_start_inside_a_bracket_ends_nothing(void **state)
{
	struct access access = two_ready(ACCESS_OBSERVE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	plan((struct answer){ 0 }, 1);
	plan_error(EIO, 1);
	assert_int_equal(access_begin(&access, ACCESS_RW), -EIO);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S2b S3 S3b S6 S6b");
}

static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0;
}

static void one_sync_file_for_both(void **state)
{
	struct access access = two(ACCESS_ENFORCE);
	int file;

	(void)state;
	mock.opens = true;
	file = access_snapshot(&access, ACCESS_WRITE);
	assert_int_equal(file, MERGED_FD);
	assert_true(is_closed(FILE_FD) && is_closed(OTHER_FILE_FD) && !is_closed(MERGED_FD));
	assert_int_equal(access_wait_file(&access, file, ACCESS_WRITE, 5), 0);
	assert_calls("E2 E2b M F1:5b");
	close(MERGED_FD);
}

/* Which of the three calls fails is the same to the caller. */
static void no_sync_file_of_one_is_none(void **state)
{
	(void)state;
	for (int works = 0; works < 3; works++) {
		struct access access = two(ACCESS_ENFORCE);

		setup(NULL);
		mock.opens = true;
		plan((struct answer){ 0 }, works);
		plan_error(ENOTTY, 1);
		assert_int_equal(access_snapshot(&access, ACCESS_READ), -ENOTTY);
		assert_true(is_closed(FILE_FD) && is_closed(OTHER_FILE_FD));
		assert_int_equal(access.known, 0);
		assert_int_equal(mock.made, works + 1);
	}
}

#define TEST_TWO(f) cmocka_unit_test_setup_teardown(f, setup_two, teardown_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWO(each_has_its_calls),
		TEST_TWO(one_twice_is_one),
		TEST_TWO(add_refuses),
		TEST_TWO(the_limit_is_for_both),
		TEST_TWO(one_that_is_not_ready_is_none),
		TEST_TWO(an_interrupted_second_is_restarted_alone),
		TEST_TWO(a_second_that_fails_ends_the_first),
		TEST_TWO(an_end_that_fails_leaves_out_no_other),
		TEST_TWO(who_is_added_is_not_ready),
		TEST_TWO(a_first_that_fails_is_all),
		TEST_TWO(an_end_that_fails_goes_on_where_it_was),
		TEST_TWO(observed_calls_go_to_both),
		TEST_TWO(a_failed_start_inside_a_bracket_ends_nothing),
		TEST_TWO(one_sync_file_for_both),
		TEST_TWO(no_sync_file_of_one_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access, several dma-bufs", tests, NULL, NULL);
}
