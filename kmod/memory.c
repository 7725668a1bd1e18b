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

	buf->pages = kvcalloc(buf->npages, sizeof(*buf->pages), GFP_KERNEL_ACCOUNT);
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
	for (i = 0; i < buf->npages && buf->pages[i]; i++)
		__free_page(buf->pages[i]);
	kvfree(buf->pages);
	buf->pages = NULL;
}

/* What a window of a map is filled with. */
struct window {
	struct vm_area_struct *vma;
	struct page **next;
	pgprot_t prot;
};

/* Under the page table's lock. Who was there first stays. */
static int insert_one(pte_t *pte, unsigned long address, void *data)
{
	struct window *w = data;
	unsigned long pfn = page_to_pfn(*w->next++);

	if (pte_none(ptep_get(pte)))
		set_pte_at(w->vma->vm_mm, address, pte, pte_mkspecial(pfn_pte(pfn, w->prot)));
	return 0;
}

/*
 * @page is the buffer's page that the fault is at, @start the buffer's page at the VMA's start.
 * The faulting page decides the result; around it a window of 512 pages (2 MiB) is filled in one
 * step, as i915 does: a fault for each page, or even a walk for each, would make the first touch
 * of a buffer slower than the system heap's. It is ordinary memory, so there is no cache
 * attribute to track.
 */
vm_fault_t sl_insert_device(struct sl_buffer *buf, struct vm_fault *vmf, pgoff_t page,
			    pgoff_t start)
{
	struct vm_area_struct *vma = vmf->vma;
	pgoff_t first = max(round_down(page, 512), start);
	pgoff_t end = min3(round_down(page, 512) + 512, start + vma_pages(vma), buf->npages);
	struct window w = {
		.vma = vma,
		.next = &buf->pages[first],
		.prot = vm_get_page_prot(vma->vm_flags),
	};
	vm_fault_t ret;

	ret = vmf_insert_pfn_prot(vma, vmf->address, page_to_pfn(buf->pages[page]), w.prot);
	if (ret == VM_FAULT_NOPAGE)
		apply_to_page_range(vma->vm_mm, vma->vm_start + ((first - start) << PAGE_SHIFT),
				    (end - first) << PAGE_SHIFT, insert_one, &w);
	return ret;
}
