// SPDX-License-Identifier: MIT
/*
 * The peers and the orders on real buffers, without a compositor: what each fault shows, cell by cell,
 * where it can be shown, and that it shows nothing where it can't. To be run as root in the guest
 * with the module loaded and noncoherent buffers of no evictions. Prints TAP.
 *
 *	peers [--need=egl,scanout]
 *
 * What is absent is skipped, with the reason, unless --need names it.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer/exporter.h"
#include "buffer/staleline_device.h"
#include "order/order.h"
#include "peer/peer.h"
#include "peer/probe.h"
#include "tap_why.h"

enum { WIDTH = 256, HEIGHT = 64, CELLS = WIDTH / 16 * HEIGHT, RUN = 0x51a1e };

/* Says what was there instead. */
static bool is(uint64_t got, uint64_t expected, const char *what)
{
	char why[80];

	snprintf(why, sizeof(why), "got %" PRIu64 ", expected %" PRIu64, got, expected);
	return ok(got == expected, why, "%s", what);
}

/* Two buffers of one exporter, and one peer on their other side. */
struct world {
	struct card card;
	struct exporter exporter;
	struct peer peer;
	struct buffer buffers[2];
	struct peer_image *images[2];
	struct order_content content[2];
	struct cell_verdict map[CELLS];
	struct cell_count count; /* of the last frame */
	struct cell_count read;	 /* and of what the peer read while the CPU went on */
	uint32_t number;	 /* of the last frame */
	struct order_seen seen;	 /* and what its order saw */
	enum order_sync sync;
	/* NULL, or the module's word on the first buffer: is what is not fresh what it calls so? */
	const struct staleline_view *view;
	uint64_t alike, unlike; /* cells */
};

static void log_line(void *data, const char *line)
{
	(void)data;
	printf("# %s\n", line);
}

static void close_world(struct world *world)
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

static int open_world(struct world *world, const char *exporter, const struct peer_wish *peer,
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
	match(world, DRM_STALELINE_LINE_STALE);
}

/* One frame of the order @name on the first buffer; what was seen is in world->count. */
static int perform(struct world *world, const char *name)
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
	err = order_perform(order, &frame, &hands, &why);
	world->seen = frame.seen;
	if (err)
		ok(false, why.text, "%s is performed", name);
	return err;
}

/* How many cells are stale by exactly @by. */
static uint64_t stale_by(const struct world *world, uint32_t by)
{
	uint64_t n = 0;

	for (int i = 0; i < CELLS; i++)
		n += world->map[i].kind == CELL_STALE && cell_verdict_by(world->map[i]) == by;
	return n;
}

static void check_fresh(struct world *world, const char *order, const char *on)
{
	char what[120];

	snprintf(what, sizeof(what), "%s on %s: every cell fresh", order, on);
	if (!perform(world, order) && world->read.checked == world->read.kind[CELL_FRESH])
		is(world->count.kind[CELL_FRESH], CELLS, what);
	else
		ok(false, "not performed, or the peer has read something else", "%s", what);
}

static void check_stale(struct world *world, const char *order, uint32_t by)
{
	char what[120];

	snprintf(what, sizeof(what), "%s: every cell stale by %u", order, by);
	if (!perform(world, order))
		is(stale_by(world, by), CELLS, what);
}

static uint64_t counter(const struct staleline_view *view, enum drm_staleline_counter which)
{
	struct drm_staleline_counters counters = { .handle = view->handle };

	return staleline_device_counters(&view->device, &counters) ? UINT64_MAX
								   : counters.value[which];
}

static struct drm_staleline_state state_of(const struct staleline_view *view)
{
	struct drm_staleline_state state = { .handle = view->handle };

	if (staleline_device_state(&view->device, &state))
		state.total = UINT32_MAX;
	return state;
}

