/* SPDX-License-Identifier: MIT */
/*
 * fake_syncobj: DRM syncobj timelines without a DRM device, in place of libdrm's calls (the linker
 * wraps them). A timeline is a memfd with one number in it, so client and server share it as they
 * would share the kernel's, and a leak shows as a descriptor or a map. What the kernel does with a
 * point is in tests/guest/sync.c, on a real device.
 */
#ifndef STALELINE_TEST_FAKE_SYNCOBJ_H
#define STALELINE_TEST_FAKE_SYNCOBJ_H

#include <stdint.h>

/* What goes wrong in this process. */
enum fake_trouble {
	NO_TROUBLE,
	NO_TIMELINES, /* the device has none */
	CREATE_FAILS, /* ENOMEM at the second timeline */
	EXPORT_FAILS, /* EMFILE */
	SIGNAL_FAILS, /* ENOMEM at the third point */
	WAIT_FAILS,   /* ENOENT */
	WATCH_FAILS,  /* ENOMEM */
	NO_EVENTFD,   /* a kernel before 6.6 */
};

/* How this process is to go wrong from now on; counts begin anew. */
void fake_syncobj_trouble(enum fake_trouble trouble);

/* Timelines that this process has. */
int fake_syncobj_count(void);

#endif
