// SPDX-License-Identifier: MIT
/* points: two timelines between the CPU and a peer. See points.h. */
#include "peer/points.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "base/clock.h"

/*
 * libdrm returns -1 with errno, or -errno, from one call to the next; errno is there in both cases.
 */
static int result(int ret)
{
	return ret ? -errno : 0;
}

int points_open(struct points *points, int fd, const char *path, struct why *why)
{
	uint64_t can = 0;
	int err;

	if (points->acquire)
		return 0;
	*points = (struct points){ .fd = fd };
	if (fd < 0 || drmGetCap(fd, DRM_CAP_SYNCOBJ_TIMELINE, &can) || !can)
		return why_set(why, -EOPNOTSUPP, "%s%s has no timelines of points (syncobj)",
			       fd < 0 ? "this peer, without a DRM device," : "",
			       fd < 0 ? "" : path);
	err = result(drmSyncobjCreate(fd, 0, &points->acquire));
	if (!err)
		err = result(drmSyncobjCreate(fd, 0, &points->release));
	if (!err)
		return 0;
	points_close(points);
	return why_set(why, err, "a timeline of points on %s: %s", path, strerror(-err));
}

void points_close(struct points *points)
{
	if (points->acquire)
		drmSyncobjDestroy(points->fd, points->acquire);
	if (points->release)
		drmSyncobjDestroy(points->fd, points->release);
	points->acquire = points->release = 0;
}

int points_signal(struct points *points)
{
	uint64_t point = points->acquired + 1;
	int err = result(drmSyncobjTimelineSignal(points->fd, &points->acquire, &point, 1));

	if (!err)
		points->acquired = point;
	return err;
}

/* A sync_file is made of a syncobj with one fence: one that lives for this call. */
int points_export(const struct points *points)
{
	uint32_t one;
	int file = -1, err = result(drmSyncobjCreate(points->fd, 0, &one));

	if (err)
		return err;
	err = result(drmSyncobjTransfer(points->fd, one, 0, points->acquire, points->acquired, 0));
	if (!err)
		err = result(drmSyncobjExportSyncFile(points->fd, one, &file));
	drmSyncobjDestroy(points->fd, one);
	return err ? err : file;
}

int points_import(struct points *points, int file)
{
	uint64_t point = points->released + 1;
	uint32_t one;
	int err = result(drmSyncobjCreate(points->fd, 0, &one));

	if (err)
		return err;
	err = result(drmSyncobjImportSyncFile(points->fd, one, file));
	if (!err)
		err = result(drmSyncobjTransfer(points->fd, points->release, point, one, 0, 0));
	drmSyncobjDestroy(points->fd, one);
	if (!err)
		points->released = point;
	return err;
}

int points_wait(const struct points *points, int timeout_ms)
{
	uint32_t release = points->release;
	uint64_t point = points->released;

	if (!point)
		return 0;
	return result(drmSyncobjTimelineWait(points->fd, &release, &point, 1,
					     clock_ns() + (int64_t)timeout_ms * 1000000, 0, NULL));
}
