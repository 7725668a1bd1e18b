// SPDX-License-Identifier: MIT
/* Jobs of the module: what is lost in the cache of noncoherent buffers, what in that of others; what this peer refuses. */
#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "peers.h"

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

void check_noncoherent(void)
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
void check_coherent(const char *exporter)
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

void check_refusals(void)
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
