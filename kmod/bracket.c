// SPDX-License-Identifier: GPL-2.0
/*
 * Which brackets are open. A bracket belongs to a process, and is a state and not a depth: START
 * waits for fences in the core after our hook, and a signal there sends a correct program back to
 * START, so that the module sees START, START, END (R8).
 *
 * Nearly always one process uses a buffer and nothing has to move. Then START and END are one
 * cmpxchg each: the word `first` says who was here last, and only a thread of that very process
 * turns it from closed to open and back. That is the quick way, in bracket.h. All else is here,
 * under a spinlock, and turns the word by cmpxchg too, as the quick way asks nobody. Why that does:
 *
 * - Two threads of one process: one turns the word, the other finds it turned, comes here, and is
 *   counted as if it had come later, which it has.
 * - Another process may take the word only closed, and names itself in the same step: from then on
 *   the process before it fails by its name. A name is not used again while it stands here, as the
 *   word has a reference on the struct pid.
 * - What is open beside the first is listed. Then the word is SLOW, so each START comes here and
 *   looks for the dead. A process is never both: whoever is listed is found in the list first.
 * - The dead turn nothing; should a thread of theirs that is not quite gone do so, a cmpxchg fails.
 * - After a fork the child is another process. exec keeps the process, and what it has open.
 * - Who waits for a spare has let go of the lock, and begins anew.
 * - The reason to be SLOW is there before the word is turned, which is done under the lock. It is
 *   turned back under the lock by a START that has looked for a reason since it took the lock. So
 *   either that START sees the reason, or the word is turned after it.
 * - An END turns nothing back. It is quick only where the word is what its START left there, so a
 *   reason that came in between sends it here.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "sl.h"

/* An open bracket beside the first. */
struct sl_bracket {
	struct list_head link;
	struct pid *tgid;
	u32 flags;
};

static struct pid *pid_of(unsigned long first)
{
	return (struct pid *)(first & ~SL_FIRST_BITS);
}

static u32 open_of(unsigned long first)
{
	return first & DMA_BUF_SYNC_RW;
}

/* What is asked for where the word is SLOW. */
static unsigned long slowness(struct sl_buffer *buf)
{
	if (sl_nothing_moves(buf) && list_empty(&buf->brackets.others) &&
	    READ_ONCE(buf->hook) != DRM_STALELINE_HOOK_WAIT_FIRST && !READ_ONCE(buf->params.inject))
		return 0;
	return SL_FIRST_SLOW;
}

static void slow_down(struct sl_buffer *buf)
{
	unsigned long old = READ_ONCE(buf->brackets.first);

	while (!try_cmpxchg(&buf->brackets.first, &old, old | SL_FIRST_SLOW))
		;
}

void sl_bracket_slow(struct sl_buffer *buf)
{
	spin_lock(&buf->brackets.lock);
	slow_down(buf);
	spin_unlock(&buf->brackets.lock);
}

/* False: another process has it open. @before: what the caller had. */
static bool take_first(struct sl_buffer *buf, u32 flags, u32 *before)
{
	unsigned long old = READ_ONCE(buf->brackets.first);
	struct pid *tgid = task_tgid(current);

	do {
		if (open_of(old) && pid_of(old) != tgid)
			return false;
	} while (!try_cmpxchg(&buf->brackets.first, &old, sl_first(tgid, flags | slowness(buf))));
	*before = open_of(old);
	if (pid_of(old) != tgid) {
		get_pid(tgid);
		put_pid(pid_of(old));
	}
	return true;
}

/* What @tgid had open there; 0: nothing. It stays the one that was here last. */
static u32 close_first(struct sl_buffer *buf, struct pid *tgid)
{
	unsigned long old = READ_ONCE(buf->brackets.first);

	do {
		if (!open_of(old) || pid_of(old) != tgid)
			return 0;
	} while (!try_cmpxchg(&buf->brackets.first, &old, old & ~(unsigned long)DMA_BUF_SYNC_RW));
	return open_of(old);
}

static struct sl_bracket *find_other(struct sl_buffer *buf)
{
	struct pid *tgid = task_tgid(current);
	struct sl_bracket *bracket;

	list_for_each_entry(bracket, &buf->brackets.others, link)
		if (bracket->tgid == tgid)
			return bracket;
	return NULL;
}

/* False: there is no @spare. */
static bool add_other(struct sl_buffer *buf, u32 flags, struct sl_bracket **spare)
{
	struct sl_bracket *bracket = *spare;

	if (!bracket)
		return false;
	*spare = NULL;
	bracket->tgid = get_pid(task_tgid(current));
	bracket->flags = flags;
	list_add(&bracket->link, &buf->brackets.others);
	slow_down(buf);
	return true;
}

