// SPDX-License-Identifier: MIT
/* The result file: {"version", "machine", "results": [RECORD...], "pairs": [...]}. */
#include "report/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/json_parts.h"

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
	json_add_number(object, "stride", layout->stride);
	json_add_number(object, "not_covered", layout->uncovered);
	json_add_number(object, "cpu_cache_line", layout->cpu_line);
	json_add_string(object, "note", note);
	return object;
}

static struct json_object *presented_json(const struct record *record)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "presented", record->presented);
	json_add_number(object, "zero_copy", record->zero_copy);
	json_add_number(object, "discarded", record->discarded);
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
	json_object_object_add(object, "control", control_json(&record->control));
	json_add_number(object, "frames", record->frames);
	json_object_object_add(object, "layout", layout_json(&record->layout));
	json_object_object_add(object, "presentation", presented_json(record));
	json_object_object_add(object, "cells", cells_json(&record->cells));
	json_object_object_add(object, "first_places", places_json(&record->cells));
	json_object_object_add(object, "screenshot",
			       record->has_screenshot ? cells_json(&record->screenshot) : NULL);
	json_add_string(object, "screenshot_why",
			record->screenshot_why[0] ? record->screenshot_why : NULL);
	json_object_object_add(object, "module", module_json(&record->module));
	json_add_string(object, "verdict", verdict_name(record->verdict));
	json_add_string(object, "why", record->why.text);
	return object;
}

/* What a fault that leaves out a START or an END came to, beside a control that is ok. */
static void say_need(const struct record *fault, char *why, size_t size)
{
	switch (fault->verdict) {
	case VERDICT_NOTICED:
		snprintf(why, size, "without them (%s): %s", fault->name, fault->why.text);
		break;
	case VERDICT_UNNOTICED:
		snprintf(why, size,
			 "%s had to show and was not noticed: nothing is known of brackets here",
			 fault->name);
		break;
	case VERDICT_NOT_SHOWN:
		snprintf(why, size,
			 "no need for brackets seen in %" PRIu64 " frames of %s at %ux%u, which is "
			 "no promise (R3)",
			 fault->frames, fault->name, fault->layout.width, fault->layout.height);
		break;
	default:
		snprintf(why, size, "%s was skipped, so nothing is known of brackets: %s",
			 fault->name, fault->why.text);
		break;
	}
}

/*
 * Does the pair of @control need brackets? Only a fault that leaves one out tells, and where it shows
 * nothing that is no promise (R3): it is said how long and at what size was looked.
 */
static void add_need(struct json_object *pair, const struct record *control,
		     const struct record *fault)
{
	char why[sizeof(fault->why.text) + 160];

	if (control->verdict != VERDICT_OK || !fault) {
		json_add_string(pair, "verdict", verdict_name(control->verdict));
		json_add_string(pair, "why",
				control->why.text[0] ? control->why.text
						     : "brackets were never left out in this run");
		return;
	}
	say_need(fault, why, sizeof(why));
	json_add_string(pair, "verdict",
			fault->verdict == VERDICT_NOTICED ? "needs-brackets"
							  : verdict_name(VERDICT_OK));
	json_add_string(pair, "why", why);
}

/* Which verdict of a fault tells more than another. */
static int rank(const struct record *fault)
{
	static const int ranks[] = {
		[VERDICT_NOTICED] = 3,
		[VERDICT_UNNOTICED] = 2,
		[VERDICT_NOT_SHOWN] = 1,
		[VERDICT_SKIPPED] = 0,
	};

	return ranks[fault->verdict];
}

/* The fault of this control that leaves out a bracket and tells most; of equals the first. */
static const struct record *bracket_fault(const struct report *report, const struct record *control)
{
	const struct record *found = NULL;

	for (const struct record *fault = report->records; fault < report->records + report->count;
	     fault++)
		if (fault->no_bracket && fault->control_order &&
		    !strcmp(fault->control_order, control->order) &&
		    (!found || rank(fault) > rank(found)))
			found = fault;
	return found;
}

/* The control of @fault has no RECORD of its own; it was clean, or it would have one. */
static struct record control_behind(const struct record *fault)
{
	struct record control = *fault;

	control.order = fault->control.name;
	control.verdict = VERDICT_OK;
	control.why.text[0] = '\0';
	return control;
}

static struct json_object *pair_json(const struct report *report, const struct record *control)
{
	struct json_object *pair = json_object_new_object();

	json_add_string(pair, "exporter", control->exporter);
	json_add_string(pair, "peer", control->peer);
	json_add_string(pair, "direction", control->direction);
	add_need(pair, control, bracket_fault(report, control));
	return pair;
}

/* Has the control @name a pair already, or a RECORD of its own, when it is @fault's turn? */
static bool has_pair(const struct report *report, const struct record *fault)
{
	const char *name = fault->control.name;

	for (const struct record *other = report->records; other < report->records + report->count;
	     other++) {
		if (!other->fault && !strcmp(other->order, name))
			return true;
		if (other < fault && other->control.name && !strcmp(other->control.name, name))
			return true;
	}
	return false;
}

/* One pair for each control, whether it has a RECORD of its own or is told of in that of its fault. */
static struct json_object *pairs_json(const struct report *report)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];
		struct record behind;

		if (record->fault) {
			if (!record->control.name || has_pair(report, record))
				continue;
			behind = control_behind(record);
			record = &behind;
		}
		json_object_array_add(array, pair_json(report, record));
	}
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
