// SPDX-License-Identifier: MIT
/* What a fault leaves behind, and what the next order makes of it. */
#include <errno.h>
#include <sys/mman.h>

#include "order_bench.h"

/* Else what it left dirty could go back over what the peer writes: see order_model_test. */
static void a_control_whose_peer_writes_cleans_up_after_a_fault(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_string_equal(calls, "end-w pollout start-rw end-rw " PEER_WRITES
				   "pollin start-r end-r submit");
	assert_int_equal(perform(world, "read", 9), 0);
	assert_string_equal(calls, PEER_WRITES "pollin start-r end-r submit");
	assert_int_equal(perform(world, "no-end", 10), 0);
	never_ready = true;
	assert_int_equal(perform(world, "blend", 11), -ETIME);
	assert_non_null(strstr(world->why.text, "cleaning up after a fault: buffer 1 was not"));
}

/* The event loop goes on; the next try cleans up all the same. */
static void who_only_looks_cleans_up_another_time(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	world->frame.look = true;
	never_ready = true;
	assert_int_equal(perform(world, "blend", 8), -EAGAIN);
	assert_true(world->frame.seen.not_ready);
	assert_string_equal(world->why.text, "");
	never_ready = false;
	assert_int_equal(perform(world, "blend", 9), 0);
	assert_string_equal(calls, "pollout start-rw end-rw pollout peer-write peer-wait pollout "
				   "start-rw end-rw submit");
}

static void a_control_after_a_fault_builds_on_nothing(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_int_equal(perform(world, "no-end", 8), 0);
	memset(world->buffers[0].map, 0, (size_t)HEIGHT * STRIDE);
	assert_int_equal(perform(world, "partial-update", 9), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->content[0].expect.part.rows, HEIGHT);
	assert_int_equal(perform(world, "partial-update", 10), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->content[0].expect.part.rows, HEIGHT / 2);
}

static void no_end_leaves_the_bracket_open_and_a_control_ends_it(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "no-end", 7), 0);
	assert_int_equal(access->open, ACCESS_WRITE);
	/* Again: the next START finds it open, as in a program that has this fault. */
	assert_int_equal(perform(world, "no-end", 8), 0);
	assert_string_equal(calls, "pollout start-w submit");
	assert_true(access->broken & 1u << 6); /* R6: submitted while open */
	assert_true(access->broken & 1u << 11);
	assert_int_equal(perform(world, "overwrite", 9), 0);
	assert_string_equal(calls, "end-w pollout start-w end-w submit");
	assert_int_equal(access->open, 0);
	assert_int_equal(perform(world, "overwrite", 10), 0);
	assert_string_equal(calls, "pollout start-w end-w submit");
}

/* Between two faults, and for whatever else touches the buffer. */
static void settling_ends_what_is_open_and_brings_the_rules_back(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "no-end", 7), 0);
	calls[0] = '\0';
	assert_int_equal(order_settle(&world->buffers[0], &world->why), 0);
	assert_string_equal(calls, "end-w");
	assert_int_equal(access->open, 0);
	assert_int_equal(access->policy, ACCESS_ENFORCE);
	assert_int_equal(order_settle(&world->buffers[0], &world->why), 0);
	assert_string_equal(calls, "end-w");
	fail_end = EIO;
	access->open = ACCESS_READ;
	assert_int_equal(order_settle(&world->buffers[0], &world->why), -EIO);
}

static void a_bracket_that_cannot_be_ended_stops_the_control(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	fail_end = EIO;
	assert_int_equal(perform(world, "overwrite", 8), -EIO);
	assert_non_null(strstr(world->why.text, "ending the bracket that a fault left open"));
	assert_string_equal(calls, "end-w");
}

static void a_stray_end_is_refused_by_some_and_the_frame_goes_on(void **state)
{
	struct world *world = *state;

	fail_end = EINVAL; /* udmabuf */
	assert_int_equal(perform(world, "read-no-start", 7), 0);
	assert_string_equal(calls, "pollout peer-write peer-wait pollin end-r submit");
	fail_end = EIO;
	assert_int_equal(perform(world, "read-no-start", 8), -EIO);
	assert_null(strstr(calls, "submit"));
	/* Not of an END that had its START. */
	fail_end = EINVAL;
	assert_int_equal(perform(world, "read-no-wait", 9), -EINVAL);
}

static void a_control_is_held_to_the_rules_and_a_fault_is_not(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "read-no-wait", 7), 0);
	assert_int_equal(access->policy, ACCESS_OBSERVE);
	assert_true(access->broken & 1u << 5);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_int_equal(access->policy, ACCESS_ENFORCE);
}

