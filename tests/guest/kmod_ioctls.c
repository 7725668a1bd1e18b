// SPDX-License-Identifier: MIT
/*
 * The ioctls by themselves: a change of mode, and each argument that is refused. A room of
 * kmod_test.
 */
#include <errno.h>
#include <stdio.h>

#include "kmod_test.h"

static void test_modes(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params get = { .handle = b.handle };
	uint64_t bytes = total_bytes();

	b.cpu[0] = 1;
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "SET mode trap");
	is((long long)(bytes - total_bytes()), 2 * SIZE, "the copies are given back");
	is(b.device[0], 1, "a change of mode loses no store");
	b.cpu[1] = 2;
	is(b.device[1], 2, "trap is one backing");
	is(set(&b, with_mode(DRM_STALELINE_MODE_NONCOHERENT)), 0, "SET mode noncoherent");
	is(b.cpu[1], 2, "the map goes on");
	b.cpu[1] = 3;
	is(b.device[1], 2, "with two sides again");
	sync_buffer(&b, START | READ);
	is(set(&b, with_mode(DRM_STALELINE_MODE_COHERENT)), -EBUSY,
	   "SET inside a bracket is EBUSY");
	sync_buffer(&b, END | READ);
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), 0, "GET");
	ok(get.mode == DRM_STALELINE_MODE_NONCOHERENT && get.id && !get.flags,
	   "GET tells the mode");
	drop(&b);
}

/* What is not defined is refused, so that it can mean something one day. */
static void test_flags_and_padding(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_info info = { .flags = 1 };
	struct drm_staleline_counters counters = { .handle = b.handle, .flags = 1 };
	struct drm_staleline_tick tick = { .handle = b.handle, .steps = 1, .flags = 1 };
	struct drm_staleline_process process = { .flags = 2 };
	struct drm_staleline_state state = { .handle = b.handle, .flags = 1 };
	struct drm_staleline_params get = { .handle = b.handle, .flags = 1 };

	is(call(card, DRM_IOCTL_STALELINE_INFO, &info), -EINVAL, "INFO: flags");
	is(call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters), -EINVAL, "COUNTERS: flags");
	counters.flags = 0;
	counters.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters), -EINVAL, "COUNTERS: pad");
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: flags");
	tick.flags = 0;
	tick.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: pad");
	tick.pad = 0;
	tick.steps = 0;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: no steps");
	tick.steps = 1001;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: too many");
	is(call(card, DRM_IOCTL_STALELINE_PROCESS, &process), -EINVAL, "PROCESS: flags");
	process.flags = 0;
	process.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_PROCESS, &process), -EINVAL, "PROCESS: pad");
	is(call(card, DRM_IOCTL_STALELINE_STATE, &state), -EINVAL, "STATE: flags");
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), -EINVAL, "GET: flags");
	get.flags = 0;
	get.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), -EINVAL, "GET: pad");
	drop(&b);
}

static void test_bad_params(void)
{
	struct buffer b = make_noncoherent();
	const struct {
		const char *what;
		struct drm_staleline_params params;
	} bad[] = {
		{ "unknown flag", { .flags = 0x200 } },
		{ "id", { .id = 1 } },
		{ "pad", { .pad = 1 } },
		{ "mode", { .flags = DRM_STALELINE_SET_MODE, .mode = 3 } },
		{ "inval", { .flags = DRM_STALELINE_SET_INVAL, .inval = 2 } },
		{ "end", { .flags = DRM_STALELINE_SET_END, .end = 2 } },
		{ "write", { .flags = DRM_STALELINE_SET_WRITE, .write = 3 } },
		{ "hook", { .flags = DRM_STALELINE_SET_HOOK, .hook = 2 } },
		{ "evict", { .flags = DRM_STALELINE_SET_EVICT, .evict = 65537 } },
		{ "fetch", { .flags = DRM_STALELINE_SET_FETCH, .fetch = UINT32_MAX } },
	};
	struct drm_staleline_params good = { .mode = 99, .evict = 70000 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char what[64];

		snprintf(what, sizeof(what), "SET: bad %s", bad[i].what);
		is(set(&b, bad[i].params), -EINVAL, what);
	}
	is(set(&b, good), 0, "SET: a field not named is not looked at");
	drop(&b);
}

static void test_bad_ranges(void)
{
	struct buffer b = make_noncoherent();
	const uint32_t total = SIZE / LINE;
	const uint32_t bad[][2] = {
		{ 0, total + 1 },  { total, 0 },      { total, 1 },
		{ 1, total },	   { UINT32_MAX, 1 }, { UINT32_MAX, UINT32_MAX },
		{ 1, UINT32_MAX }, { UINT32_MAX, 0 },
	};
	static uint8_t lines[SIZE / LINE];
	struct drm_staleline_state args = { .handle = b.handle, .lines = (uintptr_t)lines };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		args.first = bad[i][0];
		args.count = bad[i][1];
		if (call(card, DRM_IOCTL_STALELINE_STATE, &args) != -EINVAL)
			break;
		args.total = (uint32_t)i + 1;
	}
	is(args.total, sizeof(bad) / sizeof(*bad), "STATE: ranges beyond the buffer");
	args = (struct drm_staleline_state){ .handle = b.handle, .count = total };
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), -EFAULT, "STATE: nowhere to write to");
	args.lines = (uintptr_t)b.cpu;
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), 0, "STATE: into the buffer's own map");
	args = (struct drm_staleline_state){ .handle = b.handle };
	b.cpu[0] = 1;
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), 0, "STATE: count 0 only counts");
	ok(args.total == total && args.clean + args.dirty + args.stale + args.both == total &&
		   args.cached == 64 && args.dirty,
	   "STATE: sums (%u clean, %u dirty, %u cached)", args.clean, args.dirty, args.cached);
	drop(&b);
}

static void test_bad_handles(void)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_STALELINE_SET,      DRM_IOCTL_STALELINE_GET,	DRM_IOCTL_STALELINE_STATE,
		DRM_IOCTL_STALELINE_COUNTERS, DRM_IOCTL_STALELINE_TICK,
	};

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		uint32_t words[128] = { 0xdead };
		char what[64];

		words[2] = requests[i] == DRM_IOCTL_STALELINE_TICK;
		snprintf(what, sizeof(what), "ioctl %#lx: a bad handle", requests[i] & 0xff);
		is(call(card, requests[i], words), -ENOENT, what);
	}
}

void test_ioctls(void)
{
	test_modes();
	test_flags_and_padding();
	test_bad_params();
	test_bad_ranges();
	test_bad_handles();
}
