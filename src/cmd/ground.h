/* SPDX-License-Identifier: MIT */
/*
 * ground: on what ground a run is judged. Can these buffers show a missing bracket at all, and is
 * the peer on the other side of them? Found out before any frame, by `show` and by `check`.
 */
#ifndef STALELINE_GROUND_H
#define STALELINE_GROUND_H

#include "order/order.h"
#include "peer/probe.h"
#include "report/record.h"

/* Who takes part in orders of one direction. */
struct ground_party {
	struct peer *peer;	  /* NULL: nobody */
	struct peer_image *image; /* @buffer as the peer has it; NULL: nobody looks */
	struct buffer
		*buffer; /* one that they share; NULL: no order of this direction is to be run */
};

enum { GROUND_MAX_OWN = 8 };

struct ground {
	struct ground_party party[2]; /* by enum order_direction */
	/*
	 * Whose counters are asked for; none:
	 * those of all buffers of all users of the device. Not owned.
	 */
	const struct buffer *own[GROUND_MAX_OWN];
	uint32_t own_count;
	bool module; /* the buffers are the module's, with @params */
	struct drm_staleline_params params;
	enum probe_side side[2];	      /* of each party's peer */
	struct why unknown[2];		      /* why that is not known */
	struct drm_staleline_counters before; /* the order that runs */
};

/*
 * Find out for both parties, which must outlive the ground. @run is that of the card's serial, @map
 * has a place for each cell. 0 or -errno with @why. Without a peer there is nothing to find out.
 */
int ground_find(struct ground *ground, const struct ground_party party[2], uint32_t run,
		struct cell_verdict *map, struct why *why);

/*
 * What the module counted of @buffer is of interest, and of no others but those added so.
 * At most GROUND_MAX_OWN.
 */
void ground_add_own(struct ground *ground, const struct buffer *buffer);

/* What @record can and can't say, since it performs @order on this ground with this peer. */
void ground_of_record(const struct ground *ground, const struct order *order,
		      struct record *record);

/* An order begins: what the module counts from here on is its. 0 or -errno with @why. */
int ground_begin(struct ground *ground, struct why *why);

bool ground_is_noncoherent(const struct ground *ground);

/* The lines, by the module's own state, that are wrong for whoever looks in this direction. */
uint64_t ground_wrong_lines(const struct record_module *module, enum order_direction direction);

/*
 * What the module knows of @buffer now, at rest, and what it counted since ground_begin(), into
 * @record: its own word beside what was seen, and with it what @order can't be blamed for. Nothing
 * where the buffers are not the module's. 0 or -errno with @why.
 */
int ground_ask_module(const struct ground *ground, const struct order *order,
		      const struct buffer *buffer, struct record *record, struct why *why);

#endif
