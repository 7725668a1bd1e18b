// SPDX-License-Identifier: MIT
/*
 * server: what hangs on a surface: the panel's subsurface, viewports, its scale; and the outputs.
 */
#include "fractional-scale-v1-server-protocol.h"
#include "server.h"
#include "viewporter-server-protocol.h"

/* --- subsurface --- */

static void ignore_resource(struct wl_client *client, struct wl_resource *resource,
			    struct wl_resource *other)
{
	(void)client;
	(void)resource;
	(void)other;
}

static void set_position(struct wl_client *client, struct wl_resource *resource, int32_t x,
			 int32_t y)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	(void)y;
	run->seen->panel_left = x;
}

static void set_sync(struct wl_client *client, struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	run->seen->synchronised_panel = true;
}

static void set_desync(struct wl_client *client, struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	run->seen->synchronised_panel = false;
}

static const struct wl_subsurface_interface subsurface_implementation = {
	.destroy = destroy_resource,
	.set_position = set_position,
	.place_above = ignore_resource,
	.place_below = ignore_resource,
	.set_sync = set_sync,
	.set_desync = set_desync,
};

static void get_subsurface(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			   struct wl_resource *child, struct wl_resource *parent)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct surface *surface = wl_resource_get_user_data(child);

	(void)parent;
	surface->panel = true;
	run->panel = surface;
	run->seen->synchronised_panel = true; /* until it says otherwise */
	make(run, client, &wl_subsurface_interface, resource, id, &subsurface_implementation);
}

static const struct wl_subcompositor_interface subcompositor_implementation = {
	.destroy = destroy_resource,
	.get_subsurface = get_subsurface,
};

/* --- viewport: of the window only, the panel's is like it --- */

static void set_source(struct wl_client *client, struct wl_resource *resource, wl_fixed_t x,
		       wl_fixed_t y, wl_fixed_t width, wl_fixed_t height)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	(void)x;
	(void)y;
	if (surface != surface->run->window)
		return;
	surface->run->seen->source_width = wl_fixed_to_int(width);
	surface->run->seen->source_height = wl_fixed_to_int(height);
}

static void set_destination(struct wl_client *client, struct wl_resource *resource, int32_t width,
			    int32_t height)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	if ((width <= 0 || height <= 0) && (width != -1 || height != -1))
		wrong(surface->run, "a viewport without extent");
	if (surface != surface->run->window)
		return;
	surface->run->seen->destination_width = width;
	surface->run->seen->destination_height = height;
}

static const struct wp_viewport_interface viewport_implementation = {
	.destroy = destroy_resource,
	.set_source = set_source,
	.set_destination = set_destination,
};

static void get_viewport(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			 struct wl_resource *of)
{
	struct wl_resource *viewport =
		make(wl_resource_get_user_data(resource), client, &wp_viewport_interface, resource,
		     id, &viewport_implementation);

	wl_resource_set_user_data(viewport, wl_resource_get_user_data(of));
}

static const struct wp_viewporter_interface viewporter_implementation = {
	.destroy = destroy_resource,
	.get_viewport = get_viewport,
};

/* --- the scale of a surface, and of outputs --- */

static const struct wp_fractional_scale_v1_interface fractional_implementation = {
	.destroy = destroy_resource,
};

static void get_fractional_scale(struct wl_client *client, struct wl_resource *resource,
				 uint32_t id, struct wl_resource *of)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct wl_resource *fractional = make(run, client, &wp_fractional_scale_v1_interface,
					      resource, id, &fractional_implementation);

	if (wl_resource_get_user_data(of) == run->window && run->script->fraction)
		wp_fractional_scale_v1_send_preferred_scale(fractional, run->script->fraction);
}

static const struct wp_fractional_scale_manager_v1_interface fractional_manager = {
	.destroy = destroy_resource,
	.get_fractional_scale = get_fractional_scale,
};

static void bind_fractional(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(wl_resource_create(client,
							  &wp_fractional_scale_manager_v1_interface,
							  (int)version, id),
				       &fractional_manager, data, NULL);
}

static const struct wl_output_interface output_implementation = {
	.release = destroy_resource,
};

static void send_output(struct run *run, struct wl_resource *output, int32_t scale)
{
	run->seen->outputs_bound++;
	wl_resource_set_implementation(output, &output_implementation, run, NULL);
	wl_output_send_geometry(output, 0, 0, 600, 340, 0, "staleline", "scripted", 0);
	wl_output_send_mode(output, WL_OUTPUT_MODE_CURRENT, 3840, 2160, 60000);
	if (wl_resource_get_version(output) >= WL_OUTPUT_SCALE_SINCE_VERSION) {
		wl_output_send_scale(output, scale);
		wl_output_send_done(output);
	}
}

static void bind_output_0(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;

	run->output = wl_resource_create(client, &wl_output_interface, (int)version, id);
	send_output(run, run->output, run->script->outputs[0]);
}

static void bind_output_1(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;

	run->second_output = wl_resource_create(client, &wl_output_interface, (int)version, id);
	send_output(run, run->second_output, run->script->outputs[1]);
}

/* --- globals --- */

static void bind_subcompositor(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(
		wl_resource_create(client, &wl_subcompositor_interface, (int)version, id),
		&subcompositor_implementation, data, NULL);
}

static void bind_viewporter(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(
		wl_resource_create(client, &wp_viewporter_interface, (int)version, id),
		&viewporter_implementation, data, NULL);
}

struct wl_global *offer_viewporter(struct run *run)
{
	return wl_global_create(run->display, &wp_viewporter_interface, 1, run, bind_viewporter);
}

struct wl_global *offer_fractional_scale(struct run *run)
{
	return wl_global_create(run->display, &wp_fractional_scale_manager_v1_interface, 1, run,
				bind_fractional);
}

struct wl_global *offer_subcompositor(struct run *run)
{
	return wl_global_create(run->display, &wl_subcompositor_interface, 1, run,
				bind_subcompositor);
}

struct wl_global *offer_output(struct run *run)
{
	return wl_global_create(run->display, &wl_output_interface, 4, run, bind_output_1);
}

void add_extras(struct run *run)
{
	const struct script *script = run->script;

	if (script->subcompositor != ABSENT)
		offer_global(run, GLOBAL_SUBCOMPOSITOR);
	if (script->viewporter != ABSENT)
		offer_global(run, GLOBAL_VIEWPORTER);
	add_presentation(run);
	if (script->fractional_scale != ABSENT)
		offer_global(run, GLOBAL_FRACTIONAL_SCALE);
	if (script->outputs[0])
		wl_global_create(run->display, &wl_output_interface, 4, run, bind_output_0);
	if (script->outputs[1])
		offer_global(run, GLOBAL_OUTPUT);
}
