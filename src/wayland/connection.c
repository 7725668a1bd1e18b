// SPDX-License-Identifier: MIT
/*
 * connection: the compositor and its globals. See connection.h.
 *
 * connection_open() is three steps: listen to the registry, bind what we know, ask linux-dmabuf
 * what it takes (feedback.c). How messages move, and what is said when they stop, is in dispatch.c.
 */
#include "wayland/connection.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-client-protocol.h>

#include "cursor-shape-v1-client-protocol.h"
#include "fractional-scale-v1-client-protocol.h"
#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "presentation-time-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "wayland/dispatch.h"
#include "wayland/outputs.h"
#include "wayland/seat.h"
#include "xdg-decoration-unstable-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

/*
 * The globals we know. `most` is the newest version whose events all have a handler here: binding a
 * newer one would bring events without. `least` is 0 where we can do without.
 */
static const struct known_global {
	const struct wl_interface *interface;
	size_t slot; /* where its proxy goes in struct connection */
	uint32_t least, most;
	const char *missing; /* what a person can do, or what it is for */
	const char *old;

	const char *gone; /* what becomes of it when it is taken back; NULL: nothing worth a word */
	/* Of those that are bound anew: once it was bound, and once it is gone, to clear the slot. */
	void (*begin)(struct connection *conn);
	void (*end)(struct connection *conn);
} known_globals[CONNECTION_GLOBALS] = {
	{ &wl_compositor_interface, offsetof(struct connection, compositor), 4, 6,
	  "it has no surfaces", "damage is given in pixels of the buffer from there on" },
	{ &wl_subcompositor_interface, offsetof(struct connection, subcompositor), 1, 1,
	  "the panel beside the card is a subsurface", "" },
	{ &wl_shm_interface, offsetof(struct connection, shm), 1, 1,
	  "the panel beside the card is shared memory", "" },
	{ &xdg_wm_base_interface, offsetof(struct connection, wm_base), 1, 4,
	  "without it there is no window", "" },
	{ &zwp_linux_dmabuf_v1_interface, offsetof(struct connection, dmabuf), 3, 5,
	  "no linux-dmabuf: its renderer is probably a software one such as pixman; start it with "
	  "a GL renderer (weston --renderer=gl), or run ./demo, which brings its own compositor",
	  "modifiers are told from there on, and the CPU needs LINEAR; take a newer compositor",
	  .gone = "the window goes on with the buffers that it has; for others start staleline "
		  "again" },
	{ &wp_viewporter_interface, offsetof(struct connection, viewporter), 0, 1, "", "" },
	{ &wp_presentation_interface, offsetof(struct connection, presentation), 0, 1, "", "",
	  .gone = "no latency and no repeated refreshes are counted until it is offered "
		  "again",
	  .begin = presentation_listen, .end = presentation_leave },
	{ &wp_fractional_scale_manager_v1_interface, offsetof(struct connection, fractional_scale),
	  0, 1, "", "" },
	{ &wp_linux_drm_syncobj_manager_v1_interface, offsetof(struct connection, syncobj), 0, 1,
	  "", "",
	  .gone = "explicit sync goes on with the buffers that have it, and can't begin any more" },
	{ &zxdg_decoration_manager_v1_interface, offsetof(struct connection, decoration), 0, 1, "",
	  "" },
	{ &wp_cursor_shape_manager_v1_interface, offsetof(struct connection, cursor_shape), 0, 1,
	  "", "" },
	{ &wl_seat_interface, offsetof(struct connection, seat), 0, 5, "", "",
	  .gone = "no keys and no pointer until it is offered again", .begin = seat_open,
	  .end = seat_leave },
};

/* --- globals --- */

static int bind_global(struct connection *conn, size_t i)
{
	const struct known_global *known = &known_globals[i];
	const struct connection_global *global = &conn->globals[i];
	uint32_t version = global->version < known->most ? global->version : known->most;
	void *proxy = wl_registry_bind(conn->registry, global->name, known->interface, version);

	if (!proxy)
		return -ENOMEM;
	memcpy((char *)conn + known->slot, &proxy, sizeof(proxy));
	if (known->interface == &zwp_linux_dmabuf_v1_interface) {
		conn->dmabuf_offered = global->version;
		conn->dmabuf_version = version;
	}
	return 0;
}

