/* SPDX-License-Identifier: MIT */
/*
 * why: the sentence that goes with an error.
 *
 * A function that can fail for a reason a person must mend takes a `struct why *` and, when it
 * returns -errno, has left there what was tried, on which thing, why it failed and what to do
 * next. The caller prints it, stores it in a RECORD, or drops it. No allocation, never NULL.
 */
#ifndef STALELINE_WHY_H
#define STALELINE_WHY_H

struct why {
	char text[480]; /* NUL-terminated; cut, never overrun, where the sentence is longer */
};

/*
 * Write the sentence and hand back @err, so that a failing path reads
 * `return why_set(why, -errno, "open %s: %s; is the module loaded?", path, strerror(errno));`
 *
 * @err is 0 or -errno and is returned unchanged.
 */
int why_set(struct why *why, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Put words in front of what is there: who was asking, when the lower floor said why. */
int why_prefix(struct why *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
