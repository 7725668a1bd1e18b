// SPDX-License-Identifier: MIT
/*
 * show: the Wayland client. One run is a control, and behind it the fault where one was asked
 * for: each gives a RECORD. Every way out of here prints and writes what was found until then.
 */
#include "cmd/show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/frame.h"
#include "cmd/options.h"
#include "cmd/screenshot.h"
#include "report/picture.h"
#include "report/terminal.h"

enum {
	TICK_MS = 500,	     /* how often flags are looked at while nothing happens */
	STALL_MS = 60000,    /* a counted run ends where the compositor asks for nothing */
	PANEL_MS = 250,	     /* how often the panel is drawn anew: text is no video */
	CONTROL_FRAMES = 60, /* in order, before a fault */
	SETTLE_MS = 20000,   /* until the last frame is on the screen */
};

struct show {
	struct show_options options;
	struct stage stage;
	struct trace trace;
	struct record records[2];
	struct report report;
	char renderer[160];
	const volatile sig_atomic_t *interrupted;

	uint32_t number; /* of the last frame */
	uint32_t turn;	 /* which buffer is next */
	int64_t panel_due;
	const struct slot *drawn; /* of the last frame: what is expected on the screen */
	struct slot *sent;	  /* of the last frame: what is there */
};

static bool stopped(const struct show *show)
{
	return *show->interrupted || show->stage.window.closed;
}

static struct heat heat_of(const struct show *show, const struct record *record)
{
	return (struct heat){
		.colours = record->cells.checked ? show->stage.heat : NULL,
		.cols = show->stage.card.cols,
		.rows = show->stage.card.rows,
	};
}

static void update_panel(struct show *show, const struct record *record)
{
	const struct heat heat = heat_of(show, record);
	struct picture panel;

	panel.pixels = window_panel_pixels(&show->stage.window, &panel.width, &panel.height,
					   &panel.stride);
	if (!panel.pixels)
		return;
	picture_panel(&panel, record, &heat);
	window_panel_show(&show->stage.window);
	show->panel_due = clock_ns() + (int64_t)PANEL_MS * 1000000;
}

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
			 show->options.peer ? "egl" : "none");
	if (stage->conn_open)
		snprintf(record->compositor, sizeof(record->compositor),
			 "linux-dmabuf version %u (it offers %u)", stage->conn.dmabuf_version,
			 stage->conn.dmabuf_offered);
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
	};
	describe_stage(show, record);
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
		update_panel(show, record);
	err = frame_perform(&frame, why);
	if (!err) {
		show->drawn = slot;
		show->sent = frame.sent;
	}
	return err;
}

