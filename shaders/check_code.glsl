// SPDX-License-Identifier: MIT
// check.frag: the code in a cell, a transcript of src/card/code.h.

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
