// SPDX-License-Identifier: MIT
/* run: the orders of one `staleline show`, one after another. See run.h. */
#include "cmd/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/describe.h"
#include "cmd/loop.h"
#include "cmd/stage_exporter.h"
#include "cmd/stage_sync.h"
#include "cmd/screen_side.h"

enum {
	STALL_MS = 60000, /* a counted run ends where the compositor asks for nothing */
	ANSWER_MS = 1000, /* what the compositor asks for is answered without a frame after that */
	CONTROL_FRAMES = 60, /* in order, before a fault: at most */
};

/* Wait for events; -ETIME where a counted run has seen none that let it go on for too long. */
static int wait_events(struct show *show, int64_t since, struct why *why)
{
	int err = loop_wait(show, why);

	if (!err && !show->stage.window.frame_due && clock_ns() - since > ANSWER_MS * 1000000LL)
		window_answer(&show->stage.window); /* it is hidden: the new size has to wait */
	if (!err && show->options.frames && clock_ns() - since > (int64_t)STALL_MS * 1000000)
		return why_set(
			why, -ETIME,
			"the compositor %s for %d s; is the window hidden? (--frames= is given, so "
			"this run ends)",
			show->stage.window.frame_due ? "gave no buffer back" : "asked for no frame",
			STALL_MS / 1000);
	return err;
}

/* What a fault before this order left open is ended here: it is none of this one's. */
static int settle_buffers(struct stage *stage, struct why *why)
{
	int err = stage->source_open ? order_settle(&stage->source.buffer, why) : 0;

	for (uint32_t i = 0; i < stage->slots_open && !err; i++)
		err = order_settle(&stage->slots[i].buffer, why);
	return err;
}

/* Nothing more of this order. */
static bool run_left(const struct show *show)
{
	return run_stopped(show) || run_is_asked(show);
}

/* Perform @order frame by frame, at the compositor's pace; 0: until stopped. */
static int run_order(struct show *show, const struct order *order, uint64_t frames,
		     struct record *record, struct why *why)
{
	struct stage *stage = &show->stage;
	int64_t began = clock_ns(), progress = began;
	uint64_t first = record->frames; /* it may go on where a key left it */
	double seconds = record->seconds;
	int err;

	show->wanted = frames;
	presentation_gap(&stage->window.presentation, stage->window.submitted);
	err = settle_buffers(stage, why);
	if (!err)
		err = ground_begin(&show->ground, why);
	while (!err && !run_left(show) && (!frames || record->frames - first < frames)) {
		uint64_t done = record->frames;
		struct slot *slot = NULL;

		run_follow_keys(show, record);
		if (show->keys.paused && !show->keys.step) {
			progress = clock_ns(); /* nobody waits for anything, and misses it */
			presentation_gap(&stage->window.presentation, stage->window.submitted);
			window_answer(&stage->window);
			if (window_panel_is_blank(&stage->window))
				run_update_panel(show, record);
		} else if (stage->window.frame_due) {
			err = loop_free_slot(show, &slot, why);
		}
		if (!err && stage->fell_back)
			break; /* the frames that come are of another record */
		if (!err && !slot)
			err = wait_events(show, progress, why);
		else if (!err)
			err = run_frame(show, order, slot, record, why);
		if (record->frames == done)
			continue;
		show->keys.step = false;
		progress = clock_ns();
		record->seconds = seconds + (double)(progress - began) / 1e9;
	}
	/* Of earlier frames it was asked behind those. */
	if (!err && record->frames > first)
		err = ground_ask_module(&show->ground, order, &show->drawn->buffer, record, why);
	return err;
}

/*
 * "FOLDER/ORDER-what.png"; cut where a path can't be that long,
 * and then it can't be written either.
 */
static void picture_path(char path[PATH_MAX], const struct show *show, const struct record *record,
			 const char *what)
{
	snprintf(path, PATH_MAX, "%s/%s%s.png", show->options.save_each, record->name, what);
}

/* One order of a run, when it is its turn. */
struct turn {
	const struct order *order;
	const struct record *control; /* of a fault, and judged already; NULL: this is a control */
	bool own_control; /* of the fault that comes next: nobody asked for its pictures */
	bool last;
};

