// SPDX-License-Identifier: MIT
/* scanout_kms: from a framebuffer to the screen, by atomic commits. See scanout.h. */
#include "peer/scanout.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

enum { KMS_WAIT_MS = 5000 };

int kms_add_fb(int fd, uint32_t handle, uint32_t width, uint32_t height, uint32_t stride,
	       uint32_t offset, uint32_t *fb)
{
	const uint32_t handles[4] = { handle }, strides[4] = { stride }, offsets[4] = { offset };

	return drmModeAddFB2(fd, width, height, DRM_FORMAT_XRGB8888, handles, strides, offsets, fb,
			     0) < 0
		       ? -errno
		       : 0;
}

/* The id of the property @name, and its value, of an object; 0: it has none. */
static uint32_t find_prop(int fd, uint32_t object, uint32_t type, const char *name, uint64_t *value)
{
	drmModeObjectProperties *props = drmModeObjectGetProperties(fd, object, type);
	uint32_t id = 0;

	for (uint32_t i = 0; props && i < props->count_props && !id; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(fd, props->props[i]);

		if (prop && !strcmp(prop->name, name)) {
			id = prop->prop_id;
			if (value)
				*value = props->prop_values[i];
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(props);
	return id;
}

static bool is_virtual(const drmModeConnector *connector)
{
	return connector->connector_type == DRM_MODE_CONNECTOR_VIRTUAL;
}

/*
 * A virtual connector drives no monitor: any timing will do, so one is made for the card's size. On
 * a real one only what the monitor asks for is set.
 */
static bool make_mode(const drmModeConnector *connector, uint32_t width, uint32_t height,
		      drmModeModeInfo *mode)
{
	if (!is_virtual(connector))
		return false;
	*mode = (drmModeModeInfo){
		.hdisplay = (uint16_t)width,
		.hsync_start = (uint16_t)(width + 16),
		.hsync_end = (uint16_t)(width + 48),
		.htotal = (uint16_t)(width + 80),
		.vdisplay = (uint16_t)height,
		.vsync_start = (uint16_t)(height + 3),
		.vsync_end = (uint16_t)(height + 7),
		.vtotal = (uint16_t)(height + 20),
		.vrefresh = 60,
		.type = DRM_MODE_TYPE_USERDEF,
	};
	mode->clock = (uint32_t)mode->htotal * mode->vtotal * 60 / 1000;
	snprintf(mode->name, sizeof(mode->name), "%ux%u", width, height);
	return true;
}

static bool find_mode(const drmModeConnector *connector, uint32_t width, uint32_t height,
		      drmModeModeInfo *mode)
{
	for (int i = 0; i < connector->count_modes; i++) {
		if (connector->modes[i].hdisplay == width &&
		    connector->modes[i].vdisplay == height) {
			*mode = connector->modes[i];
			return true;
		}
	}
	return make_mode(connector, width, height, mode);
}

static void list_modes(const drmModeConnector *connector, char *text, size_t size)
{
	size_t used = strlen(text);

	for (int i = 0; i < connector->count_modes && used < size; i++) {
		char mode[24];

		snprintf(mode, sizeof(mode), " %ux%u", connector->modes[i].hdisplay,
			 connector->modes[i].vdisplay);
		if (!strstr(text, mode)) /* the same in another rate */
			used += (size_t)snprintf(text + used, size - used, "%s", mode);
	}
}

/* Which CRTCs, as bits, any encoder of the connector can be fed by. */
static uint32_t crtcs_of(int fd, const drmModeConnector *connector)
{
	uint32_t mask = 0;

	for (int i = 0; i < connector->count_encoders; i++) {
		drmModeEncoder *encoder = drmModeGetEncoder(fd, connector->encoders[i]);

		if (encoder)
			mask |= encoder->possible_crtcs;
		drmModeFreeEncoder(encoder);
	}
	return mask;
}

/*
 * The CRTC that feeds the connector now, where it may: another one might be somebody else's, and a
 * change is a longer dark screen. Else the first that can.
 */
static uint32_t choose_crtc(int fd, const drmModeRes *res, const drmModeConnector *connector,
			    uint32_t crtcs)
{
	drmModeEncoder *encoder = drmModeGetEncoder(fd, connector->encoder_id);
	uint32_t chosen = (uint32_t)__builtin_ctz(crtcs);

	for (int i = 0; encoder && i < res->count_crtcs && i < 32; i++)
		if (res->crtcs[i] == encoder->crtc_id && crtcs & 1u << i)
			chosen = (uint32_t)i;
	drmModeFreeEncoder(encoder);
	return chosen;
}

/* The first connected connector with a mode of this size, and a CRTC for it. */
static int find_connector(struct kms *kms, const drmModeRes *res, uint32_t width, uint32_t height,
			  struct why *why)
{
	char sizes[200] = "";
	int connected = 0;

	for (int i = 0; i < res->count_connectors && !kms->connector; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);
		uint32_t crtcs;

		if (!connector)
			continue;
		if (connector->connector_type != DRM_MODE_CONNECTOR_WRITEBACK &&
		    connector->connection == DRM_MODE_CONNECTED) {
			connected++;
			list_modes(connector, sizes, sizeof(sizes));
			crtcs = crtcs_of(kms->fd, connector);
			if (crtcs && find_mode(connector, width, height, &kms->mode)) {
				kms->connector = connector->connector_id;
				kms->is_virtual = is_virtual(connector);
				kms->crtc_index = choose_crtc(kms->fd, res, connector, crtcs);
				kms->crtc = res->crtcs[kms->crtc_index];
			}
		}
		drmModeFreeConnector(connector);
	}
	if (kms->connector)
		return 0;
	if (!connected)
		return why_set(why, -EOPNOTSUPP, "no display is connected");
	return why_set(why, -EOPNOTSUPP,
		       "the buffer itself must be scanned out, and the display has no mode of "
		       "%ux%u; take a card of one of its sizes:%s",
		       width, height, sizes);
}

/* A writeback connector that this CRTC can feed; kms->writeback stays 0 where there is none. */
static void find_writeback(struct kms *kms, const drmModeRes *res)
{
	for (int i = 0; i < res->count_connectors && !kms->writeback; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);

		if (connector && connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
		    crtcs_of(kms->fd, connector) & 1u << kms->crtc_index)
			kms->writeback = connector->connector_id;
		drmModeFreeConnector(connector);
	}
}

