/* SPDX-License-Identifier: MIT */
/*
 * A machine for the exporters' tests, the same whatever this one is. /dev is a folder of the
 * test's own: open, opendir and stat are replaced at link time (-Wl,--wrap=open64,--wrap=stat64,
 * --wrap=opendir). A DRM device, its GBM and the machine's memory are as @fake says.
 */
#ifndef EXPORTER_FAKE_H
#define EXPORTER_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "buffer/exporter.h"

extern struct fake {
	char root[32];	       /* stands for / where /dev is meant */
	const char *forbidden; /* a path that may not be opened, or NULL */
	struct stat st;	       /* what stat says of it */
	int mmap_error;	       /* what mmap fails with, or 0 */
	uint64_t memory;       /* what sysinfo says, or 0: the truth */

	/* A DRM device, where there is a driver: its nodes are card9 and renderD137. */
	const char *driver;
	const char *refuses; /* the node on which GBM finds no driver, or NULL */
	const char *uevent;  /* what sysfs says of it, or NULL: as this machine says it */
	bool split;	     /* the two nodes are two devices */
	char tried[128];     /* the nodes that GBM was asked for */
	int drm_export;	     /* what drmPrimeHandleToFD gives, fd or -errno; owned by who gets it */
	int gbm_export;	     /* what gbm_bo_get_fd gives, likewise */
} fake;

/* Below fake.root: a folder, or an empty file. */
void make(const char *path, bool directory);
/* A device of @driver: its primary node, and its render node if it has one. */
void make_drm(const char *driver, bool render);
/* @path may not be opened, and has these. */
void forbid(const char *path, gid_t gid, mode_t mode);
/* In a dma-buf's place: the caller's. */
int make_memfd(size_t size, unsigned int flags);
/* A read-only descriptor of the same memfd, and @fd closed. */
int make_read_only(int fd);

/* An empty /dev before each test; after it no fd more than before. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int setup(void **state);
int teardown(void **state);

/* What the last open_wish() logged. */
extern char logged[4][1024];
extern int lines;
void log_line(void *data, const char *line);

/* Opened and closed again; 0 or -errno. */
int open_wish(const struct exporter_wish *wish, struct why *why);
int open_name(const char *name, struct why *why);
void assert_has(const char *text, const char *word);

#endif
