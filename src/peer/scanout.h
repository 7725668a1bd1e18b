/* SPDX-License-Identifier: MIT */
/*
 * scanout: the inside of the scanout peer. peer.h is what others see of it. The plain DRM ABI, so
 * that it runs on real displays, on vkms and on the module.
 *
 *   scanout.c       the peer: open, import, read
 *   scanout_kms.c   the way from a framebuffer to the screen: connector, CRTC, plane, mode, commits
 *   scanout_crc.c   the CRC of what is shown, from debugfs
 */
#ifndef STALELINE_SCANOUT_H
#define STALELINE_SCANOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <xf86drmMode.h>

#include "base/why.h"
#include "buffer/drm_dumb.h"

/* Ids of the properties that are set. */
struct kms_props {
	uint32_t connector_crtc, crtc_mode, crtc_active;
	uint32_t plane_fb, plane_crtc;
	uint32_t plane_src[4], plane_dst[4]; /* x, y, width, height */
	uint32_t writeback_crtc, writeback_fb, writeback_fence;
};

struct kms {
	int fd; /* the primary node, DRM master; not owned */
	uint32_t connector, crtc, plane;
	uint32_t crtc_index; /* for debugfs */
	uint32_t writeback;  /* a writeback connector of this CRTC, 0: none */
	drmModeModeInfo mode;
	uint32_t mode_blob;
	struct kms_props props;
	bool is_virtual; /* the connector drives no monitor */
	bool alone;	 /* the writeback is fed alone: the connector is off meanwhile */
	bool shown;	 /* the mode is set */
};

/*
 * Find connector, CRTC, plane and a mode of exactly @width x @height on @fd, which is
 * master. 0 or -errno with @why: -EOPNOTSUPP no display, no atomic commits, or no such mode
 * (names those there are).
 */
int kms_init(struct kms *kms, int fd, uint32_t width, uint32_t height, struct why *why);

/* Turns the screen off again, where it was turned on. */
void kms_finish(struct kms *kms);

/*
 * Show the framebuffer @fb, and wait until it is shown. With @into, have the writeback connector
 * put what is shown into that framebuffer, and wait until that is done. 0 or -errno with @why.
 */
int kms_show(struct kms *kms, uint32_t fb, uint32_t into, struct why *why);

/* Would the driver take that, of @fb and into it? Asked, and nothing is shown. */
bool kms_can_write_back(struct kms *kms, uint32_t fb);

/* A framebuffer of an XRGB8888 buffer. 0 or -errno; drmModeRmFB() undoes it. */
int kms_add_fb(int fd, uint32_t handle, uint32_t width, uint32_t height, uint32_t stride,
	       uint32_t offset, uint32_t *fb);

/* The CRC of what a CRTC shows; -1: closed. */
struct scanout_crc {
	int fd;
};

/*
 * Ask debugfs for CRCs of this CRTC, for root alone. Its mode must be set. 0 or -errno with @why.
 */
int scanout_crc_open(struct scanout_crc *crc, int card, uint32_t crtc_index, struct why *why);
void scanout_crc_close(struct scanout_crc *crc);

/* That of a frame which began after the call. 0 or -errno with @why. */
int scanout_crc_read(struct scanout_crc *crc, uint32_t *value, struct why *why);

#endif
