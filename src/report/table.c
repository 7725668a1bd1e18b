// SPDX-License-Identifier: MIT
/* table: RECORDs as a table for people. Short words in columns, sentences below. See table.h. */
#include "report/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/pair.h"
#include "report/soak.h"

enum {
	FAULTS = 4, /* the column that is broken into lines where it is long */
	AFTER,	    /* how many frames it took to notice them; left out where none was */
	VERDICT,
	WHY,
	COLUMNS,
	FAULTS_WIDTH = 36,
	GAP = 2,
	CELL_TEXT = 800, /* all faults of a catalogue, named */
};

/* One row, as text. */
struct row {
	char text[COLUMNS][CELL_TEXT];
	size_t why; /* number of its reason, from 1; 0: none */
};

struct table {
	FILE *out;
	const struct report *report;
	int columns;
	struct row *rows;
	size_t count;
	struct why *whys; /* each once */
	size_t why_count;
	int width[COLUMNS];
};

static const char *const titles[COLUMNS] = {
	"exporter", "peer", "direction", "control", "faults", "after", "verdict", "why",
};

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

/* "no-end, no-bracket noticed": those of this verdict, each once though there are several sizes. */
static void add_faults(const struct report *report, const struct report_pair *pair,
		       enum verdict verdict, char text[CELL_TEXT])
{
	size_t used = strlen(text), begin = used;

	for (size_t i = 0; i < report->count; i++) {
		const struct record *record = &report->records[i];
		bool twice = false;

		for (size_t j = 0; j < i; j++)
			twice |= report->records[j].fault && record->fault &&
				 report->records[j].verdict == verdict &&
				 report_pair_has(pair, &report->records[j]) &&
				 !strcmp(report->records[j].fault, record->fault);
		if (twice || !record->fault || record->verdict != verdict ||
		    !report_pair_has(pair, record) || used >= CELL_TEXT)
			continue;
		used += (size_t)snprintf(text + used, CELL_TEXT - used, "%s%s",
					 used == begin ? (begin ? "; " : "") : ", ", record->fault);
	}
	if (used > begin && used < CELL_TEXT)
		snprintf(text + used, CELL_TEXT - used, " %s",
			 verdict == VERDICT_UNNOTICED ? "UNNOTICED" : verdict_name(verdict));
}

/* "1 frame", "1-6 frames": of the faults that cells have shown, over all runs. */
static void tell_after(const struct report *report, const struct report_pair *pair,
		       char text[CELL_TEXT])
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
		snprintf(text, CELL_TEXT, "%" PRIu64 "-%" PRIu64 " frames", least, most);
	else if (most)
		snprintf(text, CELL_TEXT, "%" PRIu64 " frame%s", most, most == 1 ? "" : "s");
}

static bool is_implicit(const struct record *record)
{
	return !record->sync || !strcmp(record->sync, "implicit");
}

static void make_row(struct table *table, const struct report_pair *pair, struct row *row)
{
	static const enum verdict order[] = {
		VERDICT_BROKEN,	   VERDICT_UNNOTICED, VERDICT_NOTICED,
		VERDICT_NOT_SHOWN, VERDICT_SKIPPED,
	};
	const struct record *record = pair->record;
	bool skipped = !strcmp(pair->verdict, verdict_name(VERDICT_SKIPPED));

	snprintf(row->text[0], CELL_TEXT, "%s",
		 record->exporter_label[0] ? record->exporter_label : record->exporter);
	snprintf(row->text[1], CELL_TEXT, "%s",
		 record->peer_label[0] ? record->peer_label : record->peer);
	/* Most tables are of implicit sync alone, and need no word for it. */
	snprintf(row->text[2], CELL_TEXT, "%s%s%s", record->direction,
		 is_implicit(record) ? "" : " ", is_implicit(record) ? "" : record->sync);
	snprintf(row->text[3], CELL_TEXT, "%s", control_of(table->report, pair));
	for (size_t i = 0; !skipped && i < sizeof(order) / sizeof(order[0]); i++)
		add_faults(table->report, pair, order[i], row->text[FAULTS]);
	if (!row->text[FAULTS][0])
		snprintf(row->text[FAULTS], CELL_TEXT, "-");
	tell_after(table->report, pair, row->text[AFTER]);
	snprintf(row->text[VERDICT], CELL_TEXT, "%s", pair->verdict);
	row->why = number_of_why(table, pair->why.text);
	if (row->why)
		snprintf(row->text[WHY], CELL_TEXT, "[%zu] %s", row->why, pair->why.text);
}

/* Its widest text's, gap and title included; 0: all are empty. */
static int width_of(const struct table *table, int column)
{
	int width = 0, title = (int)strlen(titles[column]);

	for (size_t i = 0; i < table->count; i++) {
		int len = (int)strlen(table->rows[i].text[column]);

		width = len > width ? len : width;
	}
	if (column == FAULTS && width > FAULTS_WIDTH)
		width = FAULTS_WIDTH;
	return width ? (width > title ? width : title) + GAP : 0;
}

