// SPDX-License-Identifier: MIT
/*
 * check: the coherency check. Every way out of here prints and writes what was found
 * until then. See check.h.
 */
#include "cmd/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/check_save.h"
#include "cmd/soak.h"
#include "cmd/tty.h"
#include "report/compare.h"
#include "report/ktap.h"
#include "report/markdown.h"
#include "report/table.h"

/* The time of a soak, shared out among all pairs and sizes. */
static void share_time(struct check *check)
{
	size_t parts = 0;

	for (size_t i = 0; i < check->pair_count; i++) {
		const struct check_pair *pair = &check->pairs[i];

		for (size_t j = pair->first; pair->ready && j < pair->first + pair->count; j++)
			parts += j == pair->first ||
				 check->rows[j].width != check->rows[j - 1].width ||
				 check->rows[j].height != check->rows[j - 1].height;
	}
	if (parts)
		check->soak_s = (double)check->options.duration_s / (double)parts;
}

/* What may take long is told before it begins: on a terminal, and to whoever reads KTAP. */
static void tell_next(const struct check *check, const struct check_pair *pair)
{
	size_t number = (size_t)(pair - check->pairs) + 1;

	if (check->options.ktap)
		ktap_next(stdout, number, check->pair_count, pair->exporter_label,
			  pair->peer_label);
	fflush(stdout); /* whether that can be written tty_flush() tells, at the end */
	tty_progress(check->progress, "checking %zu of %zu: %s with %s ...", number,
		     check->pair_count, pair->exporter_label, pair->peer_label);
}

/* 0, or -EINTR: not all of it was performed. */
static int perform_pair(struct check *check, const struct check_pair *pair)
{
	int err;

	tell_next(check, pair);
	err = check->soak_s ? soak_perform(check, pair) : check_perform(check, pair);
	tty_progress_end(check->progress);
	return err;
}

static void stop_pair(struct check *check, const struct check_pair *pair)
{
	for (size_t i = 0; i < pair->count; i++)
		why_set(&check->records[pair->first + i].why, 0,
			"stopped by a signal before it began");
}

/*
 * Pair by pair; of KTAP the results of each when it is done. 0, or -EINTR: not all were performed.
 */
static int perform_all(struct check *check, const struct report *report)
{
	int err = 0;

	for (size_t i = 0; i < check->pair_count; i++) {
		const struct check_pair *pair = &check->pairs[i];

		if (pair->ready && err)
			stop_pair(check, pair);
		else if (pair->ready)
			err = perform_pair(check, pair);
		if (check->options.ktap)
			ktap_results(stdout, report, pair->first, pair->count);
		fflush(stdout);
	}
	return err;
}

/*
 * The verdicts come first: whatever can't be written, they are on stdout; and the other way round.
 */
static int print(struct check *check, const struct report *report)
{
	const struct check_options *options = &check->options;
	struct why why = { "" };
	int err;

	if (options->markdown)
		markdown_print(stdout, report);
	else if (!options->ktap) /* that has been printed */
		table_print(stdout, report, tty_columns(80, 120, 160));
	err = tty_complain(tty_flush(&why), &why);
	if (options->json && tty_complain(report_write_json(report, options->json, &why), &why))
		err = -EIO;
	if (options->save &&
	    tty_complain(check_save_machine(check->listing, check->options.save, &why), &why))
		err = -EIO;
	if (tty_complain(check->save_err, &check->save_why))
		err = -EIO;
	return err;
}

static const char *renderer(const struct check *check)
{
	for (uint32_t i = 0; i < check->listing->peer_count; i++)
		if (check->listing->peers[i].renderer[0])
			return check->listing->peers[i].renderer;
	return "";
}

/*
 * Something went wrong while an order was performed, as a device that vanished:
 * what was asked for was not checked.
 */
static bool is_cut_off(const struct check *check)
{
	for (size_t i = 0; i < check->count; i++)
		if (check->records[i].cut_off)
			return true;
	return false;
}

/* From the plan to the exit code. */
static int run(struct check *check)
{
	struct why why = { "" };
	struct report report = { .version = STALELINE_VERSION };
	int err = check_plan(check, &why), stopped = 0, print_err, code;

	tty_complain(err, &why);
	report.records = check->records;
	report.count = err ? 0 : check->count;
	report.renderer = renderer(check);
	if (check->options.ktap)
		ktap_begin(stdout, &report);
	if (!err) {
		share_time(check);
		stopped = perform_all(check, &report);
	}
	print_err = print(check, &report);
	if (stopped)
		fputs("staleline: stopped by a signal: not all was checked\n", stderr);
	/* That something is broken is what one must hear, whatever else went wrong. */
	code = report_exit_code(&report);
	if (code != 1 &&
	    (stopped || is_cut_off(check) || print_err || err == -EINTR || err == -ENOMEM))
		return 3;
	return code;
}

/* As diff(1): 0 the same, 1 not. */
static int compare(const struct check_options *options)
{
	struct why why = { "" };
	bool changed = false;
	int err = compare_print(stdout, options->compare[0], options->compare[1], &changed, &why);

	if (tty_complain(err, &why))
		return 3;
	if (tty_complain(tty_flush(&why), &why))
		return 3;
	return changed;
}

int cmd_check(int argc, char **argv, const volatile sig_atomic_t *interrupted)
{
	struct check check = { .interrupted = interrupted, .progress = isatty(STDERR_FILENO) };
	struct why why = { "" };
	int code = 3;

	switch (check_parse(&check.options, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	if (check.options.compare[0])
		return compare(&check.options);
	/*
	 * A reader that has gone, as head(1), must not take the result file with it:
	 * tty_flush() tells.
	 */
	signal(SIGPIPE, SIG_IGN);
	check.listing = calloc(1, sizeof(*check.listing));
	if (!check.listing)
		fputs("staleline: out of memory\n", stderr);
	else if (!tty_complain(check_save_folder(check.options.save, &why), &why) &&
		 !tty_complain(check_save_try(check.options.json, &why), &why))
		code = run(&check);
	free(check.listing);
	free(check.pairs);
	free(check.rows);
	free(check.records);
	return code;
}
