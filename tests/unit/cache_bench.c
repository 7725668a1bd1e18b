// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "cache_bench.h"

#define GUARD 64 /* bytes around each allocation that nobody may touch */

static u8 *page_alloc(void)
{
	u8 *p = malloc(PAGE_SIZE + 2 * GUARD);

	assert_non_null(p);
	memset(p, 0x77, PAGE_SIZE + 2 * GUARD);
	return p + GUARD;
}

static void page_free(u8 *page)
{
	if (!page)
		return;
	for (int i = 0; i < GUARD; i++) {
		assert_int_equal(page[-1 - i], 0x77);
		assert_int_equal(page[PAGE_SIZE + i], 0x77);
	}
	free(page - GUARD);
}

void bench_open(struct bench *b, unsigned long npages, const struct cache_params *params)
{
	memset(b, 0, sizeof(*b));
	for (unsigned long i = 0; i < npages; i++) {
		b->pages[i].device = page_alloc();
		memset(b->pages[i].device, 0, PAGE_SIZE);
	}
	cache_init(&b->cache, NULL, b->pages, npages, b->cached, b->young, params);
}

void bench_close(struct bench *b)
{
	for (unsigned long i = 0; i < b->cache.npages; i++) {
		page_free(b->pages[i].device);
		page_free(b->pages[i].cpu);
		page_free(b->pages[i].base);
	}
}

void touch(struct bench *b, unsigned long i, bool write)
{
	if (cache_needs_copy(&b->cache, i))
		b->pages[i].cpu = page_alloc();
	if (cache_needs_base(&b->cache, i, write))
		b->pages[i].base = page_alloc();
	cache_touch(&b->cache, i, write);
}

void start(struct bench *b, u32 flags, u32 others)
{
	bool poisons = cache_poisons(&b->cache, flags, others);

	for (unsigned long i = 0; poisons && i < b->cache.npages; i++)
		if (test_bit(i, b->cached) && !b->pages[i].base)
			b->pages[i].base = page_alloc();
	cache_start(&b->cache, flags, others);
}
