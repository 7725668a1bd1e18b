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
struct xdg_surface_listener;
struct xdg_toplevel;
struct xdg_toplevel_listener;
struct zxdg_toplevel_decoration_v1;

/* What one configure says, in the compositor's units; a size of 0: it has no wish. */
struct window_said {
	int32_t width, height; /* of the geometry: card and panel */
	bool maximized;	       /* that is the geometry, exactly */
	bool fullscreen;       /* that is the geometry's maximum */
	bool resizing;	       /* the same */
	uint32_t serial;
};

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

	/*
	 * Configures: what is being said, valid with xdg_surface.configure; what was said last; and what we have
	 * answered, which the next commit has to keep to.
	 */
	struct window_said coming, said, acked;
	int32_t bounds_width, bounds_height;
	struct window_wish wish;
	uint32_t floating_width,
		floating_height;		 /* the card's where it is free to choose; pixels */
	int32_t geometry_width, geometry_height; /* as it was set last; units */
	bool panel_hidden;			 /* the user put it away */
	bool wants_fullscreen; /* may be granted later only: then the size must not be fixed */
	bool fraction_said;    /* fractional-scale has spoken: its word counts, no other */
	bool scale_unsure;     /* outputs differ, and nothing says which one counts */
	bool is_explicit;      /* buffers are imported for that; the surface follows with them */
	bool told_kept;	       /* that its size can't be another any more */
	bool owes_commit;      /* what was acknowledged, or set, has not taken effect yet */
	bool configured;       /* the first configure has come */
	bool sized;	       /* window->width and height are decided */
};

/* window_configure.c */

extern const struct xdg_toplevel_listener window_toplevel_listener;
extern const struct xdg_surface_listener window_xdg_surface_listener;

/* window_pointer.c: let the connection's pointer move and resize @window; and no longer. */
void window_take_pointer(struct window *window);
void window_leave_pointer(struct window *window);

/* window_size.c */

/*
 * The card's size in pixels: the wish's, else what the compositor said; and with it the panel. To be called once, after
 * the first configure. 0 or -errno with @why.
 */
int window_choose_size(struct window *window, struct why *why);

/* What the size should be by what was said last: into want_width and want_height. */
void window_choose_next(struct window *window);

/* May its size be another: the user asked for none, and buffers for one are to be had. */
bool window_can_resize(const struct window *window);

/* Put the panel away or bring it back, by what was acknowledged. The geometry is the caller's. */
void window_place_panel(struct window *window);

/* Everything that depends on the scale; takes effect with the next commit. */
void window_apply_scale(struct window *window);

/* What the desktop takes for the window, and how far it may be resized; takes effect with the next commit. */
void window_set_geometry(struct window *window);

#endif
