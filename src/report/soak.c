// SPDX-License-Identifier: MIT
/* soak: what the RECORD of a soak says. See soak.h. */
#include "report/soak.h"

#include <inttypes.h>
#include <string.h>

static void say_changed(const struct cell_count *again, struct why *why)
{
	const struct cell_place *place = &again->first[0];

	why_set(why, 0,
		"%" PRIu64 " of %" PRIu64
		" cells that were fresh are not any more, and nobody has written: first at "
		"column %u, row %u, before frame %u: %s",
		again->checked - again->kind[CELL_FRESH], again->checked, place->col, place->row,
		place->frame, cell_kind_name(place->verdict.kind));
}

void record_judge_soak(struct record *record)
{
	const struct record_soak *soak = &record->soak;

	record_judge_control(record);
	if (record->verdict != VERDICT_OK)
		return;
	record->verdict = VERDICT_BROKEN;
	if (soak->again.checked && !cell_count_clean(&soak->again))
		say_changed(&soak->again, &record->why);
	else if (soak->measured && soak->fds_end > soak->fds_begin)
		why_set(&record->why, 0,
			"file descriptors are left open: %" PRIu64 " at the begin, %" PRIu64
			" after %.1f s",
			soak->fds_begin, soak->fds_end, soak->seconds);
	else if (soak->measured && soak->rss_end > soak->rss_begin + SOAK_GROWTH_KIB)
		why_set(&record->why, 0,
			"memory grows: %" PRIu64 " KiB at the begin, %" PRIu64
			" KiB after %.1f s; more than %d KiB is a leak",
			soak->rss_begin, soak->rss_end, soak->seconds, SOAK_GROWTH_KIB);
	else
		record->verdict = VERDICT_OK;
}

void record_soak_text(const struct record *record, char *text, size_t size)
{
	const struct record_soak *soak = &record->soak;
	uint64_t changed = soak->again.checked - soak->again.kind[CELL_FRESH];
	size_t used;

	text[0] = '\0';
	if (!soak->threads || !record->frames)
		return;
	used = (size_t)snprintf(text, size,
				"%" PRIu64 " frames in %" PRIu32 " thread%s, %.1f s in all; looked "
				"at again: %" PRIu64 " cells, %" PRIu64 " not fresh any more",
				record->frames, soak->threads, soak->threads == 1 ? "" : "s",
				soak->seconds, soak->again.checked, changed);
	if (soak->signals && used < size)
		used += (size_t)snprintf(text + used, size - used,
					 "; %" PRIu64 " signals, restarted: START %" PRIu64
					 ", END %" PRIu64,
					 soak->signals, soak->start_hits, soak->end_hits);
	if (used < size && soak->measured)
		snprintf(text + used, size - used,
			 "; file descriptors %" PRIu64 " -> %" PRIu64 "; memory %" PRIu64
			 " -> %" PRIu64 " KiB",
			 soak->fds_begin, soak->fds_end, soak->rss_begin, soak->rss_end);
	else if (used < size)
		snprintf(text + used, size - used,
			 "; stopped before descriptors and memory were counted");
}
