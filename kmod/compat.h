/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that differs between the kernels this builds for, 6.1 to 7.2, is here. */
#ifndef STALELINE_COMPAT_H
#define STALELINE_COMPAT_H

#include <linux/dma-fence.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/version.h>

/* 6.3 made vm_flags read-only but for its helpers. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/* 6.2 took the reservation lock out of dma_buf_vmap(), for callers that hold it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif

/* From 6.12 on a DRM file says that its offsets are not signed; earlier, the core knew. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define SL_FOP_FLAGS .fop_flags = FOP_UNSIGNED_OFFSET,
#else
#define SL_FOP_FLAGS
#endif

/* Until 6.5 PRIME was off unless a driver named the core's own functions. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define SL_DRIVER_PRIME                                                                            \
	.prime_handle_to_fd = drm_gem_prime_handle_to_fd,                                          \
	.prime_fd_to_handle = drm_gem_prime_fd_to_handle,
#else
#define SL_DRIVER_PRIME
#endif

/* 6.14 dropped the driver's date. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define SL_DRIVER_DATE .date = "20261122",
#else
#define SL_DRIVER_DATE
#endif

/* 6.13 made the name of a symbol namespace a string. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define SL_IMPORT_DMA_BUF MODULE_IMPORT_NS(DMA_BUF)
#else
#define SL_IMPORT_DMA_BUF MODULE_IMPORT_NS("DMA_BUF")
#endif

/* 6.13 made one of two steps. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* 7.x lets go of a fence's operations when it has signalled, under RCU. */
static inline void sl_fence_set_ops(struct dma_fence *fence, const struct dma_fence_ops *ops)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	RCU_INIT_POINTER(fence->ops, ops);
#else
	fence->ops = ops;
#endif
}

/* 6.17 hands the format's description on to who makes a framebuffer. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define SL_FB_INFO const struct drm_format_info *info,
#define SL_FB_INFO_ARG info,
#else
#define SL_FB_INFO
#define SL_FB_INFO_ARG
#endif

/* 7.2 calls a commit in the making by its name. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define drm_atomic_state drm_atomic_commit
#endif

#endif