/* The pictures of @record's last frame: those of --save-each, or of the last order those named. */
static void take_pictures(struct show *show, struct record *record, const struct turn *turn)
{
	const struct show_options *options = &show->options;
	char both[PATH_MAX], card[PATH_MAX], heatmap[PATH_MAX], screenshot[PATH_MAX];
	struct run_pictures pictures = { both, card, heatmap, NULL };
	struct why why = { "" };
	int err;

	if (!record->frames)
		return; /* what is on the screen is another order's */
	if (options->save_each && turn->own_control)
		return;
	if (options->save_each) {
		picture_path(both, show, record, "");
		picture_path(card, show, record, "-card");
		picture_path(heatmap, show, record, "-heatmap");
		picture_path(screenshot, show, record, "-screen");
		if (options->screenshot_with != SCREENSHOT_NONE)
			pictures.screenshot = screenshot;
	} else if (run_is_asked(show) && !run_stopped(show)) {
		return; /* those named are of the last order, and another comes */
	} else if (turn->last || run_stopped(show)) {
		pictures = (struct run_pictures){ options->save, options->save_card,
						  options->save_heatmap, options->screenshot };
	} else if (screen_side_may_show(show)) {
		pictures = (struct run_pictures){ NULL }; /* the screen is judged, and not kept */
	} else {
		return;
	}
	err = last_frame_look(show, record, &pictures, &why);
	if (err && !show->picture_err) {
		show->picture_err = err;
		show->picture_why = why;
	}
}

/* The verdict from counts; an order that broke off says so in its record. */
static void judge(struct show *show, struct record *record, const struct record *control, int err,
		  const struct why *why)
{
	if (!show->options.peer && !record->has_screenshot && !record->cells.checked)
		why_set(&record->why, 0, "nobody looked: --peer=none");
	if (control)
		record_judge_fault(record, control);
	else
		record_judge_control(record);
	if (err)
		record_judge_part(record, why->text);
	else if (show->stage.fell_back && (!record->frames || record->frames < show->wanted))
		record_judge_part(record, "this kind of sync could not be had after all");
	else if (run_is_asked(show) && !run_stopped(show) && !show->options.frames)
		return; /* as long as the user liked it */
	else if (record->frames < show->wanted)
		record_judge_part(record, *show->interrupted	      ? "stopped by a signal"
					  : show->stage.window.closed ? "the window was closed"
								      : "stopped by a key");
}

/* One order, from its first frame to its verdict. */
static int run_one(struct show *show, const struct turn *turn, struct record *record,
		   struct why *why)
{
	uint64_t frames = show->options.frames;
	int err;

	record->why.text[0] = '\0'; /* of an earlier go, where a key came back */
	if (!turn->last && !turn->control && (!frames || frames > CONTROL_FRAMES))
		frames = CONTROL_FRAMES;
	err = run_order(show, turn->order, frames, record, why);
	if (!err)
		take_pictures(show, record, turn);
	screen_side_tell(show, turn->order, turn->control, record);
	run_count_presented(show, record);
	judge(show, record, turn->control, err, why);
	return err;
}

/*
 * The one that there is by this kind of sync,
 * to go on with where a key comes back to an order; or a new one.
 */
static struct record *record_of(struct show *show, const struct order *order)
{
	for (size_t i = 0; i < show->report.count; i++)
		if (show->records[i].order == order->name && run_is_of_now(show, &show->records[i]))
			return &show->records[i];
	return run_new_record(show, order);
}

/*
 * The control of @fault, where it is another than the run's: it gets no record of its own, but is
 * told of in that of the fault; unless it was not clean, which must be heard.
 */
static int run_own_control(struct show *show, const struct order *fault, struct record *control,
			   struct why *why)
{
	const struct turn turn = { .order = order_find(fault->control), .own_control = true };
	size_t count = show->report.count;
	struct record *record = record_of(show, turn.order);
	int err = run_one(show, &turn, record, why);

	*control = *record;
	if (record->verdict == VERDICT_OK)
		show->report.count = count;
	return err;
}

