// SPDX-License-Identifier: MIT
/*
 * egl_image: a dma-buf as an EGLImage, and that as a texture to look at and an FBO to draw into.
 *
 * Imported once for each buffer, not once for each frame. A cache of imports keyed by the number of
 * a descriptor shows old frames as soon as a number is used again; here the image belongs to the
 * struct buffer, which outlives it.
 */
#include "peer/egl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <xf86drm.h>

/*
 * A software renderer without a DRM device maps the descriptor itself, for reading and writing,
 * and goes on where it can't: it reads nothing then, and crashes when it draws. (On a card node it
 * maps by the driver, whatever the mode of the descriptor.)
 */
static int check_mode(const struct egl_context *egl, const struct buffer *buffer, int dmabuf,
		      struct why *why)
{
	int mode = fcntl(dmabuf, F_GETFL);

	if (mode < 0)
		return why_set(why, -errno, "import of buffer %u: descriptor %d: %s",
			       buffer->number, dmabuf, strerror(errno));
	if (!egl->software || egl->node.fd >= 0 || (mode & O_ACCMODE) == O_RDWR)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "import of buffer %u: the dma-buf was exported read-only, and %s without a "
		       "DRM device maps it for writing too; export it read-write (R26)",
		       buffer->number, egl->renderer);
}

/*
 * A software renderer on a card node reaches every buffer through the driver's dumb map, which
 * vgem and most others refuse for buffers of another exporter; it does not look at that answer
 * either. So do before what it would do. On a descriptor of our own: a GEM handle is one for each
 * buffer and open file, and closing it here would take it away from GBM too.
 */
static int check_map(const struct egl_context *egl, const struct buffer *buffer, int dmabuf,
		     struct why *why)
{
	struct drm_mode_map_dumb map = { 0 };
	int fd, err = 0;

	if (!egl->software || egl->node.fd < 0)
		return 0;
	fd = drm_node_open_fd(egl->node.path);
	if (fd < 0)
		return why_set(why, fd, "import of buffer %u: open %s: %s", buffer->number,
			       egl->node.path, strerror(-fd));
	if (drmPrimeFDToHandle(fd, dmabuf, &map.handle) < 0) {
		err = why_set(why, -EOPNOTSUPP,
			      "import of buffer %u into %s: driver %s refuses the dma-buf: %s; "
			      "take another exporter or another device",
			      buffer->number, egl->node.path, egl->node.driver, strerror(errno));
		close(fd);
		return err;
	}
	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map) < 0)
		err = why_set(why, -EOPNOTSUPP,
			      "import of buffer %u into %s: driver %s can't map a dma-buf of "
			      "another exporter (%s), and %s would crash on it; take a buffer of "
			      "this device (--exporter=gbm) or another device",
			      buffer->number, egl->node.path, egl->node.driver, strerror(errno),
			      egl->renderer);
	drmCloseBufferHandle(fd, map.handle);
	close(fd);
	return err;
}

/* Must this format with this modifier be looked at through samplerExternalOES? */
enum import_kind {
	IMPORT_PLAIN,	    /* modifier unknown to EGL, or not to be passed: without */
	IMPORT_2D,	    /* with its modifier, as GL_TEXTURE_2D */
	IMPORT_EXTERNAL,    /* with its modifier, as GL_TEXTURE_EXTERNAL_OES */
	IMPORT_NOT_OFFERED, /* EGL knows modifiers for this format, but not this one */
};

enum { MOST_MODIFIERS = 256 };

/* How many modifiers EGL names for @fourcc, into both arrays; 0 also where it names none at all. */
static EGLint get_modifiers(const struct egl_context *egl, uint32_t fourcc,
			    EGLuint64KHR modifier[MOST_MODIFIERS],
			    EGLBoolean external_only[MOST_MODIFIERS])
{
	EGLint count = 0;

	if (!egl->call.query_modifiers ||
	    !egl->call.query_modifiers(egl->display, (EGLint)fourcc, MOST_MODIFIERS, modifier,
				       external_only, &count))
		return 0;
	return count;
}

bool egl_image_has_modifiers(const struct egl_context *egl, uint32_t fourcc)
{
	EGLuint64KHR modifier[MOST_MODIFIERS];
	EGLBoolean external_only[MOST_MODIFIERS];

	return get_modifiers(egl, fourcc, modifier, external_only) > 0;
}

