// SPDX-License-Identifier: MIT
/* The display: who is master, modes, flips, cursor, writeback, CRC. Whoever is not master is refused, and that is tried too. */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kmod_stress.h"

/* The card that is master most often: the first. */
static int master(struct worker *w)
{
	return w->cards[below(&w->c, 8) ? 0 : 1];
}

static int op_master(struct worker *w)
{
	return call(master(w), once_in(&w->c, 4) ? DRM_IOCTL_DROP_MASTER : DRM_IOCTL_SET_MASTER,
		    NULL);
}

/* A buffer of card 0 as a framebuffer; large enough for the screen if so asked. */
static struct item *some_fb(struct worker *w, uint32_t width, uint32_t height)
{
	struct item *b;

	for (int i = 0; i < 16; i++) {
		b = some_item(w, false);
		if (!b || b->card || b->width < width || b->height < height)
			continue;
		if (!b->fb && kms_addfb(w->cards[0], b->handle, b->width, b->height,
					once_in(&w->c, 2), &b->fb))
			b->fb = 0;
		if (b->fb)
			return b;
	}
	return NULL;
}

static int op_addfb(struct worker *w)
{
	return some_fb(w, 1, 1) ? 0 : NOTHING;
}

static int op_rmfb(struct worker *w)
{
	struct item *b = some_item(w, false);
	int ret;

	if (!b || !b->fb)
		return NOTHING;
	ret = call(w->cards[b->card], DRM_IOCTL_MODE_RMFB, &b->fb);
	b->fb = 0;
	return ret;
}

/* GETFB2 gives a new handle of whatever is shown, whoever made it. */
static int op_getfb(struct worker *w)
{
	struct item *shown = some_item(w, false), *b = free_place(w);
	struct drm_mode_fb_cmd2 get = { .fb_id = shown ? shown->fb : 0 };
	int ret;

	if (!shown || !shown->fb || !b)
		return NOTHING;
	*b = (struct item){ .fb = shown->fb,
			    .width = shown->width,
			    .height = shown->height,
			    .size = shown->size,
			    .fd = -1 };
	/*
	 * Its only handle goes, its dma-buf stays: what is exported then is exported anew, until about Linux 6.15.
	 * Later, and in 6.12's stable kernels, its framebuffer has the handle too, and the dma-buf is the same.
	 */
	if (once_in(&w->c, 2)) {
		close_handle(w->cards[shown->card], shown->handle);
		if (shown->fd >= 0) {
			send_fd(w->pool[0], shown->fd);
			close(shown->fd);
		}
		*shown = (struct item){ .fd = -1 };
	}
	ret = call(w->cards[0], DRM_IOCTL_MODE_GETFB2, &get);
	b->handle = ret || get.handles[0] == shown->handle ? 0 : get.handles[0];
	return ret;
}

static void set_plane(struct worker *w, struct kms_commit *c, uint32_t plane, const struct item *b,
		      uint32_t width, uint32_t height)
{
	const struct kms *k = &w->kms;

	kms_set(c, k, plane, "FB_ID", b ? b->fb : 0);
	kms_set(c, k, plane, "CRTC_ID", b ? k->crtc : 0);
	kms_set(c, k, plane, "SRC_X", 0);
	kms_set(c, k, plane, "SRC_Y", 0);
	kms_set(c, k, plane, "SRC_W", (uint64_t)width << 16);
	kms_set(c, k, plane, "SRC_H", (uint64_t)height << 16);
	kms_set(c, k, plane, "CRTC_X", 0);
	kms_set(c, k, plane, "CRTC_Y", 0);
	kms_set(c, k, plane, "CRTC_W", width);
	kms_set(c, k, plane, "CRTC_H", height);
}

