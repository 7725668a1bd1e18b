// SPDX-License-Identifier: MIT
/* The names of formats, as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <drm_fourcc.h>

#include "base/pixel_format.h"

static void names(void **state)
{
	static const struct {
		const char *text;
		uint32_t fourcc; /* 0: none of ours */
	} cases[] = {
		{ "XRGB8888", DRM_FORMAT_XRGB8888 },
		{ "xrgb8888", DRM_FORMAT_XRGB8888 },
		{ "XR24", DRM_FORMAT_XRGB8888 },
		{ "0x34325258", DRM_FORMAT_XRGB8888 },
		{ "0X34325258", DRM_FORMAT_XRGB8888 },
		{ "AR24", DRM_FORMAT_ARGB8888 },
		{ "XBGR8888", DRM_FORMAT_XBGR8888 },
		{ "ab24", DRM_FORMAT_ABGR8888 },
		{ "", 0 },
		{ "XR2", 0 },
		{ "XR245", 0 },
		{ "XR24 ", 0 },
		{ "34325258", 0 },
		{ "0x", 0 },
		{ "0x3432525", 0 },
		{ "0x34325258z", 0 },
		{ "0x 34325258", 0 },
		{ "0x-34325258", 0 },
		{ "0x134325258", 0 }, /* the low 32 bits are XR24's */
		{ "0x10000000034325258", 0 },
		{ "0x0", 0 },
		{ "C8", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pixel_format *format = pixel_format_parse(cases[i].text);

		if (!!format != !!cases[i].fourcc || (format && format->fourcc != cases[i].fourcc))
			fail_msg("\"%s\": %s", cases[i].text, format ? format->name : "none");
	}
}

/* Each is found by each of its names, and no two share one. */
static void all_of_them(void **state)
{
	(void)state;
	for (const struct pixel_format *format = pixel_formats; format->name; format++) {
		char letters[5], number[16];

		pixel_format_letters(format->fourcc, letters);
		snprintf(number, sizeof(number), "0x%08x", format->fourcc);
		assert_ptr_equal(pixel_format_parse(format->name), format);
		assert_ptr_equal(pixel_format_parse(letters), format);
		assert_ptr_equal(pixel_format_parse(number), format);
		assert_ptr_equal(pixel_format_find(format->fourcc), format);
		assert_int_equal(fourcc_code(letters[0], letters[1], letters[2], letters[3]),
				 format->fourcc);
	}
	assert_null(pixel_format_find(0));
	assert_null(pixel_format_find(DRM_FORMAT_C8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(all_of_them),
	};

	return cmocka_run_group_tests_name("pixel_format", tests, NULL, NULL);
}
