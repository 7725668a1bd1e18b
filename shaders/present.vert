#version 100
// SPDX-License-Identifier: MIT
//
// One triangle covers the viewport; `at` runs over the window of the texture that is to be shown:
// at the centre of the viewport's pixel (x, y) it is the centre of a texel, so that nothing is
// ever between two texels.

attribute vec2 corner;	// (-1,-1), (3,-1), (-1,3)

uniform vec4 window;	// of the texture, 0 to 1: left, top, width, height

varying vec2 at;

void main()
{
	at = window.xy + window.zw * (corner * 0.5 + 0.5);
	gl_Position = vec4(corner, 0.0, 1.0);
}
