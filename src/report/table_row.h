/* SPDX-License-Identifier: MIT */
/* table_row: one pair in short words, for table.c, which lays them out. */
#ifndef STALELINE_TABLE_ROW_H
#define STALELINE_TABLE_ROW_H

#include <stdio.h>

#include "report/pair.h"

enum {
	TABLE_FAULTS = 4, /* the column that is broken into lines where it is long */
	TABLE_AFTER,	  /* how many frames it took to notice them; left out where none was */
	TABLE_VERDICT,
	TABLE_WHY,
	TABLE_COLUMNS,
	TABLE_TEXT = 1200, /* all faults of a catalogue, named, with the numbers of their reasons */
};

/* One row, as text. */
struct table_row {
	char text[TABLE_COLUMNS][TABLE_TEXT];
	size_t why; /* number of its reason, from 1; 0: none */
};

struct table {
	FILE *out;
	const struct report *report;
	int columns;
	struct table_row *rows;
	size_t count;
	struct why *whys; /* each once, numbered from 1; room for one of each record and pair */
	size_t why_count;
	int width[TABLE_COLUMNS];
};

/* One row more, for which there must be room, and its reasons, if nobody gave them before. */
void table_add_row(struct table *table, const struct report_pair *pair);

#endif
