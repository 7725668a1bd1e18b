// SPDX-License-Identifier: MIT
/*
 * check_pair: one exporter and one peer, performed in a child process. Of a child that dies the row
 * that it was at is lost, and what it did not come to; what it had done before stands.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/check_bench.h"
#include "cmd/check_child.h"
#include "cmd/check_save.h"
#include "cmd/check_seeds.h"
#include "cmd/describe.h"

/* What the child has in hand. */
struct job {
	const struct check *check;
	const struct check_pair *pair;
	const struct check_row *rows; /* the pair's */
	struct check_result *result;
	struct bench bench;
	const struct record *control; /* of the fault that is performed; NULL: of a control */
	enum order_sync sync;	      /* by which it is */
	struct drm_staleline_params
		given;	/* how the module's buffers behaved when the bench was opened */
	uint32_t *heat; /* of the first frame of a record that was not clean; NULL: not wanted */
};

/* Who takes part, for the record: once the bench stands. */
static void describe(struct job *job, const struct order *order, struct record *record)
{
	const struct bench *bench = &job->bench;

	snprintf(record->exporter, sizeof(record->exporter), "%s%s%.30s", job->pair->exporter,
		 bench->exporter.device[0] ? " " : "", bench->exporter.device);
	snprintf(record->peer, sizeof(record->peer), "%s", bench->peer.path);
	describe_layout(&record->layout, &bench->slots[0].buffer);
	ground_of_record(&bench->ground, order, record);
}

/* The record of @fault's control on the same bench. NULL: none was made. */
static struct record *control_of(struct job *job, size_t at)
{
	const struct check_row *fault = &job->rows[at];

	for (size_t i = at; i-- > 0;)
		if (job->rows[i].width == fault->width && job->rows[i].height == fault->height &&
		    job->rows[i].sync == fault->sync &&
		    !strcmp(job->rows[i].order->name, fault->order->control))
			return &job->result->records[i];
	return NULL;
}

static uint32_t violations(const struct bench *bench)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < bench->slot_count; i++)
		sum += bench->slots[i].buffer.access.violations;
	return sum;
}

/*
 * Who noticed beside the card: the module, by what its lines are and what its traps counted; the
 * state machine; the kernel; and the clock.
 */
static void who_noticed(const struct bench *bench, const struct order *order, uint32_t before,
			struct record *record)
{
	const struct record_module *module = &record->module;

	if (!order_is_fault(order))
		return;
	if (module->mode && (ground_wrong_lines(module, order->direction) || module->trap_read ||
			     module->trap_write))
		record->by |= NOTICE_STATE;
	if (violations(bench) != before)
		record->by |= NOTICE_ACCESS;
	if (record->refused)
		record->by |= NOTICE_KERNEL;
	if (record_start_blocked(record))
		record->by |= NOTICE_CLOCK;
}

/*
 * A fault that is repeated ends where it was noticed: what is asked is how many frames that takes.
 */
static bool is_enough(const struct job *job, uint64_t frames, const struct record *record)
{
	return record->frames >= frames ||
	       (job->check->options.seeds && record->fault && record->noticed_at);
}

/* Until @record has @frames of them. */
static int perform_frames(struct job *job, const struct seeds_wish *wish, uint64_t frames,
			  struct record *record, struct why *why)
{
	int err = 0;

	while (!err && !is_enough(job, frames, record)) {
		bool clean = !record->frames || cell_count_clean(&record->cells);

		err = bench_warm_up(&job->bench, wish->order, why);
		if (!err)
			err = seeds_inject(&job->bench, wish->setting, why);
		if (!err)
			err = bench_frame(&job->bench, wish->order, record, why);
		record->frames += !err;
		if (!err && clean && record->cells.checked && !cell_count_clean(&record->cells))
			record->noticed_at = record->frames;
	}
	/* With explicit sync a fault may be done while the peer is not. */
	return err ? err : job->bench.peer.ops->finish(&job->bench.peer, why);
}

/*
 * The frames that were asked for, under each setting:
 * a control is in order, so there is nothing to be made good between.
 */
static int perform_settings(struct job *job, const struct seeds_wish *wish, struct record *record,
			    struct why *why)
{
	const struct check_options *options = &job->check->options;
	struct seeds_wish now = *wish;
	unsigned int settings[SEEDS_MAX_SETTINGS];
	uint32_t count = seeds_settings(wish->order, options->orders, options->order_count,
					job->sync, settings);
	int err = 0;

	if (!ground_is_noncoherent(&job->bench.ground))
		count = 1; /* nothing can be set */
	for (uint32_t i = 0; i < count && !err; i++) {
		now.setting = settings[i];
		err = seeds_set(&job->bench, &job->given, &now, why);
		if (!err)
			err = perform_frames(job, &now, (i + 1) * options->frames, record, why);
	}
	return err;
}

static void save_heat(struct job *job, const struct record *record)
{
	const struct card *card = &job->bench.card;
	const struct heat heat = { job->heat, card->cols, card->rows, card->cell_width };
	struct check_result *result = job->result;

	if (!job->heat || !record->cells.checked || cell_count_clean(&record->cells) ||
	    result->save_err)
		return;
	result->save_err =
		check_save_heat(job->check->options.save, &heat, record, card, &result->save_why);
}

/*
 * A control that is not clean can be the truth about an exporter. One that syncs the CPU's cache
 * for its own device alone does nothing for the peer.
 */
static void excuse(const struct bench *bench, struct record *record)
{
	const char *name = bench->exporter.ops->name;
	size_t used = strlen(record->why.text);

	if (record->verdict != VERDICT_BROKEN || record->fault ||
	    (strcmp(name, "udmabuf") && strcmp(name, "dma-heap")))
		return;
	snprintf(record->why.text + used, sizeof(record->why.text) - used,
		 "; of %s that can be the truth: its brackets do cache work %s", name,
		 name[0] == 'u' ? "for a device of its own, not for the one that imported"
				: "before they wait, and for devices that are attached then");
}

