// SPDX-License-Identifier: MIT
/* What a compositor takes, by device: the tranches of its feedback, how they are read and chosen from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "offer_names.h"
#include "wayland/offer.h"

/* --- offer_choose() with tranches: a table --- */

enum { MAIN = 0xe280, OTHER = 0xe281, DISPLAY = 0xe200 };

static const struct choose_row {
	const char *name;
	dev_t main_device; /* 0: version 3 */
	struct {
		dev_t device; /* 0: not said */
		bool scanout;
		struct offer_pair pair;
	} tranches[3]; /* in the order of preference; a pair of 0 ends it */
	struct offer_choice choice;
	const char *text;
} choose_rows[] = {
	{ "version 3",
	  0,
	  { { 0, false, { XR, LINEAR } } },
	  { true, LINEAR, 0, false, false },
	  "XR24 LINEAR, for which device is not said" },
	{ "the main device",
	  MAIN,
	  { { MAIN, false, { XR, LINEAR } } },
	  { true, LINEAR, MAIN, true, false },
	  "XR24 LINEAR for device 226:128" },
	{ "a tranche without a device",
	  MAIN,
	  { { 0, false, { XR, LINEAR } } },
	  { true, LINEAR, MAIN, true, false },
	  "XR24 LINEAR for device 226:128" },
	{ "scanout goes first",
	  MAIN,
	  { { DISPLAY, true, { XR, LINEAR } }, { MAIN, false, { XR, LINEAR } } },
	  { true, LINEAR, DISPLAY, true, true },
	  "XR24 LINEAR for device 226:0, fit for scanout" },
	{ "scanout of another format",
	  MAIN,
	  { { DISPLAY, true, { AR, LINEAR } }, { MAIN, false, { XR, LINEAR } } },
	  { true, LINEAR, MAIN, true, false },
	  "XR24 LINEAR for device 226:128" },
	{ "scanout of tiled ones",
	  MAIN,
	  { { DISPLAY, true, { XR, TILED } }, { OTHER, false, { XR, LINEAR } } },
	  { true, LINEAR, OTHER, true, false },
	  "XR24 LINEAR for device 226:129" },
	{ "LINEAR goes before a better tranche's INVALID",
	  MAIN,
	  { { DISPLAY, true, { XR, INVALID } }, { OTHER, false, { XR, LINEAR } } },
	  { true, LINEAR, OTHER, true, false },
	  "XR24 LINEAR for device 226:129" },
	{ "only INVALID, from the better of two",
	  MAIN,
	  { { OTHER, false, { XR, INVALID } }, { MAIN, false, { XR, INVALID } } },
	  { true, INVALID, OTHER, true, false },
	  "XR24 INVALID for device 226:129" },
	{ "nothing LINEAR",
	  MAIN,
	  { { MAIN, true, { XR, TILED } } },
	  { false, 0, 0, false, false },
	  "XR24 that is LINEAR is not taken" },
};

static void chooses_by_tranches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choose_rows) / sizeof(choose_rows[0]); i++) {
		const struct choose_row *row = &choose_rows[i];
		struct offer offer = { .main_device = row->main_device,
				       .has_main_device = row->main_device };
		struct offer_choice choice;
		char text[128];

		print_message("# %s\n", row->name);
		for (size_t j = 0; j < 3 && row->tranches[j].pair.fourcc; j++) {
			const struct offer_pair *pair = &row->tranches[j].pair;

			assert_int_equal(offer_add(&offer, pair->fourcc, pair->modifier), 0);
			/* As they come on the wire: behind the formats, or before. */
			offer_tranche(&offer)->device = row->tranches[j].device;
			offer_tranche(&offer)->has_device = row->tranches[j].device;
			offer_tranche(&offer)->scanout = row->tranches[j].scanout;
			offer_end_tranche(&offer);
		}
		choice = offer_choose(&offer, XR);
		assert_int_equal(choice.possible, row->choice.possible);
		assert_int_equal(choice.modifier, row->choice.modifier);
		assert_int_equal(choice.has_device, row->choice.has_device);
		assert_int_equal(choice.device, row->choice.device);
		assert_int_equal(choice.scanout, row->choice.scanout);
		assert_true(offer_choice_equal(&choice, &row->choice));
		offer_choice_describe(&choice, XR, text, sizeof(text));
		assert_string_equal(text, row->text);
		offer_clear(&offer);
	}
}