static int warm_up(struct world *world, const char *name)
{
	calls[0] = '\0';
	return order_warm_up(order_find(name), &world->frame, &world->hands, &world->why);
}

/* Before each frame, and the control's, too: END may have thrown out what was there. */
static void who_updates_what_a_peer_wrote_has_read_it_before(void **state)
{
	static const char *const warm[] = { "update-after-device", "no-start", "no-restart" };
	struct world *world = *state;
	struct buffer *buffer = &world->buffers[0];
	unsigned char resident = 0xff;

	assert_int_equal(mincore(buffer->map, buffer->size, &resident), 0);
	assert_int_equal(resident & 1, 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(warm_up(world, warm[i]), 0);
		assert_string_equal(calls, "pollout start-r end-r");
	}
	assert_int_equal(mincore(buffer->map, buffer->size, &resident), 0);
	assert_int_equal(resident & 1, 1); /* it was touched */
	world->frame.sync = ORDER_SYNC_FILE;
	assert_int_equal(warm_up(world, "no-start"), 0);
	assert_string_equal(calls, "export-w poll-file start-r end-r");
	world->frame.sync = ORDER_SYNCOBJ;
	assert_int_equal(warm_up(world, "no-start"), 0);
	assert_string_equal(calls, "peer-wait start-r end-r");
	world->frame.sync = ORDER_IMPLICIT;
	world->frame.waited = true; /* as for its first step: nobody is asked */
	assert_int_equal(warm_up(world, "no-start"), 0);
	assert_string_equal(calls, "start-r end-r");
	assert_int_equal(world->buffers[0].access.violations, 0);
}

static void who_overwrites_or_reads_needs_no_warm_up(void **state)
{
	struct world *world = *state;

	for (const struct order *order = order_catalogue; order->name; order++) {
		assert_int_equal(warm_up(world, order->name), 0);
		assert_int_equal(calls[0] != '\0', order->direction == ORDER_CPU_WRITE &&
							   (order->needs & ORDER_NEEDS_WARM) != 0);
	}
}

static void a_warm_up_settles_first_and_tells_what_stops_it(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	assert_int_equal(warm_up(world, "no-start"), 0);
	assert_string_equal(calls, "end-w pollout start-r end-r");
	fail_ioctl = EIO;
	assert_int_equal(warm_up(world, "no-start"), -EIO);
	assert_string_equal(world->why.text,
			    "reading buffer 1 before order no-start: Input/output error");
	assert_string_equal(calls, "pollout start-r");
	never_ready = true;
	assert_int_equal(warm_up(world, "no-start"), -ETIME);
	assert_non_null(strstr(world->why.text, "order no-start: buffer 1 was not ready for writ"));
	assert_string_equal(calls, "pollout");
}

/* As the order itself does: the event loop goes on, and comes again. */
static void who_only_looks_reads_nothing_of_a_buffer_that_is_not_ready(void **state)
{
	struct world *world = *state;

	world->frame.look = true;
	never_ready = true;
	assert_int_equal(warm_up(world, "no-start"), -EAGAIN);
	assert_true(world->frame.seen.not_ready);
	assert_string_equal(calls, "pollout");
	assert_string_equal(world->why.text, "");
	never_ready = false;
	assert_int_equal(warm_up(world, "no-start"), 0);
	assert_false(world->frame.seen.not_ready);
	assert_string_equal(calls, "pollout start-r end-r");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_control_whose_peer_writes_cleans_up_after_a_fault),
		TEST(who_only_looks_cleans_up_another_time),
		TEST(a_control_after_a_fault_builds_on_nothing),
		TEST(no_end_leaves_the_bracket_open_and_a_control_ends_it),
		TEST(settling_ends_what_is_open_and_brings_the_rules_back),
		TEST(a_bracket_that_cannot_be_ended_stops_the_control),
		TEST(a_stray_end_is_refused_by_some_and_the_frame_goes_on),
		TEST(a_control_is_held_to_the_rules_and_a_fault_is_not),
		TEST(who_updates_what_a_peer_wrote_has_read_it_before),
		TEST(who_overwrites_or_reads_needs_no_warm_up),
		TEST(a_warm_up_settles_first_and_tells_what_stops_it),
		TEST(who_only_looks_reads_nothing_of_a_buffer_that_is_not_ready),
	};

	return cmocka_run_group_tests_name("order settled", tests, NULL, NULL);
}
