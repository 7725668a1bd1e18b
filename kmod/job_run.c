// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a job after its submission. Its fence must signal in bounded time whatever happens
 * elsewhere, so between sl_job_start() and dma_fence_signal() nothing allocates, waits for a mutex
 * or sleeps: fences call back, and one delayed work stands for the next step or for the deadline,
 * whichever comes first. device.c tries sync_lock; where that is taken the work comes again.
 *
 * What sleeps (vunmap, freeing a buffer) comes after the signal and on another queue.
 *
 * A fence may outlive job, buffer and file: in a sync_file, a syncobj, another driver's buffer. Its
 * operations are our text, so each holds the module until it is freed.
 */
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "job.h"
#include "trace.h"

#define LINE DRM_STALELINE_LINE_SIZE
#define LINES_PER_PAGE (PAGE_SIZE / LINE)
/* Lines that are worked on in one go: 1 MiB. Then it is another job's turn. */
#define LINES_PER_RUN ((1 << 20) / LINE)
#define DEADLINE_NS (10 * NSEC_PER_SEC)

/* Late by so much, there are no more steps: nobody is to wait for the engine's other work. */
#define GRACE_NS (100 * NSEC_PER_MSEC)

static struct workqueue_struct *run_queue, *release_queue;
/* Jobs of all files that are not done; there is one device. */
static atomic_t total;

/*
 * The device has one engine: one run at a time. No run waits for another, as what a job has to wait
 * for keeps it out of the queue. It is anybody's work, and comes before nobody else's.
 */
int sl_jobs_init(void)
{
	run_queue = alloc_ordered_workqueue("staleline", WQ_MEM_RECLAIM);
	release_queue = alloc_workqueue("staleline-release", WQ_UNBOUND, 0);
	if (run_queue && release_queue)
		return 0;
	sl_jobs_exit();
	return -ENOMEM;
}

/*
 * No fence lives, or we would not be unloaded. But whoever let go of the last one may still be on
 * its way out of our text: first the works, then the callbacks of RCU.
 */
void sl_jobs_exit(void)
{
	if (run_queue)
		destroy_workqueue(run_queue);
	if (release_queue)
		destroy_workqueue(release_queue);
	rcu_barrier();
}

/*
 * Room for one more, of this file and of all: a job's list of fences to wait for is not charged to
 * anybody, and is as long as there are jobs on its buffers.
 */
static bool room_take(struct sl_file *file)
{
	if (!atomic_add_unless(&file->pending, 1, DRM_STALELINE_JOB_MAX_PENDING))
		return false;
	if (atomic_add_unless(&total, 1, DRM_STALELINE_JOB_MAX_TOTAL))
		return true;
	atomic_dec(&file->pending);
	return false;
}

static void room_give(struct sl_file *file)
{
	atomic_dec(&file->pending);
	atomic_dec(&total);
}

static struct sl_job *job_of(struct dma_fence *fence)
{
	return container_of(fence, struct sl_job, fence);
}

static const char *job_driver_name(struct dma_fence *fence)
{
	return KBUILD_MODNAME;
}

static const char *job_timeline_name(struct dma_fence *fence)
{
	return "job";
}

static void job_free(struct rcu_head *head)
{
	kfree(job_of(container_of(head, struct dma_fence, rcu)));
	module_put(THIS_MODULE);
}

/* Others may look at a fence under RCU, and call its operations. */
static void job_fence_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, job_free);
}

static const struct dma_fence_ops job_fence_ops = {
	.get_driver_name = job_driver_name,
	.get_timeline_name = job_timeline_name,
	.release = job_fence_release,
};

/* Lines of the whole job. */
static u64 job_lines(const struct sl_job *job)
{
	return job->args.size / LINE;
}

static bool is_scattered(const struct sl_job *job)
{
	return job->args.flags & DRM_STALELINE_JOB_SCATTERED;
}

static u64 first_line(const struct sl_job *job, u32 step)
{
	if (is_scattered(job))
		return step;
	return div_u64(job_lines(job) * step, job->args.steps);
}

static u64 end_line(const struct sl_job *job, u32 step)
{
	return is_scattered(job) ? job_lines(job) : first_line(job, step + 1);
}