/* Wait for events; -ETIME where a counted run has seen none that let it go on for too long. */
static int wait_events(struct show *show, int64_t since, struct why *why)
{
	int err = connection_dispatch(&show->stage.conn, TICK_MS, why);

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

	while (!err && !stopped(show) && (!frames || record->frames < frames)) {
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
	return err;
}

/* Until the last frame is on the screen: then the compositor asks for another. */
static int settle(struct show *show, struct why *why)
{
	int64_t deadline = clock_ns() + (int64_t)SETTLE_MS * 1000000;
	int err = 0;

	while (!err && !show->stage.window.frame_due && !stopped(show) && clock_ms_left(deadline))
		err = connection_dispatch(&show->stage.conn, TICK_MS, why);
	return err;
}

/* The card as the CPU reads it back, in a bracket of its own (R1, R5). */
static int read_back(struct show *show, struct picture *picture, struct why *why)
{
	struct buffer *buffer = &show->sent->buffer;
	int err;

	*picture = (struct picture){ NULL, buffer->width, buffer->height, buffer->width * 4 };
	picture->pixels = malloc((size_t)picture->stride * picture->height);
	if (!picture->pixels)
		return why_set(why, -ENOMEM, "a copy of the card: out of memory");
	err = access_wait(&buffer->access, ACCESS_READ, SETTLE_MS);
	if (!err)
		err = access_begin(&buffer->access, ACCESS_READ);
	if (err)
		return why_set(why, err, "read buffer %u back: %s", buffer->number, strerror(-err));
	for (uint32_t y = 0; y < buffer->height; y++)
		memcpy((char *)picture->pixels + (size_t)y * picture->stride,
		       (char *)buffer_pixels(buffer) + (size_t)y * buffer->stride, picture->stride);
	return access_end(&buffer->access, ACCESS_READ);
}

static int save_pictures(struct show *show, const struct record *record, struct why *why)
{
	const struct show_options *options = &show->options;
	const struct heat heat = heat_of(show, record);
	struct picture card = { 0 };
	int err = 0;

	if (options->save || options->save_card)
		err = read_back(show, &card, why);
	if (!err && options->save_card)
		err = picture_save(&card, options->save_card, why);
	if (!err && options->save)
		err = picture_save_both(&card, record, &heat, options->save, why);
	if (!err && options->save_heatmap && heat.colours)
		err = picture_save_heat(&heat, record,
					card.width ? card.width : show->stage.card.width,
					show->stage.card.height, options->save_heatmap, why);
	else if (!err && options->save_heatmap)
		fprintf(stderr, "staleline: no heatmap %s: no cell was checked\n",
			options->save_heatmap);
	free(card.pixels);
	return err;
}

/* After the last frame: what is on the screen is looked at from every side. */
static int look_at_last(struct show *show, struct record *record, struct why *why)
{
	int err;

	if (!show->sent)
		return 0;
	update_panel(show, record);
	err = settle(show, why);
	if (!err && show->options.screenshot)
		err = screenshot_take(&show->stage, &show->drawn->content.expect, record, why);
	if (!err)
		err = save_pictures(show, record, why);
	return err;
}

static int run_all(struct show *show, struct why *why)
{
	const struct show_options *options = &show->options;
	const struct order *fault = options->fault;
	uint64_t frames = options->frames;
	struct record *record = new_record(show, options->order);
	int err;

	if (fault && (!frames || frames > CONTROL_FRAMES))
		frames = CONTROL_FRAMES;
	err = run_order(show, options->order, frames, record, why);
	if (err || !fault)
		return err ? err : look_at_last(show, record, why);
	record_judge_control(record);
	if (stopped(show))
		return 0;
	record = new_record(show, fault);
	err = run_order(show, fault, options->frames, record, why);
	return err ? err : look_at_last(show, record, why);
}

/* Verdicts from counts; a run that broke off says so in the record that it broke. */
static void judge(struct show *show, int err, const struct why *why)
{
	struct record *last = &show->records[show->report.count - 1];

	if (!show->options.peer && !last->has_screenshot)
		why_set(&last->why, 0, "nobody looked: --peer=none");
	record_judge_control(&show->records[0]);
	if (show->report.count > 1)
		record_judge_fault(&show->records[1], &show->records[0]);
	if (err && (last->verdict == VERDICT_OK || last->verdict == VERDICT_SKIPPED)) {
		last->verdict = VERDICT_SKIPPED;
		why_set(&last->why, 0, "broke off after %" PRIu64 " frames: %s", last->frames,
			why->text);
	}
}

static int write_result(struct show *show, struct why *why)
{
	show->report.records = show->records;
	show->report.version = STALELINE_VERSION;
	snprintf(show->renderer, sizeof(show->renderer), "%s",
		 show->stage.peer_open ? show->stage.peer.path : "");
	show->report.renderer = show->renderer;
	if (!show->options.json)
		return 0;
	return report_write_json(&show->report, show->options.json, why);
}

static void complain(const struct why *why)
{
	fprintf(stderr, "staleline: %s\n", why->text);
}

/* Everything between a stage that stands and the exit code. */
static int perform(struct show *show)
{
	struct why why = { "" }, json_why = { "" };
	int err = run_all(show, &why);
	int json_err;

	judge(show, err, &why);
	for (size_t i = 0; i < show->report.count; i++)
		terminal_print_record(stdout, &show->records[i]);
	json_err = write_result(show, &json_why);
	if (err)
		complain(&why);
	if (json_err)
		complain(&json_why);
	return err || json_err ? 3 : report_exit_code(&show->report);
}

/* Nothing could be set up, so nothing could be checked: that too is a result. */
static int report_no_stage(struct show *show, struct why *why)
{
	struct record *record = new_record(show, show->options.order);
	struct why json_why = { "" };
	int err;

	record->why = *why;
	record->verdict = VERDICT_SKIPPED;
	complain(why);
	err = write_result(show, &json_why);
	if (err)
		complain(&json_why);
	return err ? 3 : 4;
}

int cmd_show(int argc, char **argv, const volatile sig_atomic_t *interrupted)
{
	struct show show = { .interrupted = interrupted };
	struct why why = { "" };
	int code;

	switch (options_parse_show(&show.options, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	show.trace.on = show.options.trace;
	if (stage_open(&show.stage, &show.options, &why))
		code = report_no_stage(&show, &why);
	else
		code = perform(&show);
	stage_close(&show.stage);
	return code;
}
