// SPDX-License-Identifier: MIT
/*
 * What a soak is to notice, planted: after each order a touch that comes too late, a descriptor that stays open, or
 * memory that is not given back. STALELINE_PLANT says which. For tests of `staleline check --duration=`.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "order/order.h"

int __real_order_perform(const struct order *order, struct order_frame *frame,
			 const struct order_hands *hands, struct why *why);
int __wrap_order_perform(const struct order *order, struct order_frame *frame,
			 const struct order_hands *hands, struct why *why);

static void plant(const char *what, const struct order_frame *frame)
{
	enum { LEAK = 64 * 1024 };

	if (!strcmp(what,
		    "touch")) /* one bit of the first cell, behind END: the device sees it once it is evicted */
		*(volatile unsigned char *)buffer_pixels(frame->buffer) ^= 1;
	if (!strcmp(what, "fd"))
		(void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!strcmp(what, "memory")) {
		volatile char *lost = malloc(LEAK);

		for (int i = 0; lost && i < LEAK; i += 512)
			lost[i] = 1;
	}
}

int __wrap_order_perform(const struct order *order, struct order_frame *frame,
			 const struct order_hands *hands, struct why *why)
{
	const char *what = getenv("STALELINE_PLANT");
	int err = __real_order_perform(order, frame, hands, why);

	if (what && !err)
		plant(what, frame);
	return err;
}
