/* SPDX-License-Identifier: MIT */
/* perform: what the files of perform.c share. */
#ifndef STALELINE_ORDER_PERFORM_H
#define STALELINE_ORDER_PERFORM_H

#include "order/order.h"

/* One performance on its way. */
struct performance {
	const struct order *order;
	struct order_frame *frame;
	const struct order_hands *hands;
	struct why *why;
	bool peer_writes;	 /* the peer was asked to, and not waited for yet */
	struct card_expect read; /* what the peer's last ORDER_PEER_READ has to find */
	int snapshot;		 /* sync_file of ORDER_SNAPSHOT, -1: none; owned */
	bool mapped;		 /* ORDER_MAP was come to */
	void *map;		 /* of the whole dma-buf, or NULL where that was refused; owned */
};

/* perform_draw.c: the steps that touch pixels. They can't fail. */
void perform_draw(struct performance *p, const struct order_step *step);
void perform_blend(struct performance *p, const struct order_step *step);
void perform_judge(struct performance *p, const struct order_step *step);

/* The number of the frame that @step is about. */
uint32_t perform_number(const struct performance *p, const struct order_step *step);
/* The content is what @step has put into @area, and elsewhere what it was. */
void perform_expect(struct performance *p, const struct order_step *step, struct card_area area);

/* perform_wait.c: until the buffer is ready, by all kinds of sync. 0 or -errno with p->why. */
int perform_wait(struct performance *p, const struct order_step *step);
int perform_snapshot(struct performance *p, const struct order_step *step);
int perform_wait_snapshot(struct performance *p, const struct order_step *step);

/* perform_map.c: 0 or -errno with p->why; and undone, also where it was never come to. */
int perform_map(struct performance *p, const struct order_step *step);
void perform_unmap(struct performance *p);

/*
 * perform_number.c: which buffer has the number of a descriptor of this one's that was closed? 0
 * with @target, or -errno with p->why.
 */
int perform_by_number(struct performance *p, enum order_target *target);

/* perform_sync.c: SYNC with and without care. 0 or -errno. */
int perform_start(struct performance *p, const struct order_step *step);
int perform_end(struct performance *p, const struct order_step *step);

#endif
