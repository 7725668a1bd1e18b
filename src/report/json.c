// SPDX-License-Identifier: MIT
/* The result file: {"version", "machine", "results": [RECORD...], "pairs": [...]}. */
#include "report/record.h"

#include <stddef.h>

#include "report/json_parts.h"
#include "report/pair.h"

static struct json_object *cells_json(const struct cell_count *cells)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "checked", cells->checked);
	for (int kind = 0; kind < CELL_KINDS; kind++)
		json_add_number(object, cell_kind_name(kind), cells->kind[kind]);
	return object;
}

/* The first places that were not fresh, so that a table of numbers can be looked into. */
static struct json_object *places_json(const struct cell_count *cells)
{
	struct json_object *array = json_object_new_array();

	for (uint32_t i = 0; i < cells->places; i++) {
		const struct cell_place *place = &cells->first[i];
		struct json_object *object = json_object_new_object();

		json_add_number(object, "frame", place->frame);
		json_add_number(object, "column", place->col);
		json_add_number(object, "row", place->row);
		json_add_string(object, "kind", cell_kind_name(place->verdict.kind));
		json_add_number(object, "by", cell_verdict_by(place->verdict));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *layout_json(const struct record_layout *layout)
{
	struct json_object *object = json_object_new_object();
	char note[320];

	record_layout_note(layout, note, sizeof(note));
	json_add_number(object, "width", layout->width);
	json_add_number(object, "height", layout->height);
	json_add_number(object, "sizes", layout->sizes);
	json_add_number(object, "stride", layout->stride);
	json_add_number(object, "dma_bufs", layout->dmabufs);
	json_add_string(object, "format", layout->format ? layout->format : "");
	json_add_number(object, "not_covered", layout->uncovered);
	json_add_number(object, "cpu_cache_line", layout->cpu_line);
	json_add_string(object, "note", note);
	json_add_string(object, "size_why", layout->size_why);
	return object;
}

/* null where no time was taken. */
static struct json_object *spread_json(const struct spread *spread)
{
	struct json_object *object;

	if (!spread->count)
		return NULL;
	object = json_object_new_object();
	json_add_number(object, "count", spread->count);
	json_add_number(object, "min_us", (uint64_t)spread->min / 1000);
	json_add_number(object, "mean_us", (uint64_t)spread_mean(spread) / 1000);
	json_add_number(object, "max_us", (uint64_t)spread->max / 1000);
	return object;
}

static void add_optional_number(struct json_object *object, const char *key, uint64_t number)
{
	if (number)
		json_add_number(object, key, number);
	else
		json_object_object_add(object, key, NULL);
}

static struct json_object *presented_json(const struct record *record)
{
	const struct presented *told = &record->presented;
	struct json_object *object = json_object_new_object();

	json_add_number(object, "presented", told->shown);
	json_add_number(object, "zero_copy", told->zero_copy);
	json_add_number(object, "discarded", told->discarded);
	json_add_string(object, "clock", told->clock);
	json_object_object_add(object, "commit_to_presented", spread_json(&told->latency));
	add_optional_number(object, "refresh_ns", told->refresh_ns);
	add_optional_number(object, "refreshes", told->refreshes);
	json_object_object_add(object, "missed",
			       told->refreshes ? json_object_new_uint64(told->missed) : NULL);
	json_object_object_add(object, "scaled", json_object_new_boolean(record->scaled));
	return object;
}

static struct json_object *module_json(const struct record_module *module)
{
	struct json_object *object;

	if (!module->mode)
		return NULL;
	object = json_object_new_object();
	json_add_string(object, "mode", module->mode);
	json_add_number(object, "clean", module->clean);
	json_add_number(object, "dirty", module->dirty);
	json_add_number(object, "stale", module->stale);
	json_add_number(object, "both", module->both);
	json_add_number(object, "starts", module->starts);
	json_add_number(object, "ends", module->ends);
	json_add_number(object, "unbalanced", module->unbalanced);
	json_add_number(object, "mismatched", module->mismatched);
	json_add_number(object, "restarted", module->restarted);
	json_add_number(object, "trap_read", module->trap_read);
	json_add_number(object, "trap_write", module->trap_write);
	json_add_number(object, "job_dirty", module->job_dirty);
	json_add_number(object, "scanout_dirty", module->scanout_dirty);
	return object;
}

static struct json_object *control_json(const struct record_control *control)
{
	struct json_object *object;

	if (!control->name)
		return NULL;
	object = json_object_new_object();
	json_add_string(object, "name", control->name);
	json_add_number(object, "frames", control->frames);
	json_object_object_add(object, "cells", cells_json(&control->cells));
	return object;
}

/* null for a control; of a fault that nobody noticed the empty list. */
static struct json_object *by_json(const struct record *record)
{
	struct json_object *array;

	if (!record->fault)
		return NULL;
	array = json_object_new_array();
	for (unsigned int bit = 1; bit & NOTICE_ALL; bit <<= 1)
		if (record->by & bit)
			json_object_array_add(array, json_object_new_string(notice_name(bit)));
	return array;
}

/* null where nobody took the time: `show`. */
static struct json_object *start_json(const struct record *record)
{
	struct json_object *object;

	if (!record->start_longest_ns)
		return NULL;
	object = json_object_new_object();
	json_add_number(object, "mean_us",
			(uint64_t)record->start_sum_ns / (record->frames ? record->frames : 1) /
				1000);
	json_add_number(object, "longest_us", (uint64_t)record->start_longest_ns / 1000);
	json_add_number(object, "bound_us", (uint64_t)record->start_bound_ns / 1000);
	json_add_number(object, "blocked", record->start_blocked);
	return object;
}

/* null where nothing was repeated. */
static struct json_object *seeds_json(const struct record *record)
{
	const struct record_seeds *seeds = &record->seeds;
	struct json_object *object, *by, *frames;

	if (!seeds->count)
		return NULL;
	object = json_object_new_object();
	json_add_number(object, "first", seeds->first);
	json_add_number(object, "count", seeds->count);
	json_add_number(object, "runs", seeds->runs);
	by = record->fault ? json_object_new_object() : NULL;
	for (unsigned int i = 0; by && i < RECORD_BYS; i++)
		json_add_number(by, notice_name(1u << i), seeds->by[i]);
	json_object_object_add(object, "noticed_by", by);
	frames = seeds->most ? json_object_new_object() : NULL;
	if (frames) {
		json_add_number(frames, "min", seeds->least);
		json_add_number(frames, "median", seeds->median);
		json_add_number(frames, "max", seeds->most);
	}
	json_object_object_add(object, "noticed_at", frames);
	return object;
}

/* null where nothing was soaked. */
static struct json_object *soak_json(const struct record_soak *soak)
{
	struct json_object *object;

	if (!soak->threads)
		return NULL;
	object = json_object_new_object();
	json_add_number(object, "threads", soak->threads);
	json_object_object_add(object, "seconds", json_object_new_double(soak->seconds));
	json_object_object_add(object, "again", cells_json(&soak->again));
	json_add_number(object, "signals", soak->signals);
	json_add_number(object, "start_restarts", soak->start_hits);
	json_add_number(object, "end_restarts", soak->end_hits);
	json_add_bool(object, "measured", soak->measured);
	json_add_number(object, "fds_begin", soak->fds_begin);
	json_add_number(object, "fds_end", soak->fds_end);
	json_add_number(object, "memory_begin_kib", soak->rss_begin);
	json_add_number(object, "memory_end_kib", soak->rss_end);
	return object;
}

static struct json_object *record_json(const struct record *record)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "name", record->name);
	json_add_string(object, "command", record->command);
	json_add_string(object, "exporter", record->exporter);
	json_add_string(object, "peer", record->peer);
	json_add_string(object, "compositor", record->compositor[0] ? record->compositor : NULL);
	json_add_string(object, "direction", record->direction);
	json_add_string(object, "sync", record->sync);
	json_add_string(object, "order", record->order);
	json_add_string(object, "fault", record->fault);
	json_object_object_add(object, "by", by_json(record));
	add_optional_number(object, "noticed_at", record->fault ? record->noticed_at : 0);
	json_object_object_add(object, "seeds", seeds_json(record));
	json_object_object_add(object, "start", start_json(record));
	json_object_object_add(object, "soak", soak_json(&record->soak));
	json_object_object_add(object, "control", control_json(&record->control));
	json_add_number(object, "frames", record->frames);
	json_object_object_add(object, "layout", layout_json(&record->layout));
	json_object_object_add(object, "start_to_commit", spread_json(&record->start_to_commit));
	json_object_object_add(object, "presentation", presented_json(record));
	json_object_object_add(object, "cells", cells_json(&record->cells));
	json_object_object_add(object, "first_places", places_json(&record->cells));
	json_object_object_add(object, "screenshot",
			       record->has_screenshot ? cells_json(&record->screenshot) : NULL);
	json_add_string(object, "screenshot_why",
			record->screenshot_why[0] ? record->screenshot_why : NULL);
	json_add_string(object, "screenshot_of",
			record->screenshot_of[0] ? record->screenshot_of : NULL);
	json_object_object_add(object, "module", module_json(&record->module));
	json_add_string(object, "verdict", verdict_name(record->verdict));
	json_add_string(object, "why", record->why.text);
	return object;
}

