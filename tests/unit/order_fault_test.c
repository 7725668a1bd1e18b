// SPDX-License-Identifier: MIT
/* Each fault: its calls, what the state machine of access.c says of them, and what the card shows of it. */
#include <errno.h>

#include "order_bench.h"
#include "fds.h"

static void wrong_buffer_submits_the_other(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	/* The other one holds a good card of its own, as after a control. */
	card_draw(&world->card, card_serial(0x12345, 2), 7, card_whole(&world->card),
		  world->buffers[1].map, STRIDE);
	world->buffers[1].access.ready = ACCESS_RW;
	assert_int_equal(perform(world, "wrong-buffer", 7), 0);
	/* It is the other one that is in use now, and has to be waited for (R5). */
	assert_int_equal(world->buffers[1].access.ready, 0);
	assert_string_equal(calls, "pollout start-w end-w submit-other");
	count = look(world);
	assert_int_equal(count.kind[CELL_FOREIGN], count.checked);
}

/* Whose descriptor has the number is what the kernel says: with the same buffer on both, it is this one. */
static void reused_fd_submits_who_has_the_number(void **state)
{
	struct world *world = *state;
	int fds = count_fds(), other = world->buffers[1].fd;

	world->buffers[1].access.ready = ACCESS_RW;
	assert_int_equal(perform(world, "reused-fd", 7), 0);
	assert_string_equal(calls, "pollout start-w end-w submit-other");
	assert_int_equal(world->buffers[1].access.ready, 0);
	assert_int_equal(world->seen.kind[CELL_UNWRITTEN], world->seen.checked);
	world->buffers[1].fd = world->buffers[0].fd;
	assert_int_equal(perform(world, "reused-fd", 8), 0);
	assert_string_equal(calls, "pollout start-w end-w submit");
	assert_true(cell_count_clean(&world->seen));
	world->buffers[1].fd = -1;
	assert_int_equal(perform(world, "reused-fd", 9), -EBADF);
	assert_non_null(strstr(world->why.text, "its number given to one of buffer 2: Bad file"));
	assert_string_equal(calls, "pollout start-w end-w");
	world->buffers[1].fd = other;
	assert_int_equal(count_fds(), fds);
}

/*
 * Every fault: the calls that it makes after one frame of its control, what the state machine of access.c alone says of
 * them (rules, as bits), and the errno that the kernel gives. Where the state machine says nothing, it can't.
 */
#define BIT(n) (UINT32_C(1) << (n))
#define READ_ON "peer-wait start-w end-w peer-read "

