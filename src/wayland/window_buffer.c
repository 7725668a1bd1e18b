// SPDX-License-Identifier: MIT
/*
 * window_buffer: a dma-buf of ours as the compositor knows it, and when it is free again.
 * See window.h.
 */
#include <errno.h>
#include <string.h>
#include <wayland-client-protocol.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "linux-drm-syncobj-v1-client-protocol.h"
#include "wayland/window_priv.h"

/*
 * wl_buffer.release ends the compositor's use of the last commit, the first half of R5; that the
 * buffer is ready is the other half (access_wait()). While a barrier is up the release belongs to
 * an earlier commit. One that nobody waits for (sent twice) is not counted.
 */
static void on_release(void *data, struct wl_buffer *wl)
{
	struct window_buffer *wb = data;

	(void)wl;
	if (!wb->busy || wb->is_explicit)
		return;
	wb->releases++;
	if (!wb->barrier)
		wb->busy = false;
}

static const struct wl_buffer_listener buffer_listener = {
	.release = on_release,
};

void window_buffer_moved(struct window_buffer *wb)
{
	if (wb->wl)
		wl_buffer_set_user_data(wb->wl, wb);
}

static void on_barrier_done(void *data, struct wl_callback *callback, uint32_t serial)
{
	struct window_buffer *wb = data;

	(void)serial;
	wl_callback_destroy(callback);
	wb->barrier = NULL;
}

static const struct wl_callback_listener barrier_listener = {
	.done = on_barrier_done,
};

/*
 * Commits and releases can't simply be subtracted. Of a buffer that is committed again while busy,
 * compositors that count references send one release for both commits; but if the first release
 * was sent before they saw the second commit, they send two. Events keep their order, so a
 * wl_display.sync just before the second commit tells them apart: what comes before its answer is
 * an old release, what comes after is the one that counts.
 */
void window_buffer_committing(struct connection *conn, struct window_buffer *wb)
{
	wb->commits++;
	if (wb->busy && !wb->is_explicit) {
		if (wb->barrier)
			wl_callback_destroy(wb->barrier);
		wb->barrier = wl_display_sync(conn->display);
		if (wb->barrier)
			wl_callback_add_listener(wb->barrier, &barrier_listener, wb);
	}
	wb->busy = true;
}

int window_buffer_look(struct window_buffer *wb, struct why *why)
{
	int free;

	if (!wb->busy || !wb->is_explicit)
		return !wb->busy;
	free = syncobj_look(&wb->points);
	if (free < 0)
		return why_set(why, free, "ask whether a release point is signalled: %s",
			       strerror(-free));
	if (free) {
		wb->busy = false;
		wb->releases++;
	}
	return free;
}

int window_buffer_watch(struct window *window, struct window_buffer *wb, int *fd, bool *blind,
			struct why *why)
{
	int err;

	*fd = -1;
	if (!wb->busy || !wb->is_explicit)
		return 0;
	err = syncobj_watch(&window->priv->sync, &wb->points, fd);
	*blind |= *fd < 0;
	return err ? why_set(why, err, "watch a release point: %s", strerror(-err)) : 0;
}

/* The compositor's answer to one create request. */
struct answer {
	struct wl_buffer *wl; /* NULL: failed */
	bool here;
};

static void on_created(void *data, struct zwp_linux_buffer_params_v1 *params, struct wl_buffer *wl)
{
	struct answer *answer = data;

	(void)params;
	/* A second answer is against the protocol; its buffer must not leak all the same. */
	if (answer->here) {
		wl_buffer_destroy(wl);
		return;
	}
	answer->wl = wl;
	answer->here = true;
}

static void on_failed(void *data, struct zwp_linux_buffer_params_v1 *params)
{
	struct answer *answer = data;

	(void)params;
	answer->here = true;
}

static const struct zwp_linux_buffer_params_v1_listener params_listener = {
	.created = on_created,
	.failed = on_failed,
};

/* The four letters of a format, for messages: ours are all printable. */
static void name_format(char name[5], uint32_t fourcc)
{
	for (int i = 0; i < 4; i++)
		name[i] = (char)(fourcc >> (8 * i) & 0x7f);
	name[4] = '\0';
}

/* Ask for a wl_buffer, and wait for the answer unless @immediately. libwayland sends duplicates: our fds stay ours. */
static int create(struct connection *conn, const struct buffer *buffer, uint64_t modifier,
		  bool immediately, struct answer *answer, struct why *why)
{
	struct zwp_linux_buffer_params_v1 *params = zwp_linux_dmabuf_v1_create_params(conn->dmabuf);
	int err;

	if (!params)
		return why_set(why, -ENOMEM, "no memory");
	zwp_linux_buffer_params_v1_add_listener(params, &params_listener, answer);
	for (uint32_t plane = 0; plane < buffer_planes(buffer); plane++)
		zwp_linux_buffer_params_v1_add(params, buffer_plane_fd(buffer, plane), plane,
					       buffer_plane_offset(buffer, plane), buffer->stride,
					       (uint32_t)(modifier >> 32), (uint32_t)modifier);
	if (immediately) {
		answer->wl = zwp_linux_buffer_params_v1_create_immed(
			params, (int32_t)buffer->width, (int32_t)buffer->height, buffer->fourcc, 0);
		err = answer->wl ? 0 : why_set(why, -ENOMEM, "no memory");
	} else {
		zwp_linux_buffer_params_v1_create(params, (int32_t)buffer->width,
						  (int32_t)buffer->height, buffer->fourcc, 0);
		err = connection_wait(conn, &answer->here, conn->limit_ms, why);
	}
	zwp_linux_buffer_params_v1_destroy(params);
	return err;
}

