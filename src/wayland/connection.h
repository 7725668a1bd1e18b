/* SPDX-License-Identifier: MIT */
/*
 * connection: the compositor, its globals, and what its linux-dmabuf offers.
 *
 * Globals may go and come while they are in use; `news` tells of it. A seat and presentation-time are bound anew, and so are
 * outputs. Of all others the session goes on with what it has: see connection_still_offers().
 *
 * Everything a server sends is input: it is checked, and what is wrong with it ends in a sentence
 * and -errno, never in an assert.
 */
#ifndef STALELINE_CONNECTION_H
#define STALELINE_CONNECTION_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-client-core.h>

#include "base/why.h"
#include "wayland/feedback.h"
#include "wayland/keyboard.h"
#include "wayland/news.h"
#include "wayland/offer.h"
#include "wayland/pointer.h"
#include "wayland/presentation.h"

struct pollfd;
struct wl_compositor;
struct wl_subcompositor;
struct wl_shm;
struct wl_output;
struct xdg_wm_base;
struct wp_cursor_shape_manager_v1;
struct wp_viewporter;
struct wp_presentation;
struct wp_fractional_scale_manager_v1;
struct wp_linux_drm_syncobj_manager_v1;
struct zxdg_decoration_manager_v1;
struct zwp_linux_dmabuf_v1;

enum {
	CONNECTION_LIMIT_MS = 5000, /* how long one step of the start-up may take */
	CONNECTION_GLOBALS = 12,
	CONNECTION_OUTPUTS = 16, /* more are not asked for their scale */
};

struct connection {
	struct wl_display *display;
	struct wl_registry *registry;

	/* The globals; NULL where the compositor has none. The first four and dmabuf must be there. */
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct xdg_wm_base *wm_base;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct wp_viewporter *viewporter;
	struct wp_presentation *presentation;
	struct wp_fractional_scale_manager_v1 *fractional_scale;
	struct wp_linux_drm_syncobj_manager_v1 *syncobj; /* explicit sync: syncobj.h */
	struct zxdg_decoration_manager_v1 *decoration;
	struct wp_cursor_shape_manager_v1 *cursor_shape;
	struct wl_seat *seat; /* the first of several; where that goes, the next that comes */

	/* What the registry said of each, in the order of the table in connection.c. */
	struct connection_global {
		uint32_t name, version; /* version 0: not offered */
		bool taken_back;	/* after it was bound: what is asked of it is ignored */
	} globals[CONNECTION_GLOBALS];
	bool bound; /* what was offered at the start */

	/*
	 * The outputs there are. Bound only where wl_surface doesn't tell a surface its scale;
	 * `proxy` is NULL otherwise.
	 */
	struct connection_output {
		bool there;
		struct wl_output *proxy;
		struct connection *conn;
		uint32_t name;
		int32_t scale;
		bool has_cursor; /* a part of ours is there */
	} outputs[CONNECTION_OUTPUTS];

	/* Called during a dispatch when connection_output_scale() may be another; NULL: not. */
	void (*output_changed)(void *data);
	void *output_data;

	uint32_t dmabuf_version; /* as bound: min(what is advertised, what we know) */
	uint32_t dmabuf_offered; /* as advertised */

	struct feedback feedback; /* how the offer is learnt: feedback.h */
	struct offer offer; /* formats, modifiers, main device: complete after connection_open() */

	struct keyboard keyboard; /* of the seat */
	struct pointer pointer;	  /* the same */

	struct presentation_clock presentation_clock; /* told soon after the start */

	struct news news; /* to be taken by who dispatches */

	int limit_ms; /* the time limit of each step, here and in the window */

	/*
	 * NULL, or what a signal handler sets: every wait of the start-up looks at it and ends with
	 * -EINTR. To be set before connection_open(), which keeps it. Not owned.
	 */
	const volatile sig_atomic_t *interrupted;
};

/*
 * @conn is zeroed, but for `interrupted`. Connect to @display (NULL: WAYLAND_DISPLAY; neither
 * counts where WAYLAND_SOCKET is set), bind the globals and learn what linux-dmabuf offers
 * (modifier events at v3, default feedback from v4 on). Every step has a time limit.
 * 0, or with @why: -ECONNREFUSED no compositor, -EPROTONOSUPPORT a global missing or too old,
 * -ETIME it did not answer, -EPROTO it sent nonsense or a protocol error, -EPIPE it went away,
 * -EINTR interrupted. Then nothing is left open, and `interrupted` is to be set anew.
 */
int connection_open(struct connection *conn, const char *display, struct why *why);

/* The same with another time limit than CONNECTION_LIMIT_MS, for tests. */
int connection_open_within(struct connection *conn, const char *display, int limit_ms,
			   struct why *why);

/* May be called on a zeroed connection. What was made from it must be destroyed before. */
void connection_close(struct connection *conn);

/*
 * Flush, wait at most @timeout_ms for events (0: those already here, -1: no limit), dispatch them.
 * A signal ends the wait early with 0, so that the caller's loop sees its flag. 0 or -errno with
 * @why: -EPROTO a protocol error, named with interface, object and code, or bytes that are no
 * Wayland; -EPIPE the compositor went away; what poll() failed with, if not of a signal.
 *
 * One poll() a call, and nothing of our own besides: a steady frame is counted.
 */
int connection_dispatch(struct connection *conn, int timeout_ms, struct why *why);

/*
 * The same, and wait for others too: @fds[0] is the connection's, to be filled here; each of the
 * other @count - 1 is the caller's, and its revents tell afterwards. What is negative is passed over.
 */
int connection_poll(struct connection *conn, struct pollfd *fds, size_t count, int timeout_ms,
		    struct why *why);

/*
 * Dispatch until a handler has set @done; -ETIME after @timeout_ms, -EINTR ("interrupted") once
 * *conn->interrupted is set. A signal alone doesn't end it.
 */
int connection_wait(struct connection *conn, const bool *done, int timeout_ms, struct why *why);

/* Dispatch until the compositor has answered all that was asked; ends as connection_wait(). */
int connection_roundtrip(struct connection *conn, int timeout_ms, struct why *why);

/*
 * Has the compositor not taken back its global of this @interface, which was bound? Objects that were made of one that it
 * has are good, but new ones are not answered. 0, or -EOPNOTSUPP with @why.
 */
int connection_still_offers(const struct connection *conn, const struct wl_interface *interface,
			    struct why *why);

/*
 * The largest scale of the outputs, 0 where they are not asked. *@sure is false if they differ: on
 * which of them a surface is, and so what its own scale is, is not known then.
 */
int32_t connection_output_scale(const struct connection *conn, bool *sure);

#endif