/* A fault that was asked for and not begun has a record too. */
static void skip_fault(struct show *show, const struct order *fault, const char *what)
{
	struct record *record = run_new_record(show, fault);

	record->verdict = VERDICT_SKIPPED;
	why_set(&record->why, 0, "%s", what);
}

/* @control: that of the run, which has a record. */
static int run_fault(struct show *show, const struct order *fault, const struct record *control,
		     bool last, struct why *why)
{
	bool has_own = strcmp(fault->control, control->order) != 0;
	struct turn turn = { .order = fault, .control = control, .last = last };
	struct record own;
	struct record *record;
	int err = 0;

	if (has_own && !run_stopped(show)) {
		err = run_own_control(show, fault, &own, why);
		turn.control = &own;
	}
	if (err || run_stopped(show)) {
		skip_fault(show, fault, err ? "its control broke off" : "stopped before it began");
		return err;
	}
	if (show->stage.fell_back)
		return 0; /* a record of the sync that there is again has a control of its own */
	record = record_of(show, fault);
	/* One that was not clean has a record, and stands for itself. */
	if (has_own && own.verdict == VERDICT_OK)
		record->control = (struct record_control){ own.order, own.frames, own.cells };
	return run_one(show, &turn, record, why);
}

/*
 * Another kind of sync, or another exporter, as keys ask for it;
 * or as it was before, where that can't be had after all.
 * 1: so it is; 0; or -errno with @why.
 */
static int change_stage(struct show *show, struct why *why)
{
	struct stage *stage = &show->stage;
	bool fell_back = stage->fell_back;
	int changed = 0;

	stage->fell_back = false;
	if (!show->keys.next_sync && !show->keys.next_exporter)
		return fell_back;
	if (!run_has_room(show)) {
		fprintf(stderr,
			"staleline: no other sync or exporter: there are too many results\n");
		return fell_back;
	}
	if (show->keys.next_exporter)
		changed = stage_next_exporter(stage, why);
	if (changed > 0 && run_find_ground(show, stage_spare(stage), why))
		return -EIO;
	if (changed >= 0 && show->keys.next_sync)
		changed |= stage_next_sync(stage);
	return changed < 0 ? changed : changed || fell_back;
}

/*
 * What a key asked for is done, and *@order is what comes next;
 * *@control its control, where the stage has changed.
 */
static int follow_asked(struct show *show, const struct order **order, struct record **control,
			struct why *why)
{
	int changed = change_stage(show, why);

	if (changed > 0) {
		*order = show->options.order;
		*control = record_of(show, *order);
	} else if (!changed && show->keys.next_fault) {
		*order = run_order_after(show, *order);
	}
	show->keys.next_fault = show->keys.next_sync = show->keys.next_exporter = false;
	return changed < 0 ? changed : 0;
}

/* Where the run would end, or never end, a key asks for one order after another. */
static int run_asked_for(struct show *show, const struct order *order, struct record *control,
			 struct why *why)
{
	const struct turn turn = { .order = show->options.order, .last = true };
	int err = 0;

	show->queued = false;
	while (!err && run_is_asked(show) && !run_stopped(show)) {
		err = follow_asked(show, &order, &control, why);
		if (!err)
			err = order_is_fault(order) ? run_fault(show, order, control, true, why)
						    : run_one(show, &turn, control, why);
	}
	return err;
}

int run_all(struct show *show, struct why *why)
{
	const struct show_options *options = &show->options;
	const struct turn turn = { .order = options->order, .last = !options->faults_count };
	const struct order *order = options->order;
	struct record *control = run_new_record(show, options->order);
	int err;

	show->queued = options->faults_count;
	err = run_one(show, &turn, control, why);
	for (uint32_t i = 0; !err && i < options->faults_count; i++) {
		show->keys.next_fault = false; /* it is what comes anyway */
		/* The last one ends by itself only where frames are counted. */
		show->queued = i + 1 < options->faults_count || options->frames;
		order = options->faults[i];
		err = run_fault(show, order, control, i + 1 == options->faults_count, why);
	}
	return err ? err : run_asked_for(show, order, control, why);
}
