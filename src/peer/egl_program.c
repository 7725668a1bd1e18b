// SPDX-License-Identifier: MIT
/* egl_program: shaders, the one triangle that is ever drawn, and pictures to draw into. */
#include "peer/egl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The #version line of a shader has to stay the first statement in it: @defines goes behind that
 * (and a line number in the compiler's message counts its lines too).
 */
static GLuint compile(GLenum type, const struct shader *shader, const char *defines,
		      struct why *why)
{
	enum { MOST = 600 };
	const char *text[MOST + 1];
	GLuint made;
	GLint done = GL_FALSE;
	char log[300] = "";
	int n = 0;

	if (shader->lines > MOST) {
		why_set(why, -E2BIG, "shader %s has %d lines, more than %d", shader->name,
			shader->lines, MOST);
		return 0;
	}
	for (int i = 0; i < shader->lines; i++) {
		text[n++] = shader->line[i];
		if (strncmp(shader->line[i], "#version", 8) == 0)
			text[n++] = defines;
	}
	made = glCreateShader(type);
	glShaderSource(made, n, text, NULL);
	glCompileShader(made);
	glGetShaderiv(made, GL_COMPILE_STATUS, &done);
	if (done)
		return made;
	glGetShaderInfoLog(made, sizeof(log), NULL, log);
	glDeleteShader(made);
	why_set(why, -EIO, "shader %s: this GL's compiler says: %s", shader->name, log);
	return 0;
}

GLuint egl_program(const struct shader *vertex, const struct shader *fragment, const char *defines,
		   struct why *why)
{
	GLuint shader[2], program;
	GLint done = GL_FALSE;
	char log[300] = "";

	shader[0] = compile(GL_VERTEX_SHADER, vertex, "", why);
	if (!shader[0])
		return 0;
	shader[1] = compile(GL_FRAGMENT_SHADER, fragment, defines, why);
	if (!shader[1]) {
		glDeleteShader(shader[0]);
		return 0;
	}
	program = glCreateProgram();
	glAttachShader(program, shader[0]);
	glAttachShader(program, shader[1]);
	glBindAttribLocation(program, 0, "corner");
	glLinkProgram(program);
	glDeleteShader(shader[0]); /* they live on in the program */
	glDeleteShader(shader[1]);
	glGetProgramiv(program, GL_LINK_STATUS, &done);
	if (done)
		return program;
	glGetProgramInfoLog(program, sizeof(log), NULL, log);
	glDeleteProgram(program);
	why_set(why, -EIO, "shaders %s and %s: this GL's linker says: %s", vertex->name,
		fragment->name, log);
	return 0;
}

GLint egl_uniform(GLuint program, const char *name)
{
	return glGetUniformLocation(program, name);
}

GLuint egl_texture(GLenum target)
{
	GLuint texture;

	glGenTextures(1, &texture);
	glBindTexture(target, texture);
	glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	return texture;
}

int egl_canvas_init(struct egl_canvas *canvas, uint32_t width, uint32_t height, struct why *why)
{
	GLenum status;

	canvas->width = (GLsizei)width;
	canvas->height = (GLsizei)height;
	canvas->texture = egl_texture(GL_TEXTURE_2D);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, canvas->width, canvas->height, 0, GL_RGBA,
		     GL_UNSIGNED_BYTE, NULL);
	glGenFramebuffers(1, &canvas->fbo);
	glBindFramebuffer(GL_FRAMEBUFFER, canvas->fbo);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, canvas->texture,
			       0);
	status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
	if (status == GL_FRAMEBUFFER_COMPLETE)
		return 0;
	egl_canvas_finish(canvas);
	return why_set(why, -EOPNOTSUPP,
		       "this GL can't draw into an RGBA texture of %ux%u (framebuffer status "
		       "0x%04x)",
		       width, height, status);
}

void egl_canvas_finish(struct egl_canvas *canvas)
{
	glDeleteFramebuffers(1, &canvas->fbo);
	glDeleteTextures(1, &canvas->texture);
	*canvas = (struct egl_canvas){ 0 };
}

GLuint egl_triangle(void)
{
	/* Twice as large as the viewport, which it thus covers without a seam. */
	static const GLfloat corners[] = { -1, -1, 3, -1, -1, 3 };
	GLuint triangle;

	glGenBuffers(1, &triangle);
	glBindBuffer(GL_ARRAY_BUFFER, triangle);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	return triangle;
}

/*
 * Every state that touches the value of a pixel is off by default but one: dithering, which would
 * change the low bits that the card's code lives in.
 */
void egl_draw(GLuint triangle, GLuint program, GLsizei width, GLsizei height)
{
	glDisable(GL_DITHER);
	glViewport(0, 0, width, height);
	glUseProgram(program);
	glBindBuffer(GL_ARRAY_BUFFER, triangle);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glDrawArrays(GL_TRIANGLES, 0, 3);
}
