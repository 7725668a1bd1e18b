// SPDX-License-Identifier: MIT
/* shaders: see shaders.h. The included files are made by the build from shaders/. */
#include "peer/shaders.h"

static const char *const check_vert[] = {
#include "check.vert.lines"
};

static const char *const check_frag[] = {
#include "check.frag.lines"
#include "check_code.glsl.lines"
#include "check_picture.glsl.lines"
#include "check_pixels.glsl.lines"
#include "check_judge.glsl.lines"
};

static const char *const heatmap_frag[] = {
#include "heatmap.frag.lines"
};

static const char *const present_vert[] = {
#include "present.vert.lines"
};

static const char *const present_frag[] = {
#include "present.frag.lines"
};

#define SHADER(file, array)                                                                        \
	{                                                                                          \
		file, array, (int)(sizeof(array) / sizeof((array)[0]))                             \
	}

const struct shader shader_check_vert = SHADER("check.vert", check_vert);
const struct shader shader_check_frag = SHADER("check.frag", check_frag);
const struct shader shader_heatmap_frag = SHADER("heatmap.frag", heatmap_frag);
const struct shader shader_present_vert = SHADER("present.vert", present_vert);
const struct shader shader_present_frag = SHADER("present.frag", present_frag);
