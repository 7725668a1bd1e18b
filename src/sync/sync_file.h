/* SPDX-License-Identifier: MIT */
/*
 * sync_file: the implicit fences of a dma-buf as a descriptor to poll (Linux 6.0 and later). R17 to R23.
 *
 * There is no IMPORT here: what we submit is the CPU's work, which is done by then, and a fence that
 * waited for the CPU may not be imported (R24).
 */
#ifndef STALELINE_SYNC_FILE_H
#define STALELINE_SYNC_FILE_H

#include <stdint.h>

/*
 * The fences that a CPU access of @flags (ACCESS_READ, _WRITE or _RW: the same bits) has to wait for,
 * as of now (R18, R19). A descriptor that is readable once all have signalled; owned by the caller,
 * close-on-exec (R23). Or -errno: -ENOTTY this kernel has no such ioctl, -EINVAL other flags (R17).
 */
int sync_file_export(int dmabuf_fd, uint64_t flags);

/* Has it signalled? 1, 0, or -errno. One syscall, and it never blocks. */
int sync_file_is_signalled(int sync_file);

#endif
