/* SPDX-License-Identifier: MIT */
/*
 * egl_bench: what the tests of the EGL peer stand on: TAP, a card with its buffer and a peer that
 * holds it, brackets, and the comparison of the two judges.
 */
#ifndef STALELINE_EGL_BENCH_H
#define STALELINE_EGL_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pixel_format.h"
#include "base/why.h"
#include "buffer/access.h"
#include "buffer/buffer.h"
#include "buffer/exporter.h"
#include "card/card.h"
#include "peer/peer.h"

enum { RUN = 0xbeef, FRAME = 5000, WAIT_MS = 5000 };

struct options {
	const char *exporter;
	char device[64]; /* "" for none */
	enum peer_gl gl;
	const struct pixel_format *format;
	bool need;
};

extern struct options options;
extern int tests, failures;

void result(bool ok, const char *name);

/* A SKIP with its reason; with --need a failure. */
void skip(const char *name, const char *why);

/* Says what is not as it should be; hands back @ok. */
bool expect(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A card, a buffer of its size, a peer that holds it. */
struct bench {
	struct card card;
	struct exporter exporter;
	struct buffer buffer;
	struct peer peer;
	struct peer_image *image;
	struct cell_verdict *map, *cpu;
	uint32_t *heat;
	uint8_t *scratch;
	size_t cells;
};

/* That the pixels of a row take. */
static inline size_t row_bytes(const struct card *card)
{
	return (size_t)card->width * pixel_format_find(card->fourcc)->bytes;
}

/* @width is that of XRGB8888: other formats have as many cells, and so as many pixels as they take. */
int bench_open(struct bench *b, uint32_t width, uint32_t height, struct why *why);
void bench_close(struct bench *b);
int open_exporter(struct exporter *exporter, const char *name, struct why *why);
int open_peer(struct peer *peer, const struct card *card, struct why *why);

/* wait and START; END and submit. */
bool begin(struct bench *b, enum access_flags flags);
bool end(struct bench *b, enum access_flags flags);

uint32_t serial_of(const struct bench *b);
struct card_expect whole_of(const struct bench *b, uint32_t frame);
void draw(struct bench *b, uint32_t serial, uint32_t frame, struct card_area area);

/* The CPU's own judgement, in its bracket, into b->cpu. */
bool judge(struct bench *b, const struct card_expect *e);

/*
 * The peer's judgement must be the CPU's over the same memory, cell by cell, and the heatmap the
 * palette's; the counts go to @count.
 */
bool read_and_compare(struct bench *b, const struct card_expect *e, struct cell_count *count);
bool all_fresh(struct bench *b, const struct card_expect *e);

/* 64 bytes of the card @frame, as drawn into b->scratch; the map itself is not read (R10). */
const uint8_t *elsewhere(struct bench *b, uint32_t frame, uint32_t col, uint32_t row);

#endif
