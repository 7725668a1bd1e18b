// SPDX-License-Identifier: MIT
/* frame: the life of one frame. */
#include "cmd/frame.h"

#include <errno.h>
#include <string.h>

/* How long what a peer does may take. */
enum { FRAME_WAIT_MS = 5000 };

/* The peer looks at what was submitted, and is told what it should find. */
static int peer_read(struct frame *frame, struct slot *sent, struct why *why)
{
	struct stage *stage = frame->stage;
	int err = stage->peer.ops->read(&stage->peer, sent->image, &frame->slot->content.expect,
					stage->map, stage->heat, why);

	if (err)
		return err;
	cell_count_add(&frame->record->cells, &stage->card, frame->number, stage->map);
	trace_call(frame->trace, "%s reads (R6)", stage->peer.ops->name);
	return 0;
}

/*
 * Row by row: strides and offsets of two buffers of one exporter are not promised to be the same.
 */
static void copy_pixels(struct buffer *to, const void *copy, const struct buffer *from)
{
	size_t row = (size_t)to->width * buffer_pixel_bytes(to->fourcc);

	for (uint32_t y = 0; y < buffer_rows(to); y++)
		memcpy((char *)buffer_pixels(to) + (size_t)y * to->stride,
		       (const char *)copy + (size_t)y * from->stride, row);
}

/*
 * What the CPU has read is what people are to see: the copy that was judged goes to the compositor,
 * in a buffer and a bracket of its own, which is in order whatever was broken in the reading.
 */
static int fill_with_copy(struct frame *frame, struct why *why)
{
	const struct slot *source = &frame->stage->source;
	struct buffer *buffer = &frame->slot->buffer;
	struct access *access = &buffer->access;
	int err = access_begin(access, ACCESS_WRITE);

	if (!err) {
		copy_pixels(buffer, frame->stage->copy, &source->buffer);
		trace_call(frame->trace, "write what was read");
		err = access_end(access, ACCESS_WRITE);
	}
	if (!err)
		err = access_submit(access);
	if (err)
		return why_set(why, err, "buffer %u, to show what was read: %s", buffer->number,
			       err == -EPROTO ? access->violation : strerror(-err));
	frame->slot->content = source->content;
	return 0;
}

/* After END and nothing before it (R6): the peer first, since it is done when it returns. */
static int submit(void *data, enum order_target target, struct why *why)
{
	struct frame *frame = data;
	struct slot *sent = target == ORDER_OTHER ? frame->other : frame->slot;
	int err = 0;

	if (frame->order->direction == ORDER_CPU_READ)
		err = fill_with_copy(frame, why);
	else if (frame->stage->peer_open)
		err = peer_read(frame, sent, why);
	if (err)
		return err;
	window_fit(&frame->stage->window, sent->buffer.width, sent->buffer.height);
	err = window_submit(&frame->stage->window, &sent->shown, why);
	if (err)
		return why_prefix(why, err, "buffer %u: ", sent->buffer.number);
	trace_call(frame->trace, "%sattach buffer %u%s, commit (R6)",
		   sent->shown.is_explicit ? "acquire point signalled (R24), " : "",
		   sent->buffer.number, sent == frame->slot ? "" : ", which is not the one drawn");
	frame->sent = sent;
	return 0;
}

/*
 * Who writes in this order:
 * where the CPU updates what the peer wrote it is the one that looks, too.
 */
static struct peer *writer_of(const struct frame *frame)
{
	return frame->order->direction == ORDER_CPU_READ ? stage_writer(frame->stage)
							 : &frame->stage->peer;
}

static int peer_wait(void *data, struct why *why)
{
	struct frame *frame = data;
	struct peer *peer = writer_of(frame);
	int err;

	if (frame->peer_done)
		return 0;
	err = peer->ops->finish(peer, why);
	if (err)
		return err;
	frame->peer_done = true;
	trace_call(frame->trace, "the fence of %s is waited for (R7)", peer->ops->name);
	return 0;
}

/*
 * The peer's work is submitted. Where it leaves no fence in the buffer it is waited for
 * here: START has nothing to wait for then, and a fault that leaves the wait out would
 * show the scheduler's whims.
 */
static int peer_write(void *data, uint32_t serial, uint32_t number, struct why *why)
{
	struct frame *frame = data;
	struct peer *peer = writer_of(frame);
	int err;

	if (!frame->drawn->image)
		return why_set(why, -EOPNOTSUPP,
			       "the order needs a peer that writes: not --peer=none");
	err = peer->ops->write(peer, frame->drawn->image, serial, number, why);

	if (err)
		return err;
	frame->peer_done = false;
	trace_call(frame->trace, "%s writes", peer->ops->name);
	return peer->implicit ? 0 : peer_wait(data, why);
}

static int peer_begin_read(void *data, struct why *why)
{
	struct frame *frame = data;
	struct peer *peer = &frame->stage->peer;
	int err = peer->ops->begin_read(peer, frame->slot->image, why);

	if (!err)
		trace_call(frame->trace, "%s begins to read (R6)", peer->ops->name);
	return err;
}

static int peer_end_read(void *data, const struct card_expect *expect, struct why *why)
{
	struct frame *frame = data;
	struct stage *stage = frame->stage;
	int err = stage->peer.ops->end_read(&stage->peer, expect, stage->map, why);

	if (err)
		return err;
	cell_count_add(&frame->record->cells, &stage->card, frame->number, stage->map);
	trace_call(frame->trace, "%s has read", stage->peer.ops->name);
	return 0;
}

