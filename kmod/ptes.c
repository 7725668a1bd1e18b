// SPDX-License-Identifier: GPL-2.0
/*
 * Page table entries of a buffer's maps: inserting and zapping them. What a touch means is
 * cpumap.c's and mode.c's.
 */
#include <linux/mm.h>

#include "sl.h"

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

/* Maps are found by their offset in the file: those of importing drivers lie beyond the buffer. */
void sl_zap(struct sl_buffer *buf)
{
	lockdep_assert_held(&buf->lock);
	if (buf->inode)
		unmap_mapping_range(buf->inode->i_mapping, 0, buf->gem.size, 1);
}

void sl_zap_page(struct sl_buffer *buf, pgoff_t page)
{
	lockdep_assert_held(&buf->lock);
	if (buf->inode)
		unmap_mapping_range(buf->inode->i_mapping, (loff_t)page << PAGE_SHIFT, PAGE_SIZE,
				    1);
}
