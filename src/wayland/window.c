// SPDX-License-Identifier: MIT
/*
 * window: a toplevel that shows dma-bufs at 1:1. See window.h.
 *
 * The order that xdg-shell asks for: make the roles, commit without a buffer, wait for the first
 * configure, acknowledge it; only then the first buffer. What becomes of later configures is in
 * window_configure.c, what happens in each frame in window_frame.c, how large the window is in
 * window_size.c.
 */
#include "wayland/window.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <wayland-client-protocol.h>

#include "fractional-scale-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "wayland/scale.h"
#include "wayland/window_priv.h"
#include "xdg-decoration-unstable-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

/* --- what the compositor tells the surface --- */

static void take_scale(struct window *window, int64_t scale120)
{
	if (scale120 < 1 || scale120 > (int64_t)WINDOW_MAX_SIDE * SCALE_NONE)
		return;
	window->scale120 = (uint32_t)scale120;
	if (!window->priv->sized)
		return;
	window_apply_scale(window);
	window_choose_next(window);
}

/* Where no one else says a scale. */
static void take_output_scale(struct window *window)
{
	bool sure;
	int64_t scale;

	if (window->conn->fractional_scale)
		return;
	scale = connection_output_scale(window->conn, &sure);
	window->priv->scale_unsure = !sure;
	take_scale(window, scale * SCALE_NONE);
}

static void on_output_changed(void *data)
{
	take_output_scale(data);
}

static void on_enter(void *data, struct wl_surface *surface, struct wl_output *output)
{
	(void)surface;
	(void)output;
	take_output_scale(data);
}

static void on_preferred_scale(void *data, struct wl_surface *surface, int32_t factor)
{
	struct window *window = data;

	(void)surface;
	if (!window->priv->fraction_said)
		take_scale(window, (int64_t)factor * SCALE_NONE);
}

static void on_preferred_fraction(void *data, struct wp_fractional_scale_v1 *fractional,
				  uint32_t scale120)
{
	struct window *window = data;

	(void)fractional;
	window->priv->fraction_said = true;
	take_scale(window, scale120);
}

static const struct wp_fractional_scale_v1_listener fractional_listener = {
	.preferred_scale = on_preferred_fraction,
};

static void on_preferred_transform(void *data, struct wl_surface *surface, uint32_t transform)
{
	/* Turned or not, a pixel stays a pixel. */
	(void)data;
	(void)surface;
	(void)transform;
}

static const struct wl_surface_listener surface_listener = {
	.enter = on_enter,
	.leave = on_enter,
	.preferred_buffer_scale = on_preferred_scale,
	.preferred_buffer_transform = on_preferred_transform,
};

/* --- opening and closing --- */

static void on_decoration(void *data, struct zxdg_toplevel_decoration_v1 *decoration, uint32_t mode)
{
	/* Whatever it is: we draw no borders, and a picture without is what it was. */
	(void)data;
	(void)decoration;
	(void)mode;
}

static const struct zxdg_toplevel_decoration_v1_listener decoration_listener = {
	.configure = on_decoration,
};

