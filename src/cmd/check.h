/* SPDX-License-Identifier: MIT */
/*
 * check: the coherency check without a compositor. What is there is listed (look.h), each exporter
 * and peer that work become a pair (check_plan.c) with one RECORD for each order (check_rows.c),
 * each pair is performed in a child process (check_pair.c) on a bench of its own (check_bench.c),
 * and every printer reads the same RECORDs.
 */
#ifndef STALELINE_CHECK_H
#define STALELINE_CHECK_H

#include <signal.h>

#include "cmd/check_options.h"
#include "report/listing.h"
#include "report/record.h"

/* What one RECORD is to be. */
struct check_row {
	const struct order *order;
	enum order_sync sync; /* by which it is performed */
	uint32_t width, height;
	char name[192]; /* the RECORD's */
};

/* One exporter and one peer. */
struct check_pair {
	char exporter[64];	 /* as --exporter= takes it */
	const char *wanted;	 /* the DRM device of it, or "" */
	const char *peer;	 /* "egl" */
	const char *peer_device; /* the node, or "": none */
	char exporter_label[64], peer_label[64];
	uint32_t slots;	     /* buffers that take turns; 0: as many as an order takes */
	uint32_t write_us;   /* how long a write of jobs takes; 0: as they like */
	size_t first, count; /* its rows and records */
	bool ready;	     /* else its records say already why not */
};

struct check {
	struct check_options options;
	struct listing *listing;
	const volatile sig_atomic_t *interrupted;
	double soak_s; /* of each pair and size; 0: no soak */
	bool progress; /* stderr is a terminal */
	struct check_pair *pairs;
	size_t pair_count, pairs_room;
	struct check_row *rows;
	struct record *records; /* one for each row */
	size_t count, room;
	struct why save_why; /* the first picture that could not be written */
	int save_err;
};

/*
 * Look around, and plan: every pair, row and record, each record skipped so far. 0 or -errno with
 * @why: -EINTR stopped, -ENODEV the device that was asked for is not there.
 */
int check_plan(struct check *check, struct why *why);

/*
 * Of check_rows.c: one row more for the last pair, like @row but for its name, skipped so far
 * because of @why; or all its orders, at one small size or at those that the caches ask for, where
 * the exporter gives @limit_mib at most (0: not known). 0 or -ENOMEM.
 */
int check_add_row(struct check *check, struct check_pair *pair, const struct check_row *row,
		  const struct why *why);
int check_add_rows(struct check *check, struct check_pair *pair, bool small, uint64_t limit_mib);

/* Perform a pair in a child process and judge it. -EINTR: stopped; what it had found stands. */
int check_perform(struct check *check, const struct check_pair *pair);

int cmd_check(int argc, char **argv, const volatile sig_atomic_t *interrupted);

#endif