static void writes_are_lost_in_the_cache(struct world *world, const struct staleline_view *view)
{
	check_fresh(world, "overwrite", "noncoherent");
	check_fresh(world, "partial-update", "noncoherent");
	check_fresh(world, "partial-update", "noncoherent");
	check_fresh(world, "overwrite", "noncoherent");
	is(state_of(view).dirty + state_of(view).stale + state_of(view).both, 0,
	   "in order: every line is clean");
	check_stale(world, "no-end", 1);
	is(state_of(view).dirty, CELLS, "no-end: the module has every line dirty");
	is(counter(view, DRM_STALELINE_JOB_DIRTY), CELLS, "which the peer's job ran into");
	check_stale(world, "no-end", 2);
	is(counter(view, DRM_STALELINE_RESTARTED), 1, "its second START replaced the first");
	check_fresh(world, "overwrite", "noncoherent after no-end");
	check_stale(world, "no-bracket", 1);
	is(state_of(view).dirty, CELLS, "no-bracket: the module has every line dirty");
	check_fresh(world, "overwrite", "noncoherent after no-bracket");
	is(counter(view, DRM_STALELINE_UNBALANCED), 0, "nothing of this was unbalanced");
	if (!perform(world, "wrong-buffer"))
		ok(world->count.kind[CELL_FRESH] == 0, "fresh", "wrong-buffer: no cell is fresh");
}

static void reads_are_of_the_cache(struct world *world, const struct staleline_view *view)
{
	uint64_t stale;

	check_fresh(world, "read", "noncoherent");
	check_fresh(world, "read", "noncoherent");
	check_stale(world, "read-no-start", 1);
	is(state_of(view).stale, CELLS, "read-no-start: the module has every line stale");
	is(counter(view, DRM_STALELINE_UNBALANCED), 1, "and has seen an END without START");
	check_stale(world, "read-no-start", 2);
	check_fresh(world, "read", "noncoherent after read-no-start");
	if (perform(world, "read-no-wait"))
		return;
	stale = stale_by(world, 1);
	printf("# read-no-wait: %" PRIu64 " fresh, %" PRIu64 " stale\n",
	       world->count.kind[CELL_FRESH], stale);
	ok(stale > 0 && world->count.kind[CELL_FRESH] > 0, "see above",
	   "read-no-wait: a part of the cells is stale by 1, a part was in time");
	is(stale + world->count.kind[CELL_FRESH], CELLS, "and no cell is anything else");
	is(state_of(view).stale, stale, "as many lines as the module has stale");
	is(counter(view, DRM_STALELINE_STALE_READ) > 0, 1, "which it counted at END");
	check_fresh(world, "read", "noncoherent after read-no-wait");
}

/*
 * The catalogue, row by row: what the card shows of each fault with evict and fetch at 0.
 */

enum { LASTS = CELLS / 4 }; /* ORDER_LAST_ROWS */

static const struct shown {
	const char *fault;
	enum cell_kind kind; /* these cells and no others are not fresh */
	uint64_t cells;
	bool match; /* and they are, each of them, what the module calls dirty, or stale */
} every_fault[] = {
	{ "wrong-buffer", CELL_UNWRITTEN, CELLS },
	{ "no-bracket", CELL_STALE, CELLS, true },
	{ "no-start", CELL_TORN, LASTS },
	{ "no-restart", CELL_TORN, LASTS },
	{ "no-end", CELL_STALE, CELLS, true },
	{ "submit-open", CELL_STALE, CELLS },
	{ "early-end", CELL_STALE, LASTS, true },
	{ "late-write", CELL_STALE, LASTS, true },
	{ "read-flag", CELL_STALE, CELLS, true },
	{ "end-flag", CELL_STALE, CELLS, true },
	{ "no-flag", CELL_STALE, CELLS, true },
	{ "partial-write-flag", CELL_UNWRITTEN, CELLS / 2 },
	{ "read-no-start", CELL_STALE, CELLS, true },
	{ "read-no-restart", CELL_STALE, CELLS },
	{ "read-write-flag", CELL_UNWRITTEN, CELLS },
	{ "read-after-end", CELL_STALE, 0 }, /* only a trap sees it */
	{ "wait-in-only", CELL_STALE, 0 },   /* only the clock sees these two */
	{ "in-out-poll", CELL_STALE, 0 },
	{ "private-map", CELL_STALE, CELLS }, /* the module refuses it, and nothing is drawn */
};

