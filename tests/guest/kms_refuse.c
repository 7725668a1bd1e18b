// SPDX-License-Identifier: MIT
/*
 * What the display says that it can do, and what it refuses: modes, planes, framebuffers. A room of
 * kms.
 */
#include <drm_fourcc.h>
#include <string.h>

#include "kms_test.h"

static uint64_t capability(uint64_t which)
{
	uint64_t value = UINT64_MAX;

	drmGetCap(screen.card, which, &value);
	return value;
}

static void test_capabilities(void)
{
	is((long long)capability(DRM_CAP_DUMB_BUFFER), 1, "dumb buffers");
	is((long long)capability(DRM_CAP_DUMB_PREFERRED_DEPTH), 24, "preferred depth");
	is((long long)capability(DRM_CAP_DUMB_PREFER_SHADOW), 0, "no shadow");
	is((long long)capability(DRM_CAP_CURSOR_WIDTH), 64, "cursor of 64");
	is((long long)capability(DRM_CAP_ASYNC_PAGE_FLIP), 0, "no async flips");
	is((long long)capability(DRM_CAP_ADDFB2_MODIFIERS), 1, "modifiers");
	is((long long)property(screen.primary, "type"), DRM_PLANE_TYPE_PRIMARY, "a primary plane");
	is((long long)property(screen.cursor, "type"), DRM_PLANE_TYPE_CURSOR, "a cursor plane");
	ok(has_property(screen.primary, "IN_FORMATS") &&
		   has_property(screen.primary, "IN_FENCE_FD") &&
		   has_property(screen.crtc, "OUT_FENCE_PTR") &&
		   has_property(screen.writeback, "WRITEBACK_OUT_FENCE_PTR"),
	   "IN_FORMATS, fences in and out");
	ok(!strcmp(screen.mode.name, "320x240") && screen.mode.vrefresh == 60,
	   "the first of modes= is preferred: %s@%u", screen.mode.name, screen.mode.vrefresh);
}

/* In an IN_FORMATS blob. */
static void test_linear(void)
{
	drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(
		screen.card, (uint32_t)property(screen.primary, "IN_FORMATS"));
	drmModeFormatModifierIterator it = { 0 };
	int n = 0, linear = 0;

	while (blob && drmModeFormatModifierBlobIterNext(blob, &it)) {
		n++;
		linear += it.mod == DRM_FORMAT_MOD_LINEAR;
	}
	drmModeFreePropertyBlob(blob);
	ok(n == 2 && linear == 2, "primary plane: two formats, linear");
}

static int test_mode(drmModeModeInfo mode, const struct fb *fb)
{
	struct commit c = commit_new();
	drmModeModeInfo before = screen.mode;
	int ret;

	screen.mode = mode;
	commit_mode(&c, &mode);
	commit_primary(&c, fb->id);
	ret = commit_go(&c, MODESET | TEST_ONLY);
	screen.mode = before;
	return ret;
}

static void test_bad_modes(const struct fb *fb)
{
	drmModeModeInfo interlaced = screen.mode, fast = screen.mode, slow = screen.mode;
	drmModeModeInfo tiny = screen.mode, doubled = screen.mode;
	int refused = 0;

	interlaced.flags |= DRM_MODE_FLAG_INTERLACE;
	doubled.flags |= DRM_MODE_FLAG_DBLSCAN;
	fast.clock *= 3;
	slow.clock = 1;
	tiny.hdisplay = 8;
	is(test_mode(screen.mode, fb), 0, "TEST_ONLY");
	refused += test_mode(interlaced, fb) < 0;
	refused += test_mode(doubled, fb) < 0;
	refused += test_mode(fast, fb) < 0;
	refused += test_mode(slow, fb) < 0;
	refused += test_mode(tiny, fb) < 0;
	is(refused, 5, "interlaced, doubled, too fast, too slow and tiny modes are refused");
}

/* Commits that change one thing of a good one. */
static void test_bad_planes(const struct fb *fb)
{
	struct fb big = fb_create(320, 257, DRM_FORMAT_ARGB8888);
	struct commit c[4];
	int refused = 0;

	for (int i = 0; i < 4; i++) {
		c[i] = commit_new();
		commit_mode(&c[i], &screen.mode);
		commit_primary(&c[i], fb->id);
	}
	commit_set(&c[0], screen.primary, "CRTC_X", 1);
	commit_set(&c[1], screen.primary, "SRC_W", 100 << 16);
	commit_set(&c[2], screen.primary, "SRC_X", 1 << 16);
	commit_cursor(&c[3], &big, 0, 0);
	for (int i = 0; i < 4; i++)
		refused += commit_go(&c[i], MODESET | TEST_ONLY) < 0;
	is(refused, 4,
	   "a primary plane that is not on all of the screen, scaled, or reads beyond "
	   "its framebuffer, and a cursor of 257 rows, are refused");
	fb_destroy(&big);
}

static int add_modifier(const struct fb *fb, uint64_t modifier, uint32_t *id)
{
	uint32_t handles[4] = { fb->handle }, pitches[4] = { fb->pitch }, offsets[4] = { 0 };
	uint64_t modifiers[4] = { modifier };

	return drmModeAddFB2WithModifiers(screen.card, fb->width, fb->height, DRM_FORMAT_XRGB8888,
					  handles, pitches, offsets, modifiers, id,
					  DRM_MODE_FB_MODIFIERS);
}

static void test_bad_framebuffers(const struct fb *fb)
{
	uint32_t w = fb->width, h = fb->height, id, x = DRM_FORMAT_XRGB8888;
	int refused = 0;

	refused += fb_add(fb->handle, w, h, fb->pitch - 4, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, 0, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, UINT32_MAX, x, &id) < 0;
	refused += fb_add(fb->handle, w, 100 * h, fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, 2 * fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, 8193, 1, 8193 * 4, x, &id) < 0;
	refused += fb_add(fb->handle, 0, h, fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, fb->pitch, DRM_FORMAT_RGB565, &id) < 0;
	refused += fb_add(12345, w, h, fb->pitch, x, &id) < 0;
	refused += add_modifier(fb, I915_FORMAT_MOD_X_TILED, &id) < 0;
	is(refused, 10, "framebuffers that don't fit are refused");
	is(add_modifier(fb, DRM_FORMAT_MOD_LINEAR, &id), 0, "linear is not");
	drmModeRmFB(screen.card, id);
}

void test_refusals(const struct fb *fb)
{
	test_capabilities();
	test_linear();
	test_bad_modes(fb);
	test_bad_planes(fb);
	test_bad_framebuffers(fb);
}
