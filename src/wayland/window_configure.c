// SPDX-License-Identifier: MIT
/*
 * window_configure: what the compositor asks of the window, and when it is answered. See window.h.
 *
 * A configure that leaves the card's size as it is is acknowledged at once. One that changes it waits for
 * the first buffer of that size: acknowledged just before its commit, so that state and picture come
 * together (xdg_surface.ack_configure). Of several that come until then only the last counts.
 */
#include <string.h>
#include <wayland-client-protocol.h>

#include "wayland/window_priv.h"
#include "xdg-shell-client-protocol.h"

static void on_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
				  int32_t height, struct wl_array *states)
{
	struct window_said *coming = &((struct window *)data)->priv->coming;

	(void)toplevel;
	*coming = (struct window_said){ .width = width, .height = height };
	for (size_t at = 0; at + sizeof(uint32_t) <= states->size; at += sizeof(uint32_t)) {
		uint32_t state;

		memcpy(&state, (char *)states->data + at, sizeof(state));
		coming->maximized |= state == XDG_TOPLEVEL_STATE_MAXIMIZED;
		coming->fullscreen |= state == XDG_TOPLEVEL_STATE_FULLSCREEN;
		coming->resizing |= state == XDG_TOPLEVEL_STATE_RESIZING;
	}
}

static void on_toplevel_close(void *data, struct xdg_toplevel *toplevel)
{
	struct window *window = data;

	(void)toplevel;
	window->closed = true;
}

static void on_toplevel_bounds(void *data, struct xdg_toplevel *toplevel, int32_t width,
			       int32_t height)
{
	struct window_priv *priv = ((struct window *)data)->priv;

	(void)toplevel;
	priv->bounds_width = width;
	priv->bounds_height = height;
}

const struct xdg_toplevel_listener window_toplevel_listener = {
	.configure = on_toplevel_configure,
	.close = on_toplevel_close,
	.configure_bounds = on_toplevel_bounds,
};

static bool is_acknowledged(const struct window_priv *priv)
{
	return priv->acked.serial == priv->said.serial;
}

/* To be followed by a commit that keeps to it. */
static void acknowledge(struct window *window)
{
	struct window_priv *priv = window->priv;

	xdg_surface_ack_configure(priv->xdg_surface, priv->said.serial);
	priv->acked = priv->said;
	/*
	 * Not before: a frame of the size before may still be on its way, and without its panel that would be
	 * another geometry, as a compositor cuts it to what there is.
	 */
	if (priv->sized)
		window_place_panel(window);
}

static bool is_wanted(const struct window *window, uint32_t width, uint32_t height)
{
	return window->want_width == width && window->want_height == height;
}

void window_answer(struct window *window)
{
	struct window_priv *priv = window->priv;

	if (is_acknowledged(priv) && !priv->owes_commit)
		return;
	if (!is_acknowledged(priv)) {
		acknowledge(window);
		window_set_geometry(window);
	}
	if (window->submitted)
		wl_surface_commit(priv->surface);
	priv->owes_commit = false;
}

static void on_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct window *window = data;
	struct window_priv *priv = window->priv;

	(void)xdg_surface;
	if (priv->said.fullscreen && !priv->coming.fullscreen) /* by whatever key of the desktop */
		priv->wants_fullscreen = false;
	priv->said = priv->coming;
	priv->said.serial = serial;
	priv->configured = true;
	if (!priv->sized) {
		acknowledge(window);
		return;
	}
	window_choose_next(window);
	if (!is_wanted(window, window->width, window->height))
		return; /* panel and geometry follow with the acknowledgement, never before */
	acknowledge(window);
	window_set_geometry(window);
	/* What was acknowledged takes effect with a commit, and while the user has paused there is no frame to carry it. */
	priv->owes_commit = !window->frame_due;
	if (window->submitted && window->frame_due)
		wl_surface_commit(priv->surface);
}

const struct xdg_surface_listener window_xdg_surface_listener = {
	.configure = on_configure,
};

void window_fit(struct window *window, uint32_t width, uint32_t height)
{
	struct window_priv *priv = window->priv;
	bool same = width == window->width && height == window->height;
	struct why why; /* a panel of the height before is a panel, too */

	if (is_wanted(window, width, height) && !is_acknowledged(priv)) {
		acknowledge(window);
		if (same)
			window_set_geometry(window);
	}
	if (same)
		return;
	window->width = width;
	window->height = height;
	window->resizes++;
	if (!priv->acked.maximized && !priv->acked.fullscreen) {
		priv->floating_width = width;
		priv->floating_height = height;
	}
	panel_resize(&priv->panel, window->conn, height, &why);
	window_apply_scale(window);
}

void window_keep_size(struct window *window, uint32_t width, uint32_t height)
{
	struct why why;

	/* Who says why this one can't be had says it of all that come. */
	window->priv->told_kept |= window_can_import(window, &why) != 0;
	window->want_width = width;
	window->want_height = height;
}

void window_toggle_panel(struct window *window)
{
	struct window_priv *priv = window->priv;

	priv->panel_hidden = !priv->panel_hidden;
	window_place_panel(window);
	if (priv->sized) {
		window_set_geometry(window);
		priv->owes_commit = true; /* there may be no frame to carry it */
	}
	/* Where the geometry is given the card takes the room, or gives it; else the geometry follows the card. */
	if (priv->said.maximized || priv->said.fullscreen)
		window_choose_next(window);
}

void window_toggle_fullscreen(struct window *window)
{
	struct window_priv *priv = window->priv;

	/* Also where it was asked for and not granted. */
	priv->wants_fullscreen = !(priv->said.fullscreen || priv->wants_fullscreen);
	/*
	 * The panel goes when the new state is acknowledged, and not now: sway takes another geometry
	 * that is committed before for the size of the fullscreen window. Only the limits change here.
	 */
	window_set_geometry(window);
	if (priv->wants_fullscreen)
		xdg_toplevel_set_fullscreen(priv->toplevel, NULL);
	else
		xdg_toplevel_unset_fullscreen(priv->toplevel);
}
