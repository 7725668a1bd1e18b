/* SPDX-License-Identifier: MIT */
/* The RECORDs of a check, made by hand, for the tests of what is printed and concluded of them. */
#ifndef STALELINE_CHECK_RECORDS_H
#define STALELINE_CHECK_RECORDS_H

#include <stdio.h>
#include <string.h>

#include "report/record.h"

/* A record of pair @pair; of a fault where @fault is its name. */
static inline struct record record_of(uint32_t pair, const char *name, const char *fault,
				      enum verdict verdict, const char *why)
{
	struct record record = {
		.name = name,
		.command = "check",
		.pair = pair,
		.direction = pair % 2 ? "cpu-read" : "cpu-write",
		.order = fault ? fault : "overwrite",
		.fault = fault,
		.no_bracket = fault && !strcmp(fault, "no-bracket"),
		.frames = 12,
		.layout = { .width = 256, .height = 64 },
		.verdict = verdict,
	};

	snprintf(record.exporter_label, sizeof(record.exporter_label), "udmabuf");
	snprintf(record.peer_label, sizeof(record.peer_label), "egl@card%u", pair / 2);
	why_set(&record.why, 0, "%s", why);
	record.cells.checked = verdict == VERDICT_SKIPPED ? 0 : 100;
	record.cells.kind[CELL_FRESH] = verdict == VERDICT_SKIPPED ? 0
					: verdict == VERDICT_OK || verdict == VERDICT_NOT_SHOWN
						? 100
						: 90;
	return record;
}

/* What @print writes of @records; the caller frees it. */
static inline char *printed(void (*print)(FILE *out, const struct report *report),
			    struct record *records, size_t count)
{
	const struct report report = { .records = records, .count = count };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	print(out, &report);
	assert_int_equal(fclose(out), 0);
	return text;
}

#endif
