// SPDX-License-Identifier: GPL-2.0
/*
 * The fences that a commit gives to user space: OUT_FENCE_PTR, WRITEBACK_OUT_FENCE_PTR. The core
 * makes them, with a lock inside our device, and nothing in them holds it; but user space may keep
 * them for good. So each gets operations of ours, and holds the module, and with it the device,
 * until it is freed, as a job's does.
 *
 * They are changed where nobody knows the fence yet: its descriptor is installed after the commit.
 */
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_vblank.h>
#include <drm/drm_writeback.h>

#include "sl.h"

static const char *out_driver_name(struct dma_fence *fence)
{
	return KBUILD_MODNAME;
}

static const char *out_timeline_name(struct dma_fence *fence)
{
	return "display";
}

/* As the core made it, so it is freed. sl_jobs_exit() waits for this. */
static void out_free(struct rcu_head *head)
{
	kfree(container_of(head, struct dma_fence, rcu));
	module_put(THIS_MODULE);
}

static void out_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, out_free);
}

static const struct dma_fence_ops out_fence_ops = {
	.get_driver_name = out_driver_name,
	.get_timeline_name = out_timeline_name,
	.release = out_release,
};

/* Who commits has the card open, and so the module. */
static void hold(struct dma_fence *fence)
{
	if (!fence)
		return;
	__module_get(THIS_MODULE);
	sl_fence_set_ops(fence, &out_fence_ops);
}

void sl_out_fences_hold(struct drm_atomic_state *state)
{
	struct drm_connector_state *connector_state;
	struct drm_crtc_state *crtc_state;
	struct drm_connector *connector;
	struct drm_crtc *crtc;
	int i;

	for_each_new_crtc_in_state(state, crtc, crtc_state, i) {
		if (crtc_state->event)
			hold(crtc_state->event->base.fence);
	}
	for_each_new_connector_in_state(state, connector, connector_state, i) {
		if (connector_state->writeback_job)
			hold(connector_state->writeback_job->out_fence);
	}
}
