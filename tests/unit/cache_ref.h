/* SPDX-License-Identifier: MIT */
/*
 * The second model, written from docs/module.md: bytes in whole arrays, a base always, everything
 * line by line and nothing skipped.
 */
#ifndef CACHE_REF_H
#define CACHE_REF_H

#include "cache.h"

#define REF_PAGES 3
#define REF_LINES (REF_PAGES * (int)CACHE_LINES_PER_PAGE)

struct ref_line {
	u8 device[CACHE_LINE], cpu[CACHE_LINE], base[CACHE_LINE];
};

struct ref {
	struct ref_line line[REF_LINES];
	bool cached[REF_PAGES], young[REF_PAGES];
	struct cache_params params;
	u64 seed, stale_read;
	u32 found_dirty;
	bool poisoned;
};

bool ref_dirty(const struct ref *m, int line);
bool ref_stale(const struct ref *m, int line);
void ref_touch(struct ref *m, int page);
void ref_tick(struct ref *m);
void ref_start(struct ref *m, u32 flags, u32 others);
void ref_end(struct ref *m, u32 flags);
/* The device reads @n lines: how many of them are dirty. */
u32 ref_device(struct ref *m, int first, int n);

#endif
