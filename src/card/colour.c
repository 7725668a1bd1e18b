// SPDX-License-Identifier: MIT
/* colour: what of a card is seen. See colour.h. */
#include "card/colour.h"

#include <string.h>

#include <drm_fourcc.h>

#include "card/encoding.h"

static bool is_red_first(const struct card *card)
{
	return card_encoding_find(card->fourcc)->red_first;
}

void card_colours(const struct card *card, const void *mem, size_t stride, uint32_t y,
		  uint32_t *colours)
{
	const uint8_t *row = (const uint8_t *)mem + y * stride;

	memcpy(colours, row, (size_t)card->width * 4);
	for (uint32_t x = 0; x < card->width; x++)
		colours[x] = is_red_first(card) ? card_swap(colours[x]) : colours[x] & 0xffffff;
}

bool card_from_colours(const struct card *card, const uint32_t *colours, uint32_t n, void *mem)
{
	uint8_t *to = mem;

	for (uint32_t x = 0; x < n; x++, to += 4) {
		uint32_t word = is_red_first(card) ? card_swap(colours[x]) : colours[x];

		word |= 0xff000000;
		memcpy(to, &word, 4);
	}
	return true;
}
