// SPDX-License-Identifier: MIT
/*
 * jobs_sync: what a job waits for and what it leaves behind. See jobs_sync.h.
 *
 *	implicit	the module takes the buffers' fences and leaves its own in them
 *	sync_file	we do that (R20): export, submit a job that waits for it and gives a new
 *			fence, import that
 *	points		the acquire point before, the release point behind; the buffers' fences
 *			are left alone
 */
#include "peer/jobs_sync.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int jobs_sync_choose(struct jobs_sync *sync, enum peer_sync kind, struct why *why)
{
	int err = 0;

	if (kind == PEER_POINT)
		err = points_open(&sync->points, sync->device->fd, sync->device->path, why);
	if (!err)
		sync->kind = kind;
	return err ? why_prefix(why, err, "jobs: ") : 0;
}

void jobs_sync_close(struct jobs_sync *sync)
{
	points_close(&sync->points);
}

/* Nobody is told of the job but us: before that it must not be forgotten. */
static void wait_for(int file)
{
	struct pollfd pollfd = { .fd = file, .events = POLLIN };

	while (poll(&pollfd, 1, -1) < 0 && errno == EINTR) /* 10 s: the module's promise */
		;
	close(file);
}

/* R21: between export and import nobody else submits, since there is nobody else. */
static int submit_with_files(const struct jobs_sync *sync, int fd, bool writes,
			     struct drm_staleline_job *job)
{
	/* To read, writers are waited for; to write, all (R18). */
	uint64_t flags = writes ? ACCESS_WRITE : ACCESS_READ;
	int in = access_export(fd, flags), err;

	if (in < 0)
		return in;
	job->flags |= DRM_STALELINE_JOB_EXPLICIT | DRM_STALELINE_JOB_IN_FILE;
	job->in_fd = in;
	err = staleline_device_job(sync->device, job);
	close(in);
	if (err)
		return err;
	/* A writer's fence is for everybody, a reader's for later writers (R22). */
	err = access_import(fd, job->out_fd, flags);
	if (err)
		wait_for(job->out_fd);
	return err;
}

/* The CPU has done END: its point is signalled by hand, as what is done needs no fence (R24). */
static int submit_with_points(struct jobs_sync *sync, struct drm_staleline_job *job)
{
	struct points *points = &sync->points;
	int err = points_signal(points);

	if (err)
		return err;
	job->flags |= DRM_STALELINE_JOB_EXPLICIT | DRM_STALELINE_JOB_IN_POINT |
		      DRM_STALELINE_JOB_OUT_POINT;
	job->in_syncobj = points->acquire;
	job->in_point = points->acquired;
	job->out_syncobj = points->release;
	job->out_point = points->released + 1;
	err = staleline_device_job(sync->device, job);
	if (!err)
		points->released++;
	return err;
}

int jobs_sync_submit(struct jobs_sync *sync, int fd, bool writes, struct drm_staleline_job *job)
{
	job->flags |= DRM_STALELINE_JOB_OUT_FILE;
	switch (sync->kind) {
	case PEER_IMPLICIT:
		return staleline_device_job(sync->device, job);
	case PEER_FILE:
		return submit_with_files(sync, fd, writes, job);
	case PEER_POINT:
		return submit_with_points(sync, job);
	}
	return -EINVAL;
}

int jobs_sync_wait(const struct jobs_sync *sync, int timeout_ms)
{
	return sync->kind == PEER_POINT ? points_wait(&sync->points, timeout_ms) : 0;
}
