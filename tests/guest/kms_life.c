// SPDX-License-Identifier: MIT
/*
 * Who comes and goes: modes, readers that are killed, masters that die, who may look. A room of
 * kms.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kms_test.h"

/* Opens the picture over and over until it is killed. */
static void read_pictures(void)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/scanout", screen.debugfs);
	for (;;)
		close(open(path, O_RDONLY | O_CLOEXEC));
}

/* Whose picture is being composed dies: the work must not write to what was his. */
static void test_killed_readers(const struct fb *fb)
{
	drmModeModeInfo before = screen.mode;
	struct fb large;
	uint8_t *picture;

	screen.mode.hdisplay = 1600;
	screen.mode.hsync_start = 1610;
	screen.mode.hsync_end = 1620;
	screen.mode.htotal = 1700;
	screen.mode.vdisplay = 1200;
	screen.mode.vsync_start = 1210;
	screen.mode.vsync_end = 1220;
	screen.mode.vtotal = 1250;
	screen.mode.clock = 1700 * 1250 * 60 / 1000;
	large = fb_screen();
	fb_fill(&large, 9);
	picture = expected(&large, NULL, 0, 0);
	is(show(&large), 0, "a mode of our own, 1600x1200");
	for (int i = 0; i < 40; i++) {
		pid_t pid = fork();

		if (!pid)
			read_pictures();
		usleep((useconds_t)(5000 + i % 10 * 9000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	is(picture_differs(picture), 0, "40 readers were killed, and the picture is right");
	screen.mode = before;
	free(picture);
	is(show(fb), 0, "and back");
	fb_destroy(&large);
}

/* A new master flips and is gone at once, with its buffers. */
static int flip_and_go(void)
{
	struct fb a, b;

	screen_open();
	a = fb_screen();
	b = fb_screen();
	return show(&a) || flip(b.id, NONBLOCK | EVENT);
}

static void test_close(void)
{
	int status, wrong = 0;

	drmDropMaster(screen.card);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(flip_and_go());
		waitpid(pid, &status, 0);
		wrong += status != 0;
	}
	is(wrong, 0, "ten masters come, flip, and die at once");
	is(drmSetMaster(screen.card), 0, "master again");
}

static void test_master(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);

	is(show(fb), 0, "shown");
	drmDropMaster(screen.card);
	is(flip(fb->id, 0), -EACCES, "who isn't master can't flip");
	is(picture_differs(picture), 0, "but root sees what is shown");
	drmSetMaster(screen.card);
	free(picture);
}

static void test_nobody(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct picture p;

		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(picture_take(&p) == -EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "who isn't root can't read the screen");
}

static void test_mode_change(const struct fb *fb)
{
	drmModeConnector *connector = drmModeGetConnector(screen.card, screen.connector);
	struct fb larger;
	uint8_t *picture;

	is(connector->count_modes, 2, "two modes");
	screen.mode = connector->modes[1];
	drmModeFreeConnector(connector);
	ok(screen.mode.hdisplay == 640 && screen.mode.vrefresh == 30, "the second is 640x480@30");
	larger = fb_screen();
	fb_fill(&larger, 8);
	picture = expected(&larger, NULL, 0, 0);
	is(show(&larger), 0, "the mode is changed");
	is(picture_differs(picture), 0, "and all of it is shown");
	screen_find_mode();
	free(picture);
	fb_destroy(&larger);
	is(show(fb), 0, "and back");
}

static void test_off(void)
{
	struct picture p;

	is(screen_off(), 0, "the screen goes off");
	is(picture_take(&p), -ENODATA, "ENODATA again");
}

void test_comings(const struct fb *a)
{
	test_mode_change(a);
	test_killed_readers(a);
	test_close();
	test_master(a);
	test_nobody();
	test_off();
}
