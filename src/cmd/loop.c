// SPDX-License-Identifier: MIT
/* loop: what a run waits for between two frames. See loop.h. */
#include "cmd/loop.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/stage_renew.h"
#include "sync/sync_file.h"

/* How often one looks where nothing would wake us: a kernel without eventfds for points. */
enum { LOOK_MS = 5 };

/* --- is a buffer free? --- */

/* Its fences as of now; kept until they have signalled. 1, 0 or -errno. */
static int look_at_fences(struct slot *slot)
{
	int ready;

	if (slot->fence < 0)
		slot->fence = access_snapshot(&slot->buffer.access, ACCESS_WRITE);
	if (slot->fence < 0)
		return slot->fence;
	ready = sync_file_is_signalled(slot->fence);
	if (ready > 0) {
		close(slot->fence);
		slot->fence = -1;
	}
	return ready;
}

/* 1, 0, or -errno with @why. */
static int is_free(struct slot *slot, struct why *why)
{
	int free = window_buffer_look(&slot->shown, why);

	if (free <= 0)
		return free;
	if (slot->unready)
		return 0;
	if (slot->sync != SHOW_SYNC_FILE)
		return 1;
	free = look_at_fences(slot);
	return free < 0 ? why_set(why, free, "the fences of buffer %u as a sync_file: %s",
				  slot->buffer.number, strerror(-free))
			: free;
}

void loop_not_ready(struct slot *slot)
{
	slot->unready = true;
}

/* --- a buffer that doesn't come back --- */

/* What @slot waits for, in words; NULL: nothing, it is free or on the screen, or of no more use. */
static const char *awaited(const struct show *show, const struct slot *slot)
{
	if (stage_is_left_out(&show->stage, slot))
		return NULL;
	if (slot->shown.busy && slot == show->sent)
		return NULL; /* it is shown, for as long as nothing else is */
	if (slot->shown.busy)
		return slot->shown.is_explicit ? "the compositor to signal its release point"
					       : "wl_buffer.release";
	if (slot->unready)
		return "the fences in its dma-buf; /sys/kernel/debug/dma_buf/bufinfo says whose";
	return slot->fence >= 0 ? "the fences that were exported from it as a sync_file" : NULL;
}

/*
 * The compositor wants a frame, so it is done with the one before the last: from here on a buffer
 * that isn't the last is late. Hidden windows get no frame callbacks, and nothing is late there.
 */
static int look_for_late(struct show *show, struct slot *slot, struct why *why)
{
	int64_t now = clock_ns();
	int free = 0;

	if (!slot->late_since)
		slot->late_since = now;
	if (slot->late_told || now - slot->late_since < (int64_t)LOOP_LATE_MS * 1000000)
		return 0;
	if (slot->shown.busy) /* others were free, and its points may not have been asked for */
		free = window_buffer_look(&slot->shown, why);
	if (free)
		return free < 0 ? free : 0;
	fprintf(stderr,
		"staleline: buffer %u has not come back for %d s: it waits for %s; the window goes "
		"on "
		"with the others\n",
		slot->buffer.number, LOOP_LATE_MS / 1000, awaited(show, slot));
	slot->late_told = true;
	return 0;
}

/* @slot is not missed, or no longer. */
static void forget_late(struct slot *slot)
{
	slot->late_since = 0;
	slot->late_told = false;
}

static int look_for_all_late(struct show *show, struct why *why)
{
	int err = 0;

	for (uint32_t i = 0; i < show->stage.slots_open && !err; i++) {
		struct slot *slot = &show->stage.slots[i];

		if (awaited(show, slot))
			err = look_for_late(show, slot, why);
		else
			forget_late(slot);
	}
	return err;
}

/* --- a slot --- */

/*
 * The next one in *@slot that is free, or need not be waited for; NULL: none. 0 or -errno with
 * @why.
 */
static int next_slot(struct show *show, struct slot **slot, struct why *why)
{
	struct stage *stage = &show->stage;

	*slot = NULL;
	for (uint32_t i = 0; i < stage->slots_open; i++) {
		uint32_t n = (show->turn + i) % stage->slots_open;
		int free;

		if (stage_is_left_out(stage, &stage->slots[n]))
			continue;
		free = is_free(&stage->slots[n], why);
		if (free < 0)
			return free;
		if (!free && !stage_may_abandon(stage, &stage->slots[n], show->sent))
			continue;
		show->turn = (n + 1) % stage->slots_open;
		*slot = &stage->slots[n];
		forget_late(*slot);
		break;
	}
	return 0;
}

int loop_free_slot(struct show *show, struct slot **slot, struct why *why)
{
	struct stage *stage = &show->stage;

	do {
		int err = next_slot(show, slot, why);

		if (!err && *slot)
			err = stage_renew_slot(stage, *slot, why);
		if (err)
			return err;
	} while (*slot && stage_is_left_out(stage, *slot));
	if (*slot && (*slot)->shown.busy) /* abandoned, but nothing took its place */
		*slot = NULL;
	return look_for_all_late(show, why);
}

/* --- waiting --- */

/*
 * Not while it is paused: nobody would look, and what has come already would wake us without end.
 */
static bool wants_buffers(const struct show *show)
{
	return show->stage.window.frame_due && (!show->keys.paused || show->keys.step);
}

/*
 * The dma-buf to wait for: of two one that isn't ready. One that is would wake us without end while
 * the other takes its time.
 */
static struct pollfd first_unready(const struct buffer *buffer)
{
	struct pollfd fd = { .fd = buffer->fd, .events = POLLOUT }; /* R16 */

	if (buffer->disjoint && poll(&fd, 1, 0) != 0)
		fd.fd = buffer->second;
	fd.revents = 0;
	return fd;
}

/* What tells of @slot: a descriptor, or -1. *@blind: nothing will. */
static int watch_slot(struct show *show, struct slot *slot, struct pollfd *fd, bool *blind,
		      struct why *why)
{
	struct stage *stage = &show->stage;

	*fd = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (!wants_buffers(show) || stage_is_left_out(stage, slot))
		return 0;
	if (slot->shown.busy)
		return window_buffer_watch(&stage->window, &slot->shown, &fd->fd, blind, why);
	if (slot->unready)
		*fd = first_unready(&slot->buffer);
	else if (slot->fence >= 0)
		fd->fd = slot->fence;
	return 0;
}

/* An error of what was watched is news as well: whoever looks next will hear which. */
static void take_news(struct slot *slot, const struct pollfd *fd)
{
	if (!fd->revents)
		return;
	if (fd->fd == slot->fence) {
		close(slot->fence);
		slot->fence = -1; /* to be exported anew: it was a snapshot (R19) */
	}
	slot->unready = false;
}

void loop_tell_news(struct connection *conn)
{
	struct why line;

	while (news_take(&conn->news, &line))
		fprintf(stderr, "staleline: %s\n", line.text);
}

int loop_wait(struct show *show, struct why *why)
{
	struct stage *stage = &show->stage;
	struct pollfd fds[1 + OPTIONS_MAX_BUFFERS];
	bool blind = false;
	int err = 0;

	for (uint32_t i = 0; i < stage->slots_open && !err; i++)
		err = watch_slot(show, &stage->slots[i], &fds[1 + i], &blind, why);
	if (!err)
		err = connection_poll(&stage->conn, fds, 1 + stage->slots_open,
				      blind ? LOOK_MS : RUN_TICK_MS, why);
	loop_tell_news(&stage->conn);
	for (uint32_t i = 0; i < stage->slots_open && !err; i++)
		take_news(&stage->slots[i], &fds[1 + i]);
	return err;
}
