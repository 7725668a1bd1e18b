/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note OR MIT */
/*
 * staleline: a DRM driver without hardware that behaves like a non-coherent device.
 *
 * A buffer has a device side (the dumb map of the card node; what importing drivers and kernel maps
 * see) and a CPU side (mmap of the dma-buf's descriptor), in lines of 64 bytes. Buffers are made by
 * DRM_IOCTL_MODE_CREATE_DUMB and exported by DRM_IOCTL_PRIME_HANDLE_TO_FD, as any driver's; but
 * the descriptor is always writable, also without DRM_RDWR. The ioctls here say how a buffer
 * behaves and tell the truth about it. docs/module.md is the manual.
 *
 * For all of them:
 *  - a bit in a flags field that is not defined here, a nonzero pad, and a value out of its range
 *    are EINVAL, and then nothing was done;
 *  - a handle that is none of this file's is ENOENT; one of a buffer that was imported from another
 *    driver is EOPNOTSUPP: it has no two sides;
 *  - structures grow at their end only, and what is added means the old behaviour when zero.
 */
#ifndef STALELINE_DRM_H
#define STALELINE_DRM_H

#ifdef __KERNEL__
#include <drm/drm.h>
#else
#include <drm.h>
#endif

#if defined(__cplusplus)
extern "C" {
#endif

/* Raised when something is added; what is there keeps its meaning. */
#define DRM_STALELINE_VERSION 2

#define DRM_STALELINE_LINE_SIZE 64

#define DRM_STALELINE_INFO 0x00
#define DRM_STALELINE_SET 0x01
#define DRM_STALELINE_GET 0x02
#define DRM_STALELINE_STATE 0x03
#define DRM_STALELINE_COUNTERS 0x04
#define DRM_STALELINE_TICK 0x05
#define DRM_STALELINE_PROCESS 0x06
#define DRM_STALELINE_JOB 0x07

/**
 * struct drm_staleline_info - what this module is
 *
 * Fails only for a nonzero @flags.
 */
struct drm_staleline_info {
	/** @flags: in: must be 0 */
	__u32 flags;
	/** @version: out: DRM_STALELINE_VERSION of the module */
	__u32 version;
	/** @line_size: out: bytes in a line */
	__u32 line_size;
	/** @page_size: out: bytes in a page, the unit in which touches are noticed */
	__u32 page_size;
	/** @max_buffer: out: bytes that one buffer may have */
	__u64 max_buffer;
	/** @max_total: out: bytes that all buffers may have, copies counted */
	__u64 max_total;
	/** @total: out: bytes that all buffers have now, or may come to have */
	__u64 total;
};

/* How the buffer behaves. */
enum drm_staleline_mode {
	/* One backing, cached: nothing is simulated, nothing is lost. */
	DRM_STALELINE_MODE_COHERENT = 0,
	/* Two sides; brackets carry data across, as the parameters below say. */
	DRM_STALELINE_MODE_NONCOHERENT = 1,
	/* One backing; touches of the CPU map outside brackets are counted. */
	DRM_STALELINE_MODE_TRAP = 2,
};

/* What START(READ) and START(RW) do to a dirty line. */
enum drm_staleline_inval {
	DRM_STALELINE_INVAL_DISCARD = 0,   /* it is lost, as with arm64's dc ivac */
	DRM_STALELINE_INVAL_WRITEBACK = 1, /* it is written back, as with x86's clflush */
};

/* What END(READ) does to dirty lines. END(WRITE) and END(RW) always write them back. */
enum drm_staleline_end {
	DRM_STALELINE_END_STRICT = 0,	    /* nothing */
	DRM_STALELINE_END_CLEAN_ALWAYS = 1, /* writes them back, as arm64 */
};

/* What START(WRITE) does. */
enum drm_staleline_write {
	/* Refills clean stale lines, as a cache may at any time. */
	DRM_STALELINE_WRITE_REFETCH = 0,
	/* Nothing: a store of the very bytes that were there before can be lost. */
	DRM_STALELINE_WRITE_NONE = 1,
	/*
	 * Fills the CPU side with junk, and END writes all of it, touched or not. As REFETCH where
	 * another process's bracket is open that allows stores.
	 */
	DRM_STALELINE_WRITE_POISON = 2,
};

/* When START does its cache work. */
enum drm_staleline_hook {
	DRM_STALELINE_HOOK_FIRST = 0,	   /* before waiting for fences, as dma-heaps */
	DRM_STALELINE_HOOK_WAIT_FIRST = 1, /* after it, as i915 */
};

/* Rates are chances in 65536, for each line at each entry into the module. */
#define DRM_STALELINE_RATE_ALWAYS 65536

/* Which fields DRM_IOCTL_STALELINE_SET is to take. */
#define DRM_STALELINE_SET_MODE 0x1
#define DRM_STALELINE_SET_INVAL 0x2
#define DRM_STALELINE_SET_END 0x4
#define DRM_STALELINE_SET_WRITE 0x8
#define DRM_STALELINE_SET_HOOK 0x10
#define DRM_STALELINE_SET_EVICT 0x20
#define DRM_STALELINE_SET_FETCH 0x40
#define DRM_STALELINE_SET_SEED 0x80
#define DRM_STALELINE_SET_INJECT 0x100

/**
 * struct drm_staleline_params - how one buffer behaves
 *
 * DRM_IOCTL_STALELINE_SET takes the fields that @flags names; a new buffer has those of the
 * module's parameters. Other fields are not looked at, but for @pad. It fails with EBUSY while a
 * bracket is open (END it first) and with ENOMEM where the limit of the module or of the cgroup
 * doesn't allow copies. Changing the mode writes every dirty line back and empties the CPU side;
 * the maps stay.
 *
 * DRM_IOCTL_STALELINE_GET tells all fields; @flags must be 0.
 */
struct drm_staleline_params {
	/** @handle: in: the buffer */
	__u32 handle;
	/** @flags: in: DRM_STALELINE_SET_* */
	__u32 flags;
	/** @mode: enum drm_staleline_mode */
	__u32 mode;
	/** @inval: enum drm_staleline_inval */
	__u32 inval;
	/** @end: enum drm_staleline_end */
	__u32 end;
	/** @write: enum drm_staleline_write */
	__u32 write;
	/** @hook: enum drm_staleline_hook */
	__u32 hook;
	/** @evict: chance in 65536 that a dirty line is written back early */
	__u32 evict;
	/** @fetch: chance in 65536 that a clean stale line is refilled early */
	__u32 fetch;
	/** @inject: so many of the next STARTs and ENDs fail, by turns with EINTR and EAGAIN */
	__u32 inject;
	/** @seed: of the chances; setting it starts their sequence anew */
	__u64 seed;
	/** @id: out, GET only: the buffer's number in debugfs and tracepoints; in: must be 0 */
	__u32 id;
	/** @pad: must be 0 */
	__u32 pad;
};

/* What a line is. Both can hold at once. */
#define DRM_STALELINE_LINE_DIRTY 0x1  /* the CPU has written it, the device can't see that */
#define DRM_STALELINE_LINE_STALE 0x2  /* the device has written it, the CPU can't see that */
#define DRM_STALELINE_LINE_CACHED 0x4 /* the CPU side has a copy of its page */

/**
 * struct drm_staleline_state - the truth about each line, now
 *
 * An entry into the module: early evictions and fetches happen first, then it is looked. Buffers
 * that are not noncoherent are clean everywhere. What the CPU stores meanwhile may or may not be
 * in the answer: for an exact one be at rest.
 *
 * EINVAL where @first and @count lie beyond the buffer; EFAULT.
 */
struct drm_staleline_state {
	/** @handle: in: the buffer */
	__u32 handle;
	/** @flags: in: must be 0 */
	__u32 flags;
	/** @first: in: the first line to tell of, counted in lines from the buffer's start */
	__u32 first;
	/** @count: in: how many; 0: all from @first on, counted only, @lines is not written to */
	__u32 count;
	/** @lines: in: pointer to @count bytes, each gets DRM_STALELINE_LINE_* */
	__u64 lines;
	/** @total: out: lines that the buffer has */
	__u32 total;
	/** @clean: out: of those asked for, neither dirty nor stale */
	__u32 clean;
	/** @dirty: out: dirty, not stale */
	__u32 dirty;
	/** @stale: out: stale, not dirty */
	__u32 stale;
	/** @both: out: dirty and stale */
	__u32 both;
	/** @cached: out: with a copy on the CPU side */
	__u32 cached;
};

/* What is counted: places in drm_staleline_counters.value. */
enum drm_staleline_counter {
	DRM_STALELINE_STARTS = 0, /* brackets opened */
	DRM_STALELINE_ENDS,	  /* brackets closed, or ENDs without a START */
	DRM_STALELINE_UNBALANCED, /* END without START; START with other flags while one is open */
	DRM_STALELINE_MISMATCHED, /* END with other flags than its START */
	DRM_STALELINE_RESTARTED,  /* START again with the same flags: right after a signal */
	DRM_STALELINE_ABANDONED,  /* brackets whose process or buffer is gone */
	DRM_STALELINE_INJECTED,	  /* STARTs and ENDs that were asked to fail */
	DRM_STALELINE_LOOKED_AT,  /* lines looked at: what brackets cost */
	DRM_STALELINE_REFILLED,	  /* lines refilled by START */
	DRM_STALELINE_WRITTEN,	  /* lines written back by END; by START with inval=writeback */
	DRM_STALELINE_DISCARDED,  /* dirty lines lost by START with inval=discard */
	DRM_STALELINE_EVICTED,	  /* lines written back early */
	DRM_STALELINE_FETCHED,	  /* lines refilled early */
	DRM_STALELINE_STALE_READ, /* lines stale at END(READ), in pages touched since START */
	DRM_STALELINE_TRAP_READ,  /* pages read where no bracket allows it, in trap mode */
	DRM_STALELINE_TRAP_WRITE, /* pages written where no bracket allows it, in trap mode */
	DRM_STALELINE_SIGBUS,	  /* of those, answered by SIGBUS */
	/* What device work found dirty, and so read wrong. The CPU has not ended its access. */
	DRM_STALELINE_JOB_DIRTY,       /* lines that jobs read */
	DRM_STALELINE_SCANOUT_DIRTY,   /* lines that were scanned out */
	DRM_STALELINE_WRITEBACK_DIRTY, /* lines that went into a writeback's picture */
	DRM_STALELINE_JOBS,	       /* jobs that are done with the buffer, in time or not */
	DRM_STALELINE_SCANOUTS,	       /* frames for which the buffer was scanned out */
	DRM_STALELINE_NCOUNTERS
};

#define DRM_STALELINE_MAX_COUNTERS 32

/**
 * struct drm_staleline_counters - what the module did or saw, since the buffer was made
 *
 * Of one buffer, or with handle 0 of all that are and were, whoever's they are: of all users of the
 * device together. Counters never go back. ENOMEM, for handle 0.
 */
struct drm_staleline_counters {
	/** @handle: in: the buffer, or 0 */
	__u32 handle;
	/** @flags: in: must be 0 */
	__u32 flags;
	/** @count: out: DRM_STALELINE_NCOUNTERS of the module; further values are 0 */
	__u32 count;
	/** @pad: in: must be 0 */
	__u32 pad;
	/** @value: out: see enum drm_staleline_counter */
	__u64 value[DRM_STALELINE_MAX_COUNTERS];
};

/**
 * struct drm_staleline_tick - let early evictions and fetches happen
 *
 * An entry into the module and nothing else: @steps times each dirty line is evicted and each clean
 * stale one fetched with the buffer's chances. EINVAL for more than 1000 steps.
 */
struct drm_staleline_tick {
	/** @handle: in: the buffer */
	__u32 handle;
	/** @flags: in: must be 0 */
	__u32 flags;
	/** @steps: in: 1 to 1000 */
	__u32 steps;
	/** @pad: in: must be 0 */
	__u32 pad;
};

/* A touch that a trap counts ends in SIGBUS, as long as this file is open. */
#define DRM_STALELINE_PROCESS_SIGBUS 0x1

/**
 * struct drm_staleline_process - what the calling process wants for itself
 *
 * Holds for the process that calls and for no other, its children neither, until it is called
 * again through the same file or that file is closed.
 */
struct drm_staleline_process {
	/** @flags: in: DRM_STALELINE_PROCESS_* or 0 */
	__u32 flags;
	/** @pad: in: must be 0 */
	__u32 pad;
};

/* What a job does on the device side. */
enum drm_staleline_job_kind {
	DRM_STALELINE_JOB_FILL = 0, /* @dst gets @value, over and over */
	DRM_STALELINE_JOB_COPY = 1, /* @dst gets the bytes of @src */
};

/* Explicit sync only: the buffers' implicit fences are neither waited for nor added to. */
#define DRM_STALELINE_JOB_EXPLICIT 0x1
/* A step takes every @steps-th line, and not a piece of the whole: half done shows everywhere. */
#define DRM_STALELINE_JOB_SCATTERED 0x2
/* Wait for the sync_file @in_fd. */
#define DRM_STALELINE_JOB_IN_FILE 0x4
/* Give a sync_file in @out_fd that signals when the job is done. */
#define DRM_STALELINE_JOB_OUT_FILE 0x8
/* Wait for @in_point of @in_syncobj (0: of a binary one). It must be submitted already. */
#define DRM_STALELINE_JOB_IN_POINT 0x10
/* Let @out_point of @out_syncobj (0: of a binary one) signal when the job is done. */
#define DRM_STALELINE_JOB_OUT_POINT 0x20

#define DRM_STALELINE_JOB_MAX_US 10000000
#define DRM_STALELINE_JOB_MAX_STEPS 1024
#define DRM_STALELINE_JOB_MAX_PENDING 256 /* of one file */
#define DRM_STALELINE_JOB_MAX_TOTAL 1024  /* of all files */

/**
 * struct drm_staleline_job - device work, asynchronous
 *
 * Returns when the job is submitted. The job waits for its in-fences and, unless it is EXPLICIT,
 * for implicit fences as a device does (for all users of @dst, for the writers of @src). Then it
 * takes @duration_us, in @steps equal steps: the first is done at once, the last when the time is
 * over (and so is the only one, where @steps is 1). The device has one engine: steps of other jobs
 * that are due come in between. Then its fence signals: the one that it has added to the buffers'
 * implicit fences, unless it is EXPLICIT, and those that were asked for.
 *
 * Whatever happens to the process, it signals within 10 s of its submission: where it can't be done
 * by then, its fence has the error ETIMEDOUT and what was not touched yet stays as it is. These
 * 10 s are DRM_STALELINE_JOB_MAX_US: a job of that duration has no time to wait for anything. That
 * an in-fence ended in an error stops nobody.
 *
 * Both buffers may have been imported from another driver. EACCES: the dma-buf of an imported @dst
 * is read-only. EINVAL: no @size; an offset or @size that is no multiple of a line or not inside
 * the buffer; @dst and @src the same buffer; @value, @src or a fence's field without its kind or
 * flag; an @in_fd that is no sync_file; a point that is not submitted yet. ENOENT: a handle or
 * syncobj that is not this file's. EBUSY: this file has DRM_STALELINE_JOB_MAX_PENDING jobs that are
 * not done, or all files together have DRM_STALELINE_JOB_MAX_TOTAL. EINTR: come again. ENOMEM,
 * EMFILE, and what another driver says whose buffer can't be mapped. In all of these, nothing was
 * submitted.
 */
struct drm_staleline_job {
	/** @kind: in: enum drm_staleline_job_kind */
	__u32 kind;
	/** @flags: in: DRM_STALELINE_JOB_* */
	__u32 flags;
	/** @dst: in: the buffer to write to */
	__u32 dst;
	/** @src: in: the buffer to read, of COPY; else 0 */
	__u32 src;
	/** @dst_offset: in: bytes from the start of @dst */
	__u64 dst_offset;
	/** @src_offset: in: bytes from the start of @src */
	__u64 src_offset;
	/** @size: in: bytes */
	__u64 size;
	/** @value: in: of FILL; else 0 */
	__u32 value;
	/** @duration_us: in: up to DRM_STALELINE_JOB_MAX_US; 0: as fast as it goes */
	__u32 duration_us;
	/** @steps: in: 1 to DRM_STALELINE_JOB_MAX_STEPS */
	__u32 steps;
	/** @in_fd: in: a sync_file, of IN_FILE; else 0. It stays the caller's */
	__s32 in_fd;
	/** @out_fd: out: a sync_file, of OUT_FILE, close-on-exec, the caller's to close; in: 0 */
	__s32 out_fd;
	/** @in_syncobj: in: of IN_POINT; else 0 */
	__u32 in_syncobj;
	/** @out_syncobj: in: of OUT_POINT; else 0 */
	__u32 out_syncobj;
	/** @pad: must be 0 */
	__u32 pad;
	/** @in_point: in: of IN_POINT; else 0 */
	__u64 in_point;
	/** @out_point: in: of OUT_POINT; else 0 */
	__u64 out_point;
};

#define DRM_STALELINE_IO(name, type) DRM_IOWR(DRM_COMMAND_BASE + (name), struct type)

#define DRM_IOCTL_STALELINE_INFO DRM_STALELINE_IO(DRM_STALELINE_INFO, drm_staleline_info)
#define DRM_IOCTL_STALELINE_SET DRM_STALELINE_IO(DRM_STALELINE_SET, drm_staleline_params)
#define DRM_IOCTL_STALELINE_GET DRM_STALELINE_IO(DRM_STALELINE_GET, drm_staleline_params)
#define DRM_IOCTL_STALELINE_STATE DRM_STALELINE_IO(DRM_STALELINE_STATE, drm_staleline_state)
#define DRM_IOCTL_STALELINE_COUNTERS                                                               \
	DRM_STALELINE_IO(DRM_STALELINE_COUNTERS, drm_staleline_counters)
#define DRM_IOCTL_STALELINE_TICK DRM_STALELINE_IO(DRM_STALELINE_TICK, drm_staleline_tick)
#define DRM_IOCTL_STALELINE_PROCESS DRM_STALELINE_IO(DRM_STALELINE_PROCESS, drm_staleline_process)
#define DRM_IOCTL_STALELINE_JOB DRM_STALELINE_IO(DRM_STALELINE_JOB, drm_staleline_job)

#if defined(__cplusplus)
}
#endif

#endif
