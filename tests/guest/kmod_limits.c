// SPDX-License-Identifier: MIT
/*
 * The memory of a buffer: sizes that are refused, the limit, and that it comes zeroed. A room of
 * kmod_test.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <string.h>

#include "kmod_test.h"

static void test_bad_sizes(void)
{
	const struct {
		uint32_t w, h, bpp;
	} bad[] = {
		{ 0, 1, 32 },
		{ 1, 0, 32 },
		{ 1, 1, 0 },
		{ UINT32_MAX, 1, 32 },
		{ 1, UINT32_MAX, 32 },
		{ 65536, 65536, 32 },
		{ UINT32_MAX, UINT32_MAX, UINT32_MAX },
		{ 1, 1, UINT32_MAX },
		{ 32768, 32768, 32 },
		{ 16384, 8192, 32 },
		{ UINT32_MAX / 4, 1, 32 },
		{ 0x08000000, 1, 32 },
	};
	struct drm_mode_create_dumb flags = { .width = 1, .height = 1, .bpp = 32, .flags = 1 };
	size_t refused = 0;
	uint32_t handle;
	uint64_t size;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused += dumb(card, bad[i].w, bad[i].h, bad[i].bpp, &handle, NULL) == -EINVAL;
	is((long long)refused, sizeof(bad) / sizeof(*bad),
	   "CREATE_DUMB: 0, huge, overflowing sizes");
	is(call(card, DRM_IOCTL_MODE_CREATE_DUMB, &flags), -EINVAL, "CREATE_DUMB: flags");
	is(dumb(card, 1, 1, 8, &handle, &size), 0, "CREATE_DUMB: one byte");
	is((long long)size, 4096, "is one page");
	close_handle(card, handle);
}

/* Memory that somebody has just left. */
static void test_zeroed(void)
{
	unsigned long dirty = 0;

	for (int round = 0; round < 2; round++) {
		struct buffer b = make(4096, DRM_STALELINE_MODE_COHERENT);

		for (size_t i = 0; i < b.size; i += 512)
			dirty += b.device[i] != 0;
		memset((void *)b.device, 0xff, b.size);
		drop(&b);
	}
	is((long long)dirty, 0, "memory used before comes back as zero");
}

/* There is no memory for what noncoherent needs: then nothing of the SET is taken. */
static void set_fails_whole(uint32_t handle)
{
	struct drm_staleline_params set = { .handle = handle,
					    .flags = DRM_STALELINE_SET_MODE |
						     DRM_STALELINE_SET_INJECT |
						     DRM_STALELINE_SET_EVICT |
						     DRM_STALELINE_SET_HOOK,
					    .mode = DRM_STALELINE_MODE_NONCOHERENT,
					    .inject = 3,
					    .evict = 7,
					    .hook = DRM_STALELINE_HOOK_WAIT_FIRST };
	struct drm_staleline_params before = { .handle = handle }, after = { .handle = handle };

	call(card, DRM_IOCTL_STALELINE_GET, &before);
	is(call(card, DRM_IOCTL_STALELINE_SET, &set), -ENOMEM, "SET: no memory for a mode");
	is(call(card, DRM_IOCTL_STALELINE_GET, &after), 0, "SET: it can be asked after that");
	ok(!memcmp(&before, &after, sizeof(before)), "SET: and nothing has changed");
}

static void test_limits(void)
{
	uint32_t handles[64], n = 0;
	uint64_t before = total_bytes();

	while (n < 64 && !dumb(card, 4096, 4096, 32, &handles[n], NULL))
		n++;
	ok(n && n < 64, "max_total_mib holds after %u buffers of 64 MiB", n);
	set_fails_whole(handles[0]);
	while (n)
		close_handle(card, handles[--n]);
	is((long long)total_bytes(), (long long)before, "and all of it comes back");
}

void test_memory(void)
{
	test_bad_sizes();
	test_zeroed();
	test_limits();
}
