/* SPDX-License-Identifier: MIT */
/*
 * check_bench: what one exporter and one peer stand on: their buffers of one size, and what judges
 * them. In a child process: drivers are loaded here.
 */
#ifndef STALELINE_CHECK_BENCH_H
#define STALELINE_CHECK_BENCH_H

#include "buffer/exporter.h"
#include "cmd/check.h"
#include "cmd/ground.h"

/* One buffer and what it must hold. */
struct bench_slot {
	struct buffer buffer;
	struct peer_image *image;
	struct order_content content;
};

enum {
	BENCH_SLOTS = 2, /* one to draw, another to be submitted by mistake */
	BENCH_MAX_SLOTS = 6,
};
_Static_assert((int)BENCH_MAX_SLOTS <= (int)GROUND_MAX_OWN,
	       "what all of them counted is asked for");

struct bench {
	struct exporter exporter;
	struct peer peer;
	struct card card;
	struct bench_slot slots[BENCH_MAX_SLOTS];
	uint32_t slot_count, slots_open;
	bool exporter_open, peer_open;
	uint32_t run, number; /* of the card's serial; of the last frame */
	struct ground ground;
	enum order_sync sync; /* how all of them tell each other that they are done */

	/* Of the last look, one for each cell; @copy is what the CPU read. */
	struct cell_verdict *map;
	void *copy;
	uint32_t *
		heat; /* of a record's first look that was not clean; not owned; NULL: not wanted */
};

/*
 * With as many buffers as the pair says, of @width x @height.
 * 0 or -errno with @why; to be closed in either case.
 */
int bench_open(struct bench *bench, const struct check_pair *pair, uint32_t width, uint32_t height,
	       struct why *why);
void bench_close(struct bench *bench);

/*
 * By this kind of sync from now on; the peer's work is waited for.
 * 0 or -errno with @why: the peer can't.
 */
int bench_set_sync(struct bench *bench, enum order_sync sync, struct why *why);

/*
 * Perform @order once on one of the slots, which take turns; what was seen is in bench->map and
 * added to @record (NULL: not counted). 0 or -errno with @why.
 */
int bench_frame(struct bench *bench, const struct order *order, struct record *record,
		struct why *why);

/*
 * Before a frame of @order: where that needs a warm cache to write into, the CPU reads the slot
 * that comes next, in order (order_warm_up()). Not counted. 0 or -errno with @why.
 */
int bench_warm_up(struct bench *bench, const struct order *order, struct why *why);

/*
 * What an order before may have left behind is made good: each buffer is written in order, and read
 * in order where the CPU is to read, so that its cache is warm. Not counted.
 */
int bench_make_good(struct bench *bench, const struct order *order, struct why *why);

/* The slot that the last frame was drawn in. */
struct bench_slot *bench_drawn(struct bench *bench);

/* The slot that comes next; and beside what is drawn, what is submitted by mistake. */
struct bench_slot *bench_next(struct bench *bench);

#endif
