// SPDX-License-Identifier: GPL-2.0
/*
 * Device work: what jobs, scanout and writeback do to bytes. This runs on the way to signalling a
 * fence, where nothing may allocate, or wait for who does. So for bytes the innermost lock is
 * taken, a spinlock, for one page at a time; and around what is done in one go sync_lock, whose
 * holders wait for nothing. A job tries that one, and scanout waits for it (scanout.c says why).
 */
#include <linux/dma-buf.h>
#include <linux/fs.h>

#include "sl.h"

/* Through us nobody may write what its exporter gave for reading (R26). */
bool sl_may_write(const struct drm_gem_object *gem)
{
	return sl_is_buffer(gem) || gem->import_attach->dmabuf->file->f_mode & FMODE_WRITE;
}

int sl_surface_get(struct sl_surface *surface, struct drm_gem_object *gem)
{
	int ret;

	if (!sl_is_buffer(gem)) {
		ret = dma_buf_vmap_unlocked(gem->import_attach->dmabuf, &surface->map);
		if (ret)
			return ret;
	}
	drm_gem_object_get(gem);
	surface->gem = gem;
	return 0;
}

void sl_surface_put(struct sl_surface *surface)
{
	struct drm_gem_object *gem = surface->gem;

	if (!gem)
		return;
	surface->gem = NULL;
	if (!sl_is_buffer(gem))
		dma_buf_vunmap_unlocked(gem->import_attach->dmabuf, &surface->map);
	drm_gem_object_put(gem);
}

bool sl_surface_try(struct sl_surface *surface)
{
	return !sl_is_buffer(surface->gem) || sl_sync_try(to_sl_buffer(surface->gem));
}

/* Who stores nothing may do so beside others, where nobody else has mapped it. */
bool sl_surface_wait(struct sl_surface *surface, unsigned int nth, bool to_write)
{
	struct sl_buffer *buf;

	if (!sl_is_buffer(surface->gem))
		return false;
	buf = to_sl_buffer(surface->gem);
	if (!to_write && !READ_ONCE(buf->params.evict) && !sl_is_mapped(buf))
		return false;
	sl_sync_wait(buf, nth);
	return true;
}

void sl_surface_done(struct sl_surface *surface, bool wrote)
{
	if (sl_is_buffer(surface->gem))
		sl_sync_done(to_sl_buffer(surface->gem), wrote);
}

/* Under the lock of bytes: the place of @size bytes of one page, after the cache had its say. */
static void *enter(struct sl_buffer *buf, u64 at, size_t size, u32 *dirty)
{
	unsigned long page = at >> PAGE_SHIFT;
	size_t start = offset_in_page(at);
	u64 before = buf->cache.counts.evicted;

	*dirty = buf->cache.pages ? cache_device(&buf->cache, page, start, start + size) : 0;
	if (buf->cache.counts.evicted != before)
		buf->evicted = true;
	return page_address(buf->pages[page]) + start;
}

static size_t rest_of_page(u64 at, size_t size)
{
	return min_t(size_t, size, PAGE_SIZE - offset_in_page(at));
}

static void read_buffer(struct sl_buffer *buf, u64 at, void *to, size_t size,
			enum drm_staleline_counter which)
{
	while (size) {
		size_t n = rest_of_page(at, size);
		u32 dirty;

		spin_lock(&buf->bytes);
		memcpy(to, enter(buf, at, n, &dirty), n);
		buf->device_count[which - DRM_STALELINE_JOB_DIRTY] += dirty;
		spin_unlock(&buf->bytes);
		at += n;
		to += n;
		size -= n;
	}
}

static void write_buffer(struct sl_buffer *buf, u64 at, const void *from, size_t size)
{
	while (size) {
		size_t n = rest_of_page(at, size);
		u32 dirty;

		spin_lock(&buf->bytes);
		memcpy(enter(buf, at, n, &dirty), from, n);
		spin_unlock(&buf->bytes);
		at += n;
		from += n;
		size -= n;
	}
}

void sl_surface_read(struct sl_surface *surface, u64 at, void *to, size_t size,
		     enum drm_staleline_counter dirty)
{
	if (sl_is_buffer(surface->gem))
		read_buffer(to_sl_buffer(surface->gem), at, to, size, dirty);
	else
		iosys_map_memcpy_from(to, &surface->map, at, size);
}

void sl_surface_write(struct sl_surface *surface, u64 at, const void *from, size_t size)
{
	if (sl_is_buffer(surface->gem))
		write_buffer(to_sl_buffer(surface->gem), at, from, size);
	else
		iosys_map_memcpy_to(&surface->map, at, from, size);
}

u32 sl_surface_id(const struct sl_surface *surface)
{
	return sl_is_buffer(surface->gem) ? to_sl_buffer(surface->gem)->id : 0;
}

void sl_surface_count(struct sl_surface *surface, enum drm_staleline_counter which)
{
	struct sl_buffer *buf;

	if (!sl_is_buffer(surface->gem))
		return;
	buf = to_sl_buffer(surface->gem);
	spin_lock(&buf->bytes);
	buf->device_count[which - DRM_STALELINE_JOB_DIRTY]++;
	spin_unlock(&buf->bytes);
}
