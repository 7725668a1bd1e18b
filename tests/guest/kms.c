// SPDX-License-Identifier: MIT
/*
 * The display of staleline.ko: what is shown is compared, pixel by pixel, with what this program
 * computes itself, through debugfs scanout, writeback and CRCs. To be run as root in the guest with
 * the module loaded with modes=320x240,640x480@30. Prints TAP.
 *
 *	kms		all tests
 *	kms --modes	the connector's modes
 *	kms --hotplug TEXT	writes TEXT to the modes parameter, and waits for the event
 *	kms --hold	reads CRCs of a black screen until stdin ends
 *	kms --hold-fences	keeps the fences of a commit and of its writeback
 */
#include <drm/vgem_drm.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/netlink.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kms_screen.h"
#include "staleline_drm.h"

#define MODESET DRM_MODE_ATOMIC_ALLOW_MODESET
#define NONBLOCK DRM_MODE_ATOMIC_NONBLOCK
#define TEST_ONLY DRM_MODE_ATOMIC_TEST_ONLY
#define EVENT DRM_MODE_PAGE_FLIP_EVENT

static struct fb fb_screen(void)
{
	return fb_create(screen.mode.hdisplay, screen.mode.vdisplay, DRM_FORMAT_XRGB8888);
}

static int show(const struct fb *fb)
{
	struct commit c = commit_new();

	commit_mode(&c, &screen.mode);
	commit_primary(&c, fb->id);
	commit_cursor(&c, NULL, 0, 0);
	return commit_go(&c, MODESET);
}

static int flip(uint32_t fb, uint32_t flags)
{
	struct commit c = commit_new();

	commit_primary(&c, fb);
	return commit_go(&c, flags);
}

static int screen_off(void)
{
	struct commit c = commit_new();

	commit_mode(&c, NULL);
	commit_set(&c, screen.writeback, "CRTC_ID", 0);
	commit_primary(&c, 0);
	commit_cursor(&c, NULL, 0, 0);
	return commit_go(&c, MODESET);
}

static uint64_t counter(uint32_t handle, enum drm_staleline_counter which)
{
	struct drm_staleline_counters args = { .handle = handle };

	if (call(screen.card, DRM_IOCTL_STALELINE_COUNTERS, &args))
		bail("COUNTERS");
	return args.value[which];
}

static uint32_t buffer_id(uint32_t handle)
{
	struct drm_staleline_params args = { .handle = handle };

	if (call(screen.card, DRM_IOCTL_STALELINE_GET, &args))
		bail("GET");
	return args.id;
}

static uint64_t capability(uint64_t which)
{
	uint64_t value = UINT64_MAX;

	drmGetCap(screen.card, which, &value);
	return value;
}

static void test_capabilities(void)
{
	is((long long)capability(DRM_CAP_DUMB_BUFFER), 1, "dumb buffers");
	is((long long)capability(DRM_CAP_DUMB_PREFERRED_DEPTH), 24, "preferred depth");
	is((long long)capability(DRM_CAP_DUMB_PREFER_SHADOW), 0, "no shadow");
	is((long long)capability(DRM_CAP_CURSOR_WIDTH), 64, "cursor of 64");
	is((long long)capability(DRM_CAP_ASYNC_PAGE_FLIP), 0, "no async flips");
	is((long long)capability(DRM_CAP_ADDFB2_MODIFIERS), 1, "modifiers");
	is((long long)property(screen.primary, "type"), DRM_PLANE_TYPE_PRIMARY, "a primary plane");
	is((long long)property(screen.cursor, "type"), DRM_PLANE_TYPE_CURSOR, "a cursor plane");
	ok(has_property(screen.primary, "IN_FORMATS") &&
		   has_property(screen.primary, "IN_FENCE_FD") &&
		   has_property(screen.crtc, "OUT_FENCE_PTR") &&
		   has_property(screen.writeback, "WRITEBACK_OUT_FENCE_PTR"),
	   "IN_FORMATS, fences in and out");
	ok(!strcmp(screen.mode.name, "320x240") && screen.mode.vrefresh == 60,
	   "the first of modes= is preferred: %s@%u", screen.mode.name, screen.mode.vrefresh);
}

/* In an IN_FORMATS blob. */
static void test_linear(void)
{
	drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(
		screen.card, (uint32_t)property(screen.primary, "IN_FORMATS"));
	drmModeFormatModifierIterator it = { 0 };
	int n = 0, linear = 0;

	while (blob && drmModeFormatModifierBlobIterNext(blob, &it)) {
		n++;
		linear += it.mod == DRM_FORMAT_MOD_LINEAR;
	}
	drmModeFreePropertyBlob(blob);
	ok(n == 2 && linear == 2, "primary plane: two formats, linear");
}

