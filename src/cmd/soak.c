// SPDX-License-Identifier: MIT
/* soak: the right orders, for a time. See soak.h. */
#include "cmd/soak.h"

#include <errno.h>
#include <limits.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/check_child.h"
#include "report/soak.h"

/* What the child has in hand. */
struct job {
	const struct check *check;
	const struct check_pair *pair;
	const struct check_row *rows;
};

static size_t of_one_size(const struct check_row *rows, size_t at, size_t count)
{
	size_t end = at;

	while (end < count && rows[end].width == rows[at].width &&
	       rows[end].height == rows[at].height)
		end++;
	return end - at;
}

static void judge(struct soak_group *group, const struct soak_thread *threads, uint32_t count)
{
	const struct soak_thread *failed = NULL;

	for (uint32_t i = 0; i < count && !failed; i++)
		if (threads[i].err)
			failed = &threads[i];
	for (size_t row = 0; row < group->count; row++) {
		struct record *record = &group->records[row];

		if (failed && !record->why.text[0])
			record->why = failed->why;
		record_judge_soak(record);
		/* Cells are counted before their frame has come to its end. */
		if (failed && (record->frames || record->cells.checked))
			record_judge_part(record, failed->why.text);
	}
}

/*
 * All threads have been started, or none goes on: a barrier waits for each. So they wait for the
 * lock first, and are told. 0 or -errno with @why.
 */
static int run_threads(struct soak_group *group, struct soak_thread *threads, uint32_t count,
		       struct why *why)
{
	uint32_t started = 0;
	int err = 0;

	pthread_mutex_lock(&group->lock);
	while (started < count && !err) {
		struct soak_thread *thread = &threads[started];

		*thread = (struct soak_thread){ .group = group, .first = started == 0 };
		err = pthread_create(&thread->id, NULL, soak_thread_main, thread);
		started += !err;
	}
	group->called_off = err;
	pthread_mutex_unlock(&group->lock);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i].id, NULL);
	if (!err)
		return 0;
	return why_set(why, -err,
		       "start thread %u of %u: %s; ask for fewer with --threads=", started + 1,
		       count, strerror(err));
}

/* Nothing was done, though it could have been. */
static void call_off(struct soak_group *group, const struct why *why)
{
	for (size_t row = 0; row < group->count; row++) {
		struct record *record = &group->records[row];

		record->why = *why;
		record->verdict = VERDICT_SKIPPED;
		record->cut_off = true;
	}
}

static int soak_group(const struct job *job, struct check_result *result, size_t count)
{
	const struct check *check = job->check;
	uint32_t thread_count = (uint32_t)check->options.threads;
	struct soak_thread *threads = calloc(thread_count, sizeof(*threads));
	struct soak_group group = {
		.check = check,
		.pair = job->pair,
		.rows = &job->rows[result->at],
		.records = &result->records[result->at],
		.count = count,
		.begun_ns = clock_ns(),
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	struct why why = { "" };

	if (!threads)
		return -ENOMEM;
	for (size_t row = 0; row < count; row++) {
		group.records[row].soak.threads = thread_count;
		group.records[row].why.text[0] = '\0'; /* it is reached now */
	}
	pthread_barrier_init(&group.phase, NULL, thread_count);
	if (run_threads(&group, threads, thread_count, &why))
		call_off(&group, &why);
	else
		judge(&group, threads, thread_count);
	pthread_barrier_destroy(&group.phase);
	free(threads);
	return 0;
}

/* In the child. */
static int work(void *data, void *shared)
{
	const struct job *job = data;
	struct check_result *result = shared;
	int err = 0;

	while (!err && result->at < job->pair->count) {
		size_t count = of_one_size(job->rows, result->at, job->pair->count);

		err = soak_group(job, result, count);
		result->at += count;
	}
	return err;
}

/* The child did not come to its end: what it had found by then stands. */
static void blame(void *data, struct check_result *result, int err, const struct why *why)
{
	const struct job *job = data;
	size_t count = job->pair->count;
	size_t begun = result->at + of_one_size(job->rows, result->at, count);

	for (size_t i = result->at; i < count; i++) {
		struct record *record = &result->records[i];

		record_judge_soak(record);
		if (record->verdict == VERDICT_BROKEN)
			continue;
		record->verdict = VERDICT_SKIPPED;
		if (i >= begun)
			why_set(&record->why, 0, "not reached: %s", why->text);
		else if (err == -ECHILD || err == -ETIME)
			record->verdict = VERDICT_BROKEN;
		if (i < begun)
			why_set(&record->why, 0, "after %.1f s and %" PRIu64 " frames, %s: %s",
				record->soak.seconds, record->frames,
				cell_count_clean(&record->cells) ? "all of them fresh"
								 : "none looked at",
				why->text);
	}
}

/* For one pair: what it may take is no more than 49 days, which a limit can say. */
static unsigned int limit_ms(const struct check *check)
{
	double ms = (check->soak_s * 2 + (double)check->options.timeout_s) * 1000;

	return ms < UINT_MAX ? (unsigned int)ms : UINT_MAX;
}

int soak_perform(struct check *check, const struct check_pair *pair)
{
	struct job job = { .check = check, .pair = pair, .rows = &check->rows[pair->first] };
	const struct check_child child = {
		.work = work,
		.data = &job,
		.limit_ms = limit_ms(check),
		.blame = blame,
	};

	return check_in_child(check, pair, &child);
}