/* In the middle of the session. */
static void begin_global(struct connection *conn, size_t i)
{
	if (bind_global(conn, i)) { /* without memory it is as if it weren't offered */
		conn->globals[i] = (struct connection_global){ 0 };
		return;
	}
	known_globals[i].begin(conn);
	news_say(&conn->news, "the compositor offers a %s now", known_globals[i].interface->name);
}

static void end_global(struct connection *conn, size_t i)
{
	const struct known_global *known = &known_globals[i];

	if (known->gone)
		news_say(&conn->news, "the compositor has taken back its %s: %s",
			 known->interface->name, known->gone);
	if (known->end) {
		known->end(conn);
		conn->globals[i] = (struct connection_global){ 0 };
	} else {
		conn->globals[i].taken_back = true;
		seat_look_at_makers(conn);
	}
}

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
		      const char *interface, uint32_t version)
{
	struct connection *conn = data;

	(void)registry;
	if (strcmp(interface, wl_output_interface.name) == 0 && version >= OUTPUTS_VERSION)
		outputs_remember(conn, name);
	for (size_t i = 0; i < CONNECTION_GLOBALS; i++) {
		struct connection_global *global = &conn->globals[i];

		/* The first of its kind counts: a second wl_compositor is nothing we could use. */
		if (!version || global->version ||
		    strcmp(known_globals[i].interface->name, interface) != 0)
			continue;
		if (conn->bound && !known_globals[i].begin)
			continue; /* all that it would be for is made by now */
		*global = (struct connection_global){ name, version };
		if (conn->bound)
			begin_global(conn, i);
	}
}

/* What is bound stays valid until we destroy it; it only does nothing any more. */
static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	struct connection *conn = data;

	(void)registry;
	outputs_forget(conn, name);
	for (size_t i = 0; i < CONNECTION_GLOBALS; i++) {
		struct connection_global *global = &conn->globals[i];

		if (!global->version || global->name != name || global->taken_back)
			continue;
		if (conn->bound)
			end_global(conn, i);
		else
			*global = (struct connection_global){ 0 };
	}
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

/* A client that doesn't answer is shown as hanging; dispatch.c flushes this before it returns. */
static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
	(void)data;
	xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {
	.ping = on_ping,
};

static int find_globals(struct connection *conn, struct why *why)
{
	int err;

	conn->registry = wl_display_get_registry(conn->display);
	if (!conn->registry)
		return why_set(why, -ENOMEM, "no memory");
	wl_registry_add_listener(conn->registry, &registry_listener, conn);
	err = connection_roundtrip(conn, conn->limit_ms, why);
	if (err)
		return why_prefix(why, err, "asked the compositor for its globals: ");
	return 0;
}

static int check_globals(const struct connection *conn, struct why *why)
{
	for (size_t i = 0; i < CONNECTION_GLOBALS; i++) {
		const struct known_global *known = &known_globals[i];
		uint32_t version = conn->globals[i].version;

		if (version >= known->least)
			continue;
		if (version == 0)
			return why_set(
				why, -EPROTONOSUPPORT,
				"the compositor offers no %s, staleline needs version %u: %s",
				known->interface->name, known->least, known->missing);
		return why_set(why, -EPROTONOSUPPORT,
			       "the compositor offers %s version %u, staleline needs %u: %s",
			       known->interface->name, version, known->least, known->old);
	}
	return 0;
}

static int bind_globals(struct connection *conn, struct why *why)
{
	for (size_t i = 0; i < CONNECTION_GLOBALS; i++)
		if (conn->globals[i].version && bind_global(conn, i))
			return why_set(why, -ENOMEM, "no memory");
	conn->bound = true;
	xdg_wm_base_add_listener(conn->wm_base, &wm_base_listener, conn);
	/* At once: what it can is told once, when it is bound. */
	seat_open(conn);
	presentation_listen(conn);
	outputs_bind(conn);
	return 0;
}

