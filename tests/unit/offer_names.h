/* SPDX-License-Identifier: MIT */
/* Formats and modifiers of an offer, by names short enough for a table. */
#ifndef STALELINE_OFFER_NAMES_H
#define STALELINE_OFFER_NAMES_H

#include <drm_fourcc.h>

#define XR DRM_FORMAT_XRGB8888
#define AR DRM_FORMAT_ARGB8888
#define LINEAR DRM_FORMAT_MOD_LINEAR
#define INVALID DRM_FORMAT_MOD_INVALID
#define TILED I915_FORMAT_MOD_X_TILED

#endif
