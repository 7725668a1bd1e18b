// SPDX-License-Identifier: MIT
/* check_child: a pair in a child process. See check_child.h. */
#include "cmd/check_child.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "cmd/tty.h"

/* What the parent has in hand. */
struct parent {
	const struct check *check;
	const struct check_pair *pair;
	const struct check_child *child;
	size_t told, at; /* orders whose end was told; the one that the terminal's line is of */
	uint64_t runs;	 /* of that one, that it said were done */
};

/* What takes hours, and may be cut off, has said by then what it had found. */
static void tell_end(const struct record *record)
{
	const struct record_seeds *seeds = &record->seeds;

	fprintf(stderr, "staleline: %s: %s", record->name, verdict_name(record->verdict));
	if (!seeds->runs)
		fprintf(stderr, ": %s\n", record->why.text);
	else if (record->fault)
		fprintf(stderr, ", by the card in %" PRIu32 " of %" PRIu64 " runs\n", seeds->by[0],
			seeds->runs);
	else
		fprintf(stderr,
			", %" PRIu64 " runs, %" PRIu64 " frames, %" PRIu64 " of %" PRIu64
			" cells fresh\n",
			seeds->runs, record->frames, record->cells.kind[CELL_FRESH],
			record->cells.checked);
}

/* On a terminal: where it is. */
static void tell_line(struct parent *parent, const struct record *record, size_t at)
{
	const struct check *check = parent->check;
	const struct check_pair *pair = parent->pair;
	char runs[48] = "";

	if (record->seeds.runs)
		snprintf(runs, sizeof(runs), ", %" PRIu64 " runs done", record->seeds.runs);
	tty_progress(check->progress, "checking %zu of %zu: %s with %s: %zu of %zu, %s%s ...",
		     (size_t)(pair - check->pairs) + 1, check->pair_count, pair->exporter_label,
		     pair->peer_label, at + 1, pair->count, record->order, runs);
	parent->at = at;
	parent->runs = record->seeds.runs;
}

static void tell(struct parent *parent, const struct check_result *result)
{
	const struct check *check = parent->check;
	size_t at = result->at; /* the child goes on meanwhile */
	bool ended = check->options.seeds && at > parent->told;

	if (ended)
		tty_progress_end(check->progress);
	for (; check->options.seeds && parent->told < at; parent->told++)
		tell_end(&result->records[parent->told]);
	if (at < parent->pair->count &&
	    (ended || at != parent->at || result->records[at].seeds.runs != parent->runs))
		tell_line(parent, &result->records[at], at);
}

static int work(void *data, void *shared)
{
	const struct parent *parent = data;

	return parent->child->work(parent->child->data, shared);
}

static void tick(void *data, const void *shared)
{
	tell(data, shared);
}

int check_in_child(struct check *check, const struct check_pair *pair,
		   const struct check_child *child)
{
	size_t size = sizeof(struct check_result) + pair->count * sizeof(struct record);
	struct record *records = &check->records[pair->first];
	struct parent parent = { .check = check, .pair = pair, .child = child };
	struct check_result *result = calloc(1, size);
	const struct child_job job = {
		.work = work,
		.data = &parent,
		.result = result,
		.size = size,
		.limit_ms = child->limit_ms,
		.limit_hint = "a right machine that is slow has more by --timeout=",
		.interrupted = check->interrupted,
		.tick = tick,
	};
	struct child_end end;
	struct why why = { "" };
	int err;

	if (!result)
		return -ENOMEM;
	memcpy(result->records, records, pair->count * sizeof(*records));
	err = child_run(&job, &end, &why);
	tell(&parent, result);
	if (err)
		child->blame(child->data, result, err, &why);
	if (result->save_err && !check->save_err) {
		check->save_err = result->save_err;
		check->save_why = result->save_why;
	}
	memcpy(records, result->records, pair->count * sizeof(*records));
	free(result);
	return err == -EINTR ? err : 0;
}
