// SPDX-License-Identifier: GPL-2.0
/* The ioctls of staleline_drm.h, which tells their contract. */
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "sl.h"

static int sl_ioctl_info(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_info *args = data;

	if (args->flags)
		return -EINVAL;
	args->version = DRM_STALELINE_VERSION;
	args->line_size = DRM_STALELINE_LINE_SIZE;
	args->page_size = PAGE_SIZE;
	args->max_buffer = sl_max_buffer();
	args->max_total = sl_max_total();
	args->total = atomic64_read(&to_sl_device(drm)->bytes);
	return 0;
}

#define SL_SET_ALL                                                                                 \
	(DRM_STALELINE_SET_MODE | DRM_STALELINE_SET_INVAL | DRM_STALELINE_SET_END |                \
	 DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_HOOK | DRM_STALELINE_SET_EVICT |              \
	 DRM_STALELINE_SET_FETCH | DRM_STALELINE_SET_SEED | DRM_STALELINE_SET_INJECT)

/* True if @flags names the field and its value is beyond the last that is known. */
static bool beyond(u32 flags, u32 flag, u32 value, u32 last)
{
	return flags & flag && value > last;
}

static int check_params(const struct drm_staleline_params *args)
{
	u32 f = args->flags;

	if (f & ~SL_SET_ALL || args->id || args->pad)
		return -EINVAL;
	if (beyond(f, DRM_STALELINE_SET_MODE, args->mode, DRM_STALELINE_MODE_TRAP) ||
	    beyond(f, DRM_STALELINE_SET_INVAL, args->inval, DRM_STALELINE_INVAL_WRITEBACK) ||
	    beyond(f, DRM_STALELINE_SET_END, args->end, DRM_STALELINE_END_CLEAN_ALWAYS) ||
	    beyond(f, DRM_STALELINE_SET_WRITE, args->write, DRM_STALELINE_WRITE_POISON) ||
	    beyond(f, DRM_STALELINE_SET_HOOK, args->hook, DRM_STALELINE_HOOK_WAIT_FIRST) ||
	    beyond(f, DRM_STALELINE_SET_EVICT, args->evict, DRM_STALELINE_RATE_ALWAYS) ||
	    beyond(f, DRM_STALELINE_SET_FETCH, args->fetch, DRM_STALELINE_RATE_ALWAYS))
		return -EINVAL;
	return 0;
}

static void take_params(struct cache_params *params, const struct drm_staleline_params *args)
{
	u32 f = args->flags;

	if (f & DRM_STALELINE_SET_INVAL)
		params->inval = args->inval;
	if (f & DRM_STALELINE_SET_END)
		params->end = args->end;
	if (f & DRM_STALELINE_SET_WRITE)
		params->write = args->write;
	if (f & DRM_STALELINE_SET_EVICT)
		params->evict = args->evict;
	if (f & DRM_STALELINE_SET_FETCH)
		params->fetch = args->fetch;
	if (f & DRM_STALELINE_SET_SEED)
		params->seed = args->seed;
	if (f & DRM_STALELINE_SET_INJECT)
		WRITE_ONCE(params->inject, args->inject);
}

static int set_locked(struct sl_buffer *buf, const struct drm_staleline_params *args)
{
	int ret = 0;

	if (sl_bracket_allowed(buf))
		return -EBUSY;
	/* First what can fail: brackets read the parameters without our lock. */
	if (args->flags & DRM_STALELINE_SET_MODE)
		ret = sl_mode_enter(buf, args->mode);
	if (ret)
		return ret;
	take_params(&buf->params, args);
	spin_lock(&buf->bytes);
	cache_set(&buf->cache, &buf->params, args->flags & DRM_STALELINE_SET_SEED);
	spin_unlock(&buf->bytes);
	if (args->flags & DRM_STALELINE_SET_HOOK)
		WRITE_ONCE(buf->hook, args->hook);
	sl_bracket_slow(buf);
	return 0;
}

static int sl_ioctl_set(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_params *args = data;
	struct sl_buffer *buf;
	int ret;

	ret = check_params(args);
	if (ret)
		return ret;
	buf = sl_buffer_lookup(file, args->handle);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	mutex_lock(&buf->lock);
	ret = set_locked(buf, args);
	mutex_unlock(&buf->lock);
	drm_gem_object_put(&buf->gem);
	return ret;
}

static int sl_ioctl_get(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_params *args = data;
	struct sl_buffer *buf;

	if (args->flags || args->id || args->pad)
		return -EINVAL;
	buf = sl_buffer_lookup(file, args->handle);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	mutex_lock(&buf->lock);
	args->mode = buf->mode;
	args->hook = buf->hook;
	args->inval = buf->params.inval;
	args->end = buf->params.end;
	args->write = buf->params.write;
	args->evict = buf->params.evict;
	args->fetch = buf->params.fetch;
	args->inject = buf->params.inject;
	args->seed = buf->params.seed;
	args->id = buf->id;
	mutex_unlock(&buf->lock);
	drm_gem_object_put(&buf->gem);
	return 0;
}

