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
#include "cmd/describe.h"
#include "cmd/formats.h"
#include "cmd/loop.h"
#include "cmd/run.h"
#include "cmd/tty.h"
#include "report/terminal.h"

static int write_result(struct show *show, struct why *why)
{
	show->report.records = show->records;
	show->report.version = STALELINE_VERSION;
	show->report.renderer = show->stage.peer_open ? show->stage.peer.path : "";
	if (!show->options.json)
		return 0;
	return report_write_json(&show->report, show->options.json, why);
}

/* Some compositors on software drivers die of buffers that they themselves called good. */
static void hint_at_crash(const struct show *show)
{
	fprintf(stderr,
		"staleline: did it crash on buffers of %s? See its log; another --exporter= may "
		"do\n",
		show->stage.exporter.ops->name);
}

static bool any_fault_is(const struct show *show, enum verdict verdict)
{
	for (size_t i = 0; i < show->report.count; i++)
		if (show->records[i].fault && show->records[i].verdict == verdict)
			return true;
	return false;
}

/* 4: a fault that was asked for and never judged is no success, whatever its control is. */
static int exit_code(const struct show *show)
{
	int code = report_exit_code(&show->report);

	if (show->options.faults_noticed && any_fault_is(show, VERDICT_NOT_SHOWN))
		return 1;
	return !code && any_fault_is(show, VERDICT_SKIPPED) ? 4 : code;
}

/* Everything between a stage that stands and the exit code. */
static int perform(struct show *show)
{
	struct why why = { "" }, json_why = { "" };
	int err, json_err, code;

	err = run_all(show, &why);
	for (size_t i = 0; i < show->report.count; i++)
		terminal_print_record(stdout, &show->records[i]);
	json_err = write_result(show, &json_why);
	tty_complain(err, &why);
	if (err == -EPIPE)
		hint_at_crash(show);
	tty_complain(show->picture_err, &show->picture_why);
	tty_complain(json_err, &json_why);
	/* That something is broken is what one must hear, whatever else went wrong. */
	code = exit_code(show);
	return code != 1 && (err || show->picture_err || json_err) ? 3 : code;
}

/* Nothing could be set up, so nothing could be checked: that too is a result. */
static int report_no_stage(struct show *show, int stage_err, struct why *why)
{
	struct record *record = run_new_record(show, show->options.order);
	struct why json_why = { "" };
	int err;

	record->why = *why;
	record->verdict = VERDICT_SKIPPED;
	tty_complain(stage_err, why);
	if (stage_err == -EPIPE && show->stage.exporter_open)
		hint_at_crash(show);
	err = write_result(show, &json_why);
	tty_complain(err, &json_why);
	/* What went away or ran out is another matter than what is not there. */
	if (err || stage_err == -EPIPE || stage_err == -EPROTO || stage_err == -ENOMEM)
		return 3;
	return 4;
}

/*
 * The compositor's buffers are what the CPU writes;
 * the source, which it never sees, what the CPU reads.
 */
int run_find_ground(struct show *show, struct slot *written, struct why *why)
{
	struct stage *stage = &show->stage;
	struct slot *read = &stage->source;
	const struct ground_party party[2] = {
		[ORDER_CPU_WRITE] = { stage->peer_open ? &stage->peer : NULL, written->image,
				      &written->buffer },
		[ORDER_CPU_READ] = { stage->peer_open ? stage_writer(stage) : NULL, read->image,
				     stage->source_open ? &read->buffer : NULL },
	};

	return ground_find(&show->ground, party, stage->run, stage->map, why);
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
	if (show.options.list_formats)
		return formats_list(&show.options, interrupted);
	show.trace.on = show.options.trace;
	show.sizes = 1;
	err = stage_open(&show.stage, &show.options, interrupted, &why);
	if (!err && show.options.verbose)
		describe_presentation(&show.stage.conn);
	if (!err)
		err = run_find_ground(&show, &show.stage.slots[0], &why);
	if (err)
		code = report_no_stage(&show, err, &why);
	else
		code = perform(&show);
	if (show.stage.conn_open)
		loop_tell_news(&show.stage.conn);
	stage_close(&show.stage);
	return code;
}
