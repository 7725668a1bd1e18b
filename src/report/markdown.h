/* SPDX-License-Identifier: MIT */
/*
 * markdown: RECORDs as tables for a page of documentation,
 * made by the program so that no number is copied by hand.
 */
#ifndef STALELINE_MARKDOWN_H
#define STALELINE_MARKDOWN_H

#include <stdio.h>

#include "report/record.h"

/*
 * For each pair a table of its controls and one of its faults:
 * who noticed, and after how many frames.
 */
void markdown_print(FILE *out, const struct report *report);

#endif
