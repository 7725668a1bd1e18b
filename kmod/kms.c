// SPDX-License-Identifier: GPL-2.0
/*
 * The display: mode configuration, CRTC, connector, the order of things in a commit; load, unload.
 * There is no console on it: any client in the kernel would hold buffers and the master's place.
 */
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/mutex.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_drv.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_managed.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_probe_helper.h>
#include <drm/drm_vblank.h>

#include "sl.h"

/* Who hears of new modes: the parameter in /sys is there before the device, and after it. */
static DEFINE_MUTEX(hotplug_lock);
static struct drm_device *hotplug_device;

void sl_kms_hotplug(void)
{
	mutex_lock(&hotplug_lock);
	if (hotplug_device)
		drm_kms_helper_hotplug_event(hotplug_device);
	mutex_unlock(&hotplug_lock);
}

void sl_kms_announce(struct drm_device *drm)
{
	mutex_lock(&hotplug_lock);
	hotplug_device = drm;
	mutex_unlock(&hotplug_lock);
}

static void crtc_enable(struct drm_crtc *crtc, struct drm_atomic_state *state)
{
	const struct drm_display_mode *mode = &crtc->state->adjusted_mode;

	sl_vblank_on(crtc_to_kms(crtc), mode->hdisplay, mode->vdisplay);
}

/* What a commit that ends here wants to be told, it is told here: it has no flush. */
static void crtc_disable(struct drm_crtc *crtc, struct drm_atomic_state *state)
{
	struct drm_device *drm = crtc->dev;
	unsigned long flags;

	sl_vblank_off(crtc_to_kms(crtc));
	if (crtc->state->active || !crtc->state->event)
		return;
	spin_lock_irqsave(&drm->event_lock, flags);
	drm_crtc_send_vblank_event(crtc, crtc->state->event);
	spin_unlock_irqrestore(&drm->event_lock, flags);
	crtc->state->event = NULL;
}

static void crtc_flush(struct drm_crtc *crtc, struct drm_atomic_state *state)
{
	struct drm_pending_vblank_event *event = crtc->state->event;

	crtc->state->event = NULL;
	sl_vblank_arm(crtc_to_kms(crtc), event);
}

static const struct drm_crtc_helper_funcs crtc_helpers = {
	.atomic_enable = crtc_enable,
	.atomic_disable = crtc_disable,
	.atomic_flush = crtc_flush,
};

static const struct drm_crtc_funcs crtc_funcs = {
	.set_config = drm_atomic_helper_set_config,
	.page_flip = drm_atomic_helper_page_flip,
	.destroy = drm_crtc_cleanup,
	.reset = drm_atomic_helper_crtc_reset,
	.atomic_duplicate_state = drm_atomic_helper_crtc_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_crtc_destroy_state,
	.enable_vblank = sl_vblank_enable,
	.disable_vblank = sl_vblank_disable,
	.get_vblank_timestamp = sl_vblank_timestamp,
	.get_crc_sources = sl_crc_sources,
	.set_crc_source = sl_crc_set,
	.verify_crc_source = sl_crc_verify,
};

static const struct drm_connector_helper_funcs connector_helpers = {
	.get_modes = sl_modes_add,
};

static const struct drm_connector_funcs connector_funcs = {
	.fill_modes = drm_helper_probe_single_connector_modes,
	.destroy = drm_connector_cleanup,
	.reset = drm_atomic_helper_connector_reset,
	.atomic_duplicate_state = drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_connector_destroy_state,
};

static const struct drm_encoder_funcs encoder_funcs = {
	.destroy = drm_encoder_cleanup,
};

/*
 * A commit. The last picture is composed before the next one is drawn, so that each picture that
 * was shown is also counted, and a writeback gets its own. Planes come last: their flush finds
 * vblanks on. From there to the event only the timer is needed.
 */
static void commit_tail(struct drm_atomic_state *state)
{
	struct drm_device *drm = state->dev;
	bool cookie;

	flush_work(&to_sl_device(drm)->kms.compose);
	drm_atomic_helper_commit_modeset_disables(drm, state);
	drm_atomic_helper_commit_modeset_enables(drm, state);
	cookie = dma_fence_begin_signalling();
	drm_atomic_helper_commit_planes(drm, state, DRM_PLANE_COMMIT_ACTIVE_ONLY);
	drm_atomic_helper_commit_hw_done(state);
	dma_fence_end_signalling(cookie);
	drm_atomic_helper_wait_for_flip_done(drm, state);
	drm_atomic_helper_cleanup_planes(drm, state);
}

static const struct drm_mode_config_helper_funcs config_helpers = {
	.atomic_commit_tail = commit_tail,
};

