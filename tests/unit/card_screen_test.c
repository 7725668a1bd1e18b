// SPDX-License-Identifier: MIT
/* The card in each format as a screen shows it: found there, read back from its colours, and looking alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <drm_fourcc.h>

#include "card/alike.h"
#include "card/colour.h"
#include "card/encoding.h"
#include "card/find.h"

#include "card_format_desk.h"

/* What a screen shows of a card, at some place on it, is found there, and is the card's memory again. */
static void colours_and_back(void **state)
{
	enum { SCREEN = 700, TALL = HEIGHT + 9 };
	static uint32_t screen[TALL][SCREEN];

	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		uint32_t x = 0, y = 0;
		uint8_t *again;
		struct desk d;

		desk_open(&d, &ref_formats[i], 4);
		memset(screen, 0x33, sizeof(screen));
		for (uint32_t row = 0; row < HEIGHT; row++)
			card_colours(&d.card, d.mem, d.stride, row, &screen[row + 5][37]);
		again = calloc(1, d.row);
		assert_non_null(again);
		if (card_from_colours(&d.card, screen[0], 1, again)) {
			assert_true(card_find(&d.card, serial, screen, SCREEN, TALL,
					      sizeof(screen[0]), &x, &y));
			assert_int_equal(x, 37);
			assert_int_equal(y, 5);
			for (uint32_t row = 0; row < HEIGHT; row++) {
				card_from_colours(&d.card, &screen[row + 5][37], d.card.width,
						  again);
				assert_memory_equal(again, d.mem + row * d.stride, d.row);
			}
			assert_false(card_find(&d.card, serial + 1, screen, SCREEN, TALL,
					       sizeof(screen[0]), &x, &y));
		} else {
			assert_false(card_find(&d.card, serial, screen, SCREEN, TALL,
					       sizeof(screen[0]), &x, &y));
		}
		free(again);
		desk_close(&d);
	}
}

/* Which formats a screen of 8 bits tells: no fewer, no more. */
static void who_shows_its_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		const char *name = pixel_format_find(ref_formats[i].fourcc)->name;
		uint32_t colour = 0;
		uint8_t pixel[8];
		struct desk d;

		desk_open(&d, &ref_formats[i], 0);
		assert_int_equal(card_from_colours(&d.card, &colour, 1, pixel),
				 strstr(name, "8888") || !strcmp(name, "RGB565"));
		desk_close(&d);
	}
}

/* A card on a screen is found by its colours, and looks alike; one with R and B swapped, or none, does not. */
static void alike_by_colour(void **state)
{
	enum { WIDE = 512, TALL = 96, SCREEN = 700, ROWS = 200 };
	static uint32_t colours[TALL][WIDE], screen[ROWS][SCREEN];
	const struct alike_picture want = { colours[0], WIDE, TALL, sizeof(colours[0]) };
	const struct alike_picture seen = { screen[0], SCREEN, ROWS, sizeof(screen[0]) };

	(void)state;
	for (size_t i = 0; i < REF_FORMATS; i++) {
		uint32_t fourcc = ref_formats[i].fourcc;
		size_t stride = WIDE * pixel_format_find(fourcc)->bytes;
		struct alike found;
		struct card card;
		uint8_t *mem;

		assert_int_equal(card_init(&card, fourcc, WIDE, TALL), 0);
		mem = malloc(stride * card.rows);
		assert_non_null(mem);
		card_draw(&card, serial, FRAME, card_whole(&card), mem, stride);
		memset(screen, 0x20, sizeof(screen));
		for (uint32_t y = 0; y < TALL; y++) {
			card_colours(&card, mem, stride, y, colours[y]);
			for (uint32_t x = 0; x < WIDE; x++) /* a little brighter */
				screen[y + 61][x + 123] = colours[y][x] + 0x030303;
		}
		assert_true(alike_find(&want, &seen, &found));
		assert_int_equal(found.blocks, WIDE / 16 * TALL / 16);
		if (found.alike != found.blocks || found.x - 121 > 4 || found.y - 59 > 4)
			fail_msg("%s: %u blocks alike, found at %u,%u",
				 pixel_format_find(fourcc)->name, found.alike, found.x, found.y);
		for (uint32_t y = 0; y < TALL; y++)
			for (uint32_t x = 0; x < WIDE; x++)
				screen[y + 61][x + 123] = card_swap(colours[y][x]);
		assert_true(alike_find(&want, &seen, &found));
		if (fourcc == DRM_FORMAT_XRGB8888) /* others may be of one hue at this width */
			assert_true(found.alike < found.blocks / 2);
		memset(screen, 0x20, sizeof(screen));
		assert_true(alike_find(&want, &seen, &found));
		assert_true(found.alike < found.blocks / 10);
		free(mem);
		card_finish(&card);
	}
	assert_false(alike_find(&seen, &want, &(struct alike){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike_by_colour),
		cmocka_unit_test(colours_and_back),
		cmocka_unit_test(who_shows_its_bits),
	};

	return cmocka_run_group_tests_name("card screen", tests, NULL, NULL);
}
