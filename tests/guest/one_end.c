// SPDX-License-Identifier: MIT
/*
 * A staleline that has never heard of R31: of a buffer in two dma-bufs it ends the bracket of the first alone, and takes
 * it that this was all. Not yet in the probe before the first frame, which has two brackets: the module refuses to be
 * set while one is open.
 */
#include "buffer/access.h"

enum { OF_PROBE = 2 };

int __real_access_end(struct access *access, uint64_t flags);
int __wrap_access_end(struct access *access, uint64_t flags);

int __wrap_access_end(struct access *access, uint64_t flags)
{
	static int ends;
	unsigned int mores = access->mores;
	int err;

	if (ends++ >= OF_PROBE)
		access->mores = 0;
	err = __real_access_end(access, flags);
	access->mores = mores;
	return err;
}
