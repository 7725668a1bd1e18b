/* SPDX-License-Identifier: MIT */
/* What tests/guest/kms.c stands on: buffers, commits, pictures. */
#ifndef KMS_SCREEN_H
#define KMS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "tap.h"

/* 0 or -errno. */
int call(int fd, unsigned long request, void *arg);
int open_card(const char *driver);

/* The card, with one of each. */
struct screen {
	int card;
	uint32_t crtc, connector, writeback, primary, cursor;
	drmModeModeInfo mode;
	char debugfs[64];
};

extern struct screen screen;
void screen_open(void);
void screen_find_mode(void);

/* A framebuffer on a buffer of the card's. */
struct fb {
	uint32_t handle, id, width, height, pitch;
	uint64_t size;
	uint8_t *device; /* dumb map */
};

struct fb fb_create(uint32_t width, uint32_t height, uint32_t format);
void fb_destroy(struct fb *fb);
/* Another content for another seed; colours premultiplied where the format has an alpha. */
void fb_fill(struct fb *fb, uint32_t seed);
/* Of a buffer that is there: 0 or -errno. */
int fb_add(uint32_t handle, uint32_t width, uint32_t height, uint32_t pitch, uint32_t format,
	   uint32_t *id);

/* A commit in the making. */
struct commit {
	drmModeAtomicReq *req;
	bool fits; /* every property was there */
	uint32_t blob;
};

struct commit commit_new(void);
void commit_set(struct commit *c, uint32_t object, const char *name, uint64_t value);
void commit_mode(struct commit *c, const drmModeModeInfo *mode);
void commit_primary(struct commit *c, uint32_t fb);
void commit_cursor(struct commit *c, const struct fb *fb, int x, int y);
/* 0 or -errno, and the commit is gone. */
int commit_go(struct commit *c, uint32_t flags);
uint64_t property(uint32_t object, const char *name);
bool has_property(uint32_t object, const char *name);

/* What a picture is expected to be: blue, green, red, 0xff. */
uint8_t *expected(const struct fb *primary, const struct fb *cursor, int x, int y);
uint32_t crc_of(const uint8_t *bytes, size_t size);

/* What debugfs tells. 0 or -errno. */
struct picture {
	unsigned long long sequence;
	unsigned int buffer, cursor, width, height;
	uint8_t *rgb;
};

int picture_take(struct picture *p);
/* Takes one; how many pixels of it differ, or -errno. */
long picture_differs(const uint8_t *expected);
long fb_differs(const struct fb *fb, const uint8_t *expected);

/* kms_interrupted.c; the screen is on. */
void test_interrupted(const struct fb *fb);

#endif
