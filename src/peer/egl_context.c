// SPDX-License-Identifier: MIT
/*
 * egl_context: a display and a context without a window, on a DRM device.
 *
 * The GBM platform on the node that drm_node.h picks: on a software driver that is the card node,
 * where llvmpipe draws into the very memory that the driver calls the device's (kms_swrast). The
 * surfaceless platform would map the dma-buf as a CPU does, outside any bracket: it is for
 * machines without a DRM device, and sees the CPU's side only.
 */
#include "peer/egl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gbm.h>

bool egl_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; at && (at = strstr(at, name)); at += len) {
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

/*
 * Write those of @names (a NULL at the end) that @list lacks into @missing, with blanks between.
 * False where it lacks any.
 */
static bool has_all(const char *list, const char *const *names, char *missing, size_t size)
{
	size_t used = 0;

	missing[0] = '\0';
	for (; *names; names++) {
		int len;

		if (egl_has(list, *names))
			continue;
		len = snprintf(missing + used, size - used, "%s%s", used ? " " : "", *names);
		if (len > 0)
			used = (size_t)len < size - used ? used + (size_t)len : size - 1;
	}
	return used == 0;
}

const char *egl_error(void)
{
	static const char *const words[] = {
		"EGL_SUCCESS",	     "EGL_NOT_INITIALIZED",	"EGL_BAD_ACCESS",
		"EGL_BAD_ALLOC",     "EGL_BAD_ATTRIBUTE",	"EGL_BAD_CONFIG",
		"EGL_BAD_CONTEXT",   "EGL_BAD_CURRENT_SURFACE", "EGL_BAD_DISPLAY",
		"EGL_BAD_MATCH",     "EGL_BAD_NATIVE_PIXMAP",	"EGL_BAD_NATIVE_WINDOW",
		"EGL_BAD_PARAMETER", "EGL_BAD_SURFACE",		"EGL_CONTEXT_LOST",
	};
	EGLint error = eglGetError();

	if (error < EGL_SUCCESS || error > EGL_CONTEXT_LOST)
		return "an unknown EGL error";
	return words[error - EGL_SUCCESS];
}

const char *gl_error(void)
{
	switch (glGetError()) {
	case GL_NO_ERROR:
		return NULL;
	case GL_INVALID_ENUM:
		return "GL_INVALID_ENUM";
	case GL_INVALID_VALUE:
		return "GL_INVALID_VALUE";
	case GL_INVALID_OPERATION:
		return "GL_INVALID_OPERATION";
	case GL_INVALID_FRAMEBUFFER_OPERATION:
		return "GL_INVALID_FRAMEBUFFER_OPERATION";
	case GL_OUT_OF_MEMORY:
		return "GL_OUT_OF_MEMORY";
	default:
		return "an unknown GL error";
	}
}

void gl_forget_errors(void)
{
	for (int i = 0; i < 16 && gl_error(); i++)
		;
}

int gl_check_setup(const char *what, struct why *why)
{
	const char *error = gl_error();

	if (error)
		return why_set(why, -EIO, "setting up %s: %s; try a smaller --size", what, error);
	return 0;
}

static const char *node_name(const struct egl_context *egl)
{
	return egl->node.fd >= 0 ? egl->node.path : "no DRM device (surfaceless)";
}

/* The display is there but not initialised yet. */
static int open_display(struct egl_context *egl, struct why *why)
{
	const char *client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	bool gbm = egl->node.fd >= 0;
	/*
	 * eglTerminate() ends a display for everybody in the process who got the same one, unless
	 * each counts for himself. On GBM nobody else has ours: its gbm_device is our own.
	 */
	const EGLint counted[] = { EGL_TRACK_REFERENCES_KHR, EGL_TRUE, EGL_NONE };
	const EGLint *attribs = egl_has(client, "EGL_KHR_display_reference") ? counted : NULL;
	PFNEGLGETPLATFORMDISPLAYEXTPROC get_display =
		(PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");

	if (!client || !egl_has(client, "EGL_EXT_platform_base") || !get_display)
		return why_set(why, -EOPNOTSUPP,
			       "EGL on %s: this libEGL lacks EGL_EXT_platform_base; install a "
			       "vendor's EGL (libegl-mesa0)",
			       node_name(egl));
	if (gbm && !egl_has(client, "EGL_KHR_platform_gbm") &&
	    !egl_has(client, "EGL_MESA_platform_gbm"))
		return why_set(why, -EOPNOTSUPP,
			       "EGL on %s: this libEGL lacks EGL_KHR_platform_gbm", egl->node.path);
	if (!gbm && !egl_has(client, "EGL_MESA_platform_surfaceless"))
		return why_set(why, -EOPNOTSUPP,
			       "EGL without a DRM device: this libEGL lacks "
			       "EGL_MESA_platform_surfaceless");

	if (gbm)
		egl->display = get_display(EGL_PLATFORM_GBM_KHR, egl->node.gbm, NULL);
	else
		egl->display =
			get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, attribs);
	if (egl->display == EGL_NO_DISPLAY)
		return why_set(why, -ENODEV, "EGL on %s: no display: %s", node_name(egl),
			       egl_error());
	return 0;
}

static int init_display(struct egl_context *egl, struct why *why)
{
	static const char *const needed[] = { "EGL_KHR_surfaceless_context",
					      "EGL_KHR_no_config_context", "EGL_KHR_image_base",
					      NULL };
	char missing[120];
	EGLint major, minor;

	if (!eglInitialize(egl->display, &major, &minor)) {
		egl->display = EGL_NO_DISPLAY;
		return why_set(why, -ENODEV,
			       "EGL on %s: eglInitialize: %s; is the driver for it installed "
			       "(libgl1-mesa-dri)? EGL_LOG_LEVEL=debug tells more",
			       node_name(egl), egl_error());
	}
	if (!has_all(eglQueryString(egl->display, EGL_EXTENSIONS), needed, missing,
		     sizeof(missing)))
		return why_set(why, -EOPNOTSUPP, "EGL %d.%d on %s lacks %s", major, minor,
			       node_name(egl), missing);
	if (!eglBindAPI(EGL_OPENGL_ES_API))
		return why_set(why, -EOPNOTSUPP, "EGL %d.%d on %s has no OpenGL ES: %s", major,
			       minor, node_name(egl), egl_error());
	return 0;
}

static int make_context(struct egl_context *egl, int version, struct why *why)
{
	const EGLint attribs[] = { EGL_CONTEXT_CLIENT_VERSION, version, EGL_NONE };

	/* No config: it describes a surface's pixels, and there is no surface. */
	egl->context = eglCreateContext(egl->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attribs);
	if (egl->context == EGL_NO_CONTEXT)
		return why_set(why, -EOPNOTSUPP, "EGL on %s: no OpenGL ES %d context: %s",
			       node_name(egl), version, egl_error());
	if (!eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, egl->context)) {
		why_set(why, -EIO, "EGL on %s: can't use its OpenGL ES %d context: %s",
			node_name(egl), version, egl_error());
		eglDestroyContext(egl->display, egl->context);
		egl->context = EGL_NO_CONTEXT;
		return -EIO;
	}
	egl->es = version;
	return 0;
}

