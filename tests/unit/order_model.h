/* SPDX-License-Identifier: MIT */
/*
 * Orders on the module's model of a cache (kmod/cache.c), in user space. poll and SYNC are mocks (-Wl,--wrap=poll,
 * --wrap=ioctl) that drive the model as the module's hooks do; the peer is the device side, and what it writes or reads
 * ends only when it is waited for.
 */
#ifndef ORDER_MODEL_H
#define ORDER_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cache.h"
#include "order/order.h"

enum {
	WIDTH = 256,
	HEIGHT = 64,
	STRIDE = WIDTH * 4,
	CELLS = WIDTH / 16 * HEIGHT,
	LASTS = CELLS / 4, /* ORDER_LAST_ROWS */
	PAGES = STRIDE * HEIGHT / 4096,
};

extern struct world {
	struct card card;
	struct buffer buffers[2];
	struct order_content content;
	struct cache cache;
	struct cache_page pages[PAGES];
	unsigned long cached[PAGES], young[PAGES];
	u8 cpu[PAGES * 4096], device[PAGES * 4096], base[PAGES * 4096];
	u8 other[PAGES * 4096]; /* the second buffer: both sides, never drawn */
	u32 open;		/* flags of the module's bracket */
	bool ends_cool,
		cold; /* END(WRITE) throws all lines out of the cache; and has, since the CPU read */
	uint32_t serial, frame;
	uint32_t peer_serial, peer_frame; /* of the peer's write that is not done yet */
	u8 read[PAGES * 4096];		  /* what the peer has read so far */
	bool reads;			  /* its lower half is still to come */
	enum order_sync sync;
	bool snapshot_writes, snapshot_reads; /* work that the last sync_file is of */
	struct cell_verdict map[CELLS];
	struct cell_count count; /* of the last look, and of that at what the peer read before */
	bool state_agrees;	 /* then: not fresh is what the model calls dirty or stale */
} w;

/* Before and after each test: nothing drawn, nothing cached. */
int setup(void **state);
int teardown(void **state);

/*
 * One frame of @order, which has to succeed; what was seen is in w.count. As a checker does: warmed up, then under @params and
 * what @as needs beside them.
 */
void perform(const struct order *order, const struct order *as, struct cache_params params);

#endif
