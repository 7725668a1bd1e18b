/* SPDX-License-Identifier: MIT */
/* table: RECORDs as a table for people: a row for each exporter, peer and direction. */
#ifndef STALELINE_TABLE_H
#define STALELINE_TABLE_H

#include <stdio.h>

#include "report/record.h"

/* @columns wide. Each reason is told once, below, and rows name it by its number. */
void table_print(FILE *out, const struct report *report, int columns);

#endif
