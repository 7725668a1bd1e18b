/* SPDX-License-Identifier: MIT */
/*
 * peer: who touches a buffer from the other side. Two verbs: `read` looks at the card as the
 * device sees it, `write` puts a card there as a device would. A peer may lack one.
 */
#ifndef STALELINE_PEER_H
#define STALELINE_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "buffer/buffer.h"
#include "card/card.h"

struct peer;

/* Which GL does the looking. The words of --gl=. */
enum peer_gl {
	PEER_GL_AUTO, /* ES 3.0 with highp integers where there is such, else ES 2 */
	PEER_GL_ES3,  /* the check shader decodes every cell */
	PEER_GL_ES2,  /* pixels pass 1:1 and are decoded by the CPU */
};

struct peer_wish {
	const char *name; /* that of its ops: "egl", "jobs", "scanout" */
	/*
	 * DRM node path: the device this peer is on.
	 * NULL: egl goes without one, others look for theirs
	 */
	const char *device;
	enum peer_gl gl;      /* of egl */
	uint32_t duration_us; /* of jobs: how long a write takes; 0: the default */
	uint32_t steps;	      /* and in how many steps; 0: the default */
	bool crc;	      /* of scanout: by CRC even where there is a writeback connector */
};

/* What a peer's work waits for and what it leaves behind. */
enum peer_sync {
	PEER_IMPLICIT, /* the buffer's own fences, as far as the driver has any: peer->implicit */
	PEER_FILE,     /* a sync_file of these; and its own fence is put into the buffer (R20) */
	/*
	 * Points of a timeline each, and no fence of the buffer's: an acquire point, which the
	 * peer signals for the CPU when it is called (END is done, R24), and a release point,
	 * which finish() waits for.
	 */
	PEER_POINT,
};

/* One buffer as the peer holds it: imported once (not once a frame), dropped once. */
struct peer_image;

struct peer_ops {
	const char *name;

	/*
	 * Get ready for buffers that hold @card, which must outlive the peer; fills ops, card, path
	 * and priv. 0 or -errno with @why, and then nothing is left behind. close() undoes it, and
	 * may be called again.
	 */
	int (*open)(struct peer *peer, const struct peer_wish *wish, const struct card *card,
		    struct why *why);
	void (*close)(struct peer *peer);

	/*
	 * Import @buffer, which must outlive the image; drop all images before close(). 0 or -errno
	 * with @why. -EINVAL: not of the card's size or format. -EOPNOTSUPP: this device can't
	 * take this buffer, which is no failure of either.
	 */
	int (*import)(struct peer *peer, const struct buffer *buffer, struct peer_image **image,
		      struct why *why);
	void (*drop)(struct peer *peer, struct peer_image *image);

	/*
	 * The card that open() was told of has another size now, where it lies: from here on
	 * buffers of that size are imported and looked at. Nothing is under way. 0, or -errno with
	 * @why, and then the card is to be put back. Images of another size stay until they are
	 * dropped. NULL: it can't.
	 */
	int (*resize)(struct peer *peer, struct why *why);

	/*
	 * Judge the card in @image as the device sees it. The caller has done END before (R6). One
	 * verdict per cell into @map, and the same as a picture, 0x00RRGGBB per cell, into @heat
	 * (NULL: not wanted). On return the device is done with the buffer: the CPU may touch it
	 * again (R5). Nothing is allocated.
	 * 0 or -errno with @why. -EOPNOTSUPP: lacks this verb.
	 */
	int (*read)(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
		    struct cell_verdict *map, uint32_t *heat, struct why *why);

	/*
	 * Will write() find @image one that it can write into? What it needs for that is made here,
	 * and nothing written. 0 or -errno with @why. NULL: what could be imported can be written.
	 */
	int (*check_write)(struct peer *peer, struct peer_image *image, struct why *why);

	/*
	 * Put the whole card @frame of @serial into @image as a device would: the pixels after the
	 * last cell too. The caller has no bracket open (R6). On return the work is submitted;
	 * finish() says when it is done and the CPU may START (R5). The buffer's implicit fences
	 * may say so as well, but not every driver has such: see peer->implicit.
	 * 0 or -errno with @why. -EOPNOTSUPP: lacks this verb.
	 */
	int (*write)(struct peer *peer, struct peer_image *image, uint32_t serial, uint32_t frame,
		     struct why *why);

	/* Wait until all work of this peer is done, by a fence where there is one, with a limit. */
	int (*finish)(struct peer *peer, struct why *why);

	/*
	 * read() in two halves, for who goes on while the device reads. begin_read() submits the
	 * work and returns when more than half of the card was read; end_read() waits for the rest
	 * and judges. One at a time. NULL: this peer has read when it returns.
	 */
	int (*begin_read)(struct peer *peer, struct peer_image *image, struct why *why);
	int (*end_read)(struct peer *peer, const struct card_expect *expect,
			struct cell_verdict *map, struct why *why);

	/*
	 * Work from now on by @sync; all buffers must be at rest. 0 or -errno with @why:
	 * -EOPNOTSUPP, it can't. NULL: PEER_IMPLICIT is all it can.
	 */
	int (*set_sync)(struct peer *peer, enum peer_sync sync, struct why *why);
};

struct peer {
	const struct peer_ops *ops;
	const struct card *card; /* not owned */
	/* What it is, for people: "EGL on /dev/dri/card0 (llvmpipe ...), GLES 3.0 check shader". */
	char path[160];
	/*
	 * write() may leave a fence in the buffer, so that START has something to
	 * wait for. llvmpipe leaves none: there only finish() knows, and who leaves
	 * out a wait reads at random.
	 */
	bool implicit;
	void *priv;
};

extern const struct peer_ops peer_egl;	   /* a GPU, or a driver without one, through EGL */
extern const struct peer_ops peer_jobs;	   /* device work of the module in kmod/ */
extern const struct peer_ops peer_scanout; /* a display: writeback connector or CRC */

/* All of them, ends with NULL; the one of this name, or NULL. */
extern const struct peer_ops *const peer_kinds[];
const struct peer_ops *peer_find(const char *name);

/* ops->set_sync(), where there is one. 0 or -errno with @why. */
int peer_set_sync(struct peer *peer, enum peer_sync sync, struct why *why);

/* ops->resize(), where there is one. 0 or -errno with @why. */
int peer_resize(struct peer *peer, struct why *why);

/* ops->check_write(), where there is one. 0 or -errno with @why. */
int peer_check_write(struct peer *peer, struct peer_image *image, struct why *why);

/* For import(): is @buffer of the card's size and format? 0 or -EINVAL with @why. */
int peer_check_buffer(const struct peer *peer, const struct buffer *buffer, struct why *why);

/*
 * For import(): a device that takes one dma-buf can't take disjoint planes.
 * 0 or -EOPNOTSUPP with @why.
 */
int peer_check_joint(const struct peer *peer, const struct buffer *buffer, struct why *why);

/* For read(): the heatmap of @map, where @heat is wanted. */
void peer_heat(const struct card *card, const struct cell_verdict *map, uint32_t *heat);

#endif
