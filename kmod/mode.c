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
		if (!(i % 1024))
			cond_resched();
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
	pages = kvcalloc(buf->npages, sizeof(*pages), SL_GFP_SIZED);
	cached = bitmap_zalloc(buf->npages, SL_GFP_SIZED);
	young = bitmap_zalloc(buf->npages, SL_GFP_SIZED);
	if (!pages || !cached || !young) {
		kvfree(pages);
		bitmap_free(cached);
		bitmap_free(young);
		sl_uncharge(buf, 2 * (u64)buf->gem.size);
		return -ENOMEM;
	}
	for (i = 0; i < buf->npages; i++) {
		pages[i].device = page_address(buf->pages[i]);
		if (!(i % 1024))
			cond_resched();
	}
	cache_init(&fresh, &buf->bytes, pages, buf->npages, cached, young, &buf->params);
	swap_cache(buf, &fresh);
	return 0;
}

static void free_touched(struct sl_buffer *buf)
{
	int i;

	for (i = 0; i < 2; i++) {
		bitmap_free(buf->touched[i]);
		buf->touched[i] = NULL;
	}
}

static int enter_trap(struct sl_buffer *buf)
{
	buf->touched[0] = bitmap_zalloc(buf->npages, SL_GFP_SIZED);
	buf->touched[1] = bitmap_zalloc(buf->npages, SL_GFP_SIZED);
	if (buf->touched[0] && buf->touched[1])
		return 0;
	free_touched(buf);
	return -ENOMEM;
}

/* Has the cache stored anything on the device side since the last time? */
static bool has_stored(struct sl_buffer *buf)
{
	bool stored;

	spin_lock(&buf->bytes);
	stored = buf->cache.counts.written || buf->cache.counts.evicted;
	spin_unlock(&buf->bytes);
	return stored;
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

/* After sl_sync_enter(), and what moved lines. */
static void moved(struct sl_buffer *buf)
{
	sl_sync_leave(buf, has_stored(buf));
	sl_mode_counts(buf);
}

/* To coherent; nothing that was stored is lost. */
void sl_mode_leave(struct sl_buffer *buf)
{
	sl_zap(buf);
	if (buf->mode == DRM_STALELINE_MODE_NONCOHERENT) {
		sl_sync_enter(buf);
		cache_empty(&buf->cache);
		moved(buf);
		free_cache(buf);
		sl_uncharge(buf, 2 * (u64)buf->gem.size);
	} else if (buf->mode == DRM_STALELINE_MODE_TRAP) {
		free_touched(buf);
	}
	WRITE_ONCE(buf->mode, DRM_STALELINE_MODE_COHERENT);
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
	WRITE_ONCE(buf->mode, mode);
	return 0;
}

/*
 * Junk is what a bracket finds that allows stores. Where none is open any more it ends, also if its
 * END had other flags or never came.
 */
static void settle(struct sl_buffer *buf)
{
	if (buf->cache.poisoned && !(sl_bracket_allowed(buf) & DMA_BUF_SYNC_WRITE))
		cache_unpoison(&buf->cache);
}

/*
 * Before a START, all that it will allocate: poisoning needs a base for each cached page. And the
 * sync of the other modes: from the moment that the bracket is open, device work leaves it to us.
 */
int sl_mode_prepare(struct sl_buffer *buf, u32 flags, u32 others)
{
	struct cache *c = &buf->cache;
	unsigned long i;

	if (buf->mode != DRM_STALELINE_MODE_NONCOHERENT) {
		sl_sync_for_cpu(buf);
		return 0;
	}
	settle(buf);
	if (!cache_poisons(c, flags, others))
		return 0;
	for_each_set_bit(i, c->cached, c->npages) {
		if (c->pages[i].base)
			continue;
		c->pages[i].base = copy_alloc();
		if (!c->pages[i].base)
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static void start_again(struct sl_buffer *buf)
{
	bitmap_zero(buf->touched[0], buf->npages);
	bitmap_zero(buf->touched[1], buf->npages);
}

/*
 * Lines that move are real stores to and loads from the device side: on a machine that really isn't
 * coherent whoever has mapped it must see them, and we what it wrote. So every entry that may move
 * some is enclosed in a sync, whichever side it is for.
 */
static void start_noncoherent(struct sl_buffer *buf, u32 flags, u32 others)
{
	/* Nobody may store while lines are refilled. write=none refills nothing. */
	if (flags & DMA_BUF_SYNC_READ || buf->params.write != DRM_STALELINE_WRITE_NONE ||
	    buf->params.fetch)
		sl_zap(buf);
	sl_sync_enter(buf);
	cache_start(&buf->cache, flags, others);
	moved(buf);
}

void sl_mode_start(struct sl_buffer *buf, u32 flags, u32 others)
{
	switch (buf->mode) {
	case DRM_STALELINE_MODE_NONCOHERENT:
		start_noncoherent(buf, flags, others);
		break;
	case DRM_STALELINE_MODE_TRAP:
		start_again(buf);
		if (flags & DMA_BUF_SYNC_READ)
			sl_zap(buf);
		fallthrough;
	default:
		sl_sync_wait_out(buf);
	}
}

static void end_noncoherent(struct sl_buffer *buf, u32 flags)
{
	settle(buf);
	if (buf->params.fetch)
		sl_zap(buf);
	sl_sync_enter(buf);
	cache_end(&buf->cache, flags);
	moved(buf);
}

void sl_mode_end(struct sl_buffer *buf, u32 flags)
{
	switch (buf->mode) {
	case DRM_STALELINE_MODE_NONCOHERENT:
		end_noncoherent(buf, flags);
		break;
	case DRM_STALELINE_MODE_TRAP:
		start_again(buf);
		sl_zap(buf);
		fallthrough;
	default:
		/* Who only read has nothing for a device, which may have written meanwhile. */
		if (flags & DMA_BUF_SYNC_WRITE)
			sl_sync_for_device(buf);
	}
}

void sl_mode_tick(struct sl_buffer *buf)
{
	if (buf->mode != DRM_STALELINE_MODE_NONCOHERENT)
		return;
	if (buf->params.fetch)
		sl_zap(buf);
	sl_sync_enter(buf);
	cache_tick(&buf->cache);
	moved(buf);
}

static vm_fault_t touch_noncoherent(struct sl_buffer *buf, pgoff_t page, bool write)
{
	struct cache *c = &buf->cache;

	settle(buf);
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
	/* Filled from the device side. In a bracket START has synced that for the CPU. */
	if (!test_bit(page, c->cached) && !sl_bracket_allowed(buf))
		sl_sync_for_cpu(buf);
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

struct page *sl_mode_page(struct sl_buffer *buf, pgoff_t page)
{
	if (buf->mode == DRM_STALELINE_MODE_NONCOHERENT)
		return virt_to_page(buf->cache.pages[page].cpu);
	return buf->pages[page];
}
