// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers as GEM objects: made as dumb buffers or imported, and the map of the card node, which
 * is the device side: what a software renderer uses as its GPU memory.
 */
#include <linux/fs.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_prime.h>
#include <drm/drm_mode.h>

#include "sl.h"

/* A buffer of another driver: no sides, no modes; brackets go to its exporter. */
struct sl_foreign {
	struct drm_gem_object gem;
	struct sg_table *sgt;
};

static void sl_gem_free(struct drm_gem_object *gem)
{
	struct sl_buffer *buf = to_sl_buffer(gem);
	struct sl_device *sl = sl_device_of(buf);

	mutex_lock(&buf->lock);
	sl_mode_leave(buf);
	sl_bracket_close_all(buf);
	mutex_unlock(&buf->lock);

	mutex_lock(&sl->list_lock);
	if (!list_empty(&buf->link))
		sl->nbuffers--;
	list_del_init(&buf->link);
	sl_counts(buf, sl->past);
	mutex_unlock(&sl->list_lock);

	sl_bracket_free(buf);
	sl_pages_free(buf);
	sl_uncharge(buf, buf->charged);
	/* No map is left: each held a dma-buf, and that held us. */
	iput(buf->inode);
	drm_gem_object_release(gem);
	mutex_destroy(&buf->sync_lock);
	mutex_destroy(&buf->maps_lock);
	mutex_destroy(&buf->lock);
	kfree(buf);
}

/* Page offsets begin with the node's start, whatever part of the buffer is mapped. */
static vm_fault_t sl_device_fault(struct vm_fault *vmf)
{
	struct drm_gem_object *gem = vmf->vma->vm_private_data;
	struct sl_buffer *buf = to_sl_buffer(gem);
	pgoff_t node = drm_vma_node_start(&gem->vma_node);
	pgoff_t page = vmf->pgoff - node;

	if (page >= buf->npages)
		return VM_FAULT_SIGBUS;
	return sl_insert_device(buf, vmf, page, vmf->vma->vm_pgoff - node);
}

static const struct vm_operations_struct sl_device_vm_ops = {
	.fault = sl_device_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

/* Cached, unlike what the core does by default: the memory is ordinary. */
static int sl_gem_mmap(struct drm_gem_object *gem, struct vm_area_struct *vma)
{
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	return 0;
}

static const struct drm_gem_object_funcs sl_gem_funcs = {
	.free = sl_gem_free,
	.export = sl_export,
	.mmap = sl_gem_mmap,
	.vm_ops = &sl_device_vm_ops,
};

static void sl_buffer_init(struct sl_buffer *buf, struct drm_device *drm, size_t size)
{
	buf->gem.funcs = &sl_gem_funcs;
	drm_gem_private_object_init(drm, &buf->gem, size);
	INIT_LIST_HEAD(&buf->link);
	INIT_LIST_HEAD(&buf->maps);
	mutex_init(&buf->lock);
	mutex_init(&buf->maps_lock);
	mutex_init(&buf->sync_lock);
	spin_lock_init(&buf->bytes);
	buf->id = atomic_inc_return(&to_sl_device(drm)->next_id);
	buf->npages = size >> PAGE_SHIFT;
}

static struct sl_buffer *sl_buffer_create(struct drm_device *drm, size_t size)
{
	struct sl_device *sl = to_sl_device(drm);
	struct sl_defaults defaults;
	struct sl_buffer *buf;
	int ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL_ACCOUNT);
	if (!buf || sl_bracket_init(buf)) {
		kfree(buf);
		return ERR_PTR(-ENOMEM);
	}
	sl_buffer_init(buf, drm, size);
	sl_defaults_get(&defaults);
	buf->hook = defaults.hook;
	buf->params = defaults.cache;

	ret = sl_charge(buf, size);
	if (!ret)
		ret = sl_pages_alloc(buf);
	if (!ret) {
		mutex_lock(&buf->lock);
		ret = sl_mode_enter(buf, defaults.mode);
		mutex_unlock(&buf->lock);
	}
	if (ret) {
		drm_gem_object_put(&buf->gem);
		return ERR_PTR(ret);
	}
	mutex_lock(&sl->list_lock);
	list_add_tail(&buf->link, &sl->buffers);
	sl->nbuffers++;
	mutex_unlock(&sl->list_lock);
	return buf;
}