static enum import_kind how_to_import(const struct egl_context *egl, const struct buffer *buffer,
				      uint32_t fourcc)
{
	EGLuint64KHR modifier[MOST_MODIFIERS];
	/* Set before: Mesa's llvmpipe leaves it as it was. */
	EGLBoolean external_only[MOST_MODIFIERS] = { EGL_FALSE };
	EGLint count = get_modifiers(egl, fourcc, modifier, external_only);

	if (count <= 0)
		return IMPORT_PLAIN;
	for (EGLint i = 0; i < count; i++) {
		if (modifier[i] == buffer->modifier)
			return external_only[i] ? IMPORT_EXTERNAL : IMPORT_2D;
	}
	return IMPORT_NOT_OFFERED;
}

static EGLImageKHR create_image(const struct egl_context *egl, const struct buffer *buffer,
				const struct egl_view *view, bool with_modifier)
{
	/* clang-format off */
	EGLint attribs[] = {
		EGL_WIDTH, (EGLint)view->width,
		EGL_HEIGHT, (EGLint)view->height,
		EGL_LINUX_DRM_FOURCC_EXT, (EGLint)view->fourcc,
		EGL_DMA_BUF_PLANE0_FD_EXT, buffer_plane_fd(buffer, view->plane),
		EGL_DMA_BUF_PLANE0_OFFSET_EXT, (EGLint)buffer_plane_offset(buffer, view->plane),
		EGL_DMA_BUF_PLANE0_PITCH_EXT, (EGLint)buffer->stride,
		EGL_NONE, (EGLint)(buffer->modifier & 0xffffffff),
		EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT, (EGLint)(buffer->modifier >> 32),
		EGL_NONE,
	};
	/* clang-format on */

	/* A modifier of 0 is LINEAR and says so; no modifier leaves the layout to a guess. */
	if (with_modifier)
		attribs[12] = EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT;
	return egl->call.create_image(egl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL,
				      attribs);
}

static int import_view(struct egl_context *egl, struct peer_image *image,
		       const struct egl_view *view, struct why *why)
{
	const struct buffer *buffer = image->buffer;
	enum import_kind kind = how_to_import(egl, buffer, view->fourcc);
	bool plain = kind == IMPORT_PLAIN;
	EGLImageKHR made;

	if (kind == IMPORT_NOT_OFFERED || (plain && buffer->modifier != DRM_FORMAT_MOD_LINEAR))
		return why_set(why, -EOPNOTSUPP,
			       "import of buffer %u: EGL (%s) takes no format 0x%08x with modifier "
			       "0x%llx; take another device",
			       buffer->number, egl->renderer, view->fourcc,
			       (unsigned long long)buffer->modifier);
	/*
	 * The shader of planes knows no external textures:
	 * whether they are that, egl_image_renew() will see.
	 */
	if (kind == IMPORT_EXTERNAL && view->fourcc != buffer->fourcc)
		kind = IMPORT_2D;
	if (kind == IMPORT_EXTERNAL && !egl->external)
		return why_set(why, -EOPNOTSUPP,
			       "import of buffer %u: EGL (%s) lets shaders see it as external "
			       "texture only, and lacks GL_OES_EGL_image_external%s%s",
			       buffer->number, egl->renderer, egl->es == 3 ? "_essl3" : "",
			       egl->es == 3 ? "; try --gl=es2" : "");
	image->source.target = kind == IMPORT_EXTERNAL ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D;

	made = create_image(egl, buffer, view, !plain);
	if (made == EGL_NO_IMAGE_KHR)
		return why_set(why, -EOPNOTSUPP,
			       "import of buffer %u (%ux%u, stride %u, offset %u, %s) into EGL "
			       "(%s): %s; take another exporter or another device",
			       buffer->number, view->width, view->height, buffer->stride,
			       buffer_plane_offset(buffer, view->plane),
			       plain ? "no modifier passed" : "modifier LINEAR", egl->renderer,
			       egl_error());
	image->image[image->views] = made;
	image->source.texture[image->views++] = egl_texture(image->source.target);
	return 0;
}

static int import(struct egl_context *egl, struct peer_image *image, struct why *why)
{
	const struct buffer *buffer = image->buffer;
	struct egl_view views[EGL_VIEWS];
	uint32_t count = egl_format_views(buffer->fourcc, buffer->width, buffer->height, views);
	int err = 0;

	for (uint32_t n = 0; !err && n < count; n++)
		err = import_view(egl, image, &views[n], why);
	return err ? err : egl_image_renew(egl, image, why);
}

int egl_image_import(struct egl_context *egl, const struct buffer *buffer,
		     struct peer_image **image, struct why *why)
{
	struct peer_image *made;
	int err = 0;

