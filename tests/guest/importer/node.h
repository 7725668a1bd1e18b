/* SPDX-License-Identifier: GPL-2.0 */
/* What the two nodes of this module share. */
#ifndef STALELINE_IMPORTER_NODE_H
#define STALELINE_IMPORTER_NODE_H

#include <linux/ioctl.h>
#include <linux/version.h>

/* Takes a dma-buf's descriptor, once for each open file. */
#define STALELINE_IMPORT _IO('s', 1)

/* 6.2 took the reservation lock out of these, for callers that hold it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define dma_buf_map_attachment_unlocked dma_buf_map_attachment
#define dma_buf_unmap_attachment_unlocked dma_buf_unmap_attachment
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif

/* thread.c */
int thread_init(void);
void thread_exit(void);

#endif
