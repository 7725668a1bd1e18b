/* SPDX-License-Identifier: MIT */
/*
 * child: run a function in a forked child, so that what crashes, hangs or exits in there (a
 * driver, most of the time) takes nobody else down.
 *
 * What the child finds out lies in memory that both share: what it wrote before it died stands. So
 * a job that looks at ten things one after the other, and says which it is at, loses one of them.
 */
#ifndef STALELINE_CHILD_H
#define STALELINE_CHILD_H

#include <signal.h>
#include <stddef.h>

#include "base/why.h"

struct child_job {
	/*
	 * Runs in the child. @result is shared: pointers in it must be to what the parent had
	 * before. What it returns comes back in child_end.returned.
	 */
	int (*work)(void *data, void *result);
	void *data;
	void *result; /* the parent's: goes in as it is, comes back as the child left it */
	size_t size;  /* of @result, bytes */
	unsigned int limit_ms;
	const char *limit_hint; /* said where it was too short: how there is more; NULL: nothing */
	const volatile sig_atomic_t *interrupted; /* nonzero: end it; NULL: nobody asks */
	/* In the parent, now and then while the child runs: how far it is. NULL: nobody asks. */
	void (*tick)(void *data, const void *result);
};

/* How it went. */
struct child_end {
	int returned;	/* what work() returned, where it did */
	int signal;	/* what killed it, or 0 */
	int exit_code;	/* where something in there called exit(3), or -1 */
	char said[200]; /* the last line that it wrote to stderr, cut, or ""; UTF-8 */
};

/*
 * Run @job and wait for it. One thread: a fork takes no others along.
 *
 * 0: work() returned. -ECHILD: the child died by a signal or by exit(3), see @end. -ETIME: it ran
 * longer than its limit and was killed. -EINTR: *interrupted was set, and it was killed. Another
 * -errno: there was no child. In all but the first @why says it in half a sentence, to go behind
 * what was tried ("killed by SIGSEGV (Segmentation fault)"). No descriptor is left open, and no
 * process, unless one that hangs in the kernel and can't be killed.
 *
 * SIGINT, SIGTERM and SIGHUP are ignored in the child: a terminal and timeout(1) send them to all
 * of a group, and it is the parent's to say what they mean.
 */
int child_run(const struct child_job *job, struct child_end *end, struct why *why);

#endif
