// SPDX-License-Identifier: MIT
/* cursor: see cursor.h. */
#include "wayland/cursor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <wayland-client-protocol.h>
#include <wayland-cursor.h>

#include "wayland/outputs.h"
#include "xdg-shell-client-protocol.h"

static int wanted_size(void)
{
	const char *text = getenv("XCURSOR_SIZE");
	long size = text ? strtol(text, NULL, 10) : 0;

	return size > 0 && size <= CURSOR_MAX_SIZE ? (int)size : CURSOR_SIZE;
}

/* The name that CSS gave it, and X11's, which older themes and libwayland-cursor's own have. */
static struct wl_cursor *find(struct wl_cursor_theme *theme, uint32_t edge)
{
	static const struct {
		const char *name, *old;
	} names[] = {
		[XDG_TOPLEVEL_RESIZE_EDGE_NONE] = { "default", "left_ptr" },
		[XDG_TOPLEVEL_RESIZE_EDGE_TOP] = { "n-resize", "top_side" },
		[XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM] = { "s-resize", "bottom_side" },
		[XDG_TOPLEVEL_RESIZE_EDGE_LEFT] = { "w-resize", "left_side" },
		[XDG_TOPLEVEL_RESIZE_EDGE_TOP_LEFT] = { "nw-resize", "top_left_corner" },
		[XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM_LEFT] = { "sw-resize", "bottom_left_corner" },
		[XDG_TOPLEVEL_RESIZE_EDGE_RIGHT] = { "e-resize", "right_side" },
		[XDG_TOPLEVEL_RESIZE_EDGE_TOP_RIGHT] = { "ne-resize", "top_right_corner" },
		[XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM_RIGHT] = { "se-resize", "bottom_right_corner" },
	};
	struct wl_cursor *found = NULL;

	if (edge < sizeof(names) / sizeof(names[0]) && names[edge].name) {
		found = wl_cursor_theme_get_cursor(theme, names[edge].name);
		if (!found)
			found = wl_cursor_theme_get_cursor(theme, names[edge].old);
	}
	return found || edge == XDG_TOPLEVEL_RESIZE_EDGE_NONE
		       ? found
		       : find(theme, XDG_TOPLEVEL_RESIZE_EDGE_NONE);
}

/* @edge's picture; NULL: there is none. The theme's. */
static struct wl_cursor_image *picture(struct wl_cursor_theme *theme, uint32_t edge)
{
	const struct wl_cursor *found = theme ? find(theme, edge) : NULL;

	return found && found->image_count ? found->images[0] : NULL;
}

static struct wl_cursor_theme *load(const struct cursor *cursor, int32_t scale)
{
	if (!cursor->shm)
		return NULL; /* the compositor has taken it back */
	return wl_cursor_theme_load(getenv("XCURSOR_THEME"), wanted_size() * scale, cursor->shm);
}

void cursor_open(struct cursor *cursor, struct wl_shm *shm)
{
	if (cursor->theme)
		return;
	cursor->shm = shm;
	cursor->scale = 1;
	cursor->theme = load(cursor, 1);
}

/*
 * Is @large the same picture, @scale times as large? A theme gives the nearest size that it has,
 * and crops its pictures as it likes; another size would be another size on the screen, and one
 * that is no multiple of the scale an error (wl_surface.invalid_size).
 */
static bool is_larger(const struct wl_cursor_image *large, const struct wl_cursor_image *usual,
		      int32_t scale)
{
	return large && usual && large->width == usual->width * (uint32_t)scale &&
	       large->height == usual->height * (uint32_t)scale;
}

static void put_on_screen(struct cursor *cursor)
{
	struct wl_cursor_image *image = picture(cursor->theme, cursor->edge);
	struct wl_cursor_image *large = picture(cursor->sharp, cursor->edge);
	struct wl_buffer *buffer;
	int32_t scale = 1;

	if (is_larger(large, image, cursor->sharp_scale)) {
		image = large;
		scale = cursor->sharp_scale;
	}
	buffer = image ? wl_cursor_image_get_buffer(image) : NULL;
	if (!buffer)
		return;
	wl_pointer_set_cursor(cursor->pointer, cursor->serial, cursor->surface,
			      (int32_t)image->hotspot_x / scale, (int32_t)image->hotspot_y / scale);
	wl_surface_set_buffer_scale(cursor->surface, scale);
	wl_surface_attach(cursor->surface, buffer, 0, 0); /* the theme's: not to be destroyed */
	wl_surface_damage_buffer(cursor->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(cursor->surface);
}

/* The pictures for the largest scale up to @scale that the theme has any for; NULL: for none. */
static struct wl_cursor_theme *load_sharp(const struct cursor *cursor, int32_t *scale)
{
	const struct wl_cursor_image *usual = picture(cursor->theme, XDG_TOPLEVEL_RESIZE_EDGE_NONE);

	for (; *scale > 1; --*scale) {
		struct wl_cursor_theme *theme = load(cursor, *scale);

		if (is_larger(picture(theme, XDG_TOPLEVEL_RESIZE_EDGE_NONE), usual, *scale))
			return theme;
		if (theme)
			wl_cursor_theme_destroy(theme);
	}
	return NULL;
}

void cursor_rescale(struct cursor *cursor, int32_t scale)
{
	struct wl_cursor_theme *before = cursor->sharp;

	if (scale > CURSOR_MAX_SCALE)
		scale = CURSOR_MAX_SCALE;
	if (!cursor->theme || scale < 1 || scale == cursor->scale)
		return;
	cursor->scale = cursor->sharp_scale = scale;
	cursor->sharp = load_sharp(cursor, &cursor->sharp_scale);
	if (cursor->pointer && cursor->surface)
		put_on_screen(cursor);
	if (before)
		wl_cursor_theme_destroy(before);
}

/* --- what the compositor tells its surface --- */

static void on_enter(void *data, struct wl_surface *surface, struct wl_output *output)
{
	(void)surface;
	cursor_rescale(data, outputs_cursor_is_on(output, true));
}

static void on_leave(void *data, struct wl_surface *surface, struct wl_output *output)
{
	(void)surface;
	cursor_rescale(data, outputs_cursor_is_on(output, false));
}

static void on_preferred_scale(void *data, struct wl_surface *surface, int32_t scale)
{
	(void)surface;
	cursor_rescale(data, scale);
}

static void on_preferred_transform(void *data, struct wl_surface *surface, uint32_t transform)
{
	(void)data;
	(void)surface;
	(void)transform;
}

static const struct wl_surface_listener surface_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.preferred_buffer_scale = on_preferred_scale,
	.preferred_buffer_transform = on_preferred_transform,
};

void cursor_show(struct cursor *cursor, struct wl_compositor *compositor,
		 struct wl_pointer *pointer, uint32_t serial, uint32_t edge)
{
	if (cursor->theme && !cursor->surface) {
		cursor->surface = wl_compositor_create_surface(compositor);
		if (cursor->surface)
			wl_surface_add_listener(cursor->surface, &surface_listener, cursor);
	}
	if (!cursor->surface)
		return;
	cursor->pointer = pointer;
	cursor->serial = serial;
	cursor->edge = edge;
	put_on_screen(cursor);
}

void cursor_leave(struct cursor *cursor)
{
	cursor->pointer = NULL;
}

void cursor_close(struct cursor *cursor)
{
	if (cursor->surface)
		wl_surface_destroy(cursor->surface);
	if (cursor->sharp)
		wl_cursor_theme_destroy(cursor->sharp);
	if (cursor->theme)
		wl_cursor_theme_destroy(cursor->theme);
	*cursor = (struct cursor){ 0 };
}
