// SPDX-License-Identifier: MIT
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kms_screen.h"

struct screen screen;

int call(int fd, unsigned long request, void *arg)
{
	return drmIoctl(fd, request, arg) < 0 ? -errno : 0;
}

int open_card(const char *driver)
{
	for (int i = 0; i < 16; i++) {
		char path[32];
		drmVersionPtr version;
		bool it;
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		version = fd < 0 ? NULL : drmGetVersion(fd);
		it = version && !strcmp(version->name, driver);
		drmFreeVersion(version);
		if (it)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

/* The connector's preferred mode. */
void screen_find_mode(void)
{
	drmModeConnector *connector = drmModeGetConnector(screen.card, screen.connector);

	if (!connector || !connector->count_modes)
		bail("modes");
	screen.mode = connector->modes[0];
	drmModeFreeConnector(connector);
}

void screen_open(void)
{
	drmModePlaneRes *planes;
	drmModeRes *res;
	struct stat st;

	screen.card = open_card("staleline");
	if (screen.card < 0)
		bail("no card node of staleline");
	if (drmSetClientCap(screen.card, DRM_CLIENT_CAP_ATOMIC, 1) ||
	    drmSetClientCap(screen.card, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
		bail("client caps");
	fstat(screen.card, &st);
	snprintf(screen.debugfs, sizeof(screen.debugfs), "/sys/kernel/debug/dri/%u",
		 minor(st.st_rdev));
	res = drmModeGetResources(screen.card);
	planes = drmModeGetPlaneResources(screen.card);
	if (!res || !planes || res->count_crtcs != 1 || res->count_connectors != 2 ||
	    planes->count_planes != 2)
		bail("not one CRTC, two connectors, two planes");
	screen.crtc = res->crtcs[0];
	screen.connector = res->connectors[0];
	screen.writeback = res->connectors[1];
	screen.primary = planes->planes[0];
	screen.cursor = planes->planes[1];
	drmModeFreePlaneResources(planes);
	drmModeFreeResources(res);
	screen_find_mode();
}

int fb_add(uint32_t handle, uint32_t width, uint32_t height, uint32_t pitch, uint32_t format,
	   uint32_t *id)
{
	uint32_t handles[4] = { handle }, pitches[4] = { pitch }, offsets[4] = { 0 };

	return drmModeAddFB2(screen.card, width, height, format, handles, pitches, offsets, id, 0);
}

struct fb fb_create(uint32_t width, uint32_t height, uint32_t format)
{
	struct fb fb = { .width = width, .height = height };
	uint64_t offset;

	if (drmModeCreateDumbBuffer(screen.card, width, height, 32, 0, &fb.handle, &fb.pitch,
				    &fb.size) ||
	    drmModeMapDumbBuffer(screen.card, fb.handle, &offset) ||
	    fb_add(fb.handle, width, height, fb.pitch, format, &fb.id))
		bail("a framebuffer");
	fb.device =
		mmap(NULL, fb.size, PROT_READ | PROT_WRITE, MAP_SHARED, screen.card, (off_t)offset);
	if (fb.device == MAP_FAILED)
		bail("mmap");
	return fb;
}

void fb_destroy(struct fb *fb)
{
	munmap(fb->device, fb->size);
	drmModeRmFB(screen.card, fb->id);
	drmModeDestroyDumbBuffer(screen.card, fb->handle);
}

void fb_fill(struct fb *fb, uint32_t seed)
{
	for (uint32_t y = 0; y < fb->height; y++) {
		uint8_t *p = fb->device + (size_t)y * fb->pitch;

		for (uint32_t x = 0; x < fb->width; x++, p += 4) {
			/* Fully covered, not at all, and between. */
			uint32_t alpha = (seed = seed * 1664525 + 1013904223) >> 24;

			alpha = x % 5 == 0 ? 255 : x % 5 == 1 ? 0 : alpha;
			for (int i = 0; i < 3; i++) {
				seed = seed * 1664525 + 1013904223;
				p[i] = (uint8_t)((seed >> 24) * alpha / 255);
			}
			p[3] = (uint8_t)alpha;
		}
	}
}

static uint32_t property_id(uint32_t object, const char *name, uint64_t *value)
{
	drmModeObjectProperties *props =
		drmModeObjectGetProperties(screen.card, object, DRM_MODE_OBJECT_ANY);
	uint32_t id = 0;

	for (uint32_t i = 0; props && i < props->count_props && !id; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(screen.card, props->props[i]);

		if (prop && !strcmp(prop->name, name)) {
			id = prop->prop_id;
			*value = props->prop_values[i];
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(props);
	return id;
}

uint64_t property(uint32_t object, const char *name)
{
	uint64_t value = UINT64_MAX;

	property_id(object, name, &value);
	return value;
}

bool has_property(uint32_t object, const char *name)
{
	uint64_t value;

	return property_id(object, name, &value) != 0;
}

struct commit commit_new(void)
{
	return (struct commit){ .req = drmModeAtomicAlloc(), .fits = true };
}

void commit_set(struct commit *c, uint32_t object, const char *name, uint64_t value)
{
	uint64_t before;
	uint32_t id = property_id(object, name, &before);

	if (!id || drmModeAtomicAddProperty(c->req, object, id, value) < 0)
		c->fits = false;
}

/* NULL: off. */
void commit_mode(struct commit *c, const drmModeModeInfo *mode)
{
	if (mode && drmModeCreatePropertyBlob(screen.card, mode, sizeof(*mode), &c->blob))
		c->fits = false;
	commit_set(c, screen.crtc, "MODE_ID", c->blob);
	commit_set(c, screen.crtc, "ACTIVE", mode != NULL);
	commit_set(c, screen.connector, "CRTC_ID", mode ? screen.crtc : 0);
}

static void commit_plane(struct commit *c, uint32_t plane, uint32_t fb, uint32_t width,
			 uint32_t height)
{
	commit_set(c, plane, "FB_ID", fb);
	commit_set(c, plane, "CRTC_ID", fb ? screen.crtc : 0);
	commit_set(c, plane, "SRC_X", 0);
	commit_set(c, plane, "SRC_Y", 0);
	commit_set(c, plane, "SRC_W", (uint64_t)width << 16);
	commit_set(c, plane, "SRC_H", (uint64_t)height << 16);
	commit_set(c, plane, "CRTC_W", width);
	commit_set(c, plane, "CRTC_H", height);
}

/* 0: off. */
void commit_primary(struct commit *c, uint32_t fb)
{
	commit_plane(c, screen.primary, fb, screen.mode.hdisplay, screen.mode.vdisplay);
	commit_set(c, screen.primary, "CRTC_X", 0);
	commit_set(c, screen.primary, "CRTC_Y", 0);
}

/* NULL: off. */
void commit_cursor(struct commit *c, const struct fb *fb, int x, int y)
{
	commit_plane(c, screen.cursor, fb ? fb->id : 0, fb ? fb->width : 0, fb ? fb->height : 0);
	commit_set(c, screen.cursor, "CRTC_X", (uint64_t)(int64_t)x);
	commit_set(c, screen.cursor, "CRTC_Y", (uint64_t)(int64_t)y);
}

int commit_go(struct commit *c, uint32_t flags)
{
	int ret = -ENOENT;

	if (c->fits)
		ret = drmModeAtomicCommit(screen.card, c->req, flags, NULL);
	drmModeAtomicFree(c->req);
	if (c->blob)
		drmModeDestroyPropertyBlob(screen.card, c->blob);
	return ret;
}

static uint8_t over(uint32_t above, uint32_t below, uint32_t alpha)
{
	uint32_t sum = above + (below * (255 - alpha) + 127) / 255;

	return (uint8_t)(sum > 255 ? 255 : sum);
}

/* @primary may be NULL, as @cursor may. To be freed. */
uint8_t *expected(const struct fb *primary, const struct fb *cursor, int x, int y)
{
	int width = screen.mode.hdisplay, height = screen.mode.vdisplay;
	uint8_t *picture = calloc((size_t)width * height, 4), *to = picture;

	for (int v = 0; v < height; v++) {
		for (int u = 0; u < width; u++, to += 4) {
			const uint8_t *above = NULL;

			if (primary)
				memcpy(to, primary->device + (size_t)v * primary->pitch + 4 * u, 4);
			if (cursor && u >= x && v >= y && u < x + (int)cursor->width &&
			    v < y + (int)cursor->height)
				above = cursor->device + (size_t)(v - y) * cursor->pitch +
					4 * (u - x);
			for (int i = 0; above && i < 3; i++)
				to[i] = over(above[i], to[i], above[3]);
			to[3] = 0xff;
		}
	}
	return picture;
}

/* zlib's, bit by bit. */
uint32_t crc_of(const uint8_t *bytes, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

int picture_take(struct picture *p)
{
	char path[96], *text = NULL;
	size_t size = 0, room = 1 << 16;
	int fd, header = 0, ret;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/scanout", screen.debugfs);
	*p = (struct picture){ 0 };
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	do {
		room *= 2;
		text = realloc(text, room);
		while ((n = read(fd, text + size, room - 1 - size)) > 0)
			size += (size_t)n;
	} while (!n && size == room - 1);
	ret = n < 0 ? -errno : 0;
	close(fd);
	text[size] = '\0';
	if (!ret &&
	    (sscanf(text,
		    "P6\n# staleline sequence %llu buffer %u pitch %*u cursor %u\n%u "
		    "%u\n255%n",
		    &p->sequence, &p->buffer, &p->cursor, &p->width, &p->height, &header) != 5 ||
	     size != (size_t)header + 1 + (size_t)p->width * p->height * 3))
		ret = -EBADMSG;
	if (!ret) {
		p->rgb = malloc(size);
		memcpy(p->rgb, text + header + 1, size - (size_t)header - 1);
	}
	free(text);
	return ret;
}

long picture_differs(const uint8_t *expected)
{
	struct picture p;
	long differ = 0;
	int ret = picture_take(&p);

	if (ret)
		return ret;
	if (p.width != screen.mode.hdisplay || p.height != screen.mode.vdisplay)
		differ = -EBADMSG;
	for (size_t i = 0; differ >= 0 && i < (size_t)p.width * p.height; i++)
		differ += p.rgb[3 * i] != expected[4 * i + 2] ||
			  p.rgb[3 * i + 1] != expected[4 * i + 1] ||
			  p.rgb[3 * i + 2] != expected[4 * i];
	free(p.rgb);
	return differ;
}

long fb_differs(const struct fb *fb, const uint8_t *expected)
{
	long differ = 0;

	for (uint32_t y = 0; y < fb->height; y++)
		for (uint32_t x = 0; x < fb->width; x++, expected += 4)
			differ += !!memcmp(fb->device + (size_t)y * fb->pitch + 4 * x, expected, 4);
	return differ;
}
