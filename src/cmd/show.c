// SPDX-License-Identifier: MIT
/*
 * show: the Wayland client. One run is a control, and behind it the fault where one was asked
 * for: each gives a RECORD. Every way out of here prints and writes what was found until then.
 */
#include "cmd/show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/run.h"
#include "report/terminal.h"

enum {
	STALL_MS = 60000,    /* a counted run ends where the compositor asks for nothing */
	CONTROL_FRAMES = 60, /* in order, before a fault */
};

/* Who takes part, for the record: once the stage stands. */
static void describe_stage(struct show *show, struct record *record)
{
	struct stage *stage = &show->stage;

	snprintf(record->exporter, sizeof(record->exporter), "%s%s%s",
		 stage->exporter_open ? stage->exporter.ops->name : show->options.exporter,
		 stage->exporter.device[0] ? " " : "", stage->exporter.device);
	if (stage->peer_open)
		snprintf(record->peer, sizeof(record->peer), "%s", stage->peer.path);
	else
		snprintf(record->peer, sizeof(record->peer), "%s",
			 show->options.peer ? show->options.peer->name : "none");
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

static struct record *new_record(struct show *show, const struct order *order)
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
	describe_stage(show, record);
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

/* The control, and the fault behind it where one was asked for. */
static int run_all(struct show *show, struct why *why)
{
	const struct show_options *options = &show->options;
	struct record *control = new_record(show, options->order);
	struct record *fault = options->fault ? new_record(show, options->fault) : NULL;
	uint64_t frames = options->frames;
	int err;

	if (fault && (!frames || frames > CONTROL_FRAMES))
		frames = CONTROL_FRAMES;
	show->current = control;
	err = run_order(show, options->order, frames, control, why);
	if (err || !fault)
		return err;
	if (run_stopped(show)) {
		why_set(&fault->why, 0, "stopped before it began");
		return 0;
	}
	run_count_presented(show, control);
	show->current = fault;
	return run_order(show, options->fault, options->frames, fault, why);
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

/* Verdicts from counts; a run that broke off says so in the record that it broke. */
static void judge(struct show *show, int err, const struct why *why)
{
	struct record *control = &show->records[0], *current = show->current;

	if (!show->options.peer && !current->has_screenshot)
		why_set(&current->why, 0, "nobody looked: --peer=none");
	record_judge_control(control);
	if (show->report.count > 1)
		record_judge_fault(&show->records[1], control);
	if (err)
		not_whole(current, why->text);
	else if (current->frames < show->wanted)
		not_whole(current,
			  *show->interrupted ? "stopped by a signal" : "the window was closed");
}

static int write_result(struct show *show, struct why *why)
{
	show->report.records = show->records;
	show->report.version = STALELINE_VERSION;
	show->report.renderer = show->stage.peer_open ? show->stage.peer.path : "";
	if (!show->options.json)
		return 0;
	return report_write_json(&show->report, show->options.json, why);
}

static void complain(const struct why *why)
{
	fprintf(stderr, "staleline: %s\n", why->text);
}

/* Some compositors on software drivers die of buffers that they themselves called good. */
static void hint_at_crash(const struct show *show)
{
	fprintf(stderr,
		"staleline: did it crash on buffers of %s? See its log; another --exporter= may "
		"do\n",
		show->stage.exporter.ops->name);
}

/* 4: a fault that was asked for and never judged is no success, whatever its control is. */
static int exit_code(const struct show *show)
{
	int code = report_exit_code(&show->report);

	if (code == 0 && show->options.fault && show->records[1].verdict == VERDICT_SKIPPED)
		return 4;
	return code;
}

/* Everything between a stage that stands and the exit code. */
static int perform(struct show *show)
{
	struct why why = { "" }, picture_why = { "" }, json_why = { "" };
	int err, picture_err = 0, json_err, code;

	err = run_all(show, &why);
	if (!err) /* a picture that can't be taken is an error, but none of the run */
		picture_err = last_frame_look(show, show->current, &picture_why);
	judge(show, err, &why);
	for (size_t i = 0; i < show->report.count; i++)
		terminal_print_record(stdout, &show->records[i]);
	json_err = write_result(show, &json_why);
	if (err)
		complain(&why);
	if (err == -EPIPE)
		hint_at_crash(show);
	if (picture_err)
		complain(&picture_why);
	if (json_err)
		complain(&json_why);
	/* That something is broken is what one must hear, whatever else went wrong. */
	code = exit_code(show);
	return code != 1 && (err || picture_err || json_err) ? 3 : code;
}

/* Nothing could be set up, so nothing could be checked: that too is a result. */
static int report_no_stage(struct show *show, int stage_err, struct why *why)
{
	struct record *record = new_record(show, show->options.order);
	struct why json_why = { "" };
	int err;

	record->why = *why;
	record->verdict = VERDICT_SKIPPED;
	complain(why);
	if (stage_err == -EPIPE && show->stage.exporter_open)
		hint_at_crash(show);
	err = write_result(show, &json_why);
	if (err)
		complain(&json_why);
	/* What went away or ran out is another matter than what is not there. */
	if (err || stage_err == -EPIPE || stage_err == -EPROTO || stage_err == -ENOMEM)
		return 3;
	return 4;
}

int cmd_show(int argc, char **argv, const volatile sig_atomic_t *interrupted)
{
	struct show show = { .interrupted = interrupted };
	struct why why = { "" };
	int err, code;

	switch (options_parse_show(&show.options, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	show.trace.on = show.options.trace;
	err = stage_open(&show.stage, &show.options, interrupted, &why);
	if (!err)
		err = ground_find(&show.stage, &show.ground, &why);
	if (err)
		code = report_no_stage(&show, err, &why);
	else
		code = perform(&show);
	stage_close(&show.stage);
	return code;
}
