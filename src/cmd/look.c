// SPDX-License-Identifier: MIT
/* look: finding out what there is on this machine, room by room. See look.h. */
#include "cmd/look.h"

#include "cmd/tty.h"

int look_in_child(const struct look *look, const char *what, int (*work)(void *, void *),
		  void *data, void *result, size_t size, struct why *why)
{
	const struct child_job job = {
		.work = work,
		.data = data,
		.result = result,
		.size = size,
		.limit_ms = LOOK_LIMIT_MS,
		.interrupted = look->interrupted,
	};
	struct child_end end;
	int err;

	tty_progress(look->progress, "looking at %s ...", what);
	err = child_run(&job, &end, why);
	tty_progress_end(look->progress);
	return err;
}

int look_around(struct look *look)
{
	struct listing *listing = look->listing;
	int err;

	machine_look(&listing->machine, "");
	look_at_devices(listing);
	look_at_module(listing);
	err = look_at_exporters(look);
	if (!err)
		err = look_at_peers(look);
	look_at_sync(listing);
	return err;
}
