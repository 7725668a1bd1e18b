/* SPDX-License-Identifier: MIT */
/*
 * window: a toplevel that shows dma-bufs, with a panel beside it (a subsurface of its own).
 *
 * At 1:1 wherever that can be had: the scale is what fractional-scale-v1 says, else what wl_surface
 * says (wl_compositor 6), else the largest of the outputs' scales; and a viewport undoes it.
 * `scaled` says where that was not possible. What can't be seen from here: a compositor without fractional-scale-v1 that scales
 * by a fraction all the same says the next whole number.
 */
#ifndef STALELINE_WINDOW_H
#define STALELINE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "buffer/buffer.h"
#include "wayland/connection.h"
#include "wayland/presentation.h"
#include "wayland/syncobj.h"

enum {
	WINDOW_MAX_SIDE = 16384, /* what the card can number, and most GPUs' largest texture */
	WINDOW_MIN_SIDE = 64,	 /* less is not worth looking at, whatever a configure says */
	WINDOW_WIDTH = 896,	 /* the card where nobody has a wish */
	WINDOW_HEIGHT = 672,
};

struct wl_callback;

/* One of our dma-bufs as the compositor knows it. */
struct window_buffer {
	struct wl_buffer *wl;
	bool busy;	   /* committed, and not yet released: not to be touched (R5) */
	uint32_t releases; /* how often it came back */
	uint32_t commits;  /* how often it was committed */

	/* Not NULL after a commit while busy, until all releases of earlier commits have come. */
	struct wl_callback *barrier;

	uint32_t fourcc;
	struct offer_choice choice; /* what it was made by */
	uint32_t rounds;	    /* of feedback, then */

	/* Explicit sync: the points alone say when it is free, and wl_buffer.release nothing. */
	bool is_explicit;
	struct syncobj_buffer points;
};

struct window;

/*
 * What a buffer for @window should be made of, as of now: by the feedback of its surface where that has
 * something LINEAR, else by the compositor's. May change during any dispatch.
 */
struct offer_choice window_choose(const struct window *window, uint32_t fourcc);

/*
 * Would a buffer like @wb be made otherwise by now? Then a new one should take its place, once it
 * is free. Not where none is to be had.
 */
bool window_buffer_is_outdated(const struct window *window, const struct window_buffer *wb);

/*
 * Is a buffer more to be had at all? Of a global that was taken back nothing comes: neither a
 * wl_buffer, nor, with explicit sync, its timeline. 0, or -EOPNOTSUPP with @why. No system call.
 */
int window_can_import(const struct window *window, struct why *why);

/* The same of one for explicit sync, or for implicit sync, whichever there is. */
int window_can_import_as(const struct window *window, bool is_explicit, struct why *why);

/*
 * Import @buffer for @window through linux-dmabuf, as window_choose() says. By `create` that is waited for
 * (with a limit) until created or failed; with window->import_immediately by `create_immed`, where a failure is
 * a protocol error, or a buffer that is never shown: heard of later.
 * The wl_buffer shares the memory: nothing is copied. 0 or -errno with @why: -EOPNOTSUPP the
 * format is not among those offered (names those that are), or linux-dmabuf was taken back, or
 * what explicit sync needs; -EIO the compositor said failed; or as connection_wait().
 * @wb must stay where it is until window_buffer_drop().
 */
int window_buffer_import(struct window *window, const struct buffer *buffer,
			 struct window_buffer *wb, struct why *why);
void window_buffer_drop(struct window_buffer *wb);

/* @wb was copied here from elsewhere: from here on it, and not that place, hears of its release. Not with a barrier. */
void window_buffer_moved(struct window_buffer *wb);

/*
 * To be called just before the commit that carries @wb (window_submit() does): it becomes busy. With
 * implicit sync a buffer that is busy already, as in an order broken on purpose, gets a barrier: a
 * release that was on its way for the earlier commit must not make it look free.
 */
void window_buffer_committing(struct connection *conn, struct window_buffer *wb);

/*
 * Is @wb free? With explicit sync its points are asked (syncobj_look()); with implicit sync the release
 * event has told already, and this is no syscall. 1, 0, or -errno with @why.
 */
int window_buffer_look(struct window_buffer *wb, struct why *why);

/*
 * For who wants to sleep until a busy @wb is free: a descriptor to be watched for POLLIN in *@fd, or -1;
 * and *@blind where nothing will wake us, so that one has to look now and then. 0 or -errno with @why.
 */
int window_buffer_watch(struct window *window, struct window_buffer *wb, int *fd, bool *blind,
			struct why *why);

struct window_wish {
	/* The card's size in pixels, for good; both 0: as the compositor likes, now and later. */
	uint32_t width, height;
	uint32_t step;	      /* sides that are chosen are a multiple of it; 0: any will do */
	uint32_t panel_width; /* pixels beside the card; 0: no panel */
	bool fullscreen;
};

