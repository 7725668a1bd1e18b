/* SPDX-License-Identifier: MIT */
/*
 * kmod_stress: what a worker has, and the operations on it.
 *
 *	kmod_stress.c	the supervisor: workers, kills, verdict
 *	stress_lacks.c	what can't be tried here
 *	stress_buffer.c	buffers: made, passed on, closed
 *	stress_use.c	brackets, the module's own ioctls, names
 *	stress_map.c	maps: touch, partial munmap, mremap, mprotect, fork
 *	stress_fence.c	jobs, sync_files, syncobjs, poll
 *	stress_kms.c	commits, cursor, writeback, CRC
 */
#ifndef KMOD_STRESS_H
#define KMOD_STRESS_H

#include <linux/dma-buf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kmod_kms.h"
#include "kmod_util.h"
#include "staleline_drm.h"

#define NCARDS 2
#define NITEMS 24
#define NFILES 16
#define NSYNCOBJS 8
#define NSLOTS 24
/* A map lies in a slot of an arena where nothing else is: a wild touch meets no heap and no stack. */
#define SLOT_SIZE (1u << 20)
#define PAGE 4096u

/* What an operation returns when there was nothing to do it on. */
#define NOTHING 1

struct item {
	uint32_t handle; /* of cards[card]; 0: the place is free */
	uint32_t card;
	uint32_t width, height;
	uint64_t size; /* 0: not known, as it came from elsewhere */
	uint32_t fb;
	int fd; /* dma-buf, or -1 */
};

struct worker {
	struct chooser c;
	int pool[2]; /* dma-bufs of all workers pass through here */
	int cards[NCARDS];
	struct item items[NITEMS];
	int files[NFILES]; /* sync_files, or -1 */
	struct {
		uint32_t card, handle;
	} syncobjs[NSYNCOBJS];
	uint64_t point;
	uint8_t *arena;
	bool mapped[NSLOTS];
	struct kms kms; /* nplanes 0: there is no display */
	char debugfs[64];
	int timeline;		 /* of sw_sync, or -1; stepped by a process that is never killed */
	const uint32_t *reached; /* its value */
	bool failing;		 /* some of this task's allocations */
};

/* 0, -errno or NOTHING. */
typedef int (*stress_op)(struct worker *w);

struct op {
	const char *name;
	stress_op run;
	uint32_t weight;
	uint32_t needs; /* NEED_*: else it never can succeed */
};

#define NEED_KMS 1   /* a display */
#define NEED_JOBS 2  /* the job ioctl and syncobjs */
#define NEED_FAULT 4 /* fault injection in the kernel */
#define NEED_SW_SYNC 8
#define NEED_CRC 16
#define NEED_UDMABUF 32 /* and dma-heaps: 6.1 has neither */

/* NEED_* of all that is not there. Opens nothing: asks main()'s card. */
uint32_t look_for_lacks(void);

extern const struct op buffer_ops[], use_ops[], map_ops[], fence_ops[], kms_ops[];
extern const unsigned int nbuffer_ops, nuse_ops, nmap_ops, nfence_ops, nkms_ops;

/* A random buffer, or NULL; with a dma-buf if so asked. */
struct item *some_item(struct worker *w, bool with_fd);
struct item *free_place(struct worker *w);
void drop_item(struct worker *w, struct item *b);
/* A sync_file for keeping; the place of another is taken if there is none. */
int keep_file(struct worker *w, int fd);
int some_file(struct worker *w);
/* What a process of its own does with the timeline. */
void step_for_ever(int timeline, uint32_t *reached) __attribute__((noreturn));
/* In the task that calls, some allocations fail from now on, or no longer; -errno. */
int let_allocations_fail(struct worker *w, bool fail);
bool map_init(struct worker *w);
/* Touches a random byte of the arena, whatever is there; true if it could be touched. */
bool touch_arena(struct worker *w, struct chooser *c);
/* A second thread that does nothing else. */
void start_toucher(struct worker *w);

#endif
