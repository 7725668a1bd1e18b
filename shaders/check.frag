#version 300 es
// SPDX-License-Identifier: MIT
//
// Judges one cell of the test card in each fragment. Fragment (x, y) is cell (x, y); the first row
// is the card's first, as texel (0, 0) of a dma-buf is the first pixel of its memory.
//
// This is a transcript of src/card/code.h, picture.h and judge.c into GLSL ES 3.0, where words have
// 32 bits and wrap as in C. Names are the same, less "card_". What is judged there and what is
// judged here must agree on every cell of any memory: tests/unit/check_shader_test.c.

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

// ---- code.h

const uint FRAME_MASK = 0xfffffu;
const uint QUARTER_MASK = 0xffffffu;
const uint CHECK_SALT = 0x5ca1abu;

struct Code {
	uint serial, frame, place;
};

uint mix24(uint x)
{
	x ^= x << 3 & QUARTER_MASK;
	x ^= x >> 4;
	x ^= x << 11 & QUARTER_MASK;
	return x;
}

uint unmix24(uint x)
{
	x ^= x << 11 & QUARTER_MASK;
	x ^= x << 22 & QUARTER_MASK;
	x ^= x >> 4;
	x ^= x >> 8;
	x ^= x >> 16;
	x ^= x << 3 & QUARTER_MASK;
	x ^= x << 6 & QUARTER_MASK;
	x ^= x << 12 & QUARTER_MASK;
	return x;
}

// The frame and the serial's high 4 bits, as one 24 bit word.
uint code_head(Code code)
{
	return code.frame | code.serial >> 24 << 20;
}

uint code_check(Code code)
{
	uint sum = mix24(code_head(code)) ^ code.place;

	return mix24(mix24(sum) ^ (code.serial & QUARTER_MASK)) ^ CHECK_SALT;
}

void code_pack(Code code, out uint q[4])
{
	q[2] = mix24(code.place ^ code.frame);
	q[0] = code_head(code) ^ mix24(q[2]);
	q[1] = (code.serial & QUARTER_MASK) ^ mix24(q[0]);
	q[3] = code_check(code);
}

bool code_unpack(uint q[4], out Code code)
{
	uint head = q[0] ^ mix24(q[2]);

	code.frame = head & FRAME_MASK;
	code.serial = (q[1] ^ mix24(q[0])) | head >> 20 << 24;
	code.place = unmix24(q[2]) ^ code.frame;
	return q[3] == code_check(code);
}

uint local_check(uint bits, uint pixel)
{
	uint at = (pixel < 8u ? 0x16435261u : 0x63514325u) >> 4u * (pixel & 7u) & 7u;

	return at ^ ((bits >> 4 ^ bits >> 3) & 1u) ^ ((bits ^ bits >> 5) & 1u) << 1 ^
	       ((bits >> 2 ^ bits >> 1) & 1u) << 2;
}

uint low_bits(uint bits, uint pixel)
{
	uint local = local_check(bits, pixel);

	return (bits & 3u) | (bits >> 2 & 3u) << 8 | (bits >> 4 & 3u) << 16 | (local & 1u) << 2 |
	       (local >> 1 & 1u) << 10 | (local >> 2 & 1u) << 18;
}

uint pixel_code(uint rgb)
{
	return (rgb & 3u) | (rgb >> 8 & 3u) << 2 | (rgb >> 16 & 3u) << 4;
}

bool pixel_local(uint rgb, uint pixel)
{
	return ((rgb ^ low_bits(pixel_code(rgb), pixel)) & 0x070707u) == 0u;
}

// ---- picture.h

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

// ---- judge.c

const uint FRESH = 0u, STALE = 1u, AHEAD = 2u, FOREIGN = 3u, TORN = 4u, UNWRITTEN = 5u, INEXACT = 6u;

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

// What the cell says of itself. True if its check is right.
bool decode(out Code code)
{
	uint q[4] = uint[4](0u, 0u, 0u, 0u);

	for (int p = 0; p < 16; p++)
		q[p >> 2] |= pixel_code(pixel[p]) << 6 * (p & 3);
	return code_unpack(q, code);
}

// Is the cell, bit for bit, the one that says this of itself?
bool is_cell(Code code, int plane)
{
	uint x = (code.place & 1023u) * 16u, row = code.place >> 10;
	uvec3 at = picture_at(row, code.frame);
	uint q[4];

	code_pack(code, q);
	for (int p = 0; p < 16; p++) {
		uint low = low_bits(q[p >> 2] >> 6 * (p & 3) & 63u, uint(p));

		if (((pixel[p] ^ round_rgb(picture_wanted(at, x + uint(p)), low)) & bits_kept(p, plane)) != 0u)
			return false;
	}
	return true;
}

// A genuine cell: whose, of where, of when. The kind, and by how many frames.
uvec2 judge_code(Code got, Code want)
{
	uint older = want.frame - got.frame & FRAME_MASK;

	if (got.serial != want.serial)
		return uvec2(FOREIGN, 0u);
	if (got.place != want.place)
		return uvec2(TORN, 0u);
	if (older == 0u)
		return uvec2(FRESH, 0u);
	if (older <= 0x80000u)
		return uvec2(STALE, older);
	return uvec2(AHEAD, 0x100000u - older);
}

uvec3 channels(uint rgb)
{
	return uvec3(rgb >> 16, rgb >> 8, rgb) & 255u;
}

bool in_gamut(uint rgb, uvec4 gamut)
{
	uvec3 c = channels(rgb), least = channels(gamut.x), most = channels(gamut.y);
	uint luma = 54u * c.r + 183u * c.g + 19u * c.b >> 8; // card_luma()

	return all(greaterThanEqual(c, least)) && all(lessThanEqual(c, most)) && luma >= gamut.z &&
	       luma <= gamut.w;
}

// Not a genuine cell: of what is it made? Pieces of cells are genuine pixels all through; what was
// scaled, blended or dithered has the card's colours without its local check; other memory has
// other colours.
uint judge_pixels(uvec4 gamut)
{
	int genuine = 0, alien = 0, same = 0;

	for (int p = 0; p < 16; p++) {
		if (!in_gamut(pixel[p], gamut))
			alien++;
		else if (pixel_local(pixel[p], uint(p)) && (broken >> p & 1u) == 0u)
			genuine++;
		if (pixel[p] == pixel[0])
			same++;
	}
	if (same == 16)
		return UNWRITTEN;
	if (alien == 0)
		return genuine >= 13 ? TORN : INEXACT;
	if (genuine >= 4)
		return TORN;
	return alien >= 8 ? UNWRITTEN : INEXACT;
}

void main()
{
	uvec2 cell = uvec2(gl_FragCoord.xy);
	int plane = plane_of(cell.y);
	bool in_part = cell.x >= part.x && cell.x - part.x < part.z && cell.y - part.y < part.w;
	Code want = Code(serial, in_part ? part_frame : rest_frame, cell.y << 10 | cell.x);
	Code got;
	uvec2 found;

	get_pixels(ivec2(cell));
	if (decode(got) && broken == 0u && is_cell(got, plane))
		found = judge_code(got, want);
	else
		found = uvec2(judge_pixels(gamut[plane]), 0u);

	// A byte k leaves as k / 255.0 and arrives as k.
	verdict = vec4(uvec4(found.x | stamp << 3, found.y, found.y >> 8, found.y >> 16) & 255u) / 255.0;
}
