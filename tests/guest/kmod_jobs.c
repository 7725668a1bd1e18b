// SPDX-License-Identifier: MIT
/*
 * Jobs of staleline.ko from user space: what they do to bytes, what the ioctl refuses, when they
 * end. kmod_fences.c has what waits for them, and what they wait for. To be run as root in the
 * guest with the module loaded. Prints TAP.
 *
 *	kmod_jobs		all tests
 *	kmod_jobs --hold-file	keeps a sync_file of a job that is done, until stdin ends
 *	kmod_jobs --hold-point	keeps a syncobj with such a job's fence
 *	kmod_jobs --leave	submits a job of 3 s and goes
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kmod_jobs.h"

#define LINES (SIZE / LINE)

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void long_fill(const struct buffer *b, uint32_t value)
{
	struct drm_staleline_job job = fill_job(b, value);

	job.duration_us = LONG_MS * 1000;
	if (submit(&job))
		bail("a job");
}

bool idle(const struct buffer *b)
{
	return ready(b->fd, POLLOUT, PATIENCE_MS);
}

int submit_for_file(struct drm_staleline_job job)
{
	job.flags |= OUT_FILE;
	if (submit(&job))
		bail("a job with a sync_file");
	return job.out_fd;
}

int file_status(int fd)
{
	struct sync_file_info info = { .num_fences = 0 };

	if (call(fd, SYNC_IOC_FILE_INFO, &info))
		bail("FILE_INFO");
	return info.status;
}

uint32_t word(const struct buffer *b, uint32_t line)
{
	return *(volatile uint32_t *)(b->device + (size_t)line * LINE);
}

uint32_t syncobj_create(void)
{
	struct drm_syncobj_create create = { 0 };

	if (call(card, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		bail("SYNCOBJ_CREATE");
	return create.handle;
}

void syncobj_destroy(uint32_t handle)
{
	struct drm_syncobj_destroy destroy = { .handle = handle };

	call(card, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
}

/* Lines whose first word is @value. */
static uint32_t lines_with(const struct buffer *b, uint32_t value)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < LINES; i++)
		n += word(b, i) == value;
	return n;
}

static void test_bytes(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 0x04030201);
	bool good = true;

	is(submit(&job), 0, "FILL");
	ok(idle(&a), "is done");
	for (size_t i = 0; i < SIZE; i++)
		good &= a.device[i] == i % 4 + 1;
	ok(good, "and every byte is right");
	is((long long)counter(&a, DRM_STALELINE_JOBS), 1, "and is counted");
	job = copy_job(&b, &a);
	job.dst_offset = 2 * LINE;
	job.src_offset = 4096 - LINE; /* parts of pages, which don't fall together */
	job.size = 2 * 4096;
	a.device[job.src_offset] = 77;
	a.device[job.src_offset + job.size - 1] = 78;
	is(submit(&job), 0, "COPY");
	ok(idle(&b), "is done");
	ok(!memcmp((void *)(b.device + job.dst_offset), (void *)(a.device + job.src_offset),
		   job.size),
	   "and has copied");
	ok(word(&b, 1) == 0 && word(&b, 2 + 2 * 64) == 0, "and nothing around it");
	drop(&a);
	drop(&b);
}

/* A job sees the device side. */
static void test_sides(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = copy_job(&b, &a);

	a.cpu[0] = 1;
	a.cpu[3 * LINE] = 1;
	submit(&job);
	idle(&b);
	is(b.device[0], 0, "a job does not see a store without END");
	is((long long)counter(&a, DRM_STALELINE_JOB_DIRTY), 2, "and the dirty lines are counted");
	sync_buffer(&a, END | WRITE);
	submit(&job);
	idle(&b);
	is(b.device[0], 1, "after END it does");
	is((long long)counter(&a, DRM_STALELINE_JOB_DIRTY), 2, "and nothing more is counted");
	is(b.cpu[0], 1, "a cold CPU side has it too");
	job = fill_job(&b, 5);
	submit(&job);
	idle(&b);
	is(b.cpu[0], 1, "poll does no cache work: the CPU side is stale (R15)");
	is(line_state(&b, 0) & 3, DRM_STALELINE_LINE_STALE, "as STATE says");
	sync_buffer(&b, START | READ);
	is(b.cpu[0], 5, "START refills it");
	sync_buffer(&b, END | READ);
	drop(&a);
	drop(&b);
}

