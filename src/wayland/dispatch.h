/* SPDX-License-Identifier: MIT */
/* dispatch: what connection.c needs of dispatch.c besides connection.h. */
#ifndef STALELINE_DISPATCH_H
#define STALELINE_DISPATCH_H

/* Keep what libwayland would print, for the sentence of a protocol error. */
void dispatch_keep_log(void);

#endif
