#version 300 es
// SPDX-License-Identifier: MIT
//
// The verdicts as a picture for people, one pixel for each cell: a transcript of cell_colour() in
// src/card/count.c, whose palette this is.

precision highp float;
precision highp int;

uniform highp sampler2D verdicts; // R = kind | stamp << 3, G B A = by, little endian

// Blue, green, red, 0: so glReadPixels puts words 0x00RRGGBB into memory.
out vec4 colour;

const uint STALE = 1u, AHEAD = 2u, TORN = 4u, KINDS = 7u;

const uint colours[7] = uint[7](
	0x12393au, // fresh
	0u, 0u,	   // stale and ahead: by depth
	0xd96fb0u, // foreign
	0xf0e442u, // torn
	0xd8d8d8u, // unwritten
	0x8b6fd1u  // inexact
);

// From the colour of one frame to that of the end of the scale, reached at 2^16 frames.
const uint stale_one = 0xf2a93bu, stale_many = 0x8f2a00u;
const uint ahead_one = 0x7cc8f5u, ahead_many = 0x0a4fa0u;

// 0 for 1, 1 for 2 and 3, 2 for 4 .. 7: how many times `by` can be halved, 16 at most.
uint halvings(uint by)
{
	uint n = 0u;

	while (by > 1u && n < 16u) {
		by >>= 1;
		n++;
	}
	return n;
}

uvec3 channels(uint rgb)
{
	return uvec3(rgb >> 16, rgb >> 8, rgb) & 255u;
}

uvec3 blend(uint from, uint to, uint part, uint whole)
{
	return (channels(from) * (whole - part) + channels(to) * part) / whole;
}

void main()
{
	uvec4 verdict = uvec4(texelFetch(verdicts, ivec2(gl_FragCoord.xy), 0) * 255.0 + 0.5);
	uint found = verdict.r & 7u, kind = found < KINDS ? found : TORN;
	uvec3 rgb;

	if (kind == STALE || kind == AHEAD) {
		// Most mistakes are 1 to 8 frames old: three quarters of the scale are theirs.
		uint n = halvings(verdict.g | verdict.b << 8 | verdict.a << 16);
		uint part = n <= 3u ? n * 104u : 312u + (n - 3u) * 8u;

		rgb = kind == STALE ? blend(stale_one, stale_many, part, 416u) :
				      blend(ahead_one, ahead_many, part, 416u);
	} else {
		rgb = channels(colours[kind]);
	}
	colour = vec4(vec3(rgb.bgr) / 255.0, 0.0);
}
