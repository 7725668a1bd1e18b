/* SPDX-License-Identifier: MIT */
/*
 * spread: of many times the shortest, the mean and the longest. They are not kept, so this
 * costs no memory and no allocation however many there are; and so there is no median.
 * Zeroed: none yet. Nanoseconds.
 */
#ifndef STALELINE_SPREAD_H
#define STALELINE_SPREAD_H

#include <stdint.h>

struct spread {
	uint64_t count;
	int64_t min, max, sum; /* 0 where there are none */
};

/* The times of @more are among those of @spread. */
static inline void spread_merge(struct spread *spread, const struct spread *more)
{
	if (!more->count)
		return;
	if (!spread->count || more->min < spread->min)
		spread->min = more->min;
	if (!spread->count || more->max > spread->max)
		spread->max = more->max;
	spread->count += more->count;
	spread->sum += more->sum;
}

static inline void spread_add(struct spread *spread, int64_t ns)
{
	spread_merge(spread, &(struct spread){ .count = 1, .min = ns, .max = ns, .sum = ns });
}

static inline int64_t spread_mean(const struct spread *spread)
{
	return spread->count ? spread->sum / (int64_t)spread->count : 0;
}

#endif