/* Waits until @ms after @start. */
static void until(long start, long ms)
{
	while (now_ms() < start + ms)
		usleep(1000);
}

static void test_steps(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), c = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1), scattered = fill_job(&b, 1),
				 one = fill_job(&c, 1);
	uint32_t odd = 0;
	long start;

	job.steps = scattered.steps = 3;
	job.duration_us = scattered.duration_us = one.duration_us = 800000;
	scattered.flags = SCATTERED;
	start = now_ms();
	if (submit(&job) || submit(&scattered) || submit(&one))
		bail("jobs");
	until(start, 200);
	ok(lines_with(&a, 1) == LINES / 3 && word(&a, LINES / 3 - 1) && !word(&a, LINES / 3),
	   "the first of three steps comes at once: the first third");
	for (uint32_t i = 0; i < LINES; i++)
		odd += word(&b, i) != (i % 3 == 0);
	ok(!odd, "SCATTERED: every third line");
	is(lines_with(&c, 1), 0, "a single step does not come at once");
	ok(!ready(a.fd, POLLIN, 0) && !ready(b.fd, POLLIN, 0) && !ready(c.fd, POLLIN, 0),
	   "and all of them are busy");
	until(start, 600);
	ok(lines_with(&a, 1) == LINES * 2 / 3 && word(&a, LINES * 2 / 3 - 1),
	   "the second in the middle");
	is(lines_with(&b, 1), LINES - LINES / 3, "SCATTERED: two lines of three");
	is(lines_with(&c, 1), 0, "the single one not yet");
	ok(idle(&a) && idle(&b) && idle(&c) && now_ms() - start >= 800, "done after 800 ms");
	ok(lines_with(&a, 1) == LINES && lines_with(&b, 1) == LINES && lines_with(&c, 1) == LINES,
	   "with all lines");
	drop(&a);
	drop(&b);
	drop(&c);
}

/* More steps than lines, and more than a run's worth of bytes. */
static void test_sizes(void)
{
	struct buffer a = make_noncoherent();
	struct buffer big = make(2048, DRM_STALELINE_MODE_COHERENT);
	struct drm_staleline_job job = fill_job(&a, 1);
	uint32_t n = 0;

	job.steps = DRM_STALELINE_JOB_MAX_STEPS;
	job.duration_us = 10000;
	job.size = 5 * LINE;
	job.dst_offset = 3 * LINE;
	is(submit(&job), 0, "1024 steps for 5 lines");
	job.flags = SCATTERED;
	job.dst_offset = 9 * LINE;
	is(submit(&job), 0, "SCATTERED too");
	ok(idle(&a) && lines_with(&a, 1) == 10 && word(&a, 3) && word(&a, 13),
	   "are done, and touch no more");
	job = fill_job(&big, 1);
	job.flags = SCATTERED;
	job.steps = 7;
	is(submit(&job), 0, "8 MiB");
	ok(ready(big.fd, POLLOUT, 10000), "is done");
	for (uint32_t i = 0; i < big.size / LINE; i++)
		n += word(&big, i) == 1;
	is(n, (long long)(big.size / LINE), "all of it");
	drop(&a);
	drop(&big);
}

static int submit_at(const struct buffer *b, uint64_t offset, uint64_t size)
{
	struct drm_staleline_job job = fill_job(b, 1);

	job.dst_offset = offset;
	job.size = size;
	return submit(&job);
}

