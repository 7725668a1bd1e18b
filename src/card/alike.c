// SPDX-License-Identifier: MIT
/* alike: is a picture of a screen like a card? See alike.h. */
#include "card/alike.h"

#include <stdlib.h>

/*
 * How many places of the card are looked at to find it:
 * on a lattice, so each position costs the same.
 */
enum { LOOKS = 8 };

static uint32_t at(const struct alike_picture *picture, uint32_t x, uint32_t y)
{
	return ((const uint32_t *)((const char *)picture->colours + y * picture->stride))[x];
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	uint32_t sum = 0;

	for (uint32_t shift = 0; shift < 24; shift += 8)
		sum += (uint32_t)abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
	return sum;
}

/*
 * How far the screen is from the card, were this its corner;
 * at @most or above it is no matter how far.
 */
static uint32_t far_from(const struct alike_picture *card, const struct alike_picture *screen,
			 uint32_t x, uint32_t y, uint32_t most)
{
	uint32_t sum = 0;

	for (uint32_t j = 0; j < LOOKS && sum < most; j++) {
		for (uint32_t i = 0; i < LOOKS; i++) {
			uint32_t cx = (2 * i + 1) * card->width / (2 * LOOKS);
			uint32_t cy = (2 * j + 1) * card->height / (2 * LOOKS);

			sum += distance(at(card, cx, cy), at(screen, x + cx, y + cy));
		}
	}
	return sum;
}

/* Sum of one channel over a block. */
static uint32_t sum_of(const struct alike_picture *picture, uint32_t x, uint32_t y, uint32_t shift)
{
	uint32_t sum = 0;

	for (uint32_t j = 0; j < ALIKE_BLOCK; j++)
		for (uint32_t i = 0; i < ALIKE_BLOCK; i++)
			sum += at(picture, x + i, y + j) >> shift & 255;
	return sum;
}

static bool block_is_alike(const struct alike_picture *card, const struct alike_picture *screen,
			   const struct alike *found, uint32_t x, uint32_t y)
{
	for (uint32_t shift = 0; shift < 24; shift += 8) {
		int a = (int)sum_of(card, x, y, shift);
		int b = (int)sum_of(screen, found->x + x, found->y + y, shift);

		if (abs(a - b) > ALIKE_TOLERANCE * ALIKE_BLOCK * ALIKE_BLOCK)
			return false;
	}
	return true;
}

bool alike_find(const struct alike_picture *card, const struct alike_picture *screen,
		struct alike *found)
{
	uint32_t best = UINT32_MAX;

	*found = (struct alike){ 0 };
	if (screen->width < card->width || screen->height < card->height)
		return false;
	for (uint32_t y = 0; y <= screen->height - card->height; y++) {
		for (uint32_t x = 0; x <= screen->width - card->width; x++) {
			uint32_t far = far_from(card, screen, x, y, best);

			if (far >= best)
				continue;
			best = far;
			found->x = x;
			found->y = y;
		}
	}
	for (uint32_t y = 0; y + ALIKE_BLOCK <= card->height; y += ALIKE_BLOCK) {
		for (uint32_t x = 0; x + ALIKE_BLOCK <= card->width; x += ALIKE_BLOCK) {
			found->blocks++;
			found->alike += block_is_alike(card, screen, found, x, y);
		}
	}
	return true;
}
