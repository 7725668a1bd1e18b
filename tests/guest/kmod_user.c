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
#include <linux/dma-heap.h>
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

/*
 * Its last handle closed, a framebuffer's buffer gets a new one by GETFB2, and with it a second dma-buf beside the
 * first. A change of mode frees what the first one's map shows: it must not show it any longer.
 */
static void test_two_dmabufs(void)
{
	struct drm_mode_fb_cmd2 get = { 0 };
	struct buffer b;
	int second;

	call(card, DRM_IOCTL_SET_MASTER, NULL);
	b = make_noncoherent();
	if (kms_addfb(card, b.handle, 64, 4, false, &get.fb_id)) {
		skip("two dma-bufs of one buffer", "no display");
		drop(&b);
		return;
	}
	b.cpu[0] = 1;
	close_handle(card, b.handle);
	is(call(card, DRM_IOCTL_MODE_GETFB2, &get), 0, "GETFB2 gives a new handle");
	b.handle = get.handles[0];
	second = export(card, b.handle, DRM_CLOEXEC);
	ok(second >= 0, "and a second dma-buf");
	set(&b, with_mode(DRM_STALELINE_MODE_COHERENT));
	b.device[0] = 77;
	is(b.cpu[0], 77, "a change of mode reaches the first dma-buf's map");
	close(second);
	set(&b, with_mode(DRM_STALELINE_MODE_NONCOHERENT));
	b.device[0] = 78;
	is(b.cpu[0], 78, "when the second is closed too");
	b.device[0] = 79;
	sync_buffer(&b, START | READ);
	is(b.cpu[0], 79, "and START does");
	sync_buffer(&b, END | READ);
	call(card, DRM_IOCTL_MODE_RMFB, &get.fb_id);
	drop(&b);
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
}

/* A screen of @width, with a framebuffer of our own; its number or 0. */
static uint32_t light_up(const struct kms *kms)
{
	const struct drm_mode_modeinfo *mode = &kms->modes[0];
	uint32_t connector = kms->connector, handle;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&connector,
		.count_connectors = 1,
		.crtc_id = kms->crtc,
		.mode_valid = 1,
		.mode = *mode,
	};

	if (dumb(card, mode->hdisplay, mode->vdisplay, 32, &handle, NULL) ||
	    kms_addfb(card, handle, mode->hdisplay, mode->vdisplay, false, &crtc.fb_id))
		return 0;
	close_handle(card, handle);
	return call(card, DRM_IOCTL_MODE_SETCRTC, &crtc) ? 0 : crtc.fb_id;
}

/* A dma-buf that was given for reading, through the writeback connector. */
static void test_read_only(void)
{
	static struct kms kms;
	struct dma_heap_allocation_data data = { .fd_flags = O_RDONLY | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	uint32_t shown = 0, fb = 0, handle = 0;
	struct kms_commit c = { 0 };
	int32_t out = -1;

	call(card, DRM_IOCTL_SET_MASTER, NULL);
	if (heap < 0 || kms_get(card, &kms) || !kms.writeback) {
		skip("writeback to a read-only dma-buf", "no dma-heap or no writeback");
		return;
	}
	shown = light_up(&kms);
	data.len = 4ull * kms.modes[0].hdisplay * kms.modes[0].vdisplay;
	is(call(heap, DMA_HEAP_IOCTL_ALLOC, &data), 0, "a read-only dma-buf of a heap");
	is(import(card, (int)data.fd, &handle), 0, "imported");
	kms_addfb(card, handle, kms.modes[0].hdisplay, kms.modes[0].vdisplay, false, &fb);
	kms_set(&c, &kms, kms.writeback, "CRTC_ID", kms.crtc);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_FB_ID", fb);
	kms_set(&c, &kms, kms.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&out);
	is(kms_commit(card, &c, DRM_MODE_ATOMIC_ALLOW_MODESET, 0), -EACCES,
	   "writeback to it is EACCES");
	close(out);
	call(card, DRM_IOCTL_MODE_RMFB, &fb);
	call(card, DRM_IOCTL_MODE_RMFB, &shown);
	close_handle(card, handle);
	close((int)data.fd);
	close(heap);
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
}

/* The core makes a framebuffer of a cursor's buffer, and that is no file's. */
static int show_cursor(void)
{
	static struct kms kms;
	struct drm_mode_cursor2 cursor = { .flags = DRM_MODE_CURSOR_BO, .width = 64, .height = 64 };

	card = open_card("staleline");
	if (card < 0 || kms_get(card, &kms) || !light_up(&kms))
		return 1;
	cursor.crtc_id = kms.crtc;
	if (dumb(card, 64, 64, 32, &cursor.handle, NULL) ||
	    call(card, DRM_IOCTL_MODE_CURSOR2, &cursor))
		return 2;
	return 0;
}

static void test_last_close(void)
{
	int status;
	pid_t pid;

	close(card);
	pid = fork();
	if (!pid)
		_exit(show_cursor());
	waitpid(pid, &status, 0);
	card = open_card("staleline");
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (WEXITSTATUS(status) == 1) {
		skip("a cursor goes with the last file", "no display");
		return;
	}
	is(status, 0, "a cursor is shown, and its process ends");
	ok(all_is_back(5), "nothing of it is left on the screen");
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
	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
	/* Only what an open of nobody's own gives is to be seen. */
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (parent)
		test_cgroup(parent);
	else
		test_user();
	return done_testing();
}
