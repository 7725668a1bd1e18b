/* SPDX-License-Identifier: MIT */
/*
 * colour: what of a card is seen: the pixels of its format as colours 0x00RRGGBB; and the other
 * way, from the colours that a screen shows to the memory that they must have come from.
 */
#ifndef STALELINE_CARD_COLOUR_H
#define STALELINE_CARD_COLOUR_H

#include "card/card.h"

/* The colours of row @y of the picture that @mem holds: card->width of them into @colours. */
void card_colours(const struct card *card, const void *mem, size_t stride, uint32_t y,
		  uint32_t *colours);

/*
 * Memory of this format that looks like the @n pixels of @colours, into @mem: row_bytes of so
 * many. What colours do not tell (X, A) is as the card has it. False: this format's bits do not
 * show in 8 bits of colour.
 */
bool card_from_colours(const struct card *card, const uint32_t *colours, uint32_t n, void *mem);

#endif
