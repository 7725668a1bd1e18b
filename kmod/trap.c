// SPDX-License-Identifier: GPL-2.0
/*
 * A touch that no open bracket allows: counted with who did it and where, and SIGBUS for who
 * asked for that.
 */
#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "sl.h"
#include "trace.h"

static bool asked_for_sigbus(struct sl_device *sl)
{
	struct pid *tgid = task_tgid(current);
	struct sl_file *file;
	bool asked = false;

	spin_lock(&sl->asked_lock);
	list_for_each_entry(file, &sl->askers, link)
		asked |= file->sigbus == tgid;
	spin_unlock(&sl->asked_lock);
	return asked;
}

/* @on: the calling process asks; else @file takes back what was asked through it. */
void sl_ask_sigbus(struct sl_device *sl, struct sl_file *file, bool on)
{
	struct pid *pid = on ? get_pid(task_tgid(current)) : NULL;

	spin_lock(&sl->asked_lock);
	swap(file->sigbus, pid);
	list_del_init(&file->link);
	if (on)
		list_add(&file->link, &sl->askers);
	spin_unlock(&sl->asked_lock);
	put_pid(pid);
}

static void log_touch(struct sl_device *sl, const struct sl_touch *touch)
{
	spin_lock(&sl->log_lock);
	sl->log[sl->logged++ % SL_LOG_LENGTH] = *touch;
	spin_unlock(&sl->log_lock);
}

/* The first touch of each page and direction since the last SYNC counts; SIGBUS comes each time. */
vm_fault_t sl_trap(struct sl_buffer *buf, pgoff_t page, bool write, u32 allowed)
{
	struct sl_device *sl = sl_device_of(buf);
	struct sl_touch touch = {
		.when_ns = ktime_get_ns(),
		.buffer = buf->id,
		.allowed = allowed,
		.page = page,
		.pid = task_tgid_nr(current),
		.write = write,
		.sigbus = asked_for_sigbus(sl),
	};

	if (!test_and_set_bit(page, buf->touched[write])) {
		get_task_comm(touch.comm, current);
		sl_count(buf, write ? DRM_STALELINE_TRAP_WRITE : DRM_STALELINE_TRAP_READ, 1);
		log_touch(sl, &touch);
		trace_staleline_touch(buf->id, page, write, allowed, touch.sigbus);
	}
	if (!touch.sigbus)
		return 0;
	sl_count(buf, DRM_STALELINE_SIGBUS, 1);
	return VM_FAULT_SIGBUS;
}
