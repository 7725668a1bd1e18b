// SPDX-License-Identifier: MIT
/* table_row: what one row of the table says. See table_row.h. */
#include "report/table_row.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static size_t number_of_why(struct table *table, const char *text)
{
	if (!text[0])
		return 0;
	for (size_t i = 0; i < table->why_count; i++)
		if (!strcmp(table->whys[i].text, text))
			return i + 1;
	why_set(&table->whys[table->why_count++], 0, "%s", text);
	return table->why_count;
}

/* Of several controls the worst is told. */
static const char *control_of(const struct report *report, const struct report_pair *pair)
{
	const char *word = "-";

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];

		if (!report_pair_has(pair, record) || record->fault)
			continue;
		if (record->verdict == VERDICT_BROKEN)
			return verdict_name(VERDICT_BROKEN);
		if (record->verdict == VERDICT_OK || word[0] == '-')
			word = verdict_name(record->verdict);
	}
	return word;
}

/* Is its why told below the table? What was seen of a fault that showed is in the result file. */
static bool has_footnote(const struct record *record)
{
	return record->verdict == VERDICT_UNNOTICED || record->verdict == VERDICT_NOT_SHOWN ||
	       record->verdict == VERDICT_SKIPPED;
}

/* Do two faults of a pair stand behind the same word, and number, if that has one? */
static bool is_alike(const struct record *fault, const struct record *other)
{
	return fault->fault && fault->verdict == other->verdict &&
	       (!has_footnote(other) || !strcmp(fault->why.text, other->why.text));
}

/* From @from on, has the pair a fault like @at's before that? One of @name, if that isn't NULL. */
static bool is_before(const struct report *report, const struct report_pair *pair, size_t from,
		      size_t at, const char *name)
{
	for (size_t i = from; i < at; i++) {
		const struct record *record = &report->records[i];

		if (report_pair_has(pair, record) && is_alike(record, &report->records[at]) &&
		    (!name || !strcmp(record->fault, name)))
			return true;
	}
	return false;
}

__attribute__((format(printf, 2, 3))) static void append(char text[TABLE_TEXT], const char *fmt,
							 ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, TABLE_TEXT - used, fmt, args);
	va_end(args);
}

/* "no-end, no-bracket noticed", "no-start skipped [3]": record @first and those like it. */
static void add_alike(struct table *table, const struct report_pair *pair, size_t first,
		      char text[TABLE_TEXT])
{
	const struct report *report = table->report;
	const struct record *alike = &report->records[first];
	const char *comma = text[0] ? "; " : "";

	for (size_t i = first; i < report->count; i++) {
		const struct record *record = &report->records[i];

		/* Each once, though there are several sizes. */
		if (!report_pair_has(pair, record) || !is_alike(record, alike) ||
		    is_before(report, pair, first, i, record->fault))
			continue;
		append(text, "%s%s", comma, record->fault);
		comma = ", ";
	}
	append(text, " %s",
	       alike->verdict == VERDICT_UNNOTICED ? "UNNOTICED" : verdict_name(alike->verdict));
	if (has_footnote(alike) && alike->why.text[0])
		append(text, " [%zu]", number_of_why(table, alike->why.text));
}

static void add_faults(struct table *table, const struct report_pair *pair, enum verdict verdict,
		       char text[TABLE_TEXT])
{
	const struct report *report = table->report;

	for (size_t i = 0; i < report->count; i++)
		if (report_pair_has(pair, &report->records[i]) && report->records[i].fault &&
		    report->records[i].verdict == verdict && !is_before(report, pair, 0, i, NULL))
			add_alike(table, pair, i, text);
}

/* "1 frame", "1-6 frames": of the faults that cells have shown, over all runs. */
static void tell_after(const struct report *report, const struct report_pair *pair,
		       char text[TABLE_TEXT])
{
	uint64_t least = UINT64_MAX, most = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];
		const struct record_seeds *seeds = &record->seeds;
		uint64_t first = seeds->count ? seeds->least : record->noticed_at;
		uint64_t last = seeds->count ? seeds->most : record->noticed_at;

		if (record->verdict != VERDICT_NOTICED || !first || !report_pair_has(pair, record))
			continue;
		least = first < least ? first : least;
		most = last > most ? last : most;
	}
	if (most > least)
		snprintf(text, TABLE_TEXT, "%" PRIu64 "-%" PRIu64 " frames", least, most);
	else if (most)
		snprintf(text, TABLE_TEXT, "%" PRIu64 " frame%s", most, most == 1 ? "" : "s");
}

static bool is_implicit(const struct record *record)
{
	return !record->sync || !strcmp(record->sync, "implicit");
}

void table_add_row(struct table *table, const struct report_pair *pair)
{
	static const enum verdict order[] = {
		VERDICT_BROKEN,	   VERDICT_UNNOTICED, VERDICT_NOTICED,
		VERDICT_NOT_SHOWN, VERDICT_SKIPPED,
	};
	struct table_row *row = &table->rows[table->count++];
	const struct record *record = pair->record;
	bool skipped = !strcmp(pair->verdict, verdict_name(VERDICT_SKIPPED));

	snprintf(row->text[0], TABLE_TEXT, "%s",
		 record->exporter_label[0] ? record->exporter_label : record->exporter);
	snprintf(row->text[1], TABLE_TEXT, "%s",
		 record->peer_label[0] ? record->peer_label : record->peer);
	/* Most tables are of implicit sync alone, and need no word for it. */
	snprintf(row->text[2], TABLE_TEXT, "%s%s%s", record->direction,
		 is_implicit(record) ? "" : " ", is_implicit(record) ? "" : record->sync);
	snprintf(row->text[3], TABLE_TEXT, "%s", control_of(table->report, pair));
	for (size_t i = 0; !skipped && i < sizeof(order) / sizeof(order[0]); i++)
		add_faults(table, pair, order[i], row->text[TABLE_FAULTS]);
	if (!row->text[TABLE_FAULTS][0])
		snprintf(row->text[TABLE_FAULTS], TABLE_TEXT, "-");
	tell_after(table->report, pair, row->text[TABLE_AFTER]);
	snprintf(row->text[TABLE_VERDICT], TABLE_TEXT, "%s", pair->verdict);
	row->why = number_of_why(table, pair->why.text);
	if (row->why)
		snprintf(row->text[TABLE_WHY], TABLE_TEXT, "[%zu] %s", row->why, pair->why.text);
}
