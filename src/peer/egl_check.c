// SPDX-License-Identifier: MIT
/*
 * egl_check: the read by GLES 3.0: one fragment for each cell judges its 16 pixels and leaves the
 * verdict as a texel, so that 4 bytes come back from the device for every 64 it looked at. The
 * judging itself is shaders/check.frag.
 */
#include "peer/egl.h"

#include <errno.h>
#include <string.h>
#include <stdio.h>

#include "card/encoding.h"
#include "card/picture.h"

/* Texture units. */
enum { UNIT_CARD, UNIT_SECOND, UNIT_WAVES, UNIT_VERDICTS };

/* The picture's tables, 0x00RRGGBB in each texel as in each word: three rows of a period. */
static GLuint make_waves(void)
{
	struct card_picture picture;
	GLuint texture = egl_texture(GL_TEXTURE_2D);

	card_picture_make(&picture);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_R32UI, CARD_WAVE_PERIOD, CARD_WAVES, 0, GL_RED_INTEGER,
		     GL_UNSIGNED_INT, picture.wave);
	return texture;
}

/* What does not change from frame to frame. */
/* Of each plane: the colours that its pixels can have. */
static void set_gamut(GLuint program, const struct card *card)
{
	for (uint32_t n = 0; n < PIXEL_FORMAT_PLANES; n++) {
		const struct card_encoding *encoding = card_encoding_find(card->fourcc, n);
		char name[16];

		snprintf(name, sizeof(name), "gamut[%u]", n);
		if (encoding)
			glUniform4ui(egl_uniform(program, name), encoding->gamut.least,
				     encoding->gamut.most, encoding->gamut.luma_least,
				     encoding->gamut.luma_most);
	}
}

static void set_constants(GLuint program, const struct card *card)
{
	static const char *const fields[] = { "slope", "drift", "bend", "bend_slope",
					      "bend_drift" };

	glUseProgram(program);
	glUniform1i(egl_uniform(program, "card"), UNIT_CARD);
	glUniform1i(egl_uniform(program, "waves"), UNIT_WAVES);
	glUniform1i(egl_uniform(program, "second"), UNIT_SECOND);
	glUniform1ui(egl_uniform(program, "second_row"), card->height);
	set_gamut(program, card);
	for (int w = 0; w < CARD_WAVES; w++) {
		const struct card_wave *wave = &card_waves[w];
		const GLuint value[] = { wave->slope, wave->drift, wave->bend, wave->bend_slope,
					 wave->bend_drift };
		char name[32];

		for (int i = 0; i < 5; i++) {
			snprintf(name, sizeof(name), "wave[%d].%s", w, fields[i]);
			glUniform1ui(egl_uniform(program, name), value[i]);
		}
	}
}

static int make_program(struct egl_check *check, bool external, struct why *why)
{
	GLuint program = egl_format_program(check->card->fourcc, &shader_check_vert,
					    &shader_check_frag, external, why);

	if (!program)
		return -EOPNOTSUPP;
	check->program[external] = program;
	set_constants(program, check->card);
	return 0;
}

static int make_programs(struct egl_check *check, const struct egl_context *egl, struct why *why)
{
	const struct card *card = check->card;
	struct egl_view views[EGL_VIEWS];
	int err = make_program(check, false, why);

	/* Planes of YUV that are looked at one by one are plain textures. */
	egl_format_views(card->fourcc, card->width, card->height, views);
	if (!err && egl->external && views[0].fourcc == card->fourcc)
		err = make_program(check, true, why);
	if (err)
		return err;
	check->heat_program = egl_program(&shader_check_vert, &shader_heatmap_frag, "", why);
	if (!check->heat_program)
		return -EOPNOTSUPP;
	glUseProgram(check->heat_program);
	glUniform1i(egl_uniform(check->heat_program, "verdicts"), UNIT_VERDICTS);
	return 0;
}

int egl_check_init(struct egl_check *check, const struct egl_context *egl, const struct card *card,
		   struct why *why)
{
	int err;

	*check = (struct egl_check){ .card = card };
	gl_forget_errors();
	err = make_programs(check, egl, why);
	if (!err)
		err = egl_canvas_init(&check->verdicts, card->cols, card->rows, why);
	if (!err)
		err = egl_canvas_init(&check->heat, card->cols, card->rows, why);
	if (!err) {
		check->triangle = egl_triangle();
		check->waves = make_waves();
		err = gl_check_setup("the check shader", why);
	}
	if (err) {
		egl_check_finish(check);
		return why_prefix(why, err, "EGL peer (%s), GLES 3.0: ", egl->renderer);
	}
	return 0;
}