static int test_mode(drmModeModeInfo mode, const struct fb *fb)
{
	struct commit c = commit_new();
	drmModeModeInfo before = screen.mode;
	int ret;

	screen.mode = mode;
	commit_mode(&c, &mode);
	commit_primary(&c, fb->id);
	ret = commit_go(&c, MODESET | TEST_ONLY);
	screen.mode = before;
	return ret;
}

static void test_bad_modes(const struct fb *fb)
{
	drmModeModeInfo interlaced = screen.mode, fast = screen.mode, slow = screen.mode;
	drmModeModeInfo tiny = screen.mode, doubled = screen.mode;
	int refused = 0;

	interlaced.flags |= DRM_MODE_FLAG_INTERLACE;
	doubled.flags |= DRM_MODE_FLAG_DBLSCAN;
	fast.clock *= 3;
	slow.clock = 1;
	tiny.hdisplay = 8;
	is(test_mode(screen.mode, fb), 0, "TEST_ONLY");
	refused += test_mode(interlaced, fb) < 0;
	refused += test_mode(doubled, fb) < 0;
	refused += test_mode(fast, fb) < 0;
	refused += test_mode(slow, fb) < 0;
	refused += test_mode(tiny, fb) < 0;
	is(refused, 5, "interlaced, doubled, too fast, too slow and tiny modes are refused");
}

/* Commits that change one thing of a good one. */
static void test_bad_planes(const struct fb *fb)
{
	struct fb big = fb_create(320, 257, DRM_FORMAT_ARGB8888);
	struct commit c[4];
	int refused = 0;

	for (int i = 0; i < 4; i++) {
		c[i] = commit_new();
		commit_mode(&c[i], &screen.mode);
		commit_primary(&c[i], fb->id);
	}
	commit_set(&c[0], screen.primary, "CRTC_X", 1);
	commit_set(&c[1], screen.primary, "SRC_W", 100 << 16);
	commit_set(&c[2], screen.primary, "SRC_X", 1 << 16);
	commit_cursor(&c[3], &big, 0, 0);
	for (int i = 0; i < 4; i++)
		refused += commit_go(&c[i], MODESET | TEST_ONLY) < 0;
	is(refused, 4,
	   "a primary plane that is not on all of the screen, scaled, or reads beyond "
	   "its framebuffer, and a cursor of 257 rows, are refused");
	fb_destroy(&big);
}

static int add_modifier(const struct fb *fb, uint64_t modifier, uint32_t *id)
{
	uint32_t handles[4] = { fb->handle }, pitches[4] = { fb->pitch }, offsets[4] = { 0 };
	uint64_t modifiers[4] = { modifier };

	return drmModeAddFB2WithModifiers(screen.card, fb->width, fb->height, DRM_FORMAT_XRGB8888,
					  handles, pitches, offsets, modifiers, id,
					  DRM_MODE_FB_MODIFIERS);
}

static void test_bad_framebuffers(const struct fb *fb)
{
	uint32_t w = fb->width, h = fb->height, id, x = DRM_FORMAT_XRGB8888;
	int refused = 0;

	refused += fb_add(fb->handle, w, h, fb->pitch - 4, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, 0, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, UINT32_MAX, x, &id) < 0;
	refused += fb_add(fb->handle, w, 100 * h, fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, 2 * fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, 8193, 1, 8193 * 4, x, &id) < 0;
	refused += fb_add(fb->handle, 0, h, fb->pitch, x, &id) < 0;
	refused += fb_add(fb->handle, w, h, fb->pitch, DRM_FORMAT_RGB565, &id) < 0;
	refused += fb_add(12345, w, h, fb->pitch, x, &id) < 0;
	refused += add_modifier(fb, I915_FORMAT_MOD_X_TILED, &id) < 0;
	is(refused, 10, "framebuffers that don't fit are refused");
	is(add_modifier(fb, DRM_FORMAT_MOD_LINEAR, &id), 0, "linear is not");
	drmModeRmFB(screen.card, id);
}

static void test_shown(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);
	struct picture p;

	is(picture_take(&p), -ENODATA, "debugfs scanout: ENODATA while the screen is off");
	is(show(fb), 0, "the first modeset");
	is(picture_differs(picture), 0, "is on the screen, all pixels");
	is(picture_take(&p), 0, "a picture again");
	is(p.buffer, buffer_id(fb->handle), "it names the buffer");
	free(p.rgb);
	free(picture);
}

