// SPDX-License-Identifier: MIT
/*
 * access: touching a dma-buf with the CPU, in the one right order. See access.h.
 *
 * Read top down: the state machine's one way to complain, then wait, begin, end, submit.
 * A frame costs three syscalls for each dma-buf: poll, SYNC START, SYNC END (the clock is read in
 * the vDSO). Nothing is allocated.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* -std=c11 alone hides clock_gettime() */
#endif
#include "access.h"

#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* R9: READ, WRITE or both, and no other bit. */
static bool flags_are_valid(uint64_t flags)
{
	return flags && !(flags & ~(uint64_t)DMA_BUF_SYNC_RW);
}

/*
 * A rule was broken: record it. -EPROTO where the policy is to refuse; 0 where it is to watch, and
 * then the caller goes on to the kernel as if nothing were wrong.
 */
static int broke(struct access *access, unsigned int rule, const char *sentence)
{
	access->broken |= UINT32_C(1) << rule;
	access->violations++;
	access->violation = sentence;
	return access->policy == ACCESS_ENFORCE ? -EPROTO : 0;
}

/* The last thing every call does. Hands back @result. */
static int told(struct access *access, enum access_call call, uint64_t flags, int result)
{
	if (access->trace)
		access->trace(access->trace_data, access, call, flags, result);
	return result;
}

void access_init(struct access *access, int fd, enum access_policy policy)
{
	*access = (struct access){ .fd = fd, .policy = policy };
}

int access_add(struct access *access, int fd)
{
	struct stat added, there;

	if (access->open) /* it would have an END without a START */
		return -EPROTO;
	if (fstat(fd, &added) < 0)
		return -errno;
	for (unsigned int n = 0; n <= access->mores; n++) {
		if (fstat(access_fd(access, n), &there) < 0)
			return -errno;
		if (added.st_dev == there.st_dev && added.st_ino == there.st_ino)
			return 0; /* each dma-buf has an inode number of its own (Linux 5.3) */
	}
	if (access->mores == ACCESS_MORE)
		return -ENOSPC;
	access->more[access->mores++] = fd;
	access->ready = access->known = 0; /* R5: of this one nothing is known */
	return 0;
}

int access_map(int fd, uint64_t flags, size_t *size, void **map)
{
	int prot = (flags & ACCESS_READ ? PROT_READ : 0) | (flags & ACCESS_WRITE ? PROT_WRITE : 0);
	off_t end;
	void *at;

	if (!flags_are_valid(flags))
		return -EINVAL;

	/* R27: the seek to the end is how a dma-buf tells its size; fstat(2) says 0. */
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return -errno;
	if ((off_t)(size_t)end != end) /* a 32 bit process has no room for it */
		return -EOVERFLOW;

	/* R26: MAP_PRIVATE would copy each page at its first write, and no device saw the copy. */
	at = mmap(NULL, (size_t)end, prot, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;

	*size = (size_t)end;
	*map = at;
	return 0;
}

/* Milliseconds of CLOCK_MONOTONIC, which no change of the wall clock moves. */
static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until @fd is ready for one of @events. 0, -ETIME or -errno. */
static int poll_until(int fd, short events, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	int64_t deadline = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
	int left = timeout_ms < 0 ? -1 : timeout_ms;
	int n;

	if (fd < 0) /* poll(2) would skip it without a word, and wait for nothing */
		return -EBADF;

	/*
	 * A signal must neither end the wait nor prolong it: each round gets what is left. When
	 * nothing is left, EINTR is an answer too: the kernel looks at the fd first, and only if
	 * it is not ready at the signal.
	 */
	while ((n = poll(&pollfd, 1, left)) < 0) {
		if (errno != EINTR)
			return -errno;
		if (timeout_ms < 0)
			continue;
		if (left > 0)
			left = (int)(deadline - now_ms());
		if (left <= 0)
			return -ETIME;
	}
	if (n == 0)
		return -ETIME;

	/* Errors come unasked for, beside or instead of what was asked for. */
	if (pollfd.revents & POLLNVAL)
		return -EBADF;
	if (pollfd.revents & (POLLERR | POLLHUP) || !(pollfd.revents & events))
		return -EIO;
	return 0;
}

/*
 * Until each is ready, one after the other:
 * who is ready stays so, for nobody submits meanwhile (R5).
 */
static int poll_each(const struct access *access, short events, int timeout_ms)
{
	int64_t deadline = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
	int err = poll_until(access->fd, events, timeout_ms);

	for (unsigned int n = 1; !err && n <= access->mores; n++) {
		int64_t left = timeout_ms > 0 ? deadline - now_ms() : timeout_ms;

		err = poll_until(access_fd(access, n), events,
				 timeout_ms > 0 && left < 0 ? 0 : (int)left);
	}
	return err;
}

int access_wait(struct access *access, uint64_t flags, int timeout_ms)
{
	int err;

	if (!flags_are_valid(flags)) {
		broke(access, 9, "R9: a wait for neither READ nor WRITE, or with unknown bits");
		return told(access, ACCESS_CALL_WAIT, flags, -EINVAL);
	}
	if (access->open) {
		err = broke(access, 5, "R5: the wait comes after START, it belongs before");
		if (err)
			return told(access, ACCESS_CALL_WAIT, flags, err);
	}

	/*
	 * R14, R16: POLLOUT is "all users are done", POLLIN is "the writers are done". Both at once
	 * would return at the first of the two, so for writing it is POLLOUT alone; that includes
	 * the writers, so RW needs no more. No fence, no wait: such a buffer is ready at once.
	 */
	err = poll_each(access, flags & ACCESS_WRITE ? POLLOUT : POLLIN, timeout_ms);
	if (!err)
		access_is_ready(access, flags);
	return told(access, ACCESS_CALL_WAIT, flags, err);
}

void access_is_ready(struct access *access, uint64_t flags)
{
	/* R14: no user is left, so no writer is. */
	access->ready |= flags & ACCESS_WRITE ? ACCESS_RW : flags & ACCESS_READ;
}

int access_export(int fd, uint64_t flags)
{
	struct dma_buf_export_sync_file export = { .flags = (uint32_t)flags, .fd = -1 };

	if (!flags_are_valid(flags)) /* R17 */
		return -EINVAL;
	return ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export) < 0 ? -errno : export.fd;
}

