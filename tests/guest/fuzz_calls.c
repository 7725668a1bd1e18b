// SPDX-License-Identifier: MIT
/* The module's own ioctls and those of buffers, dma-bufs, sync_files and syncobjs; arguments that are mostly valid. */
#include <drm.h>
#include <drm_mode.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_fuzz.h"

uint32_t some_handle(struct pool *p)
{
	return p->handles[below(&p->c, NHANDLES)];
}

static uint32_t some_syncobj(struct pool *p)
{
	return p->syncobjs[below(&p->c, 4)];
}

uint64_t some_pointer(struct pool *p)
{
	uint32_t at = below(&p->c, SCRATCH_SIZE / 8) * 8;
	uint64_t junk = choose(&p->c);

	memcpy(p->scratch + at, &junk, sizeof(junk));
	return (uintptr_t)p->scratch + at;
}

uint64_t array_of(struct pool *p, uint32_t value)
{
	uint64_t at = some_pointer(p);

	memcpy((void *)(uintptr_t)at, &value, sizeof(value));
	return at;
}

void keep_handle(struct pool *p, uint32_t handle)
{
	uint32_t at = below(&p->c, NHANDLES);

	for (uint32_t i = 0; i < NHANDLES; i++)
		if (p->handles[i] == handle)
			return;
	if (p->handles[at])
		close_handle(p->master, p->handles[at]);
	p->handles[at] = handle;
}

static void keep_fd(int *fds, uint32_t at, int fd)
{
	if (fds[at] >= 0)
		close(fds[at]);
	fds[at] = fd;
}

FILL(fill_info, struct drm_staleline_info)
{
	(void)p;
	(void)a;
}

FILL(fill_set, struct drm_staleline_params)
{
	a->handle = some_handle(p);
	a->flags = (uint32_t)choose(&p->c) & 0x1ff;
	a->mode = below(&p->c, 3);
	a->inval = below(&p->c, 2);
	a->end = below(&p->c, 2);
	a->write = below(&p->c, 3);
	a->hook = below(&p->c, 2);
	a->evict = below(&p->c, 65537);
	a->fetch = below(&p->c, 65537);
	a->inject = below(&p->c, 4);
	a->seed = choose(&p->c);
}

FILL(fill_get, struct drm_staleline_params)
{
	a->handle = some_handle(p);
}

FILL(fill_state, struct drm_staleline_state)
{
	a->handle = some_handle(p);
	a->first = below(&p->c, 64);
	a->count = below(&p->c, 64);
	a->lines = some_pointer(p);
}

FILL(fill_counters, struct drm_staleline_counters)
{
	a->handle = below(&p->c, 8) ? some_handle(p) : 0;
}

FILL(fill_tick, struct drm_staleline_tick)
{
	a->handle = some_handle(p);
	a->steps = 1 + below(&p->c, 3);
}

FILL(fill_process, struct drm_staleline_process)
{
	a->flags = below(&p->c, 2);
}

FILL(fill_any_job, struct drm_staleline_job)
{
	a->kind = below(&p->c, 2);
	a->flags = (uint32_t)choose(&p->c) & 0x3f & (uint32_t)choose(&p->c);
	a->dst = some_handle(p);
	a->src = a->kind ? some_handle(p) : 0;
	a->value = a->kind ? 0 : (uint32_t)choose(&p->c);
	a->dst_offset = 64 * below(&p->c, 64);
	a->src_offset = a->kind ? 64 * below(&p->c, 64) : 0;
	a->size = 64 * (1 + below(&p->c, 64));
	a->duration_us = below(&p->c, 8) ? 0 : below(&p->c, 2000);
	a->steps = 1 + below(&p->c, 8);
	if (a->flags & DRM_STALELINE_JOB_IN_FILE)
		a->in_fd = p->files[below(&p->c, NFDS)];
	if (a->flags & DRM_STALELINE_JOB_IN_POINT) {
		a->in_syncobj = some_syncobj(p);
		a->in_point = below(&p->c, 3);
	}
	if (a->flags & DRM_STALELINE_JOB_OUT_POINT) {
		a->out_syncobj = some_syncobj(p);
		a->out_point = below(&p->c, 64);
	}
}

static void keep_job(struct pool *p, const void *args)
{
	const struct drm_staleline_job *a = args;

	if (a->flags & DRM_STALELINE_JOB_OUT_FILE)
		keep_fd(p->files, below(&p->c, NFDS), a->out_fd);
}

