// SPDX-License-Identifier: MIT
/*
 * Orders on a buffer in two dma-bufs, performed on plain memory: what reaches which of them, by a mock of poll and ioctl;
 * and that the card lies in both planes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/order.h"

enum { WIDTH = 64, HEIGHT = 8, STRIDE = 256, ROWS = HEIGHT + HEIGHT / 2, FD = 1000, SECOND_FD };

/* What reached the kernel: "p4 P4 s2 S2 e2 E2": poll for 4, START and END with flags 2; capitals: of the second. */
static char calls[256];

/* The call that fails, once, and with what; '\0': none does. */
static struct {
	char call;
	int error;
} failing;

static void note(char small, int fd, unsigned int number)
{
	size_t len = strlen(calls);

	assert_true(fd == FD || fd == SECOND_FD);
	if (fd == SECOND_FD)
		small = (char)(small - 'a' + 'A');
	snprintf(calls + len, sizeof(calls) - len, "%s%c%u", len ? " " : "", small, number);
	errno = 0;
	if (failing.call != small)
		return;
	errno = failing.error;
	failing.call = '\0';
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)timeout;
	assert_int_equal(count, 1);
	note('p', fds->fd, (unsigned int)fds->events);
	fds->revents = fds->events;
	return errno == EAGAIN ? 0 : 1; /* EAGAIN: not ready */
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	const struct dma_buf_sync *sync = arg;

	assert_true(request == DMA_BUF_IOCTL_SYNC);
	note(sync->flags & DMA_BUF_SYNC_END ? 'e' : 's', fd, sync->flags & DMA_BUF_SYNC_RW);
	return errno ? -1 : 0;
}

struct world {
	struct card card;
	struct buffer buffer;
	struct order_content content;
	struct order_frame frame;
	struct cell_verdict map[WIDTH / 64 * 8 * ROWS];
	struct cell_count seen;
	struct why why;
};

static int submit(void *data, enum order_target target, struct why *why)
{
	struct world *world = data;

	(void)target;
	(void)why;
	card_judge(&world->card, &world->content.expect, buffer_pixels(&world->buffer), STRIDE,
		   world->map);
	cell_count_add(&world->seen, &world->card, world->frame.frame, world->map);
	return 0;
}

static int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct world *world = data;

	(void)why;
	card_draw(&world->card, serial, frame, card_whole(&world->card),
		  buffer_pixels(&world->buffer), STRIDE);
	return 0;
}

static int peer_judge(void *data, const struct card_expect *expect, struct why *why)
{
	(void)data;
	(void)expect;
	(void)why;
	return 0;
}

static int peer_read(void *data, struct why *why)
{
	(void)data;
	(void)why;
	return 0;
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct buffer *buffer = &world->buffer;

	calls[0] = '\0';
	failing.call = '\0';
	assert_int_equal(card_init(&world->card, DRM_FORMAT_NV12, WIDTH, HEIGHT), 0);
	assert_true((size_t)world->card.cols * world->card.rows <=
		    sizeof(world->map) / sizeof(world->map[0]));
	*buffer = (struct buffer){ .fd = FD,
				   .disjoint = true,
				   .second = SECOND_FD,
				   .first_size = HEIGHT * STRIDE,
				   .size = ROWS * STRIDE,
				   .width = WIDTH,
				   .height = HEIGHT,
				   .fourcc = DRM_FORMAT_NV12,
				   .stride = STRIDE,
				   .number = 1 };
	buffer->map = calloc(1, buffer->size);
	access_init(&buffer->access, FD, ACCESS_ENFORCE);
	buffer->access.more[0] = SECOND_FD;
	buffer->access.mores = 1;
	world->frame = (struct order_frame){
		.card = &world->card,
		.buffer = buffer,
		.content = &world->content,
		.run = 0x12345,
		.frame = 7,
		.wait_ms = 10,
		.map = world->map,
	};
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	card_finish(&world->card);
	free(world->buffer.map);
	free(world);
	return 0;
}

