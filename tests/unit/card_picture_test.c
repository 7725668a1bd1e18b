// SPDX-License-Identifier: MIT
/* The picture: bit-exact, harmless to look at, and made so that what is stale shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>

#include "card/picture.h"

#include "card_reference.h"

enum { FRAMES = 600, WIDTH = 1280, HEIGHT = 800, EVERY = 23 }; /* of the rows one in 23 */

static struct card_picture picture;

static void waves_as_written(void **state)
{
	(void)state;
	for (int w = 0; w < 3; w++)
		for (int x = 0; x < 1024; x++)
			for (int c = 0; c < 3; c++) {
				int want = (int)fmod(ref_wave(w, x, c) + 256, 256);

				assert_int_equal(picture.wave[w][x] >> 8 * c & 255, want);
			}
}

static void wanted_as_written(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint32_t x = (uint32_t)rand() % 16384, row = (uint32_t)rand() % 16384;
		uint32_t frame = (uint32_t)rand() % (1 << 20);
		uint32_t got = card_picture_wanted(&picture, x, row, frame);

		for (int c = 0; c < 3; c++)
			assert_int_equal(got >> 8 * c & 255, ref_wanted(x, row, frame, c));
	}
}

/* A cell made from what it says, at any place, also outside of any card. */
static void cells_as_written(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct ref_code ref = { (uint32_t)rand() & 0xfffffff, (uint32_t)rand() & 0xfffff,
					(uint32_t)rand() & 16383, (uint32_t)rand() & 1023 };
		uint32_t pixel[16];
		uint8_t want[64];

		card_cell(&picture,
			  (struct card_code){ ref.serial, ref.frame, card_place(ref.col, ref.row) },
			  pixel);
		ref_cell(ref, want);
		for (int p = 0; p < 16; p++)
			assert_int_equal(pixel[p], want[4 * p] | (uint32_t)want[4 * p + 1] << 8 |
							   (uint32_t)want[4 * p + 2] << 16);
	}
}

/* The frame number wraps after 2^20: nobody sees it. */
static void moves_on_over_the_wrap(void **state)
{
	(void)state;
	for (uint32_t w = 0; w < 3; w++)
		for (uint32_t row = 0; row < 2000; row++)
			assert_int_equal(card_wave_shift(card_waves[w], row, 1 << 20) % 1024,
					 card_wave_shift(card_waves[w], row, 0) % 1024);
}

static int as_signed(uint32_t byte)
{
	return byte > 127 ? (int)byte - 256 : (int)byte;
}

/*
 * Whatever the shifts: the sum of the three largest and of the three smallest values can be
 * rounded without leaving a byte, and what comes out, or a dither of it, is in the gamut.
 */
static void no_sum_leaves_the_range(void **state)
{
	int low[3] = { 0 }, high[3] = { 0 };
	double dark = 0, bright = 0;

	(void)state;
	for (int w = 0; w < 3; w++) {
		int lo[3] = { 999, 999, 999 }, hi[3] = { -999, -999, -999 };
		double d = 999, b = -999;

		for (int x = 0; x < 1024; x++) {
			int v[3];
			double luma;

			for (int c = 0; c < 3; c++) {
				uint32_t byte = picture.wave[w][x] >> 8 * c & 255;

				v[c] = w == 0 ? (int)byte : as_signed(byte);
				lo[c] = v[c] < lo[c] ? v[c] : lo[c];
				hi[c] = v[c] > hi[c] ? v[c] : hi[c];
			}
			luma = (54 * v[2] + 183 * v[1] + 19 * v[0]) / 256.0;
			d = luma < d ? luma : d;
			b = luma > b ? luma : b;
		}
		for (int c = 0; c < 3; c++) {
			low[c] += lo[c];
			high[c] += hi[c];
		}
		dark += d;
		bright += b;
	}
	for (int c = 0; c < 3; c++) {
		assert_true(low[c] >= 4 && high[c] <= 247);
		assert_true(low[c] - 4 >= CARD_GAMUT_MIN && high[c] + 5 <= CARD_GAMUT_MAX);
	}
	assert_true(dark - 4 >= CARD_LUMA_MIN);
	assert_true(floor(bright + 5) <= CARD_LUMA_MAX);
}

