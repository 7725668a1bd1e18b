// SPDX-License-Identifier: MIT
/*
 * window_frame: what happens to a window in each frame: submit, and what comes back of it (the
 * frame callback that paces us, and whether and how the frame was presented). See window.h.
 */
#include <stdint.h>
#include <wayland-client-protocol.h>

#include "presentation-time-client-protocol.h"
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

static void forget_feedback(struct window_priv *priv, struct wp_presentation_feedback *feedback)
{
	for (size_t i = 0; i < WINDOW_MAX_PENDING; i++)
		if (priv->pending[i] == feedback)
			priv->pending[i] = NULL;
	wp_presentation_feedback_destroy(feedback);
}

static void on_sync_output(void *data, struct wp_presentation_feedback *feedback,
			   struct wl_output *output)
{
	(void)data;
	(void)feedback;
	(void)output;
}

static void on_presented(void *data, struct wp_presentation_feedback *feedback, uint32_t sec_hi,
			 uint32_t sec_lo, uint32_t nsec, uint32_t refresh, uint32_t seq_hi,
			 uint32_t seq_lo, uint32_t flags)
{
	struct window *window = data;

	(void)sec_hi;
	(void)sec_lo;
	(void)nsec;
	(void)refresh;
	(void)seq_hi;
	(void)seq_lo;
	window->presented++;
	if (flags & WP_PRESENTATION_FEEDBACK_KIND_ZERO_COPY)
		window->zero_copy++;
	forget_feedback(window->priv, feedback);
}

static void on_discarded(void *data, struct wp_presentation_feedback *feedback)
{
	struct window *window = data;

	window->discarded++;
	forget_feedback(window->priv, feedback);
}

static const struct wp_presentation_feedback_listener feedback_listener = {
	.sync_output = on_sync_output,
	.presented = on_presented,
	.discarded = on_discarded,
};

static void ask_presentation(struct window *window)
{
	struct window_priv *priv = window->priv;

	if (!window->conn->presentation)
		return;
	for (size_t i = 0; i < WINDOW_MAX_PENDING; i++) {
		if (priv->pending[i])
			continue;
		priv->pending[i] =
			wp_presentation_feedback(window->conn->presentation, priv->surface);
		if (priv->pending[i])
			wp_presentation_feedback_add_listener(priv->pending[i], &feedback_listener,
							      window);
		return;
	}
}

int window_submit(struct window *window, struct window_buffer *wb, struct why *why)
{
	struct window_priv *priv = window->priv;
	int err = wb->is_explicit ? syncobj_commit(&priv->sync, &wb->points, why) : 0;

	if (err)
		return err;

	/* One callback at a time: it paces us, and one that is still to come will do. */
	window->frame_due = false;
	if (!priv->frame) {
		priv->frame = wl_surface_frame(priv->surface);
		if (priv->frame)
			wl_callback_add_listener(priv->frame, &frame_listener, window);
		else
			window->frame_due = true; /* no memory: go on without pace */
	}
	if (window->submitted++ % WINDOW_ASK_EVERY == 0)
		ask_presentation(window);

	window_buffer_committing(window->conn, wb);
	wl_surface_attach(priv->surface, wb->wl, 0, 0);
	wl_surface_damage_buffer(priv->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(priv->surface);
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
