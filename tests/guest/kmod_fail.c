// SPDX-License-Identifier: MIT
/*
 * Every allocation of every call fails once: the first, the second, and so on until one call has no more that could.
 * What failed must have done nothing, and what is done after it must work. Needs a kernel with fault injection; to be
 * run as root in the guest with the module loaded. Prints TAP.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_kms.h"
#include "kmod_util.h"

#define MOST 400

static struct buffer b, other;
static struct kms kms;
static uint32_t fb;
static int nth_fd = -1;

/*
 * The @n-th allocation or copy of this thread that may fail will; 0: none. Writing here is such a copy itself: where
 * it is what fails, nothing more will, and it can be done again.
 */
static void fail_nth(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, (size_t)length, 0) != length &&
	    pwrite(nth_fd, text, (size_t)length, 0) != length)
		bail("/proc/thread-self/fail-nth");
}

/* True if the failure that was asked for has happened; not so if it happens now. */
static bool has_failed(void)
{
	char text[16] = "";

	return pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

/* What is tried, with what comes before and after it. */
struct attempt {
	const char *name;
	int (*before)(void); /* a number for @run and @after */
	int (*run)(int number);
	void (*after)(int number, int result);
};

static int none(void)
{
	return 0;
}

static void nothing(int number, int result)
{
	(void)number;
	(void)result;
}

static int run_create(int number)
{
	uint32_t handle;
	int ret = dumb(card, 1024, 16, 32, &handle, NULL);

	(void)number;
	return ret ? ret : (int)handle;
}

static void after_create(int number, int handle)
{
	(void)number;
	if (handle > 0)
		close_handle(card, (uint32_t)handle);
}

static int a_buffer(void)
{
	uint32_t handle;

	if (dumb(card, 16, 1, 32, &handle, NULL))
		bail("CREATE_DUMB");
	return (int)handle;
}

static int run_export(int handle)
{
	return export(card, (uint32_t)handle, DRM_CLOEXEC);
}

static void after_export(int handle, int fd)
{
	if (fd >= 0)
		close(fd);
	close_handle(card, (uint32_t)handle);
}

static int foreign_of_heap(void)
{
	return foreign_dmabuf(1, 65536);
}

static int run_import(int fd)
{
	uint32_t handle;
	int ret = import(card, fd, &handle);

	return ret ? ret : (int)handle;
}

static void after_import(int fd, int handle)
{
	if (handle > 0)
		close_handle(card, (uint32_t)handle);
	close(fd);
}

static int run_mode(int number)
{
	int ret = set(&other, with_mode(DRM_STALELINE_MODE_NONCOHERENT));

	(void)number;
	return ret ? ret : set(&other, with_mode(DRM_STALELINE_MODE_TRAP));
}

static void after_mode(int number, int result)
{
	(void)number;
	(void)result;
	if (set(&other, with_mode(DRM_STALELINE_MODE_COHERENT)))
		bail("SET coherent");
}

static int run_map(int number)
{
	void *cpu = mmap(NULL, b.size, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0);
	int ret = cpu == MAP_FAILED ? -errno : 0;

	(void)number;
	if (!ret)
		munmap(cpu, b.size);
	return ret;
}

/* The kernel touches: a failure is EFAULT, and not a fault that is tried again. */
static int run_touch(int number)
{
	struct drm_staleline_state state = {
		.handle = other.handle,
		.count = 64,
		.lines = (uintptr_t)b.cpu,
	};

	(void)number;
	return call(card, DRM_IOCTL_STALELINE_STATE, &state);
}

static void after_touch(int number, int result)
{
	(void)number;
	(void)result;
	/* From the start again: no copies */
	if (set(&b, with_mode(DRM_STALELINE_MODE_COHERENT)) ||
	    set(&b, plain(DRM_STALELINE_MODE_NONCOHERENT)))
		bail("SET");
}

static int poisoned(void)
{
	struct drm_staleline_params params = plain(DRM_STALELINE_MODE_NONCOHERENT);

	params.write = DRM_STALELINE_WRITE_POISON;
	if (set(&b, params))
		bail("SET");
	return b.cpu[0] + b.cpu[4096];
}

static int run_start(int number)
{
	(void)number;
	return sync_buffer(&b, START | WRITE);
}

static void after_start(int number, int result)
{
	(void)number;
	if (!result && sync_buffer(&b, END | WRITE))
		bail("END");
	after_touch(0, 0);
}

static int run_job(int number)
{
	struct drm_staleline_job job = {
		.kind = DRM_STALELINE_JOB_COPY,
		.flags = DRM_STALELINE_JOB_OUT_FILE,
		.dst = b.handle,
		.src = other.handle,
		.size = 4096,
		.steps = 1,
	};
	int ret = call(card, DRM_IOCTL_STALELINE_JOB, &job);

	(void)number;
	return ret ? ret : job.out_fd;
}

static void after_job(int number, int fd)
{
	(void)number;
	if (fd > 0)
		close(fd);
	usleep(1000);
}

static int run_counters(int number)
{
	struct drm_staleline_counters counters = { 0 };

	(void)number;
	return call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters);
}

