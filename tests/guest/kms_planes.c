// SPDX-License-Identifier: MIT
/*
 * What is composed: cursor, writeback, CRCs, against what this program computes. A room of kms.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kms_test.h"

static void test_cursor(const struct fb *fb, uint32_t size)
{
	static const int at[][2] = { { 10, 20 },    { -20, -10 }, { -63, 5 },	{ 5, -63 },
				     { -64, 0 },    { 310, 230 }, { 319, 239 }, { 320, 240 },
				     { -30, 220 },  { 300, -40 }, { 0, 0 },	{ -200, -200 },
				     { 256, 1000 }, { 130, 97 } };
	int n = sizeof(at) / sizeof(*at), shown = 0, written = 0;
	struct fb cursor = fb_create(size, size, DRM_FORMAT_ARGB8888), to = fb_screen();

	fb_fill(&cursor, 77);
	for (int i = 0; i < n; i++) {
		uint8_t *picture = expected(fb, &cursor, at[i][0], at[i][1]);
		int ret = write_back(fb, &cursor, at[i][0], at[i][1], &to);
		long differ = picture_differs(picture);

		shown += !differ;
		written += !ret && !fb_differs(&to, picture);
		if (differ || ret)
			printf("# at %d,%d: %d, %ld pixels differ\n", at[i][0], at[i][1], ret,
			       differ);
		free(picture);
	}
	ok(shown == n, "a cursor of %u at %d places: %d are right on the screen", size, n, shown);
	ok(written == n, "and %d are right written back", written);
	fb_destroy(&cursor);
	fb_destroy(&to);
	is(show(fb), 0, "without it");
}

/* The old ioctls: no wait for a vblank. */
static void test_legacy_cursor(const struct fb *fb)
{
	struct fb cursor = fb_create(64, 64, DRM_FORMAT_ARGB8888);
	uint8_t *picture;
	int ret = 0;

	fb_fill(&cursor, 5);
	ret |= drmModeSetCursor(screen.card, screen.crtc, cursor.handle, 64, 64);
	for (int i = 0; i < 200; i++)
		ret |= drmModeMoveCursor(screen.card, screen.crtc, i % 50, i % 70);
	ret |= drmModeMoveCursor(screen.card, screen.crtc, 33, -7);
	is(ret, 0, "200 moves of the cursor by the old ioctl");
	usleep(100000);
	picture = expected(fb, &cursor, 33, -7);
	is(picture_differs(picture), 0, "the last is shown");
	for (int i = 0; i < 200; i++)
		drmModeSetCursor(screen.card, screen.crtc, i % 2 ? cursor.handle : 0, 64, 64);
	drmModeSetCursor(screen.card, screen.crtc, 0, 0, 0);
	free(picture);
	fb_destroy(&cursor);
	picture = expected(fb, NULL, 0, 0);
	usleep(100000);
	is(picture_differs(picture), 0, "and gone");
	free(picture);
}

/* The buffer's own content may be its own source. */
static void test_writeback(const struct fb *fb)
{
	struct fb to = fb_screen(), small = fb_create(320, 239, DRM_FORMAT_XRGB8888);
	struct fb alpha = fb_create(320, 240, DRM_FORMAT_ARGB8888);
	uint8_t *black = expected(NULL, NULL, 0, 0);

	is(write_back(fb, NULL, 0, 0, &small), -EINVAL,
	   "a writeback of another size than the mode's");
	is(write_back(fb, NULL, 0, 0, &alpha), -EINVAL, "or in another format is refused");
	is(write_back(NULL, NULL, 0, 0, &to), 0, "without planes");
	is(fb_differs(&to, black), 0, "the screen is black");
	is(picture_differs(black), 0, "as debugfs says");
	is(counter(to.handle, DRM_STALELINE_SCANOUTS), 0, "a destination is not scanned out");
	is(show(fb), 0, "a picture again");
	free(black);
	fb_destroy(&alpha);
	fb_destroy(&small);
	fb_destroy(&to);
}

