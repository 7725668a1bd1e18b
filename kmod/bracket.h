/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account of open brackets of one buffer, and the quick way through it, which START and END
 * take nearly always. bracket.c has all other ways, and says why they may go on beside it.
 */
#ifndef STALELINE_BRACKET_H
#define STALELINE_BRACKET_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include <uapi/linux/dma-buf.h>

#ifndef CONFIG_64BIT
#error "staleline needs a 64-bit kernel: see docs/module.md"
#endif

struct sl_buffer;

/* Whoever comes takes the lock, and finds out what else there is to do than to keep the account. */
#define SL_FIRST_SLOW (DMA_BUF_SYNC_RW + 1UL)
#define SL_FIRST_BITS (DMA_BUF_SYNC_RW | SL_FIRST_SLOW)

/* STARTs and ENDs of one CPU that went the quick way. */
struct sl_quick_counts {
	unsigned long starts, ends;
};

struct sl_brackets {
	/*
	 * Who used the buffer last: its struct pid, with a reference, or NULL. Below that, as it is
	 * aligned: what it has open, DMA_BUF_SYNC_READ, _WRITE or both, and SL_FIRST_SLOW.
	 */
	unsigned long first;
	struct sl_quick_counts __percpu *quick;
	spinlock_t lock;	 /* guards what follows, and the buffer's counters of brackets */
	struct list_head others; /* sl_bracket: those open beside the first */
};

static inline unsigned long sl_first(struct pid *tgid, unsigned long bits)
{
	BUILD_BUG_ON(__alignof__(struct pid) <= SL_FIRST_BITS);
	return (unsigned long)tgid | bits;
}

/* True if the caller's process was here last and had @from open: now it has @to. */
static inline bool sl_first_turns(struct sl_brackets *brackets, u32 from, u32 to)
{
	struct pid *tgid = task_tgid(current);
	unsigned long old = sl_first(tgid, from);

	return try_cmpxchg(&brackets->first, &old, sl_first(tgid, to));
}

/* Flags are DMA_BUF_SYNC_READ, _WRITE or both. False: nothing was done, and nothing is known. */
static inline bool sl_bracket_start_quickly(struct sl_brackets *brackets, u32 flags)
{
	if (!sl_first_turns(brackets, 0, flags))
		return false;
	this_cpu_inc(brackets->quick->starts);
	return true;
}

static inline bool sl_bracket_end_quickly(struct sl_brackets *brackets, u32 flags)
{
	if (!sl_first_turns(brackets, flags, 0))
		return false;
	this_cpu_inc(brackets->quick->ends);
	return true;
}

int sl_bracket_init(struct sl_buffer *buf);
/* 0 or -ENOMEM, and then nothing was changed. */
int sl_bracket_start(struct sl_buffer *buf, u32 flags);
void sl_bracket_end(struct sl_buffer *buf, u32 flags);
/* After each change that gives a START or an END more to do than to keep the account. */
void sl_bracket_slow(struct sl_buffer *buf);
/* What all open brackets allow; what those of other processes do. */
u32 sl_bracket_allowed(struct sl_buffer *buf);
u32 sl_bracket_others(struct sl_buffer *buf);
/* Adds the counters of brackets to @value. */
void sl_bracket_counts(struct sl_buffer *buf, u64 *value);
/* The buffer goes: what is still open with it, and, when nobody can ask any more, the counters. */
void sl_bracket_close_all(struct sl_buffer *buf);
void sl_bracket_free(struct sl_buffer *buf);

#endif