	*image = NULL;
	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++) {
		err = check_mode(egl, buffer, buffer_part_fd(buffer, part), why);
		if (!err)
			err = check_map(egl, buffer, buffer_part_fd(buffer, part), why);
	}
	if (err)
		return err;
	made = calloc(1, sizeof(*made));
	if (!made)
		return why_set(why, -ENOMEM, "import of buffer %u: out of memory", buffer->number);
	made->buffer = buffer;
	err = import(egl, made, why);
	if (err)
		egl_image_drop(egl, made);
	else
		*image = made;
	return err;
}

void egl_image_drop(struct egl_context *egl, struct peer_image *image)
{
	if (!image)
		return;
	glDeleteFramebuffers(EGL_VIEWS, image->canvas);
	glDeleteRenderbuffers(EGL_VIEWS, image->renderbuffer);
	glDeleteTextures(EGL_VIEWS, image->source.texture);
	for (uint32_t n = 0; n < image->views; n++)
		egl->call.destroy_image(egl->display, image->image[n]);
	free(image);
}

/*
 * The CPU wrote the buffer behind GL's back. What GL owes us then is thin: an implementation may
 * keep what it fetched of a texture until the texture is specified again. Targeting the image
 * anew is that, costs no copy, and is what compositors do for each commit.
 */
int egl_image_renew(struct egl_context *egl, struct peer_image *image, struct why *why)
{
	const char *error;

	gl_forget_errors();
	for (uint32_t n = 0; n < image->views; n++) {
		glBindTexture(image->source.target, image->source.texture[n]);
		egl->call.image_to_texture(image->source.target, image->image[n]);
	}
	error = gl_error();
	if (!error)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "buffer %u as a texture of EGL (%s): %s; take another exporter or device",
		       image->buffer->number, egl->renderer, error);
}

static bool complete(void)
{
	return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

/* Draw into the texture where GL lets us, else into a renderbuffer of the same image. */
static bool attach(struct egl_context *egl, struct peer_image *image, uint32_t n)
{
	if (image->source.target == GL_TEXTURE_2D) {
		glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
				       image->source.texture[n], 0);
		if (complete())
			return true;
	}
	if (!egl->call.image_to_renderbuffer)
		return false;
	glGenRenderbuffers(1, &image->renderbuffer[n]);
	glBindRenderbuffer(GL_RENDERBUFFER, image->renderbuffer[n]);
	egl->call.image_to_renderbuffer(GL_RENDERBUFFER, image->image[n]);
	if (gl_error())
		return false;
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
				  image->renderbuffer[n]);
	return complete();
}

/*
 * A software renderer stores blocks of BLOCK_ROWS rows, also where only the first of them are the
 * picture's. In memory of its own there is room for that; behind the end of
 * a dma-buf there is none.
 */
enum { BLOCK_ROWS = 4 };

static int check_blocks(const struct egl_context *egl, const struct buffer *buffer, uint32_t n,
			struct why *why)
{
	struct egl_view views[EGL_VIEWS];
	uint64_t rows, end, size;

	if (!egl->software ||
	    n >= egl_format_views(buffer->fourcc, buffer->width, buffer->height, views))
		return 0;
	rows = (views[n].height + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
	end = buffer_plane_offset(buffer, views[n].plane) + rows * buffer->stride;
	size = buffer_part_size(buffer, buffer_plane_part(buffer, views[n].plane));
	if (end <= size)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "EGL (%s) can't draw into buffer %u: it draws %d rows at a time, and those "
		       "from row %" PRIu64 " on end behind the dma-buf; take a height that is a "
		       "multiple of %d",
		       egl->renderer, buffer->number, BLOCK_ROWS, rows - BLOCK_ROWS,
		       views[n].plane ? 2 * BLOCK_ROWS : BLOCK_ROWS);
}

int egl_image_canvas(struct egl_context *egl, struct peer_image *image, uint32_t n, struct why *why)
{
	int err;

	if (image->canvas[n]) {
		glBindFramebuffer(GL_FRAMEBUFFER, image->canvas[n]);
		return 0;
	}
	err = check_blocks(egl, image->buffer, n, why);
	if (err)
		return err;
	glGenFramebuffers(1, &image->canvas[n]);
	glBindFramebuffer(GL_FRAMEBUFFER, image->canvas[n]);
	if (attach(egl, image, n))
		return 0;
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDeleteFramebuffers(1, &image->canvas[n]);
	glDeleteRenderbuffers(1, &image->renderbuffer[n]);
	image->canvas[n] = 0;
	image->renderbuffer[n] = 0;
	return why_set(why, -EOPNOTSUPP,
		       "EGL (%s) can't draw into buffer %u: no complete framebuffer of it%s; this "
		       "peer only reads here",
		       egl->renderer, image->buffer->number,
		       image->source.target == GL_TEXTURE_2D ? "" : " (external-only)");
}