/* The next event's sequence and time in us; 0 if none comes within @ms. */
static uint64_t next_event(int ms, uint32_t *sequence)
{
	struct pollfd fd = { .fd = screen.card, .events = POLLIN };
	struct drm_event_vblank e;

	if (poll(&fd, 1, ms) != 1 || read(screen.card, &e, sizeof(e)) != sizeof(e))
		return 0;
	*sequence = e.sequence;
	return e.tv_sec * UINT64_C(1000000) + e.tv_usec;
}

static void test_flips(const struct fb *a, const struct fb *b)
{
	uint64_t before = counter(a->handle, DRM_STALELINE_SCANOUTS) +
			  counter(b->handle, DRM_STALELINE_SCANOUTS);
	uint64_t first = 0, last = 0;
	uint32_t from = 0, to = 0, same = 0;
	double period;

	for (int i = 0; i < 41; i++) {
		uint32_t before_it = to;

		if (flip(i % 2 ? a->id : b->id, NONBLOCK | EVENT))
			bail("flip");
		last = next_event(2000, &to);
		if (!last)
			break;
		same += i && to == before_it;
		if (!i) {
			first = last;
			from = to;
		}
	}
	period = to == from ? 0 : (double)(last - first) / (to - from);
	ok(last && !same && period > 16550 && period < 16780,
	   "41 flips, each with an event and a vblank of its own: %.1f us apart", period);
	usleep(100000);
	is((long long)(counter(a->handle, DRM_STALELINE_SCANOUTS) +
		       counter(b->handle, DRM_STALELINE_SCANOUTS) - before),
	   41, "each picture is scanned out once, and an idle screen not at all");
	is(flip(a->id, EVENT), 0, "a blocking flip");
	is(flip(a->id, NONBLOCK | TEST_ONLY), 0, "with its event unread, another is tested");
	next_event(1000, &to);
}

static void test_vblank_wait(void)
{
	drmVBlank v = { .request = { .type = DRM_VBLANK_RELATIVE, .sequence = 0 } };
	unsigned int from;

	is(drmWaitVBlank(screen.card, &v), 0, "the vblank counter");
	from = v.reply.sequence;
	usleep(500000);
	v = (drmVBlank){ .request = { .type = DRM_VBLANK_RELATIVE, .sequence = 0 } };
	drmWaitVBlank(screen.card, &v);
	ok(v.reply.sequence - from >= 29 && v.reply.sequence - from < 200,
	   "counts while nobody looks: %u in half a second or more", v.reply.sequence - from);
}

/* A fence that vgem holds until told, as a sync_file; -errno. */
static int vgem_fence(int vgem, uint32_t *fence)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_READ };
	uint32_t pitch;
	uint64_t size;
	int fd, ret;

	if (drmModeCreateDumbBuffer(vgem, 64, 64, 32, 0, &attach.handle, &pitch, &size))
		return -errno;
	ret = call(vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach);
	if (!ret && drmPrimeHandleToFD(vgem, attach.handle, DRM_CLOEXEC, &fd))
		ret = -errno;
	if (ret)
		return ret;
	ret = call(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out);
	close(fd);
	*fence = attach.out_fence;
	return ret ? ret : out.fd;
}

static void vgem_signal(int vgem, uint32_t fence)
{
	struct drm_vgem_fence_signal args = { .fence = fence };

	is(call(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &args), 0, "the fence signals");
}

/* Does the fence signal within @ms? */
static bool signalled(int fence, int ms)
{
	struct pollfd fd = { .fd = fence, .events = POLLIN };

	return poll(&fd, 1, ms) == 1;
}

