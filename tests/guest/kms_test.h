/* SPDX-License-Identifier: MIT */
/* The rooms of kms in the order in which they are gone through, and what they share. */
#ifndef KMS_TEST_H
#define KMS_TEST_H

#include "kms_screen.h"
#include "staleline_drm.h"

#define MODESET DRM_MODE_ATOMIC_ALLOW_MODESET
#define NONBLOCK DRM_MODE_ATOMIC_NONBLOCK
#define TEST_ONLY DRM_MODE_ATOMIC_TEST_ONLY
#define EVENT DRM_MODE_PAGE_FLIP_EVENT

/* Of the screen's size. */
struct fb fb_screen(void);
/* With a modeset, and no cursor. Like what follows: 0 or -errno. */
int show(const struct fb *fb);
int flip(uint32_t fb, uint32_t flags);
int screen_off(void);
/* Shows it with a writeback to @to, waits for the fence: 0 or what went wrong. */
int write_back(const struct fb *primary, const struct fb *cursor, int x, int y,
	       const struct fb *to);

/* The next event's sequence and time in us; 0 if none comes within @ms. */
uint64_t next_event(int ms, uint32_t *sequence);
/* Does the fence signal within @ms? */
bool signalled(int fence, int ms);

/* Of the module's buffer with this handle. */
uint64_t counter(uint32_t handle, enum drm_staleline_counter which);
uint32_t buffer_id(uint32_t handle);

/* A descriptor that each frame's CRC is read from: the caller's. */
int crc_open(void);

/* The screen is off, and then shows @a. */
void test_refusals(const struct fb *fb);
void test_pictures(const struct fb *a, const struct fb *b);
void test_composed(const struct fb *a, const struct fb *b);
void test_buffers(const struct fb *a);
/* The last one: the screen is off again. */
void test_comings(const struct fb *a);

#endif
