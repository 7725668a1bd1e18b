/* SPDX-License-Identifier: MIT */
/*
 * A mock kernel under access.c: poll, ioctl and the clock are replaced at link time
 * (-Wl,--wrap=poll,--wrap=ioctl,--wrap=clock_gettime). Each call answers as the test planned it and
 * is written into a log; so a test says what the kernel does, and checks what it was asked.
 */
#ifndef ACCESS_MOCK_H
#define ACCESS_MOCK_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "buffer/access.h"

#define FD 777	    /* what reaches the real kernel fails, or is of a file that a test put there */
#define FILE_FD 778 /* a sync_file; open from its EXPORT on where mock.opens */
#define SECOND_FD 779	  /* another dma-buf */
#define OTHER_FILE_FD 780 /* what EXPORT gives of it */
#define MERGED_FD 781	  /* and MERGE of the two */
#define BAD_BIT UINT64_C(8)

enum syscall {
	SYS_POLL,
	SYS_SYNC,
	SYS_EXPORT,
	SYS_IMPORT,
	SYS_MERGE,
};

/* What one call of the mock answers. */
struct answer {
	int result;    /* as the syscall returns; -1 with error */
	int error;     /* errno */
	short revents; /* poll */
	int takes_ms;  /* the mock clock goes on by that much */
};

/* What one call was asked. */
struct call {
	enum syscall syscall;
	short events;	/* poll */
	int timeout_ms; /* poll */
	uint64_t flags; /* SYNC, EXPORT, IMPORT */
	bool file;	/* poll: of the sync_file */
	bool second;	/* of the other dma-buf, or of the merged file */
};

#define MAX_CALLS 4096

extern struct mock {
	bool real;  /* let everything through */
	bool opens; /* files that are given are open, so that a test sees who closes them */
	struct answer answers[MAX_CALLS];
	int planned, given;
	struct call calls[MAX_CALLS];
	int made;
	int64_t now_ns;
} mock;

/* Before each test: nothing planned, nothing made. */
int setup(void **state);

/* The next @times calls answer this. */
void plan(struct answer answer, int times);
void plan_error(int error, int times);

/*
 * The whole log, in short: "P4:-1" poll(POLLOUT, -1), "F1:-1" the same of the sync_file, "S3" SYNC with flags 3, "E1"
 * EXPORT, "I2" IMPORT, "M" MERGE of two sync_files. With a "b" behind: of SECOND_FD, or of the merged file.
 */
void assert_calls(const char *expected);

/* An access that is ready for everything, and no call made yet. */
struct access ready_access(enum access_policy policy);

/* So many, the last one @rule's with this sentence. */
void assert_violation(const struct access *access, uint32_t violations, unsigned int rule,
		      const char *sentence);
void assert_clean(const struct access *access);

#endif