static bool is_cached(struct sl_buffer *buf, unsigned long line)
{
	return test_bit(line / CACHE_LINES_PER_PAGE, buf->cache.cached);
}

/* @lines is NULL or has room for @count. */
static void look_locked(struct sl_buffer *buf, struct drm_staleline_state *args, u32 count,
			u8 *lines)
{
	bool sides = buf->mode == DRM_STALELINE_MODE_NONCOHERENT;
	u32 sums[4] = {};
	u32 i;

	sl_mode_tick(buf);
	for (i = 0; i < count; i++) {
		unsigned long line = (unsigned long)args->first + i;
		u32 state = sides ? cache_line_state(&buf->cache, line) : 0;

		sums[state]++;
		if (sides && is_cached(buf, line)) {
			state |= DRM_STALELINE_LINE_CACHED;
			args->cached++;
		}
		if (lines)
			lines[i] = state;
		if (!(i % 4096))
			cond_resched();
	}
	args->clean = sums[0];
	args->dirty = sums[CACHE_DIRTY];
	args->stale = sums[CACHE_STALE];
	args->both = sums[CACHE_DIRTY | CACHE_STALE];
}

/*
 * The bytes go to user space after the lock: a copy there may fault, in a map of this very buffer
 * too.
 */
static int look(struct sl_buffer *buf, struct drm_staleline_state *args)
{
	u32 total = buf->gem.size / DRM_STALELINE_LINE_SIZE;
	u32 count = args->count, end;
	u8 *lines = NULL;
	int ret = 0;

	if (check_add_overflow(args->first, count, &end) || end > total || args->first >= total)
		return -EINVAL;
	if (count) {
		lines = kvmalloc(count, SL_GFP_SIZED);
		if (!lines)
			return -ENOMEM;
	} else {
		count = total - args->first;
	}
	args->total = total;
	args->cached = 0;
	mutex_lock(&buf->lock);
	look_locked(buf, args, count, lines);
	mutex_unlock(&buf->lock);
	if (lines && copy_to_user(u64_to_user_ptr(args->lines), lines, count))
		ret = -EFAULT;
	kvfree(lines);
	return ret;
}

static int sl_ioctl_state(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_state *args = data;
	struct sl_buffer *buf;
	int ret;

	if (args->flags)
		return -EINVAL;
	buf = sl_buffer_lookup(file, args->handle);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	ret = look(buf, args);
	drm_gem_object_put(&buf->gem);
	return ret;
}

static int sl_ioctl_counters(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_counters *args = data;
	struct sl_buffer *buf;

	BUILD_BUG_ON(DRM_STALELINE_NCOUNTERS > DRM_STALELINE_MAX_COUNTERS);
	if (args->flags || args->pad)
		return -EINVAL;
	args->count = DRM_STALELINE_NCOUNTERS;
	memset(args->value, 0, sizeof(args->value));
	if (!args->handle)
		return sl_counts_all(to_sl_device(drm), args->value);
	buf = sl_buffer_lookup(file, args->handle);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	mutex_lock(&buf->lock);
	sl_counts(buf, args->value);
	mutex_unlock(&buf->lock);
	drm_gem_object_put(&buf->gem);
	return 0;
}

static int sl_ioctl_tick(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_tick *args = data;
	struct sl_buffer *buf;
	u32 i;

	if (args->flags || args->pad || !args->steps || args->steps > 1000)
		return -EINVAL;
	buf = sl_buffer_lookup(file, args->handle);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	for (i = 0; i < args->steps && !fatal_signal_pending(current); i++) {
		mutex_lock(&buf->lock);
		sl_mode_tick(buf);
		mutex_unlock(&buf->lock);
	}
	drm_gem_object_put(&buf->gem);
	return 0;
}

static int sl_ioctl_process(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_process *args = data;

	if (args->flags & ~DRM_STALELINE_PROCESS_SIGBUS || args->pad)
		return -EINVAL;
	sl_ask_sigbus(to_sl_device(drm), file->driver_priv,
		      args->flags & DRM_STALELINE_PROCESS_SIGBUS);
	return 0;
}

const struct drm_ioctl_desc sl_ioctls[] = {
	DRM_IOCTL_DEF_DRV(STALELINE_INFO, sl_ioctl_info, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_SET, sl_ioctl_set, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_GET, sl_ioctl_get, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_STATE, sl_ioctl_state, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_COUNTERS, sl_ioctl_counters, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_TICK, sl_ioctl_tick, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_PROCESS, sl_ioctl_process, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(STALELINE_JOB, sl_ioctl_job, DRM_RENDER_ALLOW),
};

const int sl_nioctls = ARRAY_SIZE(sl_ioctls);
