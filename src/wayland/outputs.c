// SPDX-License-Identifier: MIT
/* outputs: see outputs.h. */
#include "wayland/outputs.h"

#include <wayland-client-protocol.h>

/* The largest scale of those that the cursor is on; 0: none. */
static int32_t cursor_scale(const struct connection *conn)
{
	int32_t most = 0;

	for (size_t i = 0; i < CONNECTION_OUTPUTS; i++)
		if (conn->outputs[i].has_cursor && conn->outputs[i].scale > most)
			most = conn->outputs[i].scale;
	return most;
}

static void tell_changed(struct connection *conn)
{
	if (conn->output_changed)
		conn->output_changed(conn->output_data);
	cursor_rescale(&conn->pointer.cursor, cursor_scale(conn));
}

int32_t outputs_cursor_is_on(struct wl_output *output, bool is_on)
{
	struct connection_output *found = output ? wl_output_get_user_data(output) : NULL;

	if (!found)
		return 0;
	found->has_cursor = is_on;
	return cursor_scale(found->conn);
}

static void on_output_geometry(void *data, struct wl_output *proxy, int32_t x, int32_t y,
			       int32_t width, int32_t height, int32_t subpixel, const char *make,
			       const char *model, int32_t transform)
{
	(void)data;
	(void)proxy;
	(void)x;
	(void)y;
	(void)width;
	(void)height;
	(void)subpixel;
	(void)make;
	(void)model;
	(void)transform;
}

static void on_output_mode(void *data, struct wl_output *proxy, uint32_t flags, int32_t width,
			   int32_t height, int32_t refresh)
{
	(void)data;
	(void)proxy;
	(void)flags;
	(void)width;
	(void)height;
	(void)refresh;
}

static void on_output_done(void *data, struct wl_output *proxy)
{
	const struct connection_output *output = data;

	(void)proxy;
	tell_changed(output->conn);
}

static void on_output_scale(void *data, struct wl_output *proxy, int32_t scale)
{
	struct connection_output *output = data;

	(void)proxy;
	output->scale = scale;
}

static const struct wl_output_listener output_listener = {
	.geometry = on_output_geometry,
	.mode = on_output_mode,
	.done = on_output_done,
	.scale = on_output_scale,
};

void outputs_bind(struct connection *conn)
{
	if (wl_compositor_get_version(conn->compositor) >=
	    WL_SURFACE_PREFERRED_BUFFER_SCALE_SINCE_VERSION)
		return;
	for (size_t i = 0; i < CONNECTION_OUTPUTS; i++) {
		struct connection_output *output = &conn->outputs[i];

		if (!output->there || output->proxy)
			continue;
		output->scale = 1; /* until it says otherwise */
		output->proxy = wl_registry_bind(conn->registry, output->name, &wl_output_interface,
						 OUTPUTS_VERSION);
		if (output->proxy)
			wl_output_add_listener(output->proxy, &output_listener, output);
	}
}

void outputs_remember(struct connection *conn, uint32_t name)
{
	size_t i = 0;

	while (i < CONNECTION_OUTPUTS && conn->outputs[i].there)
		i++;
	if (i == CONNECTION_OUTPUTS)
		return;
	conn->outputs[i] = (struct connection_output){ .there = true, .conn = conn, .name = name };
	if (conn->bound)
		outputs_bind(conn);
}

void outputs_forget(struct connection *conn, uint32_t name)
{
	for (size_t i = 0; i < CONNECTION_OUTPUTS; i++) {
		struct connection_output *output = &conn->outputs[i];

		if (!output->there || output->name != name)
			continue;
		if (output->proxy)
			wl_output_destroy(output->proxy);
		*output = (struct connection_output){ 0 };
		tell_changed(conn);
	}
}

int32_t connection_output_scale(const struct connection *conn, bool *sure)
{
	int32_t most = 0;

	*sure = true;
	for (size_t i = 0; i < CONNECTION_OUTPUTS; i++) {
		int32_t scale = conn->outputs[i].scale;

		if (!conn->outputs[i].proxy || scale < 1)
			continue;
		if (most && scale != most)
			*sure = false;
		if (scale > most)
			most = scale;
	}
	return most;
}

void outputs_close(struct connection *conn)
{
	for (size_t i = 0; i < CONNECTION_OUTPUTS; i++)
		if (conn->outputs[i].proxy)
			wl_output_destroy(conn->outputs[i].proxy);
}
