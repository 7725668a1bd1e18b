// SPDX-License-Identifier: MIT
/* egl_format: what the shaders must know of a card's format. */
#include "peer/egl.h"

#include <stdio.h>

#include <drm_fourcc.h>

static const char *defines_of(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return "#define RED_FIRST\n";
	default:
		return "";
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
