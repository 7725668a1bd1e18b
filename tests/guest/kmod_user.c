// SPDX-License-Identifier: MIT
/*
 * staleline.ko as somebody without privileges sees it: what the card node's permissions allow, and no more. To be run
 * as root in the guest with the module loaded, the card node 0660 and of group 44 (video), as udev makes it; what is
 * tried runs in children that are nobody. Prints TAP.
 *
 *	kmod_user			all but what follows
 *	kmod_user --cgroup=DIR		memory only; DIR: where a cgroup of version 2 can be made
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_kms.h"
#include "kmod_user.h"

#define NOBODY 65534
#define VIDEO 44

static void become_nobody(bool with_video)
{
	gid_t video = VIDEO;

	if (setgroups(with_video, &video) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(99);
}

int as_nobody(bool with_video, int (*what)(void))
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		bail("fork");
	if (!pid) {
		become_nobody(with_video);
		close(card);
		card = open_card("staleline");
		_exit(what());
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int no_card(void)
{
	MUST(card < 0);
	return 0;
}

/* All ioctls of the module, with nobody's rights and without being master. */
static int own_ioctls(void)
{
	struct drm_staleline_process process = { .flags = 1 };
	struct drm_staleline_tick tick = { .steps = 1 };
	struct drm_staleline_params params = { 0 };
	struct drm_staleline_job job = { .steps = 1 };
	struct buffer b;

	MUST(card >= 0);
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	b = make_noncoherent();
	tick.handle = params.handle = job.dst = b.handle;
	job.size = b.size;
	MUST(total_bytes() >= b.size);
	MUST(!call(card, DRM_IOCTL_STALELINE_GET, &params));
	MUST(!call(card, DRM_IOCTL_STALELINE_TICK, &tick));
	MUST(!call(card, DRM_IOCTL_STALELINE_PROCESS, &process));
	MUST(!call(card, DRM_IOCTL_STALELINE_JOB, &job));
	MUST(!line_state(&b, 0));
	MUST(!counter(&b, DRM_STALELINE_STARTS));
	return 0;
}

static int no_root_files(void)
{
	static const char *const files[] = {
		"/sys/kernel/debug/dri/0/buffers",
		"/sys/kernel/debug/dri/1/buffers",
		"/sys/kernel/debug/dri/0/violations",
		"/sys/kernel/debug/dri/1/scanout",
	};

	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++) {
		MUST(open(files[i], O_RDONLY) < 0);
		MUST(errno == EACCES || errno == EPERM);
	}
	MUST(write_file("/sys/module/staleline/parameters/max_total_mib", "4000") == -EACCES);
	MUST(write_file("/sys/module/staleline/parameters/mode", "trap") == -EACCES);
	return 0;
}

/* A handle, a map's offset and a name of another file: what nobody may guess. */
static struct buffer theirs;
static int64_t their_offset;

static int others(void)
{
	struct drm_staleline_params params = { .handle = theirs.handle };
	struct drm_staleline_state state = { .handle = theirs.handle };
	struct drm_staleline_counters counters = { .handle = theirs.handle };
	struct drm_staleline_tick tick = { .handle = theirs.handle, .steps = 1 };
	struct drm_staleline_job job = { .dst = theirs.handle, .size = 64, .steps = 1 };
	uint32_t fb;

	MUST(call(card, DRM_IOCTL_STALELINE_GET, &params) == -ENOENT);
	MUST(call(card, DRM_IOCTL_STALELINE_SET, &params) == -ENOENT);
	MUST(call(card, DRM_IOCTL_STALELINE_STATE, &state) == -ENOENT);
	MUST(call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters) == -ENOENT);
	MUST(call(card, DRM_IOCTL_STALELINE_TICK, &tick) == -ENOENT);
	MUST(call(card, DRM_IOCTL_STALELINE_JOB, &job) == -ENOENT);
	MUST(export(card, theirs.handle, DRM_CLOEXEC) == -ENOENT);
	MUST(!dumb_offset(card, theirs.handle));
	MUST(kms_addfb(card, theirs.handle, 64, 4, false, &fb) != 0);
	MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, card, their_offset) == MAP_FAILED);
	MUST(errno == EACCES);
	return 0;
}

