// SPDX-License-Identifier: MIT
/* The display's ioctls, with arguments that are mostly valid. */
#include <drm.h>
#include <drm_fourcc.h>
#include <drm_mode.h>
#include <string.h>

#include "kmod_fuzz.h"

static uint32_t some_fb(struct pool *p)
{
	return p->fbs[below(&p->c, NHANDLES)];
}

/* An object of the display. */
static uint32_t some_object(struct pool *p)
{
	const uint32_t objects[] = { p->kms.crtc,      p->kms.connector, p->kms.writeback,
				     p->kms.planes[0], p->kms.planes[1], some_fb(p),
				     p->blob };

	return objects[below(&p->c, sizeof(objects) / sizeof(*objects))];
}

FILL(fill_addfb, struct drm_mode_fb_cmd2)
{
	a->width = below(&p->c, 4) ? 64 : 1 + below(&p->c, 2048);
	a->height = below(&p->c, 4) ? 64 : 1 + below(&p->c, 64);
	a->pixel_format = below(&p->c, 2) ? DRM_FORMAT_XRGB8888 : DRM_FORMAT_ARGB8888;
	a->handles[0] = some_handle(p);
	a->pitches[0] = a->width * 4;
	if (once_in(&p->c, 8))
		a->offsets[0] = below(&p->c, 8192);
}

static void keep_fb(struct pool *p, const void *args)
{
	uint32_t at = below(&p->c, NHANDLES);

	if (p->fbs[at])
		call(p->master, DRM_IOCTL_MODE_RMFB, &p->fbs[at]);
	p->fbs[at] = ((const struct drm_mode_fb_cmd2 *)args)->fb_id;
}

FILL(fill_getfb, struct drm_mode_fb_cmd2)
{
	a->fb_id = some_fb(p);
}

static void keep_getfb(struct pool *p, const void *args)
{
	const struct drm_mode_fb_cmd2 *a = args;

	if (a->handles[0])
		keep_handle(p, a->handles[0]);
}

FILL(fill_atomic, struct drm_mode_atomic)
{
	const struct kms_prop *prop = &p->kms.props[below(&p->c, p->kms.nprops)];
	const uint64_t values[] = { prop->value,	some_fb(p),
				    some_object(p),	boundary(&p->c),
				    below(&p->c, 4096), (uint64_t)below(&p->c, 2048) << 16,
				    some_pointer(p) };

	a->flags = (below(&p->c, 2) ? DRM_MODE_ATOMIC_ALLOW_MODESET : 0) |
		   (below(&p->c, 2) ? DRM_MODE_ATOMIC_NONBLOCK : 0) |
		   (below(&p->c, 4) ? 0 : DRM_MODE_PAGE_FLIP_EVENT) |
		   (below(&p->c, 4) ? 0 : DRM_MODE_ATOMIC_TEST_ONLY);
	a->count_objs = 1;
	a->objs_ptr = array_of(p, prop->object);
	a->count_props_ptr = array_of(p, 1);
	a->props_ptr = array_of(p, prop->id);
	a->prop_values_ptr = some_pointer(p);
	memcpy((void *)(uintptr_t)a->prop_values_ptr,
	       &values[below(&p->c, sizeof(values) / sizeof(*values))], sizeof(*values));
}

FILL(fill_setcrtc, struct drm_mode_crtc)
{
	a->crtc_id = p->kms.crtc;
	a->fb_id = some_fb(p);
	a->set_connectors_ptr = array_of(p, p->kms.connector);
	a->count_connectors = 1;
	a->mode_valid = 1;
	a->mode = p->kms.modes[below(&p->c, p->kms.nmodes)];
	/* A mode of the size of most framebuffers, with the clock that makes it 60 Hz */
	if (below(&p->c, 4)) {
		a->mode.hdisplay = a->mode.vdisplay = 64;
		a->mode.hsync_start = a->mode.vsync_start = 64;
		a->mode.hsync_end = a->mode.vsync_end = 66;
		a->mode.htotal = a->mode.vtotal = 70;
		a->mode.clock = 70 * 70 * 60 / 1000;
	}
}

FILL(fill_page_flip, struct drm_mode_crtc_page_flip)
{
	a->crtc_id = p->kms.crtc;
	a->fb_id = some_fb(p);
	a->flags = below(&p->c, 2);
}

FILL(fill_cursor, struct drm_mode_cursor2)
{
	a->flags = 1 + below(&p->c, 3);
	a->crtc_id = p->kms.crtc;
	a->x = (int32_t)below(&p->c, 200) - 100;
	a->y = (int32_t)below(&p->c, 200) - 100;
	a->width = a->height = 64;
	a->handle = below(&p->c, 4) ? some_handle(p) : 0;
	a->hot_x = (int32_t)below(&p->c, 64);
}

