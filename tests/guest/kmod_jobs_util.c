// SPDX-License-Identifier: MIT
#include <drm.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <time.h>

#include "kmod_jobs.h"

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void long_fill(const struct buffer *b, uint32_t value)
{
	struct drm_staleline_job job = fill_job(b, value);

	job.duration_us = LONG_MS * 1000;
	if (submit(&job))
		bail("a job");
}

void long_copy(const struct buffer *dst, const struct buffer *src)
{
	struct drm_staleline_job job = copy_job(dst, src);

	job.duration_us = LONG_MS * 1000;
	if (submit(&job))
		bail("a copy");
}

bool idle(const struct buffer *b)
{
	return ready(b->fd, POLLOUT, PATIENCE_MS);
}

int submit_for_file(struct drm_staleline_job job)
{
	job.flags |= OUT_FILE;
	if (submit(&job))
		bail("a job with a sync_file");
	return job.out_fd;
}

int file_status(int fd)
{
	struct sync_file_info info = { .num_fences = 0 };

	if (call(fd, SYNC_IOC_FILE_INFO, &info))
		bail("FILE_INFO");
	return info.status;
}

uint32_t word(const struct buffer *b, uint32_t line)
{
	return *(volatile uint32_t *)(b->device + (size_t)line * LINE);
}

uint32_t syncobj_create(void)
{
	struct drm_syncobj_create create = { 0 };

	if (call(card, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		bail("SYNCOBJ_CREATE");
	return create.handle;
}

void syncobj_destroy(uint32_t handle)
{
	struct drm_syncobj_destroy destroy = { .handle = handle };

	call(card, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
}

uint32_t lines_with(const struct buffer *b, uint32_t value)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < LINES; i++)
		n += word(b, i) == value;
	return n;
}