static const struct expected {
	const char *fault, *calls;
	uint32_t broken;
	int start_err; /* errno of this frame's STARTs */
	int refused;   /* which the fault goes over */
} every_fault[] = {
	{ "wrong-buffer", "pollout start-w end-w submit-other", 0, 0, 0 },
	{ "reused-fd", "pollout start-w end-w submit-other", 0, 0, 0 },
	{ "stride", "pollout start-w end-w submit", 0, 0, 0 },
	{ "no-bracket", "pollout submit", 0, 0, 0 },
	{ "no-start", PEER_WRITES "pollout end-rw submit", BIT(1), 0, 0 },
	{ "no-restart", PEER_WRITES "pollout start-rw end-rw submit", BIT(1), EINTR, -EINTR },
	{ "no-restart", PEER_WRITES "pollout start-rw end-rw submit", BIT(1), EAGAIN, -EAGAIN },
	{ "no-end", "pollout start-w submit", BIT(6), 0, 0 },
	{ "submit-open", "pollout start-w submit end-w", BIT(6), 0, 0 },
	{ "early-end", "pollout start-w end-w submit", 0, 0, 0 },
	{ "late-write", "pollout start-w end-w submit", 0, 0, 0 },
	{ "read-flag", "pollout start-r end-r submit", 0, 0, 0 },
	{ "end-flag", "pollout start-w end-r submit", BIT(2), 0, 0 },
	{ "no-flag", "pollout start- end- submit", BIT(9), 0, -EINVAL },
	{ "partial-write-flag", "pollout start-w end-w submit", 0, 0, 0 },
	{ "blend-write-flag", PEER_WRITES "pollout start-w end-w submit", 0, 0, 0 },
	{ "no-release", READ_ON "start-w end-w peer-judge submit", BIT(5), 0, 0 },
	{ "wait-in-only", "pollout start-w end-w peer-read pollin start-w end-w peer-judge submit",
	  BIT(5), 0, 0 },
	{ "in-out-poll",
	  "pollout start-w end-w peer-read poll-either start-w end-w peer-judge submit", 0, 0, 0 },
	{ "signal-early",
	  "peer-wait start-w peer-read end-w peer-wait start-w end-w peer-judge submit", BIT(6), 0,
	  0 },
	{ "private-map", "pollout start-w end-w submit", 0, 0, 0 },
	{ "memfd-map", "pollout start-w end-w submit", 0, 0, 0 },
	{ "snapshot-early", "export-w poll-file export-r peer-write poll-file start-r end-r submit",
	  BIT(19), 0, 0 },
	{ "read-no-start", PEER_WRITES "pollin end-r submit", BIT(1), 0, 0 },
	{ "read-no-restart", PEER_WRITES "pollin start-r end-r submit", BIT(1), EINTR, -EINTR },
	{ "read-no-wait", "pollout peer-write start-r end-r submit", BIT(5), 0, 0 },
	{ "read-write-flag", PEER_WRITES "pollin start-w end-w submit", BIT(5), 0, 0 },
	{ "read-after-end", PEER_WRITES "pollin start-r end-r submit", 0, 0, 0 },
};

enum { EVERY_FAULT = sizeof(every_fault) / sizeof(every_fault[0]) };

static void every_fault_makes_its_calls_and_the_state_machine_knows(void **state)
{
	struct world *world = *state;
	const struct order_seen *seen = &world->frame.seen;

	for (size_t i = 0; i < EVERY_FAULT; i++) {
		const struct expected *expected = &every_fault[i];
		const struct order *fault = order_find(expected->fault);

		use_sync_of(world, fault);
		assert_int_equal(perform(world, fault->control, 7), 0);
		assert_int_equal(seen->broken | seen->violations, 0);
		assert_null(seen->violation);
		fail_ioctl = expected->start_err;
		assert_int_equal(perform(world, expected->fault, 8), 0);
		fail_ioctl = 0;
		assert_string_equal(calls, expected->calls);
		assert_int_equal(seen->broken, expected->broken);
		assert_int_equal(seen->violations != 0, expected->broken != 0);
		assert_int_equal(seen->violation != NULL, expected->broken != 0);
		assert_int_equal(seen->refused, expected->refused);
		/* The row says so, too. */
		assert_int_equal(!!(fault->by & NOTICE_ACCESS), expected->broken != 0);
		assert_true(!expected->refused || fault->by & NOTICE_KERNEL);
	}
}

static void every_fault_is_in_the_table_above(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		int n = 0;

		for (size_t i = 0; i < EVERY_FAULT; i++)
			n += !strcmp(every_fault[i].fault, order->name);
		assert_int_equal(n != 0, order_is_fault(order));
	}
}

/* On plain memory, which is coherent, only a mix-up of places, buffers or times can be seen. */
static void where_memory_is_coherent_only_mix_ups_show(void **state)
{
	struct world *world = *state;

	for (const struct order *order = order_catalogue; order->name; order++) {
		bool reads_on = order->needs & ORDER_NEEDS_READER;

		use_sync_of(world, order);
		if (order_is_fault(order))
			assert_int_equal(perform(world, order->control, 7), 0);
		assert_int_equal(perform(world, order->name, 8), 0);
		assert_true(world->seen.checked && (!reads_on || world->read_seen.checked));
		assert_int_equal(cell_count_clean(&world->seen) &&
					 (!reads_on || cell_count_clean(&world->read_seen)),
				 !order->anywhere);
		assert_true(!order->anywhere || order_is_fault(order));
	}
}

