// SPDX-License-Identifier: MIT
/* describe: what a RECORD says of its order and its buffers. See describe.h. */
#include "cmd/describe.h"

#include <stdio.h>
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

	layout->sizes += !layout->sizes;
	layout->width = buffer->width;
	layout->height = buffer->height;
	layout->stride = buffer->stride;
	layout->dmabufs = buffer_parts(buffer);
	layout->format = format->name;
	layout->uncovered = buffer->width % (CARD_CELL_BYTES / format->bytes);
	layout->cpu_line = line > 0 ? (uint32_t)line : 0;
}

void describe_stage(struct stage *stage, const struct show_options *options,
		    const struct order *order, struct record *record)
{
	bool reads = order->direction == ORDER_CPU_READ;
	const struct peer *peer = reads ? stage_writer(stage) : &stage->peer;
	const struct peer_ops *ops = reads ? options->writer : options->peer;

	snprintf(record->exporter, sizeof(record->exporter), "%s%s%s",
		 stage->exporter_open ? stage->exporter.ops->name : options->exporter,
		 stage->exporter.device[0] ? " " : "", stage->exporter.device);
	if (stage->peer_open)
		snprintf(record->peer, sizeof(record->peer), "%s", peer->path);
	else
		snprintf(record->peer, sizeof(record->peer), "%s", ops ? ops->name : "none");
	if (stage->conn_open)
		snprintf(record->compositor, sizeof(record->compositor),
			 "linux-dmabuf version %u (it offers %u)", stage->conn.dmabuf_version,
			 stage->conn.dmabuf_offered);
}

void describe_presentation(const struct connection *conn)
{
	const struct presentation_clock *clock = &conn->presentation_clock;
	const char *name = presentation_clock_name(clock);

	if (!conn->presentation)
		fputs("staleline: the compositor has no presentation-time: when a frame is on the "
		      "screen, and whether it was copied, is not told\n",
		      stderr);
	else if (name)
		fprintf(stderr,
			"staleline: presentation-time by %s; one frame in %d is asked about\n",
			name, PRESENTATION_ASK_EVERY);
	else if (clock->told)
		fprintf(stderr,
			"staleline: presentation-time by clock %u, which is none of the system's: "
			"the "
			"latency is not told\n",
			clock->id);
	else
		fputs("staleline: presentation-time without a clock_id: the latency is not told\n",
		      stderr);
}

uint32_t describe_run(void)
{
	uint32_t run = 0;

	if (getrandom(&run, sizeof(run), GRND_NONBLOCK) != (ssize_t)sizeof(run))
		run = (uint32_t)getpid();
	return run & 0xfffff;
}
