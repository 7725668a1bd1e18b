// SPDX-License-Identifier: MIT
/* timeline: points of a DRM syncobj. See timeline.h. */
#include "sync/timeline.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

bool timeline_can(int drm_fd)
{
	uint64_t value = 0;

	return drmGetCap(drm_fd, DRM_CAP_SYNCOBJ_TIMELINE, &value) == 0 && value;
}

int timeline_create(struct timeline *timeline, int drm_fd, struct why *why)
{
	*timeline = (struct timeline){ .drm_fd = drm_fd };
	if (drmSyncobjCreate(drm_fd, 0, &timeline->handle) < 0)
		return why_set(why, -errno, "make a syncobj timeline: %s", strerror(errno));
	return 0;
}

void timeline_destroy(struct timeline *timeline)
{
	if (timeline->handle)
		drmSyncobjDestroy(timeline->drm_fd, timeline->handle);
	*timeline = (struct timeline){ 0 };
}

int timeline_export(const struct timeline *timeline, struct why *why)
{
	int fd;

	/* The kernel makes it close-on-exec by itself. */
	if (drmSyncobjHandleToFD(timeline->drm_fd, timeline->handle, &fd) < 0)
		return why_set(why, -errno, "a descriptor of a syncobj timeline: %s",
			       strerror(errno));
	return fd;
}

int timeline_signal(const struct timeline *timeline, uint64_t point)
{
	uint32_t handle = timeline->handle;

	return drmSyncobjTimelineSignal(timeline->drm_fd, &handle, &point, 1) < 0 ? -errno : 0;
}

int timeline_is_signalled(const struct timeline *timeline, uint64_t point)
{
	uint32_t handle = timeline->handle;

	/*
	 * A point that nobody has submitted yet is EINVAL, unless one asks for it to be waited for.
	 * A time of 0 lies in the past: the kernel looks, and that is all.
	 */
	if (drmSyncobjTimelineWait(timeline->drm_fd, &handle, &point, 1, 0,
				   DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, NULL) == 0)
		return 1;
	return errno == ETIME ? 0 : -errno;
}

int timeline_watch(const struct timeline *timeline, uint64_t point, int event)
{
	if (drmSyncobjEventfd(timeline->drm_fd, timeline->handle, point, event, 0) == 0)
		return 0;
	/* What DRM says of a call that it doesn't know; nothing else of ours could be invalid. */
	return errno == EINVAL ? -ENOTTY : -errno;
}
