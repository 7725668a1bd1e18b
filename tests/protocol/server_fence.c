// SPDX-License-Identifier: MIT
/*
 * server: buffers that come back with a fence in their dma-buf, as those of a GPU that is still at it: a fence
 * of vgem's, signalled some time later. For real buffers of a vgem only.
 */
#include <drm/vgem_drm.h>
#include <stdlib.h>
#include <xf86drm.h>

#include "server.h"

enum { MAX_HELD = sizeof(((struct run *)0)->held) / sizeof(((struct run *)0)->held[0]) };

static int signal_fence(void *data)
{
	struct held *held = data;
	struct drm_vgem_fence_signal signal = { .fence = held->fence };

	if (drmIoctl(held->run->drm_fd, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal) < 0)
		abort();
	return 0;
}

void fence_imported(struct run *run, struct wl_resource *buffer, int fd)
{
	struct held *held = run->held;

	while (held < run->held + MAX_HELD && held->buffer)
		held++;
	if (held == run->held + MAX_HELD || drmPrimeFDToHandle(run->drm_fd, fd, &held->handle) < 0)
		abort();
	held->buffer = buffer;
	held->run = run;
	held->timer = wl_event_loop_add_timer(wl_display_get_event_loop(run->display), signal_fence,
					      held);
}

void fence_attach(struct run *run, struct wl_resource *buffer)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };

	for (int i = 0; i < MAX_HELD; i++) {
		struct held *held = &run->held[i];

		if (held->buffer != buffer)
			continue;
		attach.handle = held->handle;
		if (drmIoctl(run->drm_fd, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) < 0)
			abort();
		held->fence = attach.out_fence;
		wl_event_source_timer_update(held->timer, run->script->fence_ms);
	}
}
