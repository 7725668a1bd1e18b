// SPDX-License-Identifier: MIT
/*
 * dispatch: how messages move between us and the compositor, and what is said when they stop.
 *
 * A steady frame makes exactly these syscalls here: sendmsg (flush), poll, recvmsg until there is
 * no more. So there is one poll a call, no timer of our own, and no clock is asked.
 */
#include "wayland/dispatch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <wayland-client-protocol.h>

#include "base/clock.h"
#include "wayland/connection.h"

/*
 * The words of a protocol error reach a client only through libwayland's log, whose handler has no
 * pointer of ours. Hence the one variable in this room that belongs to no object; per thread, since
 * a connection is dispatched by one thread, and read only right after the failure.
 */
static _Thread_local char log_line[256];

__attribute__((format(printf, 1, 0))) static void keep_line(const char *fmt, va_list ap)
{
	vsnprintf(log_line, sizeof(log_line), fmt, ap);
	log_line[strcspn(log_line, "\n")] = '\0';
}

void dispatch_keep_log(void)
{
	log_line[0] = '\0';
	wl_log_set_handler_client(keep_line);
}

/* "wl_surface#7: error 2: the words": we name object and code ourselves. */
static const char *error_words(void)
{
	const char *words = strstr(log_line, ": error ");

	words = words ? strstr(words + strlen(": error "), ": ") : NULL;
	return words ? words + 2 : log_line;
}

/* The display has failed for good: say why, in the order of how much is known. */
static int say_lost(struct connection *conn, struct why *why)
{
	const struct wl_interface *interface = NULL;
	int error = wl_display_get_error(conn->display);
	uint32_t id = 0;
	uint32_t code = wl_display_get_protocol_error(conn->display, &interface, &id);

	if (interface || id)
		return why_set(why, -EPROTO,
			       "the compositor ended the connection with error %u on %s@%u: %s",
			       code, interface ? interface->name : "a destroyed object", id,
			       error_words());
	/* Of an object that we have destroyed meanwhile libwayland keeps no name, only the words. */
	if (error == EPROTO && strstr(log_line, ": error "))
		return why_set(why, -EPROTO,
			       "the compositor ended the connection with error %u on an object "
			       "that is destroyed by now: %s",
			       code, error_words());
	if (error == EPIPE || error == ECONNRESET || error == 0)
		return why_set(why, -EPIPE, "the compositor closed the connection");
	if (error == ENOMEM)
		return why_set(why, -ENOMEM, "no memory for the compositor's messages");
	return why_set(why, -EPROTO, "the compositor sent what is no Wayland: %s%s%s",
		       strerror(error), log_line[0] ? ": " : "", log_line);
}

int connection_dispatch(struct connection *conn, int timeout_ms, struct why *why)
{
	struct pollfd fd;

	return connection_poll(conn, &fd, 1, timeout_ms, why);
}

int connection_poll(struct connection *conn, struct pollfd *fds, size_t count, int timeout_ms,
		    struct why *why)
{
	int ready;

	fds[0] = (struct pollfd){ .fd = wl_display_get_fd(conn->display), .events = POLLIN };

	/* Events that were read but not yet handled come first; then there is nothing to wait for. */
	while (wl_display_prepare_read(conn->display) < 0) {
		if (wl_display_dispatch_pending(conn->display) < 0)
			return say_lost(conn, why);
		timeout_ms = 0;
	}

	/*
	 * EAGAIN: the socket is full, so writable is worth waking up for as well. EPIPE: the
	 * compositor is gone, but the error it sent before may still be there to be read.
	 */
	if (wl_display_flush(conn->display) < 0) {
		if (errno == EAGAIN) {
			fds[0].events |= POLLOUT;
		} else if (errno != EPIPE) {
			wl_display_cancel_read(conn->display);
			return say_lost(conn, why);
		}
	}

	ready = poll(fds, count, timeout_ms);
	if (ready < 0 && errno != EINTR) {
		int err = -errno;

		/* Taken for a time limit, it would make the caller's loop spin. */
		wl_display_cancel_read(conn->display);
		return why_set(why, err, "poll the compositor's socket: %s", strerror(-err));
	}
	if (ready <= 0 || !(fds[0].revents & ~POLLOUT)) {
		/* The time is over, a signal came, others have news, or there is only room to write. */
		wl_display_cancel_read(conn->display);
		if (ready > 0 && fds[0].revents & POLLOUT)
			wl_display_flush(conn->display);
		return 0;
	}
	if (wl_display_read_events(conn->display) < 0 ||
	    wl_display_dispatch_pending(conn->display) < 0)
		return say_lost(conn, why);

	/* Handlers may have answered (ping): that must not wait for our next frame. With nothing to
	 * say this is no syscall; what goes wrong here is found by the next call. */
	wl_display_flush(conn->display);
	return 0;
}

/*
 * How late a set flag may be seen: the signal may come between the look at the flag and poll(), or
 * to another thread than ours, and then ends no poll().
 */
enum { LOOK_EVERY_MS = 100 };

int connection_wait(struct connection *conn, const bool *done, int timeout_ms, struct why *why)
{
	int64_t deadline = clock_ns() + (int64_t)timeout_ms * 1000000;

	while (!*done) {
		int left = clock_ms_left(deadline);
		int err;

		if (conn->interrupted && *conn->interrupted)
			return why_set(why, -EINTR, "interrupted");
		if (left == 0)
			return why_set(
				why, -ETIME,
				"the compositor did not answer within %d.%d s; is it stopped?",
				timeout_ms / 1000, timeout_ms % 1000 / 100);
		if (conn->interrupted && left > LOOK_EVERY_MS)
			left = LOOK_EVERY_MS;
		err = connection_dispatch(conn, left, why);
		if (err)
			return err;
	}
	return 0;
}

static void on_sync_done(void *data, struct wl_callback *callback, uint32_t serial)
{
	bool *done = data;

	(void)callback;
	(void)serial;
	*done = true;
}

static const struct wl_callback_listener sync_listener = {
	.done = on_sync_done,
};

int connection_roundtrip(struct connection *conn, int timeout_ms, struct why *why)
{
	struct wl_callback *callback = wl_display_sync(conn->display);
	bool done = false;
	int err;

	if (!callback)
		return why_set(why, -ENOMEM, "no memory");
	wl_callback_add_listener(callback, &sync_listener, &done);
	err = connection_wait(conn, &done, timeout_ms, why);
	wl_callback_destroy(callback); /* also when it was not answered: done is on our stack */
	return err;
}