static void test_bad_places(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	const uint64_t bad[][2] = {
		{ 0, 0 },
		{ 0, SIZE + LINE },
		{ LINE, SIZE },
		{ SIZE, LINE },
		{ 0, LINE - 1 },
		{ 1, LINE },
		{ 0, UINT64_MAX },
		{ UINT64_MAX - LINE + 1, LINE },
		{ UINT64_MAX - LINE + 1, 2 * LINE },
		{ LINE, UINT64_MAX - LINE + 1 },
		{ (uint64_t)1 << 32, LINE },
		{ 0, ((uint64_t)1 << 32) + LINE },
	};
	struct drm_staleline_job job = copy_job(&a, &b);
	size_t refused = 0;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused += submit_at(&a, bad[i][0], bad[i][1]) == -EINVAL;
	is((long long)refused, sizeof(bad) / sizeof(*bad), "JOB: places that are none");
	job.size = LINE;
	job.src_offset = SIZE;
	is(submit(&job), -EINVAL, "JOB: src beyond its end");
	job.src_offset = 32;
	is(submit(&job), -EINVAL, "JOB: src_offset that is no multiple of a line");
	job = copy_job(&a, &a);
	is(submit(&job), -EINVAL, "JOB: src is dst");
	job = copy_job(&a, &b);
	job.dst = 0xdead;
	is(submit(&job), -ENOENT, "JOB: no such dst");
	job = copy_job(&a, &b);
	job.src = 0;
	is(submit(&job), -ENOENT, "JOB: COPY without src");
	is((long long)counter(&a, DRM_STALELINE_JOBS), 0, "and nothing was submitted");
	ok(ready(a.fd, POLLOUT, 0) && ready(b.fd, POLLOUT, 0), "no fence either");
	drop(&a);
	drop(&b);
}

/* What is not asked for by kind or flags must be 0, so that it can mean something one day. */
static void test_bad_fields(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job fill = fill_job(&a, 1), copy = copy_job(&a, &b);
	int file = submit_for_file(fill);
	uint32_t syncobj = syncobj_create();
	struct {
		const char *what;
		int expected;
		struct drm_staleline_job job;
	} bad[32];
	size_t n = 0;

#define BAD(kind, error, field, val)                                                               \
	bad[n].what = #kind " " #field " = " #val, bad[n].expected = error, bad[n].job = kind,     \
	bad[n++].job.field = val

	BAD(fill, -EINVAL, kind, 2);
	BAD(fill, -EINVAL, flags, 0x40);
	BAD(fill, -EINVAL, flags, 0x80000000);
	BAD(fill, -EINVAL, pad, 1);
	BAD(fill, -EINVAL, steps, 0);
	BAD(fill, -EINVAL, steps, DRM_STALELINE_JOB_MAX_STEPS + 1);
	BAD(fill, -EINVAL, duration_us, DRM_STALELINE_JOB_MAX_US + 1);
	BAD(fill, -EINVAL, src, b.handle);
	BAD(fill, -EINVAL, src_offset, LINE);
	BAD(copy, -EINVAL, value, 1);
	BAD(fill, -EINVAL, in_fd, file);
	BAD(fill, -EINVAL, in_fd, -1);
	BAD(fill, -EINVAL, out_fd, 1);
	BAD(fill, -EINVAL, in_syncobj, syncobj);
	BAD(fill, -EINVAL, in_point, 1);
	BAD(fill, -EINVAL, out_syncobj, syncobj);
	BAD(fill, -EINVAL, out_point, 1);
	fill.flags = IN_FILE;
	BAD(fill, -EINVAL, in_fd, -1);
	BAD(fill, -EINVAL, in_fd, 9999);
	BAD(fill, -EINVAL, in_fd, a.fd);
	fill.flags = OUT_FILE;
	BAD(fill, -EINVAL, out_fd, 1);
	fill.flags = IN_POINT;
	BAD(fill, -ENOENT, in_syncobj, 0);
	BAD(fill, -ENOENT, in_syncobj, 0xdead);
	BAD(fill, -EINVAL, in_syncobj, syncobj); /* nothing was submitted to it (R24) */
	fill.flags = OUT_POINT;
	BAD(fill, -ENOENT, out_syncobj, 0);
	BAD(fill, -ENOENT, out_syncobj, 0xdead);
#undef BAD
	idle(&a);
	for (size_t i = 0; i < n; i++)
		is(submit(&bad[i].job), bad[i].expected, bad[i].what);
	is((long long)counter(&a, DRM_STALELINE_JOBS), 1, "and nothing was submitted");
	ok(ready(a.fd, POLLOUT, 0), "no fence either");
	close(file);
	syncobj_destroy(syncobj);
	drop(&a);
	drop(&b);
}

