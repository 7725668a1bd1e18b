// SPDX-License-Identifier: MIT
/* An order that can not go on: who is in its way is told, and nothing is submitted. */
#include <errno.h>

#include "order_bench.h"

static void a_peer_that_cannot_read_on_is_told(void **state)
{
	struct world *world = *state;

	world->hands.peer_read = NULL;
	assert_int_equal(perform(world, "overwrite-after-read", 7), -EOPNOTSUPP);
	assert_non_null(strstr(world->why.text, "a peer that reads on while the CPU goes on"));
	assert_string_equal(calls, "pollout start-w end-w");
}

static int peer_hangs(void *data, struct why *why)
{
	(void)data;
	return why_set(why, -ETIME, "the peer hangs");
}

static void a_peer_that_hangs_is_told_and_nothing_is_read(void **state)
{
	struct world *world = *state;

	world->hands.peer_wait = peer_hangs;
	assert_int_equal(perform(world, "read", 7), -ETIME);
	assert_string_equal(world->why.text, "wait of frame 7, order read: the peer hangs");
	assert_string_equal(calls, "pollout peer-write");
}

static void not_ready_is_told_and_nothing_is_touched(void **state)
{
	struct world *world = *state;

	never_ready = true;
	assert_int_equal(perform(world, "overwrite", 7), -ETIME);
	assert_non_null(strstr(world->why.text, "buffer 1 was not ready for writing"));
	assert_null(strstr(calls, "start"));
	assert_null(strstr(calls, "submit"));
}

/* The frame comes again later: the second look finds it ready, and the wait behind the peer may block. */
static void a_look_does_not_block_and_does_nothing(void **state)
{
	struct world *world = *state;

	never_ready = true;
	world->frame.look = true;
	assert_int_equal(perform(world, "overwrite", 7), -EAGAIN);
	assert_true(world->frame.seen.not_ready);
	assert_string_equal(calls, "pollout");
	assert_int_equal(poll_timeout, 0);
	assert_false(world->content[0].drawn);
	never_ready = false;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_false(world->frame.seen.not_ready);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_int_equal(poll_timeout, world->frame.wait_ms);
}

/* Not of each wait between two signals: of all of them together. */
static void a_time_limit_holds_in_a_storm_of_signals(void **state)
{
	struct world *world = *state;

	world->frame.wait_ms = 20;
	signals = 500;
	assert_int_equal(perform(world, "in-out-poll", 7), -ETIME);
	assert_int_equal(poll_timeout, 0);
	assert_in_range(signals, 1, 499);
}

static void a_failed_start_is_told_and_nothing_is_submitted(void **state)
{
	struct world *world = *state;

	fail_ioctl = ENOTTY;
	assert_int_equal(perform(world, "overwrite", 7), -ENOTTY);
	assert_non_null(strstr(world->why.text, "SYNC START of frame 7, order overwrite"));
	assert_null(strstr(calls, "submit"));
	assert_false(world->content[0].drawn);
}

static int refuse(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	(void)data;
	(void)serial;
	(void)frame;
	return why_set(why, -EOPNOTSUPP, "this peer can't write");
}

static void a_peer_that_cannot_write_is_told(void **state)
{
	struct world *world = *state;

	world->hands.peer_write = refuse;
	assert_int_equal(perform(world, "read", 7), -EOPNOTSUPP);
	assert_string_equal(world->why.text, "order read: this peer can't write");
	assert_string_equal(calls, "pollout");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_peer_that_cannot_read_on_is_told),
		TEST(a_peer_that_hangs_is_told_and_nothing_is_read),
		TEST(not_ready_is_told_and_nothing_is_touched),
		TEST(a_look_does_not_block_and_does_nothing),
		TEST(a_time_limit_holds_in_a_storm_of_signals),
		TEST(a_failed_start_is_told_and_nothing_is_submitted),
		TEST(a_peer_that_cannot_write_is_told),
	};

	return cmocka_run_group_tests_name("order errors", tests, NULL, NULL);
}
