#version 100
// SPDX-License-Identifier: MIT
//
// Passes pixels 1:1, for any GLES 2. The CPU's XRGB8888 lies in memory as B, G, R, X; GL's RGBA as
// R, G, B, A. Red and blue change places here, which serves both ways:
//   read:  the dma-buf, which GL knows to be XRGB, comes back from glReadPixels as B, G, R, X;
//   write: the CPU's bytes, uploaded as if they were RGBA, are drawn into the dma-buf as XRGB.
// RED_FIRST is for formats that lie in memory as GL's RGBA does. X comes from GL as 1.0.
//
// A byte k is k / 255.0 here and must be k again on the way out. That needs 9 bits of precision,
// while a sampler is lowp (8 bits) where nobody says otherwise.

#ifdef EXTERNAL
#extension GL_OES_EGL_image_external : require
#endif

#ifdef GL_FRAGMENT_PRECISION_HIGH
precision highp float;
#define EXACT highp
#else
precision mediump float;
#define EXACT mediump
#endif

#ifdef EXTERNAL
uniform EXACT samplerExternalOES picture;
#else
uniform EXACT sampler2D picture;
#endif

// Used as it comes: arithmetic on it in mediump would miss the texel.
varying vec2 at;

void main()
{
#ifdef RED_FIRST
	gl_FragColor = texture2D(picture, at);
#else
	gl_FragColor = texture2D(picture, at).bgra;
#endif
}
