// SPDX-License-Identifier: GPL-2.0
/*
 * The display's clock: a timer that ticks while somebody wants vblanks. Vblanks are at whole
 * periods from when the CRTC was switched on, also those that nobody saw: so their number and time
 * are right whenever the timer starts again.
 */
#include <linux/dma-fence.h>
#include <linux/math64.h>

#include <drm/drm_drv.h>
#include <drm/drm_vblank.h>

#include "sl.h"
#include "trace.h"

/* Under the lock: the last vblank up to now. */
static ktime_t last_vblank(const struct sl_kms *kms)
{
	ktime_t now = ktime_get();
	u64 since;

	div64_u64_rem(ktime_to_ns(ktime_sub(now, kms->epoch)), kms->period, &since);
	return ktime_sub_ns(now, since);
}

/* Under the lock: a writeback goes a step on. If it finds another there, nobody writes that one. */
static void wb_step(struct sl_kms *kms, struct sl_writeback **from, struct sl_writeback **to)
{
	if (!*from)
		return;
	if (WARN_ON(*to))
		kms->wb_lost++;
	*to = *from;
	*from = NULL;
}

/* Under the lock: so many are to be told that they are lost, after it. */
static unsigned int wb_lost(struct sl_kms *kms)
{
	unsigned int n = kms->wb_lost;

	kms->wb_lost = 0;
	return n;
}

/* Under the lock: nothing is written any more. */
static void wb_drop(struct sl_kms *kms, struct sl_writeback **wb)
{
	if (*wb)
		kms->wb_lost++;
	*wb = NULL;
}

/* The core's queue is in the order of commits. */
static void tell_lost(struct sl_kms *kms, unsigned int n)
{
	while (n--)
		sl_writeback_done(kms, -EIO);
}

/* Under the lock: what waits for this vblank has its turn. Returns whether there was something. */
static bool latch(struct sl_kms *kms, struct drm_pending_vblank_event **event)
{
	*event = NULL;
	if (!kms->armed)
		return false;
	kms->armed = false;
	kms->shown = kms->next;
	kms->compose_next = true;
	wb_step(kms, &kms->wb_next, &kms->wb_shown);
	*event = kms->event;
	kms->event = NULL;
	trace_staleline_flip(kms->frame, sl_layer_id(&kms->shown.primary),
			     sl_layer_id(&kms->shown.cursor));
	return true;
}

void sl_vblank_send(struct sl_kms *kms, struct drm_pending_vblank_event *event)
{
	struct drm_device *drm = kms->crtc.dev;
	unsigned long flags;

	spin_lock_irqsave(&drm->event_lock, flags);
	drm_crtc_send_vblank_event(&kms->crtc, event);
	spin_unlock_irqrestore(&drm->event_lock, flags);
}

/*
 * A vblank: the core's share, then ours. The work is queued before the event goes out, so that who
 * has seen a flip done can wait for its composition. While it is at work, the next picture waits
 * for another vblank: the event says that the old one is read no more.
 */
static void vblank(struct sl_kms *kms)
{
	struct drm_pending_vblank_event *event = NULL;
	bool flipped = false;
	unsigned long flags;
	unsigned int lost;

	drm_crtc_handle_vblank(&kms->crtc);
	spin_lock_irqsave(&kms->lock, flags);
	kms->frame = drm_crtc_vblank_count(&kms->crtc);
	if (!kms->composing) {
		flipped = latch(kms, &event);
		kms->composing = sl_scanout_wanted(kms);
		if (kms->composing)
			queue_work(kms->queue, &kms->compose);
	}
	lost = wb_lost(kms);
	spin_unlock_irqrestore(&kms->lock, flags);
	tell_lost(kms, lost);
	if (event)
		sl_vblank_send(kms, event);
	if (flipped)
		drm_crtc_vblank_put(&kms->crtc);
}

/* The core may have stopped the clock, and even started it again, while this was on its way. */
static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct sl_kms *kms = container_of(timer, struct sl_kms, timer);
	unsigned long flags;
	bool cookie;

	spin_lock_irqsave(&kms->lock, flags);
	if (!kms->ticking || hrtimer_is_queued(timer)) {
		spin_unlock_irqrestore(&kms->lock, flags);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, ns_to_ktime(kms->period));
	kms->last = ktime_sub_ns(hrtimer_get_expires(timer), kms->period);
	spin_unlock_irqrestore(&kms->lock, flags);

	cookie = dma_fence_begin_signalling();
	vblank(kms);
	dma_fence_end_signalling(cookie);
	return HRTIMER_RESTART;
}

