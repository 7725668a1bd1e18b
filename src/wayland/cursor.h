/* SPDX-License-Identifier: MIT */
/*
 * cursor: the picture of the pointer, for compositors without cursor-shape-v1: there a client that sets none has whatever
 * was there before, or nothing. From the user's theme, as XCURSOR_THEME and XCURSOR_SIZE name it; libwayland-cursor has a
 * plain one of its own where none is installed.
 */
#ifndef STALELINE_CURSOR_H
#define STALELINE_CURSOR_H

#include <stdint.h>

struct wl_compositor;
struct wl_cursor_theme;
struct wl_pointer;
struct wl_shm;
struct wl_surface;

enum { CURSOR_SIZE = 24, CURSOR_MAX_SIZE = 512 }; /* pixels: where nobody says one; and at most */

/* Zeroed: none. */
struct cursor {
	struct wl_cursor_theme *theme; /* NULL: without memory, which is no error */
	struct wl_surface *surface;    /* NULL until one is shown */
};

/* Read the theme, once; that takes a while and some memory. */
void cursor_open(struct cursor *cursor, struct wl_shm *shm);

/*
 * Show the cursor for @edge (of xdg_toplevel.resize; 0: the usual one) where @pointer has entered with @serial. In
 * pixels, not in units: at another scale than 1 the compositor enlarges it.
 */
void cursor_show(struct cursor *cursor, struct wl_compositor *compositor,
		 struct wl_pointer *pointer, uint32_t serial, uint32_t edge);
void cursor_close(struct cursor *cursor);

#endif
