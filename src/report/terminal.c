// SPDX-License-Identifier: MIT
/* terminal: RECORDs as text for people. */
#include "report/terminal.h"

#include <inttypes.h>

static void print_cells(FILE *out, const char *title, const struct cell_count *cells)
{
	fprintf(out, "  %-11s %" PRIu64 " checked", title, cells->checked);
	for (int kind = 0; kind < CELL_KINDS; kind++)
		if (cells->kind[kind] || kind == CELL_FRESH)
			fprintf(out, ", %" PRIu64 " %s", cells->kind[kind], cell_kind_name(kind));
	fputc('\n', out);
}

/* Neighbours are often wrong together: a few will do here, the result file has them all. */
enum {
	TERMINAL_PLACES = 4,
	TERMINAL_RATE_FRAMES = 30, /* fewer say more of the start than of the rate */
};

static void print_places(FILE *out, const struct cell_count *cells)
{
	for (uint32_t i = 0; i < cells->places && i < TERMINAL_PLACES; i++) {
		const struct cell_place *place = &cells->first[i];
		uint32_t by = cell_verdict_by(place->verdict);

		fprintf(out, "  %-11s frame %u, column %u, row %u: %s", i ? "" : "first at",
			place->frame, place->col, place->row, cell_kind_name(place->verdict.kind));
		if (by)
			fprintf(out, " by %u", by);
		fputc('\n', out);
	}
}

/* "commit to presented 12.1 to 33.0 ms, in the mean 16.7" */
static void print_spread(FILE *out, const char *title, const char *what,
			 const struct spread *spread)
{
	if (spread->count)
		fprintf(out, "  %-11s %s %.2f to %.2f ms, in the mean %.2f\n", title, what,
			(double)spread->min / 1e6, (double)spread->max / 1e6,
			(double)spread_mean(spread) / 1e6);
}

/* What is not told is said to be: no number is made up for it. */
static void print_presented(FILE *out, const struct presented *told)
{
	if (!told->shown && !told->discarded)
		return;
	fprintf(out,
		"  %-11s %" PRIu64 " of %" PRIu64 " frames asked about, %" PRIu64
		" without a copy\n",
		"presented", told->shown, told->shown + told->discarded, told->zero_copy);
	print_spread(out, "latency", "commit to presented", &told->latency);
	if (!told->latency.count)
		fprintf(out, "  %-11s not told%s\n", "latency",
			told->clock ? "" : ": by no clock that we can read");
	if (told->refreshes)
		fprintf(out,
			"  %-11s %" PRIu64 " of %" PRIu64
			" refreshes brought no new frame of ours (%.1f Hz)\n",
			"repeated", told->missed, told->refreshes, 1e9 / told->refresh_ns);
	else
		fprintf(out, "  %-11s not told\n", "repeated");
}

static void print_control(FILE *out, const struct record_control *control)
{
	if (control->name)
		fprintf(out,
			"  %-11s %s, %" PRIu64 " frames before it: %" PRIu64 " of %" PRIu64
			" cells fresh\n",
			"control", control->name, control->frames, control->cells.kind[CELL_FRESH],
			control->cells.checked);
}

/* The truth, beside what was seen. */
static void print_module(FILE *out, const struct record_module *module)
{
	if (!module->mode)
		return;
	fprintf(out,
		"  %-11s %s; last buffer: %" PRIu64 " lines clean, %" PRIu64 " dirty, %" PRIu64
		" stale, %" PRIu64 " both\n",
		"module", module->mode, module->clean, module->dirty, module->stale, module->both);
	fprintf(out,
		"  %-11s %" PRIu64 " START, %" PRIu64 " END, %" PRIu64 " unbalanced, %" PRIu64
		" mismatched, %" PRIu64 " restarted; dirty lines read by jobs %" PRIu64
		", scanned out %" PRIu64 "\n",
		"", module->starts, module->ends, module->unbalanced, module->mismatched,
		module->restarted, module->job_dirty, module->scanout_dirty);
	if (module->trap_read || module->trap_write)
		fprintf(out,
			"  %-11s outside of brackets %" PRIu64 " pages read, %" PRIu64 " written\n",
			"", module->trap_read, module->trap_write);
}

static void print_layout(FILE *out, const struct record_layout *layout)
{
	char note[320];

	if (!layout->width)
		return;
	record_layout_note(layout, note, sizeof(note));
	fprintf(out, "  %-11s %ux%u, stride %u%s%s%s\n", "buffers", layout->width, layout->height,
		layout->stride, layout->dmabufs > 1 ? "; each plane in a dma-buf of its own" : "",
		note[0] ? "; " : "", note);
}

void terminal_print_record(FILE *out, const struct record *record)
{
	fprintf(out, "%s: %s%s\n", record->name, verdict_name(record->verdict),
		record->verdict == VERDICT_OK && !record->why.text[0] ? ", every cell was fresh"
		: record->verdict == VERDICT_NOTICED		      ? ", as it should be"
								      : "");
	fprintf(out, "  %-11s %" PRIu64, "frames", record->frames);
	if (record->frames >= TERMINAL_RATE_FRAMES && record->seconds > 0)
		fprintf(out, ", %.1f frames/s by frame callbacks",
			(double)(record->frames - 1) / record->seconds);
	fputc('\n', out);
	print_spread(out, "drawing", "START to commit", &record->start_to_commit);
	print_presented(out, &record->presented);
	print_control(out, &record->control);
	print_cells(out, "cells", &record->cells);
	print_places(out, &record->cells);
	if (record->has_screenshot)
		print_cells(out, "screenshot", &record->screenshot);
	else if (record->screenshot_why[0])
		fprintf(out, "  %-11s none: %s\n", "screenshot", record->screenshot_why);
	print_module(out, &record->module);
	if (record->scaled)
		fprintf(out,
			"  %-11s the compositor scales, or does not say whether it does: not 1:1\n",
			"screen");
	print_layout(out, &record->layout);
	fprintf(out, "  %-11s %s\n", "exporter", record->exporter);
	fprintf(out, "  %-11s %s\n", "peer", record->peer);
	if (record->compositor[0])
		fprintf(out, "  %-11s %s\n", "compositor", record->compositor);
	if (record->why.text[0])
		fprintf(out, "  %-11s %s\n", "why", record->why.text);
}
