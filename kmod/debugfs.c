// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs (root): buffers, with what was counted of each, and violations, the last touches
 * outside brackets.
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "sl.h"

static const char *const counter_names[DRM_STALELINE_NCOUNTERS] = {
	[DRM_STALELINE_STARTS] = "starts",
	[DRM_STALELINE_ENDS] = "ends",
	[DRM_STALELINE_UNBALANCED] = "unbalanced",
	[DRM_STALELINE_MISMATCHED] = "mismatched",
	[DRM_STALELINE_RESTARTED] = "restarted",
	[DRM_STALELINE_ABANDONED] = "abandoned",
	[DRM_STALELINE_INJECTED] = "injected",
	[DRM_STALELINE_LOOKED_AT] = "looked-at",
	[DRM_STALELINE_REFILLED] = "refilled",
	[DRM_STALELINE_WRITTEN] = "written",
	[DRM_STALELINE_DISCARDED] = "discarded",
	[DRM_STALELINE_EVICTED] = "evicted",
	[DRM_STALELINE_FETCHED] = "fetched",
	[DRM_STALELINE_STALE_READ] = "stale-read",
	[DRM_STALELINE_TRAP_READ] = "trap-read",
	[DRM_STALELINE_TRAP_WRITE] = "trap-write",
	[DRM_STALELINE_SIGBUS] = "sigbus",
	[DRM_STALELINE_JOB_DIRTY] = "job-dirty",
	[DRM_STALELINE_SCANOUT_DIRTY] = "scanout-dirty",
	[DRM_STALELINE_WRITEBACK_DIRTY] = "writeback-dirty",
	[DRM_STALELINE_JOBS] = "jobs",
	[DRM_STALELINE_SCANOUTS] = "scanouts",
};

/* One line for a buffer: what it is, then every counter that isn't 0. */
static void show_buffer(struct seq_file *m, struct sl_buffer *buf)
{
	u64 value[DRM_STALELINE_NCOUNTERS] = { 0 };
	int i;

	mutex_lock(&buf->lock);
	sl_counts(buf, value);
	seq_printf(m, "buffer %u size %zu mode %s open %u", buf->id, buf->gem.size,
		   sl_mode_words[buf->mode], sl_bracket_allowed(buf));
	for (i = 0; i < DRM_STALELINE_NCOUNTERS; i++)
		if (value[i])
			seq_printf(m, " %s %llu", counter_names[i], value[i]);
	seq_putc(m, '\n');
	mutex_unlock(&buf->lock);
}

static int buffers_show(struct seq_file *m, void *unused)
{
	struct sl_device *sl = m->private;
	struct sl_buffer *buf;

	seq_printf(m, "bytes %lld of %llu\n", atomic64_read(&sl->bytes), sl_max_total());
	mutex_lock(&sl->list_lock);
	list_for_each_entry(buf, &sl->buffers, link)
		show_buffer(m, buf);
	mutex_unlock(&sl->list_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(buffers);

static const char *access_name(u32 flags)
{
	static const char *const names[] = { "nothing", "READ", "WRITE", "RW" };

	return names[flags & DMA_BUF_SYNC_RW];
}

static void show_touch(struct seq_file *m, const struct sl_touch *touch)
{
	u32 ns;
	u64 s = div_u64_rem(touch->when_ns, NSEC_PER_SEC, &ns);

	seq_printf(m, "%llu.%06lu buffer %u page %lu %s by %s[%d] while open brackets allow %s%s\n",
		   s, ns / NSEC_PER_USEC, touch->buffer, touch->page,
		   touch->write ? "write" : "read", touch->comm, touch->pid,
		   access_name(touch->allowed), touch->sigbus ? ": SIGBUS" : "");
}

/* Copied under the lock, as printing may sleep. */
static int violations_show(struct seq_file *m, void *unused)
{
	struct sl_device *sl = m->private;
	struct sl_touch *log = kmalloc_array(SL_LOG_LENGTH, sizeof(*log), GFP_KERNEL);
	u64 logged, i;

	if (!log)
		return -ENOMEM;
	spin_lock(&sl->log_lock);
	memcpy(log, sl->log, sizeof(sl->log));
	logged = sl->logged;
	spin_unlock(&sl->log_lock);
	seq_printf(m, "touches outside brackets: %llu\n", logged);
	for (i = logged > SL_LOG_LENGTH ? logged - SL_LOG_LENGTH : 0; i < logged; i++)
		show_touch(m, &log[i % SL_LOG_LENGTH]);
	kfree(log);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(violations);

void sl_debugfs_init(struct drm_minor *minor)
{
	struct sl_device *sl = to_sl_device(minor->dev);

	debugfs_create_file("buffers", 0400, minor->debugfs_root, sl, &buffers_fops);
	debugfs_create_file("violations", 0400, minor->debugfs_root, sl, &violations_fops);
	sl_picture_init(minor, &sl->kms);
}