/* The core's function looks at the size of the buffer, imported or not, and at the format. */
static const struct drm_mode_config_funcs config_funcs = {
	.fb_create = drm_gem_fb_create,
	.mode_valid = sl_mode_valid,
	.atomic_check = drm_atomic_helper_check,
	.atomic_commit = drm_atomic_helper_commit,
};

static void config_init(struct drm_device *drm)
{
	struct drm_mode_config *config = &drm->mode_config;

	config->min_width = 1;
	config->min_height = 1;
	config->max_width = SL_MAX_SIZE;
	config->max_height = SL_MAX_SIZE;
	config->cursor_width = SL_CURSOR_SIZE;
	config->cursor_height = SL_CURSOR_SIZE;
	config->preferred_depth = 24;
	config->prefer_shadow = 0;
	config->funcs = &config_funcs;
	config->helper_private = &config_helpers;
}

/* Both connectors can be on the CRTC at once. */
static void clone_encoders(struct sl_kms *kms)
{
	u32 both = drm_encoder_mask(&kms->encoder) | drm_encoder_mask(&kms->writeback.encoder);

	kms->encoder.possible_clones = both;
	kms->writeback.encoder.possible_clones = both;
}

static int outputs_init(struct drm_device *drm, struct sl_kms *kms)
{
	int ret;

	ret = drm_crtc_init_with_planes(drm, &kms->crtc, &kms->primary, &kms->cursor, &crtc_funcs,
					NULL);
	if (ret)
		return ret;
	drm_crtc_helper_add(&kms->crtc, &crtc_helpers);
	ret = drm_connector_init(drm, &kms->connector, &connector_funcs,
				 DRM_MODE_CONNECTOR_VIRTUAL);
	if (ret)
		return ret;
	drm_connector_helper_add(&kms->connector, &connector_helpers);
	ret = drm_encoder_init(drm, &kms->encoder, &encoder_funcs, DRM_MODE_ENCODER_VIRTUAL, NULL);
	if (ret)
		return ret;
	kms->encoder.possible_crtcs = 1;
	ret = drm_connector_attach_encoder(&kms->connector, &kms->encoder);
	if (!ret)
		ret = sl_writeback_init(drm, kms);
	if (!ret)
		clone_encoders(kms);
	return ret;
}

int sl_kms_load(struct drm_device *drm)
{
	struct sl_kms *kms = &to_sl_device(drm)->kms;
	int ret;

	spin_lock_init(&kms->lock);
	sl_vblank_init(kms);
	ret = sl_scanout_init(drm, kms);
	if (ret)
		return ret;
	ret = drmm_mode_config_init(drm);
	if (ret)
		return ret;
	config_init(drm);
	ret = sl_planes_init(drm, kms);
	if (!ret)
		ret = outputs_init(drm, kms);
	if (!ret)
		ret = drm_vblank_init(drm, 1);
	if (ret)
		return ret;
	/* Number and time of a vblank don't depend on the timer having run. */
	drm->vblank_disable_immediate = true;
	drm_mode_config_reset(drm);
	return 0;
}

struct sl_off {
	struct work_struct work;
	struct drm_device *drm;
};

static void off_work(struct work_struct *work)
{
	struct sl_off *off = container_of(work, struct sl_off, work);

	/* Somebody may have come meanwhile, and switched it on anew. */
	if (!atomic_read(&to_sl_device(off->drm)->files))
		drm_atomic_helper_shutdown(off->drm);
}

/*
 * With a file go its framebuffers, but not what the core makes of a buffer for the cursor, nor one
 * that was left on the screen on purpose (CLOSEFB). Other drivers have a console that takes the
 * screen over then. Here the plane would keep the buffer, its memory, and by the fences on it the
 * module, for good. A work, as the core does it for framebuffers: who is being killed would not
 * wait for the commits before it.
 */
void sl_kms_nobody_left(struct drm_device *drm)
{
	struct sl_off off = { .drm = drm };

	INIT_WORK_ONSTACK(&off.work, off_work);
	schedule_work(&off.work);
	flush_work(&off.work);
	destroy_work_on_stack(&off.work);
}

/*
 * The core's works don't hold the module, which has what they call. A commit's last work holds the
 * device, and so does its state; a writeback's is counted.
 */
void sl_kms_unload(struct drm_device *drm)
{
	struct sl_kms *kms = &to_sl_device(drm)->kms;

	sl_kms_announce(NULL);
	drm_atomic_helper_shutdown(drm);
	wait_var_event(&kms->writebacks, !atomic_read(&kms->writebacks));
	while (kref_read(&drm->ref) > 1)
		usleep_range(1000, 2000);
	hrtimer_cancel(&kms->timer);
	flush_work(&kms->compose);
}
