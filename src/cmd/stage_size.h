/* SPDX-License-Identifier: MIT */
/*
 * stage_size: what has the card's size: the card itself, what is found out about its cells, the buffer that the CPU
 * reads, and what a peer holds for a card. All of it changes together, or not at all.
 */
#ifndef STALELINE_STAGE_SIZE_H
#define STALELINE_STAGE_SIZE_H

#include "cmd/stage.h"

/* What a stage had before its card got another size. */
struct stage_sized {
	struct card card;
	struct cell_verdict *map;
	uint32_t *heat;
	struct slot source;
	void *copy;
};

/* The card in the window's size, before there are peers. 0 or -errno with @why; stage_close() has what there is. */
int stage_open_card(struct stage *stage, struct why *why);

/* The buffer that the CPU reads, where it does. As above. */
int stage_open_source(struct stage *stage, struct why *why);
void stage_close_source(struct stage *stage);

static inline bool stage_card_is(const struct stage *stage, uint32_t width, uint32_t height)
{
	return stage->card.width == width && stage->card.height == height;
}

/*
 * Let the card be of this size: from here on buffers are imported for that. What was before is in @before, to be let
 * go by stage_let_go(), or put back by stage_put_back(). 0, or -errno with @why, and then all is as it was;
 * -ENOTRECOVERABLE: it could not be put back, and nothing can be shown any more.
 */
int stage_resize(struct stage *stage, uint32_t width, uint32_t height, struct stage_sized *before,
		 struct why *why);
void stage_let_go(struct stage *stage, struct stage_sized *before);

/* 0 or -ENOTRECOVERABLE with @why, which already says why it is put back. @before is gone in either case. */
int stage_put_back(struct stage *stage, struct stage_sized *before, struct why *why);

#endif
