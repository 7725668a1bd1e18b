// SPDX-License-Identifier: MIT
/* sync_file: implicit fences as descriptors. See sync_file.h. */
#include "sync/sync_file.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>

int sync_file_export(int dmabuf_fd, uint64_t flags)
{
	struct dma_buf_export_sync_file out = { .flags = (uint32_t)flags, .fd = -1 };

	return ioctl(dmabuf_fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out) < 0 ? -errno : out.fd;
}

int sync_file_is_signalled(int sync_file)
{
	struct pollfd fd = { .fd = sync_file, .events = POLLIN };
	int ready = poll(&fd, 1, 0);

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready == 0 ? 0 : fd.revents & POLLIN ? 1 : -EIO;
}
