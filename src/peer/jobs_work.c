// SPDX-License-Identifier: MIT
/*
 * jobs_work: what the jobs peer does to a buffer: each time a copy by the device, to the
 * staging buffer or from it.
 *
 * A write is asynchronous and takes its time: the case of R5 and R12. write() returns when more
 * than half of it is done, as if the program had had other things to do meanwhile: whoever does not
 * wait then meets a card that is half there. That holds as long as it is not kept from running for
 * the rest of the write, three eighths of it. A read that goes on while the CPU does (begin_read)
 * is the same the other way round.
 */
#include "peer/jobs.h"

#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { JOBS_WAIT_MS = 15000 }; /* a job is done after 10 s at the latest: the module's promise */

/* Until the job of this sync_file is done, with an error or without; -1: none. */
static int wait_file(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int64_t deadline = clock_ns() + (int64_t)JOBS_WAIT_MS * 1000000;
	int n;

	if (fd < 0)
		return 0;
	do
		n = poll(&pollfd, 1, clock_ms_left(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n < 0 ? -errno : -ETIME;
}

/* Until nothing of ours is at the staging buffer: an explicit job leaves no fence in it. */
int jobs_finish_own(const struct jobs *jobs)
{
	int err = wait_file(jobs->written);

	return err ? err : wait_file(jobs->reading);
}

/* Submit a copy of the whole size, to or from @image; its sync_file is left in @job. */
static int submit_copy(struct jobs *jobs, struct drm_staleline_job *job,
		       const struct peer_image *image, struct why *why)
{
	bool writes = job->dst == image->handle;
	int err = jobs_finish_own(jobs);

	job->kind = DRM_STALELINE_JOB_COPY;
	job->size = image->buffer->size / DRM_STALELINE_LINE_SIZE * DRM_STALELINE_LINE_SIZE;
	if (!err)
		err = jobs_sync_submit(&jobs->sync, image->buffer->fd, writes, job);
	if (!err)
		return 0;
	return why_set(why, err, "a job of %llu bytes on buffer %u, %s: %s%s",
		       (unsigned long long)job->size, image->buffer->number, jobs->device.path,
		       strerror(-err),
		       err == -EBUSY	? "; too many are pending"
		       : err == -EACCES ? "; it was exported read-only"
					: "");
}

/* The order of access.h, on the staging buffer: ready, START. */
static int begin_staging(struct jobs *jobs, uint64_t flags, struct why *why)
{
	struct access *access = &jobs->staging.access;
	int err = access_wait(access, flags, JOBS_WAIT_MS);

	if (!err)
		err = jobs_finish_own(jobs);
	if (!err)
		err = access_begin(access, flags);
	if (err)
		why_set(why, err, "jobs: the staging buffer on %s is not ready: %s",
			jobs->device.path, err == -ETIME ? "a job hangs" : strerror(-err));
	return err;
}

static int end_staging(struct jobs *jobs, uint64_t flags, struct why *why)
{
	int err = access_end(&jobs->staging.access, flags);

	if (!err)
		err = access_submit(&jobs->staging.access);
	return err ? why_set(why, err, "jobs: SYNC END of the staging buffer: %s", strerror(-err))
		   : 0;
}

/*
 * Wait for a job's own fence, @fd, which is closed. One that is done may have ended in an error:
 * the module promises an end within 10 s, not that what was asked for is there.
 */
static int wait_job(const struct jobs *jobs, int fd, const char *what, struct why *why)
{
	struct sync_file_info info = { .num_fences = 0 };
	int err = wait_file(fd);

	if (err)
		why_set(why, err, "jobs: the fence of %s on %s: %s", what, jobs->device.path,
			err == -ETIME ? "it did not signal in 15 s" : strerror(-err));
	else if (ioctl(fd, SYNC_IOC_FILE_INFO, &info) < 0)
		err = why_set(why, -errno, "jobs: what became of %s on %s: %s", what,
			      jobs->device.path, strerror(errno));
	else if (info.status < 0)
		err = why_set(why, info.status, "jobs: %s on %s was not done: %s", what,
			      jobs->device.path,
			      info.status == -ETIMEDOUT
				      ? "it had to wait for others for more than 10 s"
				      : strerror(-info.status));
	close(fd);
	return err;
}

/* What a job has copied to the staging buffer, and is done with. */
static int judge_staging(struct peer *peer, const struct card_expect *expect,
			 struct cell_verdict *map, struct why *why)
{
	struct jobs *jobs = peer->priv;
	int err = begin_staging(jobs, ACCESS_READ, why);

	if (err)
		return err;
	card_judge(peer->card, expect, buffer_pixels(&jobs->staging), jobs->staging.stride, map);
	return end_staging(jobs, ACCESS_READ, why);
}

int jobs_read(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
	      struct cell_verdict *map, uint32_t *heat, struct why *why)
{
	struct jobs *jobs = peer->priv;
	struct drm_staleline_job job = { .src = image->handle, .steps = 1 };
	int err = jobs_stage(jobs, image->buffer, why);

	job.dst = jobs->staging_handle;
	if (!err)
		err = submit_copy(jobs, &job, image, why);
	/* With the job's fence the image is free again, too (R5). */
	if (!err)
		err = wait_job(jobs, job.out_fd, "the last read", why);
	if (!err)
		err = judge_staging(peer, expect, map, why);
	if (!err)
		peer_heat(peer->card, map, heat);
	return err;
}

static void nap(uint32_t us)
{
	struct timespec left = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000L };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

int jobs_write(struct peer *peer, struct peer_image *image, uint32_t serial, uint32_t frame,
	       struct why *why)
{
	struct jobs *jobs = peer->priv;
	const struct card *card = peer->card;
	struct drm_staleline_job job = {
		.flags = DRM_STALELINE_JOB_SCATTERED,
		.dst = image->handle,
		.duration_us = jobs->duration_us,
	};
	int err = jobs_stage(jobs, image->buffer, why);

	job.src = jobs->staging_handle;
	job.steps = jobs->steps;
	/*
	 * Waits until an earlier write has read the staging buffer:
	 * so only the last can be pending.
	 */
	if (!err)
		err = begin_staging(jobs, ACCESS_WRITE, why);
	if (err)
		return err;
	card_draw(card, serial, frame, card_whole(card), buffer_pixels(&jobs->staging),
		  jobs->staging.stride);
	err = end_staging(jobs, ACCESS_WRITE, why);
	if (!err)
		err = submit_copy(jobs, &job, image, why);
	if (err)
		return err;
	if (jobs->written >= 0)
		close(jobs->written);
	jobs->written = job.out_fd;
	nap(jobs->duration_us / 8 * 5); /* between two steps, of 3, 5 or 7 */
	return 0;
}

/* Nobody writes meanwhile, so the staging buffer is this read's. */
int jobs_begin_read(struct peer *peer, struct peer_image *image, struct why *why)
{
	struct jobs *jobs = peer->priv;
	struct drm_staleline_job job = {
		.flags = DRM_STALELINE_JOB_SCATTERED,
		.src = image->handle,
		.duration_us = jobs->duration_us,
	};
	int err = jobs_stage(jobs, image->buffer, why);

	job.dst = jobs->staging_handle;
	job.steps = jobs->steps;
	if (!err)
		err = submit_copy(jobs, &job, image, why);
	if (err)
		return err;
	if (jobs->reading >= 0)
		close(jobs->reading);
	jobs->reading = job.out_fd;
	nap(jobs->duration_us / 8 * 5);
	return 0;
}

int jobs_end_read(struct peer *peer, const struct card_expect *expect, struct cell_verdict *map,
		  struct why *why)
{
	struct jobs *jobs = peer->priv;
	int fd = jobs->reading, err;

	if (fd < 0)
		return why_set(why, -EINVAL, "jobs: no read is under way");
	jobs->reading = -1;
	err = wait_job(jobs, fd, "the read", why);
	return err ? err : judge_staging(peer, expect, map, why);
}

int jobs_finish(struct peer *peer, struct why *why)
{
	struct jobs *jobs = peer->priv;
	int fd = jobs->written;
	int err = jobs_sync_wait(&jobs->sync, JOBS_WAIT_MS);

	if (!err)
		err = wait_file(jobs->reading); /* what became of it end_read() tells */
	if (err)
		return why_set(why, err, "jobs: the work on %s: %s", jobs->device.path,
			       err == -ETIME ? "it was not done in 15 s" : strerror(-err));
	jobs->written = -1;
	return fd < 0 ? 0 : wait_job(jobs, fd, "the last write", why);
}