/* A writeback is under way and the screen goes off: the fence signals all the same. */
static void test_writeback_and_off(const struct fb *fb)
{
	struct fb to = fb_screen();
	int fences[20], unsignalled = 0;

	for (int i = 0; i < 20; i++) {
		struct commit c = commit_new();

		fences[i] = -1;
		commit_primary(&c, fb->id);
		commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
		commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to.id);
		commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fences[i]);
		if (commit_go(&c, MODESET | NONBLOCK) || screen_off() || show(fb))
			unsignalled++;
		unsignalled += fences[i] < 0 || !signalled(fences[i], 1000);
		close(fences[i]);
	}
	is(unsignalled, 0, "no fence of a writeback is left when the screen goes off");
	fb_destroy(&to);
	is(show(fb), 0, "a picture again");
}

/* One frame's. */
static uint32_t crc_next(int fd, uint32_t *frame)
{
	char line[64];
	ssize_t n = read(fd, line, sizeof(line) - 1);
	uint32_t crc = 0;

	if (n <= 0)
		bail("crc");
	line[n] = '\0';
	if (sscanf(line, "%x %x", frame, &crc) != 2)
		bail(line);
	return crc;
}

/* Frames that are already on their way may still tell of what was before. */
static bool crc_becomes(int fd, uint32_t expected)
{
	uint32_t frame;

	for (int i = 0; i < 40; i++)
		if (crc_next(fd, &frame) == expected)
			return true;
	return false;
}

static void test_crc(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);
	size_t size = (size_t)fb->width * fb->height * 4;
	uint32_t right = crc_of(picture, size), from, to = 0, frame = 0;
	int fd = crc_open(), same = 0, ascending = 0;

	ok(crc_becomes(fd, right), "the CRC is that of the picture: %08x", right);
	crc_next(fd, &from);
	for (int i = 0; i < 30; i++, to = frame) {
		same += crc_next(fd, &frame) == right;
		ascending += frame > (i ? to : from);
	}
	ok(same == 30 && ascending == 30, "30 frames of it: same CRC, ascending numbers");
	fb->device[100 * fb->pitch + 50 * 4] ^= 1;
	free(picture);
	picture = expected(fb, NULL, 0, 0);
	ok(crc_of(picture, size) != right && crc_becomes(fd, crc_of(picture, size)),
	   "one bit changed, and the CRC with it");
	fb->device[100 * fb->pitch + 50 * 4] ^= 1;
	ok(crc_becomes(fd, right), "and back");
	fb->device[100 * fb->pitch + 50 * 4 + 3] ^= 1;
	ok(crc_becomes(fd, right), "a bit of X is none of the picture");
	close(fd);
	free(picture);
}

/* Each new picture's CRC is that of the frame in which its flip was done. */
static void test_crc_frame(const struct fb *a, const struct fb *b)
{
	size_t size = (size_t)a->width * a->height * 4;
	uint8_t *pa = expected(a, NULL, 0, 0), *pb = expected(b, NULL, 0, 0);
	uint32_t crc[2] = { crc_of(pa, size), crc_of(pb, size) }, frame, flipped, wrong = 0;
	int fd = crc_open();

	for (int i = 0; i < 10; i++) {
		uint32_t got;

		if (flip(i % 2 ? a->id : b->id, NONBLOCK | EVENT) || !next_event(2000, &flipped))
			bail("flip");
		do {
			got = crc_next(fd, &frame);
			wrong += frame < flipped && got != crc[i % 2];
		} while (frame < flipped);
		wrong += got != crc[!(i % 2)];
	}
	is(wrong, 0, "a new picture's CRC begins with the frame of its flip");
	close(fd);
	free(pa);
	free(pb);
	is(flip(a->id, 0), 0, "a picture again");
}

void test_composed(const struct fb *a, const struct fb *b)
{
	test_cursor(a, 64);
	test_cursor(a, 240);
	test_legacy_cursor(a);
	test_writeback(a);
	test_writeback_and_off(a);
	test_crc(a);
	test_crc_frame(a, b);
}
