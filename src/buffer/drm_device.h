/* SPDX-License-Identifier: MIT */
/*
 * drm_device: which DRM devices there are, and which nodes in /dev/dri belong to one of them.
 *
 * Nothing is opened here. A machine's display and its GPU may be two devices: on many SoCs the one
 * has no render node and the other no display, and Mesa brings them together. So "no render node"
 * says nothing about what draws.
 */
#ifndef STALELINE_DRM_DEVICE_H
#define STALELINE_DRM_DEVICE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/why.h"

#define DRM_DEVICES 32 /* the most that are looked at */

/* The nodes of one device; a path is "" where it has no such node. */
struct drm_device {
	dev_t rdev; /* of either node */
	char render[64];
	char primary[64];
};

/* For device_file_why(): what to do where there is no such node. */
extern const char drm_device_absent[];

/* Is what stat(2) says a DRM node's? */
bool drm_device_has_node(const struct stat *st);

/* Are these device numbers of nodes of one device? */
bool drm_device_same(dev_t a, dev_t b);

/*
 * Every device that has a node in /dev/dri, those with a render node first, then by number. How
 * many; 0 also where the directory is missing.
 */
int drm_device_scan(struct drm_device devices[DRM_DEVICES]);

/* The device that holds @path, if it is one. 0 or -errno with @why. */
int drm_device_find(const char *path, struct drm_device *found, struct why *why);

#endif
