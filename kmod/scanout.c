// SPDX-License-Identifier: GPL-2.0
/*
 * Scanout: composing what is shown, row by row, from the device side of its buffers. The work runs
 * for each picture that is new, for each vblank while CRCs are read, and for who waits for a
 * picture. Else an idle screen costs nothing.
 *
 * It signals the fences of writebacks, so nothing here allocates, or waits for who does. It takes
 * spinlocks, for a page of bytes each, and around a whole picture one kind of mutex: sync_lock of
 * the buffers that others have mapped, or that it may change (a writeback's, or by evictions). It
 * waits for that, where a job tries it and comes again. Nobody who holds it waits for anything, and
 * it is given to who waits longest: so the picture is late and not lost. Who tries may never find
 * it free beside a program that has one bracket after the other, and a picture has no deadline as
 * a job has.
 */
#include <linux/crc32.h>
#include <linux/dma-fence.h>
#include <linux/module.h>

#include <drm/drm_crtc.h>
#include <drm/drm_debugfs_crc.h>
#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "sl.h"
#include "trace.h"

#define BYTES 4 /* of a pixel, in all formats there are: blue, green, red, alpha or nothing */

/* What one run of the work is about: taken under the lock, and then its own. */
struct sl_run {
	struct sl_picture picture;
	u64 frame;
	bool crc;
	struct sl_writeback *wb;
	struct list_head scans;
	struct sl_surface *held[3]; /* see sl_surface_wait() */
	unsigned int nheld;
};

bool sl_scanout_wanted(const struct sl_kms *kms)
{
	return kms->shown.width &&
	       (kms->compose_next || kms->crc || kms->wb_shown || !list_empty(&kms->scans));
}

void sl_scans_take(struct sl_kms *kms, struct list_head *to)
{
	struct sl_scan *scan;

	list_for_each_entry(scan, &kms->scans, link)
		scan->taken = true;
	list_splice_init(&kms->scans, to);
}

/*
 * Row @y of the screen. With a writeback it is read twice, as the two are counted apart; what came
 * last is the row for everybody.
 */
static void read_row(const struct sl_layer *layer, u32 y, u8 *to, bool wb)
{
	u64 at = layer->at + (u64)(y - layer->y) * layer->pitch;
	size_t size = layer->width * BYTES;

	sl_surface_read(layer->surface, at, to, size, DRM_STALELINE_SCANOUT_DIRTY);
	if (wb)
		sl_surface_read(layer->surface, at, to, size, DRM_STALELINE_WRITEBACK_DIRTY);
}

/* Premultiplied: the cursor's colour and what its alpha leaves of the one below, rounded. */
static void blend(u8 *below, const u8 *above, u32 pixels)
{
	for (; pixels; pixels--, below += BYTES, above += BYTES) {
		u32 rest = 255 - above[3];
		int i;

		for (i = 0; i < 3; i++)
			below[i] = min_t(u32, above[i] + (below[i] * rest + 127) / 255, 255);
	}
}

static bool has_row(const struct sl_layer *layer, u32 y)
{
	return layer->surface && y >= layer->y && y - layer->y < layer->height;
}

static void compose_row(struct sl_kms *kms, const struct sl_picture *picture, u32 y, bool wb)
{
	const struct sl_layer *cursor = &picture->cursor;
	u32 x;

	/* The primary plane covers the screen, or is off: black. */
	if (has_row(&picture->primary, y))
		read_row(&picture->primary, y, kms->row, wb);
	else
		memset(kms->row, 0, picture->width * BYTES);
	if (has_row(cursor, y)) {
		read_row(cursor, y, kms->cursor_row, wb);
		blend(kms->row + cursor->x * BYTES, kms->cursor_row, cursor->width);
	}
	for (x = 0; x < picture->width; x++)
		kms->row[x * BYTES + 3] = 0xff;
}

static void scan_row(struct sl_scan *scan, u32 y, const u8 *row)
{
	u8 *to = scan->rgb + (size_t)y * scan->width * 3;
	u32 x;

	for (x = 0; x < scan->width; x++, to += 3, row += BYTES) {
		to[0] = row[2];
		to[1] = row[1];
		to[2] = row[0];
	}
}

u32 sl_layer_id(const struct sl_layer *layer)
{
	return layer->surface ? sl_surface_id(layer->surface) : 0;
}

static void count_scanout(const struct sl_run *run)
{
	if (run->picture.primary.surface)
		sl_surface_count(run->picture.primary.surface, DRM_STALELINE_SCANOUTS);
	if (run->picture.cursor.surface)
		sl_surface_count(run->picture.cursor.surface, DRM_STALELINE_SCANOUTS);
}

/* Returns the CRC of all rows: that of zlib and gzip, so that user space has it at hand. */
static u32 compose_rows(struct sl_kms *kms, struct sl_run *run)
{
	const struct sl_picture *picture = &run->picture;
	size_t size = picture->width * BYTES;
	struct sl_scan *scan;
	u32 y, crc = ~0;

	for (y = 0; y < picture->height; y++) {
		compose_row(kms, picture, y, run->wb);
		if (run->crc)
			crc = crc32_le(crc, kms->row, size);
		if (run->wb)
			sl_writeback_row(run->wb, y, kms->row, size);
		list_for_each_entry(scan, &run->scans, link) {
			if (!scan->ret)
				scan_row(scan, y, kms->row);
		}
		cond_resched();
	}
	return ~crc;
}

/* All three may be one buffer. */
static void hold(struct sl_run *run, struct sl_surface *surface, bool to_write)
{
	unsigned int i;

	for (i = 0; i < run->nheld; i++)
		if (run->held[i]->gem == surface->gem)
			return;
	if (sl_surface_wait(surface, run->nheld, to_write))
		run->held[run->nheld++] = surface;
}