void sl_vblank_init(struct sl_kms *kms)
{
	kms->period = NSEC_PER_SEC / 60;
	hrtimer_setup(&kms->timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
}

int sl_vblank_enable(struct drm_crtc *crtc)
{
	struct sl_kms *kms = crtc_to_kms(crtc);
	unsigned long flags;

	spin_lock_irqsave(&kms->lock, flags);
	kms->ticking = true;
	kms->last = last_vblank(kms);
	hrtimer_start(&kms->timer, ktime_add_ns(kms->last, kms->period), HRTIMER_MODE_ABS);
	spin_unlock_irqrestore(&kms->lock, flags);
	return 0;
}

/* The core calls this from within our own tick too, so nobody can wait here for one to end. */
void sl_vblank_disable(struct drm_crtc *crtc)
{
	struct sl_kms *kms = crtc_to_kms(crtc);
	unsigned long flags;

	spin_lock_irqsave(&kms->lock, flags);
	kms->ticking = false;
	hrtimer_try_to_cancel(&kms->timer);
	spin_unlock_irqrestore(&kms->lock, flags);
}

bool sl_vblank_timestamp(struct drm_crtc *crtc, int *max_error, ktime_t *time, bool in_irq)
{
	struct sl_kms *kms = crtc_to_kms(crtc);
	unsigned long flags;

	spin_lock_irqsave(&kms->lock, flags);
	*time = in_irq ? kms->last : last_vblank(kms);
	spin_unlock_irqrestore(&kms->lock, flags);
	*max_error = 0;
	return true;
}

void sl_vblank_on(struct sl_kms *kms, u32 width, u32 height)
{
	struct drm_crtc *crtc = &kms->crtc;
	/* The core's number: it counts missed vblanks by it. */
	int period = crtc->dev->vblank[drm_crtc_index(crtc)].framedur_ns;
	unsigned long flags;

	spin_lock_irqsave(&kms->lock, flags);
	kms->active = true;
	kms->drawn.width = width;
	kms->drawn.height = height;
	if (!WARN_ON(period <= 0))
		kms->period = period;
	kms->epoch = ktime_get();
	spin_unlock_irqrestore(&kms->lock, flags);
	drm_crtc_vblank_on(crtc);
}

void sl_vblank_off(struct sl_kms *kms)
{
	struct drm_pending_vblank_event *event;
	struct sl_scan *scan;
	unsigned long flags;
	unsigned int lost;
	LIST_HEAD(scans);
	bool flipped;

	spin_lock_irqsave(&kms->lock, flags);
	kms->active = false;
	flipped = latch(kms, &event);
	wb_drop(kms, &kms->wb_shown);
	wb_drop(kms, &kms->wb_next);
	wb_drop(kms, &kms->wb_drawn);
	lost = wb_lost(kms);
	kms->drawn = (struct sl_picture){};
	kms->next = kms->drawn;
	kms->shown = kms->drawn;
	kms->compose_next = false;
	sl_scans_take(kms, &scans);
	spin_unlock_irqrestore(&kms->lock, flags);

	/* It may still read the last picture, and write the first of the core's writebacks. */
	flush_work(&kms->compose);
	tell_lost(kms, lost);
	list_for_each_entry(scan, &scans, link)
		scan->ret = -ENODATA;
	sl_scans_end(&scans);
	if (event)
		sl_vblank_send(kms, event);
	if (flipped)
		drm_crtc_vblank_put(&kms->crtc);
	drm_crtc_vblank_off(&kms->crtc);
}

void sl_vblank_arm(struct sl_kms *kms, struct drm_pending_vblank_event *event)
{
	struct drm_pending_vblank_event *older;
	unsigned long flags;
	unsigned int lost;
	bool held, armed;

	/* Until latched, the timer has to run, also for a moved cursor, which has no event. */
	held = !WARN_ON(drm_crtc_vblank_get(&kms->crtc));
	spin_lock_irqsave(&kms->lock, flags);
	armed = kms->armed;
	kms->next = kms->drawn;
	kms->armed = armed || held;
	wb_step(kms, &kms->wb_drawn, &kms->wb_next);
	lost = wb_lost(kms);
	older = kms->event;
	if (event && held) {
		kms->event = event;
		event = NULL;
	} else {
		older = NULL;
	}
	spin_unlock_irqrestore(&kms->lock, flags);
	tell_lost(kms, lost);
	/* Neither can be: commits wait for each other, and vblanks are on. Nobody is to hang. */
	if (WARN_ON(older))
		sl_vblank_send(kms, older);
	if (event)
		sl_vblank_send(kms, event);
	if (armed && held)
		drm_crtc_vblank_put(&kms->crtc);
}
