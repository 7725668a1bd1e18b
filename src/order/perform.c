// SPDX-License-Identifier: MIT
/* The one function that performs an order, right or wrong. */
#include "order/perform.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int peer_write(struct performance *p, const struct order_step *step)
{
	struct order_frame *frame = p->frame;
	int err = access_submit(&frame->buffer->access);

	if (!err)
		err = p->hands->peer_write(p->hands->data,
					   card_serial(frame->run, frame->buffer->number),
					   perform_number(p, step), p->why);
	if (err)
		return err;
	p->peer_writes = true;
	perform_expect(p, step, card_whole(frame->card));
	return 0;
}

static int peer_read(struct performance *p)
{
	struct order_frame *frame = p->frame;
	int err;

	if (!p->hands->peer_read)
		return why_set(p->why, -EOPNOTSUPP,
			       "this order needs a peer that reads on while the CPU goes on: jobs");
	err = access_submit(&frame->buffer->access);
	p->read = frame->content->expect;
	return err ? err : p->hands->peer_read(p->hands->data, p->why);
}

static int submit(struct performance *p, const struct order_step *step)
{
	struct order_frame *frame = p->frame;
	enum order_target target = step->target;
	struct buffer *buffer;
	int err = target == ORDER_BY_NUMBER ? perform_by_number(p, &target) : 0;

	if (err)
		return err;
	buffer = target == ORDER_OTHER ? frame->other : frame->buffer;
	err = access_submit(&buffer->access);
	if (err == -EPROTO)
		return why_set(p->why, err, "buffer %u: %s", buffer->number,
			       buffer->access.violation);
	return err ? err : p->hands->submit(p->hands->data, target, p->why);
}

static int perform_step(struct performance *p, const struct order_step *step)
{
	switch (step->verb) {
	case ORDER_WAIT:
		return perform_wait(p, step);
	case ORDER_SNAPSHOT:
		return perform_snapshot(p, step);
	case ORDER_WAIT_SNAPSHOT:
		return perform_wait_snapshot(p, step);
	case ORDER_MAP:
		return perform_map(p, step);
	case ORDER_START:
		return perform_start(p, step);
	case ORDER_DRAW:
		perform_draw(p, step);
		return 0;
	case ORDER_BLEND:
		perform_blend(p, step);
		return 0;
	case ORDER_JUDGE:
		perform_judge(p, step);
		return 0;
	case ORDER_END:
		return perform_end(p, step);
	case ORDER_PEER_WRITE:
		return peer_write(p, step);
	case ORDER_PEER_READ:
		return peer_read(p);
	case ORDER_PEER_JUDGE:
		return p->hands->peer_judge(p->hands->data, &p->read, p->why);
	case ORDER_SUBMIT:
		return submit(p, step);
	case ORDER_END_OF_STEPS:
		break;
	}
	return -EINVAL;
}

static const char *verb_name(enum order_verb verb)
{
	static const char *const names[] = {
		[ORDER_WAIT] = "wait",
		[ORDER_START] = "SYNC START",
		[ORDER_DRAW] = "draw",
		[ORDER_BLEND] = "blend",
		[ORDER_JUDGE] = "judge",
		[ORDER_END] = "SYNC END",
		[ORDER_SUBMIT] = "submit",
		[ORDER_PEER_WRITE] = "peer write",
		[ORDER_PEER_READ] = "peer read",
		[ORDER_PEER_JUDGE] = "what the peer read",
		[ORDER_SNAPSHOT] = "snapshot",
		[ORDER_WAIT_SNAPSHOT] = "wait for the snapshot",
		[ORDER_MAP] = "map",
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

/*
 * What a fault has left dirty in the CPU's cache goes back at some time, and so over what the peer
 * is about to write. An empty bracket is rid of it before. It waits as the order itself will, by
 * its first step, a wait for writing: where that only looks, the next try begins here again.
 */
static int clean_up(struct performance *p)
{
	struct access *access = &p->frame->buffer->access;
	int err;

	p->why->text[0] = '\0';
	err = perform_wait(p, p->order->steps);
	if (p->frame->seen.not_ready) {
		p->frame->content->spoilt = true;
		return err;
	}
	if (!err)
		err = access_begin(access, ACCESS_RW);
	if (!err)
		err = access_end(access, ACCESS_RW);
	return err ? why_prefix(p->why, err, "cleaning up after a fault: ") : 0;
}

/* A fault's card is not what it was meant to be: a control that updates a part begins with all. */
static int begin_after_others(struct performance *p)
{
	struct order_content *content = p->frame->content;
	bool spoilt = content->spoilt;

	content->spoilt = order_is_fault(p->order);
	if (!spoilt || order_is_fault(p->order))
		return 0;
	content->drawn = false;
	return p->order->needs & ORDER_NEEDS_WRITER ? clean_up(p) : 0;
}

/*
 * @p->why, if the step has not said it, and where that was. What an order lacks has no place: so it
 * is the same reason on each buffer and in each frame, and is told once.
 */
static void tell_where(struct performance *p, const struct order_step *step, int err)
{
	const struct access *access = &p->frame->buffer->access;
	struct why *why = p->why;

	if (err == -EOPNOTSUPP && why->text[0]) {
		why_prefix(why, err, "order %s: ", p->order->name);
		return;
	}
	if (!why->text[0])
		why_set(why, err, "%s",
			access->violation && err == -EPROTO ? access->violation : strerror(-err));
	why_prefix(why, err, "%s of frame %u, order %s: ", verb_name(step->verb), p->frame->frame,
		   p->order->name);
}

/* The steps one by one, up to the first that fails; @p->why names it. */
static int perform_steps(struct performance *p)
{
	int err = 0;

	for (const struct order_step *step = p->order->steps; step->verb && !err; step++) {
		p->why->text[0] = '\0';
		err = perform_step(p, step);
		if (err)
			tell_where(p, step, err);
	}
	return err;
}

int order_perform(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why)
{
	struct access *access = &frame->buffer->access;
	struct performance p = {
		.order = order,
		.frame = frame,
		.hands = hands,
		.why = why,
		.snapshot = -1,
	};
	uint32_t violations, broken;
	int err;

	frame->seen = (struct order_seen){ 0 };
	if (!order_has_sync(order, frame->sync))
		return why_set(why, -EOPNOTSUPP,
			       "order %s is not one of %s sync; staleline check performs it",
			       order->name, order_sync_name(frame->sync));
	err = prepare(order, frame->buffer, why);
	if (!err && order_uses_other(order))
		err = prepare(order, frame->other, why);
	if (!err)
		err = begin_after_others(&p);
	if (err)
		return err;
	violations = access->violations;
	broken = access->broken;
	access->broken = 0; /* so that it tells of this frame */
	err = perform_steps(&p);
	perform_unmap(&p);
	if (p.snapshot >= 0)
		close(p.snapshot);
	frame->seen.violations = access->violations - violations;
	frame->seen.broken = access->broken;
	frame->seen.violation = frame->seen.violations ? access->violation : NULL;
	access->broken |= broken;
	/* An access that failed half way still ends (R1): the next START must not find it open. */
	if (err && access->open)
		access_end(access, access->open);
	return err;
}
