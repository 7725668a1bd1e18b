// SPDX-License-Identifier: GPL-2.0
/*
 * Which brackets are open. A bracket belongs to a process, and is a state and not a depth: START
 * waits for fences in the core after our hook, and a signal there sends a correct program back to
 * START, so that the module sees START, START, END (R8).
 *
 * All of it is under a spinlock of its own: where nothing has to move, a bracket costs this lock
 * once at START and once at END, and nothing else.
 */
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
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
	list_for_each_entry(bracket, &buf->brackets, link)
		if (bracket->tgid == tgid)
			return bracket;
	return NULL;
}

/* A zombie is dead: its threads have all exited, though its parent has not asked for it yet. */
static bool is_dead(struct pid *tgid)
{
	struct task_struct *leader;
	bool dead;

	if (tgid == task_tgid(current))
		return false;
	rcu_read_lock();
	leader = pid_task(tgid, PIDTYPE_TGID);
	dead = !leader || !atomic_read(&leader->signal->live);
	rcu_read_unlock();
	return dead;
}

static void forget_if_dead(struct sl_buffer *buf, struct sl_bracket *bracket)
{
	if (!is_dead(bracket->tgid))
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
	list_for_each_entry_safe(bracket, next, &buf->brackets, link)
		forget_if_dead(buf, bracket);
}

/* The first place is free nearly always; else it is @spare. NULL where there is none. */
static struct sl_bracket *bracket_add(struct sl_buffer *buf, struct sl_bracket **spare)
{
	struct pid *tgid = task_tgid(current);
	struct sl_bracket *bracket = &buf->first;

	if (bracket->flags) {
		bracket = *spare;
		if (!bracket)
			return NULL;
		*spare = NULL;
		bracket->tgid = NULL;
		list_add(&bracket->link, &buf->brackets);
	}
	if (bracket->tgid != tgid) {
		put_pid(bracket->tgid);
		bracket->tgid = get_pid(tgid);
	}
	return bracket;
}

/* False: a spare bracket is needed. */
static inline bool start(struct sl_buffer *buf, u32 flags, struct sl_bracket **spare)
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
		bracket = bracket_add(buf, spare);
		if (!bracket)
			return false;
	}
	bracket->flags = flags;
	sl_count(buf, DRM_STALELINE_STARTS, 1);
	return true;
}

/* 0 or -ENOMEM, and then nothing was changed. */
int sl_bracket_start(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *spare = NULL;

	spin_lock(&buf->bracket_lock);
	while (!start(buf, flags, &spare)) {
		spin_unlock(&buf->bracket_lock);
		spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
		if (!spare)
			return -ENOMEM;
		spin_lock(&buf->bracket_lock);
	}
	spin_unlock(&buf->bracket_lock);
	if (unlikely(spare))
		kfree(spare);
	return 0;
}

void sl_bracket_end(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *bracket;

	spin_lock(&buf->bracket_lock);
	sl_count(buf, DRM_STALELINE_ENDS, 1);
	bracket = find_own(buf);
	if (!bracket) {
		sl_count(buf, DRM_STALELINE_UNBALANCED, 1);
	} else {
		if (bracket->flags != flags)
			sl_count(buf, DRM_STALELINE_MISMATCHED, 1);
		bracket_remove(buf, bracket);
	}
	spin_unlock(&buf->bracket_lock);
}

static u32 allowed_but(struct sl_buffer *buf, const struct pid *tgid)
{
	struct sl_bracket *bracket;
	u32 allowed = 0;

	spin_lock(&buf->bracket_lock);
	forget_the_dead(buf);
	if (buf->first.flags && buf->first.tgid != tgid)
		allowed = buf->first.flags;
	list_for_each_entry(bracket, &buf->brackets, link)
		if (bracket->tgid != tgid)
			allowed |= bracket->flags;
	spin_unlock(&buf->bracket_lock);
	return allowed;
}

/*
 * What all open brackets together allow. Whose they are can't count: cache maintenance is for the
 * buffer and not for a process. So another process's open bracket masks a touch.
 */
u32 sl_bracket_allowed(struct sl_buffer *buf)
{
	return allowed_but(buf, NULL);
}

u32 sl_bracket_others(struct sl_buffer *buf)
{
	return allowed_but(buf, task_tgid(current));
}

/* Adds the counters of brackets to @value. */
void sl_bracket_counts(struct sl_buffer *buf, u64 *value)
{
	int i;

	spin_lock(&buf->bracket_lock);
	for (i = 0; i < SL_NBRACKET; i++)
		value[i] += buf->count[i];
	spin_unlock(&buf->bracket_lock);
}

/* The buffer goes, and what is still open with it: nobody will end that any more. */
void sl_bracket_free(struct sl_buffer *buf)
{
	spin_lock(&buf->bracket_lock);
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
	spin_unlock(&buf->bracket_lock);
}
