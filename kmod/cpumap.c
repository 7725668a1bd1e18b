// SPDX-License-Identifier: GPL-2.0
/*
 * The map of the dma-buf's descriptor: the CPU side. Page table entries are how touches are seen:
 * a page that is not mapped faults at its first touch, one mapped read-only at its first store
 * (pfn_mkwrite), and zapping makes it begin anew. Loads and stores after that are nobody's to
 * see.
 */
#include "sl.h"

static unsigned long pfn_of(struct sl_buffer *buf, pgoff_t page)
{
	if (buf->mode == DRM_STALELINE_MODE_NONCOHERENT)
		return page_to_pfn(virt_to_page(buf->cache.pages[page].cpu));
	return page_to_pfn(buf->pages[page]);
}

/*
 * Check and insert are one step under the lock, so that no zap comes between. vm_page_prot is
 * without write permission here, because we have pfn_mkwrite: a page first read is mapped
 * read-only.
 */
static vm_fault_t fault_locked(struct sl_buffer *buf, struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	bool write = vmf->flags & FAULT_FLAG_WRITE;
	vm_fault_t ret;

	if (buf->mode == DRM_STALELINE_MODE_COHERENT)
		return sl_insert_device(buf, vmf, vmf->pgoff, vma->vm_pgoff);
	ret = sl_mode_touch(buf, vmf->pgoff, write);
	if (ret)
		return ret;
	return vmf_insert_pfn_prot(vma, vmf->address, pfn_of(buf, vmf->pgoff),
				   write ? vm_get_page_prot(vma->vm_flags) : vma->vm_page_prot);
}

static vm_fault_t sl_cpu_fault(struct vm_fault *vmf)
{
	struct sl_buffer *buf = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (vmf->pgoff >= buf->npages)
		return VM_FAULT_SIGBUS;
	mutex_lock(&buf->lock);
	ret = fault_locked(buf, vmf);
	mutex_unlock(&buf->lock);
	return ret;
}

/*
 * A zap after this returns and before the entry becomes writable removes the entry, and the fault
 * comes again.
 */
static vm_fault_t sl_cpu_mkwrite(struct vm_fault *vmf)
{
	struct sl_buffer *buf = vmf->vma->vm_private_data;
	vm_fault_t ret;

	mutex_lock(&buf->lock);
	ret = sl_mode_touch(buf, vmf->pgoff, true);
	mutex_unlock(&buf->lock);
	return ret;
}

static const struct vm_operations_struct sl_cpu_vm_ops = {
	.fault = sl_cpu_fault,
	.pfn_mkwrite = sl_cpu_mkwrite,
};

/* The core has checked the range; the map holds the dma-buf, and that the buffer. */
int sl_cpu_mmap(struct sl_buffer *buf, struct vm_area_struct *vma)
{
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = buf;
	vma->vm_ops = &sl_cpu_vm_ops;
	return 0;
}

void sl_zap(struct sl_buffer *buf)
{
	lockdep_assert_held(&buf->lock);
	if (buf->inode)
		unmap_mapping_range(buf->inode->i_mapping, 0, buf->gem.size, 1);
}