/* The last thing to fail is the descriptor. */
static void test_no_descriptor(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	struct rlimit old, none;
	int ret;

	job.flags = OUT_FILE;
	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	ret = submit(&job);
	setrlimit(RLIMIT_NOFILE, &old);
	is(ret, -EMFILE, "no descriptor left for OUT_FILE");
	ok(ready(a.fd, POLLOUT, 0) && !counter(&a, DRM_STALELINE_JOBS), "nothing was submitted");
	job.out_fd = 0;
	is(submit(&job), 0, "with one left it is");
	is(fcntl(job.out_fd, F_GETFD), FD_CLOEXEC, "close-on-exec (R23)");
	close(job.out_fd);
	idle(&a);
	drop(&a);
}

static void test_pending(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	int one = open_card("staleline"), other = open_card("staleline"), n = 0, ret;
	long start = now_ms();

	if (import(one, a.fd, &job.dst))
		bail("import");
	job.flags = EXPLICIT;
	job.duration_us = 1000000;
	job.size = LINE;
	while (n <= DRM_STALELINE_JOB_MAX_PENDING &&
	       !(ret = call(one, DRM_IOCTL_STALELINE_JOB, &job)))
		n++;
	is(n, DRM_STALELINE_JOB_MAX_PENDING, "so many jobs may be pending");
	is(ret, -EBUSY, "one more is EBUSY");
	is(import(other, a.fd, &job.dst), 0, "another file");
	is(call(other, DRM_IOCTL_STALELINE_JOB, &job), 0, "has its own count");
	close(other);
	import(one, a.fd, &job.dst);
	job.flags = EXPLICIT | OUT_FILE;
	while ((ret = call(one, DRM_IOCTL_STALELINE_JOB, &job)) == -EBUSY &&
	       now_ms() < start + PATIENCE_MS)
		usleep(20000);
	is(ret, 0, "when they are done there is room again");
	ok(now_ms() - start >= 1000, "and not before");
	ok(ready(job.out_fd, POLLIN, PATIENCE_MS), "the last is done too");
	is((long long)counter(&a, DRM_STALELINE_JOBS), n + 2, "all are counted");
	close(job.out_fd);
	close(one);
	drop(&a);
}

/* All files together have a limit too: the last of them can't fill its own. */
static void test_total(void)
{
	enum { FILES = DRM_STALELINE_JOB_MAX_TOTAL / DRM_STALELINE_JOB_MAX_PENDING + 1 };
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	int files[FILES], n[FILES] = { 0 }, all = 0, ret = 0;

	job.flags = EXPLICIT;
	job.duration_us = 4000000;
	job.size = LINE;
	for (int i = 0; i < FILES; i++) {
		files[i] = open_card("staleline");
		if (import(files[i], a.fd, &job.dst))
			bail("import");
		while (!(ret = call(files[i], DRM_IOCTL_STALELINE_JOB, &job)))
			n[i]++;
		all += n[i];
	}
	is(ret, -EBUSY, "EBUSY for all files together");
	ok(n[0] == DRM_STALELINE_JOB_MAX_PENDING && n[FILES - 1] < n[0], "the last one has %d jobs",
	   n[FILES - 1]);
	ok(all <= DRM_STALELINE_JOB_MAX_TOTAL && all > DRM_STALELINE_JOB_MAX_TOTAL - 8,
	   "which makes %d, beside those of other tests", all);
	for (int i = 0; i < 2000 && counter(&a, DRM_STALELINE_JOBS) < (uint64_t)all; i++)
		usleep(10000);
	is((long long)counter(&a, DRM_STALELINE_JOBS), all, "all are done");
	for (int i = 0; i < FILES; i++)
		close(files[i]);
	drop(&a);
}

