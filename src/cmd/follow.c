// SPDX-License-Identifier: MIT
/* follow: the keys of one `staleline show` while it runs. See run.h. */
#include "cmd/run.h"

void run_follow_keys(struct show *show, const struct record *record)
{
	struct keys *keys = &show->keys;
	uint32_t symbol;

	while ((symbol = keyboard_take(&show->stage.conn.keyboard)))
		keys_press(keys, symbol);
	if (!keys->panel_stale)
		return;
	if (keys->toggle_panel)
		window_toggle_panel(&show->stage.window);
	if (keys->toggle_fullscreen)
		window_toggle_fullscreen(&show->stage.window);
	keys->toggle_panel = keys->toggle_fullscreen = false;
	run_update_panel(show, record); /* again, where none of its buffers is free */
}

/* With the buffers that there are, too. */
static bool is_possible(const struct show *show, const struct order *order)
{
	return options_can_perform(&show->options, order) && !(order->needs & ORDER_NEEDS_MEMFD);
}

static bool can_be_performed(const struct show *show, const struct order *order)
{
	const struct show_options *options = &show->options;

	return order_is_fault(order) && order->direction == options->order->direction &&
	       (order->direction == ORDER_CPU_READ || options->peer) && is_possible(show, order) &&
	       is_possible(show, order_find(order->control));
}

/*
 * Where the peer is to write into what the CPU writes, as the fault or its control has it: can it?
 */
static bool can_peer(struct show *show, const struct order *fault)
{
	bool writes = order_peer_writes(fault);

	if (writes && !stage_peer_can_write(&show->stage))
		return false;
	stage_have_peer_write(&show->stage, writes);
	return true;
}

const struct order *run_order_after(struct show *show, const struct order *order)
{
	const struct order *next = order_is_fault(order) ? order + 1 : order_catalogue;

	for (; next->name; next++)
		if (can_be_performed(show, next) && can_peer(show, next))
			return next;
	stage_have_peer_write(&show->stage, false);
	return show->options.order;
}