int connection_still_offers(const struct connection *conn, const struct wl_interface *interface,
			    struct why *why)
{
	for (size_t i = 0; i < CONNECTION_GLOBALS; i++)
		if (known_globals[i].interface == interface && conn->globals[i].taken_back)
			return why_set(
				why, -EOPNOTSUPP,
				"the compositor has taken back its %s; start staleline again",
				interface->name);
	return 0;
}

/* Where libwayland looked, in the words of the person who has to set it. */
static int no_compositor(const char *display, int error, struct why *why)
{
	static const char demo[] = "or run ./demo, which brings its own compositor";
	const char *dir = getenv("XDG_RUNTIME_DIR");
	const char *socket = getenv("WAYLAND_SOCKET");
	const char *name = display ? display : getenv("WAYLAND_DISPLAY");

	/* libwayland takes it out of the environment only once it has become a connection. */
	if (socket)
		return why_set(why, -ECONNREFUSED,
			       "WAYLAND_SOCKET=%s is no open connection: %s; it goes before any "
			       "other name of a compositor%s%s: unset it, %s",
			       socket, error ? strerror(error) : "not a number",
			       display ? ", even --display=" : "", display ? display : "", demo);
	if (!name)
		name = "wayland-0";
	if (name[0] == '/')
		return why_set(why, -ECONNREFUSED,
			       "no compositor at %s: %s; set WAYLAND_DISPLAY or --display= to the "
			       "socket of a running one, %s",
			       name, strerror(error), demo);
	if (!dir || dir[0] != '/')
		return why_set(why, -ECONNREFUSED,
			       "XDG_RUNTIME_DIR is not set to a directory, so there is no place to "
			       "look for the compositor's socket %s; set it (usually to "
			       "/run/user/%u), %s",
			       name, (unsigned int)getuid(), demo);
	return why_set(why, -ECONNREFUSED,
		       "no compositor at %s/%s: %s; set WAYLAND_DISPLAY or --display= to the name "
		       "of a running one's socket there, %s",
		       dir, name, strerror(error), demo);
}

int connection_open_within(struct connection *conn, const char *display, int limit_ms,
			   struct why *why)
{
	int err;

	*conn = (struct connection){ .limit_ms = limit_ms, .interrupted = conn->interrupted };
	dispatch_keep_log();
	conn->display = wl_display_connect(display);
	if (!conn->display)
		return no_compositor(display, errno, why);

	err = find_globals(conn, why);
	if (!err)
		err = check_globals(conn, why);
	if (!err)
		err = bind_globals(conn, why);
	if (!err)
		err = feedback_open(&conn->feedback, conn, why);
	if (err)
		connection_close(conn);
	return err;
}

int connection_open(struct connection *conn, const char *display, struct why *why)
{
	return connection_open_within(conn, display, CONNECTION_LIMIT_MS, why);
}

void connection_close(struct connection *conn)
{
	feedback_close(&conn->feedback);
	offer_clear(&conn->offer);
	outputs_close(conn);
	if (conn->syncobj)
		wp_linux_drm_syncobj_manager_v1_destroy(conn->syncobj);
	seat_close(conn);
	if (conn->cursor_shape)
		wp_cursor_shape_manager_v1_destroy(conn->cursor_shape);
	if (conn->decoration)
		zxdg_decoration_manager_v1_destroy(conn->decoration);
	if (conn->fractional_scale)
		wp_fractional_scale_manager_v1_destroy(conn->fractional_scale);
	if (conn->presentation)
		wp_presentation_destroy(conn->presentation);
	if (conn->viewporter)
		wp_viewporter_destroy(conn->viewporter);
	if (conn->dmabuf)
		zwp_linux_dmabuf_v1_destroy(conn->dmabuf);
	if (conn->wm_base)
		xdg_wm_base_destroy(conn->wm_base);
	if (conn->shm)
		wl_shm_destroy(conn->shm);
	if (conn->subcompositor)
		wl_subcompositor_destroy(conn->subcompositor);
	if (conn->compositor)
		wl_compositor_destroy(conn->compositor);
	if (conn->registry)
		wl_registry_destroy(conn->registry);
	if (conn->display)
		wl_display_disconnect(conn->display);
	*conn = (struct connection){ 0 };
}
