/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: perf record -e 'staleline:*', trace-cmd record -e staleline. */
/* The kernel's own idiom for events, which no formatter knows. */
/* clang-format off */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM staleline

#if !defined(STALELINE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define STALELINE_TRACE_H

#include <linux/tracepoint.h>

#include <uapi/linux/dma-buf.h>

#include "staleline_drm.h"

#define show_access(flags)                                               \
	__print_flags(flags, "|", { DMA_BUF_SYNC_READ, "READ" },         \
		      { DMA_BUF_SYNC_WRITE, "WRITE" })

DECLARE_EVENT_CLASS(staleline_bracket,
	TP_PROTO(u32 buffer, u32 flags, int ret),
	TP_ARGS(buffer, flags, ret),
	TP_STRUCT__entry(
		__field(u32, buffer)
		__field(u32, flags)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->buffer = buffer;
		__entry->flags = flags;
		__entry->ret = ret;
	),
	TP_printk("buffer=%u flags=%s ret=%d", __entry->buffer, show_access(__entry->flags),
		  __entry->ret)
);

DEFINE_EVENT(staleline_bracket, staleline_start,
	TP_PROTO(u32 buffer, u32 flags, int ret),
	TP_ARGS(buffer, flags, ret)
);

DEFINE_EVENT(staleline_bracket, staleline_end,
	TP_PROTO(u32 buffer, u32 flags, int ret),
	TP_ARGS(buffer, flags, ret)
);

TRACE_EVENT(staleline_touch,
	TP_PROTO(u32 buffer, unsigned long page, bool write, u32 allowed, bool sigbus),
	TP_ARGS(buffer, page, write, allowed, sigbus),
	TP_STRUCT__entry(
		__field(u32, buffer)
		__field(unsigned long, page)
		__field(bool, write)
		__field(u32, allowed)
		__field(bool, sigbus)
	),
	TP_fast_assign(
		__entry->buffer = buffer;
		__entry->page = page;
		__entry->write = write;
		__entry->allowed = allowed;
		__entry->sigbus = sigbus;
	),
	TP_printk("buffer=%u page=%lu %s allowed=%s%s", __entry->buffer, __entry->page,
		  __entry->write ? "write" : "read", show_access(__entry->allowed),
		  __entry->sigbus ? " sigbus" : "")
);

/* A job's number is the context of its fence: see also the events dma_fence:*. */
TRACE_EVENT(staleline_job_submit,
	TP_PROTO(u64 job, u32 dst, u32 src, const struct drm_staleline_job *args),
	TP_ARGS(job, dst, src, args),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(u32, dst)
		__field(u32, src)
		__field(u32, kind)
		__field(u32, flags)
		__field(u64, size)
		__field(u32, duration_us)
		__field(u32, steps)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->dst = dst;
		__entry->src = src;
		__entry->kind = args->kind;
		__entry->flags = args->flags;
		__entry->size = args->size;
		__entry->duration_us = args->duration_us;
		__entry->steps = args->steps;
	),
	TP_printk("job=%llu %s dst=%u src=%u flags=%#x size=%llu duration_us=%u steps=%u",
		  __entry->job, __entry->kind == DRM_STALELINE_JOB_COPY ? "copy" : "fill",
		  __entry->dst, __entry->src, __entry->flags, __entry->size, __entry->duration_us,
		  __entry->steps)
);

/* There is nothing more to wait for. */
TRACE_EVENT(staleline_job_start,
	TP_PROTO(u64 job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__field(u64, job)
	),
	TP_fast_assign(
		__entry->job = job;
	),
	TP_printk("job=%llu", __entry->job)
);

TRACE_EVENT(staleline_job_done,
	TP_PROTO(u64 job, int error, u32 steps),
	TP_ARGS(job, error, steps),
	TP_STRUCT__entry(
		__field(u64, job)
		__field(int, error)
		__field(u32, steps)
	),
	TP_fast_assign(
		__entry->job = job;
		__entry->error = error;
		__entry->steps = steps;
	),
	TP_printk("job=%llu error=%d steps=%u", __entry->job, __entry->error, __entry->steps)
);

TRACE_EVENT(staleline_flip,
	TP_PROTO(u64 frame, u32 primary, u32 cursor),
	TP_ARGS(frame, primary, cursor),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u32, primary)
		__field(u32, cursor)
	),
	TP_fast_assign(
		__entry->frame = frame;
		__entry->primary = primary;
		__entry->cursor = cursor;
	),
	TP_printk("frame=%llu primary=%u cursor=%u", __entry->frame, __entry->primary,
		  __entry->cursor)
);

TRACE_EVENT(staleline_scanout,
	TP_PROTO(u64 frame, u32 primary, u32 cursor, u32 crc),
	TP_ARGS(frame, primary, cursor, crc),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u32, primary)
		__field(u32, cursor)
		__field(u32, crc)
	),
	TP_fast_assign(
		__entry->frame = frame;
		__entry->primary = primary;
		__entry->cursor = cursor;
		__entry->crc = crc;
	),
	TP_printk("frame=%llu primary=%u cursor=%u crc=%08x", __entry->frame, __entry->primary,
		  __entry->cursor, __entry->crc)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