FILL(fill_setplane, struct drm_mode_set_plane)
{
	a->plane_id = p->kms.planes[below(&p->c, p->kms.nplanes)];
	a->crtc_id = p->kms.crtc;
	a->fb_id = some_fb(p);
	a->crtc_w = a->crtc_h = 64;
	a->src_w = a->src_h = 64 << 16;
}

FILL(fill_obj_prop, struct drm_mode_obj_set_property)
{
	const struct kms_prop *prop = &p->kms.props[below(&p->c, p->kms.nprops)];

	a->obj_id = prop->object;
	a->prop_id = prop->id;
	a->value = below(&p->c, 2) ? prop->value : boundary(&p->c);
}

FILL(fill_get_connector, struct drm_mode_get_connector)
{
	a->connector_id = p->kms.connector;
	a->modes_ptr = some_pointer(p);
	a->count_modes = below(&p->c, 4);
}

FILL(fill_blob, struct drm_mode_create_blob)
{
	a->data = some_pointer(p);
	a->length = below(&p->c, 128);
}

static void keep_blob(struct pool *p, const void *args)
{
	if (p->blob)
		call(p->master, DRM_IOCTL_MODE_DESTROYPROPBLOB, &p->blob);
	p->blob = ((const struct drm_mode_create_blob *)args)->blob_id;
}

FILL(fill_vblank, union drm_wait_vblank)
{
	a->request.type =
		below(&p->c, 2) ? _DRM_VBLANK_RELATIVE | _DRM_VBLANK_EVENT : _DRM_VBLANK_RELATIVE;
	a->request.sequence = below(&p->c, 2);
}

FILL(fill_queue_sequence, struct drm_crtc_queue_sequence)
{
	a->crtc_id = p->kms.crtc;
	a->flags = below(&p->c, 4);
	a->sequence = below(&p->c, 4);
}

FILL(fill_dirtyfb, struct drm_mode_fb_dirty_cmd)
{
	a->fb_id = some_fb(p);
	a->num_clips = below(&p->c, 3);
	a->clips_ptr = some_pointer(p);
}

FILL(fill_number, uint32_t)
{
	*a = below(&p->c, 64);
}

FILL(fill_master, uint32_t)
{
	(void)p;
	(void)a;
}

const struct fuzz_call fuzz_kms_calls[] = {
	{ "ADDFB2", DRM_IOCTL_MODE_ADDFB2, ON_CARD, fill_addfb, keep_fb },
	{ "GETFB2", DRM_IOCTL_MODE_GETFB2, ON_CARD, fill_getfb, keep_getfb },
	{ "RMFB", DRM_IOCTL_MODE_RMFB, ON_CARD, fill_number, NULL },
	{ "ATOMIC", DRM_IOCTL_MODE_ATOMIC, ON_CARD, fill_atomic, NULL },
	{ "ATOMIC", DRM_IOCTL_MODE_ATOMIC, ON_CARD, fill_atomic, NULL },
	{ "SETCRTC", DRM_IOCTL_MODE_SETCRTC, ON_CARD, fill_setcrtc, NULL },
	{ "PAGE_FLIP", DRM_IOCTL_MODE_PAGE_FLIP, ON_CARD, fill_page_flip, NULL },
	{ "CURSOR2", DRM_IOCTL_MODE_CURSOR2, ON_CARD, fill_cursor, NULL },
	{ "SETPLANE", DRM_IOCTL_MODE_SETPLANE, ON_CARD, fill_setplane, NULL },
	{ "OBJ_SETPROPERTY", DRM_IOCTL_MODE_OBJ_SETPROPERTY, ON_CARD, fill_obj_prop, NULL },
	{ "GETCONNECTOR", DRM_IOCTL_MODE_GETCONNECTOR, ON_CARD, fill_get_connector, NULL },
	{ "CREATEPROPBLOB", DRM_IOCTL_MODE_CREATEPROPBLOB, ON_CARD, fill_blob, keep_blob },
	{ "WAIT_VBLANK", DRM_IOCTL_WAIT_VBLANK, ON_CARD, fill_vblank, NULL },
	{ "QUEUE_SEQUENCE", DRM_IOCTL_CRTC_QUEUE_SEQUENCE, ON_CARD, fill_queue_sequence, NULL },
	{ "DIRTYFB", DRM_IOCTL_MODE_DIRTYFB, ON_CARD, fill_dirtyfb, NULL },
	{ "SET_MASTER", DRM_IOCTL_SET_MASTER, ON_CARD, fill_master, NULL },
};
const unsigned int nfuzz_kms_calls = sizeof(fuzz_kms_calls) / sizeof(*fuzz_kms_calls);
