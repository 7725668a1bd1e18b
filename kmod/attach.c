// SPDX-License-Identifier: GPL-2.0
/*
 * The maps that importing drivers and the kernel have of a buffer. They are kept in a list, and
 * synced for the CPU and for the device as dma-heaps do: so this is right on a machine that
 * really isn't coherent. The core's helpers for GEM (drm_gem_map_dma_buf) skip that, and say so.
 *
 * Their locks are their own: map_dma_buf comes with dma_resv held, and is not to wait for a fault
 * that allocates. A first one doesn't wait for a bracket that looks at a whole buffer either.
 *
 * A sync for the CPU drops what was stored since the last one for the device. So whoever stores to
 * the device side does it between the two, and holds sync_lock meanwhile: brackets that write lines
 * back, and device work. And where the CPU's own stores have not been written back yet device work
 * leaves the sync for the CPU to START.
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "sl.h"

/*
 * A table for each map, and not for each attachment: an importer may map one attachment several
 * times.
 */
struct sl_map {
	struct list_head link;
	struct device *dev;
	enum dma_data_direction dir;
	struct sg_table sgt;
};

/*
 * Has the CPU stored what a sync for the CPU would drop? In an open bracket it may have, and its
 * START has synced, or is about to. In noncoherent mode such stores are on the CPU side, and safe.
 */
static bool has_stores(struct sl_buffer *buf)
{
	return READ_ONCE(buf->moving) || (READ_ONCE(buf->mode) != DRM_STALELINE_MODE_NONCOHERENT &&
					  sl_bracket_allowed(buf) & DMA_BUF_SYNC_WRITE);
}

/*
 * Listed before it is mapped: what is stored after that moment is written back by an END, and no
 * longer by the mapping. So from before it on no END is quick; those that find it listed wait for
 * the lock. dma_map_sgtable() may be called in atomic context, so it waits for nothing.
 */
static int map_listed(struct sl_buffer *buf, struct sl_map *map)
{
	int ret;

	mutex_lock(&buf->sync_lock);
	list_add(&map->link, &buf->maps);
	sl_bracket_slow(buf);
	ret = dma_map_sgtable(map->dev, &map->sgt, map->dir, 0);
	if (ret)
		list_del(&map->link);
	mutex_unlock(&buf->sync_lock);
	return ret;
}

struct sg_table *sl_map(struct dma_buf_attachment *attach, enum dma_data_direction dir)
{
	struct sl_buffer *buf = to_sl_buffer(attach->dmabuf->priv);
	struct sl_map *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	unsigned int most;
	int ret;

	if (!map)
		return ERR_PTR(-ENOMEM);
	map->dev = attach->dev;
	map->dir = dir;
	/* No longer in one piece than the device takes, or than a copy can be (swiotlb). */
	most = min_t(size_t, dma_max_mapping_size(map->dev), dma_get_max_seg_size(map->dev));
	most = max_t(unsigned int, most, PAGE_SIZE);
	ret = sg_alloc_table_from_pages_segment(&map->sgt, buf->pages, buf->npages, 0,
						buf->gem.size, most, GFP_KERNEL_ACCOUNT);
	if (ret)
		goto free_map;
	ret = map_listed(buf, map);
	if (ret)
		goto free_table;
	return &map->sgt;

free_table:
	sg_free_table(&map->sgt);
free_map:
	kfree(map);
	return ERR_PTR(ret);
}

void sl_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt, enum dma_data_direction dir)
{
	struct sl_buffer *buf = to_sl_buffer(attach->dmabuf->priv);
	struct sl_map *map = container_of(sgt, struct sl_map, sgt);
	unsigned long attrs = 0;

	/* Listed until it is gone: a quick END before that would leave stores to be lost. */
	mutex_lock(&buf->sync_lock);
	if (has_stores(buf))
		attrs = DMA_ATTR_SKIP_CPU_SYNC;
	dma_unmap_sgtable(map->dev, sgt, dir, attrs);
	list_del(&map->link);
	mutex_unlock(&buf->sync_lock);
	sg_free_table(sgt);
	kfree(map);
}

/* A kernel map is a driver's, so it is the device side. */
int sl_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct sl_buffer *buf = to_sl_buffer(dmabuf->priv);
	int ret = 0;

	mutex_lock(&buf->maps_lock);
	if (!buf->vaddr)
		buf->vaddr = vmap(buf->pages, buf->npages, VM_MAP, PAGE_KERNEL);
	if (buf->vaddr) {
		buf->vmaps++;
		sl_bracket_slow(buf);
		iosys_map_set_vaddr(map, buf->vaddr);
	} else {
		ret = -ENOMEM;
	}
	mutex_unlock(&buf->maps_lock);
	return ret;
}

