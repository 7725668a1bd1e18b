// SPDX-License-Identifier: MIT
/*
 * access.c, wrong orders. Under ENFORCE: refused, and no syscall. Under OBSERVE: recorded, and
 * done. And the trace, which tells both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "access_mock.h"

static void begin_twice(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R11: START while a bracket is open";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 11, sentence);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_calls("S2");

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 11, sentence);
	assert_int_equal(access.open, ACCESS_WRITE); /* brackets don't count: the last one holds */
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access.open, 0);
	assert_calls("S1 S2 S6");
}

static void end_without_begin(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R1: END without a START";

	assert_int_equal(access_end(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 1, sentence);
	assert_calls("");

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 1, sentence);
	assert_calls("S6");
}

static void end_with_other_flags(void **state)
{
	static const char *const names[] = { NULL, "READ", "WRITE", "RW" };
	struct access access;
	char sentence[80];

	for (uint64_t open = 1; open <= 3; open++) {
		for (uint64_t end = 1; end <= 3; end++) {
			char calls[16];

			if (open == end)
				continue;
			snprintf(sentence, sizeof(sentence),
				 "R2: END(%s) closes a bracket opened with START(%s)", names[end],
				 names[open]);
			setup(state);
			access = ready_access(ACCESS_ENFORCE);
			assert_int_equal(access_begin(&access, open), 0);
			assert_int_equal(access_end(&access, end), -EPROTO);
			assert_violation(&access, 1, 2, sentence);
			assert_int_equal(access.open, open);
			assert_int_equal(mock.made, 1);

			setup(state);
			access = ready_access(ACCESS_OBSERVE);
			assert_int_equal(access_begin(&access, open), 0);
			assert_int_equal(access_end(&access, end), 0);
			assert_violation(&access, 1, 2, sentence);
			assert_int_equal(access.open, 0);
			snprintf(calls, sizeof(calls), "S%d S%d", (int)open, (int)end + 4);
			assert_calls(calls);
		}
	}
}

static void submit_while_open(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R6: submitted while a bracket is open, END comes first";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), -EPROTO);
	assert_violation(&access, 1, 6, sentence);
	assert_int_equal(access.ready, ACCESS_RW); /* it was not submitted */

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_violation(&access, 1, 6, sentence);
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S6");
}

static void begin_without_wait(void **state)
{
	struct access access;
	const char *sentence = "R5: START without having waited until the buffer is ready";

	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_begin(&access, ACCESS_READ), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("S1");
}

/* POLLIN says that the writers are done; readers may still be at it. */
static void begin_write_after_wait_read(void **state)
{
	struct access access;
	const char *sentence =
		"R5: START to write, but the wait was for READ: readers may be at it";

	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_READ, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_RW), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("P1:-1");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_wait(&access, ACCESS_READ, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("P1:-1 S2");
}

static void reuse_after_submit(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 5,
			 "R5: START without having waited until the buffer is ready");
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S6 P4:-1 S2");
}

static void wait_inside_bracket(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R5: the wait comes after START, it belongs before";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("S2");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_violation(&access, 2, 5, sentence);
	assert_calls("S2 P4:-1");
}

static void bad_flags(void **state)
{
	const uint64_t bad[] = { 0, BAD_BIT, BAD_BIT | ACCESS_WRITE, DMA_BUF_SYNC_END | ACCESS_RW,
				 UINT64_C(1) << 63 | ACCESS_READ };
	struct access access;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(state);
		access = ready_access(ACCESS_ENFORCE);
		assert_int_equal(access_wait(&access, bad[i], -1), -EINVAL);
		assert_violation(&access, 1, 9,
				 "R9: a wait for neither READ nor WRITE, or with unknown bits");
		assert_int_equal(access_begin(&access, bad[i]), -EINVAL);
		assert_violation(&access, 2, 9,
				 "R9: START with neither READ nor WRITE, or unknown bits");
		assert_int_equal(access_end(&access, bad[i]), -EINVAL);
		assert_violation(&access, 3, 9,
				 "R9: END with neither READ nor WRITE, or unknown bits");
		assert_calls("");
	}

	/* Watching: the kernel gets them as they are, and its answer is handed back. */
	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	plan_error(EINVAL, 2);
	assert_int_equal(access_wait(&access, 0, -1), -EINVAL);
	assert_int_equal(access_begin(&access, 0), -EINVAL);
	assert_int_equal(access.open, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE | BAD_BIT), -EINVAL);
	assert_int_equal(access.open, 0);
	assert_int_equal(access.violations, 3);
	assert_calls("S0 S10");

	/* Even where it lets such flags pass, no bracket was opened, and none closed. */
	assert_int_equal(access_begin(&access, ACCESS_WRITE | BAD_BIT), 0);
	assert_int_equal(access.open, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE | BAD_BIT), 0);
	assert_int_equal(access.open, ACCESS_WRITE);
}

/* Two rules broken by one call are both named, where the call is let through. */
static void observe_records_all(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_int_equal(access.violations, 5); /* R5; R11, R5; R2; R1 */
	assert_int_equal(access.broken, 1 << 5 | 1 << 11 | 1 << 2 | 1 << 1);
	assert_calls("S1 S2 S5 S5");
}

/*
 * The trace.
 */

static char traced[256];

static void trace(void *data, const struct access *access, enum access_call call, uint64_t flags,
		  int result)
{
	static const char *const names[] = { "wait", "begin", "end", "submit" };
	size_t len = strlen(traced);

	assert_ptr_equal(data, traced);
	assert_int_equal(access->fd, FD);
	snprintf(traced + len, sizeof(traced) - len, "%s%s(%u)=%d", len ? " " : "", names[call],
		 (unsigned int)flags, result == -EPROTO ? -1 : result);
}

static void trace_tells_all(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	access.trace = trace;
	access.trace_data = traced;
	access_begin(&access, ACCESS_RW);
	access_wait(&access, ACCESS_RW, -1);
	access_begin(&access, ACCESS_RW);
	access_submit(&access);
	access_end(&access, ACCESS_RW);
	access_submit(&access);
	assert_string_equal(traced, "begin(3)=-1 wait(3)=0 begin(3)=0 submit(3)=-1 end(3)=0 "
				    "submit(0)=0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(begin_twice, setup),
		cmocka_unit_test_setup(end_without_begin, setup),
		cmocka_unit_test_setup(end_with_other_flags, setup),
		cmocka_unit_test_setup(submit_while_open, setup),
		cmocka_unit_test_setup(begin_without_wait, setup),
		cmocka_unit_test_setup(begin_write_after_wait_read, setup),
		cmocka_unit_test_setup(reuse_after_submit, setup),
		cmocka_unit_test_setup(wait_inside_bracket, setup),
		cmocka_unit_test_setup(bad_flags, setup),
		cmocka_unit_test_setup(observe_records_all, setup),
		cmocka_unit_test_setup(trace_tells_all, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access: wrong orders", tests, NULL, NULL);
}
