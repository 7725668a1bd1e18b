/* SPDX-License-Identifier: MIT */
/*
 * encoding: how the pixels of the card lie in the memory of a format.
 *
 * The card is the same in every format: a cell is 16 pixels of 24 bits, and it takes 64 bytes of a
 * row. An encoding says which bits of those 64 bytes carry which bits of the 16 pixels. Every other
 * bit of them is either a function of these too, and judged with them, or outside of the card (X),
 * and then set and never judged.
 */
#ifndef STALELINE_CARD_ENCODING_H
#define STALELINE_CARD_ENCODING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pixel_format.h"
#include "card/card.h"
#include "card/picture.h"

struct card_encoding {
	/* 16 pixels 0x00RRGGBB, whose high bytes may hold anything, into 64 bytes. */
	void (*pack)(const uint32_t pixel[CARD_CELL_PIXELS], uint8_t cell[CARD_CELL_BYTES]);
	void (*unpack)(const uint8_t cell[CARD_CELL_BYTES], uint32_t pixel[CARD_CELL_PIXELS]);
	uint32_t judged; /* which bits of each 4 bytes, as a word, are the card's */
	bool red_first;	 /* R G B X in memory, not B G R X: so the fast loops' tables are too */
	bool packed; /* not 8 bits a channel: the fast loops make the pixels, pack() the memory */
	bool pairs;  /* two pixels share 8 bytes, and are whole together or not at all */
	struct card_gamut gamut; /* of what unpack() makes of the card's pixels */
};

/* R and B change places. */
static inline uint32_t card_swap(uint32_t rgb)
{
	return (rgb >> 16 & 255) | (rgb & 0xff00) | (rgb & 255) << 16;
}

/* Of one plane of a format. NULL: there is no card in this format. */
const struct card_encoding *card_encoding_find(uint32_t fourcc, uint32_t plane);

/*
 * Which pixels' 4 bytes differ in what is judged: bit p for pixel p. 0: the
 * cell is just what is wanted.
 */
uint32_t card_encoding_differ(const struct card_encoding *encoding, const uint8_t *cell,
			      const uint8_t want[CARD_CELL_BYTES]);

#endif