static void test_others(void)
{
	theirs = make_noncoherent();
	their_offset = dumb_offset(card, theirs.handle);
	is(as_nobody(true, others), 0, "another file's buffer is ENOENT, and its map EACCES");
	drop(&theirs);
}

/* Root's file was there first and is master. */
static int no_master(void)
{
	struct kms_commit c = { 0 };
	struct kms kms;
	uint32_t fb = 0;
	struct drm_mode_fb_cmd2 get;
	struct buffer b;

	MUST(card >= 0);
	MUST(call(card, DRM_IOCTL_SET_MASTER, NULL) == -EACCES);
	if (kms_get(card, &kms))
		return 0;
	b = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	MUST(!kms_addfb(card, b.handle, 64, 4, false, &fb));
	kms_set(&c, &kms, kms.crtc, "ACTIVE", 0);
	MUST(kms_commit(card, &c, DRM_MODE_ATOMIC_ALLOW_MODESET, 0) == -EACCES);
	get = (struct drm_mode_fb_cmd2){ .fb_id = fb };
	MUST(!call(card, DRM_IOCTL_MODE_GETFB2, &get));
	/* Not master: it says what the framebuffer is, and gives no handle. */
	MUST(!get.handles[0]);
	return 0;
}

static void test_master(void)
{
	int ret = call(card, DRM_IOCTL_SET_MASTER, NULL);

	is(ret, 0, "root is master");
	is(as_nobody(true, no_master), 0, "who opens second is not master and can't become it");
	is(call(card, DRM_IOCTL_SET_MASTER, NULL), 0, "root still is");
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	is(as_nobody(true, own_ioctls), 0, "the module's own ioctls need no master");
}

static sigjmp_buf way_out;

static void on_sigbus(int signal_number)
{
	(void)signal_number;
	siglongjmp(way_out, 1);
}

static bool gets_sigbus(volatile uint8_t *at)
{
	if (sigsetjmp(way_out, 1))
		return true;
	*at = 1;
	return false;
}

/* The other process has asked for SIGBUS, and the buffer is the same. */
static int did_not_ask(void)
{
	MUST(!gets_sigbus(theirs.cpu));
	MUST(!gets_sigbus(theirs.cpu + 4096));
	return 0;
}

static void test_sigbus(void)
{
	struct drm_staleline_process process = { .flags = DRM_STALELINE_PROCESS_SIGBUS };
	pid_t pid;
	int status;

	signal(SIGBUS, on_sigbus);
	theirs = make(PAGES, DRM_STALELINE_MODE_TRAP);
	is(call(card, DRM_IOCTL_STALELINE_PROCESS, &process), 0, "PROCESS asks for SIGBUS");
	ok(gets_sigbus(theirs.cpu), "who asked gets it");
	is(as_nobody(true, did_not_ask), 0, "another process, with the same map, does not");
	pid = fork();
	if (!pid)
		_exit(did_not_ask());
	waitpid(pid, &status, 0);
	is(status, 0, "a child does not, with the same card file");
	ok(gets_sigbus(theirs.cpu + 8192), "who asked still gets it");
	process.flags = 0;
	call(card, DRM_IOCTL_STALELINE_PROCESS, &process);
	ok(!gets_sigbus(theirs.cpu), "who takes it back does not");
	drop(&theirs);
}

static void test_user(void)
{
	is(as_nobody(false, no_card), 0, "nobody, not of group video, can't open the card");
	is(as_nobody(true, own_ioctls), 0, "nobody of group video can use all of the module");
	is(as_nobody(true, no_root_files), 0, "debugfs and parameters are root's");
	test_master();
	test_others();
	test_two_dmabufs();
	test_read_only();
	test_last_close();
	test_sigbus();
	test_fresh();
	test_limits();
}

int main(int argc, char **argv)
{
	const char *parent = NULL;

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--cgroup=", 9))
			parent = argv[i] + 9;
	open_the_card();
	/* Only what an open of nobody's own gives is to be seen. */
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (parent)
		test_cgroup(parent);
	else
		test_user();
	return done_testing();
}
