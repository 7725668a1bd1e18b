// SPDX-License-Identifier: MIT
/*
 * The probe, on plain memory: two copies of a buffer, of which SYNC END carries the one to the other, as on a
 * device that isn't coherent, and a peer that looks at either.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "peer/probe.h"

enum { WIDTH = 64, HEIGHT = 8, STRIDE = WIDTH * 4, CELLS = WIDTH / 16 * HEIGHT, SERIAL = 0x123 };

static char cpu[STRIDE * HEIGHT], device[STRIDE * HEIGHT];
static int starts, ends, fail_end, read_error;
static const char *seen; /* which copy the peer looks at */

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)count;
	(void)timeout;
	fds->revents = fds->events;
	return 1;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	const struct dma_buf_sync *sync = arg;

	(void)fd;
	assert_true(request == DMA_BUF_IOCTL_SYNC);
	if (!(sync->flags & DMA_BUF_SYNC_END)) {
		starts++;
		return 0;
	}
	ends++;
	memcpy(device, cpu, sizeof(device));
	errno = fail_end;
	return fail_end ? -1 : 0;
}

static int look(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
		struct cell_verdict *map, uint32_t *heat, struct why *why)
{
	(void)image;
	(void)heat;
	if (read_error)
		return why_set(why, read_error, "can't look");
	card_judge(peer->card, expect, seen, STRIDE, map);
	return 0;
}

static const struct peer_ops ops = { .name = "fake", .read = look };

struct world {
	struct card card;
	struct peer peer;
	struct buffer buffer;
	struct staleline_view view;
	struct cell_verdict map[CELLS];
	enum probe_side side;
	struct why why;
};

static struct world world;

static int setup(void **state)
{
	(void)state;
	memset(cpu, 0, sizeof(cpu));
	memset(device, 0, sizeof(device));
	starts = ends = fail_end = read_error = 0;
	seen = device;
	world = (struct world){
		.buffer = { .map = cpu, .stride = STRIDE, .number = 1 },
		.view.params.mode = DRM_STALELINE_MODE_NONCOHERENT,
		.side = PROBE_CPU,
	};
	access_init(&world.buffer.access, 1000, ACCESS_ENFORCE);
	assert_int_equal(card_init(&world.card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT), 0);
	world.peer = (struct peer){ .ops = &ops, .card = &world.card };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	card_finish(&world.card);
	return 0;
}

static int probe(void)
{
	return probe_side(&world.peer, NULL, &world.buffer, &world.view, SERIAL, world.map,
			  &world.side, &world.why);
}

/* A whole card of frame 0 on both sides, no bracket open, no rule broken. */
static void assert_left_clean(void)
{
	const struct card_expect expect = { .serial = SERIAL, .part = card_whole(&world.card) };
	struct cell_count count = { 0 };

	card_judge(&world.card, &expect, device, STRIDE, world.map);
	cell_count_add(&count, &world.card, 0, world.map);
	assert_true(cell_count_clean(&count));
	assert_memory_equal(cpu, device, sizeof(cpu));
	assert_int_equal(world.buffer.access.open, 0);
	assert_int_equal(world.buffer.access.violations, 0);
	assert_int_equal(starts, ends);
}

static void who_sees_the_copy_is_on_the_device_side(void **state)
{
	(void)state;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_DEVICE);
	assert_left_clean();
}

static void who_sees_the_cell_at_once_is_on_the_cpu_side(void **state)
{
	(void)state;
	seen = cpu;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_CPU);
	assert_left_clean();
}

static void where_it_means_nothing_nothing_is_touched(void **state)
{
	(void)state;
	world.view.params.evict = 1;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_UNKNOWN);
	assert_non_null(strstr(world.why.text, "evict=1"));
	world.view.params.evict = 0;
	world.view.params.mode = DRM_STALELINE_MODE_TRAP;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_UNKNOWN);
	assert_non_null(strstr(world.why.text, "mode is trap"));
	assert_int_equal(starts, 0);
}

/* A peer that sees neither copy, but something of its own. */
static void what_is_neither_is_not_known(void **state)
{
	static const char nothing[sizeof(cpu)];

	(void)state;
	seen = nothing;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_UNKNOWN);
	assert_non_null(strstr(world.why.text, "31 cells beside"));
	assert_left_clean();
}

static void a_peer_that_cannot_look_leaves_it_open(void **state)
{
	(void)state;
	read_error = -EOPNOTSUPP;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.side, PROBE_UNKNOWN);
	assert_string_equal(world.why.text, "can't look");
	assert_left_clean();
	read_error = -EIO;
	assert_int_equal(probe(), -EIO);
	assert_string_equal(world.why.text, "the probe of peer fake: can't look");
	assert_left_clean();
}

static void an_end_that_fails_is_told(void **state)
{
	(void)state;
	fail_end = EIO;
	assert_int_equal(probe(), -EIO);
	assert_non_null(strstr(world.why.text, "the probe of peer fake: buffer 1"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(who_sees_the_copy_is_on_the_device_side),
		TEST(who_sees_the_cell_at_once_is_on_the_cpu_side),
		TEST(where_it_means_nothing_nothing_is_touched),
		TEST(what_is_neither_is_not_known),
		TEST(a_peer_that_cannot_look_leaves_it_open),
		TEST(an_end_that_fails_is_told),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
