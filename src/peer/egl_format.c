// SPDX-License-Identifier: MIT
/* egl_format: what GL must know of a card's format. */
#include "peer/egl.h"

#include <stdio.h>

#include <drm_fourcc.h>

static const char *defines_of(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return "#define RED_FIRST\n";
	case DRM_FORMAT_RGB565: /* as GL's own */
		return "#define RGB565\n#define RED_FIRST\n";
	case DRM_FORMAT_XRGB2101010:
		return "#define XRGB2101010\n";
	case DRM_FORMAT_ABGR16161616F: /* as GL's own */
		return "#define HALVES\n#define RED_FIRST\n";
	default:
		return "";
	}
}

struct egl_upload egl_format_upload(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_RGB565:
		return (struct egl_upload){ GL_RGB, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, false };
	case DRM_FORMAT_XRGB2101010:
		return (struct egl_upload){ GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV,
					    true };
	case DRM_FORMAT_ABGR16161616F:
		return (struct egl_upload){ GL_RGBA16F, GL_RGBA, GL_HALF_FLOAT, true };
	default:
		return (struct egl_upload){ GL_RGBA, GL_RGBA, GL_UNSIGNED_BYTE, false };
	}
}

GLuint egl_format_program(uint32_t fourcc, const struct shader *vertex,
			  const struct shader *fragment, bool external, struct why *why)
{
	char defines[100];

	snprintf(defines, sizeof(defines), "%s%s", external ? "#define EXTERNAL\n" : "",
		 defines_of(fourcc));
	return egl_program(vertex, fragment, defines, why);
}