/* udmabuf: the memory is a memfd's. */
static int udmabuf(void)
{
	int memfd = memfd_create("job", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd = -1;
	struct udmabuf_create create = { .memfd = (uint32_t)memfd,
					 .flags = UDMABUF_FLAGS_CLOEXEC,
					 .size = SIZE };

	if (dev >= 0 && !ftruncate(memfd, SIZE) && !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		fd = ioctl(dev, UDMABUF_CREATE, &create);
	close(memfd);
	close(dev);
	return fd;
}

static int vgem_buffer(void)
{
	int vgem = open_card("vgem"), fd = -1;
	uint32_t handle;

	if (vgem >= 0 && !dumb(vgem, 1024, PAGES, 32, &handle, NULL))
		fd = export(vgem, handle, DRM_CLOEXEC | DRM_RDWR);
	close(vgem);
	return fd;
}

static bool bracket_all(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return !call(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

/* From ours into theirs and back, by the rules on both sides. */
static void foreign(const char *whose, int fd)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct buffer f = { .fd = fd, .size = SIZE };
	struct drm_staleline_job job;
	char what[64];

	snprintf(what, sizeof(what), "a job on %s's buffer", whose);
	if (fd < 0) {
		skip(what, "this kernel has none");
		goto out;
	}
	f.cpu = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (f.cpu == MAP_FAILED || import(card, fd, &f.handle))
		bail(whose);
	job = fill_job(&f, 3);
	job.duration_us = LONG_MS * 1000;
	is(submit(&job), 0, what);
	ok(!ready(fd, POLLIN, 0), "%s: its dma-buf is busy", whose);
	job = copy_job(&a, &f);
	is(submit(&job), 0, "a copy from it");
	ok(idle(&a) && a.device[0] == 3 && a.device[SIZE - 4] == 3, "%s: waits, and copies", whose);
	ok(ready(fd, POLLOUT, PATIENCE_MS), "%s: all are done", whose);
	bracket_all(fd, START | READ);
	ok(f.cpu[0] == 3 && f.cpu[1] == 0 && f.cpu[SIZE - 4] == 3, "%s: is filled", whose);
	bracket_all(fd, END | READ);
	memset((void *)b.device, 9, SIZE);
	job = copy_job(&f, &b);
	job.dst_offset = 4096 + LINE;
	job.size = 4096;
	is(submit(&job), 0, "a copy into it");
	ready(fd, POLLOUT, PATIENCE_MS);
	ok(f.cpu[4096 + LINE - 4] == 3 && f.cpu[4096 + LINE] == 9 &&
		   f.cpu[2 * 4096 + LINE - 1] == 9 && f.cpu[2 * 4096 + LINE] == 3,
	   "%s: goes where it should", whose);
	job.dst_offset = SIZE;
	is(submit(&job), -EINVAL, "beyond its end");
	munmap((void *)f.cpu, SIZE);
	close_handle(card, f.handle);
	close(fd);
out:
	drop(&a);
	drop(&b);
}

static void test_foreign_read_only(void)
{
	struct buffer a = make_noncoherent(), f = { .fd = heap_buffer(O_RDONLY), .size = SIZE };
	struct drm_staleline_job job;

	if (f.fd < 0) {
		skip("a job on a read-only dma-buf", "no system dma-heap");
	} else {
		import(card, f.fd, &f.handle);
		job = fill_job(&f, 3);
		is(submit(&job), -EACCES, "a read-only dma-buf is no dst");
		job = copy_job(&f, &a);
		is(submit(&job), -EACCES, "of a copy neither");
		job = copy_job(&a, &f);
		is(submit(&job), 0, "but a src");
		idle(&a);
		close_handle(card, f.handle);
		close(f.fd);
	}
	drop(&a);
}

/* Which of the dirty lines a job's steps evicted. */
static void evicted_by_job(uint64_t seed, uint8_t *lines)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_EVICT | DRM_STALELINE_SET_SEED,
					  .evict = 20000,
					  .seed = seed };
	struct drm_staleline_job job = copy_job(&b, &a);

	memset((void *)a.cpu, 1, SIZE);
	set(&a, p);
	job.steps = 5;
	job.flags = SCATTERED;
	submit(&job);
	idle(&b);
	for (uint32_t i = 0; i < LINES; i++)
		lines[i] = b.device[i * LINE];
	drop(&a);
	drop(&b);
}

static void test_eviction(void)
{
	static uint8_t first[LINES], again[LINES], other[LINES];
	uint32_t n = 0;

	evicted_by_job(7, first);
	evicted_by_job(7, again);
	evicted_by_job(8, other);
	for (uint32_t i = 0; i < LINES; i++)
		n += first[i];
	ok(n > 0 && n < LINES, "a job evicts some of the dirty lines (%u of %u)", n, LINES);
	ok(!memcmp(first, again, LINES), "the same with the same seed");
	ok(memcmp(first, other, LINES), "others with another");
}

/* Its process, its files and its buffer's handle are gone. */
static void test_killed(void)
{
	struct buffer a = make_noncoherent();
	int status;
	long start = now_ms();
	pid_t child = fork();

	if (!child) {
		struct buffer theirs = a;

		card = open_card("staleline");
		if (import(card, a.fd, &theirs.handle))
			_exit(1);
		long_fill(&theirs, 6);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	ok(WIFSIGNALED(status) && now_ms() < start + LONG_MS, "a process dies while its job runs");
	ok(!ready(a.fd, POLLIN, 0), "which goes on");
	ok(idle(&a), "and signals");
	is(lines_with(&a, 6), LINES, "with all lines");
	drop(&a);
}

/* Handles and dma-bufs may go: a job holds what it works on. */
static void test_buffer_gone(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = copy_job(&b, &a);
	int file;

	job.duration_us = LONG_MS * 1000;
	job.steps = 4;
	file = submit_for_file(job);
	drop(&a);
	drop(&b);
	ok(!ready(file, POLLIN, 0), "a job goes on without handles");
	ok(ready(file, POLLIN, PATIENCE_MS), "and signals");
	is(file_status(file), 1, "without an error");
	close(file);
}

/* Jobs that come near their bound; they run beside the other tests. */
struct bound {
	struct buffer a, b, c;
	int file, late, full, sw, stuck;
	long start;
};

/* A fence that never signals, which only a debug kernel offers: -1 elsewhere. */
static int never(int *sw)
{
	struct {
		uint32_t value;
		char name[32];
		int32_t fence;
	} create = { .value = 1, .name = "never" };

	*sw = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);
	if (*sw < 0 || call(*sw, _IOWR('W', 0, create), &create))
		return -1;
	return create.fence;
}

static struct bound bound_start(void)
{
	struct bound t = { .a = make_noncoherent(),
			   .b = make_noncoherent(),
			   .c = make_noncoherent(),
			   .stuck = -1 };
	struct drm_staleline_job job = fill_job(&t.a, 1);
	int fence = never(&t.sw);

	t.start = now_ms();
	job.duration_us = 9500000;
	t.file = submit_for_file(job);
	job.duration_us = DRM_STALELINE_JOB_MAX_US;
	job.dst = t.c.handle;
	t.full = submit_for_file(job);
	job = fill_job(&t.b, 1);
	job.flags = IN_FILE;
	job.in_fd = t.file;
	job.duration_us = 5000000;
	job.steps = 2;
	t.late = submit_for_file(job);
	if (fence >= 0) {
		job.flags = IN_FILE | EXPLICIT;
		job.in_fd = fence;
		t.stuck = submit_for_file(job);
		close(fence);
	}
	return t;
}

/* When a sync_file of one fence has signalled, in ms as now_ms(). */
static long signalled_ms(int fd)
{
	struct sync_fence_info fence = { .timestamp_ns = 0 };
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&fence };

	if (call(fd, SYNC_IOC_FILE_INFO, &info))
		bail("FILE_INFO");
	return (long)(fence.timestamp_ns / 1000000);
}

