// SPDX-License-Identifier: MIT
/*
 * The display of staleline.ko: what is shown is compared, pixel by pixel, with what this program
 * computes itself, through debugfs scanout, writeback and CRCs. To be run as root in the guest with
 * the module loaded with modes=320x240,640x480@30. Prints TAP.
 *
 *	kms		all tests
 *	kms --modes	the connector's modes
 *	kms --hotplug TEXT	writes TEXT to the modes parameter, and waits for the event
 *	kms --hold	reads CRCs of a black screen until stdin ends
 *	kms --hold-fences	keeps the fences of a commit and of its writeback
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kms_test.h"

static void test_all(void)
{
	struct fb a = fb_screen(), b = fb_screen();

	fb_fill(&a, 1);
	fb_fill(&b, 2);
	test_refusals(&a);
	test_pictures(&a, &b);
	test_interrupted(&a);
	test_composed(&a, &b);
	test_buffers(&a);
	test_comings(&a);
}

static int list_modes(void)
{
	drmModeConnector *connector = drmModeGetConnector(screen.card, screen.connector);

	for (int i = 0; i < connector->count_modes; i++)
		printf("%s@%u%s\n", connector->modes[i].name, connector->modes[i].vrefresh,
		       connector->modes[i].type & DRM_MODE_TYPE_PREFERRED ? " preferred" : "");
	return 0;
}

static int hotplug(const char *text)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int events = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	int fd = open("/sys/module/staleline/parameters/modes", O_WRONLY | O_CLOEXEC);
	struct pollfd poll_fd = { .fd = events, .events = POLLIN };
	char buffer[4096];

	if (bind(events, (struct sockaddr *)&address, sizeof(address)) || fd < 0 ||
	    write(fd, text, strlen(text)) < 0)
		bail(text);
	while (poll(&poll_fd, 1, 2000) == 1) {
		ssize_t n = recv(events, buffer, sizeof(buffer), 0);

		if (n > 0 && memmem(buffer, (size_t)n, "HOTPLUG=1", 9))
			return 0;
	}
	bail("no hotplug event");
}

static void until_stdin_ends(void)
{
	char c;

	printf("held\n");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

/* Asks its driver for names too, as far as the kernel still does so of what has signalled. */
static bool tells(int fence)
{
	struct sync_fence_info one = { .status = 0 };
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&one };

	return !call(fence, SYNC_IOC_FILE_INFO, &info) && one.status == 1;
}

/* Signalled, and the card is closed. */
static int hold_fences(void)
{
	struct fb fb = fb_screen(), to = fb_screen();
	int out = -1, written = -1;
	struct commit c = commit_new();

	if (show(&fb))
		bail("show");
	commit_primary(&c, fb.id);
	commit_set(&c, screen.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
	commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to.id);
	commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&written);
	if (commit_go(&c, MODESET) || !signalled(out, 2000) || !signalled(written, 2000))
		bail("a commit with fences");
	fb_destroy(&fb);
	fb_destroy(&to);
	close(screen.card);
	until_stdin_ends();
	return tells(out) && tells(written) ? 0 : 1;
}

static int hold(void)
{
	struct fb fb = fb_screen();
	int fd;

	if (show(&fb))
		bail("show");
	fd = crc_open();
	close(screen.card);
	until_stdin_ends();
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	screen_open();
	if (argc > 1 && !strcmp(argv[1], "--modes"))
		return list_modes();
	if (argc > 2 && !strcmp(argv[1], "--hotplug"))
		return hotplug(argv[2]);
	if (argc > 1 && !strcmp(argv[1], "--hold"))
		return hold();
	if (argc > 1 && !strcmp(argv[1], "--hold-fences"))
		return hold_fences();
	test_all();
	return done_testing();
}
