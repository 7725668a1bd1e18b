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
	bool peer_writes; /* the peer was asked to, and not waited for yet */
};

/* perform_draw.c: the steps that touch pixels. They can't fail. */
void perform_draw(struct performance *p, const struct order_step *step);
void perform_blend(struct performance *p, const struct order_step *step);
void perform_judge(struct performance *p, const struct order_step *step);

/* The number of the frame that @step is about. */
uint32_t perform_number(const struct performance *p, const struct order_step *step);
/* The content is what @step has put into @area, and elsewhere what it was. */
void perform_expect(struct performance *p, const struct order_step *step, struct card_area area);

/* perform_sync.c: SYNC with and without care. 0 or -errno. */
int perform_start(struct performance *p, const struct order_step *step);
int perform_end(struct performance *p, const struct order_step *step);

#endif
