/* SPDX-License-Identifier: MIT */
/*
 * cursor: the picture of the pointer, for compositors without cursor-shape-v1: there a client that sets none has whatever
 * was there before, or nothing. From the user's theme, as XCURSOR_THEME and XCURSOR_SIZE name it; libwayland-cursor has a
 * plain one of its own where none is installed.
 *
 * Its scale is what its surface is told (wl_compositor 6), else the largest of those outputs that
 * it is on. It is told only once it is there, so it begins at 1.
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

enum { CURSOR_MAX_SCALE = 8 }; /* a larger one is the compositor's to enlarge */

/* Zeroed: none. */
struct cursor {
	struct wl_shm *shm;	       /* not owned */
	struct wl_cursor_theme *theme; /* for scale 1; NULL: without memory, which is no error */
	struct wl_cursor_theme *sharp; /* for @sharp_scale; NULL: scale 1, or it has none */
	struct wl_surface *surface;    /* NULL until one is shown */
	int32_t scale, sharp_scale;    /* that it is to be shown at; and the largest one up to it
					* that the theme has pictures for */

	/* What is shown, and where; @pointer NULL: nothing. */
	struct wl_pointer *pointer;
	uint32_t serial, edge;
};

/* Read the theme, once, for scale 1; that takes a while and some memory. */
void cursor_open(struct cursor *cursor, struct wl_shm *shm);

/*
 * Show the cursor for @edge (of xdg_toplevel.resize; 0: the usual one) where @pointer has entered
 * with @serial; as large at any scale, and sharp where the theme has the same picture for that.
 */
void cursor_show(struct cursor *cursor, struct wl_compositor *compositor,
		 struct wl_pointer *pointer, uint32_t serial, uint32_t edge);

/*
 * It is to be shown at this scale; 0 or less: nobody knows, and it stays as it is. Reads the theme
 * where that is another, for the largest scale up to it that it has pictures for: each try costs
 * what cursor_open() does.
 */
void cursor_rescale(struct cursor *cursor, int32_t scale);

/* The pointer goes away. */
void cursor_leave(struct cursor *cursor);
void cursor_close(struct cursor *cursor);

#endif
