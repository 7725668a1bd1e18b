/* SPDX-License-Identifier: MIT */
/*
 * timeline: a DRM syncobj as a line of points, which count upwards. A point is signalled once the
 * work that it stands for is done, and with it every point before.
 *
 * Timelines are core DRM code: those of one device say when a buffer of any other exporter is
 * ready, be it a udmabuf or a dma-heap's. Any node with DRM_CAP_SYNCOBJ_TIMELINE makes them.
 */
#ifndef STALELINE_TIMELINE_H
#define STALELINE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"

struct timeline {
	int drm_fd;	 /* of the device that made it; not owned, must outlive it */
	uint32_t handle; /* 0: none */
};

/* Does the device of @drm_fd make timelines? */
bool timeline_can(int drm_fd);

/* A new one, with no point signalled. 0 or -errno with @why. */
int timeline_create(struct timeline *timeline, int drm_fd, struct why *why);

/* May be called on a zeroed one. Who has it by another descriptor keeps it. */
void timeline_destroy(struct timeline *timeline);

/*
 * A descriptor of it, for another process: owned by the caller, close-on-exec. Or -errno with @why.
 */
int timeline_export(const struct timeline *timeline, struct why *why);

/* Signal @point and every point before. One syscall. 0 or -errno. */
int timeline_signal(const struct timeline *timeline, uint64_t point);

/*
 * Is @point signalled? 1, 0 (also where nobody has submitted it yet), or -errno. One
 * syscall, and it never blocks.
 */
int timeline_is_signalled(const struct timeline *timeline, uint64_t point);

/*
 * Have @event, an eventfd (not owned), made readable once @point is signalled. 0, -ENOTTY where
 * this kernel lacks SYNCOBJ_EVENTFD (it came with Linux 6.6), or what else it says.
 */
int timeline_watch(const struct timeline *timeline, uint64_t point, int event);

#endif
