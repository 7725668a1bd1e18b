// SPDX-License-Identifier: MIT
/* trace: the calls of one frame in the order in which they were made. */
#include "cmd/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trace_begin(struct trace *trace, uint32_t frame, uint32_t buffer, const char *fault)
{
	if (trace->on)
		trace->used = (size_t)snprintf(trace->line, sizeof(trace->line),
					       "frame %u buffer %u%s%s:", frame, buffer,
					       fault ? " fault " : "", fault ? fault : "");
}

void trace_call(struct trace *trace, const char *fmt, ...)
{
	size_t left = sizeof(trace->line) - trace->used;
	va_list ap;
	int len;

	if (!trace->on || left < 4)
		return;
	memcpy(trace->line + trace->used, " | ", 4);
	trace->used += 3;
	left -= 3;
	va_start(ap, fmt);
	len = vsnprintf(trace->line + trace->used, left, fmt, ap);
	va_end(ap);
	if (len > 0)
		trace->used += (size_t)len < left ? (size_t)len : left - 1;
}

static const char *flags_name(uint64_t flags)
{
	switch (flags) {
	case ACCESS_READ:
		return "READ";
	case ACCESS_WRITE:
		return "WRITE";
	case ACCESS_RW:
		return "RW";
	}
	return "no direction";
}

void trace_watch(struct trace *trace, int which, struct access *access)
{
	access->trace = trace->on ? trace_access : NULL;
	access->trace_data = trace;
	trace->watched[which].access = access;
	trace->watched[which].violations = access->violations;
}

/* Was a rule broken since this access was last heard of? */
static bool is_news(struct trace *trace, const struct access *access)
{
	int which = access == trace->watched[0].access ? 0 : 1;
	bool news = trace->watched[which].violations != access->violations;

	trace->watched[which].violations = access->violations;
	return news;
}

void trace_access(void *data, const struct access *access, enum access_call call, uint64_t flags,
		  int result)
{
	struct trace *trace = data;
	const char *outcome = result ? strerror(-result) : "ok";
	const char *each = access->mores ? " of each dma-buf (R31)" : "";
	bool broken = is_news(trace, access);

	switch (call) {
	case ACCESS_CALL_WAIT:
		trace_call(trace, "poll %s (R5 %s)%s %s",
			   flags & ACCESS_WRITE ? "POLLOUT" : "POLLIN",
			   flags & ACCESS_WRITE ? "R16" : "R14", each, outcome);
		break;
	case ACCESS_CALL_BEGIN:
		trace_call(trace, "SYNC START %s (R1 R10)%s %s", flags_name(flags), each, outcome);
		break;
	case ACCESS_CALL_END:
		trace_call(trace, "SYNC END %s (R2)%s %s", flags_name(flags), each, outcome);
		break;
	case ACCESS_CALL_SUBMIT:
		trace_call(trace, "submit (R6) %s", outcome);
		break;
	}
	if (broken)
		trace_call(trace, "BROKEN %s", access->violation);
}

void trace_print(struct trace *trace)
{
	if (!trace->on)
		return;
	puts(trace->line);
	fflush(stdout); /* what was done before a crash or a hang is what one wants to know */
}
