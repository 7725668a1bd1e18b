// SPDX-License-Identifier: GPL-2.0
/* Pages, and the limits on them. */
#include <linux/gfp.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "sl.h"

/*
 * No addition here can overflow: one buffer's charge is below 2^54 (max_buffer_mib, three times).
 */
int sl_charge(struct sl_buffer *buf, u64 bytes)
{
	struct sl_device *sl = sl_device_of(buf);
	s64 old = atomic64_read(&sl->bytes);

	do {
		if ((u64)old + bytes > sl_max_total())
			return -ENOMEM;
	} while (!atomic64_try_cmpxchg(&sl->bytes, &old, old + bytes));
	buf->charged += bytes;
	return 0;
}

void sl_uncharge(struct sl_buffer *buf, u64 bytes)
{
	atomic64_sub(bytes, &sl_device_of(buf)->bytes);
	buf->charged -= bytes;
}

/* Large blocks where they are to be had at once: fewer entries in the tables of importers. */
static struct page *alloc_block(unsigned long left, unsigned int *order)
{
	static const unsigned int orders[] = { 8, 4, 0 };
	gfp_t easily =
		(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_RECLAIM;
	int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct page *page;

		if (left < 1UL << orders[i])
			continue;
		*order = orders[i];
		page = alloc_pages(*order ? easily : GFP_KERNEL_ACCOUNT | __GFP_ZERO, *order);
		if (page)
			return page;
	}
	return NULL;
}

int sl_pages_alloc(struct sl_buffer *buf)
{
	unsigned long n = 0;

	buf->pages = kvcalloc(buf->npages, sizeof(*buf->pages), SL_GFP_SIZED);
	if (!buf->pages)
		return -ENOMEM;
	while (n < buf->npages) {
		struct page *page;
		unsigned int order;
		unsigned long i;

		page = fatal_signal_pending(current) ? NULL : alloc_block(buf->npages - n, &order);
		if (!page) {
			sl_pages_free(buf);
			return -ENOMEM;
		}
		if (order)
			split_page(page, order);
		for (i = 0; i < 1UL << order; i++)
			buf->pages[n++] = page + i;
		cond_resched();
	}
	return 0;
}

void sl_pages_free(struct sl_buffer *buf)
{
	unsigned long i;

	if (!buf->pages)
		return;
	for (i = 0; i < buf->npages && buf->pages[i]; i++) {
		__free_page(buf->pages[i]);
		if (!(i % 1024))
			cond_resched();
	}
	kvfree(buf->pages);
	buf->pages = NULL;
}
