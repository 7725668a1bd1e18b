// SPDX-License-Identifier: GPL-2.0
/* Buffers as dma-bufs: the two hooks of SYNC, what makes one, and who is handed one. */
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include <drm/drm_drv.h>
#include <drm/drm_prime.h>

#include "sl.h"
#include "trace.h"

static struct sl_buffer *buffer_of(const struct dma_buf *dmabuf)
{
	return to_sl_buffer(dmabuf->priv);
}

/* The one is the other the other way round. */
static u32 flags_of(enum dma_data_direction dir)
{
	BUILD_BUG_ON(DMA_BUF_SYNC_RW - DMA_BIDIRECTIONAL != DMA_BUF_SYNC_RW ||
		     DMA_BUF_SYNC_RW - DMA_TO_DEVICE != DMA_BUF_SYNC_WRITE ||
		     DMA_BUF_SYNC_RW - DMA_FROM_DEVICE != DMA_BUF_SYNC_READ);
	/* DMA_NONE is no direction: a driver that says so is taken at its worst. */
	return dir == DMA_NONE ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_RW - dir;
}

/* hook=wait-first. The core waits once more afterwards, and then finds nothing to wait for. */
static int wait_first(struct sl_buffer *buf, u32 flags)
{
	long left;

	left = dma_resv_wait_timeout(buf->gem.resv, dma_resv_usage_rw(flags & DMA_BUF_SYNC_WRITE),
				     true, MAX_SCHEDULE_TIMEOUT);
	return left < 0 ? left : 0;
}

/* The failure asked for by inject=, or 0. Before anything else is done: R8 says to come again. */
static int inject(struct sl_buffer *buf)
{
	static const int errors[] = { 0, -EINTR, -EAGAIN };
	int ret;

	mutex_lock(&buf->lock);
	buf->cache.params.inject = buf->params.inject;
	ret = errors[cache_inject(&buf->cache)];
	buf->params.inject = buf->cache.params.inject;
	if (ret)
		sl_count(buf, DRM_STALELINE_INJECTED, 1);
	mutex_unlock(&buf->lock);
	return ret;
}

/*
 * A kernel thread has no bracket: it is a driver that reads or writes through its kernel map, on
 * the device side. A driver that does so in a system call can't be told from DMA_BUF_IOCTL_SYNC.
 */
static bool is_driver(void)
{
	return current->flags & PF_KTHREAD;
}

static int start_locked(struct sl_buffer *buf, u32 flags)
{
	/* Asked once: a process may die at any time, and what is prepared must be what is done. */
	u32 others = sl_bracket_others(buf);
	int ret;

	/* All that can fail comes before anything is changed. */
	ret = sl_mode_prepare(buf, flags, others);
	if (!ret)
		ret = sl_bracket_start(buf, flags);
	if (!ret)
		sl_mode_start(buf, flags, others);
	return ret;
}

/*
 * Where the quick way is closed. Most of the time nothing has to move even here: the process is
 * another one than before, and a bracket only has to be kept. Whoever changes the mode meanwhile
 * comes after this START or END, or before it and has left nothing in the cache for it to do.
 *
 * Not inline, here and below: what the quick way would save and restore for it costs as much as
 * the quick way itself.
 */
static noinline int begin_slowly(struct sl_buffer *buf, u32 flags)
{
	int ret;

	if (is_driver()) {
		sl_sync_for_cpu(buf);
		return 0;
	}
	ret = READ_ONCE(buf->params.inject) ? inject(buf) : 0;
	if (!ret && READ_ONCE(buf->hook) == DRM_STALELINE_HOOK_WAIT_FIRST)
		ret = wait_first(buf, flags);
	if (ret)
		return ret;
	if (sl_nothing_moves(buf)) {
		ret = sl_bracket_start(buf, flags);
		/* It may be mapped since, and device work be at it, which saw no bracket. */
		if (!ret)
			sl_sync_for_cpu(buf);
	} else {
		mutex_lock(&buf->lock);
		ret = start_locked(buf, flags);
		mutex_unlock(&buf->lock);
	}
	trace_staleline_start(buf->id, flags, ret);
	return ret;
}

