// SPDX-License-Identifier: MIT
/* Each order: the calls that it makes, by each kind of sync, and the card that is there then. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "order_bench.h"
#include "fds.h"

static void overwrite_is_wait_start_end_submit(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "pollout start-w end-w submit");
	count = look(world);
	assert_int_equal(count.checked, WIDTH / 16 * HEIGHT);
	assert_true(cell_count_clean(&count));
}

static void partial_update_is_a_read_write_bracket(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_string_equal(calls, "pollout start-rw end-rw submit");
}

static void partial_update_keeps_the_other_half(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	for (uint32_t frame = 7; frame < 12; frame++) {
		assert_int_equal(perform(world, "partial-update", frame), 0);
		count = look(world);
		assert_true(cell_count_clean(&count));
		/* The first is whole, each next one a half. */
		assert_int_equal(world->content[0].expect.part.rows,
				 frame == 7 ? HEIGHT : HEIGHT / 2);
	}
}

static void partial_update_shows_a_lost_half(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_int_equal(perform(world, "partial-update", 8), 0);
	/* As if the half that was not redrawn had been thrown away. */
	world->content[0].expect.rest = 6;
	count = look(world);
	assert_int_equal(count.kind[CELL_AHEAD], count.checked / 2);
	assert_int_equal(count.kind[CELL_FRESH], count.checked / 2);
}

static void read_waits_for_writers(void **state)
{
	struct world *world = *state;
	struct cell_count count = { 0 };

	assert_int_equal(perform(world, "read", 7), 0);
	assert_string_equal(calls, "pollout peer-write peer-wait pollin start-r end-r submit");
	cell_count_add(&count, &world->card, 7, world->map);
	assert_true(cell_count_clean(&count));
}

static void each_kind_of_sync_waits_its_way(void **state)
{
	struct world *world = *state;
	int fds = count_fds();

	world->frame.sync = ORDER_SYNC_FILE;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "export-w poll-file start-w end-w submit");
	assert_int_equal(perform(world, "partial-update", 8), 0);
	assert_string_equal(calls, "export-w poll-file start-rw end-rw submit");
	assert_int_equal(perform(world, "read", 9), 0);
	assert_string_equal(calls, "export-w poll-file peer-write export-r poll-file start-r end-r "
				   "submit");
	assert_int_equal(perform(world, "read-by-snapshot", 10), 0);
	assert_string_equal(calls, "export-w poll-file peer-write export-r poll-file start-r end-r "
				   "submit");
	assert_int_equal(perform(world, "snapshot-early", 11), 0);
	never_ready = true;
	assert_int_equal(perform(world, "read", 12), -ETIME);
	assert_non_null(strstr(world->why.text, "buffer 1 was not ready for writing within 10 ms"));
	fail_export = ENOTTY;
	assert_int_equal(perform(world, "overwrite", 13), -ENOTTY);
	assert_non_null(strstr(world->why.text, "it came with Linux 6.0"));
	assert_int_equal(count_fds(), fds);
	/* The release point alone: nobody asks the dma-buf. */
	world->frame.sync = ORDER_SYNCOBJ;
	assert_int_equal(perform(world, "in-out-poll", 13), -EOPNOTSUPP);
	assert_string_equal(world->why.text, "order in-out-poll is not one of syncobj sync; "
					     "staleline check performs it");
	assert_string_equal(calls, "");
	assert_int_equal(perform(world, "overwrite", 14), 0);
	assert_string_equal(calls, "peer-wait start-w end-w submit");
	assert_int_equal(perform(world, "read", 15), 0);
	assert_string_equal(calls, "peer-wait peer-write peer-wait start-r end-r submit");
	assert_int_equal(world->frame.seen.violations, 0);
}

/* What the peer has to find is what was there when it was told to read. */
static void a_peer_that_reads_on_is_waited_for(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite-after-read", 7), 0);
	assert_string_equal(calls, "pollout start-w end-w peer-read pollout start-w end-w "
				   "peer-judge submit");
	assert_true(world->read_seen.checked && cell_count_clean(&world->read_seen));
	assert_true(cell_count_clean(&world->seen));
	/* START makes up for it. */
	assert_int_equal(perform(world, "wait-in-only", 8), 0);
	assert_true(cell_count_clean(&world->read_seen));
	world->frame.sync = ORDER_SYNCOBJ; /* and can't, where it knows of no reader */
	assert_int_equal(perform(world, "no-release", 9), 0);
	assert_int_equal(world->read_seen.kind[CELL_FRESH], world->read_seen.checked / 2);
	assert_int_equal(world->read_seen.kind[CELL_AHEAD], world->read_seen.checked / 2);
	assert_true(cell_count_clean(&world->seen));
}

static void a_map_is_as_the_order_says(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite-mapped", 7), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(perform(world, "memfd-map", 8), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(perform(world, "private-map", 9), 0);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked);
	assert_int_equal(world->frame.seen.refused, 0); /* a memfd allows it */
	close(world->buffers[0].fd);
	world->buffers[0].fd = open("/dev/null", O_RDWR | O_CLOEXEC); /* it has no mmap */
	assert_int_equal(perform(world, "private-map", 10), 0);
	assert_int_equal(world->frame.seen.refused, -ENODEV);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked);
	assert_int_equal(perform(world, "overwrite-mapped", 11), -EINVAL);
	world->hands.memfd = NULL;
	assert_int_equal(perform(world, "memfd-map", 12), -EOPNOTSUPP);
}

static int peer_is_slow(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct world *world = data;

	/* So far it has written one row. */
	(void)why;
	card_draw(&world->card, serial, frame, (struct card_area){ 0, 0, world->card.cols, 1 },
		  world->frame.buffer->map, STRIDE);
	return 0;
}

static void what_was_read_is_what_is_judged_and_kept(void **state)
{
	struct world *world = *state;
	struct cell_count count = { 0 };
	char *copy = calloc(HEIGHT, STRIDE);

	world->frame.copy = copy;
	assert_int_equal(perform(world, "read", 7), 0);
	world->hands.peer_write = peer_is_slow;
	assert_int_equal(perform(world, "read-no-wait", 8), 0);
	cell_count_add(&count, &world->card, 8, world->map);
	assert_int_equal(count.kind[CELL_FRESH], world->card.cols);
	assert_int_equal(count.kind[CELL_STALE], world->card.cols * (HEIGHT - 1));
	assert_memory_equal(copy, world->buffers[0].map, (size_t)HEIGHT * STRIDE);
	free(copy);
}

/* A release point was waited for: the dma-buf isn't asked, until a peer has written (R7). */
static void what_was_waited_for_is_not_polled(void **state)
{
	struct world *world = *state;

	never_ready = true;
	world->frame.waited = true;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "start-w end-w submit");
	never_ready = false;
	assert_int_equal(perform(world, "read", 8), 0);
	assert_string_equal(calls, "peer-write peer-wait pollin start-r end-r submit");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(overwrite_is_wait_start_end_submit),
		TEST(partial_update_is_a_read_write_bracket),
		TEST(partial_update_keeps_the_other_half),
		TEST(partial_update_shows_a_lost_half),
		TEST(read_waits_for_writers),
		TEST(each_kind_of_sync_waits_its_way),
		TEST(a_peer_that_reads_on_is_waited_for),
		TEST(a_map_is_as_the_order_says),
		TEST(what_was_read_is_what_is_judged_and_kept),
		TEST(what_was_waited_for_is_not_polled),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
