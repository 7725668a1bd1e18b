/* SPDX-License-Identifier: MIT */
/* egl_look: what the EGL on a device is and can do, before any card or buffer. */
#ifndef STALELINE_EGL_LOOK_H
#define STALELINE_EGL_LOOK_H

#include <stdbool.h>

#include "base/why.h"

struct egl_facts {
	char node[64];	   /* the node that was taken; "": no DRM device */
	char renderer[96]; /* GL_RENDERER */
	char version[96];  /* GL_VERSION: on Mesa with Mesa's version */
	bool software;	   /* the CPU draws */
	bool dma_buf;	   /* EGL_EXT_image_dma_buf_import and GL_OES_EGL_image */
	bool modifiers;	   /* EGL_EXT_image_dma_buf_import_modifiers */
	bool native_fence; /* EGL_ANDROID_native_fence_sync: sync_files in and out */
};

/* On the DRM device that @device names, or on none for NULL. 0 or -errno with @why. */
int egl_look(struct egl_facts *facts, const char *device, struct why *why);

#endif
