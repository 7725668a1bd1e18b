/* SPDX-License-Identifier: MIT */
/* terminal: RECORDs as text for people. */
#ifndef STALELINE_TERMINAL_H
#define STALELINE_TERMINAL_H

#include <stdio.h>

#include "report/record.h"

/* The summary of one record: what was done, what was found, the verdict and its why. */
void terminal_print_record(FILE *out, const struct record *record);

#endif