static void choices_differ(void **state)
{
	struct offer_choice a = { true, LINEAR, MAIN, true, false }, b = a;

	(void)state;
	assert_true(offer_choice_equal(&a, &b));
	b.modifier = INVALID;
	assert_false(offer_choice_equal(&a, &b));
	b = a;
	b.device = OTHER;
	assert_false(offer_choice_equal(&a, &b));
	b = a;
	b.scanout = true;
	assert_false(offer_choice_equal(&a, &b));
	b = a;
	b.possible = false;
	assert_false(offer_choice_equal(&a, &b));
}

/* More than are kept apart: none is written beyond its place. */
static void tranches_without_end(void **state)
{
	struct offer offer = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 3 * OFFER_TRANCHES; i++) {
		offer_tranche(&offer)->scanout = true;
		assert_int_equal(offer_add(&offer, i, LINEAR), 0);
		offer_end_tranche(&offer);
	}
	assert_int_equal(offer.count, 3 * OFFER_TRANCHES);
	assert_true(offer.pairs[offer.count - 1].tranche < OFFER_TRANCHES);
	offer_clear(&offer);
}

/* --- offer_add_tranche(): a table --- */

static const struct tranche_row {
	const char *name;
	size_t table_size;
	uint16_t indices[4];
	size_t count;
	int err;
	size_t pairs;
} tranche_rows[] = {
	{ "all", 48, { 0, 1, 2 }, 3, 0, 3 },
	{ "one", 48, { 2 }, 1, 0, 1 },
	{ "none", 48, { 0 }, 0, 0, 0 },
	{ "the same twice", 48, { 1, 1 }, 2, 0, 1 },
	{ "index = entries", 48, { 3 }, 1, -EPROTO, 0 },
	{ "the largest index", 48, { 0, 65535 }, 2, -EPROTO, 1 },
	{ "half an entry at the end", 47, { 2 }, 1, -EPROTO, 0 },
	{ "no table", 0, { 0 }, 1, -EPROTO, 0 },
	{ "no table, no index", 0, { 0 }, 0, 0, 0 },
};

/* A table of exactly so many bytes, unaligned, so that ASan sees a read beyond it. */
static char *make_table(size_t size, char **memory)
{
	static const struct {
		uint32_t fourcc, padding;
		uint64_t modifier;
	} entries[3] = {
		{ XR, 0xffffffff, LINEAR },
		{ XR, 0, TILED },
		{ AR, 0x5a5a5a5a, LINEAR },
	};

	*memory = malloc(size + 1);
	assert_non_null(*memory);
	memcpy(*memory + 1, entries, size);
	return *memory + 1;
}

static void tranche_adds_its_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tranche_rows) / sizeof(tranche_rows[0]); i++) {
		const struct tranche_row *row = &tranche_rows[i];
		struct offer offer = { 0 };
		char *memory;
		char *table = make_table(row->table_size, &memory);

		print_message("# %s\n", row->name);
		assert_int_equal(
			offer_add_tranche(&offer, table, row->table_size, row->indices, row->count),
			row->err);
		assert_int_equal(offer.count, row->pairs);
		offer_clear(&offer);
		free(memory);
	}
}

static void tranche_reads_the_table_right(void **state)
{
	static const uint16_t indices[] = { 2, 1 };
	struct offer offer = { 0 };
	char *memory;
	char *table = make_table(48, &memory);

	(void)state;
	assert_int_equal(offer_add_tranche(&offer, table, 48, indices, 2), 0);
	assert_int_equal(offer.pairs[0].fourcc, AR);
	assert_int_equal(offer.pairs[0].modifier, LINEAR);
	assert_int_equal(offer.pairs[1].fourcc, XR);
	assert_int_equal(offer.pairs[1].modifier, TILED);
	assert_int_equal(offer_add_tranche(&offer, NULL, 0, indices, 1), -EPROTO);
	offer_clear(&offer);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_by_tranches),
		cmocka_unit_test(choices_differ),
		cmocka_unit_test(tranches_without_end),
		cmocka_unit_test(tranche_adds_its_pairs),
		cmocka_unit_test(tranche_reads_the_table_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
