// SPDX-License-Identifier: MIT
/* The one function that performs an order, right or wrong. */
#include "order/order.h"

#include <errno.h>
#include <string.h>

/* Which cells a step touches: a half needs a whole card under it. */
static struct card_area cells_of(const struct order_step *step, const struct order_frame *frame)
{
	struct card_area area = card_whole(frame->card);
	uint32_t upper = area.rows / 2;

	if (step->cells == ORDER_WHOLE || !frame->content->drawn || upper == 0)
		return area;
	if (frame->content->lower)
		return (struct card_area){ 0, upper, area.cols, area.rows - upper };
	area.rows = upper;
	return area;
}

/* What a reader must find after the cells of @area were drawn, or put there by the peer. */
static void expect_drawn(struct order_frame *frame, struct card_area area)
{
	struct order_content *content = frame->content;

	content->expect = (struct card_expect){
		.serial = card_serial(frame->run, frame->buffer->number),
		.frame = frame->frame,
		.part = area,
		/* Halves alternate: what is not of this frame is of the one drawn before. */
		.rest = content->expect.frame,
	};
	content->drawn = true;
	content->lower = !content->lower;
}

static int wait_ready(struct order_frame *frame, uint64_t flags, const struct order_hands *hands,
		      struct why *why)
{
	int err = 0;

	/* The peer is a writer. Where it has left no fence in the buffer, only it knows (R7). */
	if (flags == ACCESS_READ && hands->peer_wait)
		err = hands->peer_wait(hands->data, why);
	if (err)
		return err;
	err = access_wait(&frame->buffer->access, flags, frame->wait_ms);

	if (err == -ETIME)
		return why_set(
			why, err,
			"buffer %u was not ready for %s within %d ms: somebody still holds a fence "
			"on it; see /sys/kernel/debug/dma_buf/bufinfo for whose",
			frame->buffer->number, flags & ACCESS_WRITE ? "writing" : "reading",
			frame->wait_ms);
	return err;
}

static void draw(struct order_frame *frame, const struct order_step *step,
		 const struct order_hands *hands)
{
	struct card_area area = cells_of(step, frame);

	card_draw(frame->card, card_serial(frame->run, frame->buffer->number), frame->frame, area,
		  buffer_pixels(frame->buffer), frame->buffer->stride);
	expect_drawn(frame, area);
	if (hands->touched)
		hands->touched(hands->data, step, area);
}

static void judge(struct order_frame *frame, const struct order_step *step,
		  const struct order_hands *hands)
{
	const void *pixels = buffer_pixels(frame->buffer);

	if (frame->copy)
		pixels = memcpy(frame->copy, pixels,
				(size_t)frame->buffer->stride * (frame->card->height - 1) +
					(size_t)frame->card->width * 4);
	card_judge(frame->card, &frame->content->expect, pixels, frame->buffer->stride, frame->map);
	if (hands->touched)
		hands->touched(hands->data, step, card_whole(frame->card));
}

static int peer_write(struct order_frame *frame, const struct order_hands *hands, struct why *why)
{
	int err = access_submit(&frame->buffer->access);

	if (!err)
		err = hands->peer_write(hands->data, card_serial(frame->run, frame->buffer->number),
					frame->frame, why);
	if (!err)
		expect_drawn(frame, card_whole(frame->card));
	return err;
}

static int submit(struct order_frame *frame, const struct order_step *step,
		  const struct order_hands *hands, struct why *why)
{
	struct buffer *buffer = step->target == ORDER_OTHER ? frame->other : frame->buffer;
	int err = access_submit(&buffer->access);

	if (err == -EPROTO)
		return why_set(why, err, "buffer %u: %s", buffer->number, buffer->access.violation);
	return err ? err : hands->submit(hands->data, step->target, why);
}

static int end(struct access *access, uint64_t flags)
{
	bool stray = !access->open;
	int err = access_end(access, flags);

	/*
	 * Where a fault has left out START there is nothing to end. Some exporters say so (udmabuf), others
	 * don't, and no write hangs on it: the frame goes on.
	 */
	return stray && access->policy == ACCESS_OBSERVE && err == -EINVAL ? 0 : err;
}

static int perform_step(const struct order_step *step, struct order_frame *frame,
			const struct order_hands *hands, struct why *why)
{
	struct access *access = &frame->buffer->access;

	switch (step->verb) {
	case ORDER_WAIT:
		return wait_ready(frame, step->flags, hands, why);
	case ORDER_START:
		return access_begin(access, step->flags);
	case ORDER_DRAW:
		draw(frame, step, hands);
		return 0;
	case ORDER_JUDGE:
		judge(frame, step, hands);
		return 0;
	case ORDER_END:
		return end(access, step->flags);
	case ORDER_PEER_WRITE:
		return peer_write(frame, hands, why);
	case ORDER_SUBMIT:
		return submit(frame, step, hands, why);
	case ORDER_END_OF_STEPS:
		break;
	}
	return -EINVAL;
}

static const char *verb_name(enum order_verb verb)
{
	static const char *const names[] = {
		[ORDER_WAIT] = "wait",	   [ORDER_START] = "SYNC START",
		[ORDER_DRAW] = "draw",	   [ORDER_JUDGE] = "judge",
		[ORDER_END] = "SYNC END",  [ORDER_PEER_WRITE] = "peer write",
		[ORDER_SUBMIT] = "submit",
	};

	return names[verb];
}

int order_settle(struct buffer *buffer, struct why *why)
{
	struct access *access = &buffer->access;
	int err = 0;

	access->policy = ACCESS_ENFORCE;
	if (access->open)
		err = access_end(access, access->open);
	if (err)
		why_set(why, err, "buffer %u: ending the bracket that a fault left open: %s",
			buffer->number, strerror(-err));
	return err;
}

/* What holds for @buffer from the first step on. 0 or -errno with @why. */
static int prepare(const struct order *order, struct buffer *buffer, struct why *why)
{
	if (!order_is_fault(order))
		return order_settle(buffer, why);
	buffer->access.policy = ACCESS_OBSERVE;
	return 0;
}

int order_perform(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why)
{
	struct access *access = &frame->buffer->access;
	int err = prepare(order, frame->buffer, why);

	if (!err && frame->other)
		err = prepare(order, frame->other, why);
	if (err)
		return err;
	for (const struct order_step *step = order->steps; step->verb && !err; step++) {
		why->text[0] = '\0';
		err = perform_step(step, frame, hands, why);
		if (err && !why->text[0])
			why_set(why, err, "%s",
				access->violation && err == -EPROTO ? access->violation
								    : strerror(-err));
		if (err)
			why_prefix(why, err, "%s of frame %u, order %s: ", verb_name(step->verb),
				   frame->frame, order->name);
	}
	/* An access that failed half way still ends (R1): the next START must not find it open. */
	if (err && access->open)
		access_end(access, access->open);
	return err;
}