int access_import(int fd, int file, uint64_t flags)
{
	struct dma_buf_import_sync_file import = { .flags = (uint32_t)flags, .fd = file };

	if (!flags_are_valid(flags))
		return -EINVAL;
	return ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import) < 0 ? -errno : 0;
}

/* One sync_file for both, which are closed. */
static int merge(int file, int other)
{
	struct sync_merge_data both = { .name = "access", .fd2 = other };
	int merged = other; /* or its error */

	if (other >= 0) {
		merged = ioctl(file, SYNC_IOC_MERGE, &both) < 0 ? -errno : both.fence;
		close(other);
	}
	close(file);
	return merged;
}

int access_snapshot(struct access *access, uint64_t flags)
{
	int file = access_export(access->fd, flags);

	for (unsigned int n = 1; file >= 0 && n <= access->mores; n++)
		file = merge(file, access_export(access_fd(access, n), flags));
	if (file >= 0) /* R18: of all users, and so of the writers */
		access->known |= flags & ACCESS_WRITE ? ACCESS_RW : flags;
	return file;
}

int access_wait_file(struct access *access, int file, uint64_t flags, int timeout_ms)
{
	int err = 0;

	if (!flags_are_valid(flags)) {
		broke(access, 9, "R9: a wait for neither READ nor WRITE, or with unknown bits");
		return told(access, ACCESS_CALL_WAIT, flags, -EINVAL);
	}
	if (access->open)
		err = broke(access, 5, "R5: the wait comes after START, it belongs before");
	else if (flags & ~access->known)
		err = broke(access, 19,
			    "R19: the sync_file is older than the work that was submitted last");
	if (!err)
		err = poll_until(file, POLLIN, timeout_ms); /* of a sync_file: it is signalled */
	if (!err)
		access_is_ready(access, flags);
	return told(access, ACCESS_CALL_WAIT, flags, err);
}

/* One SYNC, @flags with START or END in them, until it is done or has failed for good. */
static int sync_ioctl(struct access *access, int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	while (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) < 0) {
		if (errno != EINTR && errno != EAGAIN) /* R8: these two mean "again", no other */
			return -errno;
		access->restarts++;
	}
	return 0;
}

/*
 * SYNC of the dma-bufs in @which, a bit for each, from the first on, up to one that fails.
 * *@done: of these it was done.
 */
static int sync_each(struct access *access, uint64_t flags, uint32_t which, uint32_t *done)
{
	int err = 0;

	*done = 0;
	for (unsigned int n = 0; !err && n <= access->mores; n++) {
		if (!(which >> n & 1))
			continue;
		err = sync_ioctl(access, access_fd(access, n), flags);
		*done |= err ? 0 : UINT32_C(1) << n;
	}
	return err;
}