static void test_fences(const struct fb *a, const struct fb *b)
{
	int vgem = open_card("vgem"), in, out = -1;
	uint8_t *before = expected(a, NULL, 0, 0), *after = expected(b, NULL, 0, 0);
	struct commit c;
	uint32_t fence;

	if (vgem < 0) {
		skip("fences", "no vgem");
		return;
	}
	drmDropMaster(vgem);
	is(flip(a->id, 0), 0, "a picture is there");
	in = vgem_fence(vgem, &fence);
	c = commit_new();
	commit_primary(&c, b->id);
	commit_set(&c, screen.primary, "IN_FENCE_FD", (uint64_t)in);
	commit_set(&c, screen.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	is(commit_go(&c, NONBLOCK), 0, "a flip with IN_FENCE_FD and OUT_FENCE_PTR");
	ok(out >= 0 && !signalled(out, 200), "waits for the fence");
	is(picture_differs(before), 0, "meanwhile the old picture is shown");
	vgem_signal(vgem, fence);
	ok(signalled(out, 2000), "then the out fence signals");
	is(picture_differs(after), 0, "and the new one is shown");
	close(in);
	close(out);
	close(vgem);
	free(before);
	free(after);
}

static void test_implicit_fence(const struct fb *a)
{
	struct dma_buf_import_sync_file import = { .flags = DMA_BUF_SYNC_WRITE };
	int vgem = open_card("vgem"), dmabuf = -1;
	uint32_t fence, sequence;

	if (vgem < 0) {
		skip("implicit fences", "no vgem");
		return;
	}
	drmDropMaster(vgem);
	import.fd = vgem_fence(vgem, &fence);
	drmPrimeHandleToFD(screen.card, a->handle, DRM_CLOEXEC, &dmabuf);
	is(call(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import), 0, "an implicit fence");
	is(flip(a->id, NONBLOCK | EVENT), 0, "a flip to that buffer");
	ok(!next_event(200, &sequence), "waits for it");
	vgem_signal(vgem, fence);
	ok(next_event(2000, &sequence) != 0, "then it is done");
	close(import.fd);
	close(dmabuf);
	close(vgem);
}

/* Shows it with a writeback to @to, waits for the fence: 0 or what went wrong. */
static int write_back(const struct fb *primary, const struct fb *cursor, int x, int y,
		      const struct fb *to)
{
	struct commit c = commit_new();
	int fence = -1, ret;

	commit_primary(&c, primary ? primary->id : 0);
	commit_cursor(&c, cursor, x, y);
	commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
	commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to->id);
	commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fence);
	ret = commit_go(&c, MODESET);
	if (!ret && (fence < 0 || !signalled(fence, 2000)))
		ret = -ETIMEDOUT;
	if (fence >= 0)
		close(fence);
	return ret;
}

static void test_cursor(const struct fb *fb, uint32_t size)
{
	static const int at[][2] = { { 10, 20 },    { -20, -10 }, { -63, 5 },	{ 5, -63 },
				     { -64, 0 },    { 310, 230 }, { 319, 239 }, { 320, 240 },
				     { -30, 220 },  { 300, -40 }, { 0, 0 },	{ -200, -200 },
				     { 256, 1000 }, { 130, 97 } };
	int n = sizeof(at) / sizeof(*at), shown = 0, written = 0;
	struct fb cursor = fb_create(size, size, DRM_FORMAT_ARGB8888), to = fb_screen();

	fb_fill(&cursor, 77);
	for (int i = 0; i < n; i++) {
		uint8_t *picture = expected(fb, &cursor, at[i][0], at[i][1]);
		int ret = write_back(fb, &cursor, at[i][0], at[i][1], &to);
		long differ = picture_differs(picture);

		shown += !differ;
		written += !ret && !fb_differs(&to, picture);
		if (differ || ret)
			printf("# at %d,%d: %d, %ld pixels differ\n", at[i][0], at[i][1], ret,
			       differ);
		free(picture);
	}
	ok(shown == n, "a cursor of %u at %d places: %d are right on the screen", size, n, shown);
	ok(written == n, "and %d are right written back", written);
	fb_destroy(&cursor);
	fb_destroy(&to);
	is(show(fb), 0, "without it");
}

/* The old ioctls: no wait for a vblank. */
static void test_legacy_cursor(const struct fb *fb)
{
	struct fb cursor = fb_create(64, 64, DRM_FORMAT_ARGB8888);
	uint8_t *picture;
	int ret = 0;

	fb_fill(&cursor, 5);
	ret |= drmModeSetCursor(screen.card, screen.crtc, cursor.handle, 64, 64);
	for (int i = 0; i < 200; i++)
		ret |= drmModeMoveCursor(screen.card, screen.crtc, i % 50, i % 70);
	ret |= drmModeMoveCursor(screen.card, screen.crtc, 33, -7);
	is(ret, 0, "200 moves of the cursor by the old ioctl");
	usleep(100000);
	picture = expected(fb, &cursor, 33, -7);
	is(picture_differs(picture), 0, "the last is shown");
	for (int i = 0; i < 200; i++)
		drmModeSetCursor(screen.card, screen.crtc, i % 2 ? cursor.handle : 0, 64, 64);
	drmModeSetCursor(screen.card, screen.crtc, 0, 0, 0);
	free(picture);
	fb_destroy(&cursor);
	picture = expected(fb, NULL, 0, 0);
	usleep(100000);
	is(picture_differs(picture), 0, "and gone");
	free(picture);
}

