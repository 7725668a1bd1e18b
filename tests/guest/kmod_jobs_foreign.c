// SPDX-License-Identifier: MIT
/*
 * Jobs on other drivers' buffers. A room of kmod_jobs.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_jobs.h"

/* udmabuf: the memory is a memfd's. */
static int udmabuf(void)
{
	int memfd = memfd_create("job", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd = -1;
	struct udmabuf_create create = { .memfd = (uint32_t)memfd,
					 .flags = UDMABUF_FLAGS_CLOEXEC,
					 .size = SIZE };

	if (dev >= 0 && !ftruncate(memfd, SIZE) && !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		fd = ioctl(dev, UDMABUF_CREATE, &create);
	close(memfd);
	close(dev);
	return fd;
}

static int dumb_buffer_of(const char *driver)
{
	int other = open_card(driver), fd = -1;
	uint32_t handle;

	if (other < 0)
		return -1;
	if (!dumb(other, 1024, PAGES, 32, &handle, NULL))
		fd = export(other, handle, DRM_CLOEXEC | DRM_RDWR);
	close(other);
	return fd;
}

static bool bracket_all(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return !call(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

/* The card node's map of an imported buffer is its exporter's memory: @f is filled with 3. */
static void dumb_map(const char *whose, const struct buffer *f)
{
	uint8_t *map = map_dumb(card, f->handle, SIZE);

	if (!ok(map != MAP_FAILED, "%s: its dumb map", whose))
		return;
	ok(map[0] == 3 && map[SIZE - 4] == 3, "%s: shows what is in it", whose);
	map[SIZE - 1] = 7;
	is(f->cpu[SIZE - 1], 7, "and what is stored there is in it");
	munmap(map, SIZE);
}

/* From ours into theirs and back, by the rules on both sides. */
static void foreign(const char *whose, int fd)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct buffer f = { .fd = fd, .size = SIZE };
	struct drm_staleline_job job;
	char what[64];

	snprintf(what, sizeof(what), "a job on %s's buffer", whose);
	if (fd < 0) {
		skip(what, "this kernel has none");
		goto out;
	}
	f.cpu = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (f.cpu == MAP_FAILED || import(card, fd, &f.handle))
		bail(whose);
	job = fill_job(&f, 3);
	job.duration_us = LONG_MS * 1000;
	is(submit(&job), 0, what);
	ok(!ready(fd, POLLIN, 0), "%s: its dma-buf is busy", whose);
	job = copy_job(&a, &f);
	is(submit(&job), 0, "a copy from it");
	ok(idle(&a) && a.device[0] == 3 && a.device[SIZE - 4] == 3, "%s: waits, and copies", whose);
	ok(ready(fd, POLLOUT, PATIENCE_MS), "%s: all are done", whose);
	bracket_all(fd, START | READ);
	ok(f.cpu[0] == 3 && f.cpu[1] == 0 && f.cpu[SIZE - 4] == 3, "%s: is filled", whose);
	bracket_all(fd, END | READ);
	dumb_map(whose, &f);
	memset((void *)b.device, 9, SIZE);
	job = copy_job(&f, &b);
	job.dst_offset = 4096 + LINE;
	job.size = 4096;
	is(submit(&job), 0, "a copy into it");
	ready(fd, POLLOUT, PATIENCE_MS);
	ok(f.cpu[4096 + LINE - 4] == 3 && f.cpu[4096 + LINE] == 9 &&
		   f.cpu[2 * 4096 + LINE - 1] == 9 && f.cpu[2 * 4096 + LINE] == 3,
	   "%s: goes where it should", whose);
	job.dst_offset = SIZE;
	is(submit(&job), -EINVAL, "beyond its end");
	munmap((void *)f.cpu, SIZE);
	close_handle(card, f.handle);
	close(fd);
out:
	drop(&a);
	drop(&b);
}

static void test_foreign_read_only(void)
{
	struct buffer a = make_noncoherent(), f = { .fd = heap_buffer(O_RDONLY), .size = SIZE };
	struct drm_staleline_job job;

	if (f.fd < 0) {
		skip("a job on a read-only dma-buf", "no system dma-heap");
	} else {
		import(card, f.fd, &f.handle);
		job = fill_job(&f, 3);
		is(submit(&job), -EACCES, "a read-only dma-buf is no dst");
		job = copy_job(&f, &a);
		is(submit(&job), -EACCES, "of a copy neither");
		job = copy_job(&a, &f);
		is(submit(&job), 0, "but a src");
		idle(&a);
		close_handle(card, f.handle);
		close(f.fd);
	}
	drop(&a);
}

void test_job_foreign(void)
{
	foreign("udmabuf", udmabuf());
	foreign("the system heap", heap_buffer(O_RDWR));
	foreign("vgem", dumb_buffer_of("vgem"));
	foreign("vkms", dumb_buffer_of("vkms"));
	test_foreign_read_only();
}
