/* SPDX-License-Identifier: MIT */
/*
 * look: finding out what `staleline list` tells. Each room of the listing has its file, and fills
 * its part of the model:
 *
 *   look_drm.c       devices and their nodes, by ioctls on them
 *   look_exporter.c  exporters, by allocating and touching a small buffer
 *   look_peer.c      peers, by letting them look at each exporter's buffer
 *   look_module.c    the module, from sysfs and by its own ioctl; kinds of sync, from all of these
 *
 * What loads a driver into the process (GBM, EGL) is done in a child: drivers crash.
 */
#ifndef STALELINE_LOOK_H
#define STALELINE_LOOK_H

#include <signal.h>
#include <stdbool.h>

#include "base/child.h"
#include "buffer/exporter.h"
#include "report/listing.h"

enum {
	LOOK_LIMIT_MS = 90000, /* for one child: a software renderer on an emulated CPU is slow */
};

struct look {
	struct listing *listing;
	const volatile sig_atomic_t *interrupted;
	bool progress; /* say on stderr what is looked at: it is a terminal */
	bool no_egl;   /* don't load it where nobody asks for it: that takes seconds in software */
	bool no_imports; /* leave out who can read whose buffers: `check` finds that out better */
};

/*
 * Run @work in a child, see child.h, with @result of @size bytes. @what is shown while it runs.
 * 0, or -errno of the child with @why; -EINTR is to end the looking.
 */
int look_in_child(const struct look *look, const char *what, int (*work)(void *, void *),
		  void *data, void *result, size_t size, struct why *why);

/* Fill the whole model. 0, or -EINTR: stopped, and it is not whole. */
int look_around(struct look *look);

/* Open the exporter of this row. In a child. */
int look_open_exporter(struct exporter *exporter, const struct listing_exporter *row,
		       struct why *why);

void look_at_devices(struct listing *listing);
int look_at_exporters(struct look *look);
int look_at_peers(struct look *look);
void look_at_module(struct listing *listing);
void look_at_sync(struct listing *listing);

#endif
