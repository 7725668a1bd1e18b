/* SPDX-License-Identifier: MIT */
/*
 * pointer: what a person does to the window with a mouse: take it anywhere to move it, at an edge to resize it. What
 * is pressed is handed on at once, while events are dispatched: nothing is looked at in a frame.
 */
#ifndef STALELINE_POINTER_H
#define STALELINE_POINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "wayland/cursor.h"

struct wl_compositor;
struct wl_pointer;
struct wl_seat;
struct wl_shm;
struct wl_surface;
struct wp_cursor_shape_device_v1;
struct wp_cursor_shape_manager_v1;

/* How far inside the window its edges are, in the compositor's units. */
enum { POINTER_EDGE = 12 };

/* Edges are those of xdg_toplevel.resize: bits of top 1, bottom 2, left 4, right 8; 0: none. */
struct pointer_target {
	void *data; /* of both */
	/* Which edge is at this place of @surface (units; x and y may lie outside); 0 where it can't be taken. */
	uint32_t (*edge_at)(void *data, const struct wl_surface *surface, int32_t x, int32_t y);
	/* The left button was pressed there. @serial is that of the event. */
	void (*pressed)(void *data, struct wl_seat *seat, uint32_t serial, uint32_t edge);
};

struct pointer {
	struct wl_seat *seat;			    /* not owned */
	struct wp_cursor_shape_manager_v1 *manager; /* not owned; NULL: see cursor.h */
	struct wl_compositor *compositor;	    /* what that is made with; neither owned */
	struct wl_shm *shm;
	struct cursor cursor;
	struct wl_pointer *wl; /* NULL while the seat has none */
	struct wp_cursor_shape_device_v1 *shapes;
	struct pointer_target target; /* zeroed: nobody wants to know */
	const struct wl_surface *at;  /* where it is; NULL: not on a surface of ours */
	int32_t x, y;
	uint32_t entered; /* the serial of that */
	uint32_t shape;	  /* that was set there; 0: none */
};

/*
 * The seat has a pointer, or has none any more. @pointer must stay where it is until pointer_close(), which
 * comes before the seat and the manager are destroyed. Without memory there is no pointer, which is no error.
 */
void pointer_follow(struct pointer *pointer, bool there);
void pointer_close(struct pointer *pointer);

/* The largest of the edges that are POINTER_EDGE or less away from @x, @y, in a window of this size. */
uint32_t pointer_edge(int32_t x, int32_t y, int32_t width, int32_t height);

#endif
