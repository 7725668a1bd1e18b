// SPDX-License-Identifier: MIT
/* run: the orders of one `staleline show`, one after another. See run.h. */
#include "cmd/run.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	STALL_MS = 60000,    /* a counted run ends where the compositor asks for nothing */
	CONTROL_FRAMES = 60, /* in order, before a fault: at most */
};

/* Who takes part, for the record: once the stage stands. */
static void describe_stage(struct show *show, const struct order *order, struct record *record)
{
	struct stage *stage = &show->stage;
	bool reads = order->direction == ORDER_CPU_READ;
	const struct peer *peer = reads ? stage_writer(stage) : &stage->peer;
	const struct peer_ops *ops = reads ? show->options.writer : show->options.peer;

	snprintf(record->exporter, sizeof(record->exporter), "%s%s%s",
		 stage->exporter_open ? stage->exporter.ops->name : show->options.exporter,
		 stage->exporter.device[0] ? " " : "", stage->exporter.device);
	if (stage->peer_open)
		snprintf(record->peer, sizeof(record->peer), "%s", peer->path);
	else
		snprintf(record->peer, sizeof(record->peer), "%s", ops ? ops->name : "none");
	if (stage->conn_open)
		snprintf(record->compositor, sizeof(record->compositor),
			 "linux-dmabuf version %u (it offers %u)", stage->conn.dmabuf_version,
			 stage->conn.dmabuf_offered);
}

static struct record_layout layout_of(const struct stage *stage)
{
	const struct buffer *buffer = &stage->slots[0].buffer;
	long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);

	if (!stage->slots_open)
		return (struct record_layout){ 0 };
	return (struct record_layout){
		.width = buffer->width,
		.height = buffer->height,
		.stride = buffer->stride,
		.uncovered = buffer->width % CARD_CELL_PIXELS,
		.cpu_line = line > 0 ? (uint32_t)line : 0,
	};
}

struct record *run_new_record(struct show *show, const struct order *order)
{
	struct record *record = &show->records[show->report.count++];

	*record = (struct record){
		.name = order->name,
		.command = "show",
		.direction = order->direction == ORDER_CPU_WRITE ? "cpu-write" : "cpu-read",
		.sync = "implicit",
		.order = order->name,
		.fault = order_is_fault(order) ? order->name : NULL,
		.no_bracket = order_leaves_out_bracket(order),
		.control_order = order->control,
	};
	describe_stage(show, order, record);
	if (show->stage.slots_open)
		ground_of_record(&show->ground, &show->stage, order, record);
	record->layout = layout_of(&show->stage);
	return record;
}

static int one_frame(struct show *show, const struct order *order, struct slot *slot,
		     struct record *record, struct why *why)
{
	struct stage *stage = &show->stage;
	struct frame frame = {
		.stage = stage,
		.order = order,
		.record = record,
		.trace = &show->trace,
		.slot = slot,
		.other = &stage->slots[slot == &stage->slots[0] ? 1 : 0],
		.number = ++show->number & CARD_FRAME_MASK,
	};
	int err;

	if (clock_ns() >= show->panel_due)
		run_update_panel(show, record);
	err = frame_perform(&frame, why);
	if (!err) {
		show->drawn = frame.drawn;
		show->sent = frame.sent;
	}
	return err;
}

/* Wait for events; -ETIME where a counted run has seen none that let it go on for too long. */
static int wait_events(struct show *show, int64_t since, struct why *why)
{
	int err = connection_dispatch(&show->stage.conn, RUN_TICK_MS, why);

	if (!err && show->options.frames && clock_ns() - since > (int64_t)STALL_MS * 1000000)
		return why_set(
			why, -ETIME,
			"the compositor %s for %d s; is the window hidden? (--frames= is given, so "
			"this run ends)",
			show->stage.window.frame_due ? "gave no buffer back" : "asked for no frame",
			STALL_MS / 1000);
	return err;
}

/* Perform @order frame by frame, at the compositor's pace; 0: until stopped. */
static int run_order(struct show *show, const struct order *order, uint64_t frames,
		     struct record *record, struct why *why)
{
	struct stage *stage = &show->stage;
	int64_t began = clock_ns(), progress = began;
	int err = 0;

	show->wanted = frames;
	err = ground_begin(&show->ground, stage, why);
	while (!err && !run_stopped(show) && (!frames || record->frames < frames)) {
		struct slot *slot =
			stage->window.frame_due ? frame_free_slot(stage, &show->turn) : NULL;

		if (!slot) {
			err = wait_events(show, progress, why);
			continue;
		}
		err = one_frame(show, order, slot, record, why);
		progress = clock_ns();
		record->seconds = (double)(progress - began) / 1e9;
	}
	if (!err && record->frames)
		err = ground_ask_module(&show->ground, &show->drawn->buffer, record, why);
	return err;
}

