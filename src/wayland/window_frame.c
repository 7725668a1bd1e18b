// SPDX-License-Identifier: MIT
/*
 * window_frame: what happens to a window in each frame: submit, and what comes back of it (the
 * frame callback that paces us; whether and how the frame was presented is presentation.c's). See window.h.
 */
#include <stdint.h>
#include <wayland-client-protocol.h>

#include "base/clock.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "wayland/window_priv.h"

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct window *window = data;

	(void)time;
	wl_callback_destroy(callback);
	window->priv->frame = NULL;
	window->frame_due = true;
}

static const struct wl_callback_listener frame_listener = {
	.done = on_frame,
};

/* Signal @wb's acquire point, and name both. 0 or -errno with @why. */
static int name_points(struct window *window, struct window_buffer *wb, struct why *why)
{
	struct syncobj *sync = &window->priv->sync;
	struct why gone;

	if (wb->busy) /* or else it has a timeline with nothing pending */
		sync->no_more = connection_still_offers(window->conn,
							&wp_linux_drm_syncobj_manager_v1_interface,
							&gone) != 0;
	return syncobj_commit(sync, &wb->points, why);
}

int window_submit(struct window *window, struct window_buffer *wb, struct why *why)
{
	struct window_priv *priv = window->priv;
	int err = wb->is_explicit ? name_points(window, wb, why) : 0;

	if (err)
		return err;
	if (!wb->is_explicit)
		syncobj_leave(&priv->sync); /* a buffer without points would be an error */

	/* One callback at a time: it paces us, and one that is still to come will do. */
	window->frame_due = false;
	if (!priv->frame) {
		priv->frame = wl_surface_frame(priv->surface);
		if (priv->frame)
			wl_callback_add_listener(priv->frame, &frame_listener, window);
		else
			window->frame_due = true; /* no memory: go on without pace */
	}
	presentation_committing(&window->presentation, window->conn, priv->surface,
				window->submitted++);
	window->committed_at = clock_ns();

	window_buffer_committing(window->conn, wb);
	wl_surface_attach(priv->surface, wb->wl, 0, 0);
	wl_surface_damage_buffer(priv->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(priv->surface);
	priv->owes_commit = false;
	return 0;
}

uint32_t *window_panel_pixels(struct window *window, uint32_t *width, uint32_t *height,
			      uint32_t *stride)
{
	const struct panel *panel = &window->priv->panel;

	*width = panel->width;
	*height = panel->height;
	*stride = (uint32_t)panel->stride;
	return panel_pixels(&window->priv->panel);
}

void window_panel_show(struct window *window)
{
	panel_show(&window->priv->panel);
}

bool window_panel_is_blank(const struct window *window)
{
	return window->priv->panel.blank;
}
