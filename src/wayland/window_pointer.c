// SPDX-License-Identifier: MIT
/*
 * window_pointer: what is done to the window with a pointer. Moving and resizing are the compositor's to perform: we
 * only say where it was taken.
 */
#include <wayland-client-protocol.h>

#include "wayland/scale.h"
#include "wayland/window_priv.h"
#include "xdg-shell-client-protocol.h"

static uint32_t edge_at(void *data, const struct wl_surface *surface, int32_t x, int32_t y)
{
	const struct window *window = data;
	const struct window_priv *priv = window->priv;

	/* A size that the compositor or the user has fixed has no edges to be taken at. */
	if (!window_can_resize(window) || priv->said.maximized || priv->said.fullscreen)
		return XDG_TOPLEVEL_RESIZE_EDGE_NONE;
	if (surface == priv->panel.surface)
		x += scale_units(window->width, window->scale120);
	return pointer_edge(x, y, priv->geometry_width, priv->geometry_height);
}

static void pressed(void *data, struct wl_seat *seat, uint32_t serial, uint32_t edge)
{
	const struct window *window = data;

	if (edge)
		xdg_toplevel_resize(window->priv->toplevel, seat, serial, edge);
	else if (!window->priv->said.fullscreen)
		xdg_toplevel_move(window->priv->toplevel, seat, serial);
}

void window_take_pointer(struct window *window)
{
	window->conn->pointer.target = (struct pointer_target){
		.data = window,
		.edge_at = edge_at,
		.pressed = pressed,
	};
}

void window_leave_pointer(struct window *window)
{
	window->conn->pointer.target = (struct pointer_target){ .data = NULL };
}
