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
static int32_t obey(const struct window_said *acked, int32_t ours, int32_t said)
{
	bool at_most = acked->fullscreen || acked->resizing;

	if (said > 0 && (acked->maximized || (at_most && ours > said)))
		return said;
	return ours;
}

/* How far the user may resize it: 0 is "no limit". Not said in a state that has its own size. */
static void limit_size(struct window *window, int32_t width, int32_t height)
{
	struct window_priv *priv = window->priv;
	int32_t least = scale_units(WINDOW_MIN_SIDE, window->scale120);

	if (priv->acked.maximized || priv->acked.fullscreen)
		return;
	if (window_can_resize(window)) {
		int32_t card = scale_units(window->width, window->scale120);

		xdg_toplevel_set_min_size(priv->toplevel, width - card + least, least);
		xdg_toplevel_set_max_size(priv->toplevel, 0, 0);
		return;
	}
	/*
	 * A tiling compositor lets such a window float at its own size. Who wants to be fullscreen must not
	 * say so.
	 */
	if (priv->wants_fullscreen)
		width = height = 0;
	xdg_toplevel_set_min_size(priv->toplevel, width, height);
	xdg_toplevel_set_max_size(priv->toplevel, width, height);
}

void window_set_geometry(struct window *window)
{
	struct window_priv *priv = window->priv;
	int32_t width = scale_units(window->width, window->scale120);
	int32_t height = scale_units(window->height, window->scale120);

	if (priv->panel.surface && !priv->panel.hidden) {
		/* sway cuts the geometry to what there is, and takes that for the size that we want. */
		panel_come_back(&priv->panel);
		width += scale_units(priv->panel.width, window->scale120);
	}
	priv->geometry_width = obey(&priv->acked, width, priv->acked.width);
	priv->geometry_height = obey(&priv->acked, height, priv->acked.height);
	xdg_surface_set_window_geometry(priv->xdg_surface, 0, 0, priv->geometry_width,
					priv->geometry_height);
	limit_size(window, width, height);
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

/* In this state: the user wants to see the card alone, or has the whole output for it. */
static bool is_panel_away(const struct window_priv *priv, const struct window_said *state)
{
	return priv->panel_hidden || (priv->wants_fullscreen && state->fullscreen);
}

void window_place_panel(struct window *window)
{
	struct window_priv *priv = window->priv;

	panel_hide(&priv->panel, is_panel_away(priv, &priv->acked));
}

/*
 * The card's pixels where @units are said for it and for what is @beside it; 0 where none are left. What is said may be
 * any number: subtracted first, INT32_MIN would overflow.
 */
static int64_t card_pixels(const struct window *window, int32_t units, int32_t beside)
{
	return units > beside ? scale_pixels(units - beside, window->scale120) : 0;
}

/* One side of the card where the user has no wish. All in pixels but what is said. */
static uint32_t choose_side(struct window *window, int32_t said, int32_t bound, uint32_t panel,
			    uint32_t usual)
{
	uint32_t step = window->priv->wish.step ? window->priv->wish.step : 1;
	/* In units, as the geometry is made: else a size that the compositor sends back would shrink each time. */
	int32_t beside = panel ? scale_units(panel, window->scale120) : 0;
	int64_t side = card_pixels(window, said, beside);
	int64_t most = card_pixels(window, bound, beside);

	if (said <= 0) {
		side = usual;
		if (bound > 0 && side > most)
			side = most;
	}
	if (side > WINDOW_MAX_SIDE) {
		window->clamped = true;
		return WINDOW_MAX_SIDE;
	}
	return side < WINDOW_MIN_SIDE ? WINDOW_MIN_SIDE : (uint32_t)side - (uint32_t)side % step;
}

/* Pixels beside the card, by what was said last. */
static uint32_t panel_room(const struct window_priv *priv)
{
	if (!priv->sized)
		return priv->wish.fullscreen ? 0 : priv->wish.panel_width;
	return priv->panel.surface && !is_panel_away(priv, &priv->said) ? priv->panel.width : 0;
}

bool window_can_resize(const struct window *window)
{
	struct why why;

	return window->resizable && !window_can_import(window, &why);
}

/* What is wanted can't be had: as it is, and said of the first size that is asked for. */
static void stay(struct window *window, const struct why *why)
{
	struct window_priv *priv = window->priv;

	if (window->want_width == window->width && window->want_height == window->height)
		return;
	if (!priv->told_kept)
		news_say(&window->conn->news,
			 "the window should be %ux%u, but stays %ux%u, and so it will: %.200s",
			 window->want_width, window->want_height, window->width, window->height,
			 why->text);
	priv->told_kept = true;
	window->want_width = window->width;
	window->want_height = window->height;
}

void window_choose_next(struct window *window)
{
	const struct window_priv *priv = window->priv;
	struct why why;

	if (!window->resizable)
		return;
	window->want_width = choose_side(window, priv->said.width, priv->bounds_width,
					 panel_room(priv), priv->floating_width);
	window->want_height = choose_side(window, priv->said.height, priv->bounds_height, 0,
					  priv->floating_height);
	if (priv->sized && window_can_import(window, &why))
		stay(window, &why);
}

int window_choose_size(struct window *window, struct why *why)
{
	struct window_priv *priv = window->priv;
	const struct window_wish *wish = &priv->wish;
	uint32_t panel = panel_room(priv);
	int err;

	priv->floating_width = WINDOW_WIDTH;
	priv->floating_height = WINDOW_HEIGHT;
	window->resizable = !wish->width && !wish->height;
	window->want_width = wish->width;
	window->want_height = wish->height;
	window_choose_next(window);
	window->width = window->want_width;
	window->height = window->want_height;
	if (!priv->acked.maximized && !priv->acked.fullscreen) {
		priv->floating_width = window->width;
		priv->floating_height = window->height;
	}
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