/* With no START at all nothing is interrupted: then the order is in order. */
static void no_restart_takes_a_start_that_is_interrupted(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-restart", 7), 0);
	assert_int_equal(world->frame.seen.violations, 0);
	assert_int_equal(world->buffers[0].access.open, 0);
	/* Another error is one, to this program too. */
	fail_ioctl = EIO;
	assert_int_equal(perform(world, "no-restart", 8), -EIO);
	fail_ioctl = ENOTTY;
	assert_int_equal(perform(world, "no-flag", 9), 0);
}

static void a_stride_too_short_tears_all_rows_but_the_first(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_int_equal(perform(world, "stride", 8), 0);
	assert_int_equal(world->seen.kind[CELL_FRESH], world->card.cols - 1);
	/* Eight rows that are one cell too short: the last eight cells but one were not reached. */
	assert_int_equal(world->seen.kind[CELL_STALE], HEIGHT - 1);
	assert_int_equal(world->seen.kind[CELL_TORN],
			 world->seen.checked - world->card.cols + 1 - (HEIGHT - 1));
}

/* As if the device had not got the lines of the last rows, or of the right halves. */
static void a_late_write_is_expected_to_be_seen(void **state)
{
	struct world *world = *state;
	const struct card_expect *expect = &world->content[0].expect;

	assert_int_equal(perform(world, "late-write", 7), 0);
	assert_int_equal(expect->frame, 8);
	assert_int_equal(expect->rest, 7);
	assert_int_equal(expect->part.row, HEIGHT - HEIGHT / 4);
	assert_int_equal(expect->part.rows, HEIGHT / 4);
	card_draw(&world->card, expect->serial, 7, card_whole(&world->card), world->buffers[0].map,
		  STRIDE);
	world->seen = look(world);
	assert_int_equal(world->seen.kind[CELL_STALE], world->card.cols * (HEIGHT / 4));
	assert_int_equal(world->seen.kind[CELL_FRESH], world->card.cols * (HEIGHT - HEIGHT / 4));
}

static int peer_writes_nothing(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	(void)data;
	(void)serial;
	(void)frame;
	(void)why;
	return 0;
}

/* As if the CPU's cache had lines of an older frame, and the device never got others. */
static void old_lines_under_an_update_are_torn_and_under_a_blend_are_wrong(void **state)
{
	struct world *world = *state;
	uint64_t lasts = world->card.cols * (HEIGHT / 4);

	assert_int_equal(perform(world, "update-after-device", 7), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->peer_frame, 7);
	world->hands.peer_write = peer_writes_nothing;
	assert_int_equal(perform(world, "no-start", 8), 0);
	assert_int_equal(world->seen.kind[CELL_TORN], lasts);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked - lasts);
	world->hands.peer_write = peer_write;
	assert_int_equal(perform(world, "blend", 9), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->peer_frame, 8);
	world->hands.peer_write = peer_writes_nothing;
	assert_int_equal(perform(world, "blend-write-flag", 11), 0);
	assert_int_equal(world->seen.kind[CELL_FRESH], 0);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked - lasts);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(wrong_buffer_submits_the_other),
		TEST(reused_fd_submits_who_has_the_number),
		TEST(every_fault_makes_its_calls_and_the_state_machine_knows),
		TEST(where_memory_is_coherent_only_mix_ups_show),
		TEST(no_restart_takes_a_start_that_is_interrupted),
		TEST(a_stride_too_short_tears_all_rows_but_the_first),
		TEST(a_late_write_is_expected_to_be_seen),
		TEST(old_lines_under_an_update_are_torn_and_under_a_blend_are_wrong),
		cmocka_unit_test(every_fault_is_in_the_table_above),
	};

	return cmocka_run_group_tests_name("order faults", tests, NULL, NULL);
}