static int op_modeset(struct worker *w)
{
	const struct kms *k = &w->kms;
	const struct drm_mode_modeinfo *mode =
		&k->modes[below(&w->c, 4) ? 0 : below(&w->c, k->nmodes)];
	struct item *b = some_fb(w, mode->hdisplay, mode->vdisplay);
	bool off = once_in(&w->c, 8);
	struct kms_commit c = { 0 };
	uint32_t blob = 0;
	int ret;

	if (!b)
		return NOTHING;
	ret = kms_blob(w->cards[0], mode, sizeof(*mode), &blob);
	if (ret)
		return ret;
	kms_set(&c, k, k->connector, "CRTC_ID", off ? 0 : k->crtc);
	kms_set(&c, k, k->crtc, "MODE_ID", off ? 0 : blob);
	kms_set(&c, k, k->crtc, "ACTIVE", !off);
	set_plane(w, &c, k->planes[0], off ? NULL : b, mode->hdisplay, mode->vdisplay);
	if (off && k->cursor)
		set_plane(w, &c, k->planes[k->cursor], NULL, 0, 0);
	ret = kms_commit(w->cards[0], &c,
			 DRM_MODE_ATOMIC_ALLOW_MODESET |
				 (once_in(&w->c, 8) ? DRM_MODE_ATOMIC_TEST_ONLY : 0),
			 0);
	call(w->cards[0], DRM_IOCTL_MODE_DESTROYPROPBLOB, &blob);
	return ret;
}

static int op_flip(struct worker *w)
{
	const struct kms *k = &w->kms;
	uint32_t width = k->modes[0].hdisplay, height = k->modes[0].vdisplay, flags = 0;
	struct item *b = some_fb(w, width, height);
	int64_t out = -1;
	int in = some_file(w), ret;
	struct kms_commit c = { 0 };

	if (!b)
		return NOTHING;
	set_plane(w, &c, k->planes[0], b, width, height);
	if (in >= 0 && once_in(&w->c, 3))
		kms_set(&c, k, k->planes[0], "IN_FENCE_FD", (uint64_t)in);
	if (once_in(&w->c, 2))
		flags |= DRM_MODE_ATOMIC_NONBLOCK;
	/* With an event, as the core (6.12) forgets what it has where there is no memory for a fence alone. */
	if (once_in(&w->c, 3)) {
		kms_set(&c, k, k->crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
		flags |= DRM_MODE_PAGE_FLIP_EVENT;
	}
	if (once_in(&w->c, 2))
		flags |= DRM_MODE_PAGE_FLIP_EVENT;
	ret = kms_commit(w->cards[0], &c, flags, 0x1234);
	if (!ret && out >= 0)
		keep_file(w, (int)out);
	return ret;
}

static int op_cursor(struct worker *w)
{
	const struct kms *k = &w->kms;
	struct item *b = some_fb(w, 64, 64);
	struct drm_mode_cursor2 cursor = {
		.flags = 1 + below(&w->c, 3),
		.crtc_id = k->crtc,
		.x = (int32_t)below(&w->c, 4000) - 500,
		.y = (int32_t)below(&w->c, 3000) - 500,
		.width = 64,
		.height = 64,
		.handle = b && below(&w->c, 4) ? b->handle : 0,
	};
	struct kms_commit c = { 0 };

	if (!k->cursor)
		return NOTHING;
	if (once_in(&w->c, 2))
		return call(w->cards[0], DRM_IOCTL_MODE_CURSOR2, &cursor);
	set_plane(w, &c, k->planes[k->cursor], b, 64, 64);
	kms_set(&c, k, k->planes[k->cursor], "CRTC_X", (uint64_t)(int64_t)cursor.x);
	kms_set(&c, k, k->planes[k->cursor], "CRTC_Y", (uint64_t)(int64_t)cursor.y);
	return kms_commit(w->cards[0], &c, below(&w->c, 2) ? DRM_MODE_ATOMIC_NONBLOCK : 0, 0);
}

static int op_writeback(struct worker *w)
{
	const struct kms *k = &w->kms;
	struct item *b = some_fb(w, k->modes[0].hdisplay, k->modes[0].vdisplay);
	struct kms_commit c = { 0 };
	int32_t out = -1;
	int ret;

	if (!k->writeback || !b)
		return NOTHING;
	kms_set(&c, k, k->writeback, "CRTC_ID", k->crtc);
	kms_set(&c, k, k->writeback, "WRITEBACK_FB_ID", b->fb);
	if (below(&w->c, 4))
		kms_set(&c, k, k->writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&out);
	ret = kms_commit(w->cards[0], &c,
			 DRM_MODE_ATOMIC_ALLOW_MODESET |
				 (below(&w->c, 2) ? DRM_MODE_ATOMIC_NONBLOCK : 0),
			 0);
	if (!ret && out >= 0)
		keep_file(w, out);
	return ret;
}

/* The calls that were there before atomic. */
static int op_legacy(struct worker *w)
{
	const struct kms *k = &w->kms;
	struct drm_mode_modeinfo mode = k->modes[0];
	struct item *b = some_fb(w, mode.hdisplay, mode.vdisplay);
	uint32_t connector = k->connector;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&connector,
		.count_connectors = 1,
		.crtc_id = k->crtc,
		.fb_id = b ? b->fb : 0,
		.mode_valid = 1,
		.mode = mode,
	};
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = k->crtc,
		.fb_id = b ? b->fb : 0,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};

	if (!b)
		return NOTHING;
	if (once_in(&w->c, 2))
		return call(w->cards[0], DRM_IOCTL_MODE_SETCRTC, &crtc);
	return call(w->cards[0], DRM_IOCTL_MODE_PAGE_FLIP, &flip);
}

