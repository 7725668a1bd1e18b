/* SPDX-License-Identifier: MIT */
/*
 * egl: the inside of the EGL peer. peer.h is what others see of it.
 *
 *   egl.c            the peer: open, import, read, write, finish
 *   egl_context.c    display and context on a DRM device, or on none
 *   egl_fence.c      waiting until the device is done
 *   egl_sync.c       fences before and behind its work, where they are ours to carry
 *   egl_format.c     what the shaders must know of a card's format
 *   egl_image.c      a dma-buf as an EGLImage and a texture
 *   egl_program.c    shaders, the one triangle, pictures to draw into
 *   egl_check.c      GLES 3.0: the check and heatmap shaders
 *   egl_pixels.c     GLES 2: pixels pass 1:1 and are judged by the CPU
 *   egl_write.c      a card drawn by the device
 *
 * Byte order: what glReadPixels puts into memory is taken for 32 bit words of a little endian CPU.
 */
#ifndef STALELINE_EGL_H
#define STALELINE_EGL_H

#include <stdbool.h>
#include <stdint.h>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl3.h>
#include <GLES2/gl2ext.h>

#include "base/pixel_format.h"
#include "base/why.h"
#include "buffer/buffer.h"
#include "buffer/drm_node.h"
#include "card/card.h"
#include "peer/peer.h"
#include "peer/points.h"
#include "peer/shaders.h"

enum {
	EGL_WAIT_MS = 5000, /* a device that takes longer than this for a card hangs */
};

/* What of EGL and GL is an extension; NULL where it is missing. */
struct egl_calls {
	PFNEGLCREATEIMAGEKHRPROC create_image;
	PFNEGLDESTROYIMAGEKHRPROC destroy_image;
	PFNEGLQUERYDMABUFMODIFIERSEXTPROC query_modifiers;
	PFNEGLCREATESYNCKHRPROC create_sync;
	PFNEGLDESTROYSYNCKHRPROC destroy_sync;
	PFNEGLCLIENTWAITSYNCKHRPROC client_wait_sync;
	PFNEGLWAITSYNCKHRPROC wait_sync;
	PFNEGLDUPNATIVEFENCEFDANDROIDPROC dup_native_fence;
	PFNGLEGLIMAGETARGETTEXTURE2DOESPROC image_to_texture;
	PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC image_to_renderbuffer;
};

/* A display and a context, without any window. */
struct egl_context {
	struct drm_node node; /* fd -1 where there is no DRM device */
	EGLDisplay display;
	EGLContext context;
	struct egl_calls call;

	int es;		   /* 3: the check shader; 2: pixels pass through */
	bool dma_buf;	   /* dma-bufs can be imported; else @no_dma_buf says what is missing */
	bool external;	   /* samplerExternalOES in the shaders of this path */
	bool software;	   /* the "device" is the CPU: llvmpipe, softpipe */
	GLint max_texture; /* pixels, either way */
	char renderer[48]; /* GL_RENDERER, cut */
	char no_dma_buf[120];
};

/*
 * On the DRM device that @device names (either of its nodes), or on none for NULL; with the GL
 * that @gl asks for. On return the context is current.
 */
int egl_context_open(struct egl_context *egl, const char *device, enum peer_gl gl, struct why *why);
void egl_context_close(struct egl_context *egl);

/* Make it current, where it is not: a program may have several peers. */
int egl_context_use(struct egl_context *egl, struct why *why);

/* Is @name one of the words in @list? */
bool egl_has(const char *list, const char *name);
const char *egl_error(void); /* eglGetError() as a word */
const char *gl_error(void);  /* glGetError() as a word, NULL where there was none */

/* Errors that are not ours to tell: forget them. A lost context says so for ever: not so often. */
void gl_forget_errors(void);

/* What was set up must be there: 0, or -EIO with GL's word for what went wrong with @what. */
int gl_check_setup(const char *what, struct why *why);

/*
 * Wait, with a limit, until the device has done all that was submitted so far. -ETIME where the
 * limit passed.
 */
int egl_fence_wait(struct egl_context *egl, struct why *why);

/*
 * A sync_file of all that was submitted so far, the caller's; -EOPNOTSUPP: this device gives none.
 */
int egl_native_fence(struct egl_context *egl);

/* The fences before and behind EGL's work: see enum peer_sync. */
struct egl_sync {
	enum peer_sync kind;
	struct points points; /* PEER_POINT: on the context's node */
};

/* From now on by @kind. 0 or -errno with @why: -EOPNOTSUPP, this device can't. */
int egl_sync_choose(struct egl_sync *sync, struct egl_context *egl, enum peer_sync kind,
		    struct why *why);

/* Around the calls that draw from @buffer, or into it where it @writes. 0 or -errno with @why. */
int egl_sync_before(struct egl_sync *sync, struct egl_context *egl, const struct buffer *buffer,
		    bool writes, struct why *why);
int egl_sync_after(struct egl_sync *sync, struct egl_context *egl, const struct buffer *buffer,
		   bool writes, struct why *why);

/*
 * How a card in the format @fourcc is handed to GL as a texture; R and B may have to change places.
 */
struct egl_upload {
	GLint internal;
	GLenum format, type;
	bool es3; /* GLES 2 has no such */
};

/*
 * What GL looks at. RGB as it is; of YUV each plane by itself, as bytes (R8) or pairs of bytes
 * (GR88): so nobody converts or filters what is there.
 */
enum { EGL_VIEWS = PIXEL_FORMAT_PLANES };

