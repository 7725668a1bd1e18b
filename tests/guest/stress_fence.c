// SPDX-License-Identifier: MIT
/* Jobs with every kind of fence, sync_files, syncobjs, poll, and fences that never signal by themselves. */
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kmod_stress.h"

int keep_file(struct worker *w, int fd)
{
	uint32_t place = below(&w->c, NFILES);

	if (fd < 0)
		return fd;
	if (w->files[place] >= 0)
		close(w->files[place]);
	w->files[place] = fd;
	return 0;
}

int some_file(struct worker *w)
{
	uint32_t first = below(&w->c, NFILES);

	for (uint32_t i = 0; i < NFILES; i++)
		if (w->files[(first + i) % NFILES] >= 0)
			return w->files[(first + i) % NFILES];
	return -1;
}

/* A syncobj of this card, or 0. */
static uint32_t some_syncobj(struct worker *w, uint32_t which)
{
	uint32_t first = below(&w->c, NSYNCOBJS);

	for (uint32_t i = 0; i < NSYNCOBJS; i++) {
		uint32_t at = (first + i) % NSYNCOBJS;

		if (w->syncobjs[at].handle && w->syncobjs[at].card == which)
			return w->syncobjs[at].handle;
	}
	return 0;
}

/* Short mostly, as START and the display wait for it. */
static uint32_t some_duration(struct worker *w)
{
	if (once_in(&w->c, 200))
		return below(&w->c, DRM_STALELINE_JOB_MAX_US);
	return below(&w->c, 3) ? below(&w->c, 3000) : below(&w->c, 30000);
}

static void add_fences(struct worker *w, struct drm_staleline_job *job, uint32_t which)
{
	int in = some_file(w);
	uint32_t syncobj = some_syncobj(w, which);

	if (once_in(&w->c, 2))
		job->flags |= DRM_STALELINE_JOB_OUT_FILE;
	if (in >= 0 && once_in(&w->c, 2)) {
		job->flags |= DRM_STALELINE_JOB_IN_FILE;
		job->in_fd = in;
	}
	if (syncobj && once_in(&w->c, 3)) {
		job->flags |= DRM_STALELINE_JOB_OUT_POINT;
		job->out_syncobj = syncobj;
		job->out_point = once_in(&w->c, 2) ? ++w->point : 0;
	}
	syncobj = some_syncobj(w, which);
	if (syncobj && once_in(&w->c, 3)) {
		job->flags |= DRM_STALELINE_JOB_IN_POINT;
		job->in_syncobj = syncobj;
		job->in_point = below(&w->c, 3) ? 0 : 1 + below(&w->c, (uint32_t)w->point);
	}
}

static int op_job(struct worker *w)
{
	struct item *dst = some_item(w, false), *src = some_item(w, false);
	struct drm_staleline_job job = {
		.flags = below(&w->c, 4),
		.steps = 1 + below(&w->c, once_in(&w->c, 8) ? 1024 : 16),
		.duration_us = some_duration(w),
	};
	uint64_t lines;
	int ret;

	if (!dst || !dst->size)
		return NOTHING;
	lines = dst->size / 64;
	job.dst = dst->handle;
	if (src->size && src->card == dst->card && src->handle != dst->handle) {
		job.kind = DRM_STALELINE_JOB_COPY;
		job.src = src->handle;
		if (src->size / 64 < lines)
			lines = src->size / 64;
	} else {
		job.value = (uint32_t)choose(&w->c);
	}
	job.size = 64ull * (1 + below(&w->c, (uint32_t)lines));
	job.dst_offset = 64ull * below(&w->c, (uint32_t)(lines - job.size / 64 + 1));
	add_fences(w, &job, dst->card);
	ret = call(w->cards[dst->card], DRM_IOCTL_STALELINE_JOB, &job);
	if (!ret && job.flags & DRM_STALELINE_JOB_OUT_FILE)
		keep_file(w, job.out_fd);
	return ret;
}

static int op_poll(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct pollfd p[2] = {
		{ .fd = b ? b->fd : -1, .events = (short)(1 + below(&w->c, 8)) },
		{ .fd = some_file(w), .events = POLLIN },
	};

	if (!b)
		return NOTHING;
	return poll(p, 2, (int)below(&w->c, 10)) < 0 ? -errno : 0;
}

/* A poll that is left behind: its callback is still on the fence when the descriptor goes. */
static int op_poll_and_close(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct pollfd p = { .fd = b ? b->fd : -1, .events = POLLOUT };

	if (!b)
		return NOTHING;
	if (poll(&p, 1, 0) < 0)
		return -errno;
	close(b->fd);
	b->fd = -1;
	return 0;
}

static int op_export_file(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct dma_buf_export_sync_file args = { .flags = 1 + below(&w->c, 3) };
	int ret;

	if (!b)
		return NOTHING;
	ret = call(b->fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);
	return ret ? ret : keep_file(w, args.fd);
}

