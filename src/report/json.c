// SPDX-License-Identifier: MIT
/* The result file: {"version", "machine", "results": [RECORD...], "pairs": [...]}. */
#include "report/record.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static void add_string(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text ? json_object_new_string(text) : NULL);
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

static struct json_object *cells_json(const struct cell_count *cells)
{
	struct json_object *object = json_object_new_object();

	add_number(object, "checked", cells->checked);
	for (int kind = 0; kind < CELL_KINDS; kind++)
		add_number(object, cell_kind_name(kind), cells->kind[kind]);
	return object;
}

/* The first places that were not fresh, so that a table of numbers can be looked into. */
static struct json_object *places_json(const struct cell_count *cells)
{
	struct json_object *array = json_object_new_array();

	for (uint32_t i = 0; i < cells->places; i++) {
		const struct cell_place *place = &cells->first[i];
		struct json_object *object = json_object_new_object();

		add_number(object, "frame", place->frame);
		add_number(object, "column", place->col);
		add_number(object, "row", place->row);
		add_string(object, "kind", cell_kind_name(place->verdict.kind));
		add_number(object, "by", cell_verdict_by(place->verdict));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *layout_json(const struct record_layout *layout)
{
	struct json_object *object = json_object_new_object();
	char note[320];

	record_layout_note(layout, note, sizeof(note));
	add_number(object, "width", layout->width);
	add_number(object, "height", layout->height);
	add_number(object, "stride", layout->stride);
	add_number(object, "not_covered", layout->uncovered);
	add_number(object, "cpu_cache_line", layout->cpu_line);
	add_string(object, "note", note);
	return object;
}

static struct json_object *presented_json(const struct record *record)
{
	struct json_object *object = json_object_new_object();

	add_number(object, "presented", record->presented);
	add_number(object, "zero_copy", record->zero_copy);
	add_number(object, "discarded", record->discarded);
	json_object_object_add(object, "scaled", json_object_new_boolean(record->scaled));
	return object;
}

static struct json_object *module_json(const struct record_module *module)
{
	struct json_object *object;

	if (!module->known)
		return NULL;
	object = json_object_new_object();
	add_number(object, "clean", module->clean);
	add_number(object, "dirty", module->dirty);
	add_number(object, "stale", module->stale);
	add_number(object, "both", module->both);
	add_number(object, "starts", module->starts);
	add_number(object, "ends", module->ends);
	add_number(object, "unbalanced", module->unbalanced);
	add_number(object, "mismatched", module->mismatched);
	add_number(object, "restarted", module->restarted);
	add_number(object, "job_dirty", module->job_dirty);
	add_number(object, "scanout_dirty", module->scanout_dirty);
	return object;
}

static struct json_object *control_json(const struct record_control *control)
{
	struct json_object *object;

	if (!control->name)
		return NULL;
	object = json_object_new_object();
	add_string(object, "name", control->name);
	add_number(object, "frames", control->frames);
	json_object_object_add(object, "cells", cells_json(&control->cells));
	return object;
}

static struct json_object *record_json(const struct record *record)
{
	struct json_object *object = json_object_new_object();

	add_string(object, "name", record->name);
	add_string(object, "command", record->command);
	add_string(object, "exporter", record->exporter);
	add_string(object, "peer", record->peer);
	add_string(object, "compositor", record->compositor[0] ? record->compositor : NULL);
	add_string(object, "direction", record->direction);
	add_string(object, "sync", record->sync);
	add_string(object, "order", record->order);
	add_string(object, "fault", record->fault);
	json_object_object_add(object, "control", control_json(&record->control));
	add_number(object, "frames", record->frames);
	json_object_object_add(object, "layout", layout_json(&record->layout));
	json_object_object_add(object, "presentation", presented_json(record));
	json_object_object_add(object, "cells", cells_json(&record->cells));
	json_object_object_add(object, "first_places", places_json(&record->cells));
	json_object_object_add(object, "screenshot",
			       record->has_screenshot ? cells_json(&record->screenshot) : NULL);
	add_string(object, "screenshot_why",
		   record->screenshot_why[0] ? record->screenshot_why : NULL);
	json_object_object_add(object, "module", module_json(&record->module));
	add_string(object, "verdict", verdict_name(record->verdict));
	add_string(object, "why", record->why.text);
	return object;
}

static struct json_object *machine_json(const struct report *report)
{
	struct json_object *object = json_object_new_object();
	struct utsname host;

	uname(&host);
	add_string(object, "system", host.sysname);
	add_string(object, "kernel", host.release);
	add_string(object, "kernel_version", host.version);
	add_string(object, "arch", host.machine);
	add_number(object, "page_size", (uint64_t)sysconf(_SC_PAGESIZE));
	add_string(object, "renderer", report->renderer);
	return object;
}

/*
 * One pair for each control. Whether the pair needs brackets is not known here: that takes the
 * faults that leave them out, and is never a promise (R3).
 */
static struct json_object *pairs_json(const struct report *report)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];
		struct json_object *pair;

		if (record->fault)
			continue;
		pair = json_object_new_object();
		add_string(pair, "exporter", record->exporter);
		add_string(pair, "peer", record->peer);
		add_string(pair, "direction", record->direction);
		add_string(pair, "verdict", verdict_name(record->verdict));
		add_string(pair, "why",
			   record->why.text[0] ? record->why.text
					       : "brackets were never left out in this run");
		json_object_array_add(array, pair);
	}
	return array;
}

static struct json_object *report_json(const struct report *report)
{
	struct json_object *root = json_object_new_object();
	struct json_object *results = json_object_new_array();

	for (size_t i = 0; i < report->count; i++)
		json_object_array_add(results, record_json(&report->records[i]));
	add_string(root, "version", report->version);
	json_object_object_add(root, "machine", machine_json(report));
	json_object_object_add(root, "results", results);
	json_object_object_add(root, "pairs", pairs_json(report));
	return root;
}

/* Half a result must not be taken for one; but what is no plain file (/dev/full) is not ours to remove. */
static void remove_half_written(FILE *file, const char *path)
{
	struct stat st;

	if (!fstat(fileno(file), &st) && S_ISREG(st.st_mode))
		unlink(path);
}

int report_write_json(const struct report *report, const char *path, struct why *why)
{
	struct json_object *root = report_json(report);
	const char *text = json_object_to_json_string_ext(
		root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	FILE *file = fopen(path, "we");
	int err = 0;

	if (!file) {
		err = why_set(why, -errno,
			      "write the result file %s: %s; name a path that can be written", path,
			      strerror(errno));
	} else if (fprintf(file, "%s\n", text) < 0 || fflush(file)) {
		err = why_set(why, -errno, "write the result file %s: %s", path, strerror(errno));
		remove_half_written(file, path);
	}
	if (file && fclose(file) && !err)
		err = why_set(why, -errno, "write the result file %s: %s", path, strerror(errno));
	json_object_put(root);
	return err;
}
