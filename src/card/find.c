// SPDX-License-Identifier: MIT
/* find: where in a picture of a whole screen a card is. */
#include "card/find.h"

#include "card/code.h"
#include "card/colour.h"
#include "card/encoding.h"

/* Colours that are those of a whole cell of @serial? Then *@code. */
static bool read_cell(const struct card *card, const uint32_t *colours, uint32_t serial,
		      struct card_code *code)
{
	uint32_t q[CARD_QUARTERS] = { 0 }, pixels[CARD_CELL_PIXELS];
	uint8_t cell[CARD_CELL_BYTES];

	if (!card_from_colours(card, colours, card->cell_width, cell))
		return false;
	card_encoding_find(card->fourcc, 0)->unpack(cell, pixels);
	for (uint32_t i = 0; i < CARD_CELL_PIXELS; i++) {
		if (!card_pixel_local(pixels[i], i))
			return false;
		q[i >> 2] |= card_pixel_code(pixels[i]) << 6 * (i & 3);
	}
	return card_code_unpack(q, code) && code->serial == serial;
}

bool card_find(const struct card *card, uint32_t serial, const void *pixels, uint32_t width,
	       uint32_t height, size_t stride, uint32_t *x, uint32_t *y)
{
	struct card_code code;

	if (width < card->width || height < card->height)
		return false;
	for (uint32_t j = 0; j < height; j++) {
		const uint32_t *row = (const uint32_t *)((const char *)pixels + j * stride);

		for (uint32_t i = 0; i + card->cell_width <= width; i++) {
			if (!read_cell(card, row + i, serial, &code))
				continue;
			*x = i - card_place_col(code.place) * card->cell_width;
			*y = j - card_place_row(code.place);
			/* Unsigned: a corner left of or above the picture is far outside it. */
			if (*x <= width - card->width && *y <= height - card->height)
				return true;
		}
	}
	return false;
}