/*
 * The check shader computes with all 32 bits of a word in the fragment shader. GLES 3.0 asks that
 * of every device; believe what the device says of itself rather than the version.
 */
static int check_integers(struct egl_context *egl, struct why *why)
{
	GLint range[2] = { 0, 0 }, precision = 0;

	glGetShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_HIGH_INT, range, &precision);
	if (range[0] >= 31 && range[1] >= 30)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "EGL on %s: its OpenGL ES 3 has no 32 bit integers in fragment shaders "
		       "(highp int reaches 2^%d); --gl=es2 does without",
		       node_name(egl), range[1]);
}

static int open_context(struct egl_context *egl, enum peer_gl gl, struct why *why)
{
	int err;

	if (gl != PEER_GL_ES2) {
		err = make_context(egl, 3, why);
		if (!err)
			err = check_integers(egl, why);
		if (!err || gl == PEER_GL_ES3)
			return err;
		if (egl->context != EGL_NO_CONTEXT) {
			eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE,
				       EGL_NO_CONTEXT);
			eglDestroyContext(egl->display, egl->context);
			egl->context = EGL_NO_CONTEXT;
		}
	}
	return make_context(egl, 2, why);
}

/* Not virgl: "virgl (llvmpipe ...)" tells of the host's renderer, and is a device to us. */
static bool is_software(const char *renderer)
{
	return !strncmp(renderer, "llvmpipe", 8) || !strncmp(renderer, "softpipe", 8) ||
	       (!strncmp(renderer, "zink", 4) && strstr(renderer, "llvmpipe"));
}

