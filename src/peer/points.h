/* SPDX-License-Identifier: MIT */
/*
 * points: two timelines between the CPU and a peer, as linux-drm-syncobj-v1 has them: an acquire
 * point for each piece of the peer's work, which the CPU signals when its own is published (R24),
 * and a release point, which that work signals.
 */
#ifndef STALELINE_POINTS_H
#define STALELINE_POINTS_H

#include <stdint.h>

#include "base/why.h"

struct points {
	int fd;			     /* DRM node whose handles these are; not owned */
	uint32_t acquire, release;   /* syncobjs; 0: none was made */
	uint64_t acquired, released; /* their last points */
};

/* On the node @fd at @path; done already: nothing. 0 or -errno with @why. */
int points_open(struct points *points, int fd, const char *path, struct why *why);
void points_close(struct points *points);

/* The CPU has done END: the next acquire point is signalled. 0 or -errno. */
int points_signal(struct points *points);

/* The last acquire point as a sync_file, the caller's. The file or -errno. */
int points_export(const struct points *points);

/* The next release point is @file's fence; @file stays the caller's. 0 or -errno. */
int points_import(struct points *points, int file);

/* Until the last release point. 0, -ETIME or -errno. */
int points_wait(const struct points *points, int timeout_ms);

#endif
