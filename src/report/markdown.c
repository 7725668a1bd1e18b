// SPDX-License-Identifier: MIT
/* markdown: RECORDs as tables for a page of documentation. See markdown.h. */
#include "report/markdown.h"

#include <inttypes.h>
#include <string.h>

#include "report/pair.h"

/* A '|' would end the cell. */
static void print_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, "%s%c", *text == '|' ? "\\" : "", *text);
}

static void print_name(FILE *out, const struct record *record, const struct report_pair *pair)
{
	const struct record_layout *layout = &record->layout, *usual = &pair->record->layout;

	fprintf(out, "| %s", record->order);
	if (strcmp(record->sync, "implicit"))
		fprintf(out, ", %s", record->sync);
	if (layout->width != usual->width || layout->height != usual->height)
		fprintf(out, ", %ux%u", layout->width, layout->height);
}

static void print_control(FILE *out, const struct record *record, const struct report_pair *pair)
{
	print_name(out, record, pair);
	if (record->seeds.count)
		fprintf(out, " | %" PRIu64, record->seeds.runs);
	else
		fprintf(out, " | %d", record->cells.checked != 0);
	fprintf(out, " | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %s", record->frames,
		record->cells.checked, record->cells.checked - record->cells.kind[CELL_FRESH],
		verdict_name(record->verdict));
	if (record->why.text[0]) {
		fputs(": ", out);
		print_text(out, record->why.text);
	}
	fputs(" |\n", out);
}

/* "card, access"; of many runs also who noticed in some: "state (98 of 100)". */
static void print_by(FILE *out, const struct record *record)
{
	const struct record_seeds *seeds = &record->seeds;
	const char *comma = "";

	for (unsigned int i = 0; i < RECORD_BYS; i++) {
		bool each = record->by >> i & 1;

		if (!each && !seeds->by[i])
			continue;
		fprintf(out, "%s%s", comma, notice_name(1u << i));
		if (!each)
			fprintf(out, " (%" PRIu32 " of %" PRIu64 ")", seeds->by[i], seeds->runs);
		comma = ", ";
	}
	if (!comma[0])
		fputs("none", out);
}

static void print_fault(FILE *out, const struct record *record, const struct report_pair *pair)
{
	const struct record_seeds *seeds = &record->seeds;

	print_name(out, record, pair);
	fputs(" | ", out);
	print_by(out, record);
	if (seeds->most)
		fprintf(out, " | %" PRIu64 " / %" PRIu64 " / %" PRIu64, seeds->least, seeds->median,
			seeds->most);
	else if (record->noticed_at)
		fprintf(out, " | %" PRIu64, record->noticed_at);
	else
		fputs(" | -", out);
	if (seeds->count)
		fprintf(out, " | %" PRIu32 " of %" PRIu64, seeds->by[0], seeds->runs);
	else
		fprintf(out, " | %d of %d", record->noticed_at != 0, record->cells.checked != 0);
	fprintf(out, " | %s", verdict_name(record->verdict));
	if (record->why.text[0] && record->verdict != VERDICT_NOTICED) {
		fputs(": ", out);
		print_text(out, record->why.text);
	}
	fputs(" |\n", out);
}

static void print_pair(FILE *out, const struct report *report, const struct report_pair *pair,
		       bool faults)
{
	const char *head =
		faults ? "| fault | who noticed | frames until the card did, least / median / most "
			 "| noticed by the card in | verdict |\n| --- | --- | --- | --- | --- |\n"
		       : "| control | runs | frames | cells | not fresh | verdict |\n"
			 "| --- | --- | --- | --- | --- | --- |\n";
	bool begun = false;

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];

		if (!report_pair_has(pair, record) || !record->fault == faults)
			continue;
		if (!begun)
			fputs(head, out);
		begun = true;
		if (faults)
			print_fault(out, record, pair);
		else
			print_control(out, record, pair);
	}
	if (begun)
		fputc('\n', out);
}

/* Who with whom, on what, and how often. */
static void print_heading(FILE *out, const struct report_pair *pair)
{
	const struct record *record = pair->record;

	fprintf(out, "**%s, %s, %s**, buffers of %ux%u",
		record->exporter_label[0] ? record->exporter_label : record->exporter,
		record->peer_label[0] ? record->peer_label : record->peer, record->direction,
		record->layout.width, record->layout.height);
	if (record->seeds.count)
		fprintf(out, ", seeds %" PRIu64 " to %" PRIu64, record->seeds.first,
			record->seeds.first + record->seeds.count - 1);
	fprintf(out, ": %s\n\n", pair->verdict);
}

void markdown_print(FILE *out, const struct report *report)
{
	struct report_pair pair;

	if (!report->count)
		fputs("nothing could be checked\n", out);
	for (size_t at = 0; report_next_pair(report, &at, &pair);) {
		print_heading(out, &pair);
		print_pair(out, report, &pair, false);
		print_pair(out, report, &pair, true);
	}
}