static int run_addfb(int number)
{
	(void)number;
	return kms_addfb(card, b.handle, 64, 4, false, &fb);
}

static void after_addfb(int number, int result)
{
	(void)number;
	if (!result)
		call(card, DRM_IOCTL_MODE_RMFB, &fb);
}

/* A screen switched on and off again. */
static int big_fb(void)
{
	uint32_t handle, id;

	if (dumb(card, kms.modes[0].hdisplay, kms.modes[0].vdisplay, 32, &handle, NULL) ||
	    kms_addfb(card, handle, kms.modes[0].hdisplay, kms.modes[0].vdisplay, false, &id))
		bail("a framebuffer");
	close_handle(card, handle);
	return (int)id;
}

static int run_modeset(int id)
{
	uint32_t connector = kms.connector;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&connector,
		.count_connectors = 1,
		.crtc_id = kms.crtc,
		.fb_id = (uint32_t)id,
		.mode_valid = 1,
		.mode = kms.modes[0],
	};

	return call(card, DRM_IOCTL_MODE_SETCRTC, &crtc);
}

static void after_modeset(int id, int result)
{
	(void)result;
	call(card, DRM_IOCTL_MODE_RMFB, &id);
}

static int shown_fb(void)
{
	int id = big_fb();

	if (run_modeset(id))
		bail("SETCRTC");
	return id;
}

static int run_writeback(int id)
{
	struct kms_commit c = { 0 };
	int32_t out = -1;
	int ret;

	kms_set(&c, &kms, kms.writeback, "CRTC_ID", kms.crtc);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_FB_ID", (uint64_t)id);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&out);
	ret = kms_commit(card, &c, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	if (out >= 0)
		close(out);
	return ret;
}

static const struct attempt attempts[] = {
	{ "CREATE_DUMB", none, run_create, after_create },
	{ "HANDLE_TO_FD", a_buffer, run_export, after_export },
	{ "FD_TO_HANDLE of a heap's", foreign_of_heap, run_import, after_import },
	{ "SET mode", none, run_mode, after_mode },
	{ "mmap", none, run_map, nothing },
	{ "a touch by the kernel, STATE", none, run_touch, after_touch },
	{ "START that poisons", poisoned, run_start, after_start },
	{ "JOB", none, run_job, after_job },
	{ "COUNTERS", none, run_counters, nothing },
};

static const struct attempt kms_attempts[] = {
	{ "ADDFB2", none, run_addfb, after_addfb },
	{ "SETCRTC", big_fb, run_modeset, after_modeset },
	{ "writeback", shown_fb, run_writeback, after_modeset },
};

static void sweep(const struct attempt *a)
{
	unsigned int n, failed = 0, survived = 0;
	bool more = true;

	for (n = 1; n < MOST && more; n++) {
		int number = a->before(), result;

		fail_nth(n);
		result = a->run(number);
		more = has_failed();
		fail_nth(0);
		failed += more && result < 0;
		survived += more && result >= 0;
		if (!more && result < 0)
			note("%s: %s though nothing failed", a->name, strerror(-result));
		a->after(number, result);
	}
	ok(!more, "%s: each of its allocations failed once: %u errors, %u times done without",
	   a->name, failed, survived);
}

int main(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0) {
		skip("failed allocations", "this kernel has no fault injection");
		return done_testing();
	}
	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
	set_up_failures(0);
	b = make_noncoherent();
	other = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++)
		sweep(&attempts[i]);
	if (call(card, DRM_IOCTL_SET_MASTER, NULL) || kms_get(card, &kms))
		skip("the display", "there is none");
	else
		for (size_t i = 0; i < sizeof(kms_attempts) / sizeof(*kms_attempts); i++)
			sweep(&kms_attempts[i]);
	drop(&b);
	drop(&other);
	/* What was to be told of a new descriptor, and could not: it is ours nevertheless, and has no name. */
	close_range(3, ~0u, 0);
	card = open_card("staleline");
	ok(all_is_back(15), "all memory is back");
	return done_testing();
}