static struct json_object *pair_json(const struct report_pair *pair)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "exporter", pair->record->exporter);
	json_add_string(object, "peer", pair->record->peer);
	json_add_string(object, "direction", pair->record->direction);
	json_add_string(object, "sync", pair->record->sync);
	json_add_string(object, "verdict", pair->verdict);
	json_add_string(object, "why", pair->why.text);
	return object;
}

static struct json_object *pairs_json(const struct report *report)
{
	struct json_object *array = json_object_new_array();
	struct report_pair pair;

	for (size_t at = 0; report_next_pair(report, &at, &pair);)
		json_object_array_add(array, pair_json(&pair));
	return array;
}

static struct json_object *report_json(const struct report *report)
{
	struct json_object *root = json_object_new_object();
	struct json_object *results = json_object_new_array();
	struct machine machine;

	for (size_t i = 0; i < report->count; i++)
		json_object_array_add(results, record_json(&report->records[i]));
	json_add_string(root, "version", report->version);
	machine_look(&machine, "");
	json_object_object_add(root, "machine", json_machine(&machine, report->renderer));
	json_object_object_add(root, "results", results);
	json_object_object_add(root, "pairs", pairs_json(report));
	return root;
}

int report_write_json(const struct report *report, const char *path, struct why *why)
{
	return json_write(report_json(report), path, why);
}
