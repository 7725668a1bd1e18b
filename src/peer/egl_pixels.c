// SPDX-License-Identifier: MIT
/*
 * egl_pixels: the read for a GLES 2 that can't compute with whole words. The device passes the
 * pixels on 1:1, tile by tile, and the CPU judges them as the device saw them.
 */
#include "peer/egl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pixel_format.h"
#include "card/encoding.h"

/* Small: the texture coordinates of a tile stay exact, and every GLES 2 has room for it. */
enum { TILE_WIDTH = 256, TILE_HEIGHT = 64 };

int egl_pixels_init(struct egl_pixels *pixels, const struct egl_context *egl,
		    const struct card *card, struct why *why)
{
	*pixels = (struct egl_pixels){ .card = card };
	/* What comes back has 8 bits a channel. */
	if (card_encoding_find(card->fourcc, 0)->packed)
		return why_set(why, -EOPNOTSUPP,
			       "EGL peer (%s): GLES 2 hands back 8 bits a channel, and %s has "
			       "others: it takes --gl=es3",
			       egl->renderer, pixel_format_find(card->fourcc)->name);
	pixels->tile_memory = malloc(TILE_WIDTH * TILE_HEIGHT * 4);
	pixels->staging = malloc((size_t)card->width * card->height * 4);
	if (!pixels->tile_memory || !pixels->staging) {
		egl_pixels_finish(pixels);
		return why_set(why, -ENOMEM, "EGL peer: no memory for a card of %ux%u", card->width,
			       card->height);
	}
	pixels->triangle = egl_triangle();
	pixels->program[0] = egl_format_program(card->fourcc, &shader_present_vert,
						&shader_present_frag, false, why);
	if (pixels->program[0] && egl->external)
		pixels->program[1] = egl_format_program(card->fourcc, &shader_present_vert,
							&shader_present_frag, true, why);
	if (!pixels->program[0] || (egl->external && !pixels->program[1]) ||
	    egl_canvas_init(&pixels->tile, TILE_WIDTH, TILE_HEIGHT, why)) {
		egl_pixels_finish(pixels);
		return why_prefix(why, -EOPNOTSUPP, "EGL peer (%s), GLES 2: ", egl->renderer);
	}
	return 0;
}

void egl_pixels_finish(struct egl_pixels *pixels)
{
	egl_canvas_finish(&pixels->tile);
	glDeleteProgram(pixels->program[0]);
	glDeleteProgram(pixels->program[1]);
	glDeleteBuffers(1, &pixels->triangle);
	free(pixels->tile_memory);
	free(pixels->staging);
	*pixels = (struct egl_pixels){ 0 };
}

/* The tile's rows of @width x @height pixels into their place in the staging memory. */
static void keep_tile(struct egl_pixels *pixels, uint32_t x, uint32_t y, uint32_t width,
		      uint32_t height)
{
	size_t stride = (size_t)pixels->card->width * 4;

	for (uint32_t row = 0; row < height; row++)
		memcpy(pixels->staging + (y + row) * stride + (size_t)x * 4,
		       pixels->tile_memory + (size_t)row * width * 4, (size_t)width * 4);
}

static int read_tile(struct egl_pixels *pixels, struct egl_context *egl, GLuint program, uint32_t x,
		     uint32_t y, struct why *why)
{
	const struct card *card = pixels->card;
	uint32_t width = card->width - x < TILE_WIDTH ? card->width - x : TILE_WIDTH;
	uint32_t height = card->height - y < TILE_HEIGHT ? card->height - y : TILE_HEIGHT;
	float w = (float)card->width, h = (float)card->height;
	int err;

	glUseProgram(program);
	glUniform4f(egl_uniform(program, "window"), (float)x / w, (float)y / h, (float)width / w,
		    (float)height / h);
	egl_draw(pixels->triangle, program, (GLsizei)width, (GLsizei)height);
	/* glReadPixels waits too, but without a limit. */
	err = egl_fence_wait(egl, why);
	if (err)
		return err;
	glReadPixels(0, 0, (GLsizei)width, (GLsizei)height, GL_RGBA, GL_UNSIGNED_BYTE,
		     pixels->tile_memory);
	keep_tile(pixels, x, y, width, height);
	return 0;
}

int egl_pixels_read(struct egl_pixels *pixels, struct egl_context *egl,
		    const struct egl_source *source, const struct card_expect *expect,
		    struct cell_verdict *map, uint32_t *heat, struct why *why)
{
	const struct card *card = pixels->card;
	GLuint program = pixels->program[source->target != GL_TEXTURE_2D];
	const char *error;
	int err = 0;

	gl_forget_errors();
	glBindFramebuffer(GL_FRAMEBUFFER, pixels->tile.fbo);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(source->target, source->texture[0]);
	for (uint32_t y = 0; !err && y < card->height; y += TILE_HEIGHT) {
		for (uint32_t x = 0; !err && x < card->width; x += TILE_WIDTH)
			err = read_tile(pixels, egl, program, x, y, why);
	}
	if (err)
		return err;
	error = gl_error();
	if (error)
		return why_set(why, -EIO, "EGL peer (%s): reading a tile of the card: %s",
			       egl->renderer, error);

	card_judge(card, expect, pixels->staging, (size_t)card->width * 4, map);
	peer_heat(card, map, heat);
	return 0;
}
