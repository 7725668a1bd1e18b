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
	case DRM_FORMAT_NV12: /* their views are GL's own */
		return "#define NV12\n#define YUV\n#define RED_FIRST\n";
	case DRM_FORMAT_P010:
		return "#define P010\n#define YUV\n#define RED_FIRST\n";
	case DRM_FORMAT_YUYV:
		return "#define YUYV\n#define YUV\n#define RED_FIRST\n";
	default:
		return "";
	}
}

static struct egl_upload upload_of(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_RGB565:
		return (struct egl_upload){ GL_RGB, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, false };
	case DRM_FORMAT_XRGB2101010:
		return (struct egl_upload){ GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV,
					    true };
	case DRM_FORMAT_ABGR16161616F:
		return (struct egl_upload){ GL_RGBA16F, GL_RGBA, GL_HALF_FLOAT, true };
	case DRM_FORMAT_R8:
		return (struct egl_upload){ GL_R8, GL_RED, GL_UNSIGNED_BYTE, true };
	case DRM_FORMAT_GR88:
		return (struct egl_upload){ GL_RG8, GL_RG, GL_UNSIGNED_BYTE, true };
	default:
		return (struct egl_upload){ GL_RGBA, GL_RGBA, GL_UNSIGNED_BYTE, false };
	}
}

static struct egl_view view(uint32_t fourcc, uint32_t width, uint32_t height, uint32_t plane)
{
	return (struct egl_view){ fourcc, width, height, plane, upload_of(fourcc) };
}

uint32_t egl_format_views(uint32_t fourcc, uint32_t width, uint32_t height,
			  struct egl_view views[EGL_VIEWS])
{
	switch (fourcc) {
	case DRM_FORMAT_NV12:
		views[0] = view(DRM_FORMAT_R8, width, height, 0);
		views[1] = view(DRM_FORMAT_GR88, width / 2, height / 2, 1);
		return 2;
	case DRM_FORMAT_P010:
		views[0] = view(DRM_FORMAT_GR88, width, height, 0);
		views[1] = view(DRM_FORMAT_GR88, width, height / 2, 1);
		return 2;
	case DRM_FORMAT_YUYV:
		views[0] = view(DRM_FORMAT_GR88, width, height, 0);
		return 1;
	default:
		views[0] = view(fourcc, width, height, 0);
		return 1;
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
