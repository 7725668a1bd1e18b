// SPDX-License-Identifier: MIT
#include <drm_fourcc.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "kmod_kms.h"
#include "kmod_util.h"

static void get_props(int fd, struct kms *kms, uint32_t object, uint32_t type)
{
	uint32_t ids[64];
	uint64_t values[64];
	struct drm_mode_obj_get_properties get = {
		.props_ptr = (uintptr_t)ids,
		.prop_values_ptr = (uintptr_t)values,
		.count_props = 64,
		.obj_id = object,
		.obj_type = type,
	};

	if (call(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get))
		return;
	for (uint32_t i = 0; i < get.count_props && i < 64; i++) {
		struct drm_mode_get_property property = { .prop_id = ids[i] };
		struct kms_prop *p = &kms->props[kms->nprops];

		if (kms->nprops == KMS_MAX_PROPS || call(fd, DRM_IOCTL_MODE_GETPROPERTY, &property))
			continue;
		p->object = object;
		p->id = ids[i];
		p->value = values[i];
		memcpy(p->name, property.name, sizeof(p->name));
		kms->nprops++;
	}
}

static uint64_t current_value(const struct kms *kms, uint32_t object, const char *name)
{
	for (uint32_t i = 0; i < kms->nprops; i++)
		if (kms->props[i].object == object && !strcmp(kms->props[i].name, name))
			return kms->props[i].value;
	return 0;
}

static void get_connector(int fd, struct kms *kms, uint32_t id)
{
	static struct drm_mode_modeinfo all[256];
	struct drm_mode_get_connector get = { .connector_id = id };

	if (call(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get))
		return;
	get_props(fd, kms, id, DRM_MODE_OBJECT_CONNECTOR);
	if (get.connector_type == DRM_MODE_CONNECTOR_WRITEBACK) {
		kms->writeback = id;
		return;
	}
	kms->connector = id;
	/* All or none are given, and there are many. */
	get = (struct drm_mode_get_connector){
		.connector_id = id,
		.modes_ptr = (uintptr_t)all,
		.count_modes = 256,
	};
	if (call(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get) || get.count_modes > 256)
		return;
	kms->nmodes = get.count_modes < KMS_MAX_MODES ? get.count_modes : KMS_MAX_MODES;
	memcpy(kms->modes, all, kms->nmodes * sizeof(*all));
}

static void get_planes(int fd, struct kms *kms)
{
	uint32_t ids[KMS_MAX_PLANES];
	struct drm_mode_get_plane_res get = { .plane_id_ptr = (uintptr_t)ids,
					      .count_planes = KMS_MAX_PLANES };

	if (call(fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &get))
		return;
	for (uint32_t i = 0; i < get.count_planes && i < KMS_MAX_PLANES; i++) {
		uint64_t type;

		get_props(fd, kms, ids[i], DRM_MODE_OBJECT_PLANE);
		kms->planes[kms->nplanes] = ids[i];
		type = current_value(kms, ids[i], "type");
		/* 0 overlay, 1 primary, 2 cursor */
		if (type == 1) {
			kms->planes[kms->nplanes] = kms->planes[0];
			kms->planes[0] = ids[i];
		}
		if (type == 2)
			kms->cursor = kms->nplanes;
		kms->nplanes++;
	}
}

int kms_get(int fd, struct kms *kms)
{
	uint32_t crtcs[8], connectors[8];
	struct drm_mode_card_res get = {
		.crtc_id_ptr = (uintptr_t)crtcs,
		.connector_id_ptr = (uintptr_t)connectors,
		.count_crtcs = 8,
		.count_connectors = 8,
	};
	int ret;

	memset(kms, 0, sizeof(*kms));
	for (uint64_t cap = DRM_CLIENT_CAP_UNIVERSAL_PLANES;
	     cap <= DRM_CLIENT_CAP_WRITEBACK_CONNECTORS; cap++) {
		struct drm_set_client_cap set = { .capability = cap, .value = 1 };

		if (cap != DRM_CLIENT_CAP_ASPECT_RATIO)
			call(fd, DRM_IOCTL_SET_CLIENT_CAP, &set);
	}
	ret = call(fd, DRM_IOCTL_MODE_GETRESOURCES, &get);
	if (ret)
		return ret;
	if (!get.count_crtcs)
		return -ENODEV;
	kms->crtc = crtcs[0];
	get_props(fd, kms, kms->crtc, DRM_MODE_OBJECT_CRTC);
	for (uint32_t i = 0; i < get.count_connectors && i < 8; i++)
		get_connector(fd, kms, connectors[i]);
	get_planes(fd, kms);
	return kms->nplanes && kms->connector && kms->nmodes ? 0 : -ENODEV;
}

uint32_t kms_prop(const struct kms *kms, uint32_t object, const char *name)
{
	for (uint32_t i = 0; i < kms->nprops; i++)
		if (kms->props[i].object == object && !strcmp(kms->props[i].name, name))
			return kms->props[i].id;
	return 0;
}

void kms_set(struct kms_commit *c, const struct kms *kms, uint32_t object, const char *name,
	     uint64_t value)
{
	uint32_t id = kms_prop(kms, object, name);

	if (!id || c->n == KMS_MAX_SET)
		return;
	c->objects[c->n] = object;
	c->counts[c->n] = 1;
	c->props[c->n] = id;
	c->values[c->n] = value;
	c->n++;
}

int kms_commit(int fd, struct kms_commit *c, uint32_t flags, uint64_t user_data)
{
	struct drm_mode_atomic args = {
		.flags = flags,
		.count_objs = c->n,
		.objs_ptr = (uintptr_t)c->objects,
		.count_props_ptr = (uintptr_t)c->counts,
		.props_ptr = (uintptr_t)c->props,
		.prop_values_ptr = (uintptr_t)c->values,
		.user_data = user_data,
	};

	return call(fd, DRM_IOCTL_MODE_ATOMIC, &args);
}

int kms_blob(int fd, const void *data, uint32_t length, uint32_t *id)
{
	struct drm_mode_create_blob args = { .data = (uintptr_t)data, .length = length };
	int ret = call(fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &args);

	*id = args.blob_id;
	return ret;
}

int kms_addfb(int fd, uint32_t handle, uint32_t width, uint32_t height, bool alpha, uint32_t *fb)
{
	struct drm_mode_fb_cmd2 args = {
		.width = width,
		.height = height,
		.pixel_format = alpha ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888,
		.handles = { handle },
		.pitches = { width * 4 },
	};
	int ret = call(fd, DRM_IOCTL_MODE_ADDFB2, &args);

	*fb = args.fb_id;
	return ret;
}