/* Those of them that show, but in as many cells as the clock wills. */
static bool matches(const struct order *order, const struct shown *shown)
{
	return shown ? shown->match
		     : !strcmp(order->name, "read-no-wait") ||
			       !strcmp(order->name, "snapshot-early");
}

/* The parameters that @order needs, before each frame. */
static void set_needs(const struct staleline_view *view, const struct order *order)
{
	struct drm_staleline_params params = {
		.handle = view->handle,
		.flags = DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_INJECT,
		.write = order->needs & ORDER_NEEDS_POISON ? DRM_STALELINE_WRITE_POISON
							   : DRM_STALELINE_WRITE_REFETCH,
		.inject = order->needs & ORDER_NEEDS_INJECT ? 1 : 0,
	};

	if (order->needs & (ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT))
		is((uint64_t)-staleline_device_set(&view->device, &params), 0, "its parameters");
}

static uint64_t not_fresh(const struct world *world)
{
	return world->count.checked - world->count.kind[CELL_FRESH] + world->read.checked -
	       world->read.kind[CELL_FRESH];
}

/* Two frames of its control (the first may follow another fault), then three of the fault. */
static void check_fault(struct world *world, const struct staleline_view *view,
			const struct order *order, const struct shown *shown)
{
	char what[120], on[80];
	bool good = true, shows = false;

	snprintf(on, sizeof(on), "%s by %s", order->name, order_sync_name(world->sync));
	check_fresh(world, order->control, on);
	check_fresh(world, order->control, on);
	world->alike = world->unlike = 0;
	world->view = matches(order, shown) ? view : NULL;
	for (int i = 0; i < 3; i++) {
		set_needs(view, order);
		if (perform(world, order->name))
			break;
		printf("# %s: %" PRIu64 " of %d not fresh, rules %#x, errno %d, %" PRIi64
		       " us in START\n",
		       on, not_fresh(world), CELLS, world->seen.broken, -world->seen.refused,
		       world->seen.start_ns / 1000);
		good &= (world->seen.broken != 0) == ((order->by & NOTICE_ACCESS) != 0);
		/* How much is there is the clock's affair, in one frame of three perhaps all. */
		if (!shown)
			shows |= not_fresh(world) > 0;
		else
			good &= not_fresh(world) == shown->cells &&
				world->count.kind[shown->kind] == shown->cells;
	}
	snprintf(what, sizeof(what), "%s: shown by %" PRIu64 " cells", on, not_fresh(world));
	ok(good && (shown || shows), "see above", "%s", what);
	if (world->view) {
		snprintf(what, sizeof(what), "%s: the module says the same of each cell", on);
		is(world->unlike, 0, what);
		is(world->alike, 3 * CELLS, "and was asked of all");
	}
	world->view = NULL;
}

/* By each kind of sync that it has; where nobody waits for the peer at all, what is read is chance. */
static void check_fault_by_each_sync(struct world *world, const struct staleline_view *view,
				     const struct order *order, const struct shown *shown)
{
	static const enum peer_sync of_peer[] = { PEER_IMPLICIT, PEER_FILE, PEER_POINT };
	struct why why = { "" };

	for (world->sync = 0; world->sync < ORDER_SYNC_KINDS; world->sync++) {
		if (!order_has_sync(order, world->sync) ||
		    (order->needs & ORDER_NEEDS_FENCE && world->sync == ORDER_SYNCOBJ))
			continue;
		if (ok(!peer_set_sync(&world->peer, of_peer[world->sync], &why), why.text, "by %s",
		       order_sync_name(world->sync)))
			check_fault(world, view, order, shown);
	}
	world->sync = ORDER_IMPLICIT;
	peer_set_sync(&world->peer, PEER_IMPLICIT, &why);
}

