// SPDX-License-Identifier: MIT
/* soak_thread: what one thread of a soak does, on a bench of its own. See soak.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "buffer/buffer.h"
#include "cmd/describe.h"
#include "cmd/check_seeds.h"
#include "cmd/soak.h"

enum { LOOK_WAIT_MS = 15000 }; /* a job is done after 10 s at the latest */

/* Told of each START and END: what it had to be restarted. */
static void traced(void *data, const struct access *access, enum access_call call, uint64_t flags,
		   int result)
{
	struct soak_thread *thread = data;
	const struct bench *bench = &thread->bench;

	(void)flags;
	(void)result;
	for (uint32_t i = 0; i < bench->slot_count; i++) {
		uint32_t more;

		if (access != &bench->slots[i].buffer.access)
			continue;
		more = access->restarts - thread->restarts[i];
		thread->restarts[i] = access->restarts;
		if (call == ACCESS_CALL_BEGIN)
			thread->turn.start_hits += more;
		else if (call == ACCESS_CALL_END)
			thread->turn.end_hits += more;
	}
}

static void count_again(struct soak_thread *thread, size_t row)
{
	cell_count_add(&thread->turn.again, &thread->bench.card, (uint32_t)thread->frames[row] + 1,
		       thread->bench.map);
}

/* As the CPU sees it, in a bracket for reading. */
static int cpu_looks(struct soak_thread *thread, struct bench_slot *slot, size_t row,
		     struct why *why)
{
	struct bench *bench = &thread->bench;
	struct buffer *buffer = &slot->buffer;
	int err = access_wait(&buffer->access, ACCESS_READ, LOOK_WAIT_MS);

	if (!err)
		err = access_begin(&buffer->access, ACCESS_READ);
	if (err)
		return why_set(why, err, "looking again at buffer %u: %s", buffer->number,
			       strerror(-err));
	card_judge(&bench->card, &slot->content.expect, buffer_pixels(buffer), buffer->stride,
		   bench->map);
	err = access_end(&buffer->access, ACCESS_READ);
	if (err)
		return why_set(why, err, "SYNC END of buffer %u: %s", buffer->number,
			       strerror(-err));
	count_again(thread, row);
	return 0;
}

/* The buffer that comes next holds what was drawn some frames ago, and nobody has written since. */
static int look_again(struct soak_thread *thread, size_t row, struct why *why)
{
	struct bench *bench = &thread->bench;
	struct bench_slot *slot = bench_next(bench);
	int err;

	if (!slot->content.drawn)
		return 0;
	/* Nobody is to be told or waited for here but the peer. */
	err = bench_set_sync(bench, ORDER_IMPLICIT, why);
	if (err)
		return err;
	err = bench->peer.ops->read(&bench->peer, slot->image, &slot->content.expect, bench->map,
				    NULL, why);
	if (!err)
		count_again(thread, row);
	return err && err != -EOPNOTSUPP ? err : cpu_looks(thread, slot, row, why);
}

/*
 * What one turn of one order has come to, into its record, where it stands whatever happens next.
 */
static void add_turn(struct soak_thread *thread, size_t row, const struct record *turn)
{
	struct soak_group *group = thread->group;
	struct record *record = &group->records[row];
	struct record_soak *soak = &record->soak;

	pthread_mutex_lock(&group->lock);
	cell_count_merge(&record->cells, &turn->cells);
	record->frames += turn->frames - thread->frames[row];
	thread->frames[row] = turn->frames;
	cell_count_merge(&soak->again, &thread->turn.again);
	soak->start_hits += thread->turn.start_hits;
	soak->end_hits += thread->turn.end_hits;
	soak->signals += thread->signals;
	thread->signals = 0;
	soak->seconds = (double)(clock_ns() - group->begun_ns) / 1e9;
	thread->turn = (struct record_soak){ 0 };
	pthread_mutex_unlock(&group->lock);
}

/* START and END of the module's buffers say EINTR where nothing else would make them. */
static int interrupt(struct soak_thread *thread, struct why *why)
{
	if (!thread->group->check->options.interrupt || !thread->bench.ground.module)
		return 0;
	return seeds_interrupt(&thread->bench, 3, why);
}

static int turn(struct soak_thread *thread, size_t row)
{
	struct bench *bench = &thread->bench;
	struct record record = { .frames = thread->frames[row] };
	struct why why = { "" };
	int err = 0;

	for (uint32_t i = 0; i < bench->slot_count && !err; i++) {
		err = look_again(thread, row, &why);
		if (!err)
			err = bench_set_sync(bench, thread->group->rows[row].sync, &why);
		if (!err)
			err = interrupt(thread, &why);
		if (!err)
			err = bench_frame(bench, thread->group->rows[row].order, &record, &why);
		record.frames += !err;
	}
	add_turn(thread, row, &record);
	if (err == -EOPNOTSUPP && !thread->frames[row]) {
		thread->off[row] = true;
		if (thread->first)
			thread->group->records[row].why = why;
		return 0;
	}
	if (err)
		thread->why = why;
	return err;
}

