/* SPDX-License-Identifier: MIT */
/*
 * exporter: where dma-bufs come from. One file for each kind, behind this small vtable.
 *
 *   gbm       GBM LINEAR from a DRM device            exporter_gbm.c
 *   dma-heap  /dev/dma_heap/NAME                      exporter_heap.c
 *   udmabuf   a sealed memfd through /dev/udmabuf     exporter_udmabuf.c
 *   staleline the module in kmod/                     exporter_staleline.c
 */
#ifndef STALELINE_EXPORTER_H
#define STALELINE_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/why.h"
#include "buffer/buffer.h"

struct exporter;

/* What the user asked for, and what the compositor said. Strings are not owned. */
struct exporter_wish {
	const char *name;   /* "auto", "gbm", "dma-heap:NAME", ..., as exporter_check_name() */
	const char *device; /* DRM node path or NULL: any */
	dev_t main_device;  /* the compositor's main device, where has_main_device */
	bool has_main_device;
	bool disjoint; /* each plane in a dma-buf of its own */
};

struct exporter_ops {
	const char *name;  /* as in --exporter= and the JSON */
	const char *arg;   /* what may stand after "name:", "NAME"; NULL where nothing may */
	const char *about; /* half a sentence for --help */

	/*
	 * Can @arg, what stood after ':' or NULL, be meant? 0 or -EINVAL with @why. Looks at no
	 * device: a name that may exist elsewhere passes.
	 */
	int (*check_arg)(const char *arg, struct why *why);

	/*
	 * May `auto` take this kind, where it opens? NULL: always. 0 or -errno with @why.
	 */
	int (*check_auto)(const struct exporter_wish *wish, struct why *why);

	/*
	 * Open what is needed and fill exporter->device. 0 or -errno with @why. @arg has passed
	 * check_arg(). On success @why holds a note for the log, or nothing: the driver,
	 * which devices were passed over.
	 */
	int (*open)(struct exporter *exporter, const struct exporter_wish *wish, const char *arg,
		    struct why *why);
	void (*close)(struct exporter *exporter);

	/*
	 * Allocate, export, map: fills every field of @buffer but number, exporter and disjoint,
	 * which are set before. LINEAR only; the stride is the
	 * exporter's choice. 0 or -errno with @why; nothing is left behind on failure.
	 */
	int (*alloc)(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		     struct buffer *buffer, struct why *why);
	void (*free)(struct exporter *exporter, struct buffer *buffer);

	/* Why it makes no buffers whose planes are disjoint. NULL: it does. */
	const char *no_disjoint;

	/* The memfd whose pages @buffer is; stays the buffer's. NULL: this kind has none. */
	int (*memfd)(const struct buffer *buffer);
};

struct exporter {
	const struct exporter_ops *ops;
	char device[64];  /* the node it allocates from, "/dev/udmabuf"; "" if none */
	void *priv;	  /* the exporter's own, NULL while closed */
	uint32_t buffers; /* how many were ever made: numbers them */
	bool disjoint;	  /* as was wished */
};

/* All kinds, in the order in which `auto` tries them; ends with NULL. */
extern const struct exporter_ops *const exporter_kinds[];

/*
 * Is @name one that exporter_open() would try: "auto", or NAME[:ARG] of a kind that takes such an
 * argument? For the command line: needs no device. 0, or -EINVAL with @why, which lists the names.
 */
int exporter_check_name(const char *name, struct why *why);

/*
 * Open the exporter that @wish names. For "auto" each kind is tried with a small buffer of @fourcc
 * and the first that works is taken; @log (never NULL) is called with one line for each: taken,
 * or not and why. 0, -EINVAL as exporter_check_name() says, -ENODEV where none works; @why says.
 * exporter_close() undoes it; all its buffers must be freed before.
 */
int exporter_open(struct exporter *exporter, const struct exporter_wish *wish, uint32_t fourcc,
		  void (*log)(void *data, const char *line), void *data, struct why *why);
void exporter_close(struct exporter *exporter);

/* Allocate and number a buffer; the wrappers of ops->alloc and ops->free. */
int exporter_alloc(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		   struct buffer *buffer, struct why *why);
void exporter_free(struct buffer *buffer);

/*
 * The memfd whose pages @buffer is, which stays the buffer's: for those who map it on purpose in
 * place of the dma-buf (R25). -EOPNOTSUPP with @why where there is none.
 */
int exporter_memfd(const struct buffer *buffer, struct why *why);

#endif
