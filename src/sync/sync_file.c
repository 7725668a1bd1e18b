// SPDX-License-Identifier: MIT
/* sync_file: fences as a descriptor. See sync_file.h. */
#include "sync/sync_file.h"

#include <errno.h>
#include <poll.h>

int sync_file_is_signalled(int sync_file)
{
	struct pollfd fd = { .fd = sync_file, .events = POLLIN };
	int ready = poll(&fd, 1, 0);

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready == 0 ? 0 : fd.revents & POLLIN ? 1 : -EIO;
}