struct egl_view {
	uint32_t fourcc, width, height;
	uint32_t plane; /* of the buffer */
	struct egl_upload upload;
};

/* The views of a card or a buffer of this format and size. How many. */
uint32_t egl_format_views(uint32_t fourcc, uint32_t width, uint32_t height,
			  struct egl_view views[EGL_VIEWS]);

/*
 * What a shader looks at: a texture for each view of the card.
 * Any texture will do, a dma-buf or not.
 */
struct egl_source {
	GLuint texture[EGL_VIEWS];
	GLenum target; /* GL_TEXTURE_2D or, of one view, GL_TEXTURE_EXTERNAL_OES */
};

struct peer_image {
	const struct buffer *buffer;
	uint32_t views;
	EGLImageKHR image[EGL_VIEWS];
	struct egl_source source;
	GLuint canvas[EGL_VIEWS];	/* FBO to draw into the buffer, made at the first write */
	GLuint renderbuffer[EGL_VIEWS]; /* its other way, where the texture can't be drawn into */
};

int egl_image_import(struct egl_context *egl, const struct buffer *buffer,
		     struct peer_image **image, struct why *why);
void egl_image_drop(struct egl_context *egl, struct peer_image *image);

/* Can a modifier be passed with this format? Else a LINEAR buffer is imported without. */
bool egl_image_has_modifiers(const struct egl_context *egl, uint32_t fourcc);

/* Take the image anew, so that what others wrote since is seen. Before every use for sampling. */
int egl_image_renew(struct egl_context *egl, struct peer_image *image, struct why *why);

/*
 * Bind the FBO that draws into view @n of the buffer.
 * -EOPNOTSUPP where this buffer can't be drawn into.
 */
int egl_image_canvas(struct egl_context *egl, struct peer_image *image, uint32_t n,
		     struct why *why);

/* One shader pair, linked. @defines goes behind the #version line; "" for none. 0 on failure. */
GLuint egl_program(const struct shader *vertex, const struct shader *fragment, const char *defines,
		   struct why *why);
/*
 * The same for cards in the format @fourcc,
 * and for textures of GL_TEXTURE_EXTERNAL_OES where @external.
 */
GLuint egl_format_program(uint32_t fourcc, const struct shader *vertex,
			  const struct shader *fragment, bool external, struct why *why);
GLint egl_uniform(GLuint program, const char *name);

/* A texture without filter, mipmaps or repeat, bound: 1:1 or nothing. */
GLuint egl_texture(GLenum target);

/* An RGBA8 texture of this size with an FBO to draw into it, which is left bound. */
struct egl_canvas {
	GLuint texture, fbo;
	GLsizei width, height;
};

int egl_canvas_init(struct egl_canvas *canvas, uint32_t width, uint32_t height, struct why *why);
void egl_canvas_finish(struct egl_canvas *canvas);

/* The one triangle that covers every pixel of the viewport, and the state around it. */
GLuint egl_triangle(void);
void egl_draw(GLuint triangle, GLuint program, GLsizei width, GLsizei height);

/* GLES 3.0: one fragment for each cell. */
struct egl_check {
	const struct card *card;
	GLuint triangle;
	GLuint program[2]; /* of GL_TEXTURE_2D, of GL_TEXTURE_EXTERNAL_OES (0: no such sampler) */
	GLuint heat_program;
	GLuint waves; /* texture of the picture's tables */
	struct egl_canvas verdicts, heat;
	GLuint stamp; /* of the last look, 1 to 31: see egl_check_fetch() */
};

int egl_check_init(struct egl_check *check, const struct egl_context *egl, const struct card *card,
		   struct why *why);
void egl_check_finish(struct egl_check *check);

/* Submit the work: verdicts, and the heatmap where wanted; then, when it is done, fetch it. */
int egl_check_draw(struct egl_check *check, const struct egl_source *source,
		   const struct card_expect *expect, bool heat, struct why *why);
int egl_check_fetch(struct egl_check *check, struct cell_verdict *map, uint32_t *heat,
		    struct why *why);

/* GLES 2: pixels 1:1 into memory. */
struct egl_pixels {
	const struct card *card;
	GLuint triangle;
	GLuint program[2]; /* as above */
	struct egl_canvas tile;
	uint8_t *tile_memory;
	uint8_t *staging; /* the card as the device saw it, in the memory of its format */
};

int egl_pixels_init(struct egl_pixels *pixels, const struct egl_context *egl,
		    const struct card *card, struct why *why);
void egl_pixels_finish(struct egl_pixels *pixels);
int egl_pixels_read(struct egl_pixels *pixels, struct egl_context *egl,
		    const struct egl_source *source, const struct card_expect *expect,
		    struct cell_verdict *map, uint32_t *heat, struct why *why);

/* Both: a card drawn by the CPU, uploaded and drawn again by the device, 1:1. */
struct egl_write {
	const struct card *card;
	struct egl_view view[EGL_VIEWS];
	uint32_t views;
	size_t row_bytes;
	GLuint triangle, program, texture[EGL_VIEWS];
	uint8_t *staging;
};

int egl_write_init(struct egl_write *write, const struct egl_context *egl, const struct card *card,
		   struct why *why);
void egl_write_finish(struct egl_write *write);

/*
 * What the CPU has to do for it: the card, in memory of its own.
 * Then each view into the bound FBO, which is of its size.
 */
void egl_write_prepare(struct egl_write *write, uint32_t serial, uint32_t frame);
int egl_write_draw(struct egl_write *write, uint32_t n, struct why *why);

#endif
