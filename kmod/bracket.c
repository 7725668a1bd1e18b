// SPDX-License-Identifier: GPL-2.0
/*
 * Which brackets are open. A bracket belongs to a process, and is a state and not a depth: START
 * waits for fences in the core after our hook, and a signal there sends a correct program back to
 * START, so that the module sees START, START, END (R8).
 */
#include <linux/slab.h>

#include "sl.h"

static void bracket_remove(struct sl_buffer *buf, struct sl_bracket *bracket)
{
	bracket->flags = 0;
	if (bracket == &buf->first)
		return;
	list_del(&bracket->link);
	put_pid(bracket->tgid);
	kfree(bracket);
}

static struct sl_bracket *find_own(struct sl_buffer *buf)
{
	struct pid *tgid = task_tgid(current);
	struct sl_bracket *bracket;

	if (buf->first.flags && buf->first.tgid == tgid)
		return &buf->first;
	list_for_each_entry(bracket, &buf->brackets,
			    link) if (bracket->tgid == tgid) return bracket;
	return NULL;
}

static void forget_if_dead(struct sl_buffer *buf, struct sl_bracket *bracket)
{
	if (pid_has_task(bracket->tgid, PIDTYPE_TGID))
		return;
	bracket_remove(buf, bracket);
	sl_count(buf, DRM_STALELINE_ABANDONED, 1);
}

/* Who was killed inside a bracket leaves it open: nobody else could end it. */
static void forget_the_dead(struct sl_buffer *buf)
{
	struct sl_bracket *bracket, *next;

	if (buf->first.flags)
		forget_if_dead(buf, &buf->first);
	list_for_each_entry_safe(bracket, next, &buf->brackets, link) forget_if_dead(buf, bracket);
}

static struct sl_bracket *bracket_add(struct sl_buffer *buf)
{
	struct pid *tgid = task_tgid(current);
	struct sl_bracket *bracket;

	if (!buf->first.flags) {
		if (buf->first.tgid != tgid) {
			put_pid(buf->first.tgid);
			buf->first.tgid = get_pid(tgid);
		}
		return &buf->first;
	}
	bracket = kzalloc(sizeof(*bracket), GFP_KERNEL_ACCOUNT);
	if (!bracket)
		return NULL;
	bracket->tgid = get_pid(tgid);
	list_add(&bracket->link, &buf->brackets);
	return bracket;
}

/* 0 or -ENOMEM, and then nothing was changed. */
int sl_bracket_start(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *bracket;

	forget_the_dead(buf);
	bracket = find_own(buf);
	if (bracket) {
		sl_count(buf,
			 bracket->flags == flags ? DRM_STALELINE_RESTARTED
						 : DRM_STALELINE_UNBALANCED,
			 1);
	} else {
		bracket = bracket_add(buf);
		if (!bracket)
			return -ENOMEM;
	}
	bracket->flags = flags;
	sl_count(buf, DRM_STALELINE_STARTS, 1);
	return 0;
}

void sl_bracket_end(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *bracket = find_own(buf);

	sl_count(buf, DRM_STALELINE_ENDS, 1);
	if (!bracket) {
		sl_count(buf, DRM_STALELINE_UNBALANCED, 1);
		return;
	}
	if (bracket->flags != flags)
		sl_count(buf, DRM_STALELINE_MISMATCHED, 1);
	bracket_remove(buf, bracket);
}

/*
 * What all open brackets together allow. Whose they are can't count: cache maintenance is for the
 * buffer and not for a process. So another process's open bracket masks a touch.
 */
u32 sl_bracket_allowed(struct sl_buffer *buf)
{
	struct sl_bracket *bracket;
	u32 allowed;

	forget_the_dead(buf);
	allowed = buf->first.flags;
	list_for_each_entry(bracket, &buf->brackets, link) allowed |= bracket->flags;
	return allowed;
}

/* The buffer goes, and what is still open with it: nobody will end that any more. */
void sl_bracket_free(struct sl_buffer *buf)
{
	while (!list_empty(&buf->brackets)) {
		bracket_remove(buf, list_first_entry(&buf->brackets, struct sl_bracket, link));
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	}
	if (buf->first.flags)
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	/* The list of buffers still has us: who looks must find no bracket without a process. */
	buf->first.flags = 0;
	put_pid(buf->first.tgid);
	buf->first.tgid = NULL;
}
