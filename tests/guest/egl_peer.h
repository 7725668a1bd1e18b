/* SPDX-License-Identifier: MIT */
/* The tests of egl_peer, in the order in which they are run. */
#ifndef EGL_PEER_H
#define EGL_PEER_H

#include "egl_bench.h"

/* egl_peer_read.c */
void test_fresh(void);
void test_sizes(void);
void test_planted(void);
void test_part(void);

/* egl_peer_write.c */
void test_write(uint32_t width, uint32_t height);

/* egl_peer_refuse.c */
void test_refused(void);
/* Of @exporter. */
void test_foreign_buffer(const char *exporter);

#endif
