// SPDX-License-Identifier: MIT
/* pair: what the records of one exporter, peer and direction say together. See pair.h. */
#include "report/pair.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What tells most of a pair's records; NULL: there is none such. */
struct findings {
	const struct record *broken, *ok, *skipped; /* controls; @broken may be a fault, too */
	const struct record *needs;    /* a fault that left out a bracket, and showed */
	const struct record *unneeded; /* that showed nothing, and can't here */
	const struct record *unnoticed;
	const struct record *untried; /* a fault that leaves out a bracket, and was skipped */
	bool clean;		      /* a control was, if only one that has no record of its own */
};

bool report_pair_has(const struct report_pair *pair, const struct record *record)
{
	return pair->record->pair == record->pair;
}

static void take(struct findings *found, const struct record *record)
{
	const struct record **place = NULL;

	switch (record->verdict) {
	case VERDICT_BROKEN:
		place = &found->broken;
		break;
	case VERDICT_OK:
		place = &found->ok;
		break;
	case VERDICT_NOTICED:
		place = record->no_bracket ? &found->needs : NULL;
		break;
	case VERDICT_NOT_SHOWN:
		place = record->no_bracket ? &found->unneeded : NULL;
		break;
	case VERDICT_UNNOTICED:
		place = &found->unnoticed;
		break;
	case VERDICT_SKIPPED:
		place = !record->fault	     ? &found->skipped
			: record->no_bracket ? &found->untried
					     : NULL;
		break;
	}
	if (place && !*place)
		*place = record;
	/* A fault is judged beside a clean control only, which may have no record (`show`). */
	found->clean |= record->verdict == VERDICT_OK ||
			(record->fault && record->verdict != VERDICT_SKIPPED &&
			 record->verdict != VERDICT_BROKEN);
}

/*
 * "12 frames at 256x64": of each size that @fault was performed at, since none is a promise (R3).
 */
static void say_where(const struct report *report, const struct report_pair *pair,
		      const struct record *fault, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (const struct record *record = fault; record < report->records + report->count;
	     record++)
		if (report_pair_has(pair, record) && record->fault &&
		    !strcmp(record->fault, fault->fault) && used < size)
			used += (size_t)snprintf(text + used, size - used,
						 "%s%" PRIu64 " frames of %s at %ux%u",
						 used ? ", " : "", record->frames, record->fault,
						 record->layout.width, record->layout.height);
}

static void judge(const struct report *report, const struct findings *found,
		  struct report_pair *pair)
{
	char where[200];

	if (found->broken) {
		pair->verdict = verdict_name(VERDICT_BROKEN);
		pair->why = found->broken->why;
	} else if (!found->clean) {
		pair->verdict = verdict_name(VERDICT_SKIPPED);
		pair->why = found->skipped ? found->skipped->why : pair->record->why;
	} else if (found->needs) {
		pair->verdict = "needs-brackets";
		why_set(&pair->why, 0, "without them (%s): %s", found->needs->fault,
			found->needs->why.text);
	} else if (found->unnoticed) {
		pair->verdict = verdict_name(VERDICT_OK);
		why_set(&pair->why, 0,
			"%s had to show and was not noticed: nothing is known of brackets here",
			found->unnoticed->fault);
	} else if (found->unneeded) {
		pair->verdict = verdict_name(VERDICT_OK);
		say_where(report, pair, found->unneeded, where, sizeof(where));
		why_set(&pair->why, 0, "no need for brackets seen in %s, which is no promise (R3)",
			where);
	} else if (found->untried) {
		pair->verdict = verdict_name(VERDICT_OK);
		why_set(&pair->why, 0, "%s was skipped, so nothing is known of brackets: %s",
			found->untried->fault, found->untried->why.text);
	} else {
		pair->verdict = verdict_name(VERDICT_OK);
		why_set(&pair->why, 0, "%s",
			found->ok && found->ok->why.text[0]
				? found->ok->why.text
				: "brackets were never left out in this run");
	}
}

/* Is the record at @at the first of its pair? */
static bool begins(const struct report *report, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (report->records[i].pair == report->records[at].pair)
			return false;
	return true;
}

bool report_next_pair(const struct report *report, size_t *at, struct report_pair *pair)
{
	struct findings found = { 0 };

	while (*at < report->count && !begins(report, *at))
		(*at)++;
	if (*at >= report->count)
		return false;
	*pair = (struct report_pair){ .record = &report->records[(*at)++] };
	for (size_t i = 0; i < report->count; i++)
		if (report_pair_has(pair, &report->records[i]))
			take(&found, &report->records[i]);
	judge(report, &found, pair);
	return true;
}
