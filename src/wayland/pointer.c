// SPDX-License-Identifier: MIT
/* pointer: wl_pointer, and the shape of its cursor. See pointer.h. */
#include "wayland/pointer.h"

#include <linux/input-event-codes.h>
#include <stddef.h>
#include <wayland-client-protocol.h>

#include "cursor-shape-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

uint32_t pointer_edge(int32_t x, int32_t y, int32_t width, int32_t height)
{
	uint32_t edge = XDG_TOPLEVEL_RESIZE_EDGE_NONE;

	/* In a window of two edges' size and less the right and the lower one win: it can be made larger. */
	if (x >= width - POINTER_EDGE)
		edge |= XDG_TOPLEVEL_RESIZE_EDGE_RIGHT;
	else if (x < POINTER_EDGE)
		edge |= XDG_TOPLEVEL_RESIZE_EDGE_LEFT;
	if (y >= height - POINTER_EDGE)
		edge |= XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM;
	else if (y < POINTER_EDGE)
		edge |= XDG_TOPLEVEL_RESIZE_EDGE_TOP;
	return edge;
}

static uint32_t shape_of(uint32_t edge)
{
	switch (edge) {
	case XDG_TOPLEVEL_RESIZE_EDGE_TOP:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_N_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_S_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_LEFT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_W_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_RIGHT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_E_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_TOP_LEFT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NW_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_TOP_RIGHT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NE_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM_LEFT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_SW_RESIZE;
	case XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM_RIGHT:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_SE_RESIZE;
	default:
		return WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_DEFAULT;
	}
}

/* 0 too where nobody wants to know. */
static uint32_t edge_here(const struct pointer *pointer)
{
	const struct pointer_target *target = &pointer->target;

	if (!target->edge_at || !pointer->at)
		return XDG_TOPLEVEL_RESIZE_EDGE_NONE;
	return target->edge_at(target->data, pointer->at, pointer->x, pointer->y);
}

static void show_shape(struct pointer *pointer)
{
	uint32_t edge = edge_here(pointer), shape = shape_of(edge);

	if (shape == pointer->shape)
		return;
	if (pointer->shapes)
		wp_cursor_shape_device_v1_set_shape(pointer->shapes, pointer->entered, shape);
	else
		cursor_show(&pointer->cursor, pointer->compositor, pointer->wl, pointer->entered,
			    edge);
	pointer->shape = shape;
}

static void on_enter(void *data, struct wl_pointer *wl, uint32_t serial, struct wl_surface *surface,
		     wl_fixed_t x, wl_fixed_t y)
{
	struct pointer *pointer = data;

	(void)wl;
	pointer->at = surface; /* NULL: one that we have destroyed meanwhile */
	pointer->entered = serial;
	pointer->shape = 0;
	pointer->x = wl_fixed_to_int(x);
	pointer->y = wl_fixed_to_int(y);
	show_shape(pointer);
}

static void on_leave(void *data, struct wl_pointer *wl, uint32_t serial, struct wl_surface *surface)
{
	struct pointer *pointer = data;

	(void)wl;
	(void)serial;
	(void)surface;
	pointer->at = NULL;
}

static void on_motion(void *data, struct wl_pointer *wl, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	struct pointer *pointer = data;

	(void)wl;
	(void)time;
	pointer->x = wl_fixed_to_int(x);
	pointer->y = wl_fixed_to_int(y);
	if (pointer->at)
		show_shape(pointer);
}

static void on_button(void *data, struct wl_pointer *wl, uint32_t serial, uint32_t time,
		      uint32_t button, uint32_t state)
{
	struct pointer *pointer = data;
	const struct pointer_target *target = &pointer->target;

	(void)wl;
	(void)time;
	if (button != BTN_LEFT || state != WL_POINTER_BUTTON_STATE_PRESSED || !pointer->at ||
	    !target->pressed)
		return;
	target->pressed(target->data, pointer->seat, serial, edge_here(pointer));
}

/* --- nothing here scrolls --- */

static void on_axis(void *data, struct wl_pointer *wl, uint32_t time, uint32_t axis,
		    wl_fixed_t value)
{
	(void)data;
	(void)wl;
	(void)time;
	(void)axis;
	(void)value;
}

static void on_frame(void *data, struct wl_pointer *wl)
{
	(void)data;
	(void)wl;
}

static void on_axis_source(void *data, struct wl_pointer *wl, uint32_t source)
{
	(void)data;
	(void)wl;
	(void)source;
}

static void on_axis_stop(void *data, struct wl_pointer *wl, uint32_t time, uint32_t axis)
{
	(void)data;
	(void)wl;
	(void)time;
	(void)axis;
}

static void on_axis_discrete(void *data, struct wl_pointer *wl, uint32_t axis, int32_t discrete)
{
	(void)data;
	(void)wl;
	(void)axis;
	(void)discrete;
}

/* All events of wl_seat version 5, which is what connection.c binds. */
static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_frame,
	.axis_source = on_axis_source,
	.axis_stop = on_axis_stop,
	.axis_discrete = on_axis_discrete,
};

static void let_go(struct pointer *pointer)
{
	if (!pointer->wl)
		return;
	if (pointer->shapes)
		wp_cursor_shape_device_v1_destroy(pointer->shapes);
	if (wl_pointer_get_version(pointer->wl) >= WL_POINTER_RELEASE_SINCE_VERSION)
		wl_pointer_release(pointer->wl);
	else
		wl_pointer_destroy(pointer->wl);
	cursor_leave(&pointer->cursor);
	pointer->shapes = NULL;
	pointer->wl = NULL;
	pointer->at = NULL;
}

void pointer_follow(struct pointer *pointer, bool there)
{
	if (!there)
		let_go(pointer);
	if (!there || pointer->wl)
		return;
	pointer->wl = wl_seat_get_pointer(pointer->seat);
	if (!pointer->wl)
		return;
	wl_pointer_add_listener(pointer->wl, &pointer_listener, pointer);
	if (pointer->manager)
		pointer->shapes =
			wp_cursor_shape_manager_v1_get_pointer(pointer->manager, pointer->wl);
	else
		cursor_open(&pointer->cursor, pointer->shm);
}

void pointer_close(struct pointer *pointer)
{
	let_go(pointer);
	cursor_close(&pointer->cursor);
	*pointer = (struct pointer){ 0 };
}
