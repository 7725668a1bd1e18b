// SPDX-License-Identifier: MIT
/*
 * perform_warm: the CPU's cache holds the card that is there, before the peer writes another. On
 * the module it does anyway, once a frame was drawn. On hardware whose END throws lines out of the
 * cache (x86's clflush) it is cold after each frame, and who leaves out START reads what the device
 * has written: nothing would show.
 */
#include <errno.h>
#include <string.h>

#include "order/perform.h"

enum { SHORTEST_LINE = 16 }; /* bytes; of any cache */

static void read_all(const struct order_frame *frame)
{
	const volatile unsigned char *pixels = buffer_pixels(frame->buffer);
	size_t bytes = card_bytes(frame->card, frame->buffer->stride);

	for (size_t at = 0; at < bytes; at += SHORTEST_LINE)
		(void)pixels[at];
}

/*
 * Ready is what the order itself calls so: its own first step, a wait for writing in each of these.
 * Where the caller only looks, this does so too, and nothing is read that will be read again.
 */
static int read_in_order(struct performance *p)
{
	struct access *access = &p->frame->buffer->access;
	int err = perform_wait(p, p->order->steps);

	if (!err)
		err = access_begin(access, ACCESS_READ);
	if (err)
		return err;
	read_all(p->frame);
	return access_end(access, ACCESS_READ);
}

int order_warm_up(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why)
{
	struct performance p = { order, frame, hands, why, .snapshot = -1 };
	int err;

	if (!order_takes_warm_up(order))
		return 0;
	why->text[0] = '\0';
	err = order_settle(frame->buffer, why);
	if (!err)
		err = read_in_order(&p);
	if (frame->seen.not_ready)
		return err; /* nobody failed */
	if (err && !why->text[0])
		why_set(why, err, "%s", strerror(-err));
	return err ? why_prefix(why, err,
				"reading buffer %u before order %s: ", frame->buffer->number,
				order->name)
		   : 0;
}
