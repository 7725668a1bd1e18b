/* SPDX-License-Identifier: MIT */
/*
 * check_child: a pair in a child process, whatever is done to it there. The pair's records lie in
 * memory that both share: of a child that dies stands what it had found before.
 */
#ifndef STALELINE_CHECK_CHILD_H
#define STALELINE_CHECK_CHILD_H

#include "cmd/check.h"

/* What parent and child share. */
struct check_result {
	size_t at;   /* the row of the pair that the child is at */
	bool opened; /* on a bench; else one is being opened */
	int save_err;
	struct why save_why;
	struct record records[]; /* of the pair */
};

struct check_child {
	int (*work)(void *data, void *result); /* in the child; @result is a struct check_result */
	void *data;			       /* of both; who owns it is the caller's to say */
	unsigned int limit_ms;
	/* In the parent: the child did not come to its end. @err and @why as of child_run(). */
	void (*blame)(void *data, struct check_result *result, int err, const struct why *why);
};

/*
 * Do @child to @pair, with words on how far it is.
 * The pair's records are what it found. 0, -EINTR: stopped, -ENOMEM.
 */
int check_in_child(struct check *check, const struct check_pair *pair,
		   const struct check_child *child);

#endif
