// SPDX-License-Identifier: MIT
/* describe: what a RECORD says of its order and its buffers. See describe.h. */
#include "cmd/describe.h"

#include <sys/random.h>
#include <unistd.h>

#include "base/pixel_format.h"

struct record describe_order(const struct order *order, const char *command, const char *sync)
{
	return (struct record){
		.command = command,
		.direction = order->direction == ORDER_CPU_WRITE ? "cpu-write" : "cpu-read",
		.sync = sync,
		.order = order->name,
		.fault = order_is_fault(order) ? order->name : NULL,
		.cardless = order_is_fault(order) && !(order->by & NOTICE_CARD),
		.no_bracket = order_leaves_out_bracket(order),
		.control_order = order->control,
	};
}

void describe_layout(struct record_layout *layout, const struct buffer *buffer)
{
	const struct pixel_format *format = pixel_format_find(buffer->fourcc);
	long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);

	layout->width = buffer->width;
	layout->height = buffer->height;
	layout->stride = buffer->stride;
	layout->format = format->name;
	layout->uncovered = buffer->width % (CARD_CELL_BYTES / format->bytes);
	layout->cpu_line = line > 0 ? (uint32_t)line : 0;
}

uint32_t describe_run(void)
{
	uint32_t run = 0;

	if (getrandom(&run, sizeof(run), GRND_NONBLOCK) != (ssize_t)sizeof(run))
		run = (uint32_t)getpid();
	return run & 0xfffff;
}