/* The buffer's own content may be its own source. */
static void test_writeback(const struct fb *fb)
{
	struct fb to = fb_screen(), small = fb_create(320, 239, DRM_FORMAT_XRGB8888);
	struct fb alpha = fb_create(320, 240, DRM_FORMAT_ARGB8888);
	uint8_t *black = expected(NULL, NULL, 0, 0);

	is(write_back(fb, NULL, 0, 0, &small), -EINVAL,
	   "a writeback of another size than the mode's");
	is(write_back(fb, NULL, 0, 0, &alpha), -EINVAL, "or in another format is refused");
	is(write_back(NULL, NULL, 0, 0, &to), 0, "without planes");
	is(fb_differs(&to, black), 0, "the screen is black");
	is(picture_differs(black), 0, "as debugfs says");
	is(counter(to.handle, DRM_STALELINE_SCANOUTS), 0, "a destination is not scanned out");
	is(show(fb), 0, "a picture again");
	free(black);
	fb_destroy(&alpha);
	fb_destroy(&small);
	fb_destroy(&to);
}

/* A writeback is under way and the screen goes off: the fence signals all the same. */
static void test_writeback_and_off(const struct fb *fb)
{
	struct fb to = fb_screen();
	int fences[20], unsignalled = 0;

	for (int i = 0; i < 20; i++) {
		struct commit c = commit_new();

		fences[i] = -1;
		commit_primary(&c, fb->id);
		commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
		commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to.id);
		commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fences[i]);
		if (commit_go(&c, MODESET | NONBLOCK) || screen_off() || show(fb))
			unsignalled++;
		unsignalled += fences[i] < 0 || !signalled(fences[i], 1000);
		close(fences[i]);
	}
	is(unsignalled, 0, "no fence of a writeback is left when the screen goes off");
	fb_destroy(&to);
	is(show(fb), 0, "a picture again");
}

static int crc_open(void)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/crtc-0/crc/control", screen.debugfs);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "auto", 4) != 4)
		bail("crc/control");
	close(fd);
	snprintf(path, sizeof(path), "%s/crtc-0/crc/data", screen.debugfs);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		bail("crc/data");
	return fd;
}

/* One frame's. */
static uint32_t crc_next(int fd, uint32_t *frame)
{
	char line[64];
	ssize_t n = read(fd, line, sizeof(line) - 1);
	uint32_t crc = 0;

	if (n <= 0)
		bail("crc");
	line[n] = '\0';
	if (sscanf(line, "%x %x", frame, &crc) != 2)
		bail(line);
	return crc;
}

/* Frames that are already on their way may still tell of what was before. */
static bool crc_becomes(int fd, uint32_t expected)
{
	uint32_t frame;

	for (int i = 0; i < 40; i++)
		if (crc_next(fd, &frame) == expected)
			return true;
	return false;
}

static void test_crc(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);
	size_t size = (size_t)fb->width * fb->height * 4;
	uint32_t right = crc_of(picture, size), from, to = 0, frame = 0;
	int fd = crc_open(), same = 0, ascending = 0;

	ok(crc_becomes(fd, right), "the CRC is that of the picture: %08x", right);
	crc_next(fd, &from);
	for (int i = 0; i < 30; i++, to = frame) {
		same += crc_next(fd, &frame) == right;
		ascending += frame > (i ? to : from);
	}
	ok(same == 30 && ascending == 30, "30 frames of it: same CRC, ascending numbers");
	fb->device[100 * fb->pitch + 50 * 4] ^= 1;
	free(picture);
	picture = expected(fb, NULL, 0, 0);
	ok(crc_of(picture, size) != right && crc_becomes(fd, crc_of(picture, size)),
	   "one bit changed, and the CRC with it");
	fb->device[100 * fb->pitch + 50 * 4] ^= 1;
	ok(crc_becomes(fd, right), "and back");
	fb->device[100 * fb->pitch + 50 * 4 + 3] ^= 1;
	ok(crc_becomes(fd, right), "a bit of X is none of the picture");
	close(fd);
	free(picture);
}

