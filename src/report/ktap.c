// SPDX-License-Identifier: MIT
/* ktap: RECORDs as KTAP, version 1 (Documentation/dev-tools/ktap.rst). See ktap.h. */
#include "report/ktap.h"

#include <inttypes.h>

#include "report/soak.h"

static bool failed(const struct record *record)
{
	return record->verdict == VERDICT_BROKEN || record->verdict == VERDICT_UNNOTICED;
}

/* What stands behind the '#'. */
static const char *said(const struct record *record)
{
	switch (record->verdict) {
	case VERDICT_OK:
		return "control clean";
	case VERDICT_NOTICED:
		return "fault noticed";
	case VERDICT_BROKEN:
		return record->fault ? "fault broken" : "control not clean";
	case VERDICT_UNNOTICED:
		return "fault unnoticed";
	case VERDICT_NOT_SHOWN:
		return "SKIP not shown here: ";
	case VERDICT_SKIPPED:
		break;
	}
	return "SKIP ";
}

/* Diagnostics come before the result that they belong to. */
static void print_record(FILE *out, size_t number, const struct record *record)
{
	char soak[400];
	bool skip = record->verdict == VERDICT_SKIPPED || record->verdict == VERDICT_NOT_SHOWN;

	if (record->cells.checked)
		fprintf(out, "# %s: %" PRIu64 " frames, %" PRIu64 " of %" PRIu64 " cells fresh\n",
			record->name, record->frames, record->cells.kind[CELL_FRESH],
			record->cells.checked);
	record_soak_text(record, soak, sizeof(soak));
	if (soak[0])
		fprintf(out, "# %s: %s\n", record->name, soak);
	if (!skip && record->why.text[0])
		fprintf(out, "# %s: %s\n", record->name, record->why.text);
	fprintf(out, "%s %zu %s # %s%s\n", failed(record) ? "not ok" : "ok", number, record->name,
		said(record), skip ? record->why.text : "");
}

void ktap_begin(FILE *out, const struct report *report)
{
	fputs("KTAP version 1\n", out);
	fprintf(out, "1..%zu%s\n", report->count,
		report->count ? "" : " # SKIP nothing could be checked");
}

void ktap_next(FILE *out, size_t number, size_t count, const char *exporter, const char *peer)
{
	fprintf(out, "# checking %zu of %zu: %s with %s ...\n", number, count, exporter, peer);
}

void ktap_results(FILE *out, const struct report *report, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		print_record(out, i + 1, &report->records[i]);
}