static int op_vblank(struct worker *w)
{
	struct drm_crtc_queue_sequence queue = {
		.crtc_id = w->kms.crtc,
		.flags = DRM_CRTC_SEQUENCE_RELATIVE,
		.sequence = below(&w->c, 4),
	};
	union drm_wait_vblank wait = {
		.request = { .type = _DRM_VBLANK_RELATIVE, .sequence = below(&w->c, 2) },
	};

	if (once_in(&w->c, 2))
		return call(master(w), DRM_IOCTL_CRTC_QUEUE_SEQUENCE, &queue);
	return call(master(w), DRM_IOCTL_WAIT_VBLANK, &wait);
}

static int op_events(struct worker *w)
{
	int fd = w->cards[0], ret = 0;
	char events[1024];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (read(fd, events, once_in(&w->c, 8) ? 8 : sizeof(events)) < 0)
		ret = errno == EAGAIN ? NOTHING : -errno;
	return ret;
}

static int op_crc(struct worker *w)
{
	char path[128], text[256];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s/crtc-0/crc/data", w->debugfs);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (uint32_t i = below(&w->c, 4); i; i--) {
		usleep(20000);
		if (read(fd, text, sizeof(text)) < 0 && errno != EAGAIN)
			ret = -errno;
	}
	close(fd);
	return ret;
}

const struct op kms_ops[] = {
	{ "master", op_master, 12, NEED_KMS },
	{ "ADDFB2", op_addfb, 10, NEED_KMS },
	{ "RMFB", op_rmfb, 3, NEED_KMS },
	{ "GETFB2", op_getfb, 6, NEED_KMS },
	{ "modeset", op_modeset, 10, NEED_KMS },
	{ "flip", op_flip, 25, NEED_KMS },
	{ "cursor", op_cursor, 12, NEED_KMS },
	{ "writeback", op_writeback, 12, NEED_KMS },
	{ "SETCRTC, PAGE_FLIP", op_legacy, 5, NEED_KMS },
	{ "vblank", op_vblank, 5, NEED_KMS },
	{ "events", op_events, 10, NEED_KMS },
	{ "CRC", op_crc, 2, NEED_KMS | NEED_CRC },
};
const unsigned int nkms_ops = sizeof(kms_ops) / sizeof(*kms_ops);
