/* SPDX-License-Identifier: MIT */
/*
 * access: touching a dma-buf with the CPU, in the one right order.
 *
 *	access_map()     once, at the start			R11, R25, R26, R27
 *
 *	access_wait()    wait until the buffer is ready		R5, R7, R14, R16
 *	                 or, by a sync_file: access_snapshot()	R17, R18, R19, R23
 *	                 and access_wait_file()
 *	access_begin()   SYNC START				R1, R8, R9, R10
 *	  ... touch the map ...
 *	access_end()     SYNC END, with the same flags		R2, R8
 *	access_submit()  now it may be handed on		R6
 *
 *	munmap()         once, when all is over			R11
 *
 * A picture whose planes lie in several dma-bufs (as many decoders and cameras give NV12) has one
 * struct access for all of them: access_init() with the first, access_add() for each further one.
 * Every call that takes the struct is then made for each, since SYNC, poll and fences are of one
 * dma-buf alone (R31). Calls that take a descriptor (access_map(), access_export(),
 * access_import()) are made once for each.
 *
 * These two files need C11, POSIX and the kernel's headers only: carry them away. The rules are the
 * kernel's own (include/uapi/linux/dma-buf.h, Documentation/driver-api/dma-buf.rst), numbered in
 * docs/rules.md; https://docs.kernel.org/driver-api/dma-buf.html has them as prose.
 *
 * A small state machine, always compiled, knows a wrong order and names the rule it breaks. Under
 * ACCESS_ENFORCE (what a program wants) the wrong call is refused with -EPROTO before anything
 * reaches the kernel. Under ACCESS_OBSERVE (for orders broken on purpose) it is recorded and the
 * call goes through: to the kernel, with the flags it was given.
 *
 * What the state machine can't see: whether the map is touched outside a bracket (R1), and whether
 * a WRITE bracket is used to read (R10). The CPU's loads and stores make no call.
 *
 * Not thread safe: one bracket belongs to one thread at a time, as the kernel's does.
 */
#ifndef STALELINE_ACCESS_H
#define STALELINE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/dma-buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the CPU is about to do; the kernel's own bits. RW for a partial update or a blend (R10). */
enum access_flags {
	ACCESS_READ = DMA_BUF_SYNC_READ,   /* look, change nothing */
	ACCESS_WRITE = DMA_BUF_SYNC_WRITE, /* overwrite everything, read nothing */
	ACCESS_RW = DMA_BUF_SYNC_RW,	   /* change a part, or read and write */
};

enum access_policy {
	ACCESS_ENFORCE, /* a wrong order is an error: -EPROTO, and nothing is done */
	ACCESS_OBSERVE, /* a wrong order is recorded, and done all the same */
};

/* The calls, for the trace. */
enum access_call {
	ACCESS_CALL_WAIT,
	ACCESS_CALL_BEGIN,
	ACCESS_CALL_END,
	ACCESS_CALL_SUBMIT,
};

/* How many dma-bufs a picture can have beside the first: formats have four planes at most. */
enum { ACCESS_MORE = 3 };

struct access {
	int fd; /* the dma-buf, or the first of several; not owned, must outlive this */
	int more[ACCESS_MORE]; /* the others; not owned either */
	unsigned int mores;    /* how many */
	enum access_policy policy;

	/* The state: what a right next call depends on. */
	uint64_t open;	/* flags of the open bracket, 0 if none */
	uint32_t ended; /* who has had its END already: bit 0 for @fd, bit n for more[n - 1] */
	uint64_t ready; /* what was waited for since the last submit: ACCESS_READ, _WRITE or both */
	uint64_t known; /* what a snapshot taken since the last submit waits for, as in @ready */

	/* What was seen. */
	uint32_t broken;       /* bit n set: rule Rn was broken at least once */
	uint32_t violations;   /* how often any was */
	uint32_t restarts;     /* EINTR and EAGAIN that were restarted (R8) */
	const char *violation; /* the last one, a sentence with its rule; NULL if none */

	/*
	 * Told of every wait, begin, end and submit after it was made or refused, with its result;
	 * may be NULL. @flags are the call's; for a submit those of the bracket still open, or 0.
	 */
	void (*trace)(void *data, const struct access *access, enum access_call call,
		      uint64_t flags, int result);
	void *trace_data;
};

/* The dma-bufs, numbered from 0 to mores. */
static inline int access_fd(const struct access *access, unsigned int n)
{
	return n ? access->more[n - 1] : access->fd;
}

/* Start with no bracket open and nothing known to be ready. @fd stays the caller's. */
void access_init(struct access *access, int fd, enum access_policy policy);

/*
 * A further plane of the same picture lies in dma-buf @fd, which stays the caller's. To be called
 * after access_init(); none of them is known to be ready then. Several planes are often given as
 * several descriptors of one dma-buf: one that is there already is not taken twice, since brackets
 * don't nest (R11). What counts is the dma-buf, not the number of the descriptor. That is told by
 * its inode: needs Linux 5.3, before which all have one.
 *
 * 0, -EBADF, -EPROTO (a bracket is open), -ENOSPC for more than there is room for.
 */
