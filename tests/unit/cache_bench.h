/* SPDX-License-Identifier: MIT */
/* What the tests of kmod/cache.c stand on: memory under the model. */
#ifndef CACHE_BENCH_H
#define CACHE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cache.h"

#define MAX_PAGES 256

/* A buffer under the model, with memory as the kernel half gives it: copies and bases on demand. */
struct bench {
	struct cache cache;
	struct cache_page pages[MAX_PAGES];
	unsigned long cached[MAX_PAGES / BITS_PER_LONG], young[MAX_PAGES / BITS_PER_LONG];
	u32 found_dirty; /* by the device */
};

void bench_open(struct bench *b, unsigned long npages, const struct cache_params *params);
/* And looks at what stands around each page. */
void bench_close(struct bench *b);
/* As the fault handler does it. */
void touch(struct bench *b, unsigned long i, bool write);
/* @others: the flags of the brackets that other processes have open. */
void start(struct bench *b, u32 flags, u32 others);

#endif
