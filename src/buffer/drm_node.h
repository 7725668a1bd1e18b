/* SPDX-License-Identifier: MIT */
/*
 * drm_node: DRM devices and the node of each that can allocate CPU-writable buffers.
 *
 * A hardware driver's buffers and EGL come from its render node, so that no privilege of the
 * primary node is needed. A driver without a GPU (vgem, vkms, simpledrm ... under kms_swrast)
 * allocates dumb buffers, which a render node refuses: there it is the primary ("card") node. So it
 * is for a display device that has no render node: the GPU behind it, if any, is another device.
 * Whoever opens a primary node may become DRM master and keep a compositor from starting: the one
 * helper here drops it at once.
 */
#ifndef STALELINE_DRM_NODE_H
#define STALELINE_DRM_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/why.h"

struct gbm_bo;
struct gbm_device;

struct drm_node {
	int fd;			/* close-on-exec, never DRM master; owned; -1 if none */
	struct gbm_device *gbm; /* owned */
	char path[64];		/* /dev/dri/card0 or /dev/dri/renderD128 */
	char driver[32];	/* the kernel driver's name: "vgem", "i915" */
};

/* open(2) O_RDWR | O_CLOEXEC, and drop master where it is a primary node. fd or -errno. */
int drm_node_open_fd(const char *path);

/*
 * Open the device that @path names (either of its nodes), on the node that can allocate a linear
 * buffer. Whichever node was named, the render node is tried first, then @path, then the primary:
 * on its primary node a GPU may allocate without drawing (a desktop is DRM master there). Of a
 * driver known to have no GPU it is the other way round. Whether a GPU or the CPU will draw is
 * not known here: ask GL_RENDERER. 0 or -errno: -ENODEV not a DRM device, -EACCES no permission
 * (@why names the group), ...
 */
int drm_node_open(struct drm_node *node, const char *path, struct why *why);
void drm_node_close(struct drm_node *node);

/*
 * Call @each with a path for every DRM device of this machine, the one that holds @first (a
 * device number of either node; 0: none) before all others, then those with a render node, until
 * it returns nonzero: that is handed back. 0 where none did; -ENODEV where there is no DRM device.
 */
int drm_node_each(dev_t first, int (*each)(void *data, const char *path), void *data);

/* Is the kernel driver of this name known to have no GPU? */
bool drm_driver_has_no_gpu(const char *driver);

/* Allocate a LINEAR buffer, in every way that GBM has to ask for one. NULL and errno. */
struct gbm_bo *drm_node_create_bo(struct gbm_device *gbm, uint32_t width, uint32_t height,
				  uint32_t fourcc);

/*
 * The render node of the first device whose driver is not known to have no GPU.
 * False: there is none.
 */
bool drm_node_find_gpu(char path[64]);

/* Is @fd's device the one with this device number (either of its nodes)? */
bool drm_node_is_device(int fd, dev_t device);

#endif
