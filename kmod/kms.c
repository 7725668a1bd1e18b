// SPDX-License-Identifier: GPL-2.0
/*
 * The display: mode configuration, CRTC, connector, the order of things in a commit; load, unload.
 * There is no console on it: any client in the kernel would hold buffers and the master's place.
 */
#include <linux/delay.h>
#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_drv.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_managed.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_modeset_lock.h>
#include <drm/drm_print.h>
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
	struct sl_kms *kms = crtc_to_kms(crtc);

	sl_vblank_off(kms);
	if (crtc->state->active || !crtc->state->event)
		return;
	sl_vblank_send(kms, crtc->state->event);
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

/*
 * Of a commit that failed once it was set up (a signal, the one before still busy). Its event has a
 * reference on it, for when it is sent. The ioctl frees an event of user space's, or with a fence,
 * without that, and leaves nothing behind by which the state would know: so the reference is put
 * here, and both are told.
 */
static void abandon(struct drm_crtc_state *crtc_state)
{
	struct drm_pending_vblank_event *event = crtc_state->event;
	struct drm_crtc_commit *commit = crtc_state->commit;

	if (!event || !commit || !commit->abort_completion ||
	    event->base.completion != &commit->flip_done)
		return;
	event->base.completion = NULL;
	event->base.completion_release = NULL;
	commit->abort_completion = false;
	drm_crtc_commit_put(commit);
}

static int commit(struct drm_device *drm, struct drm_atomic_state *state, bool nonblock)
{
	struct drm_crtc_state *crtc_state;
	struct drm_crtc *crtc;
	int ret, i;

	sl_out_fences_hold(state);
	ret = drm_atomic_helper_commit(drm, state, nonblock);
	if (!ret)
		return 0;
	for_each_new_crtc_in_state(state, crtc, crtc_state, i)
		abandon(crtc_state);
	return ret;
}

/*
 * The core's function looks at the size of the buffer, imported or not, and at the format. A buffer
 * that can't be mapped for us is refused here, so that no check says yes to what its commit can't
 * do.
 */
static struct drm_framebuffer *fb_create(struct drm_device *drm, struct drm_file *file,
					 SL_FB_INFO const struct drm_mode_fb_cmd2 *cmd)
{
	struct drm_framebuffer *fb;
	struct sl_surface surface = {};
	int ret;

	/* The core's function asks this too, but not 6.1's. */
	if (!drm_any_plane_has_format(drm, cmd->pixel_format, cmd->modifier[0]))
		return ERR_PTR(-EINVAL);
	fb = drm_gem_fb_create(drm, file, SL_FB_INFO_ARG cmd);
	if (IS_ERR(fb))
		return fb;
	ret = sl_surface_get(&surface, drm_gem_fb_get_obj(fb, 0));
	if (ret) {
		drm_framebuffer_put(fb);
		return ERR_PTR(ret);
	}
	sl_surface_put(&surface);
	return fb;
}

static const struct drm_mode_config_funcs config_funcs = {
	.fb_create = fb_create,
	.mode_valid = sl_mode_valid,
	.atomic_check = drm_atomic_helper_check,
	.atomic_commit = commit,
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

/*
 * The screen goes off, if nobody has the card open. Somebody may have come meanwhile: what he has
 * switched on came before our locks, and then he is seen; else it comes after them.
 */
static int switch_off(struct drm_device *drm)
{
	struct drm_modeset_acquire_ctx ctx;
	int ret;

	DRM_MODESET_LOCK_ALL_BEGIN(drm, ctx, 0, ret);
	if (!atomic_read(&to_sl_device(drm)->files))
		ret = drm_atomic_helper_disable_all(drm, &ctx);
	DRM_MODESET_LOCK_ALL_END(drm, ctx, ret);
	return ret;
}

struct sl_off {
	struct work_struct work;
	struct drm_device *drm;
};

/* Where it fails, the next one to leave tries again, or unloading does. */
static void off_work(struct work_struct *work)
{
	struct sl_off *off = container_of(work, struct sl_off, work);
	int ret = switch_off(off->drm);

	if (ret)
		drm_err(off->drm, "the screen stays on: %d\n", ret);
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

/* What switching off needs is memory. */
static void switch_off_for_good(struct drm_device *drm)
{
	int tries = 100, ret;

	while ((ret = switch_off(drm)) && --tries)
		msleep(20);
	drm_WARN(drm, ret, "the screen stays on: %d\n", ret);
}

/* What is left of commits, of writebacks' ends and of framebuffers: how many. */
static int commits_left(struct drm_device *drm)
{
	return kref_read(&drm->ref) - 1;
}

static int writebacks_left(struct drm_device *drm)
{
	return atomic_read(&to_sl_device(drm)->kms.writebacks);
}

static int framebuffers_left(struct drm_device *drm)
{
	return READ_ONCE(drm->mode_config.num_fb);
}

/* Longer than any fence that a driver may make takes to signal: a commit may wait for one. */
static void wait_for_none(struct drm_device *drm, int (*left)(struct drm_device *drm),
			  const char *what)
{
	unsigned long end = jiffies + 30 * HZ;

	while (left(drm) > 0 && time_before(jiffies, end))
		usleep_range(1000, 2000);
	drm_WARN(drm, left(drm) > 0, "%d %s left: the module goes all the same\n", left(drm), what);
}

/*
 * The core's works don't hold the module, which has what they call. A commit's last work holds the
 * device, and so does its state; a writeback's is counted, but it puts its framebuffer after that.
 */
void sl_kms_unload(struct drm_device *drm)
{
	struct sl_kms *kms = &to_sl_device(drm)->kms;

	switch_off_for_good(drm);
	wait_for_none(drm, writebacks_left, "writebacks");
	wait_for_none(drm, framebuffers_left, "framebuffers");
	wait_for_none(drm, commits_left, "commits or other references on the device");
	hrtimer_cancel(&kms->timer);
	flush_work(&kms->compose);
}
