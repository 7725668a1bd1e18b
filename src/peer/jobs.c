// SPDX-License-Identifier: MIT
/*
 * jobs: device work of the module in kmod/, on buffers of any exporter that it can import.
 *
 * A device that does nothing but copy. What it reads goes into a staging buffer of its own, where
 * the CPU judges it; what it writes the CPU has drawn there before. That buffer is coherent, and
 * bracketed all the same (R3). Only the copy touches the image, so no CPU is between the device's
 * view of it and the verdict.
 */
#include "peer/jobs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer/drm_dumb.h"

enum { WRITE_US = 100000 }; /* long beside all that a program does between two calls */

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
	if (jobs->reading >= 0)
		close(jobs->reading);
	jobs_sync_close(&jobs->sync);
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
	jobs->reading = -1;
	jobs->sync.device = &jobs->device;
	jobs->device.fd = -1;
	jobs->staging.fd = -1;
	jobs->duration_us = wish->duration_us ? wish->duration_us : WRITE_US;
	jobs->wished_steps = wish->steps;
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
	jobs->steps = jobs->wished_steps ? jobs->wished_steps : choose_steps(buffer->stride);
	return 0;

fail:
	drm_dumb_destroy(jobs->device.fd, &dumb);
	return err;
}

/*
 * A job copies what both have: pixels lie in both at the same place. Where the last image was of
 * another layout (the card had another size) the staging buffer is made anew.
 */
int jobs_stage(struct jobs *jobs, const struct buffer *buffer, struct why *why)
{
	const struct buffer *staging = &jobs->staging;
	int err;

	if (jobs->staging_handle && staging->size >= buffer->size &&
	    staging->stride == buffer->stride && staging->offset == buffer->offset)
		return 0;
	err = jobs_finish_own(jobs);
	if (err)
		return why_set(why, err, "jobs: the work on %s: %s", jobs->device.path,
			       strerror(-err));
	drop_staging(jobs);
	return make_staging(jobs, buffer, why);
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
		err = peer_check_joint(peer, buffer, why);
	if (!err)
		err = jobs_stage(jobs, buffer, why);
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

/* The staging buffer follows the images. */
static int jobs_resize(struct peer *peer, struct why *why)
{
	(void)peer;
	(void)why;
	return 0;
}

static int jobs_set_sync(struct peer *peer, enum peer_sync sync, struct why *why)
{
	struct jobs *jobs = peer->priv;

	return jobs_sync_choose(&jobs->sync, sync, why);
}

const struct peer_ops peer_jobs = {
	.name = "jobs",
	.open = jobs_open,
	.close = jobs_close,
	.resize = jobs_resize,
	.import = jobs_import,
	.drop = jobs_drop,
	.read = jobs_read,
	.write = jobs_write,
	.finish = jobs_finish,
	.begin_read = jobs_begin_read,
	.end_read = jobs_end_read,
	.set_sync = jobs_set_sync,
};
