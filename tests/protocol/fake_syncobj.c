// SPDX-License-Identifier: MIT
/* fake_syncobj: timelines in memfds. See fake_syncobj.h. */
#include "fake_syncobj.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>

int __wrap_drmGetCap(int fd, uint64_t capability, uint64_t *value);
int __wrap_drmSyncobjCreate(int fd, uint32_t flags, uint32_t *handle);
int __wrap_drmSyncobjDestroy(int fd, uint32_t handle);
int __wrap_drmSyncobjHandleToFD(int fd, uint32_t handle, int *obj_fd);
int __wrap_drmSyncobjFDToHandle(int fd, int obj_fd, uint32_t *handle);
int __wrap_drmSyncobjTimelineSignal(int fd, const uint32_t *handles, uint64_t *points,
				    uint32_t count);
int __wrap_drmSyncobjTimelineWait(int fd, uint32_t *handles, uint64_t *points, unsigned int count,
				  int64_t timeout_nsec, unsigned int flags, uint32_t *first);
int __wrap_drmSyncobjEventfd(int fd, uint32_t handle, uint64_t point, int ev_fd, uint32_t flags);

enum { MAX_LINES = 64 };

struct watch {
	struct watch *next;
	pthread_t thread;
	_Atomic uint64_t *signalled;
	uint64_t point;
	int event;
	atomic_bool stop;
};

static struct line {
	int fd; /* 0: free */
	_Atomic uint64_t *signalled;
	struct watch *watches;
} lines[MAX_LINES + 1]; /* by handle, from 1 */

static enum fake_trouble trouble;
static int created, signals;

void fake_syncobj_trouble(enum fake_trouble kind)
{
	trouble = kind;
	created = signals = 0;
}

int fake_syncobj_count(void)
{
	int count = 0;

	for (int i = 1; i <= MAX_LINES; i++)
		count += lines[i].fd != 0;
	return count;
}

static int fail(int err)
{
	errno = err;
	return -1;
}

static struct line *line_of(uint32_t handle)
{
	return handle >= 1 && handle <= MAX_LINES && lines[handle].fd ? &lines[handle] : NULL;
}

/* Takes over @memfd. */
static int adopt(int memfd, uint32_t *handle)
{
	uint32_t i = 1;

	while (i <= MAX_LINES && lines[i].fd)
		i++;
	if (i > MAX_LINES)
		abort();
	lines[i].signalled =
		mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	if (lines[i].signalled == MAP_FAILED)
		abort();
	lines[i].fd = memfd;
	*handle = i;
	return 0;
}

int __wrap_drmGetCap(int fd, uint64_t capability, uint64_t *value)
{
	(void)fd;
	*value = capability == DRM_CAP_SYNCOBJ_TIMELINE && trouble != NO_TIMELINES;
	return 0;
}

int __wrap_drmSyncobjCreate(int fd, uint32_t flags, uint32_t *handle)
{
	int memfd;

	(void)fd;
	(void)flags;
	if (trouble == CREATE_FAILS && ++created == 2)
		return fail(ENOMEM);
	memfd = memfd_create("timeline", MFD_CLOEXEC);
	if (memfd < 0 || ftruncate(memfd, sizeof(uint64_t)) < 0)
		abort();
	return adopt(memfd, handle);
}

int __wrap_drmSyncobjDestroy(int fd, uint32_t handle)
{
	struct line *line = line_of(handle);

	(void)fd;
	if (!line)
		return fail(ENOENT);
	while (line->watches) {
		struct watch *watch = line->watches;

		line->watches = watch->next;
		watch->stop = true;
		pthread_join(watch->thread, NULL);
		free(watch);
	}
	munmap((void *)line->signalled, sizeof(uint64_t));
	close(line->fd);
	*line = (struct line){ 0 };
	return 0;
}

int __wrap_drmSyncobjHandleToFD(int fd, uint32_t handle, int *obj_fd)
{
	(void)fd;
	if (trouble == EXPORT_FAILS)
		return fail(EMFILE);
	if (!line_of(handle))
		return fail(ENOENT);
	*obj_fd = fcntl(line_of(handle)->fd, F_DUPFD_CLOEXEC, 0);
	return *obj_fd < 0 ? -1 : 0;
}

int __wrap_drmSyncobjFDToHandle(int fd, int obj_fd, uint32_t *handle)
{
	struct stat st;

	(void)fd;
	if (fstat(obj_fd, &st) < 0 || st.st_size != sizeof(uint64_t))
		return fail(EINVAL);
	return adopt(fcntl(obj_fd, F_DUPFD_CLOEXEC, 0), handle);
}

int __wrap_drmSyncobjTimelineSignal(int fd, const uint32_t *handles, uint64_t *points,
				    uint32_t count)
{
	struct line *line = line_of(handles[0]);

	(void)fd;
	if (count != 1 || !line)
		return fail(ENOENT);
	if (trouble == SIGNAL_FAILS && ++signals == 3)
		return fail(ENOMEM);
	if (points[0] > *line->signalled)
		*line->signalled = points[0];
	return 0;
}

int __wrap_drmSyncobjTimelineWait(int fd, uint32_t *handles, uint64_t *points, unsigned int count,
				  int64_t timeout_nsec, unsigned int flags, uint32_t *first)
{
	struct line *line = line_of(handles[0]);

	(void)fd;
	(void)first;
	if (count != 1 || !line || trouble == WAIT_FAILS)
		return -(errno = ENOENT);
	if (*line->signalled >= points[0])
		return 0;
	/* As the kernel: a point that nobody has submitted yet can't be waited for without saying so. */
	if (!(flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT))
		return -(errno = EINVAL);
	if (timeout_nsec)
		abort(); /* a wait that blocks is what none of us should do */
	return -(errno = ETIME);
}

static void *watch_line(void *data)
{
	struct watch *watch = data;
	uint64_t one = 1;

	while (!watch->stop && *watch->signalled < watch->point)
		usleep(500);
	if (!watch->stop && write(watch->event, &one, sizeof(one)) != sizeof(one))
		abort();
	close(watch->event);
	return NULL;
}

int __wrap_drmSyncobjEventfd(int fd, uint32_t handle, uint64_t point, int ev_fd, uint32_t flags)
{
	struct line *line = line_of(handle);
	struct watch *watch;

	(void)fd;
	if (!line || flags)
		return fail(ENOENT);
	if (trouble == NO_EVENTFD || trouble == WATCH_FAILS)
		return fail(trouble == NO_EVENTFD ? EINVAL : ENOMEM);
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		abort();
	watch->next = line->watches;
	watch->signalled = line->signalled;
	watch->point = point;
	watch->event = fcntl(ev_fd, F_DUPFD_CLOEXEC, 0);
	if (watch->event < 0 || pthread_create(&watch->thread, NULL, watch_line, watch))
		abort();
	line->watches = watch;
	return 0;
}
