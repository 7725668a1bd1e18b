/* SPDX-License-Identifier: MIT */
/*
 * kmod_fuzz: what is called, and with what.
 *
 *	kmod_fuzz.c	calls, watches, judges
 *	fuzz_pool.c	what the arguments are made of
 *	fuzz_calls.c	ioctls of buffers and fences, with arguments that are mostly valid
 *	fuzz_kms.c	those of the display
 *	fuzz_contract.c	arguments that staleline_drm.h says are EINVAL and do nothing
 */
#ifndef KMOD_FUZZ_H
#define KMOD_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "kmod_kms.h"
#include "kmod_util.h"
#include "staleline_drm.h"

#define NHANDLES 8
#define NFDS 8
#define MAX_ARGS 512
#define SCRATCH_SIZE 65536

/* What the arguments are made of. */
struct pool {
	struct chooser c;
	int master, other;		     /* card nodes; the second is not master */
	int quiet;			     /* a third, with the witness alone */
	uint32_t handles[NHANDLES];	     /* of @master; 0: none */
	uint32_t fbs[NHANDLES], syncobjs[4]; /* likewise */
	int dmabufs[NHANDLES], files[NFDS];  /* or -1 */
	uint32_t blob;
	struct kms kms;
	uint8_t *scratch; /* for pointers in arguments, with nothing around it */
	uint32_t witness; /* a buffer of @quiet that only fuzz_contract.c looks at */
};

/* Fills in the arguments, zeroed before; they are the ioctl's own structure. */
typedef void (*fill_fn)(struct pool *p, void *args);
/* What came back and is to be kept. */
typedef void (*keep_fn)(struct pool *p, const void *args);

enum where { ON_CARD, ON_DMABUF, ON_FILE };

struct fuzz_call {
	const char *name;
	unsigned long request;
	enum where where;
	fill_fn fill;
	keep_fn keep; /* or NULL */
};

extern const struct fuzz_call fuzz_calls[], fuzz_kms_calls[];
extern const unsigned int nfuzz_calls, nfuzz_kms_calls;

/* fill_...(pool, args) with args of the ioctl's own type. */
#define FILL(name, type)                                                                           \
	static void name##_args(struct pool *p, type *a);                                          \
	static void name(struct pool *p, void *args)                                               \
	{                                                                                          \
		name##_args(p, args);                                                              \
	}                                                                                          \
	static void name##_args(struct pool *p, type *a)

uint32_t some_handle(struct pool *p);
/* A pointer into the scratch, filled with junk. */
uint64_t some_pointer(struct pool *p);
/* An array there that holds one number. */
uint64_t array_of(struct pool *p, uint32_t value);
/* Replaces an older one, which is closed. */
void keep_handle(struct pool *p, uint32_t handle);
/* Closes a descriptor of the pool, where there is one. */
void forget(int *fd);
void pool_init(struct pool *p);
/* Closes what it can: without that, everything is soon full. */
void pool_forget(struct pool *p);

/* One call that must be EINVAL and do nothing: NULL, or what was wrong. */
const char *try_contract(struct pool *p);
/* Every undefined bit and pad once; TAP. */
void test_contract(struct pool *p);

#endif