/* Each column as wide as its widest, faults at most FAULTS_WIDTH, and the why what is left. */
static void measure(struct table *table)
{
	int used = 0;

	for (int c = 0; c < WHY; c++) {
		table->width[c] = width_of(table, c);
		used += table->width[c];
	}
	table->width[WHY] = table->columns - used;
}

/* How much of @text goes into @width columns: whole words, unless one is too long. */
static int fitting(const char *text, int width)
{
	int len = (int)strlen(text), cut;

	if (len <= width)
		return len;
	for (cut = width; cut > 0 && text[cut] != ' '; cut--)
		;
	return cut > 0 ? cut : width;
}

/* The why in what is left of the line; where that is little, its number alone. */
static void print_why(const struct table *table, const struct row *row)
{
	enum { LEAST = 44 };
	int width = table->width[WHY];
	const char *text = row->text[WHY];

	if (!row->why)
		return;
	if (width < LEAST)
		fprintf(table->out, "[%zu]", row->why);
	else if ((int)strlen(text) <= width)
		fputs(text, table->out);
	else
		fprintf(table->out, "%.*s ...", fitting(text, width - 4), text);
}

static void print_row(const struct table *table, const struct row *row)
{
	const char *faults = row->text[FAULTS];
	int indent = 0;

	for (int c = 0; c < WHY; c++) {
		const char *text = row->text[c][0] || !table->width[c] ? row->text[c] : "-";
		int len = c == FAULTS ? fitting(faults, table->width[c] - GAP) : (int)strlen(text);

		if (c < FAULTS)
			indent += table->width[c];
		fprintf(table->out, "%.*s%*s", len, text, table->width[c] - len, "");
		if (c == FAULTS)
			faults += len;
	}
	print_why(table, row);
	fputc('\n', table->out);
	while (*faults) {
		int len;

		faults += strspn(faults, " ");
		len = fitting(faults, table->width[FAULTS] - GAP);
		fprintf(table->out, "%*s%.*s\n", indent, "", len, faults);
		faults += len;
	}
}

static void print_titles(const struct table *table)
{
	for (int c = 0; c < WHY; c++)
		if (table->width[c])
			fprintf(table->out, "%-*s", table->width[c], titles[c]);
	fprintf(table->out, "%s\n", titles[WHY]);
}

/* "[3] sentence", broken at blanks. */
static void print_whys(const struct table *table)
{
	enum { INDENT = 5 };

	if (table->why_count)
		fputc('\n', table->out);
	for (size_t i = 0; i < table->why_count; i++) {
		const char *text = table->whys[i].text;
		char number[24];

		snprintf(number, sizeof(number), "[%zu]", i + 1);
		fprintf(table->out, "%-*s", INDENT, number);
		while (*text) {
			int len = fitting(text, table->columns - INDENT);

			fprintf(table->out, "%.*s\n", len, text);
			text += len;
			text += strspn(text, " ");
			if (*text)
				fprintf(table->out, "%*s", INDENT, "");
		}
	}
}

/* What a soak came to, order by order. */
static void print_soaks(const struct table *table)
{
	char text[400];

	for (size_t i = 0; i < table->report->count; i++) {
		const struct record *record = &table->report->records[i];

		record_soak_text(record, text, sizeof(text));
		if (text[0])
			fprintf(table->out, "\n%s\n    %s\n", record->name, text);
	}
}

/* "8 pairs: 2 needs-brackets, 5 ok, 1 skipped; 32 results, 300 of 400 cells checked were fresh". */
static void print_sum(const struct table *table)
{
	static const char *const words[] = { "broken", "needs-brackets", "ok", "skipped" };
	size_t results = 0;
	const char *comma = "";

	for (size_t i = 0; i < table->report->count; i++)
		results += table->report->records[i].cells.checked != 0;
	fprintf(table->out, "\n%zu pairs: ", table->count);
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		size_t n = 0;

		for (size_t i = 0; i < table->count; i++)
			n += !strcmp(table->rows[i].text[VERDICT], words[w]);
		if (!n)
			continue;
		fprintf(table->out, "%s%zu %s", comma, n, words[w]);
		comma = ", ";
	}
	fprintf(table->out, "; %zu of %zu orders were performed\n", results, table->report->count);
}

void table_print(FILE *out, const struct report *report, int columns)
{
	struct table table = { .out = out, .report = report, .columns = columns };
	struct report_pair pair;

	table.rows = calloc(report->count + 1, sizeof(*table.rows));
	table.whys = calloc(report->count + 1, sizeof(*table.whys));
	if (!table.rows || !table.whys || !report->count) {
		fputs(report->count ? "out of memory\n" : "nothing could be checked\n", out);
	} else {
		for (size_t at = 0; report_next_pair(report, &at, &pair);)
			make_row(&table, &pair, &table.rows[table.count++]);
		measure(&table);
		print_titles(&table);
		for (size_t i = 0; i < table.count; i++)
			print_row(&table, &table.rows[i]);
		print_whys(&table);
		print_soaks(&table);
		print_sum(&table);
	}
	free(table.whys);
	free(table.rows);
}
