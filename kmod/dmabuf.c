// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers as dma-bufs. Attachments are kept in a list and synced for the CPU and for the device
 * in the hooks of SYNC, as dma-heaps do: so this is right on a machine that really isn't
 * coherent. The core's helpers for GEM (drm_gem_map_dma_buf) skip that, and say so.
 */
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_drv.h>
#include <drm/drm_prime.h>

#include "sl.h"
#include "trace.h"

struct sl_attachment {
	struct list_head link;
	struct device *dev;
	struct sg_table sgt;
	bool mapped;
};

static struct sl_buffer *buffer_of(struct dma_buf *dmabuf)
{
	return to_sl_buffer(dmabuf->priv);
}

static int sl_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	struct sl_attachment *a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!a)
		return -ENOMEM;
	ret = sg_alloc_table_from_pages(&a->sgt, buf->pages, buf->npages, 0, buf->gem.size,
					GFP_KERNEL_ACCOUNT);
	if (ret) {
		kfree(a);
		return ret;
	}
	a->dev = attach->dev;
	attach->priv = a;
	mutex_lock(&buf->lock);
	list_add(&a->link, &buf->attachments);
	mutex_unlock(&buf->lock);
	return 0;
}

static void sl_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	struct sl_attachment *a = attach->priv;

	mutex_lock(&buf->lock);
	list_del(&a->link);
	mutex_unlock(&buf->lock);
	sg_free_table(&a->sgt);
	kfree(a);
}

static struct sg_table *sl_map(struct dma_buf_attachment *attach, enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(attach->dmabuf);
	struct sl_attachment *a = attach->priv;
	int ret;

	mutex_lock(&buf->lock);
	ret = dma_map_sgtable(a->dev, &a->sgt, dir, 0);
	if (!ret)
		a->mapped = true;
	mutex_unlock(&buf->lock);
	return ret ? ERR_PTR(ret) : &a->sgt;
}

static void sl_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
		     enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(attach->dmabuf);
	struct sl_attachment *a = attach->priv;

	mutex_lock(&buf->lock);
	a->mapped = false;
	dma_unmap_sgtable(a->dev, sgt, dir, 0);
	mutex_unlock(&buf->lock);
}

static void sync_for_cpu(struct sl_buffer *buf, enum dma_data_direction dir)
{
	struct sl_attachment *a;

	if (buf->vmaps)
		invalidate_kernel_vmap_range(buf->vaddr, buf->gem.size);
	list_for_each_entry(a, &buf->attachments, link) if (a->mapped)
		dma_sync_sgtable_for_cpu(a->dev, &a->sgt, dir);
}

static void sync_for_device(struct sl_buffer *buf, enum dma_data_direction dir)
{
	struct sl_attachment *a;

	if (buf->vmaps)
		flush_kernel_vmap_range(buf->vaddr, buf->gem.size);
	list_for_each_entry(a, &buf->attachments, link) if (a->mapped)
		dma_sync_sgtable_for_device(a->dev, &a->sgt, dir);
}

static u32 flags_of(enum dma_data_direction dir)
{
	switch (dir) {
	case DMA_FROM_DEVICE:
		return DMA_BUF_SYNC_READ;
	case DMA_TO_DEVICE:
		return DMA_BUF_SYNC_WRITE;
	default:
		return DMA_BUF_SYNC_RW;
	}
}

/* hook=wait-first. The core waits once more afterwards, and then finds nothing to wait for. */
static int wait_first(struct sl_buffer *buf, u32 flags)
{
	long left;

	if (READ_ONCE(buf->hook) != DRM_STALELINE_HOOK_WAIT_FIRST)
		return 0;
	left = dma_resv_wait_timeout(buf->gem.resv, dma_resv_usage_rw(flags & DMA_BUF_SYNC_WRITE),
				     true, MAX_SCHEDULE_TIMEOUT);
	return left < 0 ? left : 0;
}

/* The failure asked for by inject=, or 0. Before anything else is done: R8 says to come again. */
static int inject(struct sl_buffer *buf)
{
	static const int errors[] = { 0, -EINTR, -EAGAIN };
	int ret;

	if (!READ_ONCE(buf->params.inject))
		return 0;
	mutex_lock(&buf->lock);
	buf->cache.params.inject = buf->params.inject;
	ret = errors[cache_inject(&buf->cache)];
	buf->params.inject = buf->cache.params.inject;
	if (ret)
		sl_count(buf, DRM_STALELINE_INJECTED, 1);
	mutex_unlock(&buf->lock);
	return ret;
}

