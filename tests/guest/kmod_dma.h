/* SPDX-License-Identifier: MIT */
/* The rooms of kmod_dma, and what they share. */
#ifndef KMOD_DMA_H
#define KMOD_DMA_H

#include "importer.h"
#include "kmod_lib.h"

enum { OLD = 0x11, NEW = 0x22, FAR = 0x33, JOB = 0x44 };

/* The second page has a line that nobody but the first touch looks at. */
enum { FIRST = 0, NEXT = LINE, UNTOUCHED = 4096 + 5 * LINE };

struct kind {
	const char *name;
	int mode;    /* DRM_STALELINE_MODE_*, or -1: the system heap's */
	bool cached; /* the CPU side is the machine's own, and not the model's */
};

/* A buffer of SIZE bytes of this kind, with the CPU's map at least. */
struct buffer make_kind(const struct kind *kind);
void drop_kind(const struct kind *kind, struct buffer *b);
/* SYNC, or the program ends. */
void bracket(const struct buffer *b, uint64_t which);
/* is(), of @kind. */
void sees(const struct kind *kind, int got, int expected, const char *what);

/* kmod_dma_thread.c */
void test_thread(const struct kind *kind);

#endif
