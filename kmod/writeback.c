// SPDX-License-Identifier: GPL-2.0
/*
 * The connector that writes what is shown to a framebuffer of exactly the mode's size, on its
 * device side. Its fence is signalled by the work that composes, or when the screen goes off
 * before.
 */
#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_probe_helper.h>

#include "sl.h"

struct sl_writeback {
	struct sl_surface surface;
	u64 at;
	u32 pitch;
};

static const u32 formats[] = { DRM_FORMAT_XRGB8888 };

static struct sl_kms *connector_to_kms(struct drm_connector *connector)
{
	return &to_sl_device(connector->dev)->kms;
}

struct sl_surface *sl_writeback_surface(struct sl_writeback *wb)
{
	return &wb->surface;
}

void sl_writeback_row(struct sl_writeback *wb, u32 y, const u8 *row, size_t size)
{
	sl_surface_write(&wb->surface, wb->at + (u64)y * wb->pitch, row, size);
}

void sl_writeback_done(struct sl_kms *kms, int ret)
{
	drm_writeback_signal_completion(&kms->writeback, ret);
}

static int writeback_check(struct drm_connector *connector, struct drm_atomic_state *state)
{
	struct drm_connector_state *new = drm_atomic_get_new_connector_state(state, connector);
	struct drm_crtc_state *crtc_state;
	struct drm_framebuffer *fb;

	if (!new->writeback_job || !new->writeback_job->fb)
		return 0;
	fb = new->writeback_job->fb;
	crtc_state = new->crtc ? drm_atomic_get_new_crtc_state(state, new->crtc) : NULL;
	if (!crtc_state || fb->format->format != formats[0] ||
	    fb->width != crtc_state->mode.hdisplay || fb->height != crtc_state->mode.vdisplay)
		return -EINVAL;
	return sl_may_write(drm_gem_fb_get_obj(fb, 0)) ? 0 : -EACCES;
}

/* What the job needs while no one may allocate. */
static int writeback_prepare(struct drm_writeback_connector *connector,
			     struct drm_writeback_job *job)
{
	struct sl_kms *kms = connector_to_kms(&connector->base);
	struct sl_writeback *wb;
	int ret;

	if (!job->fb)
		return 0;
	wb = kzalloc(sizeof(*wb), GFP_KERNEL_ACCOUNT);
	if (!wb)
		return -ENOMEM;
	ret = sl_surface_get(&wb->surface, drm_gem_fb_get_obj(job->fb, 0));
	if (ret) {
		kfree(wb);
		return ret;
	}
	wb->at = job->fb->offsets[0];
	wb->pitch = job->fb->pitches[0];
	job->priv = wb;
	atomic_inc(&kms->writebacks);
	return 0;
}

/* Long after the fence, from the core's work, which then puts the framebuffer. */
static void writeback_cleanup(struct drm_writeback_connector *connector,
			      struct drm_writeback_job *job)
{
	struct sl_kms *kms = connector_to_kms(&connector->base);
	struct sl_writeback *wb = job->priv;

	if (!wb)
		return;
	sl_surface_put(&wb->surface);
	kfree(wb);
	atomic_dec(&kms->writebacks);
}

/* Shown with the planes of the same commit, whose flush comes later. */
static void writeback_commit(struct drm_connector *connector, struct drm_atomic_state *state)
{
	struct drm_connector_state *new = drm_atomic_get_new_connector_state(state, connector);
	struct sl_kms *kms = connector_to_kms(connector);
	struct drm_writeback_job *job = new->writeback_job;
	unsigned long flags;

	if (!job)
		return;
	spin_lock_irqsave(&kms->lock, flags);
	kms->wb_drawn = job->priv;
	spin_unlock_irqrestore(&kms->lock, flags);
	drm_writeback_queue_job(&kms->writeback, new);
}

static const struct drm_connector_helper_funcs writeback_helpers = {
	.get_modes = sl_modes_add,
	.atomic_check = writeback_check,
	.atomic_commit = writeback_commit,
	.prepare_writeback_job = writeback_prepare,
	.cleanup_writeback_job = writeback_cleanup,
};

static const struct drm_connector_funcs writeback_funcs = {
	.fill_modes = drm_helper_probe_single_connector_modes,
	.destroy = drm_connector_cleanup,
	.reset = drm_atomic_helper_connector_reset,
	.atomic_duplicate_state = drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_connector_destroy_state,
};

int sl_writeback_init(struct drm_device *drm, struct sl_kms *kms)
{
	int ret;

	ret = drm_writeback_connector_init(drm, &kms->writeback, &writeback_funcs, NULL, formats,
					   ARRAY_SIZE(formats), 1);
	if (ret)
		return ret;
	drm_connector_helper_add(&kms->writeback.base, &writeback_helpers);
	return 0;
}
