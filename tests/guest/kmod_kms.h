/* SPDX-License-Identifier: MIT */
/* The display of a card by its plain ioctls, found by name: for programs that try to break it. */
#ifndef KMOD_KMS_H
#define KMOD_KMS_H

#include <drm.h>
#include <drm_mode.h>
#include <stdbool.h>
#include <stdint.h>

#define KMS_MAX_PLANES 8
#define KMS_MAX_PROPS 256
#define KMS_MAX_SET 64
#define KMS_MAX_MODES 16

/* A property of an object; the name is the kernel's. */
struct kms_prop {
	uint32_t object, id;
	char name[DRM_PROP_NAME_LEN];
	uint64_t value;
};

struct kms {
	uint32_t crtc, connector, writeback;
	uint32_t planes[KMS_MAX_PLANES];	       /* the primary first */
	uint32_t nplanes, cursor;		       /* cursor: index in planes, or 0 */
	struct drm_mode_modeinfo modes[KMS_MAX_MODES]; /* the first of them */
	uint32_t nmodes;
	struct kms_prop props[KMS_MAX_PROPS];
	uint32_t nprops;
};

/* Looks the card over: 0, or -errno where it has no display. */
int kms_get(int fd, struct kms *kms);
/* The property of an object of that name, or 0. */
uint32_t kms_prop(const struct kms *kms, uint32_t object, const char *name);

/* What one atomic ioctl sets. */
struct kms_commit {
	uint32_t n;
	uint32_t objects[KMS_MAX_SET], counts[KMS_MAX_SET], props[KMS_MAX_SET];
	uint64_t values[KMS_MAX_SET];
};

/* Does nothing where the object has no such property. */
void kms_set(struct kms_commit *c, const struct kms *kms, uint32_t object, const char *name,
	     uint64_t value);
int kms_commit(int fd, struct kms_commit *c, uint32_t flags, uint64_t user_data);
int kms_blob(int fd, const void *data, uint32_t length, uint32_t *id);
/* A framebuffer of XRGB8888 or, with alpha, ARGB8888. */
int kms_addfb(int fd, uint32_t handle, uint32_t width, uint32_t height, bool alpha, uint32_t *fb);

#endif