static void every_row_shows_what_it_says(struct world *world, const struct staleline_view *view)
{
	struct drm_staleline_params calm = {
		.handle = view->handle,
		.flags = DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_INJECT,
	};

	for (const struct order *order = order_catalogue; order->name; order++) {
		const struct shown *shown = NULL;

		for (size_t i = 0; i < sizeof(every_fault) / sizeof(every_fault[0]); i++)
			if (!strcmp(every_fault[i].fault, order->name))
				shown = &every_fault[i];
		if (!order_is_fault(order) || order->needs & ORDER_NEEDS_MEMFD)
			continue;
		check_fault_by_each_sync(world, view, order, shown);
		if (order->needs & (ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT))
			is((uint64_t)-staleline_device_set(&view->device, &calm), 0, "calm again");
	}
	check_fresh(world, "overwrite", "noncoherent after all faults");
}

/* Whose touches outside a bracket no cell shows, a trap counts. */
static void traps_count_touches_outside(struct world *world, const struct staleline_view *view)
{
	struct drm_staleline_params trap = {
		.handle = view->handle,
		.flags = DRM_STALELINE_SET_MODE,
		.mode = DRM_STALELINE_MODE_TRAP,
	};
	uint64_t before;

	is((uint64_t)-staleline_device_set(&view->device, &trap), 0, "a trap");
	check_fresh(world, "read", "trap");
	before = counter(view, DRM_STALELINE_TRAP_READ);
	check_fresh(world, "read", "trap");
	is(counter(view, DRM_STALELINE_TRAP_READ) - before, 0, "in order, nothing is trapped");
	check_fresh(world, "read-after-end", "trap");
	is(counter(view, DRM_STALELINE_TRAP_READ) - before, WIDTH * HEIGHT * 4 / 4096,
	   "read-after-end: each page is trapped");
}

static void check_noncoherent(void)
{
	const struct peer_wish wish = { .name = "jobs" };
	struct staleline_view view;
	struct world world;
	struct why why = { "" };

	if (!ok(!open_world(&world, "staleline:noncoherent", &wish, &why), why.text,
		"jobs on noncoherent buffers"))
		return;
	printf("# %s\n", world.peer.path);
	if (ok(!staleline_view_open(&view, &world.buffers[0], &why), why.text,
	       "the buffer is known to be the module's")) {
		is(view.params.mode, DRM_STALELINE_MODE_NONCOHERENT, "and noncoherent");
		writes_are_lost_in_the_cache(&world, &view);
		reads_are_of_the_cache(&world, &view);
		every_row_shows_what_it_says(&world, &view);
		traps_count_touches_outside(&world, &view);
		staleline_view_close(&view);
	}
	close_world(&world);
}

/* Where nothing is lost every order looks right. */
static void check_coherent(const char *exporter)
{
	static const char *const orders[] = { "overwrite",     "no-end",       "overwrite",
					      "no-bracket",    "overwrite",    "read",
					      "read-no-start", "read-no-wait", "read" };
	const struct peer_wish wish = { .name = "jobs", .duration_us = 20000, .steps = 5 };
	struct world world;
	struct why why = { "" };
	int err = open_world(&world, exporter, &wish, &why);

	if (err == -ENOENT || err == -ENODEV) {
		skip(exporter, why.text);
		return;
	}
	if (!ok(!err, why.text, "jobs on %s", exporter))
		return;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		check_fresh(&world, orders[i], exporter);
	close_world(&world);
}

/*
 * The probe.
 */

static const char *const side_names[] = { "not known", "the device's", "the CPU's" };