void sl_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct sl_buffer *buf = to_sl_buffer(dmabuf->priv);

	mutex_lock(&buf->maps_lock);
	if (!--buf->vmaps) {
		vunmap(buf->vaddr);
		buf->vaddr = NULL;
	}
	mutex_unlock(&buf->maps_lock);
	iosys_map_clear(map);
}

/* In the direction in which each is mapped, as the DMA API asks, and not in the CPU's. */
static void maps_for_cpu(struct sl_buffer *buf)
{
	struct sl_map *map;

	list_for_each_entry(map, &buf->maps, link)
		dma_sync_sgtable_for_cpu(map->dev, &map->sgt, map->dir);
}

static void maps_for_device(struct sl_buffer *buf)
{
	struct sl_map *map;

	list_for_each_entry(map, &buf->maps, link)
		dma_sync_sgtable_for_device(map->dev, &map->sgt, map->dir);
}

static void lock_for_cpu(struct sl_buffer *buf)
{
	mutex_lock(&buf->maps_lock);
	if (buf->vaddr)
		invalidate_kernel_vmap_range(buf->vaddr, buf->gem.size);
	mutex_lock(&buf->sync_lock);
	if (!READ_ONCE(buf->moving))
		maps_for_cpu(buf);
}

static void unlock_for_device(struct sl_buffer *buf)
{
	if (buf->vaddr)
		flush_kernel_vmap_range(buf->vaddr, buf->gem.size);
	maps_for_device(buf);
	mutex_unlock(&buf->sync_lock);
	mutex_unlock(&buf->maps_lock);
}

static void unlock(struct sl_buffer *buf)
{
	mutex_unlock(&buf->sync_lock);
	mutex_unlock(&buf->maps_lock);
}

void sl_sync_for_cpu(struct sl_buffer *buf)
{
	if (!sl_is_mapped(buf))
		return;
	lock_for_cpu(buf);
	unlock(buf);
}

void sl_sync_for_device(struct sl_buffer *buf)
{
	if (!sl_is_mapped(buf))
		return;
	mutex_lock(&buf->maps_lock);
	mutex_lock(&buf->sync_lock);
	unlock_for_device(buf);
}

void sl_sync_enter(struct sl_buffer *buf)
{
	if (!sl_is_mapped(buf)) {
		/* And again: either we see who maps it now, or it is seen that lines move. */
		WRITE_ONCE(buf->moving, true);
		if (!sl_is_mapped(buf))
			return;
		WRITE_ONCE(buf->moving, false);
	}
	lock_for_cpu(buf);
}

/*
 * Who came in between is owed a sync, too: what it was mapped with has changed since. Where nothing
 * was stored a device keeps what it wrote meanwhile.
 */
void sl_sync_leave(struct sl_buffer *buf, bool stored)
{
	if (buf->moving) {
		if (stored)
			sl_sync_for_device(buf);
		WRITE_ONCE(buf->moving, false);
	} else if (stored) {
		unlock_for_device(buf);
	} else {
		unlock(buf);
	}
}

void sl_sync_wait_out(struct sl_buffer *buf)
{
	if (!sl_is_mapped(buf))
		return;
	mutex_lock(&buf->sync_lock);
	mutex_unlock(&buf->sync_lock);
}

static void begin_device_work(struct sl_buffer *buf)
{
	if (!list_empty(&buf->maps) && !has_stores(buf))
		maps_for_cpu(buf);
}

bool sl_sync_try(struct sl_buffer *buf)
{
	if (!mutex_trylock(&buf->sync_lock))
		return false;
	begin_device_work(buf);
	return true;
}

void sl_sync_wait(struct sl_buffer *buf, unsigned int nth)
{
	mutex_lock_nested(&buf->sync_lock, nth);
	begin_device_work(buf);
}

/* Who has only read, and evicted nothing, leaves to a device what that has written meanwhile. */
void sl_sync_done(struct sl_buffer *buf, bool wrote)
{
	spin_lock(&buf->bytes);
	wrote |= buf->evicted;
	buf->evicted = false;
	spin_unlock(&buf->bytes);
	if (wrote)
		maps_for_device(buf);
	mutex_unlock(&buf->sync_lock);
}
