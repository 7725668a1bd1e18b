/* SPDX-License-Identifier: MIT */
/* clock: monotonic time, in nanoseconds and for time limits in milliseconds. */
#ifndef STALELINE_CLOCK_H
#define STALELINE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds (clock_gettime(2); answered by the vDSO, no syscall). */
static inline int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Milliseconds left until @deadline_ns, rounded up, never below 0: what poll(2) wants. */
static inline int clock_ms_left(int64_t deadline_ns)
{
	int64_t left = deadline_ns - clock_ns();

	if (left <= 0)
		return 0;
	return left > (int64_t)INT32_MAX * 1000000 ? INT32_MAX : (int)((left + 999999) / 1000000);
}

#endif
