// SPDX-License-Identifier: GPL-2.0
/*
 * What the three modes do at a bracket and at a touch. coherent: nothing. noncoherent: the model
 * of cache.c. trap: zap, and look who comes.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "sl.h"

static u8 *copy_alloc(void)
{
	return (u8 *)__get_free_page(GFP_KERNEL_ACCOUNT);
}

/* From here on, or no longer, device work finds the model. It takes this lock and no other. */
static struct cache swap_cache(struct sl_buffer *buf, const struct cache *new)
{
	struct cache old;

	spin_lock(&buf->bytes);
	old = buf->cache;
	buf->cache = *new;
	spin_unlock(&buf->bytes);
	return old;
}

static void free_cache(struct sl_buffer *buf)
{
	const struct cache none = { .params = buf->params };
	struct cache old = swap_cache(buf, &none);
	unsigned long i;

	for (i = 0; i < buf->npages; i++) {
		free_page((unsigned long)old.pages[i].cpu);
		free_page((unsigned long)old.pages[i].base);
	}
	kvfree(old.pages);
	bitmap_free(old.cached);
	bitmap_free(old.young);
}

/* Copies and bases are charged at once: a fault must not be what finds the limit. */
static int enter_noncoherent(struct sl_buffer *buf)
{
	struct cache_page *pages;
	unsigned long *cached, *young, i;
	struct cache fresh;

	if (sl_charge(buf, 2 * (u64)buf->gem.size))
		return -ENOMEM;
	pages = kvcalloc(buf->npages, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	cached = bitmap_zalloc(buf->npages, GFP_KERNEL_ACCOUNT);
	young = bitmap_zalloc(buf->npages, GFP_KERNEL_ACCOUNT);
	if (!pages || !cached || !young) {
		kvfree(pages);
		bitmap_free(cached);
		bitmap_free(young);
		sl_uncharge(buf, 2 * (u64)buf->gem.size);
		return -ENOMEM;
	}
	for (i = 0; i < buf->npages; i++)
		pages[i].device = page_address(buf->pages[i]);
	cache_init(&fresh, &buf->bytes, pages, buf->npages, cached, young, &buf->params);
	swap_cache(buf, &fresh);
	return 0;
}

static int enter_trap(struct sl_buffer *buf)
{
	buf->touched[0] = bitmap_zalloc(buf->npages, GFP_KERNEL_ACCOUNT);
	buf->touched[1] = bitmap_zalloc(buf->npages, GFP_KERNEL_ACCOUNT);
	if (buf->touched[0] && buf->touched[1])
		return 0;
	bitmap_free(buf->touched[0]);
	bitmap_free(buf->touched[1]);
	buf->touched[0] = NULL;
	buf->touched[1] = NULL;
	return -ENOMEM;
}

/* What the cache counted since the last time becomes the buffer's and the device's. */
void sl_mode_counts(struct sl_buffer *buf)
{
	struct cache_counts counts;

	spin_lock(&buf->bytes);
	counts = buf->cache.counts;
	memset(&buf->cache.counts, 0, sizeof(buf->cache.counts));
	spin_unlock(&buf->bytes);
	sl_count(buf, DRM_STALELINE_LOOKED_AT, counts.looked_at);
	sl_count(buf, DRM_STALELINE_REFILLED, counts.refilled);
	sl_count(buf, DRM_STALELINE_WRITTEN, counts.written);
	sl_count(buf, DRM_STALELINE_DISCARDED, counts.discarded);
	sl_count(buf, DRM_STALELINE_EVICTED, counts.evicted);
	sl_count(buf, DRM_STALELINE_FETCHED, counts.fetched);
	sl_count(buf, DRM_STALELINE_STALE_READ, counts.stale_read);
}

/* To coherent; nothing that was stored is lost. */
void sl_mode_leave(struct sl_buffer *buf)
{
	sl_zap(buf);
	if (buf->mode == DRM_STALELINE_MODE_NONCOHERENT) {
		cache_empty(&buf->cache);
		sl_mode_counts(buf);
		free_cache(buf);
		sl_uncharge(buf, 2 * (u64)buf->gem.size);
	} else if (buf->mode == DRM_STALELINE_MODE_TRAP) {
		bitmap_free(buf->touched[0]);
		bitmap_free(buf->touched[1]);
		buf->touched[0] = NULL;
		buf->touched[1] = NULL;
	}
	buf->mode = DRM_STALELINE_MODE_COHERENT;
}

/*
 * What the new mode needs is had before the old one is left: 0, or -ENOMEM and nothing has
 * changed. Modes share nothing, so both can be there at once.
 */
int sl_mode_enter(struct sl_buffer *buf, u32 mode)
{
	int ret = 0;

	if (mode == buf->mode)
		return 0;
	if (mode == DRM_STALELINE_MODE_NONCOHERENT)
		ret = enter_noncoherent(buf);
	else if (mode == DRM_STALELINE_MODE_TRAP)
		ret = enter_trap(buf);
	if (ret)
		return ret;
	sl_mode_leave(buf);
	buf->mode = mode;
	return 0;
}

/* Before a START, all that it will allocate: poisoning needs a base for each cached page. */
int sl_mode_prepare(struct sl_buffer *buf, u32 flags)
{
	struct cache *c = &buf->cache;
	unsigned long i;

	if (buf->mode != DRM_STALELINE_MODE_NONCOHERENT || !cache_poisons(c, flags, 0))
		return 0;
	for_each_set_bit(i, c->cached, c->npages)
	{
		if (c->pages[i].base)
			continue;
		c->pages[i].base = copy_alloc();
		if (!c->pages[i].base)
			return -ENOMEM;
	}
	return 0;
}

static void start_again(struct sl_buffer *buf)
{
	bitmap_zero(buf->touched[0], buf->npages);
	bitmap_zero(buf->touched[1], buf->npages);
}

void sl_mode_start(struct sl_buffer *buf, u32 flags)
{
	switch (buf->mode) {
	case DRM_STALELINE_MODE_NONCOHERENT:
		/* Nobody may store while lines are refilled. write=none refills nothing. */
		if (flags & DMA_BUF_SYNC_READ || buf->params.write != DRM_STALELINE_WRITE_NONE ||
		    buf->params.fetch)
			sl_zap(buf);
		cache_start(&buf->cache, flags, 0);
		sl_mode_counts(buf);
		break;
	case DRM_STALELINE_MODE_TRAP:
		start_again(buf);
		if (flags & DMA_BUF_SYNC_READ)
			sl_zap(buf);
		break;
	}
}

void sl_mode_end(struct sl_buffer *buf, u32 flags)
{
	switch (buf->mode) {
	case DRM_STALELINE_MODE_NONCOHERENT:
		if (buf->params.fetch)
			sl_zap(buf);
		cache_end(&buf->cache, flags);
		sl_mode_counts(buf);
		break;
	case DRM_STALELINE_MODE_TRAP:
		start_again(buf);
		sl_zap(buf);
		break;
	}
}

void sl_mode_tick(struct sl_buffer *buf)
{
	if (buf->mode != DRM_STALELINE_MODE_NONCOHERENT)
		return;
	if (buf->params.fetch)
		sl_zap(buf);
	cache_tick(&buf->cache);
	sl_mode_counts(buf);
}

static vm_fault_t touch_noncoherent(struct sl_buffer *buf, pgoff_t page, bool write)
{
	struct cache *c = &buf->cache;

	if (cache_needs_copy(c, page)) {
		c->pages[page].cpu = copy_alloc();
		if (!c->pages[page].cpu)
			return VM_FAULT_OOM;
	}
	if (cache_needs_base(c, page, write)) {
		c->pages[page].base = copy_alloc();
		if (!c->pages[page].base)
			return VM_FAULT_OOM;
	}
	cache_touch(c, page, write);
	return 0;
}

vm_fault_t sl_mode_touch(struct sl_buffer *buf, pgoff_t page, bool write)
{
	u32 allowed;

	switch (buf->mode) {
	case DRM_STALELINE_MODE_NONCOHERENT:
		return touch_noncoherent(buf, page, write);
	case DRM_STALELINE_MODE_TRAP:
		allowed = sl_bracket_allowed(buf);
		if (!(allowed & (write ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ)))
			return sl_trap(buf, page, write, allowed);
		return 0;
	default:
		return 0;
	}
}