static int sl_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	u32 flags = flags_of(dir);
	int ret;

	ret = inject(buf);
	if (!ret)
		ret = wait_first(buf, flags);
	if (ret)
		return ret;
	mutex_lock(&buf->lock);
	/* All that can fail comes before anything is changed. */
	ret = sl_mode_prepare(buf, flags);
	if (!ret)
		ret = sl_bracket_start(buf, flags);
	if (!ret) {
		sync_for_cpu(buf, dir);
		sl_mode_start(buf, flags);
	}
	mutex_unlock(&buf->lock);
	trace_staleline_start(buf->id, flags, ret);
	return ret;
}

static int sl_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	u32 flags = flags_of(dir);
	int ret;

	ret = inject(buf);
	if (ret)
		return ret;
	mutex_lock(&buf->lock);
	sl_bracket_end(buf, flags);
	sl_mode_end(buf, flags);
	sync_for_device(buf, dir);
	mutex_unlock(&buf->lock);
	trace_staleline_end(buf->id, flags, 0);
	return 0;
}

static int sl_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return sl_cpu_mmap(buffer_of(dmabuf), vma);
}

/* A kernel map is a driver's, so it is the device side. */
static int sl_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	int ret = 0;

	mutex_lock(&buf->lock);
	if (!buf->vmaps)
		buf->vaddr = vmap(buf->pages, buf->npages, VM_MAP, PAGE_KERNEL);
	if (buf->vaddr) {
		buf->vmaps++;
		iosys_map_set_vaddr(map, buf->vaddr);
	} else {
		ret = -ENOMEM;
	}
	mutex_unlock(&buf->lock);
	return ret;
}

static void sl_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct sl_buffer *buf = buffer_of(dmabuf);

	mutex_lock(&buf->lock);
	if (!--buf->vmaps) {
		vunmap(buf->vaddr);
		buf->vaddr = NULL;
	}
	mutex_unlock(&buf->lock);
	iosys_map_clear(map);
}

static void sl_release(struct dma_buf *dmabuf)
{
	struct sl_buffer *buf = buffer_of(dmabuf);

	struct inode *inode;

	mutex_lock(&buf->lock);
	inode = buf->inode;
	buf->inode = NULL;
	mutex_unlock(&buf->lock);
	iput(inode);
	drm_gem_dmabuf_release(dmabuf);
}

static const struct dma_buf_ops sl_dmabuf_ops = {
	.attach = sl_attach,
	.detach = sl_detach,
	.map_dma_buf = sl_map,
	.unmap_dma_buf = sl_unmap,
	.begin_cpu_access = sl_begin_cpu_access,
	.end_cpu_access = sl_end_cpu_access,
	.mmap = sl_mmap,
	.vmap = sl_vmap,
	.vunmap = sl_vunmap,
	.release = sl_release,
};

bool sl_is_ours(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &sl_dmabuf_ops;
}

/*
 * The core gives all dma-bufs of a device one mapping, and zapping it would zap the maps of other
 * buffers: a trap would see touches that are none. So each keeps its own inode's. The inode is
 * held, as the file lets go of it before sl_release() is called.
 */
static void keep_own_mapping(struct sl_buffer *buf, struct file *file)
{
	struct inode *inode = file_inode(file);

	file->f_mapping = inode->i_mapping;
	ihold(inode);
	mutex_lock(&buf->lock);
	buf->inode = inode;
	mutex_unlock(&buf->lock);
}

/*
 * Always writable: whoever exports first fixes the mode for good, and some ask for a read-only
 * descriptor (gbm_bo_get_fd() of a software driver). An object has one dma-buf at a time.
 */
struct dma_buf *sl_export(struct drm_gem_object *gem, int flags)
{
	struct sl_buffer *buf = to_sl_buffer(gem);
	struct dma_buf_export_info info = {
		.exp_name = KBUILD_MODNAME,
		.owner = gem->dev->driver->fops->owner,
		.ops = &sl_dmabuf_ops,
		.size = gem->size,
		.flags = flags | O_RDWR,
		.priv = gem,
		.resv = gem->resv,
	};
	struct dma_buf *dmabuf = drm_gem_dmabuf_export(gem->dev, &info);

	if (!IS_ERR(dmabuf))
		keep_own_mapping(buf, dmabuf->file);
	return dmabuf;
}
