/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cache: the model of a CPU cache between a buffer's two sides. Pure: it knows memory and no
 * kernel, and is compiled in user space too, for its tests.
 *
 * Each page has a device side always, a copy on the CPU side once it was touched, and a base once
 * it was written to: what the CPU side held when it was last filled or written back. Two copies
 * alone would not say who wrote. Without a base the CPU side is its own base: nothing was written.
 *
 *	dirty	the CPU side differs from the base	the CPU has written
 *	stale	the device side differs from the base	the device has written
 *
 * per line of 64 bytes; both can hold.
 *
 * Who calls serialises the calls (the buffer's mutex) and sees to it that nobody can store
 * through a map while lines are refilled: maps are zapped before cache_start() and before
 * cache_tick() with a fetch rate. Writing back needs no zap. The lock in here is innermost, and
 * keeps bytes, bases and line state together for those who don't take the mutex: it is what
 * device work takes to touch bytes. It is the caller's, as it outlives the cache. Only one page is
 * ever worked on under it.
 */
#ifndef STALELINE_CACHE_H
#define STALELINE_CACHE_H

#ifdef __KERNEL__
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "cache_user.h"
#endif

#define CACHE_LINE 64
#define CACHE_LINES_PER_PAGE (PAGE_SIZE / CACHE_LINE)
#define CACHE_ALWAYS 65536 /* a rate: in each of 65536 cases */
#define CACHE_JUNK 0xdb	   /* what a poisoned byte is */

enum cache_inval { CACHE_INVAL_DISCARD, CACHE_INVAL_WRITEBACK };
enum cache_end { CACHE_END_STRICT, CACHE_END_CLEAN_ALWAYS };
enum cache_write { CACHE_WRITE_REFETCH, CACHE_WRITE_NONE, CACHE_WRITE_POISON };

/* What the CPU is about to do, or has done. */
#define CACHE_READ 1
#define CACHE_WRITE 2
#define CACHE_RW (CACHE_READ | CACHE_WRITE)

/* What a line is. */
#define CACHE_DIRTY 1
#define CACHE_STALE 2

struct cache_params {
	u32 inval, end, write; /* enums above */
	u32 evict, fetch;      /* chances in CACHE_ALWAYS, for each line and entry */
	u32 inject;	       /* so many hooks are still to fail */
	u64 seed;
};

/* What it did. Lines, all of them. */
struct cache_counts {
	u64 looked_at, refilled, written, discarded, evicted, fetched, stale_read;
};

struct cache_page {
	u8 *device; /* never NULL */
	u8 *cpu;    /* NULL until first touched; stays allocated when dropped */
	u8 *base;   /* NULL until first written to */
	bool based; /* @base counts: the page was written to since it was filled */
};

struct cache {
	spinlock_t *lock; /* innermost: bytes, bases and line state; not owned */
	struct cache_page *pages;
	unsigned long npages;
	unsigned long *cached; /* pages with a copy on the CPU side */
	unsigned long *young;  /* of these, touched since the last START that looked */
	struct cache_params params;
	struct cache_counts counts;
	u64 random;
	bool poisoned; /* a START(WRITE) filled the CPU side with junk; its bracket is open */
	bool again;    /* which error is injected next */
};

/*
 * All pages untouched. @pages, whose device sides are set, and the two bitmaps of @npages zeroed
 * bits stay the caller's, to be freed after the last use.
 */
void cache_init(struct cache *c, spinlock_t *lock, struct cache_page *pages, unsigned long npages,
		unsigned long *cached, unsigned long *young, const struct cache_params *params);

/*
 * Takes new parameters; a new seed starts the sequence of chances anew. The caller holds the lock
 * where device work may be going on.
 */
void cache_set(struct cache *c, const struct cache_params *params, bool reseed);

/*
 * What a touch of page @i needs before cache_touch(): a copy, or a base, to be put into the page.
 */
bool cache_needs_copy(const struct cache *c, unsigned long i);
bool cache_needs_base(const struct cache *c, unsigned long i, bool write);

/*
 * The CPU is about to touch page @i for the first time since the map was zapped, or to write to it
 * for the first time. Fills it from the device side if it has no copy yet: a cold cache.
 */
void cache_touch(struct cache *c, unsigned long i, bool write);

/*
 * START; @others is what open brackets of other processes allow. Counts as an entry: evictions and
 * fetches happen first.
 *
 * For WRITE alone with write=poison each cached page must have memory for a base before: see
 * cache_poisons(). Where somebody else may be storing nothing is poisoned: junk would go over what
 * he has stored. Then it is write=refetch, or in somebody else's poisoned bracket nothing, as its
 * END writes every line.
 */
void cache_start(struct cache *c, u32 flags, u32 others);

/* True where START will poison: the caller gives each cached page its base first. */
bool cache_poisons(const struct cache *c, u32 flags, u32 others);

/*
 * No bracket that allows WRITE is open any more: what is touched from now on is not junk, what is
 * junk already stays so and is dirty. END(WRITE) and a START that reads do it by themselves.
 */
void cache_unpoison(struct cache *c);

/* END. Counts as an entry too. */
void cache_end(struct cache *c, u32 flags);

/* An entry into the module by another way. */
void cache_tick(struct cache *c);

/* Writes all dirty lines back and forgets every copy, whatever the parameters: a change of mode. */
void cache_empty(struct cache *c);

/*
 * The device is about to touch the bytes from @at up to @end of page @i; the caller holds the lock,
 * and copies them before it lets go. An entry for these lines: evictions happen first. No fetches:
 * these need a zap, and so the mutex. Returns how many of the lines are dirty then: what a device
 * that reads them gets wrong.
 */
u32 cache_device(struct cache *c, unsigned long i, size_t at, size_t end);

/* CACHE_DIRTY and CACHE_STALE of line @line, counted from the buffer's start. */
u32 cache_line_state(struct cache *c, unsigned long line);

/*
 * Is this hook to fail? 0: no; 1: with EINTR; 2: with EAGAIN. Uses up one of the failures asked
 * for.
 */
int cache_inject(struct cache *c);

#endif
