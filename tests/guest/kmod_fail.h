/* SPDX-License-Identifier: MIT */
/*
 * kmod_fail: what is tried.
 *
 *	kmod_fail.c	lets each allocation fail, counts
 *	fail_buffer.c	calls on buffers
 *	fail_kms.c	calls on the display
 */
#ifndef KMOD_FAIL_H
#define KMOD_FAIL_H

#include "kmod_kms.h"
#include "kmod_util.h"

/* main() makes them; @kms where there is a display. */
extern struct buffer b, other;
extern struct kms kms;

/* What is tried, with what comes before and after it. */
struct attempt {
	const char *name;
	int (*before)(void); /* a number for @run and @after */
	int (*run)(int number);
	void (*after)(int number, int result);
};

extern const struct attempt buffer_attempts[], kms_attempts[];
extern const unsigned int nbuffer_attempts, nkms_attempts;

/* A @before that does nothing. */
static inline int none(void)
{
	return 0;
}

#endif
