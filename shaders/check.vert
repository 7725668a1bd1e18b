#version 300 es
// SPDX-License-Identifier: MIT
//
// One triangle covers the viewport. All else is in gl_FragCoord.

in vec2 corner;	// (-1,-1), (3,-1), (-1,3)

void main()
{
	gl_Position = vec4(corner, 0.0, 1.0);
}