static int find_plane(struct kms *kms, struct why *why)
{
	drmModePlaneRes *res = drmModeGetPlaneResources(kms->fd);

	for (uint32_t i = 0; res && i < res->count_planes && !kms->plane; i++) {
		drmModePlane *plane = drmModeGetPlane(kms->fd, res->planes[i]);
		uint64_t type = DRM_PLANE_TYPE_OVERLAY;

		find_prop(kms->fd, res->planes[i], DRM_MODE_OBJECT_PLANE, "type", &type);
		if (plane && type == DRM_PLANE_TYPE_PRIMARY &&
		    plane->possible_crtcs & 1u << kms->crtc_index)
			kms->plane = plane->plane_id;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(res);
	return kms->plane ? 0 : why_set(why, -EOPNOTSUPP, "this CRTC has no primary plane");
}

static int find_props(struct kms *kms, struct why *why)
{
	static const char *const src[] = { "SRC_X", "SRC_Y", "SRC_W", "SRC_H" };
	static const char *const dst[] = { "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H" };
	struct kms_props *props = &kms->props;
	uint32_t plane = DRM_MODE_OBJECT_PLANE, connector = DRM_MODE_OBJECT_CONNECTOR;
	bool all;

	props->connector_crtc = find_prop(kms->fd, kms->connector, connector, "CRTC_ID", NULL);
	props->crtc_mode = find_prop(kms->fd, kms->crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", NULL);
	props->crtc_active = find_prop(kms->fd, kms->crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", NULL);
	props->plane_fb = find_prop(kms->fd, kms->plane, plane, "FB_ID", NULL);
	props->plane_crtc = find_prop(kms->fd, kms->plane, plane, "CRTC_ID", NULL);
	all = props->connector_crtc && props->crtc_mode && props->crtc_active && props->plane_fb &&
	      props->plane_crtc;
	for (int i = 0; i < 4; i++) {
		props->plane_src[i] = find_prop(kms->fd, kms->plane, plane, src[i], NULL);
		props->plane_dst[i] = find_prop(kms->fd, kms->plane, plane, dst[i], NULL);
		all = all && props->plane_src[i] && props->plane_dst[i];
	}
	if (!all)
		return why_set(why, -EOPNOTSUPP,
			       "its driver lacks properties that every atomic "
			       "driver has");
	if (!kms->writeback)
		return 0;
	props->writeback_crtc = find_prop(kms->fd, kms->writeback, connector, "CRTC_ID", NULL);
	props->writeback_fb =
		find_prop(kms->fd, kms->writeback, connector, "WRITEBACK_FB_ID", NULL);
	props->writeback_fence =
		find_prop(kms->fd, kms->writeback, connector, "WRITEBACK_OUT_FENCE_PTR", NULL);
	if (!props->writeback_crtc || !props->writeback_fb || !props->writeback_fence)
		kms->writeback = 0;
	return 0;
}

int kms_init(struct kms *kms, int fd, uint32_t width, uint32_t height, struct why *why)
{
	drmModeRes *res;
	int err;

	*kms = (struct kms){ .fd = fd };
	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) < 0)
		return why_set(why, -EOPNOTSUPP, "its driver has no atomic commits (%s)",
			       strerror(errno));
	/* Hidden unless asked for; where the kernel knows none, there is no such connector. */
	drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1);
	res = drmModeGetResources(fd);
	if (!res)
		return why_set(why, -EOPNOTSUPP, "it has no display (%s)", strerror(errno));
	err = find_connector(kms, res, width, height, why);
	if (!err) {
		find_writeback(kms, res);
		err = find_plane(kms, why);
	}
	drmModeFreeResources(res);
	if (!err)
		err = find_props(kms, why);
	if (!err &&
	    drmModeCreatePropertyBlob(fd, &kms->mode, sizeof(kms->mode), &kms->mode_blob) < 0)
		err = why_set(why, -errno, "the mode %s: %s", kms->mode.name, strerror(errno));
	return err;
}

