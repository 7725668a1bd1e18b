/* SPDX-License-Identifier: MIT */
/*
 * sync_file: the implicit fences of a dma-buf as a descriptor to poll. access_snapshot()
 * (buffer/access.h) gives it.
 *
 * There is no IMPORT: what we submit is the CPU's work, which is done by then, and a fence that
 * waited for the CPU may not be imported (R24).
 */
#ifndef STALELINE_SYNC_FILE_H
#define STALELINE_SYNC_FILE_H

/* Has it signalled? 1, 0, or -errno. One syscall, and it never blocks. */
int sync_file_is_signalled(int sync_file);

#endif
