/* SPDX-License-Identifier: MIT */
/*
 * frame: the life of one frame. A free buffer is taken, an order is performed on it, and at its
 * step `submit` the peer looks at the buffer and the compositor gets it.
 *
 * Where the CPU reads, the order is about stage->source, which the compositor never sees, and the
 * free buffer gets a copy of what was read.
 *
 * What a peer does within a frame is waited for without listening to the compositor, so a ping is
 * answered behind it: with EGL after a card was drawn and read, with jobs after their write of
 * 100 ms. Work that hangs is waited for once, for 5 s, and then the run ends; the module promises
 * of each job that it ends within 10 s. START has no limit of its own (R12): in a fault that
 * leaves the wait out it takes as long as the peer's work does.
 */
#ifndef STALELINE_FRAME_H
#define STALELINE_FRAME_H

#include "cmd/stage.h"
#include "cmd/trace.h"
#include "report/record.h"

struct frame {
	struct stage *stage;
	const struct order *order;
	struct record *record; /* where the counts go */
	struct trace *trace;
	struct slot *slot;  /* the frame's own buffer: the one to be shown */
	struct slot *other; /* the one submitted by mistake, where an order asks for it */
	struct slot *sent;  /* what was submitted at last: on the screen after the run */
	struct slot *drawn; /* what was drawn, by the CPU or by the peer: it knows what to expect */
	uint32_t number;    /* of the frame, from 1 */
	bool peer_done;	    /* the peer's own fence was waited for */
	bool not_ready;
};

/*
 * Perform frame->order once on frame->slot, which loop_free_slot() gave. 0, or -errno with
 * @why; -EAGAIN and frame->not_ready: by its dma-buf the slot is still busy, nothing was done,
 * and the frame may come again.
 */
int frame_perform(struct frame *frame, struct why *why);

#endif
