/* SPDX-License-Identifier: MIT */
/* check_options: the command line of `staleline check`, checked. */
#ifndef STALELINE_CHECK_OPTIONS_H
#define STALELINE_CHECK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/options.h"
#include "order/order.h"

enum { CHECK_MAX_NAMES = 8, CHECK_MAX_ORDERS = 64 };

/* Strings point into argv. */
struct check_options {
	const char *exporters[CHECK_MAX_NAMES]; /* as --exporter= takes them; none: all */
	uint32_t exporter_count;
	const char *peers[CHECK_MAX_NAMES]; /* "egl", "jobs", "scanout"; none: all but scanout */
	uint32_t peer_count;
	const char *device; /* DRM node or NULL: all */
	/* What is performed on each pair: each control, and behind it its faults. */
	const struct order *orders[CHECK_MAX_ORDERS];
	uint32_t order_count;
	bool named;		/* faults were asked for by name */
	unsigned int syncs;	/* by which kinds of sync, bit n for enum order_sync n */
	bool faults_named;	/* by --faults= */
	uint64_t frames;	/* of each order */
	uint32_t width, height; /* 0: as the peer and the caches ask for */
	uint64_t max_mib;	/* of one buffer */
	uint64_t timeout_s;	/* for one exporter and peer */
	uint64_t write_us;	/* how long a write of jobs takes; 0: as they like */
	uint64_t seed,
		seeds; /* each order is repeated with so many seeds from that one on; 0: not so */
	uint64_t duration_s; /* of a soak of all pairs together; 0: none */
	uint64_t threads;    /* of a soak; 1 at least */
	bool interrupt;	     /* a soak, in a storm of signals */
	bool ktap, markdown; /* in place of the table */
	const char *json, *save;
	const char *compare[2]; /* two result files, and nothing is checked; NULL: not so */
};

/*
 * Of check_faults.c: what --faults=@value says;
 * one fault, behind its control, which is its measure.
 */
enum options_result check_take_faults(struct check_options *options, const char *value);
void check_add_fault(struct check_options *options, const struct order *fault);

/*
 * A fault that was named and that no chosen kind of sync can have would be left out without a word.
 */
enum options_result check_faults_and_syncs(const struct check_options *options);

/* What --help prints: check_help.c. */
void check_print_help(void);

enum options_result check_parse(struct check_options *options, int argc, char **argv);

#endif