/* Each new picture's CRC is that of the frame in which its flip was done. */
static void test_crc_frame(const struct fb *a, const struct fb *b)
{
	size_t size = (size_t)a->width * a->height * 4;
	uint8_t *pa = expected(a, NULL, 0, 0), *pb = expected(b, NULL, 0, 0);
	uint32_t crc[2] = { crc_of(pa, size), crc_of(pb, size) }, frame, flipped, wrong = 0;
	int fd = crc_open();

	for (int i = 0; i < 10; i++) {
		uint32_t got;

		if (flip(i % 2 ? a->id : b->id, NONBLOCK | EVENT) || !next_event(2000, &flipped))
			bail("flip");
		do {
			got = crc_next(fd, &frame);
			wrong += frame < flipped && got != crc[i % 2];
		} while (frame < flipped);
		wrong += got != crc[!(i % 2)];
	}
	is(wrong, 0, "a new picture's CRC begins with the frame of its flip");
	close(fd);
	free(pa);
	free(pb);
	is(flip(a->id, 0), 0, "a picture again");
}

static int set_mode(uint32_t handle, uint32_t mode)
{
	struct drm_staleline_params args = { .handle = handle,
					     .flags = DRM_STALELINE_SET_MODE,
					     .mode = mode };

	return call(screen.card, DRM_IOCTL_STALELINE_SET, &args);
}

static void sync_dmabuf(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	if (call(fd, DMA_BUF_IOCTL_SYNC, &sync))
		bail("SYNC");
}

