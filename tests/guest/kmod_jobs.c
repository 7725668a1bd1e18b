// SPDX-License-Identifier: MIT
#include "kmod_lib.h"
#include <drm_mode.h>
#include <poll.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	struct buffer b, c;
	card = open_card("staleline");
	b = make_noncoherent(); c = make_noncoherent();
	struct drm_staleline_job j = { .kind = 0, .dst = b.handle, .size = SIZE, .value = 0x01020304, .steps = 4, .duration_us = 300000 };
	is(call(card, DRM_IOCTL_STALELINE_JOB, &j), 0, "fill");
	struct pollfd p = { .fd = b.fd, .events = POLLIN };
	is(poll(&p, 1, 0), 0, "busy");
	struct drm_staleline_job k = { .kind = 1, .dst = c.handle, .src = b.handle, .size = SIZE, .steps = 1, .flags = DRM_STALELINE_JOB_OUT_FILE };
	is(call(card, DRM_IOCTL_STALELINE_JOB, &k), 0, "copy");
	is(poll(&p, 1, 2000), 1, "done");
	is(b.device[SIZE - 1], 1, "bytes");
	p.fd = k.out_fd;
	is(poll(&p, 1, 2000), 1, "done");
	is(c.device[SIZE - 1], 1, "bytes");
	close(k.out_fd);
	drop(&b);
	drop(&c);
	usleep(100000);
	is((long long)total_bytes(), 0, "back");
	return done_testing();
}
