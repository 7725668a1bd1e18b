// SPDX-License-Identifier: MIT
/* The catalogue, row by row: what the card shows of each fault with evict and fetch at 0. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "peers.h"

enum { LASTS = CELLS / 4 }; /* ORDER_LAST_ROWS */

static const struct shown {
	const char *fault;
	enum cell_kind kind; /* these cells and no others are not fresh */
	uint64_t cells;
	bool match; /* and they are, each of them, what the module calls dirty, or stale */
} every_fault[] = {
	{ "wrong-buffer", CELL_UNWRITTEN, CELLS },
	{ "reused-fd", CELL_UNWRITTEN, CELLS },
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

static uint64_t not_fresh(const struct world *world)
{
	return world->count.checked - world->count.kind[CELL_FRESH] + world->read.checked -
	       world->read.kind[CELL_FRESH];
}

/*
 * Two frames of its control (the first may follow another fault), two more under what the fault needs of the module, so that
 * one step is all that differs, then three of the fault.
 */
static void check_fault(struct world *world, const struct staleline_view *view,
			const struct order *order, const struct shown *shown)
{
	char what[120], on[80];
	bool good = true, shows = false;

	snprintf(on, sizeof(on), "%s by %s", order->name, order_sync_name(world->sync));
	check_fresh(world, order->control, on);
	check_fresh(world, order->control, on);
	world->set = view;
	world->as = order;
	check_fresh(world, order->control, on);
	check_fresh(world, order->control, on);
	world->alike = world->unlike = 0;
	world->view = matches(order, shown) ? view : NULL;
	for (int i = 0; i < 3; i++) {
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
	world->set = NULL;
}

/* As it was before what @order needs. */
static void calm(const struct staleline_view *view, const struct order *order)
{
	struct drm_staleline_params params = {
		.handle = view->handle,
		.flags = DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_INJECT,
	};

	if (order->needs & (ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT))
		is((uint64_t)-staleline_device_set(&view->device, &params), 0, "calm again");
}

/* By each kind of sync that it has. */
static void check_fault_by_each_sync(struct world *world, const struct staleline_view *view,
				     const struct order *order, const struct shown *shown)
{
	static const enum peer_sync of_peer[] = { PEER_IMPLICIT, PEER_FILE, PEER_POINT };
	struct why why = { "" };

	for (world->sync = 0; world->sync < ORDER_SYNC_KINDS; world->sync++) {
		if (!order_has_sync(order, world->sync))
			continue;
		if (ok(!peer_set_sync(&world->peer, of_peer[world->sync], &why), why.text, "by %s",
		       order_sync_name(world->sync)))
			check_fault(world, view, order, shown);
		calm(view, order);
	}
	world->sync = ORDER_IMPLICIT;
	peer_set_sync(&world->peer, PEER_IMPLICIT, &why);
}

void every_row_shows_what_it_says(struct world *world, const struct staleline_view *view)
{
	for (const struct order *order = order_catalogue; order->name; order++) {
		const struct shown *shown = NULL;

		for (size_t i = 0; i < sizeof(every_fault) / sizeof(every_fault[0]); i++)
			if (!strcmp(every_fault[i].fault, order->name))
				shown = &every_fault[i];
		if (!order_is_fault(order) || order->needs & ORDER_NEEDS_MEMFD)
			continue;
		check_fault_by_each_sync(world, view, order, shown);
	}
	check_fresh(world, "overwrite", "noncoherent after all faults");
}
