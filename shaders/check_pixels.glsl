// SPDX-License-Identifier: MIT
// check.frag: the 16 pixels of a cell, from each format; transcripts of src/card/encoding_*.c.

// One cell, 16 pixels 0x00RRGGBB.
uint pixel[16];

// The pixels (bit p for pixel p) whose bits that are a function of others are not what these make them. X is no
// such bit: GL makes it 1.0 itself.
uint broken;

void break_pixel(int p, bool whole)
{
	broken |= whole ? 0u : 1u << p;
}

#if defined(RGB565)
// Two texels for each pixel: see src/card/encoding_rgb.c, of which these are transcripts.
void get_pixels(ivec2 cell)
{
	broken = 0u;
	for (int p = 0; p < 16; p++) {
		ivec2 at = ivec2((cell.x * 16 + p) * 2, cell.y);
		uvec3 left = uvec3(texelFetch(card, at, 0).rgb * vec3(31.0, 63.0, 31.0) + 0.5);
		uvec3 right = uvec3(texelFetch(card, at + ivec2(1, 0), 0).rgb * vec3(31.0, 63.0, 31.0) + 0.5);
		uvec3 rgb = left >> 1 << 4 | (left & 1u) << 2 | right & 3u;

		rgb.g = left.g << 2 | right.g & 3u;
		pixel[p] = rgb.r << 16 | rgb.g << 8 | rgb.b;
		break_pixel(p, left >> 2 == right >> 2);
	}
}
#elif defined(XRGB2101010)
void get_pixels(ivec2 cell)
{
	broken = 0u;
	for (int p = 0; p < 16; p++) {
		vec3 colour = texelFetch(card, ivec2(cell.x * 16 + p, cell.y), 0).rgb;
		uvec3 v = uvec3(colour * 1023.0 + 0.5), rgb = v >> 2;

		pixel[p] = rgb.r << 16 | rgb.g << 8 | rgb.b;
		break_pixel(p, (v & 3u) == v >> 8);
	}
}
#elif defined(HALVES)
// 11 bits of a half in [0.25, 1), which is v / 4096.0 + 0.25 or (v - 1024) / 2048.0 + 0.5; 0 for all others.
uint bits_of(float half_float, inout bool whole)
{
	if (half_float >= 0.5 && half_float < 1.0)
		return 1024u + uint((half_float - 0.5) * 2048.0);
	if (half_float >= 0.25 && half_float < 0.5)
		return uint((half_float - 0.25) * 4096.0);
	whole = false;
	return 0u;
}

void get_pixels(ivec2 cell)
{
	broken = 0u;
	for (int p = 0; p < 16; p += 2) {
		vec4 colour = texelFetch(card, ivec2(cell.x * 8 + p / 2, cell.y), 0);
		bool whole = colour.a == 1.0;
		uvec3 v = uvec3(bits_of(colour.r, whole), bits_of(colour.g, whole), bits_of(colour.b, whole));
		uvec3 left = v >> 3, right = v >> 6 << 3 | v & 7u;

		pixel[p] = left.r << 16 | left.g << 8 | left.b;
		pixel[p + 1] = right.r << 16 | right.g << 8 | right.b;
		break_pixel(p, whole);
		break_pixel(p + 1, whole);
	}
}
#elif defined(YUV)
// Planes are looked at as bytes or as pairs of bytes: 4 or 2 texels are the 4 bytes of a pixel, as a word.
uint word_of_bytes(sampler2D plane, ivec2 at)
{
	uint word = 0u;

	for (int i = 0; i < 4; i++)
		word |= uint(texelFetch(plane, at + ivec2(i, 0), 0).r * 255.0 + 0.5) << 8 * i;
	return word;
}

uint word_of_pairs(sampler2D plane, ivec2 at)
{
	uvec2 low = uvec2(texelFetch(plane, at, 0).rg * 255.0 + 0.5);
	uvec2 high = uvec2(texelFetch(plane, at + ivec2(1, 0), 0).rg * 255.0 + 0.5);

	return low.r | low.g << 8 | high.r << 16 | high.g << 24;
}