FILL(fill_dumb, struct drm_mode_create_dumb)
{
	a->width = below(&p->c, 4) ? 64 : 1 + below(&p->c, 2048);
	a->height = below(&p->c, 4) ? 64 : 1 + below(&p->c, 64);
	a->bpp = 32;
}

static void keep_dumb(struct pool *p, const void *args)
{
	keep_handle(p, ((const struct drm_mode_create_dumb *)args)->handle);
}

FILL(fill_map_dumb, struct drm_mode_map_dumb)
{
	a->handle = some_handle(p);
}

/* The map is tried, with an offset that may be next to it. */
static void keep_map(struct pool *p, const void *args)
{
	uint64_t offset = ((const struct drm_mode_map_dumb *)args)->offset;
	size_t size = 4096 * (1 + below(&p->c, 8));
	void *map;

	if (once_in(&p->c, 4))
		offset += 4096 * below(&p->c, 8);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, p->master, (off_t)offset);
	if (map != MAP_FAILED)
		munmap(map, size);
}

FILL(fill_close, struct drm_gem_close)
{
	a->handle = once_in(&p->c, 8) ? some_handle(p) : 12345;
}

FILL(fill_destroy_dumb, struct drm_mode_destroy_dumb)
{
	a->handle = once_in(&p->c, 8) ? some_handle(p) : 12345;
}

FILL(fill_export, struct drm_prime_handle)
{
	a->handle = some_handle(p);
	a->flags = below(&p->c, 2) ? DRM_CLOEXEC | DRM_RDWR : DRM_CLOEXEC;
}

static void keep_export(struct pool *p, const void *args)
{
	keep_fd(p->dmabufs, below(&p->c, NHANDLES), ((const struct drm_prime_handle *)args)->fd);
}

FILL(fill_import, struct drm_prime_handle)
{
	a->fd = p->dmabufs[below(&p->c, NHANDLES)];
}

static void keep_import(struct pool *p, const void *args)
{
	keep_handle(p, ((const struct drm_prime_handle *)args)->handle);
}

FILL(fill_flink, struct drm_gem_flink)
{
	a->handle = some_handle(p);
}

FILL(fill_open, struct drm_gem_open)
{
	a->name = 1 + below(&p->c, 8);
}

static void keep_open(struct pool *p, const void *args)
{
	keep_handle(p, ((const struct drm_gem_open *)args)->handle);
}

FILL(fill_sync, struct dma_buf_sync)
{
	a->flags = below(&p->c, 8);
}

FILL(fill_export_file, struct dma_buf_export_sync_file)
{
	a->flags = 1 + below(&p->c, 3);
}

static void keep_file(struct pool *p, const void *args)
{
	keep_fd(p->files, below(&p->c, NFDS), ((const struct dma_buf_export_sync_file *)args)->fd);
}

FILL(fill_import_file, struct dma_buf_import_sync_file)
{
	a->flags = 1 + below(&p->c, 3);
	a->fd = p->files[below(&p->c, NFDS)];
}

FILL(fill_file_info, struct sync_file_info)
{
	a->num_fences = below(&p->c, 4);
	a->sync_fence_info = some_pointer(p);
}

FILL(fill_merge, struct sync_merge_data)
{
	a->fd2 = p->files[below(&p->c, NFDS)];
}

static void keep_merge(struct pool *p, const void *args)
{
	keep_fd(p->files, below(&p->c, NFDS), ((const struct sync_merge_data *)args)->fence);
}

FILL(fill_syncobj, struct drm_syncobj_create)
{
	a->flags = below(&p->c, 2);
}