static void bound_end(struct bound *t)
{
	long took;

	ok(ready(t->late, POLLIN, 15000), "a job that can't be done in time signals");
	took = signalled_ms(t->late) - t->start;
	ok(took >= 10000 && took < 10500, "10 s after its submission (%ld ms)", took);
	is(file_status(t->file), 1, "what it waited for was in time");
	is(file_status(t->late), -ETIMEDOUT, "its fence has the error ETIMEDOUT");
	ok(word(&t->b, 0) == 1 && word(&t->b, LINES - 1) == 0, "and half of it was done");
	ok(ready(t->full, POLLIN, 1000), "a job of 10 s is done too");
	took = signalled_ms(t->full) - t->start;
	ok(file_status(t->full) == 1 || took > 10100, "and in time, or it was late (%ld ms)", took);
	if (t->stuck >= 0) {
		ok(ready(t->stuck, POLLIN, 1000), "a job whose fence never signals is done");
		is(file_status(t->stuck), -ETIMEDOUT, "with an error");
		close(t->stuck);
		close(t->sw);
		usleep(100000); /* nobody calls back into a job that is gone */
	} else {
		skip("a fence that never signals", "no sw_sync");
	}
	close(t->file);
	close(t->late);
	close(t->full);
	drop(&t->a);
	drop(&t->b);
	drop(&t->c);
}

