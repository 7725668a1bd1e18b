// SPDX-License-Identifier: MIT
/* Commits that the rooms of kms make over and over. */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "kms_test.h"

struct fb fb_screen(void)
{
	return fb_create(screen.mode.hdisplay, screen.mode.vdisplay, DRM_FORMAT_XRGB8888);
}

int show(const struct fb *fb)
{
	struct commit c = commit_new();

	commit_mode(&c, &screen.mode);
	commit_primary(&c, fb->id);
	commit_cursor(&c, NULL, 0, 0);
	return commit_go(&c, MODESET);
}

int flip(uint32_t fb, uint32_t flags)
{
	struct commit c = commit_new();

	commit_primary(&c, fb);
	return commit_go(&c, flags);
}

int screen_off(void)
{
	struct commit c = commit_new();

	commit_mode(&c, NULL);
	commit_set(&c, screen.writeback, "CRTC_ID", 0);
	commit_primary(&c, 0);
	commit_cursor(&c, NULL, 0, 0);
	return commit_go(&c, MODESET);
}

uint64_t counter(uint32_t handle, enum drm_staleline_counter which)
{
	struct drm_staleline_counters args = { .handle = handle };

	if (call(screen.card, DRM_IOCTL_STALELINE_COUNTERS, &args))
		bail("COUNTERS");
	return args.value[which];
}

uint32_t buffer_id(uint32_t handle)
{
	struct drm_staleline_params args = { .handle = handle };

	if (call(screen.card, DRM_IOCTL_STALELINE_GET, &args))
		bail("GET");
	return args.id;
}

uint64_t next_event(int ms, uint32_t *sequence)
{
	struct pollfd fd = { .fd = screen.card, .events = POLLIN };
	struct drm_event_vblank e;

	if (poll(&fd, 1, ms) != 1 || read(screen.card, &e, sizeof(e)) != sizeof(e))
		return 0;
	*sequence = e.sequence;
	return e.tv_sec * UINT64_C(1000000) + e.tv_usec;
}

bool signalled(int fence, int ms)
{
	struct pollfd fd = { .fd = fence, .events = POLLIN };

	return poll(&fd, 1, ms) == 1;
}

int write_back(const struct fb *primary, const struct fb *cursor, int x, int y, const struct fb *to)
{
	struct commit c = commit_new();
	int fence = -1, ret;

	commit_primary(&c, primary ? primary->id : 0);
	commit_cursor(&c, cursor, x, y);
	commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
	commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to->id);
	commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fence);
	ret = commit_go(&c, MODESET);
	if (!ret && (fence < 0 || !signalled(fence, 2000)))
		ret = -ETIMEDOUT;
	if (fence >= 0)
		close(fence);
	return ret;
}

int crc_open(void)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/crtc-0/crc/control", screen.debugfs);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "auto", 4) != 4)
		bail("crc/control");
	close(fd);
	snprintf(path, sizeof(path), "%s/crtc-0/crc/data", screen.debugfs);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		bail("crc/data");
	return fd;
}
