/* SPDX-License-Identifier: MIT */
/*
 * ground: on what ground a run is judged. Can these buffers show a missing bracket at all, and is the
 * peer on the other side of them? Found out before any frame.
 */
#ifndef STALELINE_GROUND_H
#define STALELINE_GROUND_H

#include "cmd/stage.h"
#include "peer/probe.h"
#include "report/record.h"

struct ground {
	bool module; /* the buffers are the module's, with @params */
	struct drm_staleline_params params;
	enum probe_side side;
	struct why unknown; /* why the side is not known */
};

/* 0 or -errno with @why. Without a peer there is nothing to find out. */
int ground_find(struct stage *stage, struct ground *ground, struct why *why);

/* What @record can and can't say, since it performs @order on this ground with this peer. */
void ground_of_record(const struct ground *ground, const struct stage *stage,
		      const struct order *order, struct record *record);

#endif
