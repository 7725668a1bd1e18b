// SPDX-License-Identifier: MIT
/* Calls on buffers: make, share, map, change, touch, bracket, a job. */
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_fail.h"

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

const struct attempt buffer_attempts[] = {
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
const unsigned int nbuffer_attempts = sizeof(buffer_attempts) / sizeof(*buffer_attempts);
