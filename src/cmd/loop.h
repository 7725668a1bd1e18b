/* SPDX-License-Identifier: MIT */
/*
 * loop: what a run waits for between two frames: the compositor, its buffers, and time, all at
 * once. Nothing here blocks while the window should answer; what a peer does is waited for
 * within the frame (frame.c).
 *
 * A buffer is free when whoever had it has said so, in the run's kind of sync:
 *   implicit   wl_buffer.release; then the dma-buf has no fence left (the order's own first wait
 *              sees to that)
 *   sync-file  wl_buffer.release; then the fences that were exported have signalled
 *   syncobj    the release point of each of its commits is signalled
 */
#ifndef STALELINE_LOOP_H
#define STALELINE_LOOP_H

#include "cmd/run.h"

/* How long a buffer may be away before it is said what it waits for. */
enum { LOOP_LATE_MS = 5000 };

/*
 * A frame is due: the next free slot in *@slot, made anew if feedback asks for it; NULL: none is
 * free now. A buffer that doesn't come back is told of once, with what it waits for; the others go
 * on. 0 or -errno with @why.
 */
int loop_free_slot(struct show *show, struct slot **slot, struct why *why);

/*
 * The order found it busy still, by its dma-buf: it is watched, and passed over until it is ready.
 */
void loop_not_ready(struct slot *slot);

/*
 * Wait, for RUN_TICK_MS at most, until there is news of the compositor, or of a buffer. Points are
 * watched only while a frame is due. 0 or -errno with @why.
 */
int loop_wait(struct show *show, struct why *why);

/*
 * Say on stderr what has come of the compositor that no call has told.
 * loop_wait() does; and at the end it is to be done once more.
 */
void loop_tell_news(struct connection *conn);

#endif