/* When a step is due: the first at once, the last when the time is over. */
static ktime_t due(const struct sl_job *job, u32 step)
{
	u64 duration = (u64)job->args.duration_us * NSEC_PER_USEC;
	u32 last = job->args.steps - 1;

	if (last)
		duration = div_u64(duration * step, last);
	return ktime_add_ns(atomic64_read(&job->start), duration);
}

static void do_lines(struct sl_job *job, u64 line, size_t n)
{
	const struct drm_staleline_job *args = &job->args;
	size_t size = n * LINE;

	if (args->kind == DRM_STALELINE_JOB_COPY)
		sl_surface_read(&job->src, args->src_offset + line * LINE, job->page, size,
				DRM_STALELINE_JOB_DIRTY);
	sl_surface_write(&job->dst, args->dst_offset + line * LINE, job->page, size);
}

/* One step from job->line on. False: the budget is used up. */
static bool do_step(struct sl_job *job, u64 *budget)
{
	u64 end = end_line(job, job->step);

	while (job->line < end) {
		u64 n = is_scattered(job) ? 1 : min_t(u64, end - job->line, LINES_PER_PAGE);

		if (*budget < n)
			return false;
		*budget -= n;
		do_lines(job, job->line, n);
		job->line += is_scattered(job) ? job->args.steps : n;
	}
	return true;
}

/* All steps that are due, as far as the budget goes. True: it was the last. */
static bool do_steps(struct sl_job *job, ktime_t now)
{
	u64 budget = LINES_PER_RUN;

	while (job->step < job->args.steps) {
		if (ktime_after(due(job, job->step), now) || !do_step(job, &budget))
			return false;
		job->step++;
		job->line = first_line(job, job->step);
	}
	return true;
}

/* Both buffers', or none's. */
static bool enter(struct sl_job *job)
{
	if (!sl_surface_try(&job->dst))
		return false;
	if (job->args.kind != DRM_STALELINE_JOB_COPY || sl_surface_try(&job->src))
		return true;
	sl_surface_done(&job->dst, false);
	return false;
}

static void leave(struct sl_job *job)
{
	if (job->args.kind == DRM_STALELINE_JOB_COPY)
		sl_surface_done(&job->src, false);
	sl_surface_done(&job->dst, true);
}

/* @busy: nothing was done, as somebody else is at one of the buffers. True: it was the last. */
static bool do_steps_synced(struct sl_job *job, ktime_t now, bool *busy)
{
	bool last;

	*busy = !enter(job);
	if (*busy)
		return false;
	last = do_steps(job, now);
	leave(job);
	return last;
}

/* Never early: a jiffy more. */
static unsigned long jiffies_until(ktime_t when, ktime_t now)
{
	return ktime_after(when, now) ? nsecs_to_jiffies(ktime_sub(when, now)) + 1 : 0;
}

static bool is_waiting(const struct sl_job *job)
{
	/* Before job->start is looked at. */
	return atomic_read_acquire(&job->waiting);
}

/* The next step, or the rest of this one, or the deadline; not at once where a buffer is @busy. */
static void job_requeue(struct sl_job *job, ktime_t now, bool busy)
{
	ktime_t when = job->deadline;

	if (!is_waiting(job) && ktime_before(due(job, job->step), when))
		when = due(job, job->step);
	/* Does nothing where the last fence has just kicked it. */
	queue_delayed_work(run_queue, &job->work,
			   max(jiffies_until(when, now), (unsigned long)busy));
}

/* Whoever submits may still be about to kick the work when that has met the deadline. */
static void job_let_go(struct sl_job *job)
{
	if (atomic_dec_and_test(&job->users))
		queue_work(release_queue, &job->release);
}

/* The count goes first: who waits for the fence finds room for another job. */
static void job_finish(struct sl_job *job, int error)
{
	job->done = true;
	sl_surface_count(&job->dst, DRM_STALELINE_JOBS);
	room_give(job->file);
	trace_staleline_job_done(job->fence.context, error, job->step);
	if (error)
		dma_fence_set_error(&job->fence, error);
	dma_fence_signal(&job->fence);
	job_let_go(job);
}

static bool is_too_late(const struct sl_job *job, ktime_t now)
{
	return ktime_after(now, ktime_add_ns(job->deadline, GRACE_NS));
}