static double linear(int byte)
{
	double v = byte / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/*
 * WCAG 2.3.1: a general flash is a pair of opposing changes of relative luminance of 0.1 or more
 * where the darker is below 0.8. A pixel whose luminance never spans 0.1 can't flash, at any
 * frame rate. A red flash needs a saturated red: R / (R + G + B) >= 0.8.
 */
static void nothing_flashes(void **state)
{
	const uint32_t rows = (HEIGHT + EVERY - 1) / EVERY;
	float *dark = malloc(sizeof(float) * WIDTH * rows), *bright;
	uint8_t *mem = malloc(WIDTH * 4);
	double curve[256], worst = 0, reddest = 0;
	struct card card;

	(void)state;
	bright = malloc(sizeof(float) * WIDTH * rows);
	assert_true(dark && bright && mem);
	assert_int_equal(card_init(&card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT), 0);
	for (int i = 0; i < 256; i++)
		curve[i] = linear(i);
	for (uint32_t i = 0; i < WIDTH * rows; i++) {
		dark[i] = 9;
		bright[i] = -9;
	}
	for (uint32_t frame = 0; frame < FRAMES; frame++) {
		for (uint32_t row = 0; row < HEIGHT; row += EVERY) {
			/* One row at a time, each drawn over the last: stride 0. */
			card_draw(&card, 0x1234506, frame, (struct card_area){ 0, row, 1 << 10, 1 },
				  mem, 0);
			for (uint32_t x = 0; x < WIDTH; x++) {
				double b = curve[mem[4 * x]], g = curve[mem[4 * x + 1]];
				double r = curve[mem[4 * x + 2]];
				float y = (float)(.2126 * r + .7152 * g + .0722 * b);
				uint32_t i = row / EVERY * WIDTH + x;

				dark[i] = y < dark[i] ? y : dark[i];
				bright[i] = y > bright[i] ? y : bright[i];
				if (r / (r + g + b) > reddest)
					reddest = r / (r + g + b);
			}
		}
	}
	for (uint32_t i = 0; i < WIDTH * rows; i++)
		if (bright[i] - dark[i] > (float)worst)
			worst = bright[i] - dark[i];
	print_message("widest span of a pixel's relative luminance %.4f, reddest %.2f\n", worst,
		      reddest);
	assert_true(worst < 0.1);
	assert_true(worst > 0.02); /* else we have measured nothing */
	assert_true(reddest < 0.8);
	card_finish(&card);
	free(dark);
	free(bright);
	free(mem);
}

/* Where a line is old, light and shade are elsewhere: by luma, as fine chroma is hard to see. */
static void old_lines_show(void **state)
{
	(void)state;
	for (uint32_t by = 1; by <= 5; by++) {
		double sum = 0;
		int n = 0;

		for (uint32_t frame = 10; frame < 1000; frame += 37)
			for (uint32_t row = 0; row < 1000; row += 53)
				for (uint32_t x = 0; x < 1000; x += 3, n++) {
					uint32_t now = card_picture_wanted(&picture, x, row, frame);
					uint32_t old =
						card_picture_wanted(&picture, x, row, frame - by);
					double d = (double)card_luma(now) - (double)card_luma(old);

					sum += d * d;
				}
		print_message("%u frames old: luma is off by %.1f (rms)\n", by, sqrt(sum / n));
		assert_true(sqrt(sum / n) > 2);
	}
}

/* Without its threads the picture moves slowly: no block changes much from frame to frame. */
static void hue_drifts_slowly(void **state)
{
	(void)state;
	for (uint32_t frame = 0; frame < FRAMES; frame++) {
		for (uint32_t row = 0; row < HEIGHT; row += 97) {
			for (uint32_t x = 0; x < WIDTH; x += 31) {
				for (uint32_t c = 0; c < 24; c += 8) {
					int change = 0;

					for (uint32_t w = 0; w < 2; w++) {
						struct card_wave how = card_waves[w];
						uint32_t a = card_wave_shift(how, row, frame);
						uint32_t b = card_wave_shift(how, row, frame + 1);

						a = picture.wave[w][(x + a) % 1024] >> c;
						b = picture.wave[w][(x + b) % 1024] >> c;
						change += as_signed((a - b) & 255);
					}
					assert_in_range(change + 4, 0, 8);
				}
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waves_as_written),	   cmocka_unit_test(wanted_as_written),
		cmocka_unit_test(cells_as_written),	   cmocka_unit_test(moves_on_over_the_wrap),
		cmocka_unit_test(no_sum_leaves_the_range), cmocka_unit_test(nothing_flashes),
		cmocka_unit_test(old_lines_show),	   cmocka_unit_test(hue_drifts_slowly),
	};

	srand(1);
	card_picture_make(&picture);
	return cmocka_run_group_tests_name("card picture", tests, NULL, NULL);
}
