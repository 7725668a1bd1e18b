// SPDX-License-Identifier: MIT
/* server: globals that go in the middle of a session, and come back. */
#include <string.h>

#include "server.h"

/* libwayland's own: the filter of globals finds it. */
static struct wl_global *offer_shm(struct run *run)
{
	wl_display_init_shm(run->display);
	return NULL;
}

static bool find_shm(const struct wl_client *client, const struct wl_global *global, void *data)
{
	struct run *run = data;

	(void)client;
	if (!strcmp(wl_global_get_interface(global)->name, "wl_shm"))
		run->globals[GLOBAL_SHM] = (struct wl_global *)(uintptr_t)global;
	return true;
}

void offer_global(struct run *run, enum global which)
{
	static struct wl_global *(*const offer[GLOBALS])(struct run *) = {
		[GLOBAL_SEAT] = offer_seat,
		[GLOBAL_OUTPUT] = offer_output,
		[GLOBAL_PRESENTATION] = offer_presentation,
		[GLOBAL_DMABUF] = offer_dmabuf,
		[GLOBAL_SYNCOBJ] = offer_syncobj,
		[GLOBAL_VIEWPORTER] = offer_viewporter,
		[GLOBAL_FRACTIONAL_SCALE] = offer_fractional_scale,
		[GLOBAL_SHM] = offer_shm,
		[GLOBAL_SUBCOMPOSITOR] = offer_subcompositor,
		[GLOBAL_WM_BASE] = offer_wm_base,
		[GLOBAL_DECORATION] = offer_decoration,
		[GLOBAL_CURSOR_SHAPE] = offer_cursor_shape,
	};

	run->globals[which] = offer[which](run);
	run->gone[which] = false;
}

/* Removed, and not destroyed: a client may bind it until it has heard. */
static void take_back(struct run *run, enum global which)
{
	if (run->globals[which])
		wl_global_remove(run->globals[which]);
	run->gone[which] = true;
}

void globals_turn(struct run *run)
{
	const struct script *script = run->script;

	if (!script->goes || script->goes_at_import)
		return;
	if (run->seen->commits == (script->goes_at ? script->goes_at : 2)) {
		take_back(run, script->goes);
		if (script->goes_too)
			take_back(run, script->goes_too);
	}
	if (script->comes_at && run->seen->commits == script->comes_at)
		offer_global(run, script->goes);
}

void globals_import(struct run *run)
{
	const struct script *script = run->script;

	if (script->goes_at_import && run->seen->imports == script->goes_at_import)
		take_back(run, script->goes);
}

bool global_asked(struct run *run, enum global which)
{
	if (!run->gone[which])
		return true;
	wrong(run, "asks of a global that was taken back");
	return false;
}

/*
 * Of these each request makes an object, which is ignored once it is gone; and one of them, wl_shm, has its requests in
 * libwayland. What was made of them before stays as it is.
 */
static enum global maker(const char *class)
{
	static const struct {
		const char *class;
		enum global which;
	} makers[] = {
		{ "wp_viewporter", GLOBAL_VIEWPORTER },
		{ "wp_fractional_scale_manager_v1", GLOBAL_FRACTIONAL_SCALE },
		{ "wl_shm", GLOBAL_SHM },
		{ "wl_subcompositor", GLOBAL_SUBCOMPOSITOR },
		{ "xdg_wm_base", GLOBAL_WM_BASE },
		{ "zxdg_decoration_manager_v1", GLOBAL_DECORATION },
		{ "wp_cursor_shape_manager_v1", GLOBAL_CURSOR_SHAPE },
	};

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (!strcmp(class, makers[i].class))
			return makers[i].which;
	return GLOBAL_NONE;
}

/* A pong may be on its way. */
static void look_at_request(void *data, enum wl_protocol_logger_type type,
			    const struct wl_protocol_logger_message *message)
{
	const char *name = message->message->name;

	if (type == WL_PROTOCOL_LOGGER_REQUEST && strcmp(name, "destroy") && strcmp(name, "pong"))
		global_asked(data, maker(wl_resource_get_class(message->resource)));
}

void globals_watch(struct run *run)
{
	wl_display_set_global_filter(run->display, find_shm, run);
	wl_display_add_protocol_logger(run->display, look_at_request, run);
}
