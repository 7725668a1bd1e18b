// SPDX-License-Identifier: MIT
/* Memory: a fresh buffer shows nobody's, limits hold, and a cgroup pays for what its processes have. */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_user.h"

#define SECRET 0x5ec3e75ec3e7ull

/* What was in memory before: somebody else's. */
static void dirty_memory(size_t size)
{
	uint64_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bail("mmap");
	for (size_t i = 0; i < size / sizeof(*p); i++)
		p[i] = SECRET;
	munmap(p, size);
}

/* Our own buffers too, both sides: freed pages come back first. */
static void dirty_buffers(void)
{
	for (int i = 0; i < 8; i++) {
		struct buffer b = make(256, DRM_STALELINE_MODE_NONCOHERENT);

		for (size_t at = 0; at < b.size; at += sizeof(uint64_t)) {
			*(volatile uint64_t *)(b.device + at) = SECRET;
			*(volatile uint64_t *)(b.cpu + at) = SECRET;
		}
		drop(&b);
	}
}

static size_t nonzero(const volatile uint8_t *bytes, size_t size)
{
	size_t n = 0;

	for (size_t at = 0; at < size; at += sizeof(uint64_t))
		n += *(const volatile uint64_t *)(bytes + at) != 0;
	return n;
}

static int fresh_is_zero(void)
{
	for (uint32_t mode = 0; mode < 3; mode++) {
		for (int i = 0; i < 8; i++) {
			struct buffer b = make(256, mode);

			MUST(!nonzero(i % 2 ? b.cpu : b.device, b.size));
			MUST(!nonzero(i % 2 ? b.device : b.cpu, b.size));
			/* What the CPU side has beside what is shown: bases, junk, both */
			MUST(!sync_buffer(&b, START | WRITE) && !sync_buffer(&b, END | WRITE));
			MUST(!nonzero(b.device, b.size) && !nonzero(b.cpu, b.size));
			drop(&b);
		}
	}
	return 0;
}

void test_fresh(void)
{
	FILE *f = fopen("/proc/cmdline", "r");
	char line[512] = "";

	if (f && fgets(line, sizeof(line), f) && strstr(line, "init_on_alloc=0"))
		note("init_on_alloc=0");
	if (f)
		fclose(f);
	for (int i = 0; i < 3; i++) {
		dirty_memory(256 << 20);
		dirty_buffers();
		is(as_nobody(true, fresh_is_zero), 0, "a fresh buffer is zero on both sides");
	}
}

static int beyond_limits(void)
{
	struct drm_staleline_info info = { 0 };
	uint32_t handle, n = 0;
	int ret;

	MUST(!call(card, DRM_IOCTL_STALELINE_INFO, &info));
	MUST(dumb(card, 16384, (uint32_t)(info.max_buffer >> 16) + 1, 32, &handle, NULL) < 0);
	while (!(ret = dumb(card, 1024, 4096, 32, &handle, NULL)))
		n++;
	MUST(ret == -ENOMEM);
	MUST(n == (info.max_total - info.total) / (1024 * 4096 * 4));
	MUST(total_bytes() <= info.max_total);
	return 0;
}

void test_limits(void)
{
	is(as_nobody(true, beyond_limits), 0, "max_buffer_mib and max_total_mib hold");
	ok(all_is_back(15), "all of it is back when the process has ended");
}

static char cgroup[128];

static uint64_t cgroup_current(void)
{
	unsigned long long bytes = 0;
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/memory.current", cgroup);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &bytes) != 1)
		bail(path);
	fclose(f);
	return bytes;
}

/* In a cgroup of 48 MiB. */
static void enter_cgroup(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	if (write_file(path, "0"))
		_exit(98);
}

static bool about(uint64_t got, uint64_t expected)
{
	return got >= expected && got < expected + expected / 8 + (1 << 20);
}

static int accounted(void)
{
	uint64_t before, made, touched;
	struct buffer b;

	enter_cgroup();
	before = cgroup_current();
	b = make(2048, DRM_STALELINE_MODE_NONCOHERENT);
	made = cgroup_current();
	for (size_t at = 0; at < b.size; at += 4096)
		b.cpu[at] = 1;
	touched = cgroup_current();
	note("a buffer of %zu KiB: %llu KiB made, %llu KiB touched", b.size >> 10,
	     (unsigned long long)(made - before) >> 10, (unsigned long long)(touched - made) >> 10);
	MUST(about(made - before, b.size));
	MUST(about(touched - made, 2 * b.size));
	return 0;
}

static int too_much(void)
{
	uint32_t handle;
	int ret;

	enter_cgroup();
	while (!(ret = dumb(card, 1024, 1024, 32, &handle, NULL)))
		;
	/* Whoever is not killed for it is refused. */
	MUST(ret == -ENOMEM);
	return 0;
}

/* The cgroup's own files are root's, so this child stays root. */
static int in_child(int (*what)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		close(card);
		card = open_card("staleline");
		_exit(what());
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void test_cgroup(const char *parent)
{
	char path[160];
	int ret;

	snprintf(cgroup, sizeof(cgroup), "%s/staleline", parent);
	snprintf(path, sizeof(path), "%s/memory.max", cgroup);
	if ((mkdir(cgroup, 0755) && errno != EEXIST) || write_file(path, "50331648")) {
		skip("memory cgroup", "no cgroup of version 2 with memory");
		return;
	}
	is(in_child(accounted), 0, "buffers and their copies count in the cgroup");
	ret = in_child(too_much);
	ok(!ret || ret == 128 + SIGKILL, "in a small cgroup a process is refused or killed");
	note("it was %s", ret ? "killed" : "refused");
	ok(all_is_back(15), "and then all is back");
	ok(cgroup_current() < 8 << 20, "the cgroup has nothing of it: %llu KiB",
	   (unsigned long long)cgroup_current() >> 10);
	rmdir(cgroup);
}