struct window {
	struct connection *conn;
	uint32_t width, height; /* the card's, in pixels, after window_open(): as it is shown */
	/*
	 * The size that the next buffer should have, by what the compositor said last: the same, or
	 * another while a new size is waited for. May change during any dispatch. Where no buffer
	 * more is to be had it stays the same, which is told once (news.h).
	 */
	uint32_t want_width, want_height;
	bool resizable;	   /* the user asked for no size */
	uint32_t resizes;  /* how often another size was shown */
	uint32_t scale120; /* what the compositor would scale by, in 120ths; 120 = not at all */
	bool scaled; /* it does: the screen is not 1:1; or nobody says if it does. May change later */
	bool clamped;		 /* it asked for more than WINDOW_MAX_SIDE */
	bool closed;		 /* the user closed it */
	bool import_immediately; /* set by the caller, before a buffer is imported */
	bool frame_due;		 /* the compositor asks for the next frame */

	struct presentation presentation; /* what became of the frames that asked */
	uint64_t submitted;		  /* all frames */
	int64_t committed_at;		  /* the last of them; clock_ns() */

	struct window_priv *priv;
};

/*
 * Make a toplevel without a buffer and wait, with the connection's limit, for its first configure.
 * Then the size is known. Where the user asked for one it stays; else want_width and want_height follow what the
 * compositor says, and window_fit() the buffers.
 * 0 or -errno with @why: -EINVAL a side is too large, -EINTR interrupted (connection.h), or as
 * connection_wait(). The first window_submit() maps it. @window and @conn must stay where they are.
 */
int window_open(struct window *window, struct connection *conn, const struct window_wish *wish,
		struct why *why);

/*
 * From here on explicit sync (syncobj.h), by timelines of @drm_fd (owned from here on, closed on failure
 * too). Once. 0 or -errno with @why: -EOPNOTSUPP the compositor or
 * the device has no such thing.
 */
int window_use_syncobj(struct window *window, int drm_fd, struct why *why);

/* Has window_use_syncobj() been called, with success? */
bool window_has_syncobj(const struct window *window);

/*
 * After that: buffers are imported for explicit sync from here on, or no longer. Each keeps the
 * kind that it was imported for, and comes back by that; only those of the new kind may be
 * submitted from here on. One that is busy by implicit sync may never hear of its release any more
 * once there is explicit sync. Explicit sync ends with the commit of the first buffer without, so
 * until then it is not lost, whatever the compositor has taken back. How far the user may resize
 * the window follows with the next window_submit() or window_answer(). 0 or -errno with @why.
 */
int window_set_explicit(struct window *window, bool is_explicit, struct why *why);

/* May be called on a window that did not open. Buffers are to be dropped before. */
void window_close(struct window *window);

/*
 * To be called just before the window_submit() of a buffer of this size: where that is another size than before,
 * geometry, scale and panel follow with that commit; and the configure that asked for it is acknowledged.
 * Where nothing has changed nothing is done.
 */
void window_fit(struct window *window, uint32_t width, uint32_t height);

/* A buffer of the size that was wanted can't be had: it is this one that is wanted, until the compositor says more. */
void window_keep_size(struct window *window, uint32_t width, uint32_t height);

/*
 * There is no frame to come for a while (paused, hidden): acknowledge what the compositor asked for, with the
 * size as it is, and let a geometry that was set take effect. Nothing where nothing is to be said.
 */
void window_answer(struct window *window);

/*
 * Attach, damage all of it, ask for a frame callback unless one is still to come (and now and then
 * how the frame is presented), commit. @wb becomes busy, and frame_due false until the compositor
 * asks again. To be called only after END (R6). No allocation, and no syscall of our own but the one
 * that signals the acquire point of explicit sync: libwayland keeps the requests, and the next
 * dispatch flushes them. 0; or with explicit sync -errno with @why, and nothing was committed.
 */
int window_submit(struct window *window, struct window_buffer *wb, struct why *why);

/*
 * The panel's pixels, to be drawn by the caller (0x00RRGGBB, panel_width x height, @stride in
 * bytes): the memory of the wl_shm buffer that is free now, or NULL while both are with the
 * compositor, or without a panel. window_panel_show() commits what was drawn there; it appears
 * with the first window_submit(), later at once.
 */
uint32_t *window_panel_pixels(struct window *window, uint32_t *width, uint32_t *height,
			      uint32_t *stride);
void window_panel_show(struct window *window);

/* It is on the screen again, after fullscreen or by the user's wish, and nothing was drawn in it since. */
bool window_panel_is_blank(const struct window *window);

/*
 * Put the panel away, or bring it back: it is gone, and there again, at once. It is away while the user has
 * made the window fullscreen, from the compositor's word on, so that it may scan the card out. The geometry
 * follows with the next window_submit() or window_answer().
 */
void window_toggle_panel(struct window *window);

/* Ask to be fullscreen, or no longer. The card keeps the size that the user asked for, if any. */
void window_toggle_fullscreen(struct window *window);

#endif
