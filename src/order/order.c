// SPDX-License-Identifier: MIT
/* order: what can be asked of the catalogue. */
#include "order/order.h"

#include <string.h>

const struct order *order_find(const char *name)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (!strcmp(order->name, name))
			return order;
	return NULL;
}

const char *order_needs_name(unsigned int bit)
{
	switch (bit) {
	case ORDER_NEEDS_WRITER:
		return "a peer that writes";
	case ORDER_NEEDS_FENCE:
		return "whose work leaves a fence in the buffer";
	case ORDER_NEEDS_WARM:
		return "an older frame in the CPU's cache";
	case ORDER_NEEDS_POISON:
		return "write=poison of the module";
	case ORDER_NEEDS_STRICT:
		return "end=strict of the module";
	case ORDER_NEEDS_INJECT:
		return "inject=1 of the module before each frame";
	case ORDER_NEEDS_TRAP:
		return "mode=trap of the module";
	case ORDER_NEEDS_READER:
		return "a peer that reads on while the CPU writes";
	case ORDER_NEEDS_MEMFD:
		return "a buffer made of a memfd";
	}
	return NULL;
}

const char *order_sync_name(enum order_sync sync)
{
	static const char *const names[ORDER_SYNC_KINDS] = { "implicit", "sync-file", "syncobj" };

	return names[sync];
}

bool order_has_sync(const struct order *order, enum order_sync sync)
{
	return !order->syncs || order->syncs & 1u << sync;
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

/* What a step makes of lines that differ: something was touched, or an END for WRITE. */
static bool differs_after(const struct order_step *step, bool before)
{
	switch (step->verb) {
	case ORDER_DRAW:
	case ORDER_BLEND:
	case ORDER_JUDGE:
		return true;
	case ORDER_END:
		return before && !(step->flags & ACCESS_WRITE);
	default:
		return before;
	}
}

bool order_leaves_lines(const struct order *order)
{
	bool differs = false;

	for (const struct order_step *step = order->steps; step->verb; step++)
		differs = differs_after(step, differs);
	return differs;
}

bool order_hands_on_dirty(const struct order *order)
{
	bool differs = false;

	for (const struct order_step *step = order->steps; step->verb; step++) {
		if (differs && (step->verb == ORDER_SUBMIT || step->verb == ORDER_PEER_READ))
			return order->direction == ORDER_CPU_WRITE;
		differs = differs_after(step, differs);
	}
	return false;
}

bool order_peer_writes(const struct order *order)
{
	if (order->direction != ORDER_CPU_WRITE)
		return false;
	return order->needs & ORDER_NEEDS_WRITER ||
	       (order_is_fault(order) && order_find(order->control)->needs & ORDER_NEEDS_WRITER);
}

bool order_makes_map(const struct order *order)
{
	for (const struct order_step *step = order->steps; step->verb; step++)
		if (step->verb == ORDER_MAP)
			return true;
	return false;
}

bool order_takes_warm_up(const struct order *order)
{
	return order->direction == ORDER_CPU_WRITE && order->needs & ORDER_NEEDS_WARM;
}

bool order_uses_other(const struct order *order)
{
	for (const struct order_step *step = order->steps; step->verb; step++)
		if (step->target != ORDER_THIS)
			return true;
	return false;
}
