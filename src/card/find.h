/* SPDX-License-Identifier: MIT */
/* find: where in a picture of a whole screen a card is. */
#ifndef STALELINE_CARD_FIND_H
#define STALELINE_CARD_FIND_H

#include "card/card.h"

/*
 * Only of a card whose format shows its bits in 8 bits of colour (card_from_colours()). Look in
 * @pixels (0xXXRRGGBB, @width x @height, rows @stride bytes apart) for a whole cell of @serial, of
 * any frame, and take the card's corner from the place that it names. True with *@x, *@y where that
 * puts the whole card inside the picture.
 */
bool card_find(const struct card *card, uint32_t serial, const void *pixels, uint32_t width,
	       uint32_t height, size_t stride, uint32_t *x, uint32_t *y);

#endif