static void test_all(void)
{
	uint64_t before = total_bytes();
	struct bound bound = bound_start();
	int others;

	test_bytes();
	others = dmabufs();
	test_sides();
	test_steps();
	test_sizes();
	test_bad_places();
	test_bad_fields();
	test_no_descriptor();
	test_pending();
	test_total();
	foreign("udmabuf", udmabuf());
	foreign("the system heap", heap_buffer(O_RDWR));
	foreign("vgem", vgem_buffer());
	test_foreign_read_only();
	test_eviction();
	test_killed();
	test_buffer_gone();
	test_fences();
	is(dmabufs(), others, "no dma-buf is left, of ours or imported");
	bound_end(&bound);
	ok(total_becomes(before), "no buffer is left");
}

/* Keeps one fence of ours, in a sync_file or in a syncobj, and nothing else. */
static int hold(bool file)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&b, 1);
	struct drm_syncobj_handle point = { 0 };
	char c;

	job.flags = OUT_FILE | OUT_POINT;
	job.out_syncobj = point.handle = syncobj_create();
	job.out_point = 1;
	if (submit(&job) || call(card, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &point) || !idle(&b))
		bail("a fence");
	close(file ? point.fd : job.out_fd);
	drop(&b);
	close(card);
	printf("held\n");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

static int leave(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&b, 1);

	job.duration_us = 3000000;
	return submit(&job) ? 1 : 0;
}

int main(int argc, char **argv)
{
	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
	if (argc > 1 && !strcmp(argv[1], "--leave"))
		return leave();
	if (argc > 1)
		return hold(!strcmp(argv[1], "--hold-file"));
	test_all();
	return done_testing();
}
