// SPDX-License-Identifier: MIT
/* frame: the life of one frame. */
#include "cmd/frame.h"

/* How long a buffer may stay unready before the run says so and ends. */
enum { FRAME_WAIT_MS = 5000 };

struct slot *frame_free_slot(struct stage *stage, uint32_t *turn)
{
	for (uint32_t i = 0; i < stage->slots_open; i++) {
		uint32_t n = (*turn + i) % stage->slots_open;

		if (!stage->slots[n].shown.busy) {
			*turn = (n + 1) % stage->slots_open;
			return &stage->slots[n];
		}
	}
	return NULL;
}

/* The peer looks at what was submitted, and is told what it should find. */
static int peer_read(struct frame *frame, struct slot *sent, struct why *why)
{
	struct stage *stage = frame->stage;
	int err = stage->peer.ops->read(&stage->peer, sent->image, &frame->slot->content.expect,
					stage->map, stage->heat, why);

	if (err)
		return err;
	cell_count_add(&frame->record->cells, &stage->card, frame->number, stage->map);
	trace_call(frame->trace, "egl reads (R6)");
	return 0;
}

/* After END and nothing before it (R6): the peer first, since it is done when it returns. */
static int submit(void *data, enum order_target target, struct why *why)
{
	struct frame *frame = data;
	struct slot *sent = target == ORDER_OTHER ? frame->other : frame->slot;
	int err = 0;

	if (frame->stage->peer_open && frame->order->direction == ORDER_CPU_WRITE)
		err = peer_read(frame, sent, why);
	if (err)
		return err;
	window_submit(&frame->stage->window, &sent->shown);
	trace_call(frame->trace, "attach buffer %u%s, commit (R6)", sent->buffer.number,
		   sent == frame->slot ? "" : ", which is not the one drawn");
	frame->sent = sent;
	return 0;
}

/* The peer's fence is waited for here; implicit fences, where it has them, by the order's wait. */
static int peer_write(void *data, uint32_t serial, uint32_t number, struct why *why)
{
	struct frame *frame = data;
	struct peer *peer = &frame->stage->peer;
	int err = peer->ops->write(peer, frame->slot->image, serial, number, why);

	if (!err)
		err = peer->ops->finish(peer, why);
	if (!err)
		trace_call(frame->trace, "egl writes, its fence is waited for (R7)");
	return err;
}

/* The CPU judged the card: count it here, and colour it as a peer's shader would. */
static void count_judged(struct frame *frame)
{
	struct stage *stage = frame->stage;
	size_t cells = (size_t)stage->card.cols * stage->card.rows;

	cell_count_add(&frame->record->cells, &stage->card, frame->number, stage->map);
	for (size_t i = 0; i < cells; i++)
		stage->heat[i] = cell_colour(stage->map[i]);
}

static void touched(void *data, const struct order_step *step, struct card_area area)
{
	struct frame *frame = data;

	if (step->verb == ORDER_JUDGE)
		count_judged(frame);
	trace_call(frame->trace, "%s %u cells", step->verb == ORDER_JUDGE ? "read" : "write",
		   area.cols * area.rows);
}

/* An order that is broken on purpose must go through; a right one is held to the rules (access.h). */
static void prepare_access(struct frame *frame, struct slot *slot, int which)
{
	struct access *access = &slot->buffer.access;

	access->policy = order_is_fault(frame->order) ? ACCESS_OBSERVE : ACCESS_ENFORCE;
	trace_watch(frame->trace, which, access);
}

int frame_perform(struct frame *frame, struct why *why)
{
	struct stage *stage = frame->stage;
	const struct order_hands hands = {
		.data = frame,
		.submit = submit,
		.peer_write = peer_write,
		.touched = touched,
	};
	struct order_frame performance = {
		.card = &stage->card,
		.buffer = &frame->slot->buffer,
		.other = frame->other ? &frame->other->buffer : NULL,
		.content = &frame->slot->content,
		.run = stage->run,
		.frame = frame->number,
		.wait_ms = FRAME_WAIT_MS,
		.map = stage->map,
	};
	int err;

	trace_begin(frame->trace, frame->number, frame->slot->buffer.number,
		    order_is_fault(frame->order) ? frame->order->name : NULL);
	prepare_access(frame, frame->slot, 0);
	if (frame->other)
		prepare_access(frame, frame->other, 1);
	err = order_perform(frame->order, &performance, &hands, why);
	trace_print(frame->trace);
	if (!err)
		frame->record->frames++;
	return err;
}