static int sl_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	u32 flags = flags_of(dir);

	if (!sl_bracket_start_quickly(&buf->brackets, flags))
		return begin_slowly(buf, flags);
	trace_staleline_start(buf->id, flags, 0);
	return 0;
}

static noinline int end_slowly(struct sl_buffer *buf, u32 flags)
{
	int ret;

	if (is_driver()) {
		if (flags & DMA_BUF_SYNC_WRITE)
			sl_sync_for_device(buf);
		return 0;
	}
	ret = READ_ONCE(buf->params.inject) ? inject(buf) : 0;
	if (ret)
		return ret;
	if (sl_nothing_moves(buf)) {
		sl_bracket_end(buf, flags);
	} else {
		mutex_lock(&buf->lock);
		/* First, as what it does depends on which brackets are open. */
		sl_mode_end(buf, flags);
		sl_bracket_end(buf, flags);
		mutex_unlock(&buf->lock);
	}
	trace_staleline_end(buf->id, flags, 0);
	return 0;
}

static int sl_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct sl_buffer *buf = buffer_of(dmabuf);
	u32 flags = flags_of(dir);

	if (!sl_bracket_end_quickly(&buf->brackets, flags))
		return end_slowly(buf, flags);
	trace_staleline_end(buf->id, flags, 0);
	return 0;
}

static int sl_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return sl_cpu_mmap(buffer_of(dmabuf), vma);
}

static const struct dma_buf_ops sl_dmabuf_ops = {
	.map_dma_buf = sl_map,
	.unmap_dma_buf = sl_unmap,
	.begin_cpu_access = sl_begin_cpu_access,
	.end_cpu_access = sl_end_cpu_access,
	.mmap = sl_mmap,
	.vmap = sl_vmap,
	.vunmap = sl_vunmap,
	.release = drm_gem_dmabuf_release,
};

static bool is_ours(const struct dma_buf *dmabuf, const struct drm_device *drm)
{
	return dmabuf->ops == &sl_dmabuf_ops && buffer_of(dmabuf)->gem.dev == drm;
}

/*
 * The core's lock of an object's dma-buf is held, and the core wants that to be the one imported:
 * WARN. But a buffer may have come to have another (see below), and while it has that, the older
 * one is refused: it can still be mapped, and sees all that the buffer is.
 */
static struct drm_gem_object *import_own(struct dma_buf *dmabuf)
{
	struct drm_gem_object *gem = dmabuf->priv;

	lockdep_assert_held(&gem->dev->object_name_lock);
	if (gem->dma_buf && gem->dma_buf != dmabuf)
		return ERR_PTR(-EBUSY);
	drm_gem_object_get(gem);
	return gem;
}

/* The core recognises only dma-bufs with its own operations as a driver's own. */
struct drm_gem_object *sl_import(struct drm_device *drm, struct dma_buf *dmabuf)
{
	if (is_ours(dmabuf, drm))
		return import_own(dmabuf);
	return drm_gem_prime_import(drm, dmabuf);
}

/*
 * The core gives all dma-bufs of a device one mapping, and zapping it would zap the maps of other
 * buffers: a trap would see touches that are none. So each buffer has one: that of its first
 * dma-buf's inode, held until the buffer goes. A buffer can come to have a second dma-buf beside
 * the first, and a zap must reach the maps of both: what they show is freed afterwards.
 *
 * How it comes to that: the last handle is closed, a framebuffer still has the buffer, and GETFB2
 * gives a new handle, to be exported. So until about Linux 6.15; since then, and in 6.12's later
 * stable kernels, a framebuffer has a share in the handle, and there is but one dma-buf.
 */
static void keep_own_mapping(struct sl_buffer *buf, struct file *file)
{
	mutex_lock(&buf->lock);
	if (!buf->inode) {
		buf->inode = file_inode(file);
		ihold(buf->inode);
	}
	file->f_mapping = buf->inode->i_mapping;
	mutex_unlock(&buf->lock);
}

/*
 * Always writable: whoever exports first fixes the mode for good, and some ask for a read-only
 * descriptor (gbm_bo_get_fd() of a software driver).
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
