// SPDX-License-Identifier: MIT
/* perform_wait: until the buffer is ready, by each kind of sync. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "order/perform.h"

/* The caller only looks, or has waited already: order.h. */
static bool is_first(const struct performance *p, const struct order_step *step)
{
	return step == p->order->steps;
}

static int limit_ms(const struct performance *p, const struct order_step *step)
{
	return is_first(p, step) && p->frame->look ? 0 : p->frame->wait_ms;
}

static int ask_peer(struct performance *p)
{
	return p->hands->peer_wait ? p->hands->peer_wait(p->hands->data, p->why) : 0;
}

/*
 * As a program waits that asks for both: readiness of either kind is taken for the one that it
 * needs. access_wait() has no such thing to offer.
 */
static int poll_either(struct access *access, uint64_t flags, int timeout_ms)
{
	int64_t deadline = clock_ns() + (int64_t)timeout_ms * 1000000;
	int err = 0;

	for (unsigned int i = 0; !err && i <= access->mores; i++) {
		struct pollfd pollfd = { .fd = access_fd(access, i), .events = POLLIN | POLLOUT };
		int n;

		do
			n = poll(&pollfd, 1, clock_ms_left(deadline));
		while (n < 0 && errno == EINTR);
		err = n < 0 ? -errno : n ? 0 : -ETIME;
	}
	if (!err)
		access_is_ready(access, flags);
	if (access->trace)
		access->trace(access->trace_data, access, ACCESS_CALL_WAIT, flags, err);
	return err;
}

/* The peer is a writer. Where it has left no fence in the buffer, only it knows (R7). */
static int wait_implicit(struct performance *p, const struct order_step *step)
{
	struct access *access = &p->frame->buffer->access;
	int err = p->peer_writes ? ask_peer(p) : 0;

	if (err)
		return err;
	p->peer_writes = false;
	if (step->poll == ORDER_POLL_EITHER)
		return poll_either(access, step->flags, limit_ms(p, step));
	return access_wait(access, step->flags, limit_ms(p, step));
}

static int wait_sync_file(struct performance *p, const struct order_step *step)
{
	struct access *access = &p->frame->buffer->access;
	int file = access_snapshot(access, step->flags), err;

	if (file < 0)
		return file;
	err = access_wait_file(access, file, step->flags, limit_ms(p, step));
	close(file);
	return err;
}

/* The release point alone: the buffer has no fences that say anything (R7). */
static int wait_point(struct performance *p, const struct order_step *step)
{
	int err = ask_peer(p);

	if (!err)
		access_is_ready(&p->frame->buffer->access, step->flags);
	return err;
}

static int tell(struct performance *p, const struct order_step *step, int err)
{
	const struct order_frame *frame = p->frame;

	if (err == -ENOTTY)
		return why_set(p->why, err,
			       "EXPORT_SYNC_FILE of buffer %u: this kernel has no such ioctl, it "
			       "came with Linux 6.0 (R23)",
			       frame->buffer->number);
	if (err != -ETIME || p->why->text[0])
		return err;
	return why_set(p->why, err,
		       "buffer %u was not ready for %s within %d ms: somebody still holds a fence "
		       "on it; see /sys/kernel/debug/dma_buf/bufinfo for whose",
		       frame->buffer->number, step->flags & ACCESS_WRITE ? "writing" : "reading",
		       frame->wait_ms);
}

int perform_wait(struct performance *p, const struct order_step *step)
{
	struct order_frame *frame = p->frame;
	int err = 0;

	if (is_first(p, step) && frame->waited) {
		access_is_ready(&frame->buffer->access, step->flags);
		return 0;
	}
	switch (frame->sync) {
	case ORDER_IMPLICIT:
	case ORDER_SYNC_KINDS:
		err = wait_implicit(p, step);
		break;
	case ORDER_SYNC_FILE:
		err = wait_sync_file(p, step);
		break;
	case ORDER_SYNCOBJ:
		err = wait_point(p, step);
		break;
	}
	frame->seen.not_ready = err == -ETIME && is_first(p, step) && frame->look;
	if (frame->seen.not_ready)
		return -EAGAIN;
	return tell(p, step, err);
}

int perform_snapshot(struct performance *p, const struct order_step *step)
{
	int file = access_snapshot(&p->frame->buffer->access, step->flags);

	if (p->snapshot >= 0)
		close(p->snapshot);
	p->snapshot = file < 0 ? -1 : file;
	return tell(p, step, file < 0 ? file : 0);
}

int perform_wait_snapshot(struct performance *p, const struct order_step *step)
{
	return tell(p, step,
		    access_wait_file(&p->frame->buffer->access, p->snapshot, step->flags,
				     p->frame->wait_ms));
}
