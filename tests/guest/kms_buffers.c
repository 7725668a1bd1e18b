// SPDX-License-Identifier: MIT
/*
 * Which side of a buffer is on the screen, and other drivers' buffers there. A room of kms.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kms_test.h"

static int set_mode(uint32_t handle, uint32_t mode)
{
	struct drm_staleline_params args = { .handle = handle,
					     .flags = DRM_STALELINE_SET_MODE,
					     .mode = mode };

	return call(screen.card, DRM_IOCTL_STALELINE_SET, &args);
}

static void sync_dmabuf(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	if (call(fd, DMA_BUF_IOCTL_SYNC, &sync))
		bail("SYNC");
}

static void test_device_side(void)
{
	struct fb fb = fb_screen(), to = fb_screen();
	uint8_t *before, *after, *cpu;
	uint64_t dirty;
	int dmabuf;

	fb_fill(&fb, 3);
	before = expected(&fb, NULL, 0, 0);
	if (set_mode(fb.handle, DRM_STALELINE_MODE_NONCOHERENT) ||
	    drmPrimeHandleToFD(screen.card, fb.handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		bail("a noncoherent buffer");
	cpu = mmap(NULL, fb.size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	sync_dmabuf(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	memset(cpu, 0x5a, fb.size);
	is(flip(fb.id, 0), 0, "a buffer that was stored to, without END");
	is(picture_differs(before), 0, "its stores are not on the screen");
	dirty = counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY);
	ok(dirty && dirty % (fb.size / 64) == 0, "its dirty lines are counted: %llu",
	   (unsigned long long)dirty);
	is(counter(fb.handle, DRM_STALELINE_WRITEBACK_DIRTY), 0, "none for a writeback");
	is(write_back(&fb, NULL, 0, 0, &to), 0, "a writeback");
	is(fb_differs(&to, before), 0, "has none of the stores either");
	is(counter(fb.handle, DRM_STALELINE_WRITEBACK_DIRTY), fb.size / 64, "which are counted");
	sync_dmabuf(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	after = expected(&fb, NULL, 0, 0);
	is(memcmp(after, before, 4) != 0, 1, "END carries them over");
	is(picture_differs(after), 0, "to the screen");
	dirty = counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY);
	is(picture_differs(after), 0, "again");
	is(counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY), dirty, "and nothing is dirty");
	munmap(cpu, fb.size);
	close(dmabuf);
	free(before);
	free(after);
	fb_destroy(&to);
	fb_destroy(&fb);
}

/* 0 or -errno. */
static int heap_buffer(size_t size)
{
	struct dma_heap_allocation_data data = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), ret;

	if (heap < 0)
		return -errno;
	ret = call(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	return ret ? ret : (int)data.fd;
}

static int udmabuf(size_t size)
{
	int memfd = memfd_create("kms", MFD_CLOEXEC | MFD_ALLOW_SEALING), ret;
	struct udmabuf_create create = { .memfd = (uint32_t)memfd,
					 .flags = UDMABUF_FLAGS_CLOEXEC,
					 .size = size };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	if (dev < 0)
		return -errno;
	if (ftruncate(memfd, (off_t)size) || fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		bail("memfd");
	ret = ioctl(dev, UDMABUF_CREATE, &create);
	close(dev);
	close(memfd);
	return ret < 0 ? -errno : ret;
}

/* Another driver's buffer, shown and written back to. */
static void test_foreign(const char *what, int dmabuf, const struct fb *fb)
{
	struct fb theirs = { .width = 320, .height = 240, .pitch = 1280, .size = 320 * 240 * 4 };
	struct picture p;
	uint8_t *picture;
	uint32_t id;

	if (dmabuf < 0) {
		skip(what, strerror(-dmabuf));
		return;
	}
	theirs.device = mmap(NULL, theirs.size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	if (theirs.device == MAP_FAILED || drmPrimeFDToHandle(screen.card, dmabuf, &theirs.handle))
		bail(what);
	is(fb_add(theirs.handle, 320, 240, 1280, DRM_FORMAT_XRGB8888, &theirs.id), 0, what);
	is(fb_add(theirs.handle, 320, 260, 1280, DRM_FORMAT_XRGB8888, &id), -EINVAL,
	   "but not a row more than it has");
	fb_fill(&theirs, 12);
	picture = expected(&theirs, NULL, 0, 0);
	is(flip(theirs.id, 0), 0, "it goes to the primary plane");
	is(picture_differs(picture), 0, "and is shown");
	is(picture_take(&p), 0, "a picture");
	is(p.buffer, 0, "names no buffer of ours");
	free(p.rgb);
	free(picture);
	picture = expected(fb, NULL, 0, 0);
	is(write_back(fb, NULL, 0, 0, &theirs), 0, "it is written back to");
	is(fb_differs(&theirs, picture), 0, "and has the picture");
	free(picture);
	munmap(theirs.device, theirs.size);
	drmModeRmFB(screen.card, theirs.id);
	drmCloseBufferHandle(screen.card, theirs.handle);
	close(dmabuf);
}

void test_buffers(const struct fb *a)
{
	test_device_side();
	is(show(a), 0, "after its framebuffer is gone, another is shown");
	test_foreign("a dma-heap's framebuffer", heap_buffer(320 * 240 * 4), a);
	is(show(a), 0, "another is shown");
	test_foreign("a udmabuf's framebuffer", udmabuf(320 * 240 * 4), a);
	is(show(a), 0, "another is shown");
}
