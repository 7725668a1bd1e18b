// SPDX-License-Identifier: MIT
/* egl_look: what the EGL on a device is and can do. See egl_look.h. */
#include "peer/egl_look.h"

#include <stdio.h>

#include "peer/egl.h"

static void copy(char *to, size_t size, const GLubyte *text)
{
	snprintf(to, size, "%s", text ? (const char *)text : "");
}

int egl_look(struct egl_facts *facts, const char *device, struct why *why)
{
	struct egl_context egl;
	int err = egl_context_open(&egl, device, PEER_GL_AUTO, why);

	*facts = (struct egl_facts){ 0 };
	if (err)
		return err;
	if (egl.node.fd >= 0)
		snprintf(facts->node, sizeof(facts->node), "%s", egl.node.path);
	copy(facts->renderer, sizeof(facts->renderer), glGetString(GL_RENDERER));
	copy(facts->version, sizeof(facts->version), glGetString(GL_VERSION));
	facts->software = egl.software;
	facts->dma_buf = egl.dma_buf;
	facts->modifiers = egl.call.query_modifiers != NULL;
	facts->native_fence = egl.call.dup_native_fence != NULL;
	egl_context_close(&egl);
	return 0;
}
