// SPDX-License-Identifier: MIT
/* server: surfaces: what a commit does, and what comes back of it. */
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

/* A buffer may be destroyed while a surface has it. */
struct buffer_watch {
	struct wl_listener destroyed;
	struct surface *surface;
};

static void forget_buffer(struct wl_listener *listener, void *data)
{
	struct buffer_watch *watch = wl_container_of(listener, watch, destroyed);

	if (watch->surface->pending == data)
		watch->surface->pending = NULL;
	if (watch->surface->current == data && watch->surface->panel)
		wrong(watch->surface->run, "the panel's buffer was destroyed while it was shown");
	if (watch->surface->current == data && watch->surface->cursor)
		wrong(watch->surface->run, "the cursor's buffer was destroyed while it was shown");
	if (watch->surface->current == data) {
		watch->surface->current = NULL;
		watch->surface->run->current_destroyed =
			watch->surface == watch->surface->run->window;
	}
	watch->surface->run->seen->destroyed_buffers++;
	wl_list_remove(&watch->destroyed.link);
	free(watch);
}

static void attach(struct wl_client *client, struct wl_resource *resource,
		   struct wl_resource *buffer, int32_t x, int32_t y)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	if (x || y)
		wrong(surface->run, "attach with an offset");
	surface->pending = buffer;
	surface->attached = true;
	if (buffer && !wl_resource_get_destroy_listener(buffer, forget_buffer)) {
		struct buffer_watch *watch = calloc(1, sizeof(*watch));

		if (!watch)
			abort();
		watch->surface = surface;
		watch->destroyed.notify = forget_buffer;
		wl_resource_add_destroy_listener(buffer, &watch->destroyed);
	}
}

static void frame(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	if (surface->frame)
		wrong(surface->run, "two frame callbacks with one commit");
	surface->frame = make(surface->run, client, &wl_callback_interface, resource, id, NULL);
}

/* --- commit --- */

static void release(struct surface *surface, struct wl_resource *old)
{
	enum release how = surface->run->script->release;

	if (!old || how == RELEASE_NEVER || how == RELEASE_FIRST_ONLY)
		return;
	if (how == RELEASE_BUT_FIRST && surface->run->seen->commits == 2)
		return;
	if (surface->run->script->fence_ms)
		fence_attach(surface->run, old);
	wl_buffer_send_release(old);
	if (how == RELEASE_TWICE)
		wl_buffer_send_release(old);
}

static void answer_frame(struct surface *surface)
{
	const struct script *script = surface->run->script;

	if (surface->frame && !script->no_frames) {
		wl_callback_send_done(surface->frame, 0);
		wl_resource_destroy(surface->frame);
	}
	surface->frame = NULL;
	presentation_answer(surface);
}

static void commit_window(struct surface *surface)
{
	struct run *run = surface->run;
	struct wl_resource *old = surface->current;

	if (!syncobj_committed(run, surface->attached ? surface->pending : NULL))
		return;
	if (!surface->attached || !surface->pending) {
		shell_committed(run, false);
		return;
	}
	if (!run->acked)
		wrong(run, "a buffer before the first configure was acknowledged");
	if (run->current_destroyed)
		wrong(run, "the buffer on the screen was destroyed before the next was there");
	run->seen->commits++;
	run->seen->pongs_before = run->seen->pongs;
	size_committed(run, surface->pending);
	if (run->seen->commits == 1 && reached(run, surface->resource, AT_FRAME_1))
		return;
	if (run->seen->commits == 3 && reached(run, surface->resource, AT_FRAME_3))
		return;
	if (run->seen->commits == 3)
		usleep((useconds_t)run->script->naps_ms * 1000);

	surface->current = surface->pending;
	if (run->seen->commits == 1 && run->script->release == RELEASE_FIRST_ONLY)
		wl_buffer_send_release(surface->current);
	if (old != surface->current && !run->sync_surface)
		release(surface, old);
	answer_frame(surface);
	if (run->seen->commits == 1 && run->script->enters && run->output)
		wl_surface_send_enter(surface->resource, run->output);
	shell_committed(run, true);
}

static void tell_cursor_scale(struct surface *surface)
{
	const struct run *run = surface->run;

	if (!run->script->cursor_scale)
		return;
	if (wl_resource_get_version(surface->resource) >= 6)
		wl_surface_send_preferred_buffer_scale(surface->resource,
						       run->script->cursor_scale);
	else
		wl_surface_send_enter(surface->resource, run->output);
	if (run->script->cursor_on_both)
		wl_surface_send_enter(surface->resource, run->second_output);
}

