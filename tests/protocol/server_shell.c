// SPDX-License-Identifier: MIT
/* server: xdg-shell, for one toplevel. */
#include <stdlib.h>

#include "server.h"
#include "xdg-shell-server-protocol.h"

static void add_state(struct wl_array *states, uint32_t state)
{
	uint32_t *place = wl_array_add(states, sizeof(*place));

	if (!place)
		abort();
	*place = state;
}

static void configure(struct run *run)
{
	const struct script *script = run->script;
	bool plain = (script->late && run->seen->commits < 2) ||
		     (script->obeys_fullscreen && !run->fullscreen);
	struct wl_array states;

	wl_array_init(&states);
	if ((script->fullscreen || script->obeys_fullscreen) && !plain)
		add_state(&states, XDG_TOPLEVEL_STATE_FULLSCREEN);
	if (script->maximized && !plain)
		add_state(&states, XDG_TOPLEVEL_STATE_MAXIMIZED);
	if (script->bounds_width)
		xdg_toplevel_send_configure_bounds(run->toplevel, script->bounds_width,
						   script->bounds_height);
	xdg_toplevel_send_configure(run->toplevel, plain ? 0 : script->width,
				    plain ? 0 : script->height, &states);
	wl_array_release(&states);
	xdg_surface_send_configure(run->xdg_surface, ++run->serial);
	if (!plain && !run->bound_serial)
		run->bound_serial = run->serial;
}

/* As strict as Weston, which ends a client with invalid_surface_state for it. */
static void check_geometry(struct run *run)
{
	const struct script *script = run->script;
	int32_t wider, higher;

	if (!run->bound || script->width <= 0 || script->height <= 0)
		return;
	wider = run->seen->geometry_width - script->width;
	higher = run->seen->geometry_height - script->height;
	if (script->maximized && (wider || higher))
		wrong(run, "another geometry than that of the maximized state");
	if (script->fullscreen && (wider > 0 || higher > 0))
		wrong(run, "a geometry larger than that of the fullscreen state");
}

/*
 * A geometry that changes between set_fullscreen and the acknowledgement is a size that the client
 * wants: sway takes it for that of the fullscreen window.
 */
static void check_waits_for_fullscreen(struct run *run)
{
	bool changed = run->committed_width != run->seen->geometry_width ||
		       run->committed_height != run->seen->geometry_height;

	if (run->script->obeys_fullscreen && run->fullscreen && !run->bound && changed)
		wrong(run, "another geometry while it waits to be fullscreen");
	run->committed_width = run->seen->geometry_width;
	run->committed_height = run->seen->geometry_height;
}

/*
 * A geometry around more than there is: sway cuts it to what there is, takes that for the size that is
 * wanted, and asks for it.
 */
static void check_covered(struct run *run)
{
	const struct seen *seen = run->seen;

	if (run->panel && !run->panel->current && seen->geometry_width > seen->panel_left)
		wrong(run, "a geometry that counts a panel which is not there");
}

/* After the second frame, and again where the script says so. */
static bool is_time_to_type(const struct run *run)
{
	uint32_t since = run->seen->commits - 2, every = run->script->type_every;

	if (run->seen->commits < 2)
		return false;
	return !since || (every && since % every == 0 && since / every < run->script->type_times);
}

void shell_committed(struct run *run, bool has_buffer)
{
	const struct script *script = run->script;

	if (run->seen->commits)
		check_covered(run);
	if (!has_buffer && run->seen->commits) {
		run->seen->bare_commits++; /* what was acknowledged takes effect */
		run->seen->bare_width = run->seen->geometry_width;
		return;
	}
	if (!has_buffer) {
		if (!run->toplevel)
			wrong(run, "a commit before there was a toplevel");
		if (reached(run, run->toplevel, AT_ROLE) || script->no_configure)
			return;
		if (script->ping || script->pings_forever)
			xdg_wm_base_send_ping(run->wm_base, 4711);
		configure(run);
		return;
	}
	check_geometry(run);
	check_waits_for_fullscreen(run);
	for (int i = 0; i < script->configures; i++)
		configure(run);
	size_ask(run);
	if (run->seen->commits == 2 && script->late)
		configure(run);
	if (run->seen->commits == script->close_at)
		xdg_toplevel_send_close(run->toplevel);
	if (run->seen->commits == (script->feedback_at ? script->feedback_at : 2))
		dmabuf_resend(run);
	if (is_time_to_type(run)) {
		seat_type(run);
		pointer_press(run);
	}
	if (script->leaves_at && run->seen->commits == script->leaves_at) {
		run->fullscreen = false;
		configure(run);
	}
	globals_turn(run);
}

/* --- xdg_toplevel: nearly all of it only has to be there --- */

static void ignore(struct wl_client *client, struct wl_resource *resource)
{
	(void)client;
	(void)resource;
}

