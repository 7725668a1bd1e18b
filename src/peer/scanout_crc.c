// SPDX-License-Identifier: MIT
/*
 * scanout_crc: CRCs of what is shown, as the kernel documents them
 * (Documentation/gpu/drm-uapi.rst, "CRC ABI"): a source is written to crtc-N/crc/control, and
 * each line of crtc-N/crc/data is a frame and its CRCs.
 */
#include "peer/scanout.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	CRC_WAIT_MS = 5000,
	/*
	 * A commit returns with its vblank;
	 * the frame that a CRC came for then may have been the one before.
	 */
	CRC_SKIP = 2,
};

static int path_of(int card, uint32_t crtc, const char *name, char path[96])
{
	struct stat st;

	if (fstat(card, &st) < 0)
		return -errno;
	snprintf(path, 96, "/sys/kernel/debug/dri/%u/crtc-%" PRIu32 "/crc/%s", minor(st.st_rdev),
		 crtc, name);
	return 0;
}

static int why_no_crc(struct why *why, int err, const char *path)
{
	return why_set(why, err, "%s: %s%s", path, strerror(-err),
		       err == -EACCES	? "; debugfs is for root"
		       : err == -ENOENT ? "; is debugfs mounted (`mount -t debugfs debugfs "
					  "/sys/kernel/debug`), and has this driver CRCs?"
					: "");
}

int scanout_crc_open(struct scanout_crc *crc, int card, uint32_t crtc_index, struct why *why)
{
	char path[96];
	int control, err;

	crc->fd = -1;
	err = path_of(card, crtc_index, "control", path);
	if (err)
		return why_set(why, err, "the card node: %s", strerror(-err));
	control = open(path, O_WRONLY | O_CLOEXEC);
	if (control < 0)
		return why_no_crc(why, -errno, path);
	err = write(control, "auto", 4) < 0 ? -errno : 0;
	close(control);
	if (err)
		return why_no_crc(why, err, path);
	path_of(card, crtc_index, "data", path);
	crc->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return crc->fd < 0 ? why_no_crc(why, -errno, path) : 0;
}

void scanout_crc_close(struct scanout_crc *crc)
{
	if (crc->fd >= 0)
		close(crc->fd);
	crc->fd = -1;
}

/*
 * One line, "0x0000002a 0x8a3c5d01", or several CRCs of which the first is taken.
 * 1, 0 none, -errno.
 */
static int read_line(struct scanout_crc *crc, uint32_t *value)
{
	char line[160];
	ssize_t n = read(crc->fd, line, sizeof(line) - 1);
	char *at;

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	line[n] = '\0';
	at = strchr(line, ' '); /* behind the frame, which may be XXXXXXXXXX */
	if (!at)
		return n ? -EIO : 0;
	*value = (uint32_t)strtoul(at + 1, NULL, 16);
	return 1;
}

int scanout_crc_read(struct scanout_crc *crc, uint32_t *value, struct why *why)
{
	struct pollfd pollfd = { .fd = crc->fd, .events = POLLIN };
	int fresh = 0, got;

	/* What lies there already is of earlier frames. */
	while ((got = read_line(crc, value)) > 0)
		;
	while (got >= 0 && fresh <= CRC_SKIP) {
		int n = poll(&pollfd, 1, CRC_WAIT_MS);

		if (n < 0 && errno != EINTR)
			return why_set(why, -errno, "CRC: poll: %s", strerror(errno));
		if (n == 0)
			return why_set(why, -ETIME,
				       "CRC: none came within %d s: the display stands",
				       CRC_WAIT_MS / 1000);
		got = read_line(crc, value);
		fresh += got > 0;
	}
	return got < 0 ? why_set(why, got, "CRC: %s", strerror(-got)) : 0;
}
