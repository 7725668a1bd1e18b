/* SPDX-License-Identifier: MIT */
/*
 * pair: what the records of one exporter, peer and direction say together.
 * Are brackets needed there?
 */
#ifndef STALELINE_PAIR_H
#define STALELINE_PAIR_H

#include "report/record.h"

struct report_pair {
	const struct record *record; /* its first one: who it is about */
	const char *verdict;	     /* "needs-brackets", or that of its controls: "ok", ... */
	struct why why;
};

/*
 * The pair that begins at or behind record *@at, which is moved behind its first record: so that
 * `for (at = 0; report_next_pair(...);)` gives each of them once. False: there are no more.
 */
bool report_next_pair(const struct report *report, size_t *at, struct report_pair *pair);

/* Is @record one of this pair? */
bool report_pair_has(const struct report_pair *pair, const struct record *record);

#endif
