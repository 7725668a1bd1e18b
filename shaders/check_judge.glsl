// SPDX-License-Identifier: MIT
// check.frag: what becomes of a cell, a transcript of src/card/judge.c; and main.

const uint FRESH = 0u, STALE = 1u, AHEAD = 2u, FOREIGN = 3u, TORN = 4u, UNWRITTEN = 5u, INEXACT = 6u;

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
