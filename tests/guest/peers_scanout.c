// SPDX-License-Identifier: MIT
/* The display, by writeback and by CRC. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "peer/probe.h"
#include "peers.h"

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

void check_scanout(bool crc)
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
