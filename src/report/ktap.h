/* SPDX-License-Identifier: MIT */
/* ktap: RECORDs as KTAP, which kernel selftests speak and test farms read. */
#ifndef STALELINE_KTAP_H
#define STALELINE_KTAP_H

#include <stdio.h>

#include "report/record.h"

/*
 * One result for each record. A control passes if it is clean, a fault if it is noticed; what can't be
 * shown here, or was not checked, is SKIP with its why.
 */
void ktap_print(FILE *out, const struct report *report);

#endif
