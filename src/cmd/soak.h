/* SPDX-License-Identifier: MIT */
/*
 * soak: `staleline check --duration=`. The right orders take turns for a time, on several buffers
 * and in several threads, if need be in a storm of signals. What was found fresh is looked at once
 * more just before its buffer is used again: nobody has written meanwhile, so it must still be
 * fresh. And what a program holds, descriptors and memory, must not grow.
 */
#ifndef STALELINE_SOAK_H
#define STALELINE_SOAK_H

#include <pthread.h>
#include <time.h>

#include "cmd/check.h"
#include "cmd/check_bench.h"

enum {
	SOAK_MAX_THREADS = 32,
	SOAK_MAX_ROWS = CHECK_MAX_ORDERS,
	SOAK_SLOTS = BENCH_MAX_SLOTS, /* so many frames later a buffer is looked at again */
};

/* Soak a pair in a child process and judge it. -EINTR: stopped; what it had found stands. */
int soak_perform(struct check *check, const struct check_pair *pair);

/*
 * A storm of signals at the thread that begins it;
 * its handler counts them in @count, which must outlive it.
 */
struct soak_storm {
	timer_t timer;
	bool blowing;
};

int soak_storm_begin(struct soak_storm *storm, volatile uint64_t *count, struct why *why);
void soak_storm_end(struct soak_storm *storm);

/* What this process holds now: descriptors, and KiB of memory that is there. 0 or -errno. */
int soak_holds(uint64_t *fds, uint64_t *rss_kib);

/* The rows of one size, and all threads that are at them. */
struct soak_group {
	const struct check *check;
	const struct check_pair *pair;
	const struct check_row *rows; /* @count of them */
	struct record *records;	      /* theirs; under @lock */
	size_t count;
	int64_t begun_ns, until_ns; /* from when all are warm */
	pthread_mutex_t lock; /* of @records and of opening: not every driver likes two at once */
	pthread_barrier_t phase; /* all are open; all are warm; measured; all are done; measured */
	bool stop;		 /* under @lock: somebody failed */
	bool called_off;	 /* under @lock: not all threads could be started: none goes on */
	uint32_t open;		 /* under @lock: threads that stand on a bench */
};

/* One thread. */
struct soak_thread {
	struct soak_group *group;
	pthread_t id;
	bool first; /* it measures and describes */
	struct bench bench;
	struct soak_storm storm;
	volatile uint64_t signals;
	bool off[SOAK_MAX_ROWS];	/* this peer can't do that */
	uint64_t frames[SOAK_MAX_ROWS]; /* of this thread */
	/* Of the last call of SYNC: how many it took is the difference. */
	uint32_t restarts[BENCH_MAX_SLOTS];
	struct record_soak turn; /* what is not in the records yet */
	int err;
	struct why why;
};

void *soak_thread_main(void *data);

#endif
