// SPDX-License-Identifier: MIT
/*
 * The catalogue of orders: the controls first, then the faults. Each fault is its control with one
 * step changed or left out; the line is marked.
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
			/* Others may still read, and not every device waits for them by itself. */
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
	{
		.name = "no-end",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R6",
		.sentence = "the CPU overwrites the buffer and submits it without END",
		.shows = "what was written is still in the CPU's cache: every cell is stale, but for "
			 "lines that were evicted meanwhile; the bracket stays open, and the next "
			 "START replaces it",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_START, .flags = ACCESS_WRITE },
			{ .verb = ORDER_DRAW, .cells = ORDER_WHOLE },
			/* no END */
			{ .verb = ORDER_SUBMIT },
		},
	},
	{
		.name = "no-bracket",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R3 R6",
		.sentence = "the CPU overwrites the buffer without START and END",
		.shows = "as no-end: every cell is stale, but for lines that were evicted meanwhile",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			/* no START */
			{ .verb = ORDER_DRAW, .cells = ORDER_WHOLE },
			/* and so no END: a bracket is one thing */
			{ .verb = ORDER_SUBMIT },
		},
	},
	{
		.name = "read-no-start",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R1 R15",
		.sentence = "the peer writes the buffer, the CPU reads it without START",
		.shows = "the CPU reads what its cache still holds of an earlier frame: every cell is "
			 "stale, but for lines that had left the cache",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_PEER_WRITE },
			{ .verb = ORDER_WAIT, .flags = ACCESS_READ },
			/* no START: the wait does no cache work */
			{ .verb = ORDER_JUDGE, .cells = ORDER_WHOLE },
			{ .verb = ORDER_END, .flags = ACCESS_READ },
			{ .verb = ORDER_SUBMIT },
		},
	},
	{
		.name = "read-no-wait",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R5 R7 R12",
		.sentence = "the peer writes the buffer, the CPU reads it with START and END but does "
			    "not wait before",
		.shows = "START waits too, but too late: it has done its cache work while the device "
			 "still wrote, and what came later is stale",
		.steps = {
			{ .verb = ORDER_WAIT, .flags = ACCESS_WRITE },
			{ .verb = ORDER_PEER_WRITE },
			/* no WAIT */
			{ .verb = ORDER_START, .flags = ACCESS_READ },
			{ .verb = ORDER_JUDGE, .cells = ORDER_WHOLE },
			{ .verb = ORDER_END, .flags = ACCESS_READ },
			{ .verb = ORDER_SUBMIT },
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

static int count_brackets(const struct order *order)
{
	int n = 0;

	for (const struct order_step *step = order->steps; step->verb; step++)
		n += step->verb == ORDER_START || step->verb == ORDER_END;
	return n;
}

bool order_leaves_out_bracket(const struct order *order)
{
	return order_is_fault(order) &&
	       count_brackets(order) < count_brackets(order_find(order->control));
}

bool order_leaves_out_wait(const struct order *order)
{
	bool pending = false;

	for (const struct order_step *step = order->steps; step->verb; step++) {
		if (pending && (step->verb == ORDER_START || step->verb == ORDER_JUDGE))
			return true;
		if (step->verb == ORDER_PEER_WRITE || step->verb == ORDER_WAIT)
			pending = step->verb == ORDER_PEER_WRITE;
	}
	return false;
}

bool order_uses_other(const struct order *order)
{
	for (const struct order_step *step = order->steps; step->verb; step++)
		if (step->target == ORDER_OTHER)
			return true;
	return false;
}