/* What the probe says of this peer on a buffer with these parameters, and that it leaves no trace. */
static void check_probe(const struct peer_wish *wish, struct drm_staleline_params params,
			enum probe_side expected, const char *what)
{
	enum probe_side side = PROBE_UNKNOWN;
	struct staleline_view view;
	struct world world;
	struct why why = { "" };
	int err = open_world(&world, "staleline", wish, &why);

	if (err && !strcmp(wish->name, "egl") && !strstr(needed, "egl")) {
		skip(what, why.text);
		return;
	}
	if (!ok(!err && !staleline_view_open(&view, &world.buffers[0], &why), why.text,
		"probe: %s opens", what))
		return;
	params.handle = view.handle;
	err = staleline_device_set(&view.device, &params);
	view.params.handle = view.handle;
	view.params.flags = 0;
	view.params.id = 0;
	if (!err)
		err = staleline_device_get(&view.device, &view.params);
	if (ok(!err, strerror(-err), "its buffer is mode %u", params.mode)) {
		err = probe_side(&world.peer, world.images[0], &world.buffers[0], &view,
				 card_serial(RUN, 1), world.map, &side, &why);
		ok(!err && side == expected, err ? why.text : side_names[side],
		   "probe: %s sees %s side (%s)", what, side_names[expected], why.text);
		is(state_of(&view).dirty + state_of(&view).both +
			   counter(&view, DRM_STALELINE_UNBALANCED),
		   0, "and leaves the buffer clean");
		is(world.buffers[0].access.open, 0, "with no bracket open");
	}
	staleline_view_close(&view);
	close_world(&world);
}

static void check_probes(void)
{
	const struct drm_staleline_params noncoherent = {
		.flags = DRM_STALELINE_SET_MODE | DRM_STALELINE_SET_EVICT,
		.mode = DRM_STALELINE_MODE_NONCOHERENT,
	};
	struct drm_staleline_params evict = noncoherent, coherent = noncoherent;
	const struct peer_wish jobs = { .name = "jobs" }, surfaceless = { .name = "egl" };
	struct staleline_device device;
	struct why why;

	evict.evict = DRM_STALELINE_RATE_ALWAYS;
	coherent.mode = DRM_STALELINE_MODE_COHERENT;
	check_probe(&jobs, noncoherent, PROBE_DEVICE, "jobs");
	check_probe(&jobs, evict, PROBE_UNKNOWN, "jobs, lines being evicted");
	check_probe(&jobs, coherent, PROBE_UNKNOWN, "jobs, on a coherent buffer");
	check_probe(&surfaceless, noncoherent, PROBE_CPU, "EGL without a DRM device");
	if (!staleline_device_open(&device, NULL, &why)) {
		const struct peer_wish on_card = { .name = "egl", .device = device.path };

		staleline_device_close(&device);
		check_probe(&on_card, noncoherent, PROBE_DEVICE, "EGL on the module's card node");
	}
}

/*
 * The display.
 */

static void check_scanout_faults(struct world *world, bool crc)
{
	enum cell_kind kind = crc ? CELL_TORN : CELL_STALE;

	for (int i = 0; i < 4; i++)
		check_fresh(world, i < 2 ? "overwrite" : "partial-update", world->peer.ops->name);
	if (!perform(world, "no-end"))
		is(world->count.kind[kind], CELLS, "no-end: no cell is on the screen");
	if (!perform(world, "no-bracket"))
		is(world->count.kind[kind], CELLS, "no-bracket: no cell is on the screen");
	check_fresh(world, "overwrite", "scanout after these");
	if (!perform(world, "wrong-buffer"))
		ok(world->count.kind[CELL_FRESH] == 0, "fresh", "wrong-buffer: no cell is fresh");
}

