// SPDX-License-Identifier: MIT
/*
 * Waiting for jobs, and jobs that wait, by the fences in their buffers: START, poll. A test for each of the rules R8,
 * R12 and R14 to R16, against jobs that are at work.
 */
#include <drm/vgem_drm.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "kmod_jobs.h"

/* R14, R16: who is asked for, and at once where nobody is there. */
static void test_poll(void)
{
	struct buffer dst = make_noncoherent(), src = make_noncoherent();
	struct pollfd both = { .fd = src.fd, .events = POLLIN | POLLOUT };

	ok(ready(dst.fd, POLLIN, 0) && ready(dst.fd, POLLOUT, 0),
	   "a buffer without fences is ready at once (R16)");
	long_copy(&dst, &src);
	ok(!ready(dst.fd, POLLIN, 0), "POLLIN waits for a writer (R14)");
	ok(!ready(dst.fd, POLLOUT, 0), "so does POLLOUT");
	ok(ready(src.fd, POLLIN, 0), "POLLIN does not wait for a reader");
	ok(!ready(src.fd, POLLOUT, 0), "POLLOUT does");
	ok(poll(&both, 1, 0) == 1 && both.revents == POLLIN,
	   "POLLIN|POLLOUT returns when either is ready (R16)");
	ok(ready(src.fd, POLLOUT, PATIENCE_MS) && ready(dst.fd, POLLIN, PATIENCE_MS) &&
		   ready(dst.fd, POLLOUT, 0),
	   "all are ready when the job is done");
	drop(&dst);
	drop(&src);
}

/* ms that a SYNC takes. */
static long sync_ms(const struct buffer *b, uint64_t flags)
{
	long start = now_ms();

	if (sync_buffer(b, flags))
		bail("SYNC");
	return now_ms() - start;
}

/* R12: READ for writers, WRITE and RW for all users; END for nobody. */
static void test_start_waits(void)
{
	struct buffer dst = make_noncoherent(), src = make_noncoherent();

	long_copy(&dst, &src);
	ok(sync_ms(&src, START | READ) < LONG_MS / 2, "START(READ) waits for no reader (R12)");
	ok(sync_ms(&src, END | READ) < LONG_MS / 2 && !ready(src.fd, POLLOUT, 0),
	   "END waits for nobody");
	sync_ms(&dst, START | READ);
	ok(ready(dst.fd, POLLIN, 0), "START(READ) waits for a writer");
	sync_ms(&dst, END | READ);
	long_copy(&dst, &src);
	sync_ms(&src, START | WRITE);
	ok(ready(src.fd, POLLOUT, 0), "START(WRITE) waits for a reader");
	sync_ms(&src, END | WRITE);
	long_copy(&dst, &src);
	sync_ms(&src, START | RW);
	ok(ready(src.fd, POLLOUT, 0), "so does START(RW)");
	sync_ms(&src, END | RW);
	drop(&dst);
	drop(&src);
}

/* Lines that the CPU reads old after START has waited for a job in steps. */
static uint32_t stale_after_start(uint32_t hook, bool wait)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_HOOK, .hook = hook };
	struct drm_staleline_job job = fill_job(&b, 1);
	uint32_t stale = 0, reported = 0;

	set(&b, p);
	for (uint32_t i = 0; i < SIZE; i += 4096)
		(void)b.cpu[i]; /* the CPU side has copies */
	job.duration_us = LONG_MS * 1000;
	job.steps = 2;
	job.flags = SCATTERED;
	if (submit(&job))
		bail("a job");
	usleep(LONG_MS * 1000 / 4);
	if (wait)
		idle(&b);
	sync_buffer(&b, START | READ);
	if (!ready(b.fd, POLLIN, 0))
		return UINT32_MAX; /* START has not waited */
	for (uint32_t i = 0; i < LINES; i++) {
		stale += b.cpu[i * LINE] == 0;
		reported += (line_state(&b, i) & DRM_STALELINE_LINE_STALE) != 0;
	}
	sync_buffer(&b, END | READ);
	drop(&b);
	return stale == reported ? stale : UINT32_MAX;
}

static void test_read_no_wait(void)
{
	is(stale_after_start(DRM_STALELINE_HOOK_FIRST, true), 0, "wait, START, read: fresh (R5)");
	is(stale_after_start(DRM_STALELINE_HOOK_FIRST, false), LINES / 2,
	   "START, which waits too late, read: every other line is stale (R12)");
	is(stale_after_start(DRM_STALELINE_HOOK_WAIT_FIRST, false), 0,
	   "hook=wait-first: START waits in time");
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

/* A signal every so often, without SA_RESTART: whatever waits is interrupted. 0: no more. */
static void storm(suseconds_t every_us)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { { 0, every_us }, { 0, every_us } };

	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
		bail("a timer");
}

/* As R8 says; how often it was once more. */
static int restarted(int (*what)(const struct buffer *b, uint64_t arg), const struct buffer *b,
		     uint64_t arg)
{
	int ret, n = 0;

	while ((ret = what(b, arg)) == -EINTR || ret == -EAGAIN)
		n++;
	if (ret)
		bail("what was restarted");
	return n;
}