static void ignore_resource(struct wl_client *client, struct wl_resource *resource,
			    struct wl_resource *other)
{
	(void)client;
	(void)resource;
	(void)other;
}

static void ignore_text(struct wl_client *client, struct wl_resource *resource, const char *text)
{
	(void)client;
	(void)resource;
	(void)text;
}

static void ignore_size(struct wl_client *client, struct wl_resource *resource, int32_t width,
			int32_t height)
{
	(void)client;
	if (width < 0 || height < 0)
		wrong(wl_resource_get_user_data(resource), "a negative size");
}

static void set_fullscreen(struct wl_client *client, struct wl_resource *resource,
			   struct wl_resource *output)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	(void)output;
	run->seen->fullscreen_asked = true;
	run->fullscreen = true;
	if (run->script->obeys_fullscreen)
		configure(run);
}

static void unset_fullscreen(struct wl_client *client, struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	run->fullscreen = false;
	if (run->script->obeys_fullscreen)
		configure(run);
}

static void set_max_size(struct wl_client *client, struct wl_resource *resource, int32_t width,
			 int32_t height)
{
	struct run *run = wl_resource_get_user_data(resource);

	ignore_size(client, resource, width, height);
	run->seen->max_width = width;
}

static void set_min_size(struct wl_client *client, struct wl_resource *resource, int32_t width,
			 int32_t height)
{
	struct run *run = wl_resource_get_user_data(resource);

	ignore_size(client, resource, width, height);
	run->seen->min_width = width;
}

static void move(struct wl_client *client, struct wl_resource *resource, struct wl_resource *seat,
		 uint32_t serial)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	(void)seat;
	pointer_grabbed(run, serial);
	run->seen->moves++;
}

static void resize(struct wl_client *client, struct wl_resource *resource, struct wl_resource *seat,
		   uint32_t serial, uint32_t edges)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	(void)seat;
	pointer_grabbed(run, serial);
	run->seen->resizes++;
	run->seen->resize_edge = edges;
}

static const struct xdg_toplevel_interface toplevel_implementation = {
	.destroy = destroy_resource,
	.set_parent = ignore_resource,
	.set_title = ignore_text,
	.set_app_id = ignore_text,
	.move = move,
	.resize = resize,
	.set_max_size = set_max_size,
	.set_min_size = set_min_size,
	.set_maximized = ignore,
	.unset_maximized = ignore,
	.set_fullscreen = set_fullscreen,
	.unset_fullscreen = unset_fullscreen,
	.set_minimized = ignore,
};

/* --- xdg_surface --- */

static void get_toplevel(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct run *run = wl_resource_get_user_data(resource);

	run->toplevel =
		make(run, client, &xdg_toplevel_interface, resource, id, &toplevel_implementation);
}

static void set_window_geometry(struct wl_client *client, struct wl_resource *resource, int32_t x,
				int32_t y, int32_t width, int32_t height)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	if (x || y || width <= 0 || height <= 0)
		wrong(run, "a window geometry without extent");
	run->seen->geometry_width = width;
	run->seen->geometry_height = height;
}

static void ack_configure(struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	if (serial == 0 || serial > run->serial)
		wrong(run, "acknowledged a configure that was not sent");
	run->acked = true;
	size_acked(run, serial);
	if (run->bound_serial && serial >= run->bound_serial)
		run->bound = true;
	run->seen->acks++;
}

static const struct xdg_surface_interface xdg_surface_implementation = {
	.destroy = destroy_resource,
	.get_toplevel = get_toplevel,
	.set_window_geometry = set_window_geometry,
	.ack_configure = ack_configure,
};

/* --- xdg_wm_base --- */

static void get_xdg_surface(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			    struct wl_resource *surface)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (wl_resource_get_user_data(surface) != run->window)
		wrong(run, "a window of another surface than the first");
	run->xdg_surface = make(run, client, &xdg_surface_interface, resource, id,
				&xdg_surface_implementation);
}

static void pong(struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	if (serial != 4711)
		wrong(run, "a pong with another serial than the ping's");
	run->seen->pongs++;
	if (run->script->pings_forever)
		xdg_wm_base_send_ping(resource, 4711);
}

static const struct xdg_wm_base_interface wm_base_implementation = {
	.destroy = destroy_resource,
	.get_xdg_surface = get_xdg_surface,
	.pong = pong,
};

static void bind_wm_base(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;

	run->wm_base = wl_resource_create(client, &xdg_wm_base_interface, (int)version, id);
	wl_resource_set_implementation(run->wm_base, &wm_base_implementation, run, NULL);
}

struct wl_global *offer_wm_base(struct run *run)
{
	int version = (int)script_version(run->script->wm_base, 6);

	return wl_global_create(run->display, &xdg_wm_base_interface, version, run, bind_wm_base);
}

void add_shell(struct run *run)
{
	if (run->script->wm_base != ABSENT)
		offer_global(run, GLOBAL_WM_BASE);
}
