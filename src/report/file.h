/* SPDX-License-Identifier: MIT */
/* file: the end of a file that results were written to. */
#ifndef STALELINE_FILE_H
#define STALELINE_FILE_H

#include <stdio.h>

/*
 * Close @file, whose name is @path. @err: what went wrong at it before, as -errno; 0: nothing.
 * Returns that, or what went wrong now: some disks are full only when all is to be on them. Then it
 * is removed: half a result must not be taken for one. Where @path is a link to it, the link stays
 * and the file is empty. What is no plain file (/dev/full) is not ours to remove.
 */
int file_close(FILE *file, const char *path, int err);

#endif
