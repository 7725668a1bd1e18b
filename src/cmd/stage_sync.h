/* SPDX-License-Identifier: MIT */
/* stage_sync: which kind of sync a run has with the compositor, and why that one. */
#ifndef STALELINE_STAGE_SYNC_H
#define STALELINE_STAGE_SYNC_H

#include "cmd/stage.h"

/*
 * Choose: the window is open, and has no buffers yet. What was taken, and why, is said on standard
 * error. 0, or -errno with @why where what was asked for can't be had.
 */
int stage_choose_sync(struct stage *stage, struct why *why);

/*
 * Go on by this kind of sync: buffers that are of another are to be renewed (stage_renew.h) before they are shown again.
 * 0 or -errno with @why, and all is as it was.
 */
int stage_set_sync(struct stage *stage, enum show_sync sync, struct why *why);

/* Go on by the next kind that can be had here. True: it is another; said on standard error in either case. */
bool stage_next_sync(struct stage *stage);

/* sync-file: can the fences of buffers like this one be exported? 0 or -errno with @why. */
int stage_try_sync_file(struct buffer *buffer, struct why *why);

/* The word of the result file and of --sync=. */
const char *stage_sync_name(enum show_sync sync);

#endif