static void commit_cursor(struct surface *surface)
{
	struct wl_shm_buffer *shm = wl_shm_buffer_get(surface->pending);
	struct seen *seen = surface->run->seen;

	seen->cursor_width = shm ? wl_shm_buffer_get_width(shm) : 0;
	seen->cursor_scale = surface->scale;
	if (surface->scale && seen->cursor_width % surface->scale)
		wrong(surface->run, "a cursor whose width is no multiple of its scale");
	if (!surface->current)
		tell_cursor_scale(surface);
	surface->current = surface->pending;
	wl_buffer_send_release(surface->pending);
}

static void commit(struct wl_client *client, struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	if (surface == surface->run->window) {
		commit_window(surface);
	} else if (surface->panel && surface->pending) {
		struct wl_shm_buffer *shm = wl_shm_buffer_get(surface->pending);

		surface->current = surface->pending;
		surface->run->seen->panel_commits++;
		surface->run->seen->panel_height = shm ? wl_shm_buffer_get_height(shm) : 0;
		if (!surface->run->script->keeps_panel)
			wl_buffer_send_release(surface->pending);
	} else if (surface->cursor && surface->pending) {
		commit_cursor(surface);
	} else if (surface->panel && surface->attached) {
		const struct run *run = surface->run;

		if (run->script->obeys_fullscreen && run->fullscreen && !run->bound)
			wrong(surface->run, "the panel goes while it waits to be fullscreen");
		surface->current = NULL;
		surface->run->seen->panel_unmaps++;
	}
	surface->attached = false;
	surface->pending = NULL;
}

/* --- what only has to be there --- */

static void ignore_rectangle(struct wl_client *client, struct wl_resource *resource, int32_t x,
			     int32_t y, int32_t width, int32_t height)
{
	(void)client;
	(void)x;
	(void)y;
	if (width <= 0 || height <= 0)
		wrong(wl_resource_get_user_data(resource), "an empty rectangle in a region");
}

static void damage(struct wl_client *client, struct wl_resource *resource, int32_t x, int32_t y,
		   int32_t width, int32_t height)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	(void)x;
	(void)y;
	if (width <= 0 || height <= 0)
		wrong(surface->run, "empty damage");
}

static void ignore_resource(struct wl_client *client, struct wl_resource *resource,
			    struct wl_resource *other)
{
	(void)client;
	(void)resource;
	(void)other;
}

static void ignore_int(struct wl_client *client, struct wl_resource *resource, int32_t value)
{
	(void)client;
	(void)resource;
	(void)value;
}

static void set_scale(struct wl_client *client, struct wl_resource *resource, int32_t scale)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	(void)client;
	if (scale < 1)
		wrong(surface->run, "a scale that is none");
	surface->scale = scale;
}

static void ignore_position(struct wl_client *client, struct wl_resource *resource, int32_t x,
			    int32_t y)
{
	(void)client;
	(void)resource;
	(void)x;
	(void)y;
}

static const struct wl_surface_interface surface_implementation = {
	.destroy = destroy_resource,
	.attach = attach,
	.damage = damage,
	.frame = frame,
	.set_opaque_region = ignore_resource,
	.set_input_region = ignore_resource,
	.commit = commit,
	.set_buffer_transform = ignore_int,
	.set_buffer_scale = set_scale,
	.damage_buffer = damage,
	.offset = ignore_position,
};

static const struct wl_region_interface region_implementation = {
	.destroy = destroy_resource,
	.add = ignore_rectangle,
	.subtract = ignore_rectangle,
};

/* Its buffers may go from here on. */
static void surface_gone(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);

	surface->current = NULL;
	if (surface == surface->run->window)
		syncobj_surface_gone(surface->run);
}

static void create_surface(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct surface *surface = calloc(1, sizeof(*surface));

	if (!surface)
		abort();
	surface->run = run;
	surface->resource =
		make(run, client, &wl_surface_interface, resource, id, &surface_implementation);
	wl_resource_set_user_data(surface->resource, surface);
	wl_resource_set_destructor(surface->resource, surface_gone);
	if (!run->window) {
		run->window = surface;
		if (run->script->scale && wl_resource_get_version(resource) >= 6)
			wl_surface_send_preferred_buffer_scale(surface->resource,
							       run->script->scale);
	}
}

static void create_region(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	make(wl_resource_get_user_data(resource), client, &wl_region_interface, resource, id,
	     &region_implementation);
}

static const struct wl_compositor_interface compositor_implementation = {
	.create_surface = create_surface,
	.create_region = create_region,
};

static void bind_compositor(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct wl_resource *resource =
		wl_resource_create(client, &wl_compositor_interface, (int)version, id);

	wl_resource_set_implementation(resource, &compositor_implementation, data, NULL);
	reached(data, resource, AT_COMPOSITOR);
}

void add_surfaces(struct run *run)
{
	uint32_t version = script_version(run->script->compositor, 6);

	if (version)
		wl_global_create(run->display, &wl_compositor_interface, (int)version, run,
				 bind_compositor);
}