static void job_work(struct work_struct *work)
{
	struct sl_job *job = container_of(to_delayed_work(work), struct sl_job, work);
	ktime_t now = ktime_get();
	bool cookie, busy = false;

	/* A fence may have kicked a job that has just met its deadline. */
	if (job->done)
		return;
	cookie = dma_fence_begin_signalling();
	if (!is_waiting(job) && !is_too_late(job, now) && do_steps_synced(job, now, &busy))
		job_finish(job, 0);
	else if (!ktime_before(now, job->deadline))
		job_finish(job, -ETIMEDOUT);
	else
		job_requeue(job, now, busy);
	dma_fence_end_signalling(cookie);
}

/* One thing less to wait for. */
static void job_ready(struct sl_job *job, ktime_t now)
{
	/* Only the last one's time counts; those that come at once differ by next to nothing. */
	atomic64_set(&job->start, now);
	if (!atomic_dec_and_test(&job->waiting))
		return;
	trace_staleline_job_start(job->fence.context);
	mod_delayed_work(run_queue, &job->work, 0);
}

/* May be called from an interrupt, with the lock of the fence that signals. */
static void dep_signaled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	job_ready(container_of(cb, struct sl_dep, cb)->job, ktime_get());
}

void sl_job_start(struct sl_job *job)
{
	ktime_t now = ktime_get();
	int i;

	job->deadline = ktime_add_ns(now, DEADLINE_NS);
	/* One more: it must not be done while its fences are still being asked to call. */
	atomic_set(&job->waiting, 1);
	atomic_set(&job->users, 2);
	queue_delayed_work(run_queue, &job->work, jiffies_until(job->deadline, now));
	for (i = 0; i < SL_NDEPS; i++) {
		struct sl_dep *dep = &job->deps[i];

		if (!dep->fence)
			continue;
		atomic_inc(&job->waiting);
		/* An error of that fence, even of this call, stops nobody. */
		if (dma_fence_add_callback(dep->fence, &dep->cb, dep_signaled))
			atomic_dec(&job->waiting);
	}
	job_ready(job, now);
	job_let_go(job);
}

/* What it held, but for the memory of the fence itself. */
static void job_put_parts(struct sl_job *job)
{
	int i;

	for (i = 0; i < SL_NDEPS; i++)
		dma_fence_put(job->deps[i].fence);
	sl_surface_put(&job->dst);
	sl_surface_put(&job->src);
	free_page((unsigned long)job->page);
	sl_file_put(job->file);
	dma_fence_put(&job->fence);
}

static void job_release(struct work_struct *work)
{
	struct sl_job *job = container_of(work, struct sl_job, release);
	int i;

	/* After this no fence calls or is calling: the lock of each was taken. */
	for (i = 0; i < SL_NDEPS; i++)
		if (job->deps[i].fence)
			dma_fence_remove_callback(job->deps[i].fence, &job->deps[i].cb);
	/* And so nothing queues it any more. */
	cancel_delayed_work_sync(&job->work);
	job_put_parts(job);
}

void sl_job_abandon(struct sl_job *job)
{
	room_give(job->file);
	job_put_parts(job);
}

/* A fence context each: jobs need not end in the order of their submission. */
static void job_init(struct sl_job *job, struct sl_file *file, const struct drm_staleline_job *args)
{
	int i;

	__module_get(THIS_MODULE);
	kref_get(&file->ref);
	job->file = file;
	job->args = *args;
	spin_lock_init(&job->lock);
	dma_fence_init(&job->fence, &job_fence_ops, &job->lock, dma_fence_context_alloc(1), 1);
	for (i = 0; i < SL_NDEPS; i++)
		job->deps[i].job = job;
	INIT_DELAYED_WORK(&job->work, job_work);
	INIT_WORK(&job->release, job_release);
	if (args->kind == DRM_STALELINE_JOB_FILL)
		memset32((u32 *)job->page, args->value, PAGE_SIZE / sizeof(u32));
}

struct sl_job *sl_job_create(struct sl_file *file, const struct drm_staleline_job *args)
{
	struct sl_job *job;

	if (!room_take(file))
		return ERR_PTR(-EBUSY);
	job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);
	if (job)
		job->page = (u8 *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!job || !job->page) {
		kfree(job);
		room_give(file);
		return ERR_PTR(-ENOMEM);
	}
	job_init(job, file, args);
	return job;
}
