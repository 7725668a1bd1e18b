/* SPDX-License-Identifier: MIT */
/* What the test of the shaders stands on: cards, with faults or without, in textures. */
#ifndef SHADER_BENCH_H
#define SHADER_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/card.h"
#include "peer/egl.h"

/* Everything of one card: its memory, the maps of both judges. */
struct bench {
	struct card card;
	struct card_expect expect;
	size_t cells, stride;
	uint8_t *memory, *other;
	struct cell_verdict *want, *got;
	uint32_t *heat;
	GLuint texture[2];
};

/* A random number that is the same in every run: a failure can be looked at again. */
uint32_t any(void);

void bench_init(struct bench *b, uint32_t fourcc, uint32_t width, uint32_t height);
void bench_finish(struct bench *b);
/* A card as in an update of a part (R10), then faults in @percent of its cells; and the CPU's verdict. */
void bench_fill(struct bench *b, uint32_t percent);
/* Its memory into its textures, as GL would see it in a dma-buf of this format. */
void bench_upload(struct bench *b);

/* Is red the first of the four bytes? */
bool is_red_first(uint32_t fourcc);

#endif
