/* SPDX-License-Identifier: MIT */
/*
 * describe: what a RECORD says of the order that is performed and of the buffers,
 * for every command.
 */
#ifndef STALELINE_DESCRIBE_H
#define STALELINE_DESCRIBE_H

#include "buffer/buffer.h"
#include "cmd/stage.h"
#include "order/order.h"
#include "report/record.h"

/*
 * A record of @order made by @command, with nothing else in it yet; @sync says how readiness is
 * waited for, in the result file's words. All three must outlive it.
 */
struct record describe_order(const struct order *order, const char *command, const char *sync);

/* How the cells lie in buffers like @buffer; why they have that size is the caller's to say. */
void describe_layout(struct record_layout *layout, const struct buffer *buffer);

/*
 * Who takes part in @order on @stage, which stands, or as far as it came: exporter, peer and
 * compositor of @record. @options are those it was opened with.
 */
void describe_stage(struct stage *stage, const struct show_options *options,
		    const struct order *order, struct record *record);

/*
 * --verbose: by which clock the compositor tells when a frame is on the screen,
 * as one line on standard error.
 */
void describe_presentation(const struct connection *conn);

/*
 * The run's part of a card's serial, at random:
 * tells its cells from those of any other in recycled memory.
 */
uint32_t describe_run(void);

#endif
