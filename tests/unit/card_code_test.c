// SPDX-License-Identifier: MIT
/* The code of a cell: fields in, fields out, and what its check catches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "card/code.h"

#include "card_reference.h"

static uint32_t random24(void)
{
	return (uint32_t)rand() & 0xffffff;
}

static struct card_code random_code(void)
{
	return (struct card_code){
		.serial = (random24() << 8 ^ random24()) & 0xfffffff,
		.frame = random24() & 0xfffff,
		.place = random24(),
	};
}

static void mix_and_back(void **state)
{
	(void)state;
	for (uint32_t x = 0; x <= 0xffffff; x++) {
		uint32_t mixed = card_mix(x);

		if (mixed > 0xffffff || card_unmix(mixed) != x)
			fail_msg("unmix(mix(%06x)) is %06x", x, card_unmix(mixed));
	}
	for (int i = 0; i < 1000; i++) {
		uint32_t x = random24();

		assert_int_equal(card_mix(x), ref_mix(x));
	}
}

static void pack_as_written(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct card_code code = random_code(), back;
		uint32_t q[4], ref[4];

		card_code_pack(code, q);
		ref_quarters((struct ref_code){ code.serial, code.frame, code.place >> 10,
						code.place & 1023 },
			     ref);
		assert_memory_equal(q, ref, sizeof(q));
		assert_true(card_code_unpack(q, &back));
		assert_memory_equal(&code, &back, sizeof(code));
	}
}

/* The check is not only made but looked at. */
static void any_flip_has_a_wrong_check(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		struct card_code got;
		uint32_t q[4];

		card_code_pack(random_code(), q);
		for (int bit = 0; bit < 96; bit++) {
			q[bit / 24] ^= 1u << bit % 24;
			assert_false(card_code_unpack(q, &got));
			q[bit / 24] ^= 1u << bit % 24;
		}
		assert_true(card_code_unpack(q, &got));
	}
}

/* The example of docs/card.md. */
static void pack_the_example(void **state)
{
	struct card_code code = { .serial = card_serial(0x12345, 6),
				  .frame = 1000,
				  .place = card_place(3, 5) };
	uint32_t q[4], want[4] = { 0x25ef2f, 0xd0ea34, 0x116238, 0xa6c4aa };

	(void)state;
	assert_int_equal(code.serial, 0x1234506);
	card_code_pack(code, q);
	assert_memory_equal(q, want, sizeof(q));
}

static void low_bits_as_written(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct card_code code = random_code();
		uint32_t q[4], low[3];

		card_code_pack(code, q);
		for (int p = 0; p < 16; p++) {
			uint32_t got = card_low_bits(card_pixel_bits(q, (uint32_t)p), (uint32_t)p);

			ref_low(q, p, low);
			assert_int_equal(got, low[0] | low[1] << 8 | low[2] << 16);
			assert_int_equal(card_pixel_code(got), card_pixel_bits(q, (uint32_t)p));
			assert_true(card_pixel_local(got, (uint32_t)p));
		}
	}
}

/* Any change of the low three bits of one channel; and no grey. */
static void local_check_catches(void **state)
{
	(void)state;
	for (uint32_t p = 0; p < 16; p++) {
		for (uint32_t bits = 0; bits < 64; bits++) {
			uint32_t low = card_low_bits(bits, p);

			for (uint32_t change = 1; change < 8; change++)
				for (uint32_t channel = 0; channel < 24; channel += 8)
					assert_false(card_pixel_local(low ^ change << channel, p));
		}
		for (uint32_t grey = 0; grey < 256; grey++)
			assert_false(card_pixel_local(grey * 0x010101, p));
	}
}

/* How many of @n vectors are independent: if all are, no XOR of some of them is zero. */
static int rank_of(const uint32_t *vectors, int n)
{
	uint32_t basis[32] = { 0 };
	int rank = 0;

	for (int i = 0; i < n; i++) {
		uint32_t v = vectors[i];

		for (int bit = 31; bit >= 0 && v != 0; bit--) {
			if (!(v >> bit & 1))
				continue;
			if (basis[bit] == 0) {
				basis[bit] = v;
				rank++;
				break;
			}
			v ^= basis[bit];
		}
	}
	return rank;
}

/* How the check is off for quarters that are a code with @error XORed in: linear in @error. */
static uint32_t syndrome(const uint32_t error[4])
{
	struct card_code code = { 0 }, got;
	uint32_t q[4];

	card_code_pack(code, q);
	for (int i = 0; i < 4; i++)
		q[i] ^= error[i];
	card_code_unpack(q, &got);
	return q[3] ^ card_check(got);
}

/* The difference that a difference of the fields makes to the quarters. */
static void difference(struct card_code by, uint32_t q[4])
{
	uint32_t none[4];

	card_code_pack(by, q);
	card_code_pack((struct card_code){ 0 }, none);
	for (int i = 0; i < 4; i++)
		q[i] ^= none[i];
}

static void change_in_one_quarter_is_caught(void **state)
{
	(void)state;
	for (int quarter = 0; quarter < 4; quarter++) {
		uint32_t off[24];

		for (int bit = 0; bit < 24; bit++) {
			uint32_t error[4] = { 0 };

			error[quarter] = 1u << bit;
			off[bit] = syndrome(error);
		}
		assert_int_equal(rank_of(off, 24), 24);
	}
}

static void frames_differ_in_every_quarter(void **state)
{
	(void)state;
	for (int quarter = 0; quarter < 4; quarter++) {
		uint32_t change[20], q[4];

		for (int bit = 0; bit < 20; bit++) {
			difference((struct card_code){ .frame = 1u << bit }, q);
			change[bit] = q[quarter];
		}
		assert_int_equal(rank_of(change, 20), 20);
	}
}

/* Quarters of two frames, or of two places, in any of the 14 mixtures. */
static void mixture_is_caught(void **state)
{
	(void)state;
	for (int mask = 1; mask < 15; mask++) {
		uint32_t frames[20], places[24], q[4];

		for (int bit = 0; bit < 24; bit++) {
			for (int which = 0; which < 2; which++) {
				struct card_code by = { 0 };

				if (which == 0)
					by.place = 1u << bit;
				else
					by.frame = 1u << bit;
				difference(by, q);
				for (int i = 0; i < 4; i++)
					if (!(mask >> i & 1))
						q[i] = 0;
				if (which == 0)
					places[bit] = syndrome(q);
				else if (bit < 20)
					frames[bit] = syndrome(q);
			}
		}
		assert_int_equal(rank_of(frames, 20), 20);
		assert_int_equal(rank_of(places, 24), 24);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mix_and_back),
		cmocka_unit_test(pack_as_written),
		cmocka_unit_test(any_flip_has_a_wrong_check),
		cmocka_unit_test(pack_the_example),
		cmocka_unit_test(low_bits_as_written),
		cmocka_unit_test(local_check_catches),
		cmocka_unit_test(change_in_one_quarter_is_caught),
		cmocka_unit_test(frames_differ_in_every_quarter),
		cmocka_unit_test(mixture_is_caught),
	};

	srand(1);
	return cmocka_run_group_tests_name("card code", tests, NULL, NULL);
}
