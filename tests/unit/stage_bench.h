/* SPDX-License-Identifier: MIT */
/*
 * stage_bench: a stage with slots and nothing behind them: what the rest of the program would do
 * for stage_renew.c is the test's own (-Wl,--wrap, see meson.build), and as @world says.
 */
#ifndef STAGE_BENCH_H
#define STAGE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/stage_renew.h"

enum { WIDTH = 640, HEIGHT = 480, MORE = 800 };

extern struct world {
	struct stage stage;
	bool gone;	   /* what buffers are asked of was taken back */
	bool manager_gone; /* what explicit sync is asked of was, alone */
	int goes_at;	   /* during this import, which is refused then: 1 is the first; 0: none */
	bool manager_goes; /* then: explicit sync alone, and else all */
	bool no_way;	   /* nor is explicit sync to be had again */
	int refused;	   /* so many imports, from the next on */
	uint32_t
		asks[2]; /* widths that the window is asked to have during these imports; 0: none */
	int imports;
	char told[4096]; /* on stderr */
} world;

/* So many slots, all as they were at the start; nothing is amiss. */
void begin(uint32_t slots, enum show_sync sync);

/* What a key does: the buffers that there are are of the exporter of before. */
void change_exporter(void);

/* What the key for another exporter does, then: as stage_next_exporter(). */
int next_exporter(struct why *why);

/* How often @words were told. */
uint32_t count_told(const char *words);

/*
 * The first @slots are each drawn once, as loop_free_slot() would have it. What is told goes to
 * world.told. 0 or -errno with @why; draw_well() fails the test there.
 */
int draw(uint32_t slots, struct why *why);
void draw_well(uint32_t slots);

/*
 * Frame after frame: it settles, with so many buffers that are shown, and so many lines are told in
 * all.
 */
void settles_with(uint32_t shown, uint32_t lines);

#endif
