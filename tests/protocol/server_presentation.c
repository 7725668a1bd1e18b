// SPDX-License-Identifier: MIT
/* server: presentation-time: when a frame came to the screen, by the script's clock, display and whims. */
#include <time.h>

#include "presentation-time-server-protocol.h"
#include "server.h"

enum { NS_PER_S = 1000000000, FIRST_COUNT = 1000 };

static uint32_t clock_of(const struct run *run)
{
	return run->script->clock ? (uint32_t)run->script->clock : CLOCK_MONOTONIC;
}

static int64_t now(const struct run *run)
{
	struct timespec t = { 0 };

	clock_gettime((clockid_t)clock_of(run), &t); /* one that is none is at 0 */
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/*
 * A display that counts shows a frame in each refresh, from the first on, whenever they really come; the script may
 * leave some out before the ninth, the second that asks.
 */
static void present(struct surface *surface)
{
	struct run *run = surface->run;
	const struct script *script = run->script;
	int64_t ns = now(run) + (int64_t)script->presented_ms * 1000000;
	uint32_t at = run->seen->commits - 1, count = 0;

	if (script->refresh_ns) {
		at += at >= 8 ? script->skipped : 0;
		if (!run->first_presented)
			run->first_presented = ns;
		ns = run->first_presented + (int64_t)at * script->refresh_ns;
		count = FIRST_COUNT + at;
	}
	wp_presentation_feedback_send_presented(
		surface->presentation, 0, (uint32_t)(ns / NS_PER_S),
		script->presented_odd ? 2000000000 : (uint32_t)(ns % NS_PER_S), script->refresh_ns,
		0, count, script->zero_copy ? WP_PRESENTATION_FEEDBACK_KIND_ZERO_COPY : 0);
}

void presentation_answer(struct surface *surface)
{
	const struct script *script = surface->run->script;

	if (!surface->presentation)
		return;
	if (!script->presented_never) {
		if (script->discard)
			wp_presentation_feedback_send_discarded(surface->presentation);
		else
			present(surface);
		wl_resource_destroy(surface->presentation);
	}
	surface->presentation = NULL;
}

static void feedback(struct wl_client *client, struct wl_resource *resource, struct wl_resource *of,
		     uint32_t id)
{
	struct surface *surface = wl_resource_get_user_data(of);

	global_asked(surface->run, GLOBAL_PRESENTATION);
	surface->run->seen->asks_of_presentation++;
	surface->presentation =
		make(surface->run, client, &wp_presentation_feedback_interface, resource, id, NULL);
}

static const struct wp_presentation_interface presentation_implementation = {
	.destroy = destroy_resource,
	.feedback = feedback,
};

static void bind_presentation(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;
	struct wl_resource *resource =
		wl_resource_create(client, &wp_presentation_interface, (int)version, id);

	wl_resource_set_implementation(resource, &presentation_implementation, run, NULL);
	if (run->script->clock != ABSENT)
		wp_presentation_send_clock_id(resource, clock_of(run));
}

struct wl_global *offer_presentation(struct run *run)
{
	return wl_global_create(run->display, &wp_presentation_interface, 1, run,
				bind_presentation);
}

void add_presentation(struct run *run)
{
	if (run->script->presentation != ABSENT)
		offer_global(run, GLOBAL_PRESENTATION);
}
