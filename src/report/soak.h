/* SPDX-License-Identifier: MIT */
/*
 * soak: RECORDs of `check --duration=`: their verdict,
 * and the sentence that every printer has of them.
 */
#ifndef STALELINE_REPORT_SOAK_H
#define STALELINE_REPORT_SOAK_H

#include <stdio.h>

#include "report/record.h"

/*
 * As a control; and broken also where a cell was not fresh any more when it was looked at again,
 * where descriptors are left open, or where memory grew by more than SOAK_GROWTH_KIB.
 */
void record_judge_soak(struct record *record);

enum { SOAK_GROWTH_KIB = 8192 };

/*
 * "20.0 s in 2 threads; looked at again: 5120 cells, all still fresh;
 * ...", or "" where nothing was soaked.
 */
void record_soak_text(const struct record *record, char *text, size_t size);

#endif
