/* SPDX-License-Identifier: MIT */
/* A record with its cells counted, for the tests of what becomes of one. */
#ifndef STALELINE_RECORD_OF_H
#define STALELINE_RECORD_OF_H

#include "report/record.h"

/* Of @bad + @fresh cells those are of @kind, these fresh. */
static inline struct record record_of(enum cell_kind kind, uint64_t bad, uint64_t fresh)
{
	struct record record = { .name = "r", .command = "show", .order = "overwrite" };

	record.cells.checked = bad + fresh;
	record.cells.kind[CELL_FRESH] = fresh;
	record.cells.kind[kind] += bad;
	return record;
}

#endif
