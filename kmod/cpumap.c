// SPDX-License-Identifier: GPL-2.0
/*
 * The map of the dma-buf's descriptor: the CPU side. Page table entries are how touches are seen:
 * a page that is not mapped faults at its first touch, one mapped read-only at its first store
 * (pfn_mkwrite), and zapping makes it begin anew. Loads and stores after that are nobody's to
 * see.
 */
#include "sl.h"

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
	return vmf_insert_pfn_prot(vma, vmf->address, page_to_pfn(sl_mode_page(buf, vmf->pgoff)),
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
 * The entry is replaced here, under the lock. Were it left to the core to make it writable after
 * we return, another thread's END could zap it in between and a third one's load put the very same
 * entry there: the core would find what it had seen, and a store after END would go unnoticed.
 */
static vm_fault_t sl_cpu_mkwrite(struct vm_fault *vmf)
{
	struct sl_buffer *buf = vmf->vma->vm_private_data;
	vm_fault_t ret;

	mutex_lock(&buf->lock);
	sl_zap_page(buf, vmf->pgoff);
	ret = fault_locked(buf, vmf);
	mutex_unlock(&buf->lock);
	return ret;
}

static const struct vm_operations_struct sl_cpu_vm_ops = {
	.fault = sl_cpu_fault,
	.pfn_mkwrite = sl_cpu_mkwrite,
};

/* An importing driver's map: its offsets in the dma-buf's file begin where the buffer ends. */
static vm_fault_t sl_importer_fault(struct vm_fault *vmf)
{
	struct sl_buffer *buf = vmf->vma->vm_private_data;
	pgoff_t page = vmf->pgoff - buf->npages;

	if (page >= buf->npages)
		return VM_FAULT_SIGBUS;
	return sl_insert_device(buf, vmf, page, vmf->vma->vm_pgoff - buf->npages);
}

static const struct vm_operations_struct sl_importer_vm_ops = {
	.fault = sl_importer_fault,
};

/*
 * Does dma_buf_mmap() of an importing driver call, and not mmap() of the descriptor? The core
 * begins a map with operations that are there and empty. DRM's helpers have put an object's own in
 * their place before they call us, or NULL where they imported it. A driver that does neither is
 * taken for the CPU.
 */
static bool is_importers(const struct vm_area_struct *vma)
{
	const struct vm_operations_struct *ops = vma->vm_ops;

	return !ops || ops->open || ops->close || ops->fault;
}

/* The core has checked the range; the map holds the dma-buf, and that the buffer. */
int sl_cpu_mmap(struct sl_buffer *buf, struct vm_area_struct *vma)
{
	bool importers = is_importers(vma);

	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = buf;
	vma->vm_ops = importers ? &sl_importer_vm_ops : &sl_cpu_vm_ops;
	/* Both kinds are maps of one file: out of the range that sl_zap() empties. */
	if (importers)
		vma->vm_pgoff += buf->npages;
	return 0;
}