/* No bracket is to stay open: one that can't be ended leaves out no other. */
static void end_each(struct access *access, uint64_t flags, uint32_t which)
{
	for (unsigned int n = 0; n <= access->mores; n++)
		if (which >> n & 1)
			sync_ioctl(access, access_fd(access, n), DMA_BUF_SYNC_END | flags);
}

/* What is wrong with a START(@flags) now? 0 or an error to refuse it with. */
static int check_begin(struct access *access, uint64_t flags)
{
	int err = 0;

	if (!flags_are_valid(flags)) /* the kernel says EINVAL too, and has synchronised nothing */
		return broke(access, 9, "R9: START with neither READ nor WRITE, or unknown bits")
			       ? -EINVAL
			       : 0;
	if (access->open) /* neither nested nor counted: the first END would close both */
		err = broke(access, 11, "R11: START while a bracket is open");
	if (err)
		return err;

	if (!access->ready)
		err = broke(access, 5, "R5: START without having waited until the buffer is ready");
	else if (flags & ~access->ready)
		err = broke(access, 5,
			    "R5: START to write, but the wait was for READ: readers may be at it");
	return err;
}

int access_begin(struct access *access, uint64_t flags)
{
	int err = check_begin(access, flags);
	uint32_t done;

	if (!err) {
		/*
		 * R12: this waits for fences too, but without a limit, and after the exporter has
		 * invalidated caches, so that a device still writing leaves stale lines behind.
		 * Hence the wait before (R5); here nothing is left to wait for. Where something is
		 * (somebody submitted in between), a SIGINT that the program handles does not end
		 * it either: R8 restarts the ioctl.
		 */
		err = sync_each(access, DMA_BUF_SYNC_START | flags, UINT32_MAX, &done);
		if (err && !access->open) /* the first error is the one to tell */
			end_each(access, flags, done);
		if (!err && flags_are_valid(flags)) {
			access->open = flags;
			access->ended = 0;
		}
	}
	return told(access, ACCESS_CALL_BEGIN, flags, err);
}

/* What is wrong with an END(@flags) now? 0 or an error to refuse it with. */
static int check_end(struct access *access, uint64_t flags)
{
	/* Indexed by the flags of START, then of END. */
	static const char *const differs[4][4] = {
		[ACCESS_READ][ACCESS_WRITE] =
			"R2: END(WRITE) closes a bracket opened with START(READ)",
		[ACCESS_READ][ACCESS_RW] = "R2: END(RW) closes a bracket opened with START(READ)",
		[ACCESS_WRITE][ACCESS_READ] =
			"R2: END(READ) closes a bracket opened with START(WRITE)",
		[ACCESS_WRITE][ACCESS_RW] = "R2: END(RW) closes a bracket opened with START(WRITE)",
		[ACCESS_RW][ACCESS_READ] = "R2: END(READ) closes a bracket opened with START(RW)",
		[ACCESS_RW][ACCESS_WRITE] = "R2: END(WRITE) closes a bracket opened with START(RW)",
	};

	if (!flags_are_valid(flags))
		return broke(access, 9, "R9: END with neither READ nor WRITE, or unknown bits")
			       ? -EINVAL
			       : 0;
	if (!access->open)
		return broke(access, 1, "R1: END without a START");
	if (flags != access->open)
		return broke(access, 2, differs[access->open][flags]);
	return 0;
}

int access_end(struct access *access, uint64_t flags)
{
	int err = check_end(access, flags);
	uint32_t done;

	if (!err) {
		err = sync_each(access, DMA_BUF_SYNC_END | flags, ~access->ended, &done);
		if (access->open)
			access->ended |= done;
		if (!err && flags_are_valid(flags)) {
			access->open = 0;
			access->ended = 0;
		}
	}
	return told(access, ACCESS_CALL_END, flags, err);
}

int access_submit(struct access *access)
{
	uint64_t open = access->open;
	int err = 0;

	if (open) /* the device would look before the caches are written back */
		err = broke(access, 6, "R6: submitted while a bracket is open, END comes first");
	if (!err) {
		access->ready = 0; /* others use it now, so the next START needs a wait (R5) */
		access->known = 0; /* and what was exported before does not know of them (R19) */
	}
	return told(access, ACCESS_CALL_SUBMIT, open, err);
}
