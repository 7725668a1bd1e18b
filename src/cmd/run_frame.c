// SPDX-License-Identifier: MIT
/* run_frame: one frame of an order, and what has to follow a new size. See run.h. */
#include "base/clock.h"
#include "cmd/describe.h"
#include "cmd/loop.h"
#include "cmd/run.h"
#include "cmd/stage_renew.h"

/*
 * Another buffer than @slot, for orders that take the wrong one: of the card's size if there is
 * one, and one that the compositor has given back. A buffer that takes its own place on the
 * screen need never come back.
 */
static struct slot *other_slot(struct stage *stage, const struct slot *slot)
{
	struct slot *best = NULL;
	int best_is = -1;

	for (uint32_t i = 0; i < stage->slots_open; i++) {
		struct slot *other = &stage->slots[i];
		int is = 2 * stage_slot_fits(stage, other) + !other->shown.busy;

		if (other == slot || is <= best_is)
			continue;
		best = other;
		best_is = is;
	}
	return best;
}

/*
 * The window has got another size with this frame:
 * so have the panel and what the record says of the buffers.
 */
static void follow_size(struct show *show, const struct slot *slot, struct record *record)
{
	uint32_t more = show->stage.sizes - show->sizes;

	if (!more)
		return;
	show->sizes = show->stage.sizes;
	record->layout.sizes += more;
	describe_layout(&record->layout, &slot->buffer);
	run_update_panel(show, record);
}

int run_frame(struct show *show, const struct order *order, struct slot *slot,
	      struct record *record, struct why *why)
{
	struct stage *stage = &show->stage;
	struct record uncounted;
	struct frame frame = {
		.stage = stage,
		.order = order,
		.record = record,
		.trace = &show->trace,
		.slot = slot,
		.other = other_slot(stage, slot),
		.number = ++show->number & CARD_FRAME_MASK,
	};
	int err;

	/*
	 * After a resize no other buffer may be of the card's size yet:
	 * until then in order, and not counted.
	 */
	if (order_uses_other(order) && !stage_slot_fits(stage, frame.other)) {
		uncounted = *record;
		frame.order = order_find(order->control);
		frame.record = &uncounted;
	}
	if (clock_ns() >= show->panel_due && show->sizes == stage->sizes) {
		run_count_presented(show, record);
		run_update_panel(show, record);
	}
	err = frame_perform(&frame, why);
	if (frame.not_ready) { /* another buffer, or this one later: no frame was drawn */
		show->number--;
		loop_not_ready(slot);
		return 0;
	}
	if (!err) {
		show->drawn = frame.drawn;
		show->sent = frame.sent;
		follow_size(show, slot, record);
	}
	return err;
}
