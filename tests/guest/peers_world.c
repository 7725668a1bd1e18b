// SPDX-License-Identifier: MIT
/* An order on two real buffers and a peer: its hands, and what is seen of it. */
#include <drm_fourcc.h>
#include <inttypes.h>
#include <stdio.h>

#include "peers.h"

bool is(uint64_t got, uint64_t expected, const char *what)
{
	char why[80];

	snprintf(why, sizeof(why), "got %" PRIu64 ", expected %" PRIu64, got, expected);
	return ok(got == expected, why, "%s", what);
}

void log_line(void *data, const char *line)
{
	(void)data;
	printf("# %s\n", line);
}

void close_world(struct world *world)
{
	for (int i = 0; i < 2; i++) {
		if (world->images[i])
			world->peer.ops->drop(&world->peer, world->images[i]);
		exporter_free(&world->buffers[i]);
	}
	if (world->peer.ops)
		world->peer.ops->close(&world->peer);
	exporter_close(&world->exporter);
	card_finish(&world->card);
}

int open_world(struct world *world, const char *exporter, const struct peer_wish *peer,
	       struct why *why)
{
	const struct exporter_wish wish = { .name = exporter };
	int err;

	*world = (struct world){ .buffers = { { .fd = -1 }, { .fd = -1 } } };
	err = card_init(&world->card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT);
	if (!err)
		err = exporter_open(&world->exporter, &wish, DRM_FORMAT_XRGB8888, log_line, NULL,
				    why);
	if (!err)
		err = peer_find(peer->name)->open(&world->peer, peer, &world->card, why);
	if (err)
		world->peer.ops = NULL;
	for (int i = 0; i < 2 && !err; i++) {
		err = exporter_alloc(&world->exporter, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
				     &world->buffers[i], why);
		if (!err)
			err = world->peer.ops->import(&world->peer, &world->buffers[i],
						      &world->images[i], why);
	}
	if (err)
		close_world(world);
	return err;
}

/*
 * By points START knows of no fence, and who has not waited looks while the device still writes: what that will have
 * written is what the CPU has not fetched. A line that it has not come to yet is clean.
 */
static void let_device_finish(struct world *world)
{
	struct why why = { "" };

	if (world->view && world->sync == ORDER_SYNCOBJ &&
	    world->peer.ops->finish(&world->peer, &why))
		ok(false, why.text, "the peer's work ends");
}

/*
 * Right after the look, line by line: what is not fresh on the device's side is what the CPU has not written back,
 * what is not fresh on the CPU's is what it has not fetched.
 */
static void match(struct world *world, uint8_t state)
{
	uint8_t lines[CELLS];
	struct drm_staleline_state asked = { .count = CELLS, .lines = (uintptr_t)lines };

	if (!world->view)
		return;
	asked.handle = world->view->handle;
	if (staleline_device_state(&world->view->device, &asked)) {
		world->unlike += CELLS;
		return;
	}
	for (int i = 0; i < CELLS; i++) {
		bool differs = lines[i] & state;

		if (differs == (world->map[i].kind != CELL_FRESH))
			world->alike++;
		else
			world->unlike++;
	}
}

static int submit(void *data, enum order_target target, struct why *why)
{
	struct world *world = data;
	int err;

	if (world->count.checked) /* the CPU has judged: a read */
		return 0;
	err = world->peer.ops->read(&world->peer, world->images[target == ORDER_OTHER],
				    &world->content[0].expect, world->map, NULL, why);
	if (err)
		return err;
	cell_count_add(&world->count, &world->card, world->number, world->map);
	match(world, DRM_STALELINE_LINE_DIRTY);
	return 0;
}

static int peer_read(void *data, struct why *why)
{
	struct world *world = data;

	return world->peer.ops->begin_read(&world->peer, world->images[0], why);
}

/* In its own count, so that submit() does not take it for a read by the CPU. */
static int peer_judge(void *data, const struct card_expect *expect, struct why *why)
{
	struct world *world = data;
	int err = world->peer.ops->end_read(&world->peer, expect, world->map, why);

	if (!err)
		cell_count_add(&world->read, &world->card, world->number, world->map);
	return err;
}

