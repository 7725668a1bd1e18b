// SPDX-License-Identifier: MIT
/* table: RECORDs as a table for people. Short words in columns, sentences below. See table.h. */
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "report/soak.h"
#include "report/table_row.h"

enum { FAULTS_WIDTH = 36, GAP = 2 };

static const char *const titles[TABLE_COLUMNS] = {
	"exporter", "peer", "direction", "control", "faults", "after", "verdict", "why",
};

/* Its widest text's, gap and title included; 0: all are empty. */
static int width_of(const struct table *table, int column)
{
	int width = 0, title = (int)strlen(titles[column]);

	for (size_t i = 0; i < table->count; i++) {
		int len = (int)strlen(table->rows[i].text[column]);

		width = len > width ? len : width;
	}
	if (column == TABLE_FAULTS && width > FAULTS_WIDTH)
		width = FAULTS_WIDTH;
	return width ? (width > title ? width : title) + GAP : 0;
}

/* Each column as wide as its widest, faults at most FAULTS_WIDTH, and the why what is left. */
static void measure(struct table *table)
{
	int used = 0;

	for (int c = 0; c < TABLE_WHY; c++) {
		table->width[c] = width_of(table, c);
		used += table->width[c];
	}
	table->width[TABLE_WHY] = table->columns - used;
}

/*
 * How much of @text goes into @width columns: whole words, unless one is too long. The number of a
 * reason stays with its word.
 */
static int fitting(const char *text, int width)
{
	int len = (int)strlen(text), cut;

	if (len <= width)
		return len;
	for (cut = width; cut > 0 && (text[cut] != ' ' || text[cut + 1] == '['); cut--)
		;
	return cut > 0 ? cut : width;
}

/* The why in what is left of the line; where that is little, its number alone. */
static void print_why(const struct table *table, const struct table_row *row)
{
	enum { LEAST = 44 };
	int width = table->width[TABLE_WHY];
	const char *text = row->text[TABLE_WHY];

	if (!row->why)
		return;
	if (width < LEAST)
		fprintf(table->out, "[%zu]", row->why);
	else if ((int)strlen(text) <= width)
		fputs(text, table->out);
	else
		fprintf(table->out, "%.*s ...", fitting(text, width - 4), text);
}

static void print_row(const struct table *table, const struct table_row *row)
{
	const char *faults = row->text[TABLE_FAULTS];
	int indent = 0;

	for (int c = 0; c < TABLE_WHY; c++) {
		const char *text = row->text[c][0] || !table->width[c] ? row->text[c] : "-";
		int len = c == TABLE_FAULTS ? fitting(faults, table->width[c] - GAP)
					    : (int)strlen(text);

		if (c < TABLE_FAULTS)
			indent += table->width[c];
		fprintf(table->out, "%.*s%*s", len, text, table->width[c] - len, "");
		if (c == TABLE_FAULTS)
			faults += len;
	}
	print_why(table, row);
	fputc('\n', table->out);
	while (*faults) {
		int len;

		faults += strspn(faults, " ");
		len = fitting(faults, table->width[TABLE_FAULTS] - GAP);
		fprintf(table->out, "%*s%.*s\n", indent, "", len, faults);
		faults += len;
	}
}

static void print_titles(const struct table *table)
{
	for (int c = 0; c < TABLE_WHY; c++)
		if (table->width[c])
			fprintf(table->out, "%-*s", table->width[c], titles[c]);
	fprintf(table->out, "%s\n", titles[TABLE_WHY]);
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

/* How many of the pairs came to what, the worst first. */
static void print_pairs(const struct table *table)
{
	static const char *const words[] = { "broken", "needs-brackets", "ok", "skipped" };
	const char *comma = "";

	fprintf(table->out, "%zu pairs: ", table->count);
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		size_t n = 0;

		for (size_t i = 0; i < table->count; i++)
			n += !strcmp(table->rows[i].text[TABLE_VERDICT], words[w]);
		if (!n)
			continue;
		fprintf(table->out, "%s%zu %s", comma, n, words[w]);
		comma = ", ";
	}
}

/* By the names that KTAP and the result file have for them. How many there are. */
static size_t print_unnoticed(const struct table *table)
{
	const struct report *report = table->report;
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++) {
		if (report->records[i].verdict != VERDICT_UNNOTICED)
			continue;
		if (!n++)
			fputs("\nUNNOTICED:\n", table->out);
		fprintf(table->out, "    %s\n", report->records[i].name);
	}
	return n;
}

/*
 * "8 pairs: 2 needs-brackets, 5 ok, 1 skipped; 1 fault UNNOTICED; 31 of 32 orders were performed".
 * It has all that report_exit_code() makes a 1 of: what is broken, and an unnoticed fault, which is
 * no verdict of its pair.
 */
static void print_sum(const struct table *table)
{
	size_t results = 0, unnoticed = print_unnoticed(table);

	for (size_t i = 0; i < table->report->count; i++)
		results += table->report->records[i].cells.checked != 0;
	fputc('\n', table->out);
	print_pairs(table);
	if (unnoticed)
		fprintf(table->out, "; %zu fault%s UNNOTICED", unnoticed,
			unnoticed == 1 ? "" : "s");
	fprintf(table->out, "; %zu of %zu orders were performed\n", results, table->report->count);
}

void table_print(FILE *out, const struct report *report, int columns)
{
	struct table table = { .out = out, .report = report, .columns = columns };
	struct report_pair pair;

	table.rows = calloc(report->count + 1, sizeof(*table.rows));
	table.whys = calloc(2 * report->count + 1, sizeof(*table.whys));
	if (!table.rows || !table.whys || !report->count) {
		fputs(report->count ? "out of memory\n" : "nothing could be checked\n", out);
	} else {
		for (size_t at = 0; report_next_pair(report, &at, &pair);)
			table_add_row(&table, &pair);
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
