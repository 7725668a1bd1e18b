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

static bool skip_unchecked(struct record *record)
{
	/* Without a peer the screen is what was looked at, if it was. */
	const struct cell_count *cells =
		record->cells.checked ? &record->cells : &record->screenshot;

	if (record->skip.text[0]) {
		record->verdict = VERDICT_SKIPPED;
		record->why = record->skip;
		return true;
	}
	if (!cells->checked) {
		record->verdict = VERDICT_SKIPPED;
		if (!record->why.text[0])
			why_set(&record->why, 0, "no cell was checked");
		return true;
	}
	if (cell_count_mostly_inexact(cells)) {
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

/*
 * What the screen says against a control. On somebody's own screen a corner of another window may
 * lie over ours: there only whole cells of ours that are not fresh count.
 */
static bool screen_unclean(const struct record *record)
{
	const struct cell_count *screen = &record->screenshot;

	if (!record->screen_shared)
		return seen_unclean(screen);
	return screen->kind[CELL_STALE] || screen->kind[CELL_AHEAD] || screen->kind[CELL_FOREIGN];
}

/* Of many runs: which was the first that went wrong, behind the why. */
static void name_odd_run(struct record *record)
{
	const struct record_seeds *seeds = &record->seeds;
	size_t used = strlen(record->why.text);

	if (seeds->odd)
		snprintf(record->why.text + used, sizeof(record->why.text) - used,
			 "; first in the run of seed %" PRIu64 "%s", seeds->odd,
			 seeds->odd_writeback ? " with inval=writeback" : "");
}

void record_judge_control(struct record *record)
{
	const struct cell_count *screen = &record->screenshot;
	char bad[200];

	if (skip_unchecked(record))
		return;
	record->verdict = VERDICT_OK;
	if (seen_unclean(&record->cells)) {
		record->verdict = VERDICT_BROKEN;
		describe_bad_cells(&record->cells, bad, sizeof(bad));
		why_set(&record->why, 0, "in order, and yet not clean where it was looked at: %s",
			bad);
		name_odd_run(record);
	} else if (cell_count_mostly_inexact(screen)) {
		/* What the peer saw stands. */
		why_set(&record->why, 0,
			"the screenshot is not bit-exact (scaled or colour-managed): not judged");
	} else if (screen_unclean(record)) {
		record->verdict = VERDICT_BROKEN;
		describe_bad_cells(screen, bad, sizeof(bad));
		why_set(&record->why, 0, "in order, and yet not clean on the screen: %s", bad);
	} else if (seen_unclean(screen)) {
		why_set(&record->why, 0,
			"%" PRIu64
			" cells on the screen are not the card's: something lies over it",
			screen->checked - screen->kind[CELL_FRESH]);
	}
}

static int64_t start_mean_ns(const struct record *record)
{
	return record->frames ? record->start_sum_ns / (int64_t)record->frames : 0;
}

int64_t record_start_bound(const struct record *control)
{
	return 2 * start_mean_ns(control) + 1000000;
}

bool record_start_blocked(const struct record *record)
{
	return record->start_bound_ns && record->start_blocked * 2 > record->frames;
}

/*
 * Of a fault that no cell can show: who noticed it.
 * The state machine alone says nothing of a machine.
 */
static bool noticed_by_others(struct record *record, const struct record *control)
{
	unsigned int others = record->by & (NOTICE_STATE | NOTICE_KERNEL | NOTICE_CLOCK);
	size_t used;

	if (!record->cardless || !others)
		return false;
	record->verdict = VERDICT_NOTICED;
	why_set(&record->why, 0, "no cell can show it");
	used = strlen(record->why.text);
	if (others & NOTICE_CLOCK)
		used += (size_t)snprintf(record->why.text + used, sizeof(record->why.text) - used,
					 "; START was blocked in %" PRIu64 " of %" PRIu64
					 " frames, for %.1f ms in the "
					 "mean where its control takes %.1f ms",
					 record->start_blocked, record->frames,
					 (double)start_mean_ns(record) / 1e6,
					 (double)start_mean_ns(control) / 1e6);
	if (others & NOTICE_KERNEL)
		used += (size_t)snprintf(record->why.text + used, sizeof(record->why.text) - used,
					 "; the kernel said: %s", strerror(-record->refused));
	if (others & NOTICE_STATE)
		snprintf(record->why.text + used, sizeof(record->why.text) - used,
			 "; the module noticed");
	return true;
}

/* A fault that was noticed in some runs only was not noticed. */
static void judge_runs(struct record *record)
{
	const struct record_seeds *seeds = &record->seeds;

	if (!seeds->odd || record->verdict != VERDICT_NOTICED)
		return;
	record->verdict = record->hidden.text[0] ? VERDICT_NOT_SHOWN : VERDICT_UNNOTICED;
	record->by &= ~(unsigned int)NOTICE_CARD;
	why_set(&record->why, 0, "noticed in %" PRIu32 " of %" PRIu64 " runs only: not%s%s",
		seeds->by[0], seeds->runs, record->hidden.text[0] ? ", as " : "",
		record->hidden.text);
	name_odd_run(record);
}

/* By the order's name, which is the same in all pairs, as the why may be: a table tells it once. */
static void skip_without_control(struct record *record, const struct record *control)
{
	bool skipped = control->verdict == VERDICT_SKIPPED && control->why.text[0];

	record->verdict = VERDICT_SKIPPED;
	why_set(&record->why, 0, "its control %s is %s, so the fault says nothing%s%s",
		control->order, verdict_name(control->verdict), skipped ? ": " : "",
		skipped ? control->why.text : "");
}

void record_judge_fault(struct record *record, const struct record *control)
{
	char bad[200];

	if (record->skip.text[0]) {
		skip_unchecked(record);
		return;
	}
	if (control->verdict != VERDICT_OK) {
		skip_without_control(record, control);
		return;
	}
	if (!record->cells.checked) {
		/* A screen alone won't do: its control had none to be held against. */
		record->verdict = VERDICT_SKIPPED;
		if (!record->why.text[0])
			why_set(&record->why, 0, "no cell was checked");
		return;
	}
	if (skip_unchecked(record))
		return;
	if (!seen_unclean(&record->cells) && noticed_by_others(record, control))
		return;
	if (!seen_unclean(&record->cells) && record->hidden.text[0]) {
		record->verdict = VERDICT_NOT_SHOWN;
		why_set(&record->why, 0, "every cell came back fresh: %s", record->hidden.text);
		return;
	}
	if (!seen_unclean(&record->cells)) {
		record->verdict = VERDICT_UNNOTICED;
		why_set(&record->why, 0,
			"the fault was made on purpose and every cell came back fresh");
		return;
	}
	record->verdict = VERDICT_NOTICED;
	record->by |= NOTICE_CARD;
	describe_bad_cells(&record->cells, bad, sizeof(bad));
	why_set(&record->why, 0, "%s", bad);
	judge_runs(record);
}

/* The frames that were not done might have shown a fault; those of another seed's run could not. */
static bool part_is_enough(const struct record *record)
{
	return record->verdict == VERDICT_BROKEN ||
	       (record->verdict == VERDICT_UNNOTICED && record->seeds.odd);
}

void record_judge_part(struct record *record, const char *what)
{
	if (part_is_enough(record))
		return;
	record->verdict = VERDICT_SKIPPED;
	record->cut_off = true;
	why_set(&record->why, 0, "not whole, %" PRIu64 " frames were done: %s", record->frames,
		what);
}

void record_layout_note(const struct record_layout *layout, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	if (layout->stride % CARD_CELL_BYTES)
		used += (size_t)snprintf(text + used, size - used,
					 "the stride is no multiple of %d: a cell is not one cache "
					 "line, and may come out torn by right",
					 CARD_CELL_BYTES);
	if (layout->cpu_line && layout->cpu_line != CARD_CELL_BYTES && used < size)
		used += (size_t)snprintf(
			text + used, size - used,
			"%sthe CPU's cache line is %u bytes, a cell %d: cells may come "
			"out torn by right",
			used ? "; " : "", layout->cpu_line, CARD_CELL_BYTES);
	if (layout->uncovered && used < size)
		snprintf(text + used, size - used,
			 "%s%u pixels at the end of each row are no whole cell: not covered",
			 used ? "; " : "", layout->uncovered);
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
