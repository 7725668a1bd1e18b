// SPDX-License-Identifier: MIT
#include <drm_mode.h>
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kmod_lib.h"

int card;

int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

int open_card(const char *driver)
{
	for (int i = 0; i < 16; i++) {
		char path[32], name[32] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && !call(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

void open_the_card(void)
{
	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
}

int dumb(int fd, uint32_t width, uint32_t height, uint32_t bpp, uint32_t *handle, uint64_t *size)
{
	struct drm_mode_create_dumb create = { .width = width, .height = height, .bpp = bpp };
	int ret = call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create);

	*handle = create.handle;
	if (size)
		*size = create.size;
	return ret;
}

int export(int fd, uint32_t handle, uint32_t flags)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = flags };
	int ret = call(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);

	return ret ? ret : prime.fd;
}

int import(int fd, int dmabuf, uint32_t *handle)
{
	struct drm_prime_handle prime = { .fd = dmabuf };
	int ret = call(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	*handle = prime.handle;
	return ret;
}

void *map_dumb(int fd, uint32_t handle, size_t size)
{
	struct drm_mode_map_dumb map = { .handle = handle };

	if (call(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		return MAP_FAILED;
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)map.offset);
}

void close_handle(int fd, uint32_t handle)
{
	struct drm_gem_close close = { .handle = handle };

	call(fd, DRM_IOCTL_GEM_CLOSE, &close);
}

struct drm_staleline_params plain(uint32_t mode)
{
	return (struct drm_staleline_params){ .flags = 0x1ff, .mode = mode, .seed = 1 };
}

struct drm_staleline_params with_mode(uint32_t mode)
{
	return (struct drm_staleline_params){ .flags = DRM_STALELINE_SET_MODE, .mode = mode };
}

int set(const struct buffer *b, struct drm_staleline_params params)
{
	params.handle = b->handle;
	return call(card, DRM_IOCTL_STALELINE_SET, &params);
}

struct buffer make(uint32_t pages, uint32_t mode)
{
	struct buffer b = { .fd = -1 };
	uint64_t size;

	if (dumb(card, 1024, pages, 32, &b.handle, &size))
		bail("CREATE_DUMB");
	b.size = size;
	b.fd = export(card, b.handle, DRM_CLOEXEC);
	if (b.fd < 0)
		bail("PRIME_HANDLE_TO_FD");
	b.device = map_dumb(card, b.handle, b.size);
	b.cpu = mmap(NULL, b.size, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0);
	if (b.device == MAP_FAILED || b.cpu == MAP_FAILED)
		bail("mmap");
	if (set(&b, plain(mode)))
		bail("SET");
	return b;
}

struct buffer make_noncoherent(void)
{
	return make(PAGES, DRM_STALELINE_MODE_NONCOHERENT);
}

void drop(struct buffer *b)
{
	munmap((void *)b->cpu, b->size);
	munmap((void *)b->device, b->size);
	close(b->fd);
	close_handle(card, b->handle);
}

int sync_buffer(const struct buffer *b, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return call(b->fd, DMA_BUF_IOCTL_SYNC, &sync);
}

uint64_t counter(const struct buffer *b, enum drm_staleline_counter which)
{
	struct drm_staleline_counters args = { .handle = b ? b->handle : 0 };

	if (call(card, DRM_IOCTL_STALELINE_COUNTERS, &args))
		bail("COUNTERS");
	return args.value[which];
}

int line_state(const struct buffer *b, uint32_t line)
{
	uint8_t state = 0xff;
	struct drm_staleline_state args = {
		.handle = b->handle,
		.first = line,
		.count = 1,
		.lines = (uintptr_t)&state,
	};

	if (call(card, DRM_IOCTL_STALELINE_STATE, &args))
		bail("STATE");
	return state;
}

uint64_t total_bytes(void)
{
	struct drm_staleline_info info = { 0 };

	if (call(card, DRM_IOCTL_STALELINE_INFO, &info))
		bail("INFO");
	return info.total;
}

bool total_becomes(uint64_t bytes)
{
	for (int i = 0; i < 500 && total_bytes() != bytes; i++)
		usleep(10000);
	return total_bytes() == bytes;
}

struct drm_staleline_job fill_job(const struct buffer *dst, uint32_t value)
{
	return (struct drm_staleline_job){
		.kind = DRM_STALELINE_JOB_FILL,
		.dst = dst->handle,
		.size = dst->size,
		.value = value,
		.steps = 1,
	};
}

struct drm_staleline_job copy_job(const struct buffer *dst, const struct buffer *src)
{
	return (struct drm_staleline_job){
		.kind = DRM_STALELINE_JOB_COPY,
		.dst = dst->handle,
		.src = src->handle,
		.size = dst->size,
		.steps = 1,
	};
}

int submit(struct drm_staleline_job *job)
{
	return call(card, DRM_IOCTL_STALELINE_JOB, job);
}

bool ready(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, ms) == 1 && p.revents & events;
}

int heap_buffer(unsigned int mode)
{
	struct dma_heap_allocation_data data = { .len = SIZE, .fd_flags = mode | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), ret;

	if (heap < 0)
		return -errno;
	ret = call(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	return ret ? ret : (int)data.fd;
}

int vgem_fence(int vgem, const struct buffer *b, uint32_t *fence)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_READ };
	struct dma_buf_import_sync_file in = { .flags = DMA_BUF_SYNC_WRITE };
	int fd, ret = dumb(vgem, 64, 64, 32, &attach.handle, NULL);

	if (!ret)
		ret = call(vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach);
	fd = ret ? ret : export(vgem, attach.handle, DRM_CLOEXEC);
	if (fd < 0)
		return fd;
	ret = call(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out);
	if (!ret) {
		in.fd = out.fd;
		ret = call(b->fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in);
		close(out.fd);
	}
	*fence = attach.out_fence;
	close(fd);
	return ret;
}

int dmabufs(void)
{
	FILE *f = fopen("/sys/kernel/debug/dma_buf/bufinfo", "r");
	char line[512];
	int n = -1;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "Total %d objects", &n);
	if (f)
		fclose(f);
	return n;
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint32_t dice(uint64_t *seed, uint32_t sides)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % sides;
}
