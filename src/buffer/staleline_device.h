/* SPDX-License-Identifier: MIT */
/*
 * staleline_device: the card node of the module staleline (kmod/), and the ioctls that no other
 * driver has: how a buffer behaves, the truth about its lines, device work.
 *
 * An app needs nothing of this: to it the module is a DRM driver like any
 * other. Peers and reports do.
 */
#ifndef STALELINE_DEVICE_H
#define STALELINE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "staleline_drm.h" /* kmod/'s uapi */

struct buffer;

struct staleline_device {
	int fd;	       /* the card node, close-on-exec, never DRM master; owned; -1 if none */
	char path[64]; /* /dev/dri/card0 */
};

/*
 * Open the module's card node: that of the device that @path names (either of its nodes), or the
 * first there is for NULL. 0 or -errno with @why: -ENODEV there is none, or
 * @path is another driver's.
 */
int staleline_device_open(struct staleline_device *device, const char *path, struct why *why);
void staleline_device_close(struct staleline_device *device);

/* "coherent", "noncoherent", "trap"; an enum drm_staleline_mode, or -EINVAL. */
int staleline_mode_find(const char *name);
const char *staleline_mode_name(uint32_t mode);

/*
 * The dma-buf as a handle of this file. One of the module's own comes back as what it is; one of
 * another exporter is imported. Close the handle by staleline_device_drop(). 0 or -errno.
 */
int staleline_device_import(const struct staleline_device *device, int dmabuf, uint32_t *handle);
void staleline_device_drop(const struct staleline_device *device, uint32_t handle);

/*
 * The module's ioctls, as kmod/staleline_drm.h has them: 0 or -errno. @params, @state and @counters
 * name the buffer by their handle. EOPNOTSUPP: a buffer of another
 * exporter, which has no two sides.
 */
int staleline_device_info(const struct staleline_device *device, struct drm_staleline_info *info);
int staleline_device_set(const struct staleline_device *device,
			 struct drm_staleline_params *params);
int staleline_device_get(const struct staleline_device *device,
			 struct drm_staleline_params *params);
int staleline_device_state(const struct staleline_device *device,
			   struct drm_staleline_state *state);
int staleline_device_counters(const struct staleline_device *device,
			      struct drm_staleline_counters *counters);
int staleline_device_job(const struct staleline_device *device, struct drm_staleline_job *job);

/* A buffer of whatever exporter, as the module knows it. */
struct staleline_view {
	struct staleline_device device;
	uint32_t handle, second;	    /* of its dma-buf; of the second, 0: there is none */
	struct drm_staleline_params params; /* how it behaves, when it was opened */
};

/*
 * Is @buffer one of the module's, whoever allocated it (--exporter=staleline, or GBM on its card
 * node)? Then look at it from here. 0, or -EOPNOTSUPP with @why: it is another's, or the module is
 * not there or not open to us. No run on other buffers ends for that.
 */
int staleline_view_open(struct staleline_view *view, const struct buffer *buffer, struct why *why);
void staleline_view_close(struct staleline_view *view);

/*
 * The module's ioctls of the same names, of all its dma-bufs:
 * SET to each; STATE counted, the sum. 0 or -errno.
 */
int staleline_view_set(const struct staleline_view *view, struct drm_staleline_params *params);
int staleline_view_state(const struct staleline_view *view, struct drm_staleline_state *state);

#endif