/* Borders and a title are the compositor's to draw. To be asked before the first buffer (xdg-decoration). */
static void ask_for_decoration(struct window *window)
{
	struct window_priv *priv = window->priv;

	if (!window->conn->decoration)
		return;
	priv->decoration = zxdg_decoration_manager_v1_get_toplevel_decoration(
		window->conn->decoration, priv->toplevel);
	if (!priv->decoration)
		return;
	zxdg_toplevel_decoration_v1_add_listener(priv->decoration, &decoration_listener, window);
	zxdg_toplevel_decoration_v1_set_mode(priv->decoration,
					     ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static int make_roles(struct window *window)
{
	struct connection *conn = window->conn;
	struct window_priv *priv = window->priv;
	struct why why; /* there is only one: the caller says it */

	priv->surface = wl_compositor_create_surface(conn->compositor);
	if (!priv->surface)
		return -ENOMEM;
	wl_surface_add_listener(priv->surface, &surface_listener, window);
	priv->xdg_surface = xdg_wm_base_get_xdg_surface(conn->wm_base, priv->surface);
	if (!priv->xdg_surface)
		return -ENOMEM;
	xdg_surface_add_listener(priv->xdg_surface, &window_xdg_surface_listener, window);
	priv->toplevel = xdg_surface_get_toplevel(priv->xdg_surface);
	if (!priv->toplevel)
		return -ENOMEM;
	xdg_toplevel_add_listener(priv->toplevel, &window_toplevel_listener, window);
	if (conn->viewporter)
		priv->viewport = wp_viewporter_get_viewport(conn->viewporter, priv->surface);
	if (conn->fractional_scale)
		priv->fractional = wp_fractional_scale_manager_v1_get_fractional_scale(
			conn->fractional_scale, priv->surface);
	if (priv->fractional)
		wp_fractional_scale_v1_add_listener(priv->fractional, &fractional_listener, window);
	take_output_scale(window);
	conn->output_changed = on_output_changed;
	conn->output_data = window;
	if (feedback_open_surface(&priv->feedback, conn, priv->surface, &priv->offer, &why))
		return -ENOMEM;
	xdg_toplevel_set_title(priv->toplevel, "staleline");
	xdg_toplevel_set_app_id(priv->toplevel, "staleline");
	ask_for_decoration(window);
	priv->wants_fullscreen = priv->wish.fullscreen;
	if (priv->wish.fullscreen)
		xdg_toplevel_set_fullscreen(priv->toplevel, NULL);
	wl_surface_commit(priv->surface); /* no buffer: "configure me" */
	return 0;
}

int window_open(struct window *window, struct connection *conn, const struct window_wish *wish,
		struct why *why)
{
	int err;

	*window = (struct window){ .conn = conn, .scale120 = SCALE_NONE, .frame_due = true };
	if (wish->width > WINDOW_MAX_SIDE || wish->height > WINDOW_MAX_SIDE ||
	    wish->panel_width > WINDOW_MAX_SIDE)
		return why_set(why, -EINVAL, "a window of %ux%u: a side has at most %d pixels",
			       wish->width, wish->height, WINDOW_MAX_SIDE);
	window->priv = calloc(1, sizeof(*window->priv));
	if (!window->priv)
		return why_set(why, -ENOMEM, "no memory");

	window->priv->wish = *wish;
	err = make_roles(window);
	if (err) {
		why_set(why, err, "no memory");
	} else {
		err = connection_wait(conn, &window->priv->configured, conn->limit_ms, why);
		if (err)
			why_prefix(why, err, "waited for the window's first configure: ");
	}
	if (!err)
		err = window_choose_size(window, why);
	if (err)
		window_close(window);
	else
		window_take_pointer(window);
	return err;
}

/* Are timelines, and an object that takes their points, to be had by now? 0 or -EOPNOTSUPP with @why. */
static int can_begin_syncobj(const struct window *window, struct why *why)
{
	if (!window->conn->syncobj)
		return why_set(why, -EOPNOTSUPP,
			       "the compositor offers no wp_linux_drm_syncobj_manager_v1");
	return connection_still_offers(window->conn, &wp_linux_drm_syncobj_manager_v1_interface,
				       why);
}

int window_use_syncobj(struct window *window, int drm_fd, struct why *why)
{
	struct window_priv *priv = window->priv;
	int err = can_begin_syncobj(window, why);

	if (err) {
		close(drm_fd);
		return err;
	}
	err = syncobj_open(&priv->sync, window->conn->syncobj, priv->surface, drm_fd, why);
	priv->is_explicit = !err;
	return err;
}

bool window_has_syncobj(const struct window *window)
{
	return window->priv->sync.manager;
}

int window_set_explicit(struct window *window, bool is_explicit, struct why *why)
{
	struct window_priv *priv = window->priv;
	int err = 0;

	if (is_explicit && !syncobj_is_open(&priv->sync)) {
		err = can_begin_syncobj(window, why);
		if (!err)
			err = syncobj_enter(&priv->sync, priv->surface, why);
	}
	if (err || priv->is_explicit == is_explicit)
		return err;
	priv->is_explicit = is_explicit;
	/* Buffers of this kind may be to be had, and of that none; or the other way round. */
	priv->told_kept = false;
	window_choose_next(window);
	window_set_geometry(window); /* how far it may be resized, too */
	priv->owes_commit = true;
	return 0;
}

void window_close(struct window *window)
{
	struct window_priv *priv = window->priv;

	if (!priv)
		return;
	window_leave_pointer(window);
	window->conn->output_changed = NULL;
	presentation_close(&window->presentation);
	if (priv->frame)
		wl_callback_destroy(priv->frame);
	panel_close(&priv->panel);
	syncobj_close(&priv->sync);
	feedback_close(&priv->feedback);
	offer_clear(&priv->offer);
	if (priv->fractional)
		wp_fractional_scale_v1_destroy(priv->fractional);
	if (priv->viewport)
		wp_viewport_destroy(priv->viewport);
	if (priv->decoration) /* before its toplevel, or it is an orphan */
		zxdg_toplevel_decoration_v1_destroy(priv->decoration);
	if (priv->toplevel)
		xdg_toplevel_destroy(priv->toplevel);
	if (priv->xdg_surface)
		xdg_surface_destroy(priv->xdg_surface);
	if (priv->surface)
		wl_surface_destroy(priv->surface);
	free(priv);
	window->priv = NULL;
}
