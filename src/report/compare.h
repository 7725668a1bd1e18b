/* SPDX-License-Identifier: MIT */
/* compare: two result files side by side: what changed between two machines, kernels or drivers. */
#ifndef STALELINE_COMPARE_H
#define STALELINE_COMPARE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/why.h"

/*
 * Print what differs: the machines, and each result by its name whose verdict is another
 * or that only one file has. @changed: any did. 0, or -errno with @why: a file can't be
 * read, or is no result file.
 */
int compare_print(FILE *out, const char *before, const char *after, bool *changed, struct why *why);

#endif
