// SPDX-License-Identifier: MIT
/* Calls on the display: a framebuffer, a screen, writeback. */
#include <drm.h>
#include <drm_mode.h>
#include <unistd.h>

#include "kmod_fail.h"

static uint32_t fb;

static int run_addfb(int number)
{
	(void)number;
	return kms_addfb(card, b.handle, 64, 4, false, &fb);
}

static void after_addfb(int number, int result)
{
	(void)number;
	if (!result)
		call(card, DRM_IOCTL_MODE_RMFB, &fb);
}

/* A screen switched on and off again. */
static int big_fb(void)
{
	uint32_t handle, id;

	if (dumb(card, kms.modes[0].hdisplay, kms.modes[0].vdisplay, 32, &handle, NULL) ||
	    kms_addfb(card, handle, kms.modes[0].hdisplay, kms.modes[0].vdisplay, false, &id))
		bail("a framebuffer");
	close_handle(card, handle);
	return (int)id;
}

static int run_modeset(int id)
{
	uint32_t connector = kms.connector;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&connector,
		.count_connectors = 1,
		.crtc_id = kms.crtc,
		.fb_id = (uint32_t)id,
		.mode_valid = 1,
		.mode = kms.modes[0],
	};

	return call(card, DRM_IOCTL_MODE_SETCRTC, &crtc);
}

static void after_modeset(int id, int result)
{
	(void)result;
	call(card, DRM_IOCTL_MODE_RMFB, &id);
}

static int shown_fb(void)
{
	int id = big_fb();

	if (run_modeset(id))
		bail("SETCRTC");
	return id;
}

static int run_writeback(int id)
{
	struct kms_commit c = { 0 };
	int32_t out = -1;
	int ret;

	kms_set(&c, &kms, kms.writeback, "CRTC_ID", kms.crtc);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_FB_ID", (uint64_t)id);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&out);
	ret = kms_commit(card, &c, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	if (out >= 0)
		close(out);
	return ret;
}

const struct attempt kms_attempts[] = {
	{ "ADDFB2", none, run_addfb, after_addfb },
	{ "SETCRTC", big_fb, run_modeset, after_modeset },
	{ "writeback", shown_fb, run_writeback, after_modeset },
};
const unsigned int nkms_attempts = sizeof(kms_attempts) / sizeof(*kms_attempts);
