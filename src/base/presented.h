/* SPDX-License-Identifier: MIT */
/*
 * presented: what wp_presentation told, added up. Zeroed: nothing yet. The window fills it
 * (wayland/presentation.c), a RECORD keeps it; what was not told is not guessed.
 */
#ifndef STALELINE_PRESENTED_H
#define STALELINE_PRESENTED_H

#include <stdbool.h>

#include "base/spread.h"

struct presented {
	/* Of the frames that were asked about. */
	uint64_t shown, discarded;
	uint64_t zero_copy;	/* of those shown: scanned out as they are */
	bool zero_copy_at_last; /* the one that was shown last */

	/*
	 * From our commit to the moment that the compositor names, in its own clock; of the frames
	 * where both are known and the one is not before the other.
	 */
	struct spread latency;
	const char *
		clock; /* "CLOCK_MONOTONIC"; NULL: it did not say, or it is none that we can read */

	/*
	 * How many times the display was refreshed between frames that were asked about, and how
	 * many of these brought no frame of ours. Where the compositor counts refreshes and has a
	 * constant rate, and both agree with its times.
	 */
	uint64_t refreshes, missed;
	uint32_t refresh_ns; /* as told last; 0: not told, or not constant */
};

/* What @more tells belongs to @presented as well. */
static inline void presented_merge(struct presented *presented, const struct presented *more)
{
	presented->shown += more->shown;
	presented->discarded += more->discarded;
	presented->zero_copy += more->zero_copy;
	spread_merge(&presented->latency, &more->latency);
	presented->refreshes += more->refreshes;
	presented->missed += more->missed;
	if (more->clock)
		presented->clock = more->clock;
	if (more->shown) {
		presented->zero_copy_at_last = more->zero_copy_at_last;
		presented->refresh_ns = more->refresh_ns;
	}
}

#endif
