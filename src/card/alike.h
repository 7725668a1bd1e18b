/* SPDX-License-Identifier: MIT */
/*
 * alike: is a picture of a screen like a card? For formats whose bits 8 bits of colour
 * don't tell: all that can be said then is that it looks as it should. A card that is a
 * frame old looks so, too.
 */
#ifndef STALELINE_CARD_ALIKE_H
#define STALELINE_CARD_ALIKE_H

#include "card/card.h"

enum {
	ALIKE_BLOCK = 16, /* pixels either way: what is compared is a block's mean colour */
	ALIKE_TOLERANCE =
		40, /* of 255, in each channel: screens differ in matrix and range of YUV */
};

/* Colours 0xXXRRGGBB, not owned; @stride in bytes. */
struct alike_picture {
	const uint32_t *colours;
	uint32_t width, height;
	size_t stride;
};

struct alike {
	uint32_t x, y;	 /* where on the screen it is most like the card */
	uint32_t blocks; /* that are whole */
	uint32_t alike;	 /* of them those within the tolerance */
};

/* Look for @card in @screen, and hold the two against each other. False: the screen is smaller. */
bool alike_find(const struct alike_picture *card, const struct alike_picture *screen,
		struct alike *found);

#endif