static void judge(struct job *job, struct record *record, const struct record *control, int err,
		  const struct why *why)
{
	if (err && !record->why.text[0])
		record->why = *why;
	if (control)
		record_judge_fault(record, control);
	else
		record_judge_control(record);
	if (err && (record->frames || record->cells.checked))
		record_judge_part(record, why->text);
	else if (err != -EOPNOTSUPP) /* that one says what this peer can't do */
		record->cut_off = err;
	excuse(&job->bench, record);
}

/* All frames of an order, on buffers where everything is in order before. */
static int once(void *data, const struct seeds_wish *wish, struct record *record, struct why *why)
{
	struct job *job = data;
	const struct order *order = wish->order;
	uint32_t before;
	int err;

	seeds_begin(&job->bench, wish);
	err = bench_set_sync(&job->bench, job->sync, why);
	if (!err)
		err = bench_make_good(&job->bench, order, why);
	if (!err)
		err = ground_begin(&job->bench.ground, why);
	before = violations(&job->bench);
	/* Where the row says that START makes up for what was left out. */
	if (job->control && order->by & NOTICE_CLOCK)
		record->start_bound_ns = record_start_bound(job->control);
	if (!err)
		err = perform_settings(job, wish, record, why);
	if (!err)
		err = ground_ask_module(&job->bench.ground, order,
					&bench_drawn(&job->bench)->buffer, record, why);
	who_noticed(&job->bench, order, before, record);
	return err;
}

static int repeat(struct job *job, const struct order *order, struct record *record,
		  struct why *why)
{
	const struct check_options *options = &job->check->options;
	const struct seeds_wish wish = { .order = order };
	const struct seeds_run run = {
		.once = once,
		.data = job,
		.first = options->seed,
		.count = options->seeds,
		.both_ways = ground_is_noncoherent(&job->bench.ground),
	};

	return options->seeds ? seeds_repeat(&run, order, record, why)
			      : once(job, &wish, record, why);
}

static void perform(struct job *job, size_t at)
{
	const struct order *order = job->rows[at].order;
	struct record *record = &job->result->records[at], *control = NULL;
	struct why why = { "" };
	int err;

	record->why.text[0] = '\0';
	seeds_promise(&job->bench, &job->given, order->needs);
	describe(job, order, record);
	if (order_is_fault(order))
		control = control_of(job, at);
	if (record->skip.text[0] || (control && control->verdict != VERDICT_OK)) {
		judge(job, record, control, 0, &why);
		return;
	}
	job->control = control;
	job->sync = job->rows[at].sync;
	err = repeat(job, order, record, &why);
	judge(job, record, control, err, &why);
	save_heat(job, record);
}

/* The rows from result->at on that have its size. */
static void one_size(struct job *job)
{
	struct check_result *result = job->result;
	const struct check_row *first = &job->rows[result->at], *row = first;
	struct why why = { "" };
	int err;

	result->opened = false;
	err = bench_open(&job->bench, job->pair, first->width, first->height, &why);
	if (!err && job->check->options.save)
		job->heat = calloc((size_t)job->bench.card.cols * job->bench.card.rows,
				   sizeof(*job->heat));
	job->bench.heat = job->heat;
	job->given = job->bench.ground.params;
	result->opened = !err;
	for (; result->at < job->pair->count && row->width == first->width &&
	       row->height == first->height;
	     row++) {
		if (err)
			result->records[result->at].why = why;
		else
			perform(job, result->at);
		result->at++;
	}
	bench_close(&job->bench);
	free(job->heat);
	job->heat = NULL;
}

/* In the child. */
static int work(void *data, void *shared)
{
	struct job *job = data;

	job->result = shared;
	while (job->result->at < job->pair->count)
		one_size(job);
	return 0;
}

/* A control that a signal stopped: what it had found wrong by then stands. */
static void judge_stopped(struct record *record)
{
	record_judge_control(record);
	record_judge_part(record, "stopped by a signal");
}

/* The child did not come to its end. */
static void blame(void *data, struct check_result *result, int err, const struct why *why)
{
	const struct job *job = data;
	size_t count = job->pair->count;
	const char *name = result->at < count ? job->rows[result->at].order->name : "";

	for (size_t i = result->at; i < count; i++) {
		struct record *record = &result->records[i];

		record->verdict = VERDICT_SKIPPED;
		if (err == -EINTR && record->seeds.runs)
			why_set(&record->why, 0, "stopped by a signal after %" PRIu64 " runs",
				record->seeds.runs);
		else if (err == -EINTR)
			why_set(&record->why, 0, "stopped by a signal before it was done");
		else if (i > result->at)
			why_set(&record->why, 0, "not reached: the process ended at %s", name);
		else if (!result->opened)
			why_set(&record->why, 0, "while its buffers were made and imported: %s",
				why->text);
		else
			why_set(&record->why, 0, "while frame %" PRIu64 " of %s was done: %s",
				record->frames + 1, name, why->text);
		if (i == result->at && (err == -ECHILD || err == -ETIME))
			record->verdict = VERDICT_BROKEN;
		else if (i == result->at && !record->fault && record->cells.checked)
			judge_stopped(record);
	}
}

int check_perform(struct check *check, const struct check_pair *pair)
{
	struct job job = { .check = check, .pair = pair, .rows = &check->rows[pair->first] };
	const struct check_child child = {
		.work = work,
		.data = &job,
		.limit_ms = (unsigned int)(check->options.timeout_s * 1000),
		.blame = blame,
	};

	return check_in_child(check, pair, &child);
}
