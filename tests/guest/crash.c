// SPDX-License-Identifier: MIT
/*
 * A staleline with a driver that crashes when it imports a buffer of the exporter that
 * $STALELINE_CRASH names ("open": when its context is opened), linked in front of the real calls:
 * `list` must name it, and tell all the rest.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer/exporter.h"
#include "peer/egl.h"

int __wrap_egl_image_import(struct egl_context *egl, const struct buffer *buffer,
			    struct peer_image **image, struct why *why);
int __real_egl_image_import(struct egl_context *egl, const struct buffer *buffer,
			    struct peer_image **image, struct why *why);
int __wrap_egl_context_open(struct egl_context *egl, const char *device, enum peer_gl gl,
			    struct why *why);
int __real_egl_context_open(struct egl_context *egl, const char *device, enum peer_gl gl,
			    struct why *why);

static void crash_at(const char *name)
{
	const char *wanted = getenv("STALELINE_CRASH");

	if (!wanted || strcmp(wanted, name))
		return;
	fputs("driver: these are my last words\n", stderr);
	raise(SIGSEGV);
}

int __wrap_egl_image_import(struct egl_context *egl, const struct buffer *buffer,
			    struct peer_image **image, struct why *why)
{
	crash_at(buffer->exporter->ops->name);
	return __real_egl_image_import(egl, buffer, image, why);
}

int __wrap_egl_context_open(struct egl_context *egl, const char *device, enum peer_gl gl,
			    struct why *why)
{
	crash_at("open");
	return __real_egl_context_open(egl, device, gl, why);
}
