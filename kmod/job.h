/* SPDX-License-Identifier: GPL-2.0 */
/* What job.c (submission) and job_run.c (the rest of a job's life) share. */
#ifndef STALELINE_JOB_H
#define STALELINE_JOB_H

#include <linux/dma-fence.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "sl.h"

/* What a job waits for. The implicit fences of one buffer are one fence. */
enum { SL_DEP_DST, SL_DEP_SRC, SL_DEP_FILE, SL_DEP_POINT, SL_NDEPS };

struct sl_dep {
	struct dma_fence *fence; /* a reference, or NULL */
	struct dma_fence_cb cb;
	struct sl_job *job;
};

/*
 * All that it will ever need is allocated at submission. It lives as long as its fence; what it
 * holds goes when it is done.
 */
struct sl_job {
	struct dma_fence fence;
	spinlock_t lock; /* the fence's */
	struct sl_file *file;
	struct drm_staleline_job args;
	struct sl_surface dst, src;
	u8 *page; /* what goes to @dst next; FILL: the value, over and over */

	struct sl_dep deps[SL_NDEPS];
	atomic_t waiting; /* for so many of @deps; one more while they are being told */
	atomic64_t start; /* when there was nothing more to wait for */
	ktime_t deadline;

	struct delayed_work work; /* steps, or the deadline; what follows is its own */
	u32 step;
	u64 line; /* the next one, counted from the offsets */
	bool done;

	struct work_struct release;
	atomic_t users; /* who submits and who works: the last one out releases */
};

/* A job that holds nothing but its file's count, or -EBUSY or -ENOMEM. */
struct sl_job *sl_job_create(struct sl_file *file, const struct drm_staleline_job *args);
/* It will not be started, and nobody knows its fence. */
void sl_job_abandon(struct sl_job *job);
/* Its fence is known: from now on it must signal. Nothing in here may fail or allocate. */
void sl_job_start(struct sl_job *job);

#endif