#define CALL(field, name) egl->call.field = (__typeof__(egl->call.field))eglGetProcAddress(name)

/* What is there, and what is not. An extension's function is looked up only where it is named. */
static void look_around(struct egl_context *egl)
{
	static const char *const needed[] = { "EGL_EXT_image_dma_buf_import", NULL };
	static const char *const needed_gl[] = { "GL_OES_EGL_image", NULL };
	const char *ext = eglQueryString(egl->display, EGL_EXTENSIONS);
	const char *gl = (const char *)glGetString(GL_EXTENSIONS);
	const char *renderer = (const char *)glGetString(GL_RENDERER);

	snprintf(egl->renderer, sizeof(egl->renderer), "%s", renderer ? renderer : "unnamed");
	egl->software = is_software(egl->renderer);
	glGetIntegerv(GL_MAX_TEXTURE_SIZE, &egl->max_texture);

	egl->dma_buf = has_all(ext, needed, egl->no_dma_buf, sizeof(egl->no_dma_buf)) &&
		       has_all(gl, needed_gl, egl->no_dma_buf, sizeof(egl->no_dma_buf));
	egl->external = egl_has(gl, egl->es == 3 ? "GL_OES_EGL_image_external_essl3"
						 : "GL_OES_EGL_image_external");

	CALL(create_image, "eglCreateImageKHR");
	CALL(destroy_image, "eglDestroyImageKHR");
	if (egl->dma_buf) {
		CALL(image_to_texture, "glEGLImageTargetTexture2DOES");
		CALL(image_to_renderbuffer, "glEGLImageTargetRenderbufferStorageOES");
	}
	if (egl_has(ext, "EGL_EXT_image_dma_buf_import_modifiers"))
		CALL(query_modifiers, "eglQueryDmaBufModifiersEXT");
	if (egl_has(ext, "EGL_KHR_fence_sync")) {
		CALL(create_sync, "eglCreateSyncKHR");
		CALL(destroy_sync, "eglDestroySyncKHR");
		CALL(client_wait_sync, "eglClientWaitSyncKHR");
	}
	if (egl->call.create_sync && egl_has(ext, "EGL_KHR_wait_sync"))
		CALL(wait_sync, "eglWaitSyncKHR");
	if (egl->call.create_sync && egl_has(ext, "EGL_ANDROID_native_fence_sync"))
		CALL(dup_native_fence, "eglDupNativeFenceFDANDROID");
}

int egl_context_open(struct egl_context *egl, const char *device, enum peer_gl gl, struct why *why)
{
	int err = 0;

	*egl = (struct egl_context){ .node.fd = -1,
				     .display = EGL_NO_DISPLAY,
				     .context = EGL_NO_CONTEXT };
	if (device)
		err = drm_node_open(&egl->node, device, why);
	if (err) {
		egl->node.fd = -1;
		return why_prefix(why, err, "EGL: ");
	}
	err = open_display(egl, why);
	if (!err)
		err = init_display(egl, why);
	if (!err)
		err = open_context(egl, gl, why);
	if (err) {
		egl_context_close(egl);
		return err;
	}
	look_around(egl);
	return 0;
}

void egl_context_close(struct egl_context *egl)
{
	if (egl->display != EGL_NO_DISPLAY) {
		if (egl->context != EGL_NO_CONTEXT && eglGetCurrentContext() == egl->context)
			eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE,
				       EGL_NO_CONTEXT);
		if (egl->context != EGL_NO_CONTEXT)
			eglDestroyContext(egl->display, egl->context);
		eglTerminate(egl->display);
	}
	egl->display = EGL_NO_DISPLAY;
	egl->context = EGL_NO_CONTEXT;
	/* The display stands on the gbm_device: it goes first. */
	if (egl->node.fd >= 0)
		drm_node_close(&egl->node);
	egl->node.fd = -1;
}

int egl_context_use(struct egl_context *egl, struct why *why)
{
	if (eglGetCurrentContext() == egl->context)
		return 0;
	if (eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, egl->context))
		return 0;
	return why_set(why, -EIO, "EGL on %s: can't use its context: %s", node_name(egl),
		       egl_error());
}
