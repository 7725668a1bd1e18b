// SPDX-License-Identifier: MIT
/* The part of the card that a saved picture shows enlarged, and what is underlined there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card/card.h"
#include "card/colour.h"
#include "report/picture.h"

enum {
	SIDE = 128,
	COLS = SIDE / 16,
	GREY = 0x808080,
	PANEL_HEIGHT = 600,
	WRONG = COLS * 100 + 2, /* the third cell of row 100 */
};

struct scene {
	uint32_t card[SIDE * SIDE];
	uint32_t heat[COLS * SIDE * 3 / 2];
	uint32_t panel[PICTURE_PANEL_WIDTH * PANEL_HEIGHT];
};

static struct scene scene;

static uint32_t stale(void)
{
	return cell_colour((struct cell_verdict){ .kind = CELL_STALE, .by = { 1 } });
}

static int a_clean_card(void **state)
{
	(void)state;
	memset(scene.panel, 0, sizeof(scene.panel));
	for (size_t i = 0; i < SIDE * SIDE; i++)
		scene.card[i] = GREY;
	for (size_t i = 0; i < (size_t)COLS * SIDE * 3 / 2; i++)
		scene.heat[i] = cell_colour((struct cell_verdict){ .kind = CELL_FRESH });
	return 0;
}

static void magnify_rows(uint32_t rows)
{
	const struct picture card = { scene.card, SIDE, SIDE, SIDE * 4 };
	const struct heat heat = { scene.heat, COLS, rows, 16 };

	picture_magnify(&(struct picture){ scene.panel, PICTURE_PANEL_WIDTH, PANEL_HEIGHT,
					   PICTURE_PANEL_WIDTH * 4 },
			100, &card, &heat);
}

static void magnify(void)
{
	magnify_rows(SIDE);
}

/* How many pixels of the panel have @colour; *@row is of the last one. */
static unsigned int pixels_of(uint32_t colour, unsigned int *row)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < PICTURE_PANEL_WIDTH * PANEL_HEIGHT; i++)
		if ((scene.panel[i] & 0xffffff) == colour) {
			*row = i / PICTURE_PANEL_WIDTH;
			count++;
		}
	return count;
}

static void a_clean_card_has_no_line(void **state)
{
	unsigned int row = 0;

	(void)state;
	magnify();
	assert_true(pixels_of(GREY, &row) > 61 * 4 * 40 * 4);
	assert_int_equal(pixels_of(stale(), &row), 0);
}

/* 16 pixels wide and 4 times as large: a line of 64, the last of the cell's 4. */
static void a_wrong_cell_is_underlined(void **state)
{
	unsigned int row = 0, top, grey;

	(void)state;
	magnify();
	grey = pixels_of(GREY, &row);
	top = row;
	a_clean_card(state);
	scene.heat[WRONG] = stale();
	magnify();
	assert_int_equal(pixels_of(stale(), &row), 16 * 4);
	assert_int_equal(pixels_of(GREY, &top), grey - 16 * 4);
	assert_true(row < top && (top + 1 - (row + 1)) % 4 == 0);
}

/* The last pixels of what is shown are of half a cell. */
static void so_is_a_part_of_one(void **state)
{
	unsigned int row = 0;

	(void)state;
	scene.heat[WRONG] = stale();
	for (int col = 3; col < COLS; col++)
		scene.heat[COLS * 110 + col] = stale();
	magnify();
	/* 61 pixels of the card are shown, from 32 on: 16 of them before the fourth column. */
	assert_int_equal(pixels_of(stale(), &row), (16 + 61 - 16) * 4);
}

/* As NV12's: half as many rows, below the first plane's; each is of two rows of pixels. */
static void so_is_one_of_a_second_plane(void **state)
{
	unsigned int row = 0;

	(void)state;
	scene.heat[COLS * (SIDE + 50) + 2] = stale();
	magnify();
	assert_int_equal(pixels_of(stale(), &row), 0); /* where there is none */
	magnify_rows(SIDE * 3 / 2);
	assert_int_equal(pixels_of(stale(), &row), 2 * 16 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_clean_card_has_no_line, a_clean_card),
		cmocka_unit_test_setup(a_wrong_cell_is_underlined, a_clean_card),
		cmocka_unit_test_setup(so_is_a_part_of_one, a_clean_card),
		cmocka_unit_test_setup(so_is_one_of_a_second_plane, a_clean_card),
	};

	return cmocka_run_group_tests_name("magnify", tests, NULL, NULL);
}