// The low three bits of a byte that has something of all three.
uint low_of_all(uint b, uint g, uint r)
{
	return (b ^ g ^ r) & 7u;
}

#ifdef P010
uint parity(uint x)
{
	x ^= x >> 8;
	x ^= x >> 4;
	x ^= x >> 2;
	return (x ^ x >> 1) & 1u;
}

// The nine low bits of two samples of 10 bits, in their places, with their parity in bit 31 if it is wrong.
uint low_10(uint word)
{
	uint all = (word >> 6 & 31u) << 5 | word >> 22 & 31u;

	return all >> 7 & 7u | (all >> 4 & 7u) << 8 | (all >> 1 & 7u) << 16 | parity(all) << 31;
}
#endif

// Transcripts of src/card/encoding_yuv.c.
uint unpack_first(uint word, out bool whole)
{
#if defined(NV12)
	uint picture = word >> 8 & 0xf8u;

	whole = (word & 0xf8f8f8f8u) == picture * 0x01010101u &&
		(word >> 24 & 7u) == low_of_all(word, word >> 8, word >> 16);
	return picture * 0x010101u | word & 0x070707u;
#elif defined(P010)
	uint picture = word >> 8 & 0xf8u, low = low_10(word);

	whole = picture == (word >> 24 & 0xf8u) && low >> 31 == 0u;
	return picture * 0x010101u | low & 0x070707u;
#else // YUYV
	whole = ((word ^ word >> 16) & 0xf8u) == 0u &&
		(word >> 16 & 7u) == low_of_all(word >> 8, word, word >> 24);
	return word >> 8 & 255u | (word & 255u) << 8 | word >> 24 << 16;
#endif
}

uint unpack_second(uint word, out bool whole)
{
#ifdef P010
	uint low = low_10(word);

	whole = low >> 31 == 0u;
	return word >> 8 & 0xf8u | 0x7800u | (word >> 24 & 0xf8u) << 16 | low & 0x070707u;
#else
	whole = ((word ^ word >> 16) & 0xf8f8u) == 0u &&
		(word >> 24 & 7u) == low_of_all(word, word >> 16, word >> 8);
	return word & 255u | (0x78u | word >> 16 & 7u) << 8 | (word >> 8 & 255u) << 16;
#endif
}

void get_pixels(ivec2 cell)
{
	int row = int(second_row);

	broken = 0u;
	for (int p = 0; p < 16; p++) {
		int x = cell.x * 16 + p;
		bool whole;

		if (cell.y >= row)
			pixel[p] = unpack_second(word_of_pairs(second, ivec2(x * 2, cell.y - row)), whole);
		else
#ifdef NV12
			pixel[p] = unpack_first(word_of_bytes(card, ivec2(x * 4, cell.y)), whole);
#else
			pixel[p] = unpack_first(word_of_pairs(card, ivec2(x * 2, cell.y)), whole);
#endif
		break_pixel(p, whole);
	}
}
#else
void get_pixels(ivec2 cell)
{
	broken = 0u;
	for (int p = 0; p < 16; p++) {
		vec4 colour = texelFetch(card, ivec2(cell.x * 16 + p, cell.y), 0);
		uvec3 rgb = uvec3(colour.rgb * 255.0 + 0.5);

		pixel[p] = rgb.r << 16 | rgb.g << 8 | rgb.b;
		break_pixel(p, colour.a == 1.0);
	}
}
#endif

// Which plane the cell is in.
int plane_of(uint row)
{
#ifdef YUV
	return row >= second_row ? 1 : 0;
#else
	return 0;
#endif
}

// Which bits of a pixel this format has.
uint bits_kept(int p, int plane)
{
#if defined(HALVES)
	return (p & 1) == 0 ? 0xffffffu : 0x070707u;
#elif defined(RGB565)
	return 0xf7fff7u;
#elif defined(NV12) || defined(P010)
	return plane == 0 ? 0x07ff07u : 0xff07ffu;
#else
	return 0xffffffu;
#endif
}