static int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct world *world = data;

	return world->peer.ops->write(&world->peer, world->images[0], serial, frame, why);
}

static int peer_wait(void *data, struct why *why)
{
	struct world *world = data;

	return world->peer.ops->finish(&world->peer, why);
}

static void touched(void *data, const struct order_step *step, struct card_area area)
{
	struct world *world = data;

	(void)area;
	if (step->verb != ORDER_JUDGE)
		return;
	cell_count_add(&world->count, &world->card, world->number, world->map);
	let_device_finish(world);
	match(world, DRM_STALELINE_LINE_STALE);
}

/* Once nothing else comes before the order that could be interrupted in its place. */
static void set_needs(const struct world *world)
{
	unsigned int needs = world->set ? world->as->needs : 0;
	struct drm_staleline_params params = {
		.flags = DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_INJECT,
		.write = needs & ORDER_NEEDS_POISON ? DRM_STALELINE_WRITE_POISON
						    : DRM_STALELINE_WRITE_REFETCH,
		.inject = needs & ORDER_NEEDS_INJECT ? 1 : 0,
	};

	if (!(needs & (ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT)))
		return;
	params.handle = world->set->handle;
	is((uint64_t)-staleline_device_set(&world->set->device, &params), 0, "its parameters");
}

int perform(struct world *world, const char *name)
{
	const struct order_hands hands = {
		.data = world,
		.submit = submit,
		.peer_write = peer_write,
		.peer_wait = peer_wait,
		.peer_read = peer_read,
		.peer_judge = peer_judge,
		.touched = touched,
	};
	const struct order *order = order_find(name);
	/* One that draws twice begins with the number before. */
	uint32_t step = order->needs & ORDER_NEEDS_READER ? 2 : 1;
	struct order_frame frame = {
		.card = &world->card,
		.buffer = &world->buffers[0],
		.other = &world->buffers[1],
		.content = &world->content[0],
		.run = RUN,
		.frame = world->number += step,
		.wait_ms = 5000,
		.sync = world->sync,
		.map = world->map,
	};
	struct why why = { "" };
	int err;

	world->count = (struct cell_count){ 0 };
	world->read = (struct cell_count){ 0 };
	err = order_warm_up(order, &frame, &hands, &why);
	set_needs(world);
	if (!err)
		err = order_perform(order, &frame, &hands, &why);
	world->seen = frame.seen;
	if (err)
		ok(false, why.text, "%s is performed", name);
	return err;
}

uint64_t stale_by(const struct world *world, uint32_t by)
{
	uint64_t n = 0;

	for (int i = 0; i < CELLS; i++)
		n += world->map[i].kind == CELL_STALE && cell_verdict_by(world->map[i]) == by;
	return n;
}

void check_fresh(struct world *world, const char *order, const char *on)
{
	char what[120];

	snprintf(what, sizeof(what), "%s on %s: every cell fresh", order, on);
	if (!perform(world, order) && world->read.checked == world->read.kind[CELL_FRESH])
		is(world->count.kind[CELL_FRESH], CELLS, what);
	else
		ok(false, "not performed, or the peer has read something else", "%s", what);
}

void check_stale(struct world *world, const char *order, uint32_t by)
{
	char what[120];

	snprintf(what, sizeof(what), "%s: every cell stale by %u", order, by);
	if (!perform(world, order))
		is(stale_by(world, by), CELLS, what);
}

uint64_t counter(const struct staleline_view *view, enum drm_staleline_counter which)
{
	struct drm_staleline_counters counters = { .handle = view->handle };

	return staleline_device_counters(&view->device, &counters) ? UINT64_MAX
								   : counters.value[which];
}

struct drm_staleline_state state_of(const struct staleline_view *view)
{
	struct drm_staleline_state state = { .handle = view->handle };

	if (staleline_device_state(&view->device, &state))
		state.total = UINT32_MAX;
	return state;
}