static void keep_syncobj(struct pool *p, const void *args)
{
	uint32_t at = below(&p->c, 4);
	struct drm_syncobj_destroy destroy = { .handle = p->syncobjs[at] };

	if (destroy.handle)
		call(p->master, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	p->syncobjs[at] = ((const struct drm_syncobj_create *)args)->handle;
}

FILL(fill_syncobj_wait, struct drm_syncobj_timeline_wait)
{
	uint64_t point = below(&p->c, 4);

	a->handles = array_of(p, some_syncobj(p));
	a->points = some_pointer(p);
	memcpy((void *)(uintptr_t)a->points, &point, sizeof(point));
	a->count_handles = 1;
	a->flags = below(&p->c, 8);
}

FILL(fill_syncobj_signal, struct drm_syncobj_timeline_array)
{
	a->handles = array_of(p, some_syncobj(p));
	a->points = array_of(p, below(&p->c, 64));
	a->count_handles = 1;
}

FILL(fill_syncobj_transfer, struct drm_syncobj_transfer)
{
	a->src_handle = some_syncobj(p);
	a->dst_handle = some_syncobj(p);
	a->src_point = below(&p->c, 4);
	a->dst_point = below(&p->c, 64);
}

FILL(fill_syncobj_fd, struct drm_syncobj_handle)
{
	a->handle = some_syncobj(p);
	a->flags = below(&p->c, 2);
	a->fd = p->files[below(&p->c, NFDS)];
}

static void keep_syncobj_fd(struct pool *p, const void *args)
{
	keep_fd(p->files, below(&p->c, NFDS), ((const struct drm_syncobj_handle *)args)->fd);
}

const struct fuzz_call fuzz_calls[] = {
	{ "INFO", DRM_IOCTL_STALELINE_INFO, ON_CARD, fill_info, NULL },
	{ "SET", DRM_IOCTL_STALELINE_SET, ON_CARD, fill_set, NULL },
	{ "GET", DRM_IOCTL_STALELINE_GET, ON_CARD, fill_get, NULL },
	{ "STATE", DRM_IOCTL_STALELINE_STATE, ON_CARD, fill_state, NULL },
	{ "COUNTERS", DRM_IOCTL_STALELINE_COUNTERS, ON_CARD, fill_counters, NULL },
	{ "TICK", DRM_IOCTL_STALELINE_TICK, ON_CARD, fill_tick, NULL },
	{ "PROCESS", DRM_IOCTL_STALELINE_PROCESS, ON_CARD, fill_process, NULL },
	{ "JOB", DRM_IOCTL_STALELINE_JOB, ON_CARD, fill_any_job, keep_job },
	{ "JOB", DRM_IOCTL_STALELINE_JOB, ON_CARD, fill_any_job, keep_job },
	{ "CREATE_DUMB", DRM_IOCTL_MODE_CREATE_DUMB, ON_CARD, fill_dumb, keep_dumb },
	{ "MAP_DUMB", DRM_IOCTL_MODE_MAP_DUMB, ON_CARD, fill_map_dumb, keep_map },
	{ "DESTROY_DUMB", DRM_IOCTL_MODE_DESTROY_DUMB, ON_CARD, fill_destroy_dumb, NULL },
	{ "GEM_CLOSE", DRM_IOCTL_GEM_CLOSE, ON_CARD, fill_close, NULL },
	{ "HANDLE_TO_FD", DRM_IOCTL_PRIME_HANDLE_TO_FD, ON_CARD, fill_export, keep_export },
	{ "FD_TO_HANDLE", DRM_IOCTL_PRIME_FD_TO_HANDLE, ON_CARD, fill_import, keep_import },
	{ "GEM_FLINK", DRM_IOCTL_GEM_FLINK, ON_CARD, fill_flink, NULL },
	{ "GEM_OPEN", DRM_IOCTL_GEM_OPEN, ON_CARD, fill_open, keep_open },
	{ "SYNC", DMA_BUF_IOCTL_SYNC, ON_DMABUF, fill_sync, NULL },
	{ "EXPORT_SYNC_FILE", DMA_BUF_IOCTL_EXPORT_SYNC_FILE, ON_DMABUF, fill_export_file,
	  keep_file },
	{ "IMPORT_SYNC_FILE", DMA_BUF_IOCTL_IMPORT_SYNC_FILE, ON_DMABUF, fill_import_file, NULL },
	{ "FILE_INFO", SYNC_IOC_FILE_INFO, ON_FILE, fill_file_info, NULL },
	{ "MERGE", SYNC_IOC_MERGE, ON_FILE, fill_merge, keep_merge },
	{ "SYNCOBJ_CREATE", DRM_IOCTL_SYNCOBJ_CREATE, ON_CARD, fill_syncobj, keep_syncobj },
	{ "SYNCOBJ_WAIT", DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, ON_CARD, fill_syncobj_wait, NULL },
	{ "SYNCOBJ_SIGNAL", DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, ON_CARD, fill_syncobj_signal, NULL },
	{ "SYNCOBJ_QUERY", DRM_IOCTL_SYNCOBJ_QUERY, ON_CARD, fill_syncobj_signal, NULL },
	{ "SYNCOBJ_TRANSFER", DRM_IOCTL_SYNCOBJ_TRANSFER, ON_CARD, fill_syncobj_transfer, NULL },
	{ "SYNCOBJ_TO_FD", DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, ON_CARD, fill_syncobj_fd,
	  keep_syncobj_fd },
	{ "SYNCOBJ_FROM_FD", DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, ON_CARD, fill_syncobj_fd, NULL },
};
const unsigned int nfuzz_calls = sizeof(fuzz_calls) / sizeof(*fuzz_calls);
