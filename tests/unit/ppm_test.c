// SPDX-License-Identifier: MIT
/* Reading binary PPMs, good ones and all that is cut, wrong or too large. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/picture.h"

#define PIXELS "\x01\x02\x03\xff\xfe\xfd"

static char comment[32];
static struct picture picture;

static int load(const char *bytes, size_t size)
{
	char path[] = "/tmp/staleline-ppm-XXXXXX";
	int fd = mkstemp(path), err;
	struct why why = { "" };

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	close(fd);
	err = picture_load_ppm(&picture, path, comment, sizeof(comment), &why);
	unlink(path);
	/* Whoever gets an error gets a sentence, and nothing to free. */
	assert_int_equal(err != 0, why.text[0] != '\0');
	if (err)
		assert_null(picture.pixels);
	return err;
}

#define LOAD(text) load(text, sizeof(text) - 1)

static void pixels_and_the_first_comment_are_read(void **state)
{
	(void)state;
	assert_int_equal(LOAD("P6\n# sequence 7 buffer 3\n# more\n2 1\n255\n" PIXELS), 0);
	assert_int_equal(picture.width, 2);
	assert_int_equal(picture.height, 1);
	assert_int_equal(picture.pixels[0], 0x010203);
	assert_int_equal(picture.pixels[1], 0xfffefd);
	assert_string_equal(comment, "sequence 7 buffer 3");
	free(picture.pixels);
}

/* The first byte of a pixel may be a white space: only one ends the header. */
static void one_white_space_ends_the_header(void **state)
{
	(void)state;
	assert_int_equal(LOAD("P6 1 1 255\n\n\n\n"), 0);
	assert_int_equal(picture.pixels[0], 0x0a0a0a);
	assert_string_equal(comment, "");
	free(picture.pixels);
}

static void a_long_comment_is_cut(void **state)
{
	(void)state;
	assert_int_equal(LOAD("P6\n#0123456789012345678901234567890123456789\n1 1 255\nabc"), 0);
	assert_string_equal(comment, "0123456789012345678901234567890");
	free(picture.pixels);
}

static void what_is_no_whole_picture_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"P",
		"P5\n1 1\n255\nabc",
		"P6",
		"P6\n1",
		"P6\n1 1",
		"P6\n1 1\n255",
		"P6\n1 1\n255\nab",
		"P6\n0 1\n255\n",
		"P6\n1 0\n255\n",
		"P6\n-1 1\n255\nabc",
		"P6\n1 1\n65535\nabcabc",
		"P6\n1 1\n254\nabc",
		"P6\n32769 1\n255\nabc",
		"P6\n1 4294967297\n255\nabc",
		"P6\n# only a comment",
		"P6\nx 1\n255\nabc",
		"P6\n1x 1\n255\nabc",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		picture.pixels = NULL;
		assert_int_equal(load(wrong[i], strlen(wrong[i])), -EILSEQ);
	}
}

static void a_file_that_is_not_there_or_no_file_is_an_error(void **state)
{
	struct why why = { "" };

	(void)state;
	picture.pixels = NULL;
	assert_int_equal(
		picture_load_ppm(&picture, "/nonexistent/x", comment, sizeof(comment), &why),
		-ENOENT);
	assert_non_null(strstr(why.text, "/nonexistent/x"));
	assert_int_equal(picture_load_ppm(&picture, "/tmp", comment, sizeof(comment), &why),
			 -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_and_the_first_comment_are_read),
		cmocka_unit_test(one_white_space_ends_the_header),
		cmocka_unit_test(a_long_comment_is_cut),
		cmocka_unit_test(what_is_no_whole_picture_is_refused),
		cmocka_unit_test(a_file_that_is_not_there_or_no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