/* "FOLDER/ORDER-what.png"; cut where a path can't be that long, and then it can't be written either. */
static void picture_path(char path[PATH_MAX], const struct show *show, const struct record *record,
			 const char *what)
{
	snprintf(path, PATH_MAX, "%s/%s%s.png", show->options.save_each, record->name, what);
}

/* The pictures of @record's last frame: those of --save-each, or of the last order those named. */
static void take_pictures(struct show *show, struct record *record, bool last)
{
	const struct show_options *options = &show->options;
	char both[PATH_MAX], card[PATH_MAX], heatmap[PATH_MAX], screenshot[PATH_MAX];
	struct run_pictures pictures = { both, card, heatmap, screenshot };
	struct why why = { "" };
	int err;

	if (options->save_each) {
		picture_path(both, show, record, "");
		picture_path(card, show, record, "-card");
		picture_path(heatmap, show, record, "-heatmap");
		picture_path(screenshot, show, record, "-screen");
	} else if (last) {
		pictures = (struct run_pictures){ options->save, options->save_card,
						  options->save_heatmap, options->screenshot };
	} else {
		return;
	}
	err = last_frame_look(show, record, &pictures, &why);
	if (err && !show->picture_err) {
		show->picture_err = err;
		show->picture_why = why;
	}
}

/* What was found wrong stands; but a part of what was asked for is no good verdict on the whole. */
static void not_whole(struct record *record, const char *what)
{
	if (record->verdict == VERDICT_BROKEN || record->verdict == VERDICT_UNNOTICED)
		return;
	record->verdict = VERDICT_SKIPPED;
	why_set(&record->why, 0, "not whole, %" PRIu64 " frames were done: %s", record->frames,
		what);
}

/* The verdict from counts; an order that broke off says so in its record. */
static void judge(struct show *show, struct record *record, const struct record *control, int err,
		  const struct why *why)
{
	if (!show->options.peer && !record->has_screenshot)
		why_set(&record->why, 0, "nobody looked: --peer=none");
	if (control)
		record_judge_fault(record, control);
	else
		record_judge_control(record);
	if (err)
		not_whole(record, why->text);
	else if (record->frames < show->wanted)
		not_whole(record,
			  *show->interrupted ? "stopped by a signal" : "the window was closed");
}

/* One order, from its first frame to its verdict. @control: of a fault, and judged already. */
static int run_one(struct show *show, const struct order *order, struct record *record,
		   const struct record *control, bool last, struct why *why)
{
	uint64_t frames = show->options.frames;
	int err;

	if (!last && (!frames || frames > CONTROL_FRAMES) && !control)
		frames = CONTROL_FRAMES;
	err = run_order(show, order, frames, record, why);
	if (!err)
		take_pictures(show, record, last || run_stopped(show));
	run_count_presented(show, record);
	judge(show, record, control, err, why);
	return err;
}

/*
 * The control of @fault, where it is another than the run's: it gets no record of its own, but is told
 * of in that of the fault; unless it was not clean, which must be heard.
 */
static int run_own_control(struct show *show, const struct order *fault, struct record *control,
			   struct why *why)
{
	const struct order *order = order_find(fault->control);
	struct record *record = run_new_record(show, order);
	const char *save_each = show->options.save_each;
	int err;

	show->options.save_each = NULL;
	err = run_one(show, order, record, NULL, false, why);
	show->options.save_each = save_each;
	*control = *record;
	if (record->verdict == VERDICT_OK)
		show->report.count--;
	return err;
}

/* @control: that of the run, which has a record. */
static int run_fault(struct show *show, const struct order *fault, const struct record *control,
		     bool last, struct why *why)
{
	struct record own;
	struct record *record;
	int err = 0;

	if (strcmp(fault->control, control->order)) {
		err = run_own_control(show, fault, &own, why);
		control = &own;
	}
	record = run_new_record(show, fault);
	if (control == &own)
		record->control = (struct record_control){ own.order, own.frames, own.cells };
	if (err || run_stopped(show)) {
		record->verdict = VERDICT_SKIPPED;
		why_set(&record->why, 0, err ? "its control broke off" : "stopped before it began");
		return err;
	}
	return run_one(show, fault, record, control, last, why);
}

int run_all(struct show *show, struct why *why)
{
	const struct show_options *options = &show->options;
	struct record *control = run_new_record(show, options->order);
	int err = run_one(show, options->order, control, NULL, !options->faults_count, why);

	for (uint32_t i = 0; !err && i < options->faults_count; i++)
		err = run_fault(show, options->faults[i], control, i + 1 == options->faults_count,
				why);
	return err;
}