static void check_scanout_probe(struct world *world)
{
	enum probe_side side = PROBE_UNKNOWN;
	struct staleline_view view;
	struct why why = { "" };

	if (!ok(!staleline_view_open(&view, &world->buffers[0], &why), why.text, "a view"))
		return;
	is(counter(&view, DRM_STALELINE_SCANOUT_DIRTY) >= CELLS, 1,
	   "the module has counted dirty lines that were scanned out");
	ok(!probe_side(&world->peer, world->images[0], &world->buffers[0], &view,
		       card_serial(RUN, 1), world->map, &side, &why) &&
		   side == PROBE_DEVICE,
	   why.text, "probe: scanout sees the device's side");
	staleline_view_close(&view);
}

static void check_scanout(bool crc)
{
	const char *what = crc ? "scanout by CRC" : "scanout by writeback";
	const struct peer_wish wish = { .name = "scanout", .crc = crc };
	struct world world, second;
	struct why why = { "" };
	int err = open_world(&world, "staleline:noncoherent", &wish, &why);

	if (err && !strstr(needed, "scanout")) {
		skip(what, why.text);
		return;
	}
	if (!ok(!err, why.text, "%s", what))
		return;
	printf("# %s\n", world.peer.path);
	ok(strstr(world.peer.path, crc ? "by CRC" : "by writeback") != NULL, world.peer.path,
	   "%s: its path says so", what);
	check_scanout_faults(&world, crc);
	check_scanout_probe(&world);
	err = world.peer.ops->write(&world.peer, world.images[0], 1, 1, &why);
	ok(err == -EOPNOTSUPP, why.text, "a display writes nothing: %s", why.text);
	err = open_world(&second, "staleline", &wish, &why);
	ok(err < 0 && strstr(why.text, "somebody else drives this display"), why.text,
	   "a second one is told who is in its way");
	close_world(&world);
	err = open_world(&second, "staleline", &wish, &why);
	if (ok(!err, why.text, "and may when the first is gone"))
		close_world(&second);
}

/*
 * What the jobs peer refuses.
 */

static void check_refusals(void)
{
	const struct peer_wish nowhere = { .name = "jobs", .device = "/dev/null" };
	const struct peer_wish wish = { .name = "jobs" };
	const struct exporter_wish small = { .name = "staleline" };
	struct exporter exporter;
	struct peer_image *image;
	struct buffer buffer;
	struct card card;
	struct peer peer;
	struct why why = { "" };
	int err;

	card_init(&card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT);
	err = peer_jobs.open(&peer, &nowhere, &card, &why);
	ok(err == -ENODEV && strstr(why.text, "not a DRM device"), why.text, "jobs on /dev/null");
	if (!ok(!peer_jobs.open(&peer, &wish, &card, &why) &&
			!exporter_open(&exporter, &small, DRM_FORMAT_XRGB8888, log_line, NULL,
				       &why) &&
			!exporter_alloc(&exporter, 64, 64, DRM_FORMAT_XRGB8888, &buffer, &why),
		why.text, "jobs, and a buffer"))
		return;
	err = peer_jobs.import(&peer, &buffer, &image, &why);
	ok(err == -EINVAL && strstr(why.text, "but the card is 256x64"), why.text,
	   "a buffer that is not of the card's size");
	ok(!peer_jobs.finish(&peer, &why), why.text, "nothing to finish");
	exporter_free(&buffer);
	exporter_close(&exporter);
	peer_jobs.close(&peer);
	peer_jobs.close(&peer); /* again: allowed */
	card_finish(&card);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--need=", 7)) {
			fprintf(stderr, "usage: peers [--need=egl,scanout]\n");
			return 2;
		}
		needed = argv[i] + 7;
	}
	check_noncoherent();
	check_coherent("staleline:coherent");
	check_coherent("staleline:trap");
	check_coherent("udmabuf");
	check_coherent("dma-heap");
	check_probes();
	check_scanout(false);
	check_scanout(true);
	check_refusals();
	printf("1..%d\n# %d of %d failed\n", tests, failures, tests);
	return failures ? 1 : 0;
}