static int perform(struct world *world, const char *name)
{
	const struct order_hands hands = {
		.data = world,
		.submit = submit,
		.peer_write = peer_write,
		.peer_read = peer_read,
		.peer_judge = peer_judge,
	};

	return order_perform(order_find(name), &world->frame, &hands, &world->why);
}

static void each_dma_buf_has_its_calls_and_both_planes_their_cells(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite"), 0);
	assert_string_equal(calls, "p4 P4 s2 S2 e2 E2");
	assert_int_equal(world->seen.checked, world->card.cols * ROWS);
	assert_true(cell_count_clean(&world->seen));
}

static void a_second_that_is_not_ready_stops_it(void **state)
{
	struct world *world = *state;

	world->frame.look = true;
	failing.call = 'P';
	failing.error = EAGAIN;
	assert_int_equal(perform(world, "overwrite"), -EAGAIN);
	assert_true(world->frame.seen.not_ready);
	assert_string_equal(calls, "p4 P4");
}

static void a_second_that_fails_leaves_nothing_open(void **state)
{
	struct world *world = *state;

	failing.call = 'S';
	failing.error = EIO;
	assert_int_equal(perform(world, "overwrite"), -EIO);
	assert_string_equal(calls, "p4 P4 s2 S2 e2");
	assert_int_equal(world->seen.checked, 0);
}

/* One END has failed: it is tried once more, so that the next START finds no bracket; and nothing is submitted. */
static void an_end_that_fails_submits_nothing(void **state)
{
	struct world *world = *state;

	failing.call = 'E';
	failing.error = EIO;
	assert_int_equal(perform(world, "overwrite"), -EIO);
	assert_string_equal(calls, "p4 P4 s2 S2 e2 E2 E2");
	assert_int_equal(world->seen.checked, 0);
}

/* Interrupted at the first, the second has no START at all; interrupted at the second, that one has none. */
static void a_start_that_is_taken_for_done_ends_there(void **state)
{
	struct world *world = *state;

	failing.call = 's';
	failing.error = EINTR;
	assert_int_equal(perform(world, "no-restart"), 0);
	assert_string_equal(calls, "p4 P4 p4 P4 s3 e3 E3");
	assert_int_equal(world->frame.seen.refused, -EINTR);

	calls[0] = '\0';
	failing.call = 'S';
	assert_int_equal(perform(world, "no-restart"), 0);
	assert_string_equal(calls, "p4 P4 p4 P4 s3 S3 e3 E3");
	assert_int_equal(world->frame.seen.refused, -EINTR);
}

static void a_wrong_poll_is_wrong_for_both(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "in-out-poll"), 0);
	assert_string_equal(calls, "p4 P4 s2 S2 e2 E2 p5 P5 s2 S2 e2 E2");
}

static void an_order_about_a_map_is_refused(void **state)
{
	struct world *world = *state;

	for (const struct order *order = order_catalogue; order->name; order++) {
		if (!order_makes_map(order))
			continue;
		calls[0] = '\0';
		assert_int_equal(perform(world, order->name), -EOPNOTSUPP);
		assert_non_null(strstr(world->why.text, "--planes=disjoint"));
		assert_string_equal(calls, "p4 P4");
	}
	assert_true(order_makes_map(order_find("private-map")));
	assert_false(order_makes_map(order_find("overwrite")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_dma_buf_has_its_calls_and_both_planes_their_cells),
		TEST(a_second_that_is_not_ready_stops_it),
		TEST(a_second_that_fails_leaves_nothing_open),
		TEST(an_end_that_fails_submits_nothing),
		TEST(a_start_that_is_taken_for_done_ends_there),
		TEST(a_wrong_poll_is_wrong_for_both),
		TEST(an_order_about_a_map_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("order, disjoint planes", tests, NULL, NULL);
}
