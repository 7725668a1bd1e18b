/* SPDX-License-Identifier: MIT */
/* ktap: RECORDs as KTAP, which kernel selftests speak and test farms read. */
#ifndef STALELINE_KTAP_H
#define STALELINE_KTAP_H

#include <stdio.h>

#include "report/record.h"

/* The version, and the plan: a result for each record there will be, whatever becomes of it. */
void ktap_begin(FILE *out, const struct report *report);

/* Who is next, as a diagnostic: what comes may take long. @number of @count. */
void ktap_next(FILE *out, size_t number, size_t count, const char *exporter, const char *peer);

/*
 * The results of @count records from the one at @first on, which have their verdicts by now. A
 * control passes if it is clean, a fault if it is noticed; what can't be shown here, or was not
 * checked, is SKIP with its why.
 */
void ktap_results(FILE *out, const struct report *report, size_t first, size_t count);

#endif
