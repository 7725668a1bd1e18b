// SPDX-License-Identifier: MIT
/* cursor: see cursor.h. */
#include "wayland/cursor.h"

#include <stddef.h>
#include <stdlib.h>
#include <wayland-client-protocol.h>
#include <wayland-cursor.h>

#include "xdg-shell-client-protocol.h"

static int wanted_size(void)
{
	const char *text = getenv("XCURSOR_SIZE");
	long size = text ? strtol(text, NULL, 10) : 0;

	return size > 0 && size <= CURSOR_MAX_SIZE ? (int)size : CURSOR_SIZE;
}

void cursor_open(struct cursor *cursor, struct wl_shm *shm)
{
	if (!cursor->theme)
		cursor->theme = wl_cursor_theme_load(getenv("XCURSOR_THEME"), wanted_size(), shm);
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

void cursor_show(struct cursor *cursor, struct wl_compositor *compositor,
		 struct wl_pointer *pointer, uint32_t serial, uint32_t edge)
{
	const struct wl_cursor *found = cursor->theme ? find(cursor->theme, edge) : NULL;
	struct wl_cursor_image *image = found && found->image_count ? found->images[0] : NULL;
	struct wl_buffer *buffer = image ? wl_cursor_image_get_buffer(image) : NULL;

	if (buffer && !cursor->surface)
		cursor->surface = wl_compositor_create_surface(compositor);
	if (!buffer || !cursor->surface)
		return;
	wl_pointer_set_cursor(pointer, serial, cursor->surface, (int32_t)image->hotspot_x,
			      (int32_t)image->hotspot_y);
	wl_surface_attach(cursor->surface, buffer, 0, 0); /* the theme's: not to be destroyed */
	wl_surface_damage_buffer(cursor->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(cursor->surface);
}

void cursor_close(struct cursor *cursor)
{
	if (cursor->surface)
		wl_surface_destroy(cursor->surface);
	if (cursor->theme)
		wl_cursor_theme_destroy(cursor->theme);
	*cursor = (struct cursor){ 0 };
}
