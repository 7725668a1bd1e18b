// SPDX-License-Identifier: MIT
/* What this kernel and this module can't do: it is skipped, and not counted against them. */
#include <drm.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "kmod_stress.h"

uint32_t look_for_lacks(void)
{
	static struct kms kms;
	struct drm_staleline_job job = { .steps = 0 };
	char path[96], crc[128];
	uint32_t lacks = 0;

	/* The connector's modes are there for everybody once a master has asked for them. */
	call(card, DRM_IOCTL_SET_MASTER, NULL);
	if (kms_get(card, &kms))
		lacks |= NEED_KMS | NEED_CRC;
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	debugfs_path(card, path, sizeof(path));
	snprintf(crc, sizeof(crc), "%s/crtc-0/crc/data", path);
	if (access(crc, R_OK))
		lacks |= NEED_CRC;
	/* Without the ioctl it would be ENOTTY or EINVAL of the core; so ask for syncobjs. */
	if (call(card, DRM_IOCTL_STALELINE_JOB, &job) == -ENOTTY ||
	    call(card, DRM_IOCTL_SYNCOBJ_CREATE, &(struct drm_syncobj_create){ 0 }))
		lacks |= NEED_JOBS;
	if (access("/proc/self/make-it-fail", W_OK))
		lacks |= NEED_FAULT;
	if (access("/sys/kernel/debug/sync/sw_sync", W_OK))
		lacks |= NEED_SW_SYNC;
	if (access("/dev/udmabuf", W_OK) && access("/dev/dma_heap/system", W_OK))
		lacks |= NEED_UDMABUF;
	return lacks;
}