void egl_check_finish(struct egl_check *check)
{
	egl_canvas_finish(&check->verdicts);
	egl_canvas_finish(&check->heat);
	glDeleteTextures(1, &check->waves);
	glDeleteProgram(check->program[0]);
	glDeleteProgram(check->program[1]);
	glDeleteProgram(check->heat_program);
	glDeleteBuffers(1, &check->triangle);
	*check = (struct egl_check){ 0 };
}

static void set_expect(GLuint program, const struct card_expect *expect)
{
	glUseProgram(program);
	glUniform1ui(egl_uniform(program, "serial"),
		     expect->serial & ((1u << CARD_SERIAL_BITS) - 1));
	glUniform1ui(egl_uniform(program, "part_frame"), expect->frame & CARD_FRAME_MASK);
	glUniform1ui(egl_uniform(program, "rest_frame"), expect->rest & CARD_FRAME_MASK);
	glUniform4ui(egl_uniform(program, "part"), expect->part.col, expect->part.row,
		     expect->part.cols, expect->part.rows);
}

/*
 * A device that hangs up on a job may signal its fence all the same, and leave the canvas as it
 * was: cleared memory, which would read as fresh, or the last look's verdicts. So each look has a
 * stamp, which the shader puts into the bits that a kind leaves free.
 */
static GLuint next_stamp(GLuint stamp)
{
	return stamp % 31 + 1;
}

static int take_stamp_off(const struct egl_check *check, struct cell_verdict *map, struct why *why)
{
	size_t cells = (size_t)check->card->cols * check->card->rows, missing = 0;

	for (size_t i = 0; i < cells; i++) {
		missing += map[i].kind >> 3 != check->stamp;
		map[i].kind &= 7;
	}
	if (missing)
		return why_set(
			why, -EIO,
			"the device did not draw %zu of %zu verdicts though it says that it is "
			"done; see the kernel's log",
			missing, cells);
	return 0;
}

int egl_check_draw(struct egl_check *check, const struct egl_source *source,
		   const struct card_expect *expect, bool heat, struct why *why)
{
	GLuint program = check->program[source->target != GL_TEXTURE_2D];
	GLsizei cols = (GLsizei)check->card->cols, rows = (GLsizei)check->card->rows;
	const char *error;

	gl_forget_errors();
	glActiveTexture(GL_TEXTURE0 + UNIT_WAVES);
	glBindTexture(GL_TEXTURE_2D, check->waves);
	glActiveTexture(GL_TEXTURE0 + UNIT_SECOND);
	glBindTexture(GL_TEXTURE_2D, source->texture[1]); /* 0 where there is none */
	glActiveTexture(GL_TEXTURE0 + UNIT_CARD);
	glBindTexture(source->target, source->texture[0]);
	glBindFramebuffer(GL_FRAMEBUFFER, check->verdicts.fbo);
	set_expect(program, expect);
	check->stamp = next_stamp(check->stamp);
	glUniform1ui(egl_uniform(program, "stamp"), check->stamp);
	egl_draw(check->triangle, program, cols, rows);

	if (heat) {
		glBindFramebuffer(GL_FRAMEBUFFER, check->heat.fbo);
		glActiveTexture(GL_TEXTURE0 + UNIT_VERDICTS);
		glBindTexture(GL_TEXTURE_2D, check->verdicts.texture);
		glActiveTexture(GL_TEXTURE0);
		egl_draw(check->triangle, check->heat_program, cols, rows);
	}
	error = gl_error();
	return error ? why_set(why, -EIO, "EGL peer: drawing the check: %s", error) : 0;
}

/* A row of the canvas is a row of cells, the first row first: fragment (x, y) is cell x, y. */
static void fetch(const struct egl_canvas *canvas, void *memory)
{
	glBindFramebuffer(GL_FRAMEBUFFER, canvas->fbo);
	glReadPixels(0, 0, canvas->width, canvas->height, GL_RGBA, GL_UNSIGNED_BYTE, memory);
}

int egl_check_fetch(struct egl_check *check, struct cell_verdict *map, uint32_t *heat,
		    struct why *why)
{
	const char *error;

	memset(map, 0, (size_t)check->card->cols * check->card->rows * sizeof(*map));
	fetch(&check->verdicts, map);
	if (heat)
		fetch(&check->heat, heat);
	error = gl_error();
	if (error)
		return why_set(why, -EIO, "EGL peer: fetching the verdicts: %s", error);
	return take_stamp_off(check, map, why);
}
