// SPDX-License-Identifier: MIT
/*
 * A staleline whose brackets for RW are for WRITE alone (R10 broken) in its controls as in its faults. Where a cache leaves
 * what isn't overwritten as it was that is clean, and with write=poison it is not: so a test can show that a control is
 * performed under what its fault needs, too.
 */
#include "buffer/access.h"

int __wrap_access_begin(struct access *access, uint64_t flags);
int __wrap_access_end(struct access *access, uint64_t flags);
int __real_access_begin(struct access *access, uint64_t flags);
int __real_access_end(struct access *access, uint64_t flags);

int __wrap_access_begin(struct access *access, uint64_t flags)
{
	return __real_access_begin(access, flags == ACCESS_RW ? ACCESS_WRITE : flags);
}

int __wrap_access_end(struct access *access, uint64_t flags)
{
	return __real_access_end(access, flags == ACCESS_RW ? ACCESS_WRITE : flags);
}