static bool is_set(struct soak_group *group, const bool *flag)
{
	bool set;

	pthread_mutex_lock(&group->lock);
	set = *flag;
	pthread_mutex_unlock(&group->lock);
	return set;
}

static bool is_stopped(struct soak_group *group)
{
	return is_set(group, &group->stop);
}

/* Held by who starts the threads, until that is known. */
static bool is_called_off(struct soak_group *group)
{
	return is_set(group, &group->called_off);
}

/* Every order once. */
static void round_of_turns(struct soak_thread *thread)
{
	struct soak_group *group = thread->group;

	for (size_t row = 0; row < group->count && !thread->err && !is_stopped(group); row++)
		if (!thread->off[row])
			thread->err = turn(thread, row);
	if (!thread->err)
		return;
	pthread_mutex_lock(&group->lock);
	group->stop = true;
	pthread_mutex_unlock(&group->lock);
}

/* Who takes part, for the records; what may not be believed is not performed. */
static void describe(struct soak_thread *thread)
{
	const struct bench *bench = &thread->bench;

	for (size_t row = 0; row < thread->group->count; row++) {
		struct record *record = &thread->group->records[row];
		struct record own = { 0 };

		ground_of_record(&bench->ground, thread->group->rows[row].order, &own);
		thread->off[row] = own.skip.text[0] != '\0';
		if (!thread->first)
			continue;
		record->why.text[0] = '\0';
		snprintf(record->exporter, sizeof(record->exporter), "%s%s%.30s",
			 thread->group->pair->exporter, bench->exporter.device[0] ? " " : "",
			 bench->exporter.device);
		snprintf(record->peer, sizeof(record->peer), "%s", bench->peer.path);
		describe_layout(&record->layout, &bench->slots[0].buffer);
		ground_of_record(&bench->ground, thread->group->rows[row].order, record);
	}
}

static void open_bench(struct soak_thread *thread)
{
	struct soak_group *group = thread->group;

	pthread_mutex_lock(&group->lock);
	thread->err = bench_open(&thread->bench, group->pair, group->rows[0].width,
				 group->rows[0].height, &thread->why);
	if (thread->err)
		group->stop = true;
	else
		describe(thread);
	pthread_mutex_unlock(&group->lock);
	for (uint32_t i = 0; i < thread->bench.slots_open; i++) {
		thread->bench.slots[i].buffer.access.trace = traced;
		thread->bench.slots[i].buffer.access.trace_data = thread;
	}
}

/* All threads stand still here, so that what the process holds can be counted by the first. */
static void measure(struct soak_thread *thread, bool end)
{
	struct soak_group *group = thread->group;

	pthread_barrier_wait(&group->phase);
	if (thread->first && !end) {
		group->begun_ns = clock_ns();
		group->until_ns = group->begun_ns + (int64_t)(group->check->soak_s * 1e9);
	}
	for (size_t row = 0; thread->first && row < group->count; row++) {
		struct record_soak *soak = &group->records[row].soak;

		if (!end)
			soak_holds(&soak->fds_begin, &soak->rss_begin);
		else if (!soak_holds(&soak->fds_end, &soak->rss_end))
			soak->measured = true;
	}
	pthread_barrier_wait(&group->phase);
}

/* This peer can do none of it: there is nothing to soak. All of them have had their turn. */
static bool is_idle(const struct soak_thread *thread)
{
	for (size_t row = 0; row < thread->group->count; row++)
		if (!thread->off[row])
			return false;
	return true;
}

void *soak_thread_main(void *data)
{
	struct soak_thread *thread = data;
	struct soak_group *group = thread->group;

	if (is_called_off(group))
		return NULL;
	open_bench(thread);
	pthread_barrier_wait(&group->phase);
	/* What is made at the first use is made now. */
	for (int i = 0; i < 2 && !is_stopped(group); i++)
		round_of_turns(thread);
	measure(thread, false);
	if (group->check->options.interrupt && !is_stopped(group))
		thread->err = soak_storm_begin(&thread->storm, &thread->signals, &thread->why);
	while (!thread->err && !is_idle(thread) && !is_stopped(group) &&
	       clock_ns() < group->until_ns)
		round_of_turns(thread);
	soak_storm_end(&thread->storm);
	measure(thread, true);
	pthread_mutex_lock(&group->lock);
	bench_close(&thread->bench);
	pthread_mutex_unlock(&group->lock);
	return NULL;
}