static int memfd(void *data, struct why *why)
{
	const struct frame *frame = data;

	return exporter_memfd(&frame->drawn->buffer, why);
}

/* The CPU judged the card: count it here, and colour it as a peer's shader would. */
static void count_judged(struct frame *frame)
{
	struct stage *stage = frame->stage;

	cell_count_add(&frame->record->cells, &stage->card, frame->number, stage->map);
	peer_heat(&stage->card, stage->map, stage->heat);
}

static void touched(void *data, const struct order_step *step, struct card_area area)
{
	struct frame *frame = data;
	const char *what = step->verb == ORDER_JUDGE	      ? "read"
			   : step->verb == ORDER_BLEND	      ? "blend"
			   : step->cells == ORDER_RIGHT_PARTS ? "write parts of"
							      : "write";

	if (step->verb == ORDER_JUDGE)
		count_judged(frame);
	trace_call(frame->trace, "%s %u cells", what, area.cols * area.rows);
}

/* What loop_free_slot() has waited for, where that was more than the release event. */
static void trace_waited(struct frame *frame)
{
	if (frame->stage->sync == SHOW_SYNC_SYNCOBJ)
		trace_call(frame->trace, "release point signalled (R7)");
	else if (frame->stage->sync == SHOW_SYNC_FILE)
		trace_call(frame->trace, "fences as a sync_file signalled (R7 R18)");
}

/*
 * Where the CPU reads, the order is about the source, and the slot is to show it: is
 * that one ready? Its first wait is here, and like an order's it only looks. 0,
 * -EAGAIN, or -errno with @why.
 */
static int look_at_shown(struct frame *frame, struct why *why)
{
	struct access *access = &frame->slot->buffer.access;
	int err = 0;

	if (frame->stage->sync == SHOW_SYNC_IMPLICIT)
		err = access_wait(access, ACCESS_WRITE, 0);
	else
		access_is_ready(access, ACCESS_WRITE);
	frame->not_ready = err == -ETIME;
	if (frame->not_ready)
		return -EAGAIN;
	return err ? why_set(why, err, "buffer %u, to show what was read: %s",
			     frame->slot->buffer.number, strerror(-err))
		   : 0;
}

/* @second: beside the drawn buffer, or NULL. */
static void watch_calls(struct frame *frame, struct slot *second)
{
	struct slot *drawn = frame->drawn;

	trace_begin(frame->trace, frame->number, drawn->buffer.number,
		    order_is_fault(frame->order) ? frame->order->name : NULL);
	trace_watch(frame->trace, 0, &drawn->buffer.access);
	if (second)
		trace_watch(frame->trace, 1, &second->buffer.access);
	trace_waited(frame);
}

/* What the order needs before its first step: see order_warm_up(). Of most orders nothing. */
static int warm_up(struct frame *frame, struct order_frame *performance,
		   const struct order_hands *hands, struct why *why)
{
	int err;

	if (!order_takes_warm_up(frame->order))
		return 0;
	err = order_warm_up(frame->order, performance, hands, why);
	if (!err)
		trace_call(frame->trace, "all was read, in order: the cache is warm");
	return err;
}

int frame_perform(struct frame *frame, struct why *why)
{
	struct stage *stage = frame->stage;
	bool reads = frame->order->direction == ORDER_CPU_READ;
	struct slot *drawn = reads ? &stage->source : frame->slot;
	/* Beside what is drawn: what shows what was read, or is submitted by mistake. */
	struct slot *second = reads			       ? frame->slot
			      : order_uses_other(frame->order) ? frame->other
							       : NULL;
	bool reads_on = stage->peer_open && stage->peer.ops->begin_read;
	const struct order_hands hands = {
		.data = frame,
		.submit = submit,
		.peer_write = peer_write,
		.peer_wait = peer_wait,
		.peer_read = reads_on ? peer_begin_read : NULL,
		.peer_judge = peer_end_read,
		.memfd = memfd,
		.touched = touched,
	};
	struct order_frame performance = {
		.card = &stage->card,
		.buffer = &drawn->buffer,
		.other = &frame->other->buffer,
		.content = &drawn->content,
		.run = stage->run,
		.frame = frame->number,
		.wait_ms = FRAME_WAIT_MS,
		.look = !reads,
		.waited = !reads && stage->sync != SHOW_SYNC_IMPLICIT,
		.map = stage->map,
		.copy = reads ? stage->copy : NULL,
	};
	int err = 0;

	frame->drawn = drawn;
	watch_calls(frame, second);
	if (reads)
		err = look_at_shown(frame, why);
	if (!err)
		err = warm_up(frame, &performance, &hands, why);
	if (!err)
		err = order_perform(frame->order, &performance, &hands, why);
	frame->not_ready |= performance.seen.not_ready;
	if (!frame->not_ready)
		trace_print(frame->trace);
	if (err)
		return err;
	frame->record->frames++;
	/* A fault may have none, or make it behind the commit. */
	if (performance.seen.start_at && performance.seen.start_at <= stage->window.committed_at)
		spread_add(&frame->record->start_to_commit,
			   stage->window.committed_at - performance.seen.start_at);
	return 0;
}
