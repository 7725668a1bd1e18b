// SPDX-License-Identifier: MIT
/*
 * staleline.ko from user space: what the CPU (the map of the dma-buf) and the device (the dumb
 * map of the card node) each see. To be run as root in the guest with the module loaded. Prints
 * TAP.
 *
 *	kmod [--sequences=N]	all tests; N random sequences beside cache.c in user space (default 10000)
 *	kmod --show		tells how a new buffer behaves
 *	kmod --bracket		touches page 2 of a buffer in trap mode, then has a bracket, and tells its number
 *	kmod --hold		keeps one buffer, by its dma-buf only, until stdin ends
 */
#include <drm.h>
#include <drm_mode.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmod_test.h"

static void test_info(void)
{
	struct drm_staleline_info info = { 0 };

	is(call(card, DRM_IOCTL_STALELINE_INFO, &info), 0, "INFO");
	ok(info.version == DRM_STALELINE_VERSION && info.line_size == 64 &&
		   info.page_size == (uint32_t)getpagesize() && info.max_buffer && info.max_total,
	   "INFO tells version %u, lines of %u, limits", info.version, info.line_size);
}

static void test_all(uint64_t sequences)
{
	uint64_t before = total_bytes();
	int others = dmabufs();

	test_info();
	test_sides();
	test_trap_mode();
	test_ioctls();
	test_memory();
	test_sharing();
	test_sequences(sequences);
	ok(total_becomes(before), "no buffer is left");
	is(dmabufs(), others, "and no dma-buf, of ours or imported");
}

/* How a new buffer behaves. */
static int show(void)
{
	struct drm_staleline_params p = { 0 };

	if (dumb(card, 64, 64, 32, &p.handle, NULL) || call(card, DRM_IOCTL_STALELINE_GET, &p))
		bail("GET");
	printf("mode %u inval %u end %u write %u hook %u evict %u fetch %u inject %u seed %llu\n",
	       p.mode, p.inval, p.end, p.write, p.hook, p.evict, p.fetch, p.inject,
	       (unsigned long long)p.seed);
	return 0;
}

static int hold(void)
{
	uint32_t handle;
	char c;
	int fd;

	if (dumb(card, 64, 64, 32, &handle, NULL))
		bail("CREATE_DUMB");
	fd = export(card, handle, DRM_CLOEXEC);
	close(card);
	printf("held\n");
	fflush(stdout);
	while (fd >= 0 && read(0, &c, 1) > 0)
		;
	return fd < 0;
}

/* What somebody who traces is to see: a touch, a START and an END. */
static int one_bracket(void)
{
	struct buffer b = make(PAGES, DRM_STALELINE_MODE_TRAP);
	struct drm_staleline_params p = { .handle = b.handle };

	if (call(card, DRM_IOCTL_STALELINE_GET, &p))
		bail("GET");
	b.cpu[2 * 4096] = 1;
	if (sync_buffer(&b, START | RW) || sync_buffer(&b, END | RW))
		bail("SYNC");
	printf("buffer %u\n", p.id);
	drop(&b);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t sequences = 10000;

	open_the_card();
	if (argc > 1 && !strcmp(argv[1], "--hold"))
		return hold();
	if (argc > 1 && !strcmp(argv[1], "--bracket"))
		return one_bracket();
	if (argc > 1 && !strcmp(argv[1], "--show"))
		return show();
	if (argc > 1 && sscanf(argv[1], "--sequences=%llu", (unsigned long long *)&sequences) != 1)
		bail("usage: kmod [--sequences=N | --show | --bracket | --hold]");
	test_all(sequences);
	return done_testing();
}
