// SPDX-License-Identifier: MIT
/* What a framebuffer gives away: a second dma-buf, writing to what was given for reading, a picture that stays. */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_kms.h"
#include "kmod_user.h"

static bool is_one_file(int a, int b)
{
	struct stat of_a, of_b;

	return !fstat(a, &of_a) && !fstat(b, &of_b) && of_a.st_ino == of_b.st_ino;
}

/* The core takes a buffer's dma-buf of now for the one that is imported, and WARNs. Whoever opens first gets here. */
static void import_the_first(struct buffer *b, int second)
{
	uint32_t handle = 0;

	is(import(card, b->fd, &handle), -EBUSY,
	   "the first can't be imported while the second is the buffer's");
	is(import(card, second, &handle), 0, "the second can be");
	is(handle, b->handle, "and is the handle that there is");
	close_handle(card, b->handle);
	b->handle = 0;
	is(import(card, b->fd, &b->handle), 0, "without the second's handle the first is imported");
	ok(line_state(b, 0) & DRM_STALELINE_LINE_DIRTY, "and is the buffer, with its dirty line");
}

/* A change of mode frees what the maps show: the first's must not show it any longer. */
static void change_modes(struct buffer *b, int second)
{
	set(b, with_mode(DRM_STALELINE_MODE_COHERENT));
	b->device[0] = 77;
	is(b->cpu[0], 77, "a change of mode reaches the first dma-buf's map");
	close(second);
	set(b, with_mode(DRM_STALELINE_MODE_NONCOHERENT));
	b->device[0] = 78;
	is(b->cpu[0], 78, "when the second is closed too");
	b->device[0] = 79;
	sync_buffer(b, START | READ);
	is(b->cpu[0], 79, "and START does");
	sync_buffer(b, END | READ);
}

/*
 * Its last handle closed, a framebuffer's buffer gets a new one by GETFB2, and with it a second dma-buf beside the
 * first. So until about Linux 6.15: since then a framebuffer has a share in the handle, and there is but one.
 */
void test_two_dmabufs(void)
{
	struct drm_mode_fb_cmd2 get = { 0 };
	struct buffer b;
	int second;

	call(card, DRM_IOCTL_SET_MASTER, NULL);
	b = make_noncoherent();
	if (kms_addfb(card, b.handle, 64, 4, false, &get.fb_id)) {
		skip("two dma-bufs of one buffer", "no display");
		drop(&b);
		return;
	}
	b.cpu[0] = 1;
	close_handle(card, b.handle);
	is(call(card, DRM_IOCTL_MODE_GETFB2, &get), 0, "GETFB2 gives a new handle");
	b.handle = get.handles[0];
	second = export(card, b.handle, DRM_CLOEXEC);
	ok(second >= 0, "which can be exported");
	if (is_one_file(b.fd, second)) {
		skip("two dma-bufs of one buffer", "a framebuffer keeps the first on this kernel");
		close(second);
	} else {
		import_the_first(&b, second);
		change_modes(&b, second);
	}
	call(card, DRM_IOCTL_MODE_RMFB, &get.fb_id);
	drop(&b);
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
}

/* A screen of @width, with a framebuffer of our own; its number or 0. */
static uint32_t light_up(const struct kms *kms)
{
	const struct drm_mode_modeinfo *mode = &kms->modes[0];
	uint32_t connector = kms->connector, handle;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&connector,
		.count_connectors = 1,
		.crtc_id = kms->crtc,
		.mode_valid = 1,
		.mode = *mode,
	};

	if (dumb(card, mode->hdisplay, mode->vdisplay, 32, &handle, NULL) ||
	    kms_addfb(card, handle, mode->hdisplay, mode->vdisplay, false, &crtc.fb_id))
		return 0;
	close_handle(card, handle);
	return call(card, DRM_IOCTL_MODE_SETCRTC, &crtc) ? 0 : crtc.fb_id;
}

/* A dma-buf that was given for reading, through the writeback connector. */
void test_read_only(void)
{
	static struct kms kms;
	struct dma_heap_allocation_data data = { .fd_flags = O_RDONLY | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	uint32_t shown = 0, fb = 0, handle = 0;
	struct kms_commit c = { 0 };
	int32_t out = -1;

	call(card, DRM_IOCTL_SET_MASTER, NULL);
	if (heap < 0 || kms_get(card, &kms) || !kms.writeback) {
		skip("writeback to a read-only dma-buf", "no dma-heap or no writeback");
		return;
	}
	shown = light_up(&kms);
	data.len = 4ull * kms.modes[0].hdisplay * kms.modes[0].vdisplay;
	is(call(heap, DMA_HEAP_IOCTL_ALLOC, &data), 0, "a read-only dma-buf of a heap");
	is(import(card, (int)data.fd, &handle), 0, "imported");
	kms_addfb(card, handle, kms.modes[0].hdisplay, kms.modes[0].vdisplay, false, &fb);
	kms_set(&c, &kms, kms.writeback, "CRTC_ID", kms.crtc);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_FB_ID", fb);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&out);
	is(kms_commit(card, &c, DRM_MODE_ATOMIC_ALLOW_MODESET, 0), -EACCES,
	   "writeback to it is EACCES");
	close(out);
	call(card, DRM_IOCTL_MODE_RMFB, &fb);
	call(card, DRM_IOCTL_MODE_RMFB, &shown);
	close_handle(card, handle);
	close((int)data.fd);
	close(heap);
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
}

/* The core makes a framebuffer of a cursor's buffer, and that is no file's. */
static int show_cursor(void)
{
	static struct kms kms;
	struct drm_mode_cursor2 cursor = { .flags = DRM_MODE_CURSOR_BO, .width = 64, .height = 64 };

	card = open_card("staleline");
	if (card < 0 || kms_get(card, &kms) || !light_up(&kms))
		return 1;
	cursor.crtc_id = kms.crtc;
	if (dumb(card, 64, 64, 32, &cursor.handle, NULL) ||
	    call(card, DRM_IOCTL_MODE_CURSOR2, &cursor))
		return 2;
	return 0;
}

void test_last_close(void)
{
	int status;
	pid_t pid;

	close(card);
	pid = fork();
	if (!pid)
		_exit(show_cursor());
	waitpid(pid, &status, 0);
	card = open_card("staleline");
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (WEXITSTATUS(status) == 1) {
		skip("a cursor goes with the last file", "no display");
		return;
	}
	is(status, 0, "a cursor is shown, and its process ends");
	ok(all_is_back(5), "nothing of it is left on the screen");
}
