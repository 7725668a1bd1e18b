/* SPDX-License-Identifier: MIT */
/* cases: the table of what servers do and how it must end. */
#ifndef STALELINE_TEST_CASES_H
#define STALELINE_TEST_CASES_H

#include "client.h"

struct test_case {
	const char *name;
	struct script script;
	struct manner manner;

	/* How it must end; zeroed err: all frames are shown. */
	enum stage stage;
	int err;
	const char *says[3]; /* what the sentence must contain */
	const char *news[2]; /* what each of the news must contain; there may be no others */

	/* What else must hold: of ours, and of what the server saw. NULL: nothing. */
	void (*check)(const struct outcome *outcome, const struct seen *seen);
};

extern const struct test_case cases[];
extern const size_t case_count;

#endif
