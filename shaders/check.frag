#version 300 es
// SPDX-License-Identifier: MIT
//
// Judges one cell of the test card in each fragment. Fragment (x, y) is cell (x, y); the first row
// is the card's first, as texel (0, 0) of a dma-buf is the first pixel of its memory.
//
// This is a transcript of src/card/ into GLSL ES 3.0, where words have 32 bits and wrap as in C. Names
// are the same, less "card_". What is judged there and what is judged here must agree on every cell
// of any memory: tests/unit/check_shader_test.c.
//
// Here begins the shader, with what it is given; behind it come, in this order, check_code.glsl,
// check_picture.glsl, check_pixels.glsl and check_judge.glsl.

#ifdef EXTERNAL
#extension GL_OES_EGL_image_external_essl3 : require
#endif

// Without this a sampler is lowp, which may be less than the 8 bits of a channel.
precision highp float;
precision highp int;

#ifdef EXTERNAL
uniform highp samplerExternalOES card;
#else
uniform highp sampler2D card;
#endif

#ifdef YUV
// The second plane, and the row with which it begins: its rows are behind those of the first.
uniform highp sampler2D second;
uniform uint second_row;
#endif

// What the card is held against: struct card_expect. The cells of `part` (col, row, cols, rows)
// must be of part_frame, all others of rest_frame.
uniform uint serial;
uniform uint part_frame, rest_frame;
uniform uvec4 part;
uniform uint stamp; // of this look, 1 to 31: where nothing was drawn, it is missing

// The picture: three rows of 1024 colours 0x00RRGGBB, and how each moves (struct card_wave).
uniform highp usampler2D waves;

struct Wave {
	uint slope, drift, bend, bend_slope, bend_drift;
};
uniform Wave wave[3];

// The colours a card can have: least and most of each channel, 0x00RRGGBB, least and most luma.
uniform uvec4 gamut[2]; // of each plane

// struct cell_verdict: R = kind, G B A = by, little endian.
out vec4 verdict;
