/* SPDX-License-Identifier: MIT */
/*
 * drm_dumb: a dumb buffer, which every driver with a display can make: linear memory behind a
 * handle, without a GPU.
 */
#ifndef STALELINE_DRM_DUMB_H
#define STALELINE_DRM_DUMB_H

#include <stdint.h>

struct drm_dumb {
	uint32_t handle; /* of the open file it was made through; 0: none */
	uint32_t stride; /* bytes, the driver's choice */
	uint64_t size;	 /* bytes */
};

/* Make one of @width x @height pixels of 32 bits on @fd, a primary node. 0 or -errno. */
int drm_dumb_create(int fd, uint32_t width, uint32_t height, struct drm_dumb *dumb);
void drm_dumb_destroy(int fd, struct drm_dumb *dumb);

/* Its PRIME descriptor, read-write and close-on-exec from birth (R26, R28). fd or -errno. */
int drm_dumb_export(int fd, const struct drm_dumb *dumb);

/*
 * Map it through the node @fd, and not through a dma-buf: on the module that is the device's side,
 * and no SYNC belongs to it. 0 or -errno; munmap(2) of dumb->size undoes it.
 */
int drm_dumb_map(int fd, const struct drm_dumb *dumb, void **map);

#endif
