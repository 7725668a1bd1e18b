/* SPDX-License-Identifier: MIT */
/*
 * shaders: the files of shaders/ inside the program, so that nothing has to be found at run time.
 *
 * The build turns every line of a shader into a string (shaders/lines.sed), which is just what
 * glShaderSource() takes.
 */
#ifndef STALELINE_SHADERS_H
#define STALELINE_SHADERS_H

struct shader {
	const char *name; /* the file's, for messages */
	const char *const *line;
	int lines;
};

/* GLES 3.0 */
extern const struct shader shader_check_vert;
extern const struct shader shader_check_frag;
extern const struct shader shader_heatmap_frag;

/* GLES 2 */
extern const struct shader shader_present_vert;
extern const struct shader shader_present_frag;

#endif
