// SPDX-License-Identifier: MIT
/*
 * The catalogue of orders: the controls first, then the faults. Each fault is its control with one
 * step changed; the changed line is marked.
 */
#include "order/order.h"

#include <string.h>

const struct order order_catalogue[] = {
	/* The controls: right, and clean wherever the machine is. */
	{
		.name = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R16",
		.sentence = "the CPU overwrites the whole buffer, the peer reads it",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_START, .flags = ACCESS_WRITE },
			{ .verb = ORDER_DRAW, .cells = ORDER_WHOLE },
			{ .verb = ORDER_END, .flags = ACCESS_WRITE },
			{ .verb = ORDER_SUBMIT },
		},
	},
	{
		.name = "partial-update",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R16",
		.sentence = "the CPU updates one half of the buffer and keeps the other, the peer reads it",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_RW },
			{ .verb = ORDER_START, .flags = ACCESS_RW },
			{ .verb = ORDER_DRAW, .cells = ORDER_HALF },
			{ .verb = ORDER_END, .flags = ACCESS_RW },
			{ .verb = ORDER_SUBMIT },
		},
	},
	{
		.name = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R1 R2 R5 R7 R10 R14 R16",
		.sentence = "the peer writes the buffer, the CPU reads it",
		.steps = {
			/* The compositor may still read, and not every device waits for it by itself. */
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_PEER_WRITE },
			{ .verb = ORDER_WAIT, .flags = ACCESS_READ },
			{ .verb = ORDER_START, .flags = ACCESS_READ },
			{ .verb = ORDER_JUDGE, .cells = ORDER_WHOLE },
			{ .verb = ORDER_END, .flags = ACCESS_READ },
			{ .verb = ORDER_SUBMIT },
		},
	},

	/* The faults. */
	{
		.name = "wrong-buffer",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "", /* a plain mix-up */
		.sentence = "one buffer is drawn, another is submitted",
		.shows = "every cell is foreign: it names the buffer that was submitted by mistake, "
			 "or is unwritten where that was never drawn",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_START, .flags = ACCESS_WRITE },
			{ .verb = ORDER_DRAW, .cells = ORDER_WHOLE },
			{ .verb = ORDER_END, .flags = ACCESS_WRITE },
			{ .verb = ORDER_SUBMIT, .target = ORDER_OTHER }, /* not the one drawn */
		},
	},
	{ .name = NULL },
};

const struct order *order_find(const char *name)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (!strcmp(order->name, name))
			return order;
	return NULL;
}
