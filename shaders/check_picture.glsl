// SPDX-License-Identifier: MIT
// check.frag: the picture that the code lies in, a transcript of src/card/picture.h.

uint swell(uint turn)
{
	uint u = turn & 511u;
	uint p = u * (512u - u);

	return (turn & 512u) != 0u ? 65536u - p : 65536u + p;
}

uint wave_shift(Wave w, uint row, uint frame)
{
	uint turn = w.bend_slope * row + w.bend_drift * frame >> 4;

	return (w.slope * row + w.drift * frame >> 4) + (w.bend * swell(turn) >> 16);
}

// Sum of two colours, each channel modulo 256.
uint add_rgb(uint a, uint b)
{
	return (a & 0xff00ffu) + (b & 0xff00ffu) & 0xff00ffu | (a & 0xff00u) + (b & 0xff00u) & 0xff00u;
}

// The picture of one row and frame: where each wave stands, then a colour by three lookups.
uvec3 picture_at(uint row, uint frame)
{
	return uvec3(wave_shift(wave[0], row, frame), wave_shift(wave[1], row, frame),
		     wave_shift(wave[2], row, frame));
}

uint picture_wanted(uvec3 at, uint x)
{
	uvec3 i = (at + x) & 1023u;

	return add_rgb(add_rgb(texelFetch(waves, ivec2(int(i.x), 0), 0).r,
			       texelFetch(waves, ivec2(int(i.y), 1), 0).r),
		       texelFetch(waves, ivec2(int(i.z), 2), 0).r);
}

// All three channels at once: byte nearest to the wanted one that ends in the low bits. No channel
// overflows into the next, as 4 <= wanted <= 247.
uint round_rgb(uint wanted, uint low)
{
	return (wanted + 0x040404u - low & 0xf8f8f8u) | low;
}
