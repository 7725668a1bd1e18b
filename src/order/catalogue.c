// SPDX-License-Identifier: MIT
/*
 * The catalogue of orders: the controls first, then the faults. Each fault is its control with one
 * step changed, moved, added or left out; a comment says which. A bracket is one thing: its START
 * and its END change together.
 */
#include "order/order.h"

/* A word for each step: its flags or its cells, then what is out of the ordinary. */
/* clang-format off */
#define WAIT(f, ...)	{ .verb = ORDER_WAIT, .flags = f, ##__VA_ARGS__ }
#define START(f, ...)	{ .verb = ORDER_START, .flags = f, ##__VA_ARGS__ }
#define END(f, ...)	{ .verb = ORDER_END, .flags = f, ##__VA_ARGS__ }
#define DRAW(c, ...)	{ .verb = ORDER_DRAW, .cells = ORDER_##c, ##__VA_ARGS__ }
#define BLEND(c)	{ .verb = ORDER_BLEND, .cells = ORDER_##c }
#define PEER_WRITE(...)	{ .verb = ORDER_PEER_WRITE, ##__VA_ARGS__ }
#define PEER_READ	{ .verb = ORDER_PEER_READ }
#define PEER_JUDGE	{ .verb = ORDER_PEER_JUDGE }
#define SNAPSHOT(f)	{ .verb = ORDER_SNAPSHOT, .flags = f }
#define WAIT_SNAPSHOT(f) { .verb = ORDER_WAIT_SNAPSHOT, .flags = f }
#define MAP(m)		{ .verb = ORDER_MAP, .map = ORDER_MAP_##m }
#define JUDGE		{ .verb = ORDER_JUDGE, .cells = ORDER_WHOLE }
#define SUBMIT(...)	{ .verb = ORDER_SUBMIT, ##__VA_ARGS__ }
/* clang-format on */

enum {
	R = ACCESS_READ,
	W = ACCESS_WRITE,
	RW = ACCESS_RW,
	CARD = NOTICE_CARD,
	STATE = NOTICE_STATE,
	ACCESS = NOTICE_ACCESS,
	KERNEL = NOTICE_KERNEL,
	CLOCK = NOTICE_CLOCK,
	IMPLICIT = 1 << ORDER_IMPLICIT,
	SYNC_FILE = 1 << ORDER_SYNC_FILE,
	SYNCOBJ = 1 << ORDER_SYNCOBJ,
};

const struct order order_catalogue[] = {
#include "order/rows_controls.h"
#include "order/rows_cpu_write.h"
#include "order/rows_cpu_read.h"
	{ .name = NULL },
};