static int fill_for(const struct buffer *b, uint64_t us)
{
	struct drm_staleline_job job = fill_job(b, 1);

	job.duration_us = (uint32_t)us;
	return submit(&job);
}

static void touch(const struct buffer *b, uint64_t which)
{
	if (which & READ)
		(void)b->cpu[0];
	if (which & WRITE)
		b->cpu[0] = 1;
}

/* START runs the hook, waits in the core for a job, and is interrupted there: START, START, ..., END. */
static void test_storm(uint32_t mode, const char *name)
{
	static const uint64_t flags[] = { READ, WRITE, RW };
	struct buffer b = make(PAGES, mode);
	int again = 0;

	storm(2000);
	for (int i = 0; i < 51; i++) {
		uint64_t which = flags[i % 3];

		restarted(fill_for, &b, 20000);
		again += restarted(sync_buffer, &b, START | which);
		touch(&b, which);
		restarted(sync_buffer, &b, END | which);
	}
	storm(0);
	ok(again > 0, "%s: signals interrupt START (%d times)", name, again);
	is((long long)counter(&b, DRM_STALELINE_RESTARTED), again,
	   "each restart of START counts as one");
	is((long long)(counter(&b, DRM_STALELINE_UNBALANCED) +
		       counter(&b, DRM_STALELINE_MISMATCHED)),
	   0, "and nothing as unbalanced or mismatched (R8)");
	if (mode == DRM_STALELINE_MODE_TRAP)
		is((long long)(counter(&b, DRM_STALELINE_TRAP_READ) +
			       counter(&b, DRM_STALELINE_TRAP_WRITE)),
		   0, "nor any touch as one outside a bracket");
	drop(&b);
}

/* What jobs wait for without being told. */
static void test_implicit(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), c = make_noncoherent();
	struct drm_staleline_job read = copy_job(&b, &a), also = copy_job(&c, &a),
				 write = fill_job(&a, 7), now = fill_job(&a, 9);
	int readers[2], writer, explicit_one;

	long_fill(&a, 1);
	read.duration_us = also.duration_us = LONG_MS * 1000;
	readers[0] = submit_for_file(read);
	readers[1] = submit_for_file(also);
	writer = submit_for_file(write);
	now.flags = EXPLICIT;
	explicit_one = submit_for_file(now);
	ok(ready(explicit_one, POLLIN, LONG_MS / 2) && word(&a, 0) == 9 && !ready(a.fd, POLLIN, 0),
	   "an EXPLICIT job waits for no implicit fence");
	ok(ready(readers[0], POLLIN, PATIENCE_MS) && ready(readers[1], POLLIN, LONG_MS / 2),
	   "two readers wait for a writer, and not for each other");
	is(word(&b, 0), 1, "they have read what it has written");
	ok(ready(writer, POLLIN, PATIENCE_MS), "a writer waits for readers");
	ok(word(&a, 0) == 7 && word(&b, LINES - 1) == 1 && word(&c, LINES - 1) == 1,
	   "and has overwritten nothing that they still read");
	for (int i = 0; i < 2; i++)
		close(readers[i]);
	close(writer);
	close(explicit_one);
	drop(&a);
	drop(&b);
	drop(&c);
}

/* Two jobs that take the same two buffers the other way round. */
static void test_both_ways(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job to = copy_job(&a, &b), fro = copy_job(&b, &a);

	for (int i = 0; i < 100; i++)
		if (submit(&to) || submit(&fro))
			bail("a copy");
	ok(idle(&a) && idle(&b), "copies to and fro end");
	is((long long)(counter(&a, DRM_STALELINE_JOBS) + counter(&b, DRM_STALELINE_JOBS)), 200,
	   "all of them");
	drop(&a);
	drop(&b);
}

/* vgem's fence, which lasts until it is told: a job that waits for another driver. */
static void test_foreign_fence(void)
{
	struct buffer a = make_noncoherent();
	struct drm_vgem_fence_signal signal = { 0 };
	struct drm_staleline_job job = fill_job(&a, 1);
	int vgem = open_card("vgem"), file;

	if (vgem < 0) {
		skip("another driver's fence", "no vgem");
		drop(&a);
		return;
	}
	if (vgem_fence(vgem, &a, &signal.fence))
		bail("a fence");
	file = submit_for_file(job);
	ok(!ready(file, POLLIN, 100) && !word(&a, 0), "a job waits for another driver's fence");
	call(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
	ok(ready(file, POLLIN, PATIENCE_MS) && word(&a, 0) == 1, "which starts it");
	close(file);
	close(vgem);
	drop(&a);
}

void test_fences(void)
{
	test_poll();
	test_start_waits();
	test_read_no_wait();
	test_storm(DRM_STALELINE_MODE_COHERENT, "coherent");
	test_storm(DRM_STALELINE_MODE_NONCOHERENT, "noncoherent");
	test_storm(DRM_STALELINE_MODE_TRAP, "trap");
	test_implicit();
	test_both_ways();
	test_foreign_fence();
}
