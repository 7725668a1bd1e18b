// SPDX-License-Identifier: GPL-2.0
/* The model of a CPU cache: see cache.h. */
#include "cache.h"

/* splitmix64: no state but a counter, so that any seed is as good as any other. */
static u64 cache_random(struct cache *c)
{
	u64 x = c->random += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Nothing is drawn for a rate of 0: then the sequence does not depend on what happens. */
static bool cache_chance(struct cache *c, u32 rate)
{
	return rate && (cache_random(c) & (CACHE_ALWAYS - 1)) < rate;
}

void cache_set(struct cache *c, const struct cache_params *params, bool reseed)
{
	c->params = *params;
	if (reseed)
		c->random = params->seed;
}

void cache_init(struct cache *c, spinlock_t *lock, struct cache_page *pages, unsigned long npages,
		unsigned long *cached, unsigned long *young, const struct cache_params *params)
{
	memset(c, 0, sizeof(*c));
	c->lock = lock;
	c->pages = pages;
	c->npages = npages;
	c->cached = cached;
	c->young = young;
	cache_set(c, params, true);
}

static u8 *page_base(const struct cache_page *page)
{
	return page->based ? page->base : page->cpu;
}

static u32 line_state(const struct cache_page *page, size_t at)
{
	const u8 *base = page_base(page) + at;
	u32 state = 0;

	if (page->based && memcmp(page->cpu + at, base, CACHE_LINE))
		state |= CACHE_DIRTY;
	if (memcmp(page->device + at, base, CACHE_LINE))
		state |= CACHE_STALE;
	return state;
}

static u32 look_at(struct cache *c, const struct cache_page *page, size_t at)
{
	c->counts.looked_at++;
	return line_state(page, at);
}

/*
 * The device gets what the CPU has. The base is taken from the device side and not from the CPU
 * side a second time: what is stored in between stays dirty.
 */
static void write_back(struct cache_page *page, size_t at)
{
	memcpy(page->device + at, page->cpu + at, CACHE_LINE);
	if (page->based)
		memcpy(page->base + at, page->device + at, CACHE_LINE);
}

static void refill(struct cache_page *page, size_t at)
{
	memcpy(page->cpu + at, page->device + at, CACHE_LINE);
	if (page->based)
		memcpy(page->base + at, page->device + at, CACHE_LINE);
}

/* What every entry into the module may do to a line before its own work. */
static void tick_line(struct cache *c, struct cache_page *page, size_t at)
{
	u32 state = look_at(c, page, at);

	if (state & CACHE_DIRTY) {
		if (cache_chance(c, c->params.evict)) {
			write_back(page, at);
			c->counts.evicted++;
		}
	} else if (state & CACHE_STALE) {
		if (cache_chance(c, c->params.fetch)) {
			refill(page, at);
			c->counts.fetched++;
		}
	}
}

/* START(READ) and START(RW). */
static void start_read_line(struct cache *c, struct cache_page *page, size_t at)
{
	u32 state = look_at(c, page, at);

	if (state & CACHE_DIRTY) {
		if (c->params.inval == CACHE_INVAL_WRITEBACK) {
			write_back(page, at);
			c->counts.written++;
			return;
		}
		c->counts.discarded++;
	}
	if (state) {
		refill(page, at);
		c->counts.refilled++;
	}
}

/* START(WRITE) with write=refetch. */
static void start_write_line(struct cache *c, struct cache_page *page, size_t at)
{
	if (look_at(c, page, at) == CACHE_STALE) {
		refill(page, at);
		c->counts.refilled++;
	}
}

static void end_read_line(struct cache *c, struct cache_page *page, size_t at)
{
	if (look_at(c, page, at) & CACHE_STALE)
		c->counts.stale_read++;
}

static void end_write_line(struct cache *c, struct cache_page *page, size_t at)
{
	if (look_at(c, page, at) & CACHE_DIRTY) {
		write_back(page, at);
		c->counts.written++;
	}
}

/* END after a poisoned START: as if every line had been written to. */
static void end_poisoned_line(struct cache *c, struct cache_page *page, size_t at)
{
	c->counts.looked_at++;
	write_back(page, at);
	c->counts.written++;
}

typedef void (*line_work)(struct cache *c, struct cache_page *page, size_t at);

/* Each line of each page that @map has, cached or young; ascending. */
static void each_line(struct cache *c, const unsigned long *map, line_work work)
{
	unsigned long i;
	size_t at;

	for (i = find_next_bit(map, c->npages, 0); i < c->npages;
	     i = find_next_bit(map, c->npages, i + 1)) {
		spin_lock(c->lock);
		for (at = 0; at < PAGE_SIZE; at += CACHE_LINE)
			work(c, &c->pages[i], at);
		spin_unlock(c->lock);
		cond_resched();
	}
}

static bool page_is_dirty(struct cache *c, const struct cache_page *page)
{
	size_t at;

	if (!page->based)
		return false;
	for (at = 0; at < PAGE_SIZE; at += CACHE_LINE)
		if (look_at(c, page, at) & CACHE_DIRTY)
			return true;
	return false;
}

static void drop(struct cache *c, unsigned long i)
{
	c->pages[i].based = false;
	__clear_bit(i, c->cached);
	__clear_bit(i, c->young);
}

/*
 * A clean page that was not touched since the last START falls out of the cache: its next touch
 * fills it anew. So a bracket costs what was touched since the last one, and no more.
 */
static void drop_the_old(struct cache *c)
{
	unsigned long i;

	for (i = find_next_bit(c->cached, c->npages, 0); i < c->npages;
	     i = find_next_bit(c->cached, c->npages, i + 1)) {
		if (!test_bit(i, c->young)) {
			spin_lock(c->lock);
			if (!page_is_dirty(c, &c->pages[i]))
				drop(c, i);
			spin_unlock(c->lock);
			cond_resched();
		}
		__clear_bit(i, c->young);
	}
}

bool cache_needs_copy(const struct cache *c, unsigned long i)
{
	return !c->pages[i].cpu;
}

bool cache_needs_base(const struct cache *c, unsigned long i, bool write)
{
	return (write || c->poisoned) && !c->pages[i].base;
}

/* Fills a page that has no copy; in a poisoned bracket with junk, which is dirty. */
static void fill(struct cache *c, struct cache_page *page)
{
	page->based = c->poisoned;
	if (c->poisoned) {
		memcpy(page->base, page->device, PAGE_SIZE);
		memset(page->cpu, CACHE_JUNK, PAGE_SIZE);
	} else {
		memcpy(page->cpu, page->device, PAGE_SIZE);
	}
}

void cache_touch(struct cache *c, unsigned long i, bool write)
{
	struct cache_page *page = &c->pages[i];

	spin_lock(c->lock);
	if (!test_bit(i, c->cached)) {
		fill(c, page);
		__set_bit(i, c->cached);
	}
	if (write && !page->based) {
		memcpy(page->base, page->cpu, PAGE_SIZE);
		page->based = true;
	}
	__set_bit(i, c->young);
	spin_unlock(c->lock);
}

static void poison(struct cache *c)
{
	unsigned long i;

	for (i = find_next_bit(c->cached, c->npages, 0); i < c->npages;
	     i = find_next_bit(c->cached, c->npages, i + 1)) {
		struct cache_page *page = &c->pages[i];

		spin_lock(c->lock);
		if (!page->based)
			memcpy(page->base, page->cpu, PAGE_SIZE);
		page->based = true;
		memset(page->cpu, CACHE_JUNK, PAGE_SIZE);
		spin_unlock(c->lock);
		cond_resched();
	}
}

bool cache_poisons(const struct cache *c, u32 flags, u32 others)
{
	return flags == CACHE_WRITE && c->params.write == CACHE_WRITE_POISON &&
	       !(others & CACHE_WRITE);
}

void cache_start(struct cache *c, u32 flags, u32 others)
{
	cache_tick(c);
	if (flags & CACHE_READ) {
		c->poisoned = false;
		drop_the_old(c);
		each_line(c, c->cached, start_read_line);
	} else if (cache_poisons(c, flags, others)) {
		c->poisoned = true;
		poison(c);
	} else if (c->params.write != CACHE_WRITE_NONE && !c->poisoned) {
		drop_the_old(c);
		each_line(c, c->cached, start_write_line);
	}
}

void cache_unpoison(struct cache *c)
{
	c->poisoned = false;
}

/* What was never touched in a poisoned bracket was not overwritten either: the device gets junk. */
static void end_poisoned(struct cache *c)
{
	unsigned long i;

	for (i = 0; i < c->npages; i++) {
		if (test_bit(i, c->cached))
			continue;
		spin_lock(c->lock);
		memset(c->pages[i].device, CACHE_JUNK, PAGE_SIZE);
		c->counts.looked_at += CACHE_LINES_PER_PAGE;
		c->counts.written += CACHE_LINES_PER_PAGE;
		spin_unlock(c->lock);
		cond_resched();
	}
	each_line(c, c->cached, end_poisoned_line);
	c->poisoned = false;
}

void cache_end(struct cache *c, u32 flags)
{
	cache_tick(c);
	if (flags == CACHE_READ)
		each_line(c, c->young, end_read_line);
	if (flags & CACHE_WRITE && c->poisoned)
		end_poisoned(c);
	else if (flags & CACHE_WRITE || c->params.end == CACHE_END_CLEAN_ALWAYS)
		each_line(c, c->cached, end_write_line);
}

void cache_tick(struct cache *c)
{
	if (c->params.evict || c->params.fetch)
		each_line(c, c->cached, tick_line);
}

void cache_empty(struct cache *c)
{
	unsigned long i;

	each_line(c, c->cached, end_write_line);
	for (i = find_next_bit(c->cached, c->npages, 0); i < c->npages;
	     i = find_next_bit(c->cached, c->npages, i + 1)) {
		spin_lock(c->lock);
		drop(c, i);
		spin_unlock(c->lock);
		cond_resched();
	}
	c->poisoned = false;
}

u32 cache_device(struct cache *c, unsigned long i, size_t at, size_t end)
{
	struct cache_page *page = &c->pages[i];
	u32 dirty = 0;

	if (!test_bit(i, c->cached) || !page->based)
		return 0;
	for (at -= at % CACHE_LINE; at < end; at += CACHE_LINE) {
		if (!(look_at(c, page, at) & CACHE_DIRTY))
			continue;
		if (cache_chance(c, c->params.evict)) {
			write_back(page, at);
			c->counts.evicted++;
		} else {
			dirty++;
		}
	}
	return dirty;
}

u32 cache_line_state(struct cache *c, unsigned long line)
{
	unsigned long i = line / CACHE_LINES_PER_PAGE;
	u32 state = 0;

	spin_lock(c->lock);
	if (test_bit(i, c->cached))
		state = line_state(&c->pages[i], line % CACHE_LINES_PER_PAGE * CACHE_LINE);
	spin_unlock(c->lock);
	return state;
}

int cache_inject(struct cache *c)
{
	if (!c->params.inject)
		return 0;
	c->params.inject--;
	c->again = !c->again;
	return c->again ? 1 : 2;
}