/* Adds what was counted to @value; under the buffer's lock, or when nobody else has it. */
void sl_counts(struct sl_buffer *buf, u64 *value)
{
	int i;

	/* Device work's evictions wait in the model until somebody has the lock to take them. */
	sl_mode_counts(buf);
	sl_bracket_counts(buf, value);
	for (i = SL_NBRACKET; i < DRM_STALELINE_NCOUNTERS; i++)
		value[i] += buf->count[i];
	spin_lock(&buf->bytes);
	for (i = 0; i < SL_NDEVICE; i++)
		value[DRM_STALELINE_JOB_DIRTY + i] += buf->device_count[i];
	spin_unlock(&buf->bytes);
}

/* The core has seen to it that nothing is 0 and width * height * bytes per pixel fits 32 bits. */
static int dumb_size(const struct drm_mode_create_dumb *args, u32 *pitch, u64 *size)
{
	u32 bits, bytes;

	if (check_mul_overflow(args->width, args->bpp, &bits))
		return -EINVAL;
	bytes = DIV_ROUND_UP(bits, 8);
	/* A row begins with a line: then cells of the test card are lines. */
	if (!bytes || check_add_overflow(bytes, (u32)DRM_STALELINE_LINE_SIZE - 1, pitch))
		return -EINVAL;
	*pitch = round_down(*pitch, DRM_STALELINE_LINE_SIZE);
	if (check_mul_overflow((u64)*pitch, (u64)args->height, size))
		return -EINVAL;
	if (!*size || *size > sl_max_buffer() || *size > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	*size = PAGE_ALIGN(*size);
	return 0;
}

int sl_dumb_create(struct drm_file *file, struct drm_device *drm, struct drm_mode_create_dumb *args)
{
	struct sl_buffer *buf;
	u32 pitch;
	u64 size;
	int ret;

	if (args->flags)
		return -EINVAL;
	ret = dumb_size(args, &pitch, &size);
	if (ret)
		return ret;
	buf = sl_buffer_create(drm, size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	ret = drm_gem_handle_create(file, &buf->gem, &args->handle);
	drm_gem_object_put(&buf->gem);
	if (ret)
		return ret;
	args->pitch = pitch;
	args->size = size;
	return 0;
}

/* Like the core's, but for imported buffers too: a renderer that imports one has to map it. */
int sl_dumb_map_offset(struct drm_file *file, struct drm_device *drm, u32 handle, u64 *offset)
{
	struct drm_gem_object *gem = drm_gem_object_lookup(file, handle);
	int ret;

	if (!gem)
		return -ENOENT;
	ret = drm_gem_create_mmap_offset(gem);
	if (!ret)
		*offset = drm_vma_node_offset_addr(&gem->vma_node);
	drm_gem_object_put(gem);
	return ret;
}

static void sl_foreign_free(struct drm_gem_object *gem)
{
	struct sl_foreign *foreign = container_of(gem, struct sl_foreign, gem);

	drm_prime_gem_destroy(gem, foreign->sgt);
	drm_gem_object_release(gem);
	kfree(foreign);
}

/*
 * The map becomes the exporter's own, which holds the dma-buf and not us: the reference that the
 * core took for the map goes back.
 */
static int sl_foreign_mmap(struct drm_gem_object *gem, struct vm_area_struct *vma)
{
	struct dma_buf *dmabuf = gem->import_attach->dmabuf;
	int ret;

	/* The card node is open for writing; whether the dma-buf is, its own file says (R26). */
	if (!(dmabuf->file->f_mode & FMODE_WRITE)) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = NULL;
	ret = dma_buf_mmap(dmabuf, vma, 0);
	if (!ret)
		drm_gem_object_put(gem);
	return ret;
}

/* Not NULL: a file's map without operations would be taken for anonymous memory. */
static const struct vm_operations_struct sl_foreign_vm_ops = {};

static const struct drm_gem_object_funcs sl_foreign_funcs = {
	.free = sl_foreign_free,
	.mmap = sl_foreign_mmap,
	.vm_ops = &sl_foreign_vm_ops,
};

/*
 * The core puts our operations into the map before an exporter has its say, and one that needs none
 * (system_heap) leaves them there. But nothing holds the module for such a map: what was there
 * before is the core's own.
 */
int sl_node_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct vm_operations_struct *before = vma->vm_ops;
	int ret = drm_gem_mmap(file, vma);

	if (vma->vm_ops == &sl_foreign_vm_ops)
		vma->vm_ops = before;
	return ret;
}

struct drm_gem_object *sl_import_sg(struct drm_device *drm, struct dma_buf_attachment *attach,
				    struct sg_table *sgt)
{
	struct sl_foreign *foreign = kzalloc(sizeof(*foreign), GFP_KERNEL_ACCOUNT);

	if (!foreign)
		return ERR_PTR(-ENOMEM);
	foreign->gem.funcs = &sl_foreign_funcs;
	foreign->sgt = sgt;
	drm_gem_private_object_init(drm, &foreign->gem, PAGE_ALIGN(attach->dmabuf->size));
	return &foreign->gem;
}

/* Under the lock of the list: those that live with a reference, of the others the counters. */
static size_t hold_listed(struct sl_device *sl, struct sl_buffer **bufs, u64 *value)
{
	struct sl_buffer *buf;
	size_t n = 0;

	memcpy(value, sl->past, sizeof(sl->past));
	list_for_each_entry(buf, &sl->buffers, link) {
		if (kref_get_unless_zero(&buf->gem.refcount)) {
			bufs[n++] = buf;
			continue;
		}
		/* Nobody has it but who is freeing it, and waits for the list. */
		mutex_lock(&buf->lock);
		sl_counts(buf, value);
		mutex_unlock(&buf->lock);
	}
	return n;
}

/*
 * Nobody is to wait for the list while we wait for a buffer. The references are all had at once, so
 * that each buffer is counted once: here, or in what is past.
 */
int sl_counts_all(struct sl_device *sl, u64 *value)
{
	struct sl_buffer **bufs = NULL;
	size_t room = 0, n, i;

	mutex_lock(&sl->list_lock);
	while (sl->nbuffers > room) {
		room = sl->nbuffers + 16;
		mutex_unlock(&sl->list_lock);
		kvfree(bufs);
		bufs = kvmalloc_array(room, sizeof(*bufs), SL_GFP_SIZED);
		if (!bufs)
			return -ENOMEM;
		mutex_lock(&sl->list_lock);
	}
	n = hold_listed(sl, bufs, value);
	mutex_unlock(&sl->list_lock);
	for (i = 0; i < n; i++) {
		mutex_lock(&bufs[i]->lock);
		sl_counts(bufs[i], value);
		mutex_unlock(&bufs[i]->lock);
		drm_gem_object_put(&bufs[i]->gem);
	}
	kvfree(bufs);
	return 0;
}

bool sl_is_buffer(const struct drm_gem_object *gem)
{
	return gem->funcs == &sl_gem_funcs;
}

struct sl_buffer *sl_buffer_lookup(struct drm_file *file, u32 handle)
{
	struct drm_gem_object *gem = drm_gem_object_lookup(file, handle);

	if (!gem)
		return ERR_PTR(-ENOENT);
	if (!sl_is_buffer(gem)) {
		drm_gem_object_put(gem);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return to_sl_buffer(gem);
}
