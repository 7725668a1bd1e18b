// SPDX-License-Identifier: MIT
/*
 * jobs: device work of the module in kmod/, on buffers of any exporter that it can import.
 *
 * A device that does nothing but copy. What it reads goes into a staging buffer of its own, where the
 * CPU judges it; what it writes the CPU has drawn there before. That buffer is coherent, and
 * bracketed all the same (R3). Only the copy touches the image, so no CPU is between the device's view
 * of it and the verdict.
 *
 * A write is asynchronous and takes its time: the case of R5 and R12. write() returns when more than half of
 * it is done, as if the program had had other things to do meanwhile: whoever does not wait then meets
 * a card that is half there. That holds as long as it is not kept from running for the rest of the write, three
 * eighths of it.
 */
#include "peer/peer.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "buffer/drm_dumb.h"
#include "buffer/staleline_device.h"

enum {
	WRITE_US = 100000,    /* long beside all that a program does between two calls */
	JOBS_WAIT_MS = 15000, /* a job is done after 10 s at the latest: the module's promise */
};

/*
 * Of n steps each takes every n-th line. As few as can be, so that what is not there yet shows as
 * dashes of a line or two, 16 pixels each; but n divides no row, or the dashes would be columns.
 */
static uint32_t choose_steps(uint32_t stride)
{
	uint32_t lines = stride / DRM_STALELINE_LINE_SIZE, steps = 3;

	while (lines && lines % steps == 0)
		steps += 2;
	return steps;
}

/* What peer->priv points to. */
struct jobs {
	struct staleline_device device;
	struct buffer staging; /* of the images' size, made at the first import */
	uint32_t staging_handle;
	uint32_t duration_us, steps;
	int written; /* sync_file of the last write, -1: none that was not waited for */
};

struct peer_image {
	const struct buffer *buffer;
	uint32_t handle;
};

static void drop_staging(struct jobs *jobs)
{
	if (!jobs->staging_handle)
		return;
	buffer_disown(&jobs->staging);
	staleline_device_drop(&jobs->device, jobs->staging_handle);
	jobs->staging_handle = 0;
}

static void jobs_close(struct peer *peer)
{
	struct jobs *jobs = peer->priv;

	if (!jobs)
		return;
	if (jobs->written >= 0)
		close(jobs->written);
	drop_staging(jobs);
	staleline_device_close(&jobs->device);
	free(jobs);
	peer->priv = NULL;
}

/* Is the module of the version that has jobs? */
static int check_version(const struct jobs *jobs, struct why *why)
{
	struct drm_staleline_info info = { 0 };
	int err = staleline_device_info(&jobs->device, &info);

	if (!err && info.version >= 2)
		return 0;
	return why_set(
		why, -EOPNOTSUPP,
		"%s: this build of the module has no jobs (version %u, 2 is needed): install "
		"the one that belongs to this staleline",
		jobs->device.path, info.version);
}

static int jobs_open(struct peer *peer, const struct peer_wish *wish, const struct card *card,
		     struct why *why)
{
	struct jobs *jobs = calloc(1, sizeof(*jobs));
	int err;

	if (!jobs)
		return why_set(why, -ENOMEM, "jobs: out of memory");
	jobs->written = -1;
	jobs->device.fd = -1;
	jobs->staging.fd = -1;
	jobs->duration_us = wish->duration_us ? wish->duration_us : WRITE_US;
	jobs->steps = wish->steps; /* 0: as the first buffer's stride asks for */
	*peer = (struct peer){ .ops = &peer_jobs, .card = card, .implicit = true, .priv = jobs };
	err = staleline_device_open(&jobs->device, wish->device, why);
	if (!err)
		err = check_version(jobs, why);
	if (err) {
		jobs_close(peer);
		return why_prefix(why, err, "jobs: ");
	}
	snprintf(peer->path, sizeof(peer->path), "jobs of the module on %s, a write takes %u ms",
		 jobs->device.path, jobs->duration_us / 1000);
	return 0;
}

/* A buffer of our own with the layout of @buffer, coherent whatever the module's parameter says. */
static int make_staging(struct jobs *jobs, const struct buffer *buffer, struct why *why)
{
	struct drm_staleline_params params = {
		.flags = DRM_STALELINE_SET_MODE,
		.mode = DRM_STALELINE_MODE_COHERENT,
	};
	struct buffer *staging = &jobs->staging;
	struct drm_dumb dumb;
	int fd, err;

	/* As many bytes; what the pitch is doesn't matter, since it is copied byte by byte. */
	err = drm_dumb_create(jobs->device.fd, 1024, (uint32_t)((buffer->size + 4095) / 4096),
			      &dumb);
	if (err)
		return why_set(why, err, "jobs: a staging buffer of %zu bytes on %s: %s",
			       buffer->size, jobs->device.path, strerror(-err));
	params.handle = dumb.handle;
	err = staleline_device_set(&jobs->device, &params);
	fd = err ? err : drm_dumb_export(jobs->device.fd, &dumb);
	if (fd < 0) {
		err = why_set(why, fd, "jobs: the staging buffer on %s: %s", jobs->device.path,
			      strerror(-fd));
		goto fail;
	}
	*staging = *buffer;
	staging->number = 0;
	staging->exporter = NULL;
	err = buffer_adopt(staging, fd, why);
	if (err)
		goto fail;
	jobs->staging_handle = dumb.handle;
	if (!jobs->steps)
		jobs->steps = choose_steps(buffer->stride);
	return 0;

fail:
	drm_dumb_destroy(jobs->device.fd, &dumb);
	return err;
}

