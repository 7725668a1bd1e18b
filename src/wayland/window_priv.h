/* SPDX-License-Identifier: MIT */
/* window_priv: what the files of window.c share and nobody else sees. */
#ifndef STALELINE_WINDOW_PRIV_H
#define STALELINE_WINDOW_PRIV_H

#include "wayland/panel.h"
#include "wayland/window.h"

struct wl_callback;
struct wp_fractional_scale_v1;
struct wl_surface;
struct wp_viewport;
struct xdg_surface;
struct xdg_toplevel;
struct zxdg_toplevel_decoration_v1;

struct window_priv {
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct zxdg_toplevel_decoration_v1 *decoration;
	struct wp_viewport *viewport;
	struct wp_fractional_scale_v1 *fractional;
	struct wl_callback *frame; /* asked for, not yet due */
	struct panel panel;
	struct syncobj sync;	  /* zeroed: implicit */
	struct feedback feedback; /* of the surface, and what it says; nothing until it has come */
	struct offer offer;

	/* What the compositor says, in its units; 0: it has no wish. Valid with xdg_surface.configure. */
	int32_t said_width, said_height;
	int32_t bounds_width, bounds_height;
	bool maximized;	       /* the size said is the geometry, exactly */
	bool fullscreen;       /* the size said is the geometry's maximum */
	bool panel_hidden;     /* the user put it away */
	bool wants_fullscreen; /* may be granted later only: then the size must not be fixed */
	bool fraction_said;    /* fractional-scale has spoken: its word counts, no other */
	bool scale_unsure;     /* outputs differ, and nothing says which one counts */
	bool configured;       /* the first configure has come */
	bool sized;	       /* window->width and height are decided */
};

/* window_size.c */

/*
 * The card's size in pixels: the wish's, else what the compositor said; and with it the panel. To be called once, after
 * the first configure. 0 or -errno with @why.
 */
int window_choose_size(struct window *window, const struct window_wish *wish, struct why *why);

/* Everything that depends on the scale; takes effect with the next commit. */
void window_apply_scale(struct window *window);

/* What the desktop takes for the window, and how far it may be resized; takes effect with the next commit. */
void window_set_geometry(struct window *window);

#endif
