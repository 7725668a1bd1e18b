/* SPDX-License-Identifier: MIT */
/* kmod_user.c: rights; user_display.c: framebuffers; user_memory.c: what memory shows, and how much of it there is. */
#ifndef KMOD_USER_H
#define KMOD_USER_H

#include "kmod_util.h"

/* Runs it as nobody, in a child: 0, or what it returned, or 128 + the signal that it died of. */
int as_nobody(bool with_video, int (*what)(void));

/* In a child: the number of the line that went wrong is the exit code. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			note("line %d: %s (%s)", __LINE__, #condition, strerror(errno));           \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

void test_two_dmabufs(void);
void test_read_only(void);
void test_last_close(void);
void test_fresh(void);
void test_limits(void);
void test_cgroup(const char *parent);

#endif
