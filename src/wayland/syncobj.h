/* SPDX-License-Identifier: MIT */
/*
 * syncobj: explicit sync by linux-drm-syncobj-v1.
 *
 * Each commit of a buffer carries two points: the acquire point, which we signal when the CPU is
 * done, and the release point, which the compositor signals when it is done. Since CPU work may not
 * be published as a fence that waits for the CPU (R24), the acquire point is signalled after END and
 * before the commit. The release point alone frees the buffer: wl_buffer.release means nothing here,
 * and nobody looks at the dma-buf's own fences.
 *
 * The errors of the protocol can't happen, by the way this is made:
 *   surface_exists      one object for each surface, made in syncobj_enter() and nowhere else
 *   invalid_timeline    only descriptors that the kernel has just made of a syncobj are sent
 *   no_surface          syncobj_close() comes before the surface's end (window_close())
 *   unsupported_buffer  only dma-bufs are committed on this surface; the panel has one of its own
 *   no_buffer, no_acquire_point, no_release_point
 *                       the points are set by syncobj_commit(), whose one caller attaches and commits
 *   conflicting_points  acquire and release points are never of one timeline
 */
#ifndef STALELINE_SYNCOBJ_H
#define STALELINE_SYNCOBJ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "sync/timeline.h"

struct wl_surface;
struct wp_linux_drm_syncobj_manager_v1;
struct wp_linux_drm_syncobj_surface_v1;
struct wp_linux_drm_syncobj_timeline_v1;

/* A timeline that the compositor knows too. */
struct syncobj_line {
	struct timeline timeline;
	struct wp_linux_drm_syncobj_timeline_v1 *wl;
	uint64_t point; /* the last one that was given away; 0: none */
};

/* A surface's. Zeroed: there is none, and sync is implicit. */
struct syncobj {
	int drm_fd; /* whose timelines they are; owned */
	struct wp_linux_drm_syncobj_manager_v1 *manager;
	struct wp_linux_drm_syncobj_surface_v1 *surface;
	struct syncobj_line acquire; /* of all buffers: only we signal it, in order */
	bool no_eventfd;	     /* this kernel can't say when: look now and then */
	bool no_more;		     /* set by the caller: the manager's global was taken back */
};

/*
 * A buffer's. Points of several commits on one timeline would be signalled together with the
 * latest, although a compositor may be done with them in another order. So a commit while an
 * earlier one is still pending, as in an order broken on purpose, takes another timeline. Where
 * none is to be had any more it goes on with the first: free is the buffer then when the last
 * commit of that is over, whatever is with those before.
 */
enum { SYNCOBJ_LINES = 4 };

struct syncobj_buffer {
	struct syncobj_line
		release[SYNCOBJ_LINES]; /* the first always; others once they are needed */
	bool pending[SYNCOBJ_LINES];	/* its last point is not signalled yet */
	int event;			/* eventfd, armed by syncobj_watch(); owned */
	int watched;			/* 1 + the line whose last point it waits for; 0: none */
};

/*
 * Let @surface be synchronised by points, of timelines of @drm_fd (owned from here on, closed on
 * failure too). Before its first buffer. 0 or -errno with @why; -EOPNOTSUPP @drm_fd makes none.
 */
int syncobj_open(struct syncobj *sync, struct wp_linux_drm_syncobj_manager_v1 *manager,
		 struct wl_surface *surface, int drm_fd, struct why *why);

/*
 * The surface is synchronised implicitly from the next commit on; and by points again. Points that were committed are not
 * affected, so buffers that have some come back by these. What is not implicit by then must have points: the caller
 * commits buffers of the one kind only. syncobj_enter(): 0 or -errno with @why; both do nothing where it is so.
 */
void syncobj_leave(struct syncobj *sync);
int syncobj_enter(struct syncobj *sync, struct wl_surface *surface, struct why *why);

/* Before the surface is destroyed, after its buffers are dropped. May be called on a zeroed one. */
void syncobj_close(struct syncobj *sync);

static inline bool syncobj_is_open(const struct syncobj *sync)
{
	return sync->surface;
}

/* The points of a buffer. 0 or -errno with @why. */
int syncobj_buffer_open(const struct syncobj *sync, struct syncobj_buffer *buffer, struct why *why);

/* May be called on a zeroed one. */
void syncobj_buffer_close(struct syncobj_buffer *buffer);

/*
 * END has returned (R6, R24): signal the acquire point, and set both points on the surface. The caller
 * attaches the buffer and commits, with no other request on the surface in between that commits. One
 * syscall in a right order. 0 or -errno with @why, and then nothing may be committed; -EBUSY: so many
 * commits of this buffer are pending that it has no timeline left.
 */
int syncobj_commit(struct syncobj *sync, struct syncobj_buffer *buffer, struct why *why);

/*
 * Has the compositor signalled all that is pending? 1 (free), 0 or -errno. One syscall in a right order,
 * and none where nothing is pending.
 */
int syncobj_look(struct syncobj_buffer *buffer);

/*
 * For who wants to sleep until then: a descriptor that becomes readable when it is worth another
 * look; -1: none, look now and then. 0 or -errno. To be called before each sleep.
 */
int syncobj_watch(struct syncobj *sync, struct syncobj_buffer *buffer, int *fd);

#endif
