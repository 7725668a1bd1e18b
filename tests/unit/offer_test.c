// SPDX-License-Identifier: MIT
/* What a compositor takes, without a device: pairs of format and modifier, kept, described and chosen from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "offer_names.h"
#include "wayland/offer.h"

/* --- offer_choose() and offer_describe(): a table --- */

static const struct takes_row {
	const char *name;
	struct offer_pair pairs[4];
	size_t count;
	bool takes;
	uint64_t modifier;
	const char *text;
} takes_rows[] = {
	{ "nothing", { { 0, 0 } }, 0, false, 0, "nothing" },
	{ "LINEAR", { { XR, LINEAR } }, 1, true, LINEAR, "XR24: LINEAR" },
	{ "LINEAR last",
	  { { XR, TILED }, { XR, INVALID }, { XR, LINEAR } },
	  3,
	  true,
	  LINEAR,
	  "XR24: INTEL_X_TILED, INVALID, LINEAR" },
	{ "only INVALID",
	  { { XR, INVALID }, { AR, LINEAR } },
	  2,
	  true,
	  INVALID,
	  "XR24: INVALID; AR24: LINEAR" },
	{ "only tiled", { { XR, TILED } }, 1, false, 0, "XR24: INTEL_X_TILED" },
	{ "another format", { { AR, LINEAR } }, 1, false, 0, "AR24: LINEAR" },
	{ "formats mixed",
	  { { XR, LINEAR }, { AR, LINEAR }, { XR, TILED }, { AR, TILED } },
	  4,
	  true,
	  LINEAR,
	  "XR24: LINEAR, INTEL_X_TILED; AR24: LINEAR, INTEL_X_TILED" },
	{ "unknown names",
	  { { 0x01020304, 0x00fedcba98765432 }, { 0xff205258, LINEAR } },
	  2,
	  false,
	  0,
	  "0x01020304: 0x00fedcba98765432; 0xff205258: LINEAR" },
};

static void takes_and_describes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(takes_rows) / sizeof(takes_rows[0]); i++) {
		const struct takes_row *row = &takes_rows[i];
		struct offer offer = { 0 };
		struct offer_choice choice;
		char text[128];

		for (size_t j = 0; j < row->count; j++)
			assert_int_equal(
				offer_add(&offer, row->pairs[j].fourcc, row->pairs[j].modifier), 0);
		print_message("# %s\n", row->name);
		choice = offer_choose(&offer, XR);
		assert_int_equal(choice.possible, row->takes);
		assert_int_equal(choice.modifier, row->modifier);
		assert_false(choice.has_device);
		offer_describe(&offer, text, sizeof(text));
		assert_string_equal(text, row->text);
		offer_clear(&offer);
	}
}

static void description_is_cut(void **state)
{
	struct offer offer = { 0 };
	char text[32];

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		offer_add(&offer, XR, LINEAR + i);
	for (size_t size = 0; size <= sizeof(text); size++) {
		memset(text, '#', sizeof(text));
		offer_describe(&offer, text, size);
		if (size > 0)
			assert_true(strlen(text) < size);
		if (size > 4)
			assert_string_equal(text + strlen(text) - 3, "...");
		for (size_t i = size; i < sizeof(text); i++)
			assert_int_equal(text[i], '#'); /* nothing beyond its end */
	}
	offer_clear(&offer);
}

/* --- offer_add() --- */

static void duplicate_is_one(void **state)
{
	struct offer offer = { 0 };

	(void)state;
	assert_int_equal(offer_add(&offer, XR, LINEAR), 0);
	assert_int_equal(offer_add(&offer, XR, LINEAR), 0);
	assert_int_equal(offer.count, 1);
	assert_int_equal(offer_add(&offer, XR, INVALID), 0);
	assert_int_equal(offer.count, 2);
	assert_false(offer.more);
	offer_clear(&offer);
	assert_int_equal(offer.count, 0);
	assert_null(offer.pairs);
	offer_clear(&offer); /* twice is harmless */
}

/* A hostile compositor must not make us grow for ever; an abundant one must still be understood. */
static void huge_offer_has_an_end(void **state)
{
	const size_t most = OFFER_MAX - OFFER_SPARE;
	struct offer offer = { 0 };

	(void)state;
	for (uint32_t i = 0; i < most; i++)
		assert_int_equal(offer_add(&offer, AR, TILED + i), 0);
	assert_int_equal(offer.count, most);
	assert_false(offer.more);
	assert_int_equal(offer_add(&offer, AR, TILED), 0); /* there already: nothing is left out */
	assert_false(offer.more);
	assert_int_equal(offer_add(&offer, XR, TILED), 0);
	assert_int_equal(offer.count, most);
	assert_true(offer.more);
	assert_false(offer_choose(&offer, XR).possible);

	/* What decides finds a place, however late it comes. */
	assert_int_equal(offer_add(&offer, XR, LINEAR), 0);
	assert_true(offer_choose(&offer, XR).possible);
	for (uint32_t fourcc = 1; fourcc <= OFFER_MAX; fourcc++)
		assert_int_equal(offer_add(&offer, fourcc, INVALID), 0);
	assert_int_equal(offer.count, OFFER_MAX);
	offer_clear(&offer);
	assert_false(offer.more);
}

static void description_says_more(void **state)
{
	struct offer offer = { 0 };
	char text[64];

	(void)state;
	offer_add(&offer, XR, LINEAR);
	offer.more = true;
	offer_describe(&offer, text, sizeof(text));
	assert_string_equal(text, "XR24: LINEAR; and more");
	offer_clear(&offer);
}

static void many_pairs_are_kept(void **state)
{
	struct offer offer = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 3000; i++)
		assert_int_equal(offer_add(&offer, i / 30, i), 0);
	assert_int_equal(offer.count, 3000);
	for (uint32_t i = 0; i < 3000; i++) {
		assert_int_equal(offer.pairs[i].fourcc, i / 30);
		assert_int_equal(offer.pairs[i].modifier, i);
	}
	offer_clear(&offer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_and_describes),	 cmocka_unit_test(description_is_cut),
		cmocka_unit_test(duplicate_is_one),	 cmocka_unit_test(huge_offer_has_an_end),
		cmocka_unit_test(description_says_more), cmocka_unit_test(many_pairs_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
