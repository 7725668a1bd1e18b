/* SPDX-License-Identifier: MIT */
/* fds: how many descriptors are open, to see that none is left. Include after cmocka.h. */
#ifndef STALELINE_TESTS_FDS_H
#define STALELINE_TESTS_FDS_H

#include <dirent.h>

static inline int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

#endif