static int op_import_file(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct dma_buf_import_sync_file args = { .flags = 1 + below(&w->c, 3), .fd = some_file(w) };

	if (!b || args.fd < 0)
		return NOTHING;
	return call(b->fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

static int op_file_info(struct worker *w)
{
	int fd = some_file(w), other = some_file(w);
	struct sync_fence_info fences[4];
	struct sync_file_info info = { .num_fences = 4, .sync_fence_info = (uintptr_t)fences };
	struct sync_merge_data merge = { .name = "merged", .fd2 = other };
	int ret;

	if (fd < 0)
		return NOTHING;
	ret = call(fd, SYNC_IOC_FILE_INFO, &info);
	if (ret && ret != -EINVAL)
		return ret;
	ret = call(fd, SYNC_IOC_MERGE, &merge);
	return ret ? ret : keep_file(w, merge.fence);
}

static int op_syncobj(struct worker *w)
{
	uint32_t place = below(&w->c, NSYNCOBJS), which = below(&w->c, NCARDS);
	struct drm_syncobj_destroy destroy = { .handle = w->syncobjs[place].handle };
	struct drm_syncobj_create create = { .flags = below(&w->c, 2) };
	int ret;

	if (destroy.handle)
		call(w->cards[w->syncobjs[place].card], DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	w->syncobjs[place].handle = 0;
	ret = call(w->cards[which], DRM_IOCTL_SYNCOBJ_CREATE, &create);
	w->syncobjs[place].card = which;
	w->syncobjs[place].handle = ret ? 0 : create.handle;
	return ret;
}

static int op_syncobj_wait(struct worker *w)
{
	uint32_t which = below(&w->c, NCARDS), handle = some_syncobj(w, which);
	uint64_t point = below(&w->c, (uint32_t)w->point + 2);
	struct drm_syncobj_timeline_wait wait = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
		.flags = below(&w->c, 8),
	};
	int ret;

	if (!handle)
		return NOTHING;
	ret = call(w->cards[which], DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &wait);
	return ret == -ETIME ? 0 : ret;
}

static int op_syncobj_file(struct worker *w)
{
	uint32_t which = below(&w->c, NCARDS), handle = some_syncobj(w, which);
	struct drm_syncobj_handle args = { .handle = handle, .flags = 1 };
	int ret;

	if (!handle)
		return NOTHING;
	if (once_in(&w->c, 2)) {
		args.fd = some_file(w);
		return args.fd < 0 ? NOTHING
				   : call(w->cards[which], DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args);
	}
	args.fd = -1;
	ret = call(w->cards[which], DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);
	return ret ? ret : keep_file(w, args.fd);
}

static int op_syncobj_more(struct worker *w)
{
	uint32_t which = below(&w->c, NCARDS), handle = some_syncobj(w, which);
	struct drm_syncobj_transfer transfer = {
		.src_handle = some_syncobj(w, which),
		.dst_handle = handle,
		.src_point = below(&w->c, (uint32_t)w->point + 1),
		.dst_point = ++w->point,
	};
	uint64_t point = ++w->point;
	struct drm_syncobj_timeline_array signal = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};
	struct drm_syncobj_array reset = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	if (!handle)
		return NOTHING;
	switch (below(&w->c, 3)) {
	case 0:
		return call(w->cards[which], DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer);
	case 1:
		return call(w->cards[which], DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &signal);
	default:
		return call(w->cards[which], DRM_IOCTL_SYNCOBJ_RESET, &reset);
	}
}

/* The kernel's drivers/dma-buf/sw_sync.c has no header for user space. */
struct sw_sync_create {
	uint32_t value;
	char name[32];
	int32_t fence;
};
#define SW_SYNC_CREATE _IOWR('W', 0, struct sw_sync_create)
#define SW_SYNC_INC _IOW('W', 1, uint32_t)

/*
 * A fence that waits for us, for some seconds at most. The timeline is not this process's: were its fences to
 * wait until it is closed, and a commit for the fence, and our end for the commit, that would be for ever.
 */
static int op_sw_sync(struct worker *w)
{
	struct sw_sync_create create = {
		.value = __atomic_load_n(w->reached, __ATOMIC_RELAXED) + below(&w->c, 8),
		.name = "stress",
	};
	int ret = w->timeline < 0 ? NOTHING : call(w->timeline, SW_SYNC_CREATE, &create);

	return ret ? ret : keep_file(w, create.fence);
}

void step_for_ever(int timeline, uint32_t *reached)
{
	uint32_t step = 1;

	for (;;) {
		usleep(300000);
		call(timeline, SW_SYNC_INC, &step);
		__atomic_fetch_add(reached, 1, __ATOMIC_RELAXED);
	}
}

const struct op fence_ops[] = {
	{ "job", op_job, 40, NEED_JOBS },
	{ "poll", op_poll, 15, 0 },
	{ "poll and close", op_poll_and_close, 4, 0 },
	{ "EXPORT_SYNC_FILE", op_export_file, 10, 0 },
	{ "IMPORT_SYNC_FILE", op_import_file, 6, 0 },
	{ "sync_file: info, merge", op_file_info, 6, 0 },
	{ "syncobj", op_syncobj, 8, NEED_JOBS },
	{ "syncobj: wait", op_syncobj_wait, 6, NEED_JOBS },
	{ "syncobj: to and from file", op_syncobj_file, 6, NEED_JOBS },
	{ "syncobj: transfer, signal, reset", op_syncobj_more, 6, NEED_JOBS },
	{ "a fence that waits for us", op_sw_sync, 3, NEED_SW_SYNC },
};
const unsigned int nfence_ops = sizeof(fence_ops) / sizeof(*fence_ops);
