// SPDX-License-Identifier: MIT
/* window_size: how large the window is, in pixels and in the compositor's units. See window_priv.h. */
#include <wayland-client-protocol.h>

#include "wayland/scale.h"
#include "wayland/window_priv.h"
#include "xdg-shell-client-protocol.h"

/*
 * What the desktop takes for the window: card and panel. But the size of a maximized state "must be
 * obeyed", and that of a fullscreen one is a maximum; a client that doesn't keep to it may be ended
 * with invalid_surface_state (Weston compares the geometry as it was set). So the geometry is what
 * was said, and the card hangs over or leaves room: it is never scaled or cut.
 */
static int32_t obey(const struct window_priv *priv, int32_t ours, int32_t said)
{
	if (said > 0 && (priv->maximized || (priv->fullscreen && ours > said)))
		return said;
	return ours;
}

void window_set_geometry(struct window *window)
{
	struct window_priv *priv = window->priv;
	int32_t width = scale_units(window->width, window->scale120);
	int32_t height = scale_units(window->height, window->scale120);

	if (priv->panel.surface && !priv->panel.hidden)
		width += scale_units(priv->panel.width, window->scale120);
	xdg_surface_set_window_geometry(priv->xdg_surface, 0, 0,
					obey(priv, width, priv->said_width),
					obey(priv, height, priv->said_height));

	/*
	 * Not resizable for now; a tiling compositor lets such a window float at its own size. Who wants
	 * to be fullscreen must not say so: 0 is "no limit".
	 */
	if (priv->wants_fullscreen)
		width = height = 0;
	if (!priv->maximized && !priv->fullscreen) {
		xdg_toplevel_set_min_size(priv->toplevel, width, height);
		xdg_toplevel_set_max_size(priv->toplevel, width, height);
	}
}

void window_apply_scale(struct window *window)
{
	struct window_priv *priv = window->priv;
	int32_t width = scale_units(window->width, window->scale120);
	int32_t height = scale_units(window->height, window->scale120);
	struct wl_region *all = wl_compositor_create_region(window->conn->compositor);

	window->scaled =
		scale_apply(priv->viewport, window->width, window->height, window->scale120) ||
		priv->scale_unsure;
	panel_place(&priv->panel, width, window->scale120);

	/* Implied by XRGB8888, but said: nothing behind the card need be drawn or blended. */
	if (all) {
		wl_region_add(all, 0, 0, width, height);
		wl_surface_set_opaque_region(priv->surface, all);
		wl_region_destroy(all);
	}
	window_set_geometry(window);
}

/* One side of the card where the user has no wish. All in pixels but what is said. */
static uint32_t choose_side(struct window *window, int32_t said, int32_t bound, uint32_t panel,
			    uint32_t usual)
{
	int64_t side = scale_pixels(said, window->scale120) - panel;
	int64_t most = scale_pixels(bound, window->scale120) - panel;

	if (said <= 0) {
		side = usual;
		if (bound > 0 && side > most)
			side = most;
	}
	if (side > WINDOW_MAX_SIDE) {
		window->clamped = true;
		return WINDOW_MAX_SIDE;
	}
	return side < WINDOW_MIN_SIDE ? WINDOW_MIN_SIDE : (uint32_t)side;
}

int window_choose_size(struct window *window, const struct window_wish *wish, struct why *why)
{
	struct window_priv *priv = window->priv;
	uint32_t panel = wish->fullscreen ? 0 : wish->panel_width;
	int err;

	window->width = wish->width;
	if (!window->width)
		window->width = choose_side(window, priv->said_width, priv->bounds_width, panel,
					    WINDOW_WIDTH);
	window->height = wish->height;
	if (!window->height)
		window->height = choose_side(window, priv->said_height, priv->bounds_height, 0,
					     WINDOW_HEIGHT);
	if (panel) {
		err = panel_open(&priv->panel, window->conn, priv->surface, panel, window->height,
				 why);
		if (err)
			return err;
	}
	priv->sized = true;
	window_apply_scale(window);
	return 0;
}
