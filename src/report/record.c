// SPDX-License-Identifier: MIT
/* record: from counts of cells to a verdict, and from verdicts to the exit code. */
#include "report/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_BROKEN] = "broken",
		[VERDICT_NOTICED] = "noticed",
		[VERDICT_UNNOTICED] = "unnoticed",
		[VERDICT_NOT_SHOWN] = "not-shown",
		[VERDICT_SKIPPED] = "skipped",
	};

	return names[verdict];
}

/* Low bits that don't survive the way to the peer say nothing about coherence. */
static bool mostly_inexact(const struct cell_count *cells)
{
	return cells->kind[CELL_INEXACT] > cells->checked / 2;
}

static bool skip_unchecked(struct record *record)
{
	/* Without a peer the screen is what was looked at, if it was. */
	const struct cell_count *cells =
		record->cells.checked ? &record->cells : &record->screenshot;

	if (!cells->checked) {
		record->verdict = VERDICT_SKIPPED;
		if (!record->why.text[0])
			why_set(&record->why, 0, "no cell was checked");
		return true;
	}
	if (mostly_inexact(cells)) {
		record->verdict = VERDICT_SKIPPED;
		why_set(&record->why, 0,
			"%" PRIu64 " of %" PRIu64
			" cells look like the card but are not bit-exact: scaled, "
			"blended or colour-managed on the way, so nothing can be said of coherence",
			cells->kind[CELL_INEXACT], cells->checked);
		return true;
	}
	return false;
}

/* "stale 37, torn 2; first at column 3, row 17 of frame 9: stale by 1" */
static void describe_bad_cells(const struct cell_count *cells, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (int kind = CELL_FRESH + 1; kind < CELL_KINDS && used < size; kind++)
		if (cells->kind[kind])
			used += (size_t)snprintf(text + used, size - used, "%s%s %" PRIu64,
						 used ? ", " : "", cell_kind_name(kind),
						 cells->kind[kind]);
	if (cells->places && used < size)
		snprintf(text + used, size - used, "; first at column %u, row %u of frame %u: %s",
			 cells->first[0].col, cells->first[0].row, cells->first[0].frame,
			 cell_kind_name(cells->first[0].verdict.kind));
}

/* Not clean where somebody looked; where nobody did, nothing was seen. */
static bool seen_unclean(const struct cell_count *cells)
{
	return cells->checked && !cell_count_clean(cells);
}

void record_judge_control(struct record *record)
{
	char bad[200];

	if (skip_unchecked(record))
		return;
	record->verdict = VERDICT_BROKEN;
	if (seen_unclean(&record->cells)) {
		describe_bad_cells(&record->cells, bad, sizeof(bad));
		why_set(&record->why, 0, "in order, and yet not clean where the peer looked: %s",
			bad);
	} else if (mostly_inexact(&record->screenshot)) {
		record->verdict = VERDICT_OK; /* what the peer saw stands; the screen was scaled */
		why_set(&record->why, 0,
			"the screenshot is not bit-exact (scaled or colour-managed): not judged");
	} else if (seen_unclean(&record->screenshot)) {
		describe_bad_cells(&record->screenshot, bad, sizeof(bad));
		why_set(&record->why, 0, "in order, and yet not clean on the screen: %s", bad);
	} else {
		record->verdict = VERDICT_OK;
	}
}

void record_judge_fault(struct record *record, const struct record *control)
{
	char bad[200];

	if (control->verdict != VERDICT_OK) {
		record->verdict = VERDICT_SKIPPED;
		why_set(&record->why, 0, "its control %s is %s, so the fault says nothing",
			control->name, verdict_name(control->verdict));
		return;
	}
	if (skip_unchecked(record))
		return;
	if (!seen_unclean(&record->cells) && !seen_unclean(&record->screenshot)) {
		record->verdict = VERDICT_UNNOTICED;
		why_set(&record->why, 0,
			"the fault was made on purpose and every cell came back fresh");
		return;
	}
	record->verdict = VERDICT_NOTICED;
	describe_bad_cells(seen_unclean(&record->cells) ? &record->cells : &record->screenshot, bad,
			   sizeof(bad));
	why_set(&record->why, 0, "%s", bad);
}

int report_exit_code(const struct report *report)
{
	bool checked = false;

	for (size_t i = 0; i < report->count; i++) {
		enum verdict verdict = report->records[i].verdict;

		if (verdict == VERDICT_BROKEN || verdict == VERDICT_UNNOTICED)
			return 1;
		checked |= verdict != VERDICT_SKIPPED;
	}
	return checked ? 0 : 4;
}
