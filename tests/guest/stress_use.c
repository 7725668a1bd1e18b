// SPDX-License-Identifier: MIT
/* What is done with buffers that are there: brackets, the module's own ioctls, names. */
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "kmod_stress.h"

static int op_bracket(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct dma_buf_sync sync = { .flags = 1 + below(&w->c, 3) };
	int ret;

	if (!b)
		return NOTHING;
	ret = call(b->fd, DMA_BUF_IOCTL_SYNC, &sync);
	touch_arena(w, &w->c);
	if (ret)
		return ret;
	/* One in four stays open, and one in four ends as another. */
	if (once_in(&w->c, 4))
		return 0;
	if (once_in(&w->c, 4))
		sync.flags = 1 + below(&w->c, 3);
	sync.flags |= DMA_BUF_SYNC_END;
	return call(b->fd, DMA_BUF_IOCTL_SYNC, &sync);
}

static int op_end(struct worker *w)
{
	struct item *b = some_item(w, true);
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_END | (1 + below(&w->c, 3)) };

	return b ? call(b->fd, DMA_BUF_IOCTL_SYNC, &sync) : NOTHING;
}

static int op_set(struct worker *w)
{
	struct item *b = some_item(w, false);
	struct drm_staleline_params params = {
		.flags = (uint32_t)choose(&w->c) & 0x1ff,
		.mode = below(&w->c, 3),
		.inval = below(&w->c, 2),
		.end = below(&w->c, 2),
		.write = below(&w->c, 3),
		.hook = below(&w->c, 2),
		.evict = below(&w->c, 4) ? 0 : below(&w->c, 65537),
		.fetch = below(&w->c, 4) ? 0 : below(&w->c, 65537),
		.inject = below(&w->c, 3),
		.seed = choose(&w->c),
	};

	if (!b)
		return NOTHING;
	params.handle = b->handle;
	return call(w->cards[b->card], DRM_IOCTL_STALELINE_SET, &params);
}

static int op_ask(struct worker *w)
{
	struct item *b = some_item(w, false);
	struct drm_staleline_params params = { .handle = b ? b->handle : 0 };
	struct drm_staleline_counters counters = { .handle = b ? b->handle : 0 };
	uint8_t lines[256];
	struct drm_staleline_state state = {
		.handle = b ? b->handle : 0,
		.count = below(&w->c, 65),
		.lines = (uintptr_t)lines,
	};

	if (!b)
		return NOTHING;
	if (once_in(&w->c, 16))
		counters.handle = 0;
	call(w->cards[b->card], DRM_IOCTL_STALELINE_COUNTERS, &counters);
	call(w->cards[b->card], DRM_IOCTL_STALELINE_GET, &params);
	/* Into a map of ours: the answer itself makes a fault. */
	if (once_in(&w->c, 4)) {
		state.count = 64;
		state.lines = (uintptr_t)w->arena + SLOT_SIZE * below(&w->c, NSLOTS);
	}
	return call(w->cards[b->card], DRM_IOCTL_STALELINE_STATE, &state);
}

static int op_tick(struct worker *w)
{
	struct item *b = some_item(w, false);
	struct drm_staleline_tick tick = { .handle = b ? b->handle : 0,
					   .steps = 1 + below(&w->c, 4) };

	return b ? call(w->cards[b->card], DRM_IOCTL_STALELINE_TICK, &tick) : NOTHING;
}

static int op_process(struct worker *w)
{
	struct drm_staleline_process process = { .flags = below(&w->c, 2) };

	return call(w->cards[below(&w->c, NCARDS)], DRM_IOCTL_STALELINE_PROCESS, &process);
}

static int op_name(struct worker *w)
{
	struct item *b = some_item(w, true);

	return b ? call(b->fd, DMA_BUF_SET_NAME_B, "stress") : NOTHING;
}

static int op_flink(struct worker *w)
{
	struct item *b = some_item(w, false);
	struct drm_gem_flink flink = { .handle = b ? b->handle : 0 };
	struct drm_gem_open open = { 0 };
	int ret;

	if (!b)
		return NOTHING;
	ret = call(w->cards[b->card], DRM_IOCTL_GEM_FLINK, &flink);
	if (ret)
		return ret;
	open.name = flink.name;
	ret = call(w->cards[1 - b->card], DRM_IOCTL_GEM_OPEN, &open);
	if (!ret)
		close_handle(w->cards[1 - b->card], open.handle);
	return ret;
}

/* debugfs walks what others are about to free. */
static int op_debugfs(struct worker *w)
{
	static const char *const names[] = { "buffers",	  "violations",	 "scanout",
					     "gem_names", "framebuffer", "state" };
	char path[96], text[4096];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", w->debugfs,
		 names[below(&w->c, sizeof(names) / sizeof(*names))]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NOTHING;
	got = read(fd, text, sizeof(text));
	close(fd);
	return got < 0 ? -errno : 0;
}

const struct op use_ops[] = {
	{ "bracket", op_bracket, 60, 0 }, { "END alone", op_end, 10, 0 },
	{ "SET", op_set, 25, 0 },	  { "GET, COUNTERS, STATE", op_ask, 20, 0 },
	{ "TICK", op_tick, 8, 0 },	  { "PROCESS", op_process, 3, 0 },
	{ "name", op_name, 3, 0 },	  { "flink and open", op_flink, 3, 0 },
	{ "debugfs", op_debugfs, 4, 0 },
};
const unsigned int nuse_ops = sizeof(use_ops) / sizeof(*use_ops);
