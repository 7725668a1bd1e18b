/* SPDX-License-Identifier: MIT */
/*
 * trace: the calls of one frame in the order in which they were made, with the rules that each
 * keeps, as one line: what --trace prints.
 */
#ifndef STALELINE_TRACE_H
#define STALELINE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer/access.h"

struct trace {
	bool on;
	/* The accesses of this frame, and what was told of each: to tell new violations. */
	struct {
		const struct access *access;
		uint32_t violations;
	} watched[2];
	char line[1024];
	size_t used;
};

/*
 * Start the line of frame @frame, drawn into buffer @buffer; @fault names what is broken, or NULL.
 */
void trace_begin(struct trace *trace, uint32_t frame, uint32_t buffer, const char *fault);

/* Let @access (the first or second of this frame) tell of its calls; off where the trace is. */
void trace_watch(struct trace *trace, int which, struct access *access);

/* One more call; cut where the line ends. */
void trace_call(struct trace *trace, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For struct access: SYNC, waits and submits tell of themselves. */
void trace_access(void *data, const struct access *access, enum access_call call, uint64_t flags,
		  int result);

/* Print the line on stdout. */
void trace_print(struct trace *trace);

#endif
