// SPDX-License-Identifier: MIT
/*
 * Pictures one after the other: events, vblanks, and the fences that a flip waits for and gives. A
 * room of kms.
 */
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdlib.h>
#include <unistd.h>

#include "kms_test.h"

static void test_shown(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);
	struct picture p;

	is(picture_take(&p), -ENODATA, "debugfs scanout: ENODATA while the screen is off");
	is(show(fb), 0, "the first modeset");
	is(picture_differs(picture), 0, "is on the screen, all pixels");
	is(picture_take(&p), 0, "a picture again");
	is(p.buffer, buffer_id(fb->handle), "it names the buffer");
	free(p.rgb);
	free(picture);
}

static void test_flips(const struct fb *a, const struct fb *b)
{
	uint64_t before = counter(a->handle, DRM_STALELINE_SCANOUTS) +
			  counter(b->handle, DRM_STALELINE_SCANOUTS);
	uint64_t first = 0, last = 0;
	uint32_t from = 0, to = 0, same = 0;
	double period;

	for (int i = 0; i < 41; i++) {
		uint32_t before_it = to;

		if (flip(i % 2 ? a->id : b->id, NONBLOCK | EVENT))
			bail("flip");
		last = next_event(2000, &to);
		if (!last)
			break;
		same += i && to == before_it;
		if (!i) {
			first = last;
			from = to;
		}
	}
	period = to == from ? 0 : (double)(last - first) / (to - from);
	ok(last && !same && period > 16550 && period < 16780,
	   "41 flips, each with an event and a vblank of its own: %.1f us apart", period);
	usleep(100000);
	is((long long)(counter(a->handle, DRM_STALELINE_SCANOUTS) +
		       counter(b->handle, DRM_STALELINE_SCANOUTS) - before),
	   41, "each picture is scanned out once, and an idle screen not at all");
	is(flip(a->id, EVENT), 0, "a blocking flip");
	is(flip(a->id, NONBLOCK | TEST_ONLY), 0, "with its event unread, another is tested");
	next_event(1000, &to);
}

static void test_vblank_wait(void)
{
	drmVBlank v = { .request = { .type = DRM_VBLANK_RELATIVE, .sequence = 0 } };
	unsigned int from;

	is(drmWaitVBlank(screen.card, &v), 0, "the vblank counter");
	from = v.reply.sequence;
	usleep(500000);
	v = (drmVBlank){ .request = { .type = DRM_VBLANK_RELATIVE, .sequence = 0 } };
	drmWaitVBlank(screen.card, &v);
	ok(v.reply.sequence - from >= 29 && v.reply.sequence - from < 200,
	   "counts while nobody looks: %u in half a second or more", v.reply.sequence - from);
}

/* A fence that vgem holds until told, as a sync_file; -errno. */
static int vgem_fence(int vgem, uint32_t *fence)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_READ };
	uint32_t pitch;
	uint64_t size;
	int fd, ret;

	if (drmModeCreateDumbBuffer(vgem, 64, 64, 32, 0, &attach.handle, &pitch, &size))
		return -errno;
	ret = call(vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach);
	if (!ret && drmPrimeHandleToFD(vgem, attach.handle, DRM_CLOEXEC, &fd))
		ret = -errno;
	if (ret)
		return ret;
	ret = call(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out);
	close(fd);
	*fence = attach.out_fence;
	return ret ? ret : out.fd;
}

static void vgem_signal(int vgem, uint32_t fence)
{
	struct drm_vgem_fence_signal args = { .fence = fence };

	is(call(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &args), 0, "the fence signals");
}

static void test_fences(const struct fb *a, const struct fb *b)
{
	int vgem = open_card("vgem"), in, out = -1;
	uint8_t *before = expected(a, NULL, 0, 0), *after = expected(b, NULL, 0, 0);
	struct commit c;
	uint32_t fence;

	if (vgem < 0) {
		skip("fences", "no vgem");
		return;
	}
	drmDropMaster(vgem);
	is(flip(a->id, 0), 0, "a picture is there");
	in = vgem_fence(vgem, &fence);
	c = commit_new();
	commit_primary(&c, b->id);
	commit_set(&c, screen.primary, "IN_FENCE_FD", (uint64_t)in);
	commit_set(&c, screen.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	is(commit_go(&c, NONBLOCK), 0, "a flip with IN_FENCE_FD and OUT_FENCE_PTR");
	ok(out >= 0 && !signalled(out, 200), "waits for the fence");
	is(picture_differs(before), 0, "meanwhile the old picture is shown");
	vgem_signal(vgem, fence);
	ok(signalled(out, 2000), "then the out fence signals");
	is(picture_differs(after), 0, "and the new one is shown");
	close(in);
	close(out);
	close(vgem);
	free(before);
	free(after);
}

static void test_implicit_fence(const struct fb *a)
{
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_WRITE };
	int vgem = open_card("vgem"), dmabuf = -1;
	uint32_t fence, sequence;

	if (vgem < 0) {
		skip("implicit fences", "no vgem");
		return;
	}
	drmDropMaster(vgem);
	import.fd = vgem_fence(vgem, &fence);
	drmPrimeHandleToFD(screen.card, a->handle, DRM_CLOEXEC, &dmabuf);
	is(call(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import), 0, "an implicit fence");
	is(flip(a->id, NONBLOCK | EVENT), 0, "a flip to that buffer");
	ok(!next_event(200, &sequence), "waits for it");
	vgem_signal(vgem, fence);
	ok(next_event(2000, &sequence) != 0, "then it is done");
	close(import.fd);
	close(dmabuf);
	close(vgem);
}

void test_pictures(const struct fb *a, const struct fb *b)
{
	test_shown(a);
	test_flips(a, b);
	test_vblank_wait();
	test_fences(a, b);
	test_implicit_fence(a);
}
