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
	char line[512];
	size_t used;
};

/* Start the line of frame @frame, drawn into buffer @buffer. */
void trace_begin(struct trace *trace, uint32_t frame, uint32_t buffer);

/* One more call; cut where the line ends. */
void trace_call(struct trace *trace, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For struct access: SYNC, waits and submits tell of themselves. */
void trace_access(void *data, const struct access *access, enum access_call call, uint64_t flags,
		  int result);

/* Print the line on stdout. */
void trace_print(struct trace *trace);

#endif
