// SPDX-License-Identifier: MIT
/* UTF-8: what is a letter and what is none, by the table of RFC 3629, section 4. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"

static void letters_have_their_length(void **state)
{
	static const char *const letters[] = {
		"a",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xef\xbf\xbd",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		size_t len = strlen(letters[i]);

		assert_int_equal(utf8_length(letters[i], len), len);
		/* Cut off it is none. */
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(utf8_length(letters[i], cut), 0);
	}
	assert_int_equal(utf8_length("\xc3\xa4rger", 6), 2);
	assert_int_equal(utf8_length("\0x", 2), 1);
}

static void what_is_none_has_none(void **state)
{
	static const char *const no_letters[] = {
		"\x80",		/* stands alone */
		"\xbf\x80",	/* so does that */
		"\xc0\x80",	/* longer than need be: NUL */
		"\xc1\xbf",	/* so is DEL */
		"\xe0\x9f\xbf", /* and U+07FF */
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", /* surrogates */
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80", /* U+110000 */
		"\xf5\x80\x80\x80",
		"\xff\xff\xff\xff",
		"\xc3(", /* not gone on with */
		"\xe2\x82(",
		"\xf0\x90\x80(",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(no_letters) / sizeof(no_letters[0]); i++)
		assert_int_equal(utf8_length(no_letters[i], strlen(no_letters[i])), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_have_their_length),
		cmocka_unit_test(what_is_none_has_none),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
