// SPDX-License-Identifier: MIT
/*
 * check_rows: what is performed on a pair: its orders,
 * each on buffers of one size or of two. See check.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/check.h"
#include "cmd/describe.h"

enum {
	SMALL_WIDTH = 256, /* the module's model has no capacity, and the CPU shares its caches */
	SMALL_HEIGHT = 64,
	ASSUMED_LLC = 32 << 20, /* where no cache is found */
};

/* More of both arrays, which move; rows and records have the same numbers. */
static int grow(struct check *check)
{
	size_t room = check->room ? check->room * 2 : 64;
	struct check_row *rows = realloc(check->rows, room * sizeof(*rows));
	struct record *records;

	if (!rows)
		return -ENOMEM;
	check->rows = rows;
	records = realloc(check->records, room * sizeof(*records));
	if (!records)
		return -ENOMEM;
	check->records = records;
	check->room = room;
	return 0;
}

int check_add_row(struct check *check, struct check_pair *pair, const struct check_row *row,
		  const struct why *why)
{
	struct record *record;
	uint32_t number = (uint32_t)(pair - check->pairs);

	if (check->count == check->room && grow(check))
		return -ENOMEM;
	check->rows[check->count] = *row;
	record = &check->records[check->count++];
	pair->count++;
	*record = describe_order(row->order, "check", order_sync_name(row->sync));
	record->pair = (number * ORDER_SYNC_KINDS + row->sync) * 2 + row->order->direction;
	record->layout.width = row->width;
	record->layout.height = row->height;
	record->verdict = VERDICT_SKIPPED;
	record->why = *why;
	snprintf(record->exporter, sizeof(record->exporter), "%s", pair->exporter);
	snprintf(record->peer, sizeof(record->peer), "%s", pair->peer_label);
	memcpy(record->exporter_label, pair->exporter_label, sizeof(record->exporter_label));
	memcpy(record->peer_label, pair->peer_label, sizeof(record->peer_label));
	return 0;
}

/*
 * A buffer of about @bytes, no higher than wide, so that neither side is longer than need
 * be: drivers have limits, and the card numbers 16384 rows. That is enough for the 1024
 * MiB that --max-size= takes.
 */
static void size_of(uint64_t bytes, uint32_t *width, uint32_t *height)
{
	*width = 1024;
	while (*width < 16384 && bytes > (uint64_t)*width * *width * 4)
		*width *= 2;
	*height = (uint32_t)(bytes / 4 / *width);
}

/* All orders by one kind of sync, at one size. */
static int add_orders(struct check *check, struct check_pair *pair, struct check_row row,
		      const char *size_why)
{
	const struct check_options *options = &check->options;
	const struct why why = { "not reached" };
	int err = 0;

	for (uint32_t i = 0; i < options->order_count && !err; i++) {
		row.order = options->orders[i];
		if (!order_has_sync(row.order, row.sync))
			continue;
		err = check_add_row(check, pair, &row, &why);
		if (!err)
			snprintf(check->records[check->count - 1].layout.size_why,
				 sizeof(check->records[0].layout.size_why), "%s", size_why);
	}
	return err;
}

static int add_rows(struct check *check, struct check_pair *pair, uint32_t width, uint32_t height,
		    const char *size_why)
{
	struct check_row row = { .width = width, .height = height };
	int err = 0;

	for (; row.sync < ORDER_SYNC_KINDS && !err; row.sync++)
		if (check->options.syncs & 1u << row.sync)
			err = add_orders(check, pair, row, size_why);
	return err;
}

/* What a cache hides by writing back on its own shows in none or the other of two sizes. */
static int add_large(struct check *check, struct check_pair *pair, uint64_t limit_mib)
{
	const struct machine *machine = &check->listing->machine;
	uint64_t llc = machine->llc_size ? machine->llc_size : ASSUMED_LLC;
	uint64_t cap = check->options.max_mib << 20, size, last = 0;
	uint32_t width, height;
	char why[96];
	int err = 0;

	if (limit_mib && limit_mib << 20 < cap)
		cap = limit_mib << 20;
	for (int i = 0; i < 2 && !err; i++, last = size) {
		size = i ? llc * 4 : llc / 4;
		snprintf(why, sizeof(why), "%s the last-level cache%s%s",
			 i ? "four times" : "a quarter of",
			 machine->llc_size ? "" : ", 32 MiB assumed", size > cap ? "; capped" : "");
		if (size > cap)
			size = cap;
		if (size == last) /* both are capped: one will do */
			continue;
		size_of(size, &width, &height);
		err = add_rows(check, pair, width, height, why);
	}
	return err;
}

int check_add_rows(struct check *check, struct check_pair *pair, bool small, uint64_t limit_mib)
{
	const struct check_options *options = &check->options;

	if (options->width)
		return add_rows(check, pair, options->width, options->height, "as asked for");
	if (small)
		return add_rows(check, pair, SMALL_WIDTH, SMALL_HEIGHT, "");
	return add_large(check, pair, limit_mib);
}
