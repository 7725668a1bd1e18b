/* SPDX-License-Identifier: MIT */
/* jobs_sync: what a job waits for and what it leaves behind, by each kind of sync. */
#ifndef STALELINE_JOBS_SYNC_H
#define STALELINE_JOBS_SYNC_H

#include "buffer/staleline_device.h"
#include "peer/peer.h"
#include "peer/points.h"

struct jobs_sync {
	const struct staleline_device *device; /* not owned */
	enum peer_sync kind;
	struct points points; /* PEER_POINT: on the device's file */
};

/* From now on by @kind. 0 or -errno with @why. */
int jobs_sync_choose(struct jobs_sync *sync, enum peer_sync kind, struct why *why);
void jobs_sync_close(struct jobs_sync *sync);

/*
 * Submit @job on the dma-buf @fd, which it @writes or reads: with its fences before and behind
 * it. The CPU has done END (R6). On success job->out_fd is a sync_file of it, the caller's. 0
 * or -errno; nothing was submitted then, unless it is PEER_FILE whose fence could not be
 * imported: that job is waited for.
 */
int jobs_sync_submit(struct jobs_sync *sync, int fd, bool writes, struct drm_staleline_job *job);

/* PEER_POINT: until the last release point; else nothing. 0, -ETIME or -errno. */
int jobs_sync_wait(const struct jobs_sync *sync, int timeout_ms);

#endif