int access_add(struct access *access, int fd);

/*
 * Map the whole dma-buf @fd for what @flags says, MAP_SHARED (R26), and tell its size (R27). Once
 * for a buffer, not once a frame (R11); munmap(2) undoes it. The map may not be touched yet: that
 * takes access_begin().
 *
 * 0, -EACCES where @fd was exported read-only and @flags says WRITE, -EINVAL for bad flags and also
 * where the exporter has no mmap, or what else the exporter says: not each can be mapped (R25).
 * -EOVERFLOW where the size does not fit: on 32 bit compile with -D_FILE_OFFSET_BITS=64, or that
 * begins at 2 GiB. Whether @fd is a dma-buf is not looked at: a pipe gives -ESPIPE, but a memfd is
 * mapped, and it is access_begin() that refuses it (-ENOTTY).
 */
int access_map(int fd, uint64_t flags, size_t *size, void **map);

/*
 * Wait, for at most @timeout_ms (0: look only; -1: no limit), until the buffer is ready for what
 * @flags says: ACCESS_READ waits for writers (POLLIN), ACCESS_WRITE and ACCESS_RW wait for all
 * users (POLLOUT alone: POLLIN|POLLOUT returns when either is ready, R16).
 *
 * This is for implicit sync. With explicit sync the release point is what to wait for, and
 * access_is_ready() is how to say that it was waited for (R7).
 *
 * 0, -ETIME when the limit passed, -EINVAL for no or unknown flags (R9, under both policies: there
 * is no poll(2) that they stand for), -EPROTO inside a bracket (R5: wait BEFORE the START), -EBADF,
 * -EIO where poll reports an error of the buffer, or what poll(2) itself fails with. A signal does
 * not end the wait and does not prolong it.
 */
int access_wait(struct access *access, uint64_t flags, int timeout_ms);

/*
 * The caller waited by other means (a fence, a release point) until ready for @flags (R5, R7). A
 * new buffer that nobody else has seen is ready too: say so, or let access_wait() find it so.
 */
void access_is_ready(struct access *access, uint64_t flags);

/*
 * A sync_file of those who use the dma-buf @fd now (Linux 6.0): for ACCESS_READ of its writers, for
 * ACCESS_WRITE or RW of all users (R18). It is a snapshot: who comes later is not in it, and where
 * nobody is there it is signalled already (R19). Close-on-exec (R23), the caller's to close: to
 * hand to a device that is to wait (R20).
 *
 * The file, -EINVAL for bad flags (R17), -ENOTTY where the kernel has no such ioctl or @fd is no
 * dma-buf, or what else the kernel says.
 */
int access_export(int fd, uint64_t flags);

/*
 * Put the fence of @file, a sync_file, into the dma-buf @fd: as a reader's for ACCESS_READ, so
 * that later writers wait for it; as a writer's for ACCESS_WRITE or RW, so that everybody does
 * (R22). For work that a device was given and that finishes by itself; never for work of the
 * CPU (R24). Between access_export(), the submission and this nobody else may submit (R21).
 * @file stays the caller's.
 *
 * 0, -EINVAL for bad flags (R17) or where @file is no sync_file, -ENOTTY as above.
 */
int access_import(int fd, int file, uint64_t flags);

/*
 * access_export() of this buffer, to be waited for by access_wait_file(). Only after the work was
 * submitted that is to be waited for (R19). Of several dma-bufs it is one file for all. The file,
 * the caller's to close, or -errno.
 */
int access_snapshot(struct access *access, uint64_t flags);

/*
 * Wait for @file, which access_snapshot() gave, until the buffer is ready for what @flags
 * says; else as access_wait(). -EPROTO: inside a bracket (R5), or work was submitted
 * after the snapshot (R19).
 */
int access_wait_file(struct access *access, int file, uint64_t flags, int timeout_ms);

/*
 * SYNC START. After 0 the map may be touched as @flags says, until access_end(). Restarted on
 * EINTR and EAGAIN (R8); any other error means that the access may not begin. Of several
 * dma-bufs each has its START, from the first on; where one fails those before it are ended
 * again, and no bracket is open.
 *
 * 0, -EPROTO (a bracket is open already, R11; not waited for, R5), -EINVAL for bad flags (R9), or
 * what the exporter's hook says, -ENOTTY for an fd that is no dma-buf.
 */
int access_begin(struct access *access, uint64_t flags);

/*
 * SYNC END, with the flags of the START (R2). After 0 what was written may be submitted (R6).
 * Any error means that it was not published: the bracket stays open, to be ended again, and the
 * buffer may not be submitted. Of several dma-bufs each has its END, from the first on; one that
 * has had it is not ended again.
 *
 * 0, -EPROTO (no bracket is open, R1; other flags than START's, R2), -EINVAL, or as above.
 */
int access_end(struct access *access, uint64_t flags);

/*
 * Say that work which uses the buffer is about to be submitted, to a device or a compositor: to be
 * called just before. From here on it is not known to be ready until waited for again (R5).
 *
 * 0, or -EPROTO: a bracket is still open (R6).
 */
int access_submit(struct access *access);

#ifdef __cplusplus
}
#endif

#endif