/* What it had open. */
static u32 remove_other(struct sl_bracket *bracket)
{
	u32 flags = bracket->flags;

	list_del(&bracket->link);
	put_pid(bracket->tgid);
	kfree(bracket);
	return flags;
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

/* Who was killed inside a bracket leaves it open: nobody else could end it. */
static void forget_the_dead(struct sl_buffer *buf)
{
	unsigned long first = READ_ONCE(buf->brackets.first);
	struct sl_bracket *bracket, *next;

	if (open_of(first) && is_dead(pid_of(first)) && close_first(buf, pid_of(first)))
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	list_for_each_entry_safe(bracket, next, &buf->brackets.others, link) {
		if (!is_dead(bracket->tgid))
			continue;
		remove_other(bracket);
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	}
}

/* False: a spare bracket is needed. */
static bool start(struct sl_buffer *buf, u32 flags, struct sl_bracket **spare)
{
	struct sl_bracket *other;
	u32 before = 0;

	forget_the_dead(buf);
	other = find_other(buf);
	if (other) {
		before = other->flags;
		other->flags = flags;
	} else if (!take_first(buf, flags, &before) && !add_other(buf, flags, spare)) {
		return false;
	}
	if (before)
		sl_count(buf, before == flags ? DRM_STALELINE_RESTARTED : DRM_STALELINE_UNBALANCED,
			 1);
	sl_count(buf, DRM_STALELINE_STARTS, 1);
	return true;
}

int sl_bracket_start(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *spare = NULL;

	spin_lock(&buf->brackets.lock);
	while (!start(buf, flags, &spare)) {
		spin_unlock(&buf->brackets.lock);
		spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
		if (!spare)
			return -ENOMEM;
		spin_lock(&buf->brackets.lock);
	}
	spin_unlock(&buf->brackets.lock);
	kfree(spare);
	return 0;
}

void sl_bracket_end(struct sl_buffer *buf, u32 flags)
{
	struct sl_bracket *other;
	u32 was;

	spin_lock(&buf->brackets.lock);
	other = find_other(buf);
	was = other ? remove_other(other) : close_first(buf, task_tgid(current));
	if (was != flags)
		sl_count(buf, was ? DRM_STALELINE_MISMATCHED : DRM_STALELINE_UNBALANCED, 1);
	sl_count(buf, DRM_STALELINE_ENDS, 1);
	spin_unlock(&buf->brackets.lock);
}

static u32 allowed_but(struct sl_buffer *buf, const struct pid *tgid)
{
	struct sl_bracket *bracket;
	unsigned long first;
	u32 allowed = 0;

	spin_lock(&buf->brackets.lock);
	forget_the_dead(buf);
	first = READ_ONCE(buf->brackets.first);
	if (pid_of(first) != tgid)
		allowed = open_of(first);
	list_for_each_entry(bracket, &buf->brackets.others, link)
		if (bracket->tgid != tgid)
			allowed |= bracket->flags;
	spin_unlock(&buf->brackets.lock);
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

void sl_bracket_counts(struct sl_buffer *buf, u64 *value)
{
	int i;

	spin_lock(&buf->brackets.lock);
	for (i = 0; i < SL_NBRACKET; i++)
		value[i] += buf->count[i];
	spin_unlock(&buf->brackets.lock);
	for_each_possible_cpu(i) {
		struct sl_quick_counts *quick = per_cpu_ptr(buf->brackets.quick, i);

		value[DRM_STALELINE_STARTS] += READ_ONCE(quick->starts);
		value[DRM_STALELINE_ENDS] += READ_ONCE(quick->ends);
	}
}

/* Nobody is in the word: the first START comes here, and finds out if it may be quick. */
int sl_bracket_init(struct sl_buffer *buf)
{
	spin_lock_init(&buf->brackets.lock);
	INIT_LIST_HEAD(&buf->brackets.others);
	buf->brackets.quick = alloc_percpu_gfp(struct sl_quick_counts, GFP_KERNEL_ACCOUNT);
	return buf->brackets.quick ? 0 : -ENOMEM;
}

/*
 * Nobody will end any more what is open. The list of buffers still has us: who looks must find no
 * bracket without a process.
 */
void sl_bracket_close_all(struct sl_buffer *buf)
{
	unsigned long first;

	spin_lock(&buf->brackets.lock);
	while (!list_empty(&buf->brackets.others)) {
		remove_other(list_first_entry(&buf->brackets.others, struct sl_bracket, link));
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	}
	first = xchg(&buf->brackets.first, 0);
	if (open_of(first))
		sl_count(buf, DRM_STALELINE_ABANDONED, 1);
	put_pid(pid_of(first));
	spin_unlock(&buf->brackets.lock);
}

void sl_bracket_free(struct sl_buffer *buf)
{
	free_percpu(buf->brackets.quick);
}