void kms_finish(struct kms *kms)
{
	drmModeAtomicReq *req = kms->shown ? drmModeAtomicAlloc() : NULL;

	if (req) {
		drmModeAtomicAddProperty(req, kms->plane, kms->props.plane_fb, 0);
		drmModeAtomicAddProperty(req, kms->plane, kms->props.plane_crtc, 0);
		drmModeAtomicAddProperty(req, kms->connector, kms->props.connector_crtc, 0);
		drmModeAtomicAddProperty(req, kms->crtc, kms->props.crtc_active, 0);
		drmModeAtomicAddProperty(req, kms->crtc, kms->props.crtc_mode, 0);
		drmModeAtomicCommit(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
		drmModeAtomicFree(req);
	}
	if (kms->mode_blob)
		drmModeDestroyPropertyBlob(kms->fd, kms->mode_blob);
	*kms = (struct kms){ .fd = -1 };
}

static void add_plane(const struct kms *kms, drmModeAtomicReq *req, uint32_t fb)
{
	const uint64_t size[2] = { kms->mode.hdisplay, kms->mode.vdisplay };
	const struct kms_props *props = &kms->props;

	drmModeAtomicAddProperty(req, kms->plane, props->plane_fb, fb);
	drmModeAtomicAddProperty(req, kms->plane, props->plane_crtc, kms->crtc);
	for (int i = 0; i < 2; i++) {
		drmModeAtomicAddProperty(req, kms->plane, props->plane_src[i], 0);
		drmModeAtomicAddProperty(req, kms->plane, props->plane_dst[i], 0);
		drmModeAtomicAddProperty(req, kms->plane, props->plane_src[2 + i], size[i] << 16);
		drmModeAtomicAddProperty(req, kms->plane, props->plane_dst[2 + i], size[i]);
	}
}

static int wait_fence(int fence, struct why *why)
{
	struct pollfd pollfd = { .fd = fence, .events = POLLIN };
	int n;

	do
		n = poll(&pollfd, 1, KMS_WAIT_MS);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return 0;
	return why_set(why, n ? -errno : -ETIME, "the writeback's fence: %s",
		       n ? strerror(errno) : "it did not signal in 5 s");
}

/* All that showing @fb takes, and having it written into @into; 0: that is off. */
static void add_all(const struct kms *kms, drmModeAtomicReq *req, uint32_t fb, uint32_t into)
{
	drmModeAtomicAddProperty(req, kms->connector, kms->props.connector_crtc,
				 into && kms->alone ? 0 : kms->crtc);
	drmModeAtomicAddProperty(req, kms->crtc, kms->props.crtc_mode, kms->mode_blob);
	drmModeAtomicAddProperty(req, kms->crtc, kms->props.crtc_active, 1);
	add_plane(kms, req, fb);
	if (kms->writeback)
		drmModeAtomicAddProperty(req, kms->writeback, kms->props.writeback_crtc,
					 into ? kms->crtc : 0);
	if (into)
		drmModeAtomicAddProperty(req, kms->writeback, kms->props.writeback_fb, into);
}

static bool would_write_back(const struct kms *kms, uint32_t fb)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int err;

	if (!req)
		return false;
	add_all(kms, req, fb, fb);
	err = drmModeAtomicCommit(kms->fd, req,
				  DRM_MODE_ATOMIC_TEST_ONLY | DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
	drmModeAtomicFree(req);
	return !err;
}

bool kms_can_write_back(struct kms *kms, uint32_t fb)
{
	if (!kms->writeback)
		return false;
	if (would_write_back(kms, fb))
		return true;
	/*
	 * The encoders of vkms don't say that they may share a CRTC, which 6.12.107 checks. The
	 * writeback alone will do; but a monitor would go dark at each read.
	 */
	kms->alone = kms->is_virtual;
	return kms->alone && would_write_back(kms, fb);
}

int kms_show(struct kms *kms, uint32_t fb, uint32_t into, struct why *why)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	/* Feeding a writeback, or no more, changes what the CRTC drives: a mode set in name. */
	uint32_t flags = !kms->shown || kms->writeback ? DRM_MODE_ATOMIC_ALLOW_MODESET : 0;
	int32_t fence = -1;
	int err = 0;

	if (!req)
		return why_set(why, -ENOMEM, "a commit: out of memory");
	add_all(kms, req, fb, into);
	if (into)
		drmModeAtomicAddProperty(req, kms->writeback, kms->props.writeback_fence,
					 (uint64_t)(uintptr_t)&fence);
	/* Blocking: it returns when the framebuffer is shown. */
	if (drmModeAtomicCommit(kms->fd, req, flags, NULL) < 0)
		err = why_set(why, -errno, "showing a framebuffer of %s%s: %s", kms->mode.name,
			      into ? " with writeback" : "", strerror(errno));
	drmModeAtomicFree(req);
	if (err)
		return err;
	kms->shown = true;
	if (fence >= 0) {
		err = wait_fence(fence, why);
		close(fence);
	}
	return err;
}
