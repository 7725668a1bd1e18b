// SPDX-License-Identifier: MIT
/*
 * soak_watch: what goes on around a soak: a storm of signals,
 * and what the process holds. See soak.h.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/soak.h"

enum { STORM_NS = 1000000 }; /* a signal each millisecond */

/* glibc has no name for it yet in each version. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* The count lies beside the thread that is hit, so nothing else can be at it. */
static void hit(int number, siginfo_t *info, void *context)
{
	volatile uint64_t *count = info->si_value.sival_ptr;

	(void)number;
	(void)context;
	(*count)++;
}

int soak_storm_begin(struct soak_storm *storm, volatile uint64_t *count, struct why *why)
{
	/* Without SA_RESTART: who waits is to get EINTR. */
	const struct sigaction action = { .sa_sigaction = hit, .sa_flags = SA_SIGINFO };
	const struct itimerspec each = {
		.it_value.tv_nsec = STORM_NS,
		.it_interval.tv_nsec = STORM_NS,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
		.sigev_value.sival_ptr = (void *)count,
	};

	event.sigev_notify_thread_id = gettid();
	if (sigaction(SIGALRM, &action, NULL) ||
	    timer_create(CLOCK_MONOTONIC, &event, &storm->timer))
		return why_set(why, -errno, "a timer for a storm of signals: %s", strerror(errno));
	storm->blowing = true;
	if (timer_settime(storm->timer, 0, &each, NULL))
		return why_set(why, -errno, "start the storm of signals: %s", strerror(errno));
	return 0;
}

void soak_storm_end(struct soak_storm *storm)
{
	if (storm->blowing)
		timer_delete(storm->timer);
	storm->blowing = false;
}

int soak_holds(uint64_t *fds, uint64_t *rss_kib)
{
	DIR *dir = opendir("/proc/self/fd");
	FILE *file = dir ? fopen("/proc/self/statm", "re") : NULL;
	uint64_t size = 0, pages = 0;
	int err = 0;

	if (!file || fscanf(file, "%" SCNu64 " %" SCNu64, &size, &pages) != 2)
		err = -EIO;
	if (file)
		fclose(file);
	*fds = 0;
	while (dir && readdir(dir))
		(*fds)++;
	if (dir)
		closedir(dir);
	if (*fds >= 3)
		*fds -= 3; /* ".", ".." and the folder itself */
	*rss_kib = pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	return err;
}