/* Nobody else waits for a second one while it holds a first: so in any order. */
static u32 compose(struct sl_kms *kms, struct sl_run *run)
{
	const struct sl_picture *picture = &run->picture;
	struct sl_surface *to = run->wb ? sl_writeback_surface(run->wb) : NULL;
	u32 crc;

	if (to)
		hold(run, to, true);
	if (picture->primary.surface)
		hold(run, picture->primary.surface, false);
	if (picture->cursor.surface)
		hold(run, picture->cursor.surface, false);
	crc = compose_rows(kms, run);
	while (run->nheld--)
		sl_surface_done(run->held[run->nheld], run->held[run->nheld] == to);
	return crc;
}

/* Who asked for a picture of another size finds that the mode has changed meanwhile. */
static void begin_scans(struct sl_run *run)
{
	struct sl_scan *scan;

	list_for_each_entry(scan, &run->scans, link) {
		scan->frame = run->frame;
		scan->primary = sl_layer_id(&run->picture.primary);
		scan->cursor = sl_layer_id(&run->picture.cursor);
		scan->pitch = run->picture.primary.pitch;
		scan->ret = scan->width == run->picture.width && scan->height == run->picture.height
				    ? 0
				    : -EAGAIN;
	}
}

void sl_scans_end(struct list_head *scans)
{
	struct sl_scan *scan, *next;

	list_for_each_entry_safe(scan, next, scans, link) {
		list_del_init(&scan->link);
		complete(&scan->done);
	}
}

/* Under the lock there is nothing left to do when nothing is shown any more. */
static bool take_run(struct sl_kms *kms, struct sl_run *run)
{
	unsigned long flags;
	bool wanted;

	INIT_LIST_HEAD(&run->scans);
	spin_lock_irqsave(&kms->lock, flags);
	wanted = sl_scanout_wanted(kms);
	if (wanted) {
		run->picture = kms->shown;
		run->frame = kms->frame;
		run->crc = kms->crc;
		run->wb = kms->wb_shown;
		kms->wb_shown = NULL;
		kms->compose_next = false;
		sl_scans_take(kms, &run->scans);
	}
	spin_unlock_irqrestore(&kms->lock, flags);
	return wanted;
}

/* From now on a vblank may show the next picture, and say that nobody reads the old one. */
static void run_end(struct sl_kms *kms)
{
	unsigned long flags;

	spin_lock_irqsave(&kms->lock, flags);
	kms->composing = false;
	spin_unlock_irqrestore(&kms->lock, flags);
}

static void compose_work(struct work_struct *work)
{
	struct sl_kms *kms = container_of(work, struct sl_kms, compose);
	bool cookie = dma_fence_begin_signalling();
	struct sl_run run = { .nheld = 0 };
	u32 crc;

	if (take_run(kms, &run)) {
		begin_scans(&run);
		crc = compose(kms, &run);
		count_scanout(&run);
		trace_staleline_scanout(run.frame, sl_layer_id(&run.picture.primary),
					sl_layer_id(&run.picture.cursor), run.crc ? crc : 0);
		if (run.wb)
			sl_writeback_done(kms, 0);
		if (run.crc)
			drm_crtc_add_crc_entry(&kms->crtc, true, run.frame, &crc);
		sl_scans_end(&run.scans);
	}
	run_end(kms);
	dma_fence_end_signalling(cookie);
}

static const char *const crc_sources[] = { "auto" };

const char *const *sl_crc_sources(struct drm_crtc *crtc, size_t *count)
{
	*count = ARRAY_SIZE(crc_sources);
	return crc_sources;
}

int sl_crc_verify(struct drm_crtc *crtc, const char *source, size_t *values)
{
	if (source && strcmp(source, crc_sources[0]))
		return -EINVAL;
	*values = 1;
	return 0;
}

/*
 * NULL: no more. While CRCs are read there are vblanks. And the module stays: the core's file calls
 * us when it is closed, and doesn't hold us itself.
 */
int sl_crc_set(struct drm_crtc *crtc, const char *source)
{
	struct sl_kms *kms = crtc_to_kms(crtc);
	unsigned long flags;
	bool before;
	int ret;

	if (source && strcmp(source, crc_sources[0]))
		return -EINVAL;
	if (source) {
		ret = drm_crtc_vblank_get(crtc);
		if (ret)
			return ret;
		/* That file alone doesn't keep us from going. */
		if (!try_module_get(THIS_MODULE)) {
			drm_crtc_vblank_put(crtc);
			return -ENODEV;
		}
	}
	spin_lock_irqsave(&kms->lock, flags);
	before = kms->crc;
	kms->crc = source;
	spin_unlock_irqrestore(&kms->lock, flags);
	if (before) {
		drm_crtc_vblank_put(crtc);
		module_put(THIS_MODULE);
	}
	return 0;
}

static void destroy_queue(struct drm_device *drm, void *queue)
{
	destroy_workqueue(queue);
}

int sl_scanout_init(struct drm_device *drm, struct sl_kms *kms)
{
	INIT_WORK(&kms->compose, compose_work);
	INIT_LIST_HEAD(&kms->scans);
	kms->row = drmm_kmalloc(drm, SL_MAX_SIZE * BYTES, GFP_KERNEL);
	kms->cursor_row = drmm_kmalloc(drm, SL_MAX_CURSOR * BYTES, GFP_KERNEL);
	if (!kms->row || !kms->cursor_row)
		return -ENOMEM;
	kms->queue = alloc_workqueue("staleline-scanout", WQ_UNBOUND | WQ_MEM_RECLAIM, 1);
	if (!kms->queue)
		return -ENOMEM;
	return drmm_add_action_or_reset(drm, destroy_queue, kms->queue);
}
