// SPDX-License-Identifier: MIT
/*
 * run_record: a RECORD for each order of a run,
 * by each kind of sync and of each exporter. See run.h.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/describe.h"
#include "cmd/run.h"
#include "cmd/stage_sync.h"

/* Of one exporter, by one kind of sync. */
static bool are_alike(const struct record *one, const struct record *other)
{
	return !strcmp(one->sync, other->sync) && !strcmp(one->exporter, other->exporter);
}

bool run_is_of_now(struct show *show, const struct record *record)
{
	struct record now = { .sync = stage_sync_name(show->stage.sync) };

	describe_stage(&show->stage, &show->options, show->options.order, &now);
	return are_alike(record, &now);
}

bool run_has_room(const struct show *show)
{
	size_t orders = 0;

	while (order_catalogue[orders].name)
		orders++;
	return show->report.count + orders <= RUN_MAX_RECORDS;
}

/* "overwrite"; by another kind of sync, or of another exporter "overwrite-2". */
static const char *choose_name(struct show *show, const struct order *order)
{
	char *name = show->names[show->report.count - 1];
	uint32_t same = 1;

	for (size_t i = 0; i + 1 < show->report.count; i++)
		same += !strcmp(show->records[i].order, order->name);
	if (same == 1)
		snprintf(name, sizeof(show->names[0]), "%s", order->name);
	else
		snprintf(name, sizeof(show->names[0]), "%s-%u", order->name, same);
	return name;
}

/* That of the others of this exporter and by this kind of sync, or a new one. */
static uint32_t choose_pair(const struct show *show, const struct record *record)
{
	for (size_t i = 0; i + 1 < show->report.count; i++)
		if (are_alike(&show->records[i], record) &&
		    !strcmp(show->records[i].direction, record->direction))
			return show->records[i].pair;
	return (uint32_t)show->report.count;
}

struct record *run_new_record(struct show *show, const struct order *order)
{
	struct record *record = &show->records[show->report.count++];

	*record = describe_order(order, "show", stage_sync_name(show->stage.sync));
	describe_stage(&show->stage, &show->options, order, record);
	record->name = choose_name(show, order);
	record->pair = choose_pair(show, record);
	if (show->stage.slots_open) {
		describe_layout(&record->layout,
				show->drawn ? &show->drawn->buffer : &show->stage.slots[0].buffer);
		ground_of_record(&show->ground, order, record);
	}
	return record;
}