/* A job copies what both have: pixels lie in both at the same place. */
static int check_staging(struct jobs *jobs, const struct buffer *buffer, struct why *why)
{
	const struct buffer *staging = &jobs->staging;

	if (!jobs->staging_handle)
		return make_staging(jobs, buffer, why);
	if (staging->size >= buffer->size && staging->stride == buffer->stride &&
	    staging->offset == buffer->offset)
		return 0;
	return why_set(
		why, -EINVAL,
		"jobs: buffer %u has another layout than the first (size %zu, stride %u, offset "
		"%u): take a peer for each",
		buffer->number, buffer->size, buffer->stride, buffer->offset);
}

static int jobs_import(struct peer *peer, const struct buffer *buffer, struct peer_image **image,
		       struct why *why)
{
	struct jobs *jobs = peer->priv;
	struct peer_image *made = calloc(1, sizeof(*made));
	int err;

	*image = NULL;
	if (!made)
		return why_set(why, -ENOMEM, "jobs: out of memory");
	made->buffer = buffer;
	err = peer_check_buffer(peer, buffer, why);
	if (!err)
		err = check_staging(jobs, buffer, why);
	if (err)
		goto fail;
	err = staleline_device_import(&jobs->device, buffer->fd, &made->handle);
	if (err) {
		why_set(why, -EOPNOTSUPP,
			"import of buffer %u into %s: the module refuses the dma-buf: %s; take "
			"another exporter or another peer",
			buffer->number, jobs->device.path, strerror(-err));
		err = -EOPNOTSUPP;
		goto fail;
	}
	*image = made;
	return 0;

fail:
	free(made);
	return err;
}

static void jobs_drop(struct peer *peer, struct peer_image *image)
{
	const struct jobs *jobs = peer->priv;

	staleline_device_drop(&jobs->device, image->handle);
	free(image);
}

/* Submit a copy of the whole @size; with OUT_FILE its sync_file is left in @job. */
static int submit_copy(const struct jobs *jobs, struct drm_staleline_job *job,
		       const struct peer_image *image, struct why *why)
{
	int err;

	job->kind = DRM_STALELINE_JOB_COPY;
	job->size = image->buffer->size / DRM_STALELINE_LINE_SIZE * DRM_STALELINE_LINE_SIZE;
	err = staleline_device_job(&jobs->device, job);
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
 * Wait for a job's own fence, @fd, which is closed. One that is done may have ended in an error: the module
 * promises an end within 10 s, not that what was asked for is there.
 */
static int wait_job(const struct jobs *jobs, int fd, const char *what, struct why *why)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct sync_file_info info = { .num_fences = 0 };
	int n, err = 0;

	do
		n = poll(&pollfd, 1, JOBS_WAIT_MS);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		err = why_set(why, n ? -errno : -ETIME, "jobs: the fence of %s on %s: %s", what,
			      jobs->device.path, n ? strerror(errno) : "it did not signal in 15 s");
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

static int jobs_read(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
		     struct cell_verdict *map, uint32_t *heat, struct why *why)
{
	struct jobs *jobs = peer->priv;
	struct drm_staleline_job job = {
		.flags = DRM_STALELINE_JOB_OUT_FILE,
		.dst = jobs->staging_handle,
		.src = image->handle,
		.steps = 1,
	};
	int err = submit_copy(jobs, &job, image, why);

	/* With the job's fence the image is free again, too (R5). */
	if (!err)
		err = wait_job(jobs, job.out_fd, "the last read", why);
	if (!err)
		err = begin_staging(jobs, ACCESS_READ, why);
	if (err)
		return err;
	card_judge(peer->card, expect, buffer_pixels(&jobs->staging), jobs->staging.stride, map);
	err = end_staging(jobs, ACCESS_READ, why);
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

static int jobs_write(struct peer *peer, struct peer_image *image, uint32_t serial, uint32_t frame,
		      struct why *why)
{
	struct jobs *jobs = peer->priv;
	const struct card *card = peer->card;
	struct drm_staleline_job job = {
		.flags = DRM_STALELINE_JOB_SCATTERED | DRM_STALELINE_JOB_OUT_FILE,
		.dst = image->handle,
		.src = jobs->staging_handle,
		.duration_us = jobs->duration_us,
		.steps = jobs->steps,
	};
	/* Waits until an earlier write has read the staging buffer: so only the last can be pending. */
	int err = begin_staging(jobs, ACCESS_WRITE, why);

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

static int jobs_finish(struct peer *peer, struct why *why)
{
	struct jobs *jobs = peer->priv;
	int fd = jobs->written;

	jobs->written = -1;
	return fd < 0 ? 0 : wait_job(jobs, fd, "the last write", why);
}

const struct peer_ops peer_jobs = {
	.name = "jobs",
	.open = jobs_open,
	.close = jobs_close,
	.import = jobs_import,
	.drop = jobs_drop,
	.read = jobs_read,
	.write = jobs_write,
	.finish = jobs_finish,
};
