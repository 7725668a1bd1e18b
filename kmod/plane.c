// SPDX-License-Identifier: GPL-2.0
/*
 * Planes. A plane's state keeps its framebuffer's bytes at hand (sl_surface), had in prepare_fb,
 * where one may sleep, and put in cleanup_fb.
 */
#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_atomic_helper.h>
#include <drm/drm_gem_framebuffer_helper.h>

#include "sl.h"

struct sl_plane_state {
	struct drm_plane_state base;
	struct sl_surface surface;
};

static struct sl_plane_state *to_sl_plane_state(struct drm_plane_state *state)
{
	return container_of(state, struct sl_plane_state, base);
}

static struct sl_kms *plane_to_kms(struct drm_plane *plane)
{
	return &to_sl_device(plane->dev)->kms;
}

/* The surface is not handed on: a state that is committed gets its own. */
static struct drm_plane_state *plane_duplicate(struct drm_plane *plane)
{
	struct sl_plane_state *state;

	if (WARN_ON(!plane->state))
		return NULL;
	state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);
	if (!state)
		return NULL;
	__drm_atomic_helper_plane_duplicate_state(plane, &state->base);
	return &state->base;
}

static void plane_destroy_state(struct drm_plane *plane, struct drm_plane_state *state)
{
	__drm_atomic_helper_plane_destroy_state(state);
	kfree(to_sl_plane_state(state));
}

static void plane_reset(struct drm_plane *plane)
{
	struct sl_plane_state *state;

	if (plane->state)
		plane_destroy_state(plane, plane->state);
	plane->state = NULL;
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (state)
		__drm_atomic_helper_plane_reset(plane, &state->base);
}

static const struct drm_plane_funcs plane_funcs = {
	.update_plane = drm_atomic_helper_update_plane,
	.disable_plane = drm_atomic_helper_disable_plane,
	.destroy = drm_plane_cleanup,
	.reset = plane_reset,
	.atomic_duplicate_state = plane_duplicate,
	.atomic_destroy_state = plane_destroy_state,
};

/* Also waits for the framebuffer's implicit fences, unless the commit brings an explicit one. */
static int plane_prepare(struct drm_plane *plane, struct drm_plane_state *state)
{
	int ret;

	if (!state->fb)
		return 0;
	ret = drm_gem_plane_helper_prepare_fb(plane, state);
	if (ret)
		return ret;
	return sl_surface_get(&to_sl_plane_state(state)->surface, drm_gem_fb_get_obj(state->fb, 0));
}

/*
 * A commit that moves a cursor doesn't wait for the vblank that shows it: then what it replaces
 * leaves the screen here.
 */
static void plane_cleanup(struct drm_plane *plane, struct drm_plane_state *state)
{
	struct sl_kms *kms = plane_to_kms(plane);
	struct sl_surface *surface = &to_sl_plane_state(state)->surface;
	unsigned long flags;

	if (!surface->gem)
		return;
	spin_lock_irqsave(&kms->lock, flags);
	if (kms->shown.primary.surface == surface)
		kms->shown.primary = kms->next.primary;
	if (kms->shown.cursor.surface == surface)
		kms->shown.cursor = kms->next.cursor;
	spin_unlock_irqrestore(&kms->lock, flags);
	/* It may have a copy of what was shown. */
	flush_work(&kms->compose);
	sl_surface_put(surface);
}

/* The CRTC that the plane is on, was on, or none: then there is nothing to check. */
static struct drm_crtc_state *crtc_state_of(struct drm_plane_state *plane_state,
					    struct drm_atomic_state *state)
{
	if (!plane_state->crtc)
		return NULL;
	return drm_atomic_get_new_crtc_state(state, plane_state->crtc);
}

static int primary_check(struct drm_plane *plane, struct drm_atomic_state *state)
{
	struct drm_plane_state *new = drm_atomic_get_new_plane_state(state, plane);
	struct drm_crtc_state *crtc_state = crtc_state_of(new, state);

	if (!crtc_state)
		return 0;
	return drm_atomic_helper_check_plane_state(new, crtc_state, DRM_PLANE_NO_SCALING,
						   DRM_PLANE_NO_SCALING, false, true);
}

static int cursor_check(struct drm_plane *plane, struct drm_atomic_state *state)
{
	struct drm_plane_state *new = drm_atomic_get_new_plane_state(state, plane);
	struct drm_crtc_state *crtc_state = crtc_state_of(new, state);

	if (!crtc_state)
		return 0;
	if (new->crtc_w > SL_MAX_CURSOR || new->crtc_h > SL_MAX_CURSOR)
		return -EINVAL;
	return drm_atomic_helper_check_plane_state(new, crtc_state, DRM_PLANE_NO_SCALING,
						   DRM_PLANE_NO_SCALING, true, true);
}

/* Nothing is changed on the screen before the commit's flush. */
static void plane_update(struct drm_plane *plane, struct drm_atomic_state *state)
{
	struct drm_plane_state *new = drm_atomic_get_new_plane_state(state, plane);
	struct sl_kms *kms = plane_to_kms(plane);
	struct drm_framebuffer *fb = new->fb;
	struct sl_layer layer = {};
	unsigned long flags;

	if (fb && new->visible) {
		layer.surface = &to_sl_plane_state(new)->surface;
		layer.pitch = fb->pitches[0];
		layer.at = fb->offsets[0] + (u64)(new->src.y1 >> 16) * layer.pitch +
			   (new->src.x1 >> 16) * fb->format->cpp[0];
		layer.x = new->dst.x1;
		layer.y = new->dst.y1;
		layer.width = drm_rect_width(&new->dst);
		layer.height = drm_rect_height(&new->dst);
	}
	spin_lock_irqsave(&kms->lock, flags);
	*(plane == &kms->cursor ? &kms->drawn.cursor : &kms->drawn.primary) = layer;
	spin_unlock_irqrestore(&kms->lock, flags);
}

static const struct drm_plane_helper_funcs primary_helpers = {
	.prepare_fb = plane_prepare,
	.cleanup_fb = plane_cleanup,
	.atomic_check = primary_check,
	.atomic_update = plane_update,
};

static const struct drm_plane_helper_funcs cursor_helpers = {
	.prepare_fb = plane_prepare,
	.cleanup_fb = plane_cleanup,
	.atomic_check = cursor_check,
	.atomic_update = plane_update,
};

static const u64 modifiers[] = { DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID };
/* The primary plane has nothing under it: its alpha means nothing. */
static const u32 primary_formats[] = { DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888 };
static const u32 cursor_formats[] = { DRM_FORMAT_ARGB8888 };

int sl_planes_init(struct drm_device *drm, struct sl_kms *kms)
{
	int ret;

	ret = drm_universal_plane_init(drm, &kms->primary, 1, &plane_funcs, primary_formats,
				       ARRAY_SIZE(primary_formats), modifiers,
				       DRM_PLANE_TYPE_PRIMARY, NULL);
	if (ret)
		return ret;
	drm_plane_helper_add(&kms->primary, &primary_helpers);
	ret = drm_universal_plane_init(drm, &kms->cursor, 1, &plane_funcs, cursor_formats,
				       ARRAY_SIZE(cursor_formats), modifiers, DRM_PLANE_TYPE_CURSOR,
				       NULL);
	if (ret)
		return ret;
	drm_plane_helper_add(&kms->cursor, &cursor_helpers);
	return 0;
}
