// SPDX-License-Identifier: MIT
/*
 * The display of staleline.ko beside another device, on a machine that really isn't coherent (see
 * kmod_dma.c): it shows what that device wrote, and what it writes back gets there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "importer.h"
#include "kms_test.h"

enum { SHOWN = 0x33, BEFORE = 0x11 };

/* A byte for each pixel's colours; alpha comes out as 0xff. */
static int importer_on(const struct fb *fb, uint8_t value)
{
	int dmabuf, importer;

	if (drmPrimeHandleToFD(screen.card, fb->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		bail("PRIME_HANDLE_TO_FD");
	importer = importer_of(dmabuf);
	close(dmabuf);
	importer_fill(importer, value, fb->size);
	return importer;
}

/* How many bytes of colour of the picture on the screen are another value. */
static long other_than(uint8_t value)
{
	struct picture p;
	long other = 0;
	int ret = picture_take(&p);

	if (ret)
		return ret;
	for (size_t i = 0; i < (size_t)p.width * p.height * 3; i++)
		other += p.rgb[i] != value;
	free(p.rgb);
	return other;
}

static void test_shown(void)
{
	struct fb fb = fb_screen();
	int importer = importer_on(&fb, BEFORE);

	is(show(&fb), 0, "a buffer that another device has mapped is shown");
	is(other_than(BEFORE), 0, "as that device wrote it");
	importer_fill(importer, SHOWN, fb.size);
	is(other_than(SHOWN), 0, "and as it wrote it anew");
	close(importer);
	screen_off();
	fb_destroy(&fb);
}

static void test_written_back(void)
{
	struct fb fb = fb_screen(), to = fb_screen();
	int importer = importer_on(&to, BEFORE);

	memset(fb.device, SHOWN, fb.size);
	is(show(&fb), 0, "a picture");
	is(write_back(&fb, NULL, 0, 0, &to), 0,
	   "is written back where another device has mapped it");
	is(importer_byte(importer, 0), SHOWN, "and gets there");
	is(importer_byte(importer, (off_t)(to.height - 1) * to.pitch), SHOWN, "to the last row");
	close(importer);
	screen_off();
	fb_destroy(&fb);
	fb_destroy(&to);
}

int main(void)
{
	screen_open();
	screen_find_mode();
	test_shown();
	test_written_back();
	return done_testing();
}