static void test_device_side(void)
{
	struct fb fb = fb_screen(), to = fb_screen();
	uint8_t *before, *after, *cpu;
	uint64_t dirty;
	int dmabuf;

	fb_fill(&fb, 3);
	before = expected(&fb, NULL, 0, 0);
	if (set_mode(fb.handle, DRM_STALELINE_MODE_NONCOHERENT) ||
	    drmPrimeHandleToFD(screen.card, fb.handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		bail("a noncoherent buffer");
	cpu = mmap(NULL, fb.size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	sync_dmabuf(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	memset(cpu, 0x5a, fb.size);
	is(flip(fb.id, 0), 0, "a buffer that was stored to, without END");
	is(picture_differs(before), 0, "its stores are not on the screen");
	dirty = counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY);
	ok(dirty && dirty % (fb.size / 64) == 0, "its dirty lines are counted: %llu",
	   (unsigned long long)dirty);
	is(counter(fb.handle, DRM_STALELINE_WRITEBACK_DIRTY), 0, "none for a writeback");
	is(write_back(&fb, NULL, 0, 0, &to), 0, "a writeback");
	is(fb_differs(&to, before), 0, "has none of the stores either");
	is(counter(fb.handle, DRM_STALELINE_WRITEBACK_DIRTY), fb.size / 64, "which are counted");
	sync_dmabuf(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	after = expected(&fb, NULL, 0, 0);
	is(memcmp(after, before, 4) != 0, 1, "END carries them over");
	is(picture_differs(after), 0, "to the screen");
	dirty = counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY);
	is(picture_differs(after), 0, "again");
	is(counter(fb.handle, DRM_STALELINE_SCANOUT_DIRTY), dirty, "and nothing is dirty");
	munmap(cpu, fb.size);
	close(dmabuf);
	free(before);
	free(after);
	fb_destroy(&to);
	fb_destroy(&fb);
}

/* 0 or -errno. */
static int heap_buffer(size_t size)
{
	struct dma_heap_allocation_data data = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), ret;

	if (heap < 0)
		return -errno;
	ret = call(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	return ret ? ret : (int)data.fd;
}

static int udmabuf(size_t size)
{
	int memfd = memfd_create("kms", MFD_CLOEXEC | MFD_ALLOW_SEALING), ret;
	struct udmabuf_create create = { .memfd = (uint32_t)memfd,
					 .flags = UDMABUF_FLAGS_CLOEXEC,
					 .size = size };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	if (dev < 0)
		return -errno;
	if (ftruncate(memfd, (off_t)size) || fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		bail("memfd");
	ret = ioctl(dev, UDMABUF_CREATE, &create);
	close(dev);
	close(memfd);
	return ret < 0 ? -errno : ret;
}

/* Another driver's buffer, shown and written back to. */
static void test_foreign(const char *what, int dmabuf, const struct fb *fb)
{
	struct fb theirs = { .width = 320, .height = 240, .pitch = 1280, .size = 320 * 240 * 4 };
	struct picture p;
	uint8_t *picture;
	uint32_t id;

	if (dmabuf < 0) {
		skip(what, strerror(-dmabuf));
		return;
	}
	theirs.device = mmap(NULL, theirs.size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	if (theirs.device == MAP_FAILED || drmPrimeFDToHandle(screen.card, dmabuf, &theirs.handle))
		bail(what);
	is(fb_add(theirs.handle, 320, 240, 1280, DRM_FORMAT_XRGB8888, &theirs.id), 0, what);
	is(fb_add(theirs.handle, 320, 260, 1280, DRM_FORMAT_XRGB8888, &id), -EINVAL,
	   "but not a row more than it has");
	fb_fill(&theirs, 12);
	picture = expected(&theirs, NULL, 0, 0);
	is(flip(theirs.id, 0), 0, "it goes to the primary plane");
	is(picture_differs(picture), 0, "and is shown");
	is(picture_take(&p), 0, "a picture");
	is(p.buffer, 0, "names no buffer of ours");
	free(p.rgb);
	free(picture);
	picture = expected(fb, NULL, 0, 0);
	is(write_back(fb, NULL, 0, 0, &theirs), 0, "it is written back to");
	is(fb_differs(&theirs, picture), 0, "and has the picture");
	free(picture);
	munmap(theirs.device, theirs.size);
	drmModeRmFB(screen.card, theirs.id);
	drmCloseBufferHandle(screen.card, theirs.handle);
	close(dmabuf);
}

/* Opens the picture over and over until it is killed. */
static void read_pictures(void)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/scanout", screen.debugfs);
	for (;;)
		close(open(path, O_RDONLY | O_CLOEXEC));
}

/* Whose picture is being composed dies: the work must not write to what was his. */
static void test_killed_readers(const struct fb *fb)
{
	drmModeModeInfo before = screen.mode;
	struct fb large;
	uint8_t *picture;

	screen.mode.hdisplay = 1600;
	screen.mode.hsync_start = 1610;
	screen.mode.hsync_end = 1620;
	screen.mode.htotal = 1700;
	screen.mode.vdisplay = 1200;
	screen.mode.vsync_start = 1210;
	screen.mode.vsync_end = 1220;
	screen.mode.vtotal = 1250;
	screen.mode.clock = 1700 * 1250 * 60 / 1000;
	large = fb_screen();
	fb_fill(&large, 9);
	picture = expected(&large, NULL, 0, 0);
	is(show(&large), 0, "a mode of our own, 1600x1200");
	for (int i = 0; i < 40; i++) {
		pid_t pid = fork();

		if (!pid)
			read_pictures();
		usleep((useconds_t)(5000 + i % 10 * 9000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	is(picture_differs(picture), 0, "40 readers were killed, and the picture is right");
	screen.mode = before;
	free(picture);
	is(show(fb), 0, "and back");
	fb_destroy(&large);
}

/* A new master flips and is gone at once, with its buffers. */
static int flip_and_go(void)
{
	struct fb a, b;

	screen_open();
	a = fb_screen();
	b = fb_screen();
	return show(&a) || flip(b.id, NONBLOCK | EVENT);
}

static void test_close(void)
{
	int status, wrong = 0;

	drmDropMaster(screen.card);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(flip_and_go());
		waitpid(pid, &status, 0);
		wrong += status != 0;
	}
	is(wrong, 0, "ten masters come, flip, and die at once");
	is(drmSetMaster(screen.card), 0, "master again");
}

static void test_master(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);

	is(show(fb), 0, "shown");
	drmDropMaster(screen.card);
	is(flip(fb->id, 0), -EACCES, "who isn't master can't flip");
	is(picture_differs(picture), 0, "but root sees what is shown");
	drmSetMaster(screen.card);
	free(picture);
}

static void test_nobody(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct picture p;

		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(picture_take(&p) == -EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "who isn't root can't read the screen");
}

static void test_mode_change(const struct fb *fb)
{
	drmModeConnector *connector = drmModeGetConnector(screen.card, screen.connector);
	struct fb larger;
	uint8_t *picture;

	is(connector->count_modes, 2, "two modes");
	screen.mode = connector->modes[1];
	drmModeFreeConnector(connector);
	ok(screen.mode.hdisplay == 640 && screen.mode.vrefresh == 30, "the second is 640x480@30");
	larger = fb_screen();
	fb_fill(&larger, 8);
	picture = expected(&larger, NULL, 0, 0);
	is(show(&larger), 0, "the mode is changed");
	is(picture_differs(picture), 0, "and all of it is shown");
	screen_find_mode();
	free(picture);
	fb_destroy(&larger);
	is(show(fb), 0, "and back");
}

static void test_off(void)
{
	struct picture p;

	is(screen_off(), 0, "the screen goes off");
	is(picture_take(&p), -ENODATA, "ENODATA again");
}

static void test_all(void)
{
	struct fb a = fb_screen(), b = fb_screen();

	fb_fill(&a, 1);
	fb_fill(&b, 2);
	test_capabilities();
	test_linear();
	test_bad_modes(&a);
	test_bad_planes(&a);
	test_bad_framebuffers(&a);
	test_shown(&a);
	test_flips(&a, &b);
	test_vblank_wait();
	test_fences(&a, &b);
	test_implicit_fence(&a);
	test_interrupted(&a);
	test_cursor(&a, 64);
	test_cursor(&a, 240);
	test_legacy_cursor(&a);
	test_writeback(&a);
	test_writeback_and_off(&a);
	test_crc(&a);
	test_crc_frame(&a, &b);
	test_device_side();
	is(show(&a), 0, "after its framebuffer is gone, another is shown");
	test_foreign("a dma-heap's framebuffer", heap_buffer(320 * 240 * 4), &a);
	is(show(&a), 0, "another is shown");
	test_foreign("a udmabuf's framebuffer", udmabuf(320 * 240 * 4), &a);
	is(show(&a), 0, "another is shown");
	test_mode_change(&a);
	test_killed_readers(&a);
	test_close();
	test_master(&a);
	test_nobody();
	test_off();
}

static int list_modes(void)
{
	drmModeConnector *connector = drmModeGetConnector(screen.card, screen.connector);

	for (int i = 0; i < connector->count_modes; i++)
		printf("%s@%u%s\n", connector->modes[i].name, connector->modes[i].vrefresh,
		       connector->modes[i].type & DRM_MODE_TYPE_PREFERRED ? " preferred" : "");
	return 0;
}

static int hotplug(const char *text)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int events = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	int fd = open("/sys/module/staleline/parameters/modes", O_WRONLY | O_CLOEXEC);
	struct pollfd poll_fd = { .fd = events, .events = POLLIN };
	char buffer[4096];

	if (bind(events, (struct sockaddr *)&address, sizeof(address)) || fd < 0 ||
	    write(fd, text, strlen(text)) < 0)
		bail(text);
	while (poll(&poll_fd, 1, 2000) == 1) {
		ssize_t n = recv(events, buffer, sizeof(buffer), 0);

		if (n > 0 && memmem(buffer, (size_t)n, "HOTPLUG=1", 9))
			return 0;
	}
	bail("no hotplug event");
}

static void until_stdin_ends(void)
{
	char c;

	printf("held\n");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

/* Asks its driver for names too, as far as the kernel still does so of what has signalled. */
static bool tells(int fence)
{
	struct sync_fence_info one = { .status = 0 };
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&one };

	return !call(fence, SYNC_IOC_FILE_INFO, &info) && one.status == 1;
}

/* Signalled, and the card is closed. */
static int hold_fences(void)
{
	struct fb fb = fb_screen(), to = fb_screen();
	int out = -1, written = -1;
	struct commit c = commit_new();

	if (show(&fb))
		bail("show");
	commit_primary(&c, fb.id);
	commit_set(&c, screen.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	commit_set(&c, screen.writeback, "CRTC_ID", screen.crtc);
	commit_set(&c, screen.writeback, "WRITEBACK_FB_ID", to.id);
	commit_set(&c, screen.writeback, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&written);
	if (commit_go(&c, MODESET) || !signalled(out, 2000) || !signalled(written, 2000))
		bail("a commit with fences");
	fb_destroy(&fb);
	fb_destroy(&to);
	close(screen.card);
	until_stdin_ends();
	return tells(out) && tells(written) ? 0 : 1;
}

static int hold(void)
{
	struct fb fb = fb_screen();
	int fd;

	if (show(&fb))
		bail("show");
	fd = crc_open();
	close(screen.card);
	until_stdin_ends();
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	screen_open();
	if (argc > 1 && !strcmp(argv[1], "--modes"))
		return list_modes();
	if (argc > 2 && !strcmp(argv[1], "--hotplug"))
		return hotplug(argv[2]);
	if (argc > 1 && !strcmp(argv[1], "--hold"))
		return hold();
	if (argc > 1 && !strcmp(argv[1], "--hold-fences"))
		return hold_fences();
	test_all();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
