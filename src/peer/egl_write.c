// SPDX-License-Identifier: MIT
/*
 * egl_write: a card that the device puts into the buffer. The CPU draws it into memory of its own,
 * which is uploaded, and the device draws that 1:1: so what reaches the buffer comes from over
 * there, and no CPU ever touched the buffer's own lines.
 */
#include "peer/egl.h"

#include <errno.h>
#include <stdlib.h>

static GLuint make_texture(const struct egl_view *view)
{
	GLuint texture = egl_texture(GL_TEXTURE_2D);

	glTexImage2D(GL_TEXTURE_2D, 0, view->upload.internal, (GLsizei)view->width,
		     (GLsizei)view->height, 0, view->upload.format, view->upload.type, NULL);
	return texture;
}

int egl_write_init(struct egl_write *write, const struct egl_context *egl, const struct card *card,
		   struct why *why)
{
	int err;

	*write = (struct egl_write){
		.card = card,
		.row_bytes = (size_t)card->width * buffer_pixel_bytes(card->fourcc),
	};
	write->views = egl_format_views(card->fourcc, card->width, card->height, write->view);
	if (write->view[0].upload.es3 && egl->es < 3)
		return why_set(why, -EOPNOTSUPP,
			       "EGL peer (%s), writing: GLES 2 has no such format", egl->renderer);
	gl_forget_errors();
	write->staging = malloc(write->row_bytes * card->rows);
	if (!write->staging)
		return why_set(why, -ENOMEM, "EGL peer: no memory for a card of %ux%u", card->width,
			       card->height);
	write->program = egl_format_program(card->fourcc, &shader_present_vert,
					    &shader_present_frag, false, why);
	if (!write->program) {
		egl_write_finish(write);
		return why_prefix(why, -EOPNOTSUPP, "EGL peer (%s), writing: ", egl->renderer);
	}
	write->triangle = egl_triangle();
	for (uint32_t n = 0; n < write->views; n++)
		write->texture[n] = make_texture(&write->view[n]);
	err = gl_check_setup("the texture that the card is uploaded to", why);
	if (err) {
		egl_write_finish(write);
		return why_prefix(why, err, "EGL peer (%s), writing: ", egl->renderer);
	}
	return 0;
}

void egl_write_finish(struct egl_write *write)
{
	glDeleteTextures(EGL_VIEWS, write->texture);
	glDeleteProgram(write->program);
	glDeleteBuffers(1, &write->triangle);
	free(write->staging);
	*write = (struct egl_write){ 0 };
}

void egl_write_prepare(struct egl_write *write, uint32_t serial, uint32_t frame)
{
	const struct card *card = write->card;

	card_draw(card, serial, frame, card_whole(card), write->staging, write->row_bytes);
}

int egl_write_draw(struct egl_write *write, uint32_t n, struct why *why)
{
	const struct egl_view *view = &write->view[n];
	GLsizei width = (GLsizei)view->width, height = (GLsizei)view->height;
	const char *error;

	gl_forget_errors();
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(GL_TEXTURE_2D, write->texture[n]);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1); /* rows follow each other, whatever they take */
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, view->upload.format,
			view->upload.type,
			write->staging + view->plane * write->card->height * write->row_bytes);
	glUseProgram(write->program);
	glUniform4f(egl_uniform(write->program, "window"), 0.0f, 0.0f, 1.0f, 1.0f);
	egl_draw(write->triangle, write->program, width, height);
	glFlush(); /* submitted, not only noted down */
	error = gl_error();
	if (error)
		return why_set(why, -EIO, "EGL peer: drawing a card into the buffer: %s", error);
	return 0;
}
