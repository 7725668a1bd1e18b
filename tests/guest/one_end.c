// SPDX-License-Identifier: MIT
/*
 * A staleline that has never heard of R31: of a buffer in two dma-bufs it ends the bracket of the first alone, and takes
 * it that this was all. Everything else is as it is.
 */
#include "buffer/access.h"

int __real_access_end(struct access *access, uint64_t flags);
int __wrap_access_end(struct access *access, uint64_t flags);

int __wrap_access_end(struct access *access, uint64_t flags)
{
	unsigned int mores = access->mores;
	int err;

	access->mores = 0;
	err = __real_access_end(access, flags);
	access->mores = mores;
	return err;
}
