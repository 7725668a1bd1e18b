// SPDX-License-Identifier: MIT
/* server: sizes in the middle of a session, and whether the client keeps to them. */
#include <stdlib.h>

#include "server.h"
#include "xdg-shell-server-protocol.h"

enum { LEAST = 64 }; /* pixels: a card may stay larger than the window that is asked for */

void size_imported(struct run *run, struct wl_resource *buffer, int32_t width, int32_t height)
{
	const uint32_t places = sizeof(run->sized) / sizeof(run->sized[0]);

	run->sized[run->sized_count++ % places] = (struct sized){ buffer, width, height };
}

static const struct sized *find_size(const struct run *run, const struct wl_resource *buffer)
{
	const uint32_t places = sizeof(run->sized) / sizeof(run->sized[0]);

	for (uint32_t i = run->sized_count; i && i + places > run->sized_count; i--)
		if (run->sized[(i - 1) % places].buffer == buffer)
			return &run->sized[(i - 1) % places];
	abort();
}

void size_acked(struct run *run, uint32_t serial)
{
	run->acked_anew = true;
	run->ask = NULL;
	for (uint32_t i = 0; i < run->asked_count; i++)
		if (run->asked[i].serial <= serial)
			run->ask = &run->asked[i].ask;
}

/* A side that was acknowledged, against the geometry's; a window this small need not be smaller. */
static bool keeps_to(const struct script_ask *ask, int32_t asked, int32_t is)
{
	if (asked <= 0)
		return true;
	if (ask->maximized)
		return is == asked;
	if (ask->fullscreen || ask->resizing)
		return is <= asked;
	return is == asked || (is > asked && asked < LEAST * 6) || asked > 16384;
}

/* How many units @pixels of the card are at most. */
static int32_t units(const struct run *run, int32_t destination, int32_t pixels)
{
	return run->seen->destination_width > 0 ? destination : pixels;
}

/* What the desktop takes for the window is the card that is in it, and the panel beside. */
static void check_card(struct run *run, const struct sized *size)
{
	const struct seen *seen = run->seen;
	const struct script_ask *ask = run->ask;
	int32_t across = units(run, seen->destination_width, size->width);
	int32_t down = units(run, seen->destination_height, size->height);

	if (ask->width < LEAST * 6 || ask->width > 16384)
		return;
	if (down != seen->geometry_height)
		wrong(run, "a card of another height than the geometry's");
	if (across > seen->geometry_width)
		wrong(run, "a card wider than the geometry");
	if (across == seen->geometry_width ? false : across != seen->panel_left)
		wrong(run, "a geometry that is not filled by the card and the panel");
}

void size_committed(struct run *run, struct wl_resource *buffer)
{
	const struct sized *size = find_size(run, buffer);
	struct seen *seen = run->seen;
	bool other = seen->buffer_width &&
		     (seen->buffer_width != size->width || seen->buffer_height != size->height);

	if (other && !run->acked_anew && !run->script->keeps_size)
		wrong(run, "a buffer of another size, and no configure acknowledged with it");
	seen->sizes += other;
	seen->buffer_width = size->width;
	seen->buffer_height = size->height;
	run->acked_anew = false;
	if (!run->ask || run->script->keeps_size)
		return;
	if (!keeps_to(run->ask, run->ask->width, seen->geometry_width) ||
	    !keeps_to(run->ask, run->ask->height, seen->geometry_height))
		wrong(run, "a geometry that is not what was acknowledged");
	check_card(run, size);
}

static void add_state(struct wl_array *states, uint32_t state)
{
	uint32_t *place = wl_array_add(states, sizeof(*place));

	if (!place)
		abort();
	*place = state;
}

static void send(struct run *run, const struct script_ask *ask)
{
	struct wl_array states;

	if (run->asked_count == sizeof(run->asked) / sizeof(run->asked[0]))
		abort();
	wl_array_init(&states);
	if (ask->maximized)
		add_state(&states, XDG_TOPLEVEL_STATE_MAXIMIZED);
	if (ask->fullscreen)
		add_state(&states, XDG_TOPLEVEL_STATE_FULLSCREEN);
	if (ask->resizing)
		add_state(&states, XDG_TOPLEVEL_STATE_RESIZING);
	xdg_toplevel_send_configure(run->toplevel, ask->width, ask->height, &states);
	wl_array_release(&states);
	xdg_surface_send_configure(run->xdg_surface, ++run->serial);
	run->asked[run->asked_count++] = (struct asked){ run->serial, *ask };
	run->seen->asked++;
}

void size_ask(struct run *run)
{
	for (int i = 0; i < SCRIPT_ASKS; i++) {
		const struct script_ask *ask = &run->script->asks[i];
		struct script_ask other = *ask;

		if (!ask->at || ask->at != run->seen->commits)
			continue;
		if (ask->scale)
			wl_surface_send_preferred_buffer_scale(run->window->resource, ask->scale);
		if (ask->scale_alone)
			continue;
		for (int n = 0; n < ask->storm; n++) {
			other.width = ask->width + 8 * (n + 1);
			other.height = ask->height + 4 * (n + 1);
			send(run, &other);
		}
		send(run, ask);
	}
}
