// SPDX-License-Identifier: MIT
/*
 * What the peer reads of a card: all fresh, what was planted, an update of a part.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "card/encoding.h"
#include "egl_peer.h"

void test_fresh(void)
{
	static const char name[] = "all cells fresh, 20 frames";
	struct bench b;
	struct why why = { "" };
	bool ok = true;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	printf("# %s, stride %u\n", b.peer.path, b.buffer.stride);
	for (uint32_t frame = 0; ok && frame < 20; frame++) {
		struct card_expect e = whole_of(&b, frame);

		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, frame, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
	}
	result(ok, name);
	bench_close(&b);
}

void test_sizes(void)
{
	static const uint32_t size[][2] = {
		{ 16, 1 }, { 37, 3 }, { 250, 61 }, { 500, 1 }, { 1000, 70 }
	};

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct bench b;
		struct why why = { "" };
		struct card_expect e;
		char name[40];
		bool ok;

		snprintf(name, sizeof(name), "all cells fresh, %ux%u", size[i][0], size[i][1]);
		if (bench_open(&b, size[i][0], size[i][1], &why)) {
			skip(name, why.text);
			continue;
		}
		e = whole_of(&b, FRAME);
		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, FRAME, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
		result(ok, name);
		bench_close(&b);
	}
}

/* What is planted where. In the order of places, as cell_count_add() names them. */
static const struct plant {
	uint32_t col, row;
	enum cell_kind kind;
	uint32_t by;
} plants[] = {
	{ 0, 0, CELL_STALE, 1 },    { 15, 0, CELL_FOREIGN, 0 }, { 3, 1, CELL_STALE, 700 },
	{ 4, 1, CELL_TORN, 0 },	    { 7, 20, CELL_AHEAD, 3 },	{ 8, 20, CELL_UNWRITTEN, 0 },
	{ 9, 20, CELL_FOREIGN, 0 }, { 2, 63, CELL_INEXACT, 0 }, { 15, 63, CELL_STALE, 0x7ffff },
};

#define PLANTS (sizeof(plants) / sizeof(plants[0]))

/* Every channel a little off; or, where a byte is no channel, the lowest bit of each pixel that is judged. */
static void make_inexact(const struct bench *b, uint8_t *cell, const uint8_t *from)
{
	const struct card_encoding *encoding = card_encoding_find(b->card.fourcc, 0);

	for (int i = 0; i < CARD_CELL_BYTES; i += 4) {
		uint32_t word;

		memcpy(&word, from + i, 4);
		word ^= encoding->judged & -encoding->judged;
		memcpy(cell + i, &word, 4);
	}
	for (int i = 0; !encoding->packed && i < CARD_CELL_BYTES; i++)
		cell[i] = (uint8_t)(from[i] + (i & 1 ? 1 : -1));
}

static void plant(struct bench *b, const struct plant *p)
{
	uint8_t *cell = (uint8_t *)buffer_pixels(&b->buffer) + p->row * b->buffer.stride +
			p->col * CARD_CELL_BYTES;
	struct card_area here = { p->col, p->row, 1, 1 };
	const uint8_t *from;

	switch (p->kind) {
	case CELL_STALE:
		draw(b, serial_of(b), FRAME - p->by, here);
		break;
	case CELL_AHEAD:
		draw(b, serial_of(b), FRAME + p->by, here);
		break;
	case CELL_FOREIGN: /* another buffer at the top, another run below */
		draw(b,
		     p->row == 0 ? card_serial(RUN, b->buffer.number + 1)
				 : card_serial(RUN + 1, b->buffer.number),
		     FRAME, here);
		break;
	case CELL_TORN:
		from = elsewhere(b, FRAME - 1, p->col, p->row);
		memcpy(cell, from, 16);
		break;
	case CELL_UNWRITTEN:
		memset(cell, 0, CARD_CELL_BYTES);
		break;
	case CELL_INEXACT:
		from = elsewhere(b, FRAME, p->col, p->row);
		make_inexact(b, cell, from);
		break;
	default:
		break;
	}
}

static bool planted_as_told(const struct cell_count *count)
{
	uint64_t want[CELL_KINDS] = { 0 };
	bool ok = true;

	for (size_t i = 0; i < PLANTS; i++)
		want[plants[i].kind]++;
	want[CELL_FRESH] = count->checked - PLANTS;
	for (int kind = 0; kind < CELL_KINDS; kind++)
		ok &= expect(count->kind[kind] == want[kind], "%s: %llu cells, planted %llu",
			     cell_kind_name((enum cell_kind)kind),
			     (unsigned long long)count->kind[kind], (unsigned long long)want[kind]);
	ok &= expect(count->places == PLANTS, "%u places named", count->places);
	for (size_t i = 0; i < PLANTS && i < count->places; i++) {
		const struct cell_place *place = &count->first[i];

		ok &= expect(place->col == plants[i].col && place->row == plants[i].row &&
				     place->verdict.kind == plants[i].kind &&
				     cell_verdict_by(place->verdict) == plants[i].by,
			     "place %zu: %u,%u is %s by %u", i, place->col, place->row,
			     cell_kind_name(place->verdict.kind), cell_verdict_by(place->verdict));
	}
	return ok;
}

void test_planted(void)
{
	static const char name[] = "planted faults: exactly these counts and places";
	struct bench b;
	struct why why = { "" };
	struct card_expect e;
	struct cell_count count;
	bool ok;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	e = whole_of(&b, FRAME);
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME, card_whole(&b.card));
	for (size_t i = 0; i < PLANTS; i++)
		plant(&b, &plants[i]);
	ok = ok && end(&b, ACCESS_WRITE) && read_and_compare(&b, &e, &count) &&
	     planted_as_told(&count);
	result(ok, name);

	/* And all is well again after the next frame: nothing is remembered. */
	e = whole_of(&b, FRAME + 1);
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME + 1, card_whole(&b.card));
	ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
	result(ok, "the next frame is fresh");
	bench_close(&b);
}

void test_part(void)
{
	static const char name[] = "an update of a part: its frame inside, the older one around";
	struct card_area part = { 5, 7, 4, 9 };
	struct bench b;
	struct why why = { "" };
	struct card_expect e;
	struct cell_count count;
	bool ok;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	e = (struct card_expect){ serial_of(&b), FRAME, part, FRAME - 1 };
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME - 1, card_whole(&b.card));
	ok = ok && end(&b, ACCESS_WRITE) && begin(&b, ACCESS_RW);
	draw(&b, e.serial, FRAME, part);
	ok = ok && end(&b, ACCESS_RW) && all_fresh(&b, &e);

	/* Told that all is of the new frame, the rest is stale by one. */
	e = whole_of(&b, FRAME);
	ok = ok && read_and_compare(&b, &e, &count) &&
	     expect(count.kind[CELL_FRESH] == 36 && count.kind[CELL_STALE] == count.checked - 36,
		    "%llu fresh, %llu stale", (unsigned long long)count.kind[CELL_FRESH],
		    (unsigned long long)count.kind[CELL_STALE]);
	result(ok, name);
	bench_close(&b);
}