/*
 * The wl_buffer is ours: hear of its releases, or give it the points of explicit sync. What makes
 * these may have gone while the wl_buffer was waited for.
 */
static int adopt(struct window *window, struct window_buffer *wb, struct wl_buffer *wl,
		 struct why *why)
{
	struct syncobj *sync = &window->priv->sync;
	int err;

	wb->wl = wl;
	wl_buffer_add_listener(wb->wl, &buffer_listener, wb);
	wb->is_explicit = window->priv->is_explicit;
	if (!wb->is_explicit)
		return 0;
	err = connection_still_offers(window->conn, &wp_linux_drm_syncobj_manager_v1_interface,
				      why);
	if (err)
		why_prefix(why, err, "a buffer can't have points for explicit sync: ");
	else
		err = syncobj_buffer_open(sync, &wb->points, why);
	if (err)
		window_buffer_drop(wb);
	return err;
}

/* Changes with every feedback that has come: nothing else need be looked at while it is the same. */
static uint32_t rounds_of(const struct window *window)
{
	return window->priv->feedback.rounds + window->conn->feedback.rounds;
}

struct offer_choice window_choose(const struct window *window, uint32_t fourcc)
{
	struct offer_choice choice = offer_choose(&window->priv->offer, fourcc);

	return choice.possible ? choice : offer_choose(&window->conn->offer, fourcc);
}

bool window_buffer_is_outdated(const struct window *window, const struct window_buffer *wb)
{
	struct offer_choice now;
	struct why why;

	if (wb->rounds == rounds_of(window) || window_can_import(window, &why))
		return false;
	now = window_choose(window, wb->fourcc);
	return now.possible && !offer_choice_equal(&wb->choice, &now);
}

int window_can_import_as(const struct window *window, bool is_explicit, struct why *why)
{
	int err = connection_still_offers(window->conn, &zwp_linux_dmabuf_v1_interface, why);

	if (!err && is_explicit)
		err = connection_still_offers(window->conn,
					      &wp_linux_drm_syncobj_manager_v1_interface, why);
	return err;
}

int window_can_import(const struct window *window, struct why *why)
{
	return window_can_import_as(window, window->priv->is_explicit, why);
}

int window_buffer_import(struct window *window, const struct buffer *buffer,
			 struct window_buffer *wb, struct why *why)
{
	struct connection *conn = window->conn;
	struct answer answer = { 0 };
	uint64_t modifier;
	char format[5];
	int err;

	*wb = (struct window_buffer){
		.fourcc = buffer->fourcc,
		.rounds = rounds_of(window),
		.choice = window_choose(window, buffer->fourcc),
	};
	modifier = wb->choice.modifier;
	name_format(format, buffer->fourcc);
	if (!wb->choice.possible) {
		char offered[320];

		offer_describe(&conn->offer, offered, sizeof(offered));
		return why_set(why, -EOPNOTSUPP,
			       "the compositor takes no %s that is LINEAR, which is what the CPU "
			       "can write; it takes %s",
			       format, offered);
	}

	err = window_can_import(window, why);
	if (err)
		return why_prefix(why, err, "buffer %u can't be imported: ", buffer->number);
	err = create(conn, buffer, modifier, window->import_immediately, &answer, why);
	if (err)
		return why_prefix(why, err,
				  "asked the compositor to import buffer %u: ", buffer->number);
	if (!answer.wl)
		return why_set(
			why, -EIO,
			"the compositor refused to import buffer %u (%s %s, %ux%u, stride %u, "
			"offset %u%s); try another --exporter= or device%s",
			buffer->number, format, modifier ? "INVALID" : "LINEAR", buffer->width,
			buffer->height, buffer->stride, buffer->offset,
			buffer->disjoint ? ", planes in two dma-bufs" : "",
			buffer->disjoint ? ", or --planes=joint" : "");
	return adopt(window, wb, answer.wl, why);
}

void window_buffer_drop(struct window_buffer *wb)
{
	if (wb->barrier)
		wl_callback_destroy(wb->barrier);
	syncobj_buffer_close(&wb->points);
	if (wb->wl)
		wl_buffer_destroy(wb->wl);
	*wb = (struct window_buffer){ 0 };
}
