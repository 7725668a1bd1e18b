/* SPDX-License-Identifier: MIT */
/*
 * The orders, performed on plain memory: a mock of poll and ioctl (-Wl,--wrap=poll,--wrap=ioctl) writes down what reaches
 * the kernel, so that each order's calls can be held against rules.md, and the card says what a reader would find.
 */
#ifndef ORDER_BENCH_H
#define ORDER_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "order/order.h"

enum { WIDTH = 64, HEIGHT = 8, STRIDE = WIDTH * 4 };

/* What a peer that writes before the CPU draws or reads makes of an order's beginning. */
#define PEER_WRITES "pollout peer-write peer-wait "

/* What reached the kernel, as words: "pollout start-w end-w". */
extern char calls[256];
extern int fail_ioctl; /* errno that each START gets, 0: none */
extern int fail_end;   /* and each END */
extern int fail_export;
extern bool never_ready;
extern int poll_timeout; /* of the last poll */
/* So many polls for either end in one after 1 ms; with no time left in nothing. */
extern int signals;

struct world {
	struct card card;
	struct buffer buffers[2];
	struct order_content content[2];
	struct order_frame frame;
	const struct buffer *submitted;
	struct cell_count seen; /* what a peer that is coherent finds at submit */
	uint32_t peer_frame;	/* what the peer wrote last */
	int memfd; /* what the first buffer is made of; its fd, too, as if that were the dma-buf */
	unsigned char read[HEIGHT * STRIDE]; /* what the peer has read so far: the upper half */
	struct cell_count read_seen;
	struct cell_verdict map[WIDTH / 16 * HEIGHT];
	struct order_hands hands;
	struct why why;
};

/* Before and after each test: a world of its own, and a kernel that refuses nothing. */
int setup(void **state);
int teardown(void **state);

/* The first kind of sync that @order has. */
void use_sync_of(struct world *world, const struct order *order);
/* The order @name as frame @frame. What order_perform() returns. */
int perform(struct world *world, const char *name, uint32_t frame);
/* What the peer would find in the buffer that was submitted. */
struct cell_count look(struct world *world);
/* The whole card at once: hands.peer_write, where a test doesn't take another. */
int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why);

#endif
