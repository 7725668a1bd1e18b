/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module share. Who does what:
 *
 *	drv.c      the driver: load, unload, open, close
 *	params.c   the module's parameters: how a new buffer behaves
 *	gem.c      buffers as GEM objects: dumb, imported; the map of the card node (device side)
 *	memory.c   pages and the limits on them
 *	ptes.c     page table entries: inserting and zapping them
 *	dmabuf.c   buffers as dma-bufs: the two hooks of SYNC, export, import
 *	attach.c   the maps of importing drivers and of the kernel, and their sync
 *	bracket.c  which brackets are open (bracket.h: the quick way)
 *	cpumap.c   the map of the dma-buf (CPU side): faults
 *	mode.c     coherent, noncoherent, trap: what a bracket and a touch do in each
 *	cache.c    the model of the cache
 *	device.c   device work: touching the bytes of the device side
 *	job.c      jobs: the ioctl that submits one
 *	job_run.c  jobs: fence, steps, deadline, end
 *	trap.c     touches outside brackets: who did it
 *	kms.h      the display, and who does what for it
 *	ioctl.c, debugfs.c, trace.h	telling of it
 *
 * Who calls whom: drv, gem, dmabuf, ioctl, debugfs call cpumap and mode; cpumap calls mode; mode
 * calls bracket, trap, cache, attach, ptes, memory, and these nobody above them.
 *
 * Locks, outermost first:
 *
 *	mmap_lock or a VMA's lock	a fault comes with it
 *	dma_resv			map_dma_buf and vmap come with it
 *	sl_buffer.lock			the mode, copies, zap, check and insert; faults and hooks
 *					allocate under it. No copy_to_user under it: that may
 *					fault and take mmap_lock
 *	the mapping's i_mmap_rwsem	zapping
 *	sl_buffer.maps_lock		the kernel's map
 *	sl_buffer.sync_lock		maps of importing drivers: between a sync for the CPU and
 *					one for the device. Nobody who holds it waits, for
 *					memory or a fence: so the work that composes may take
 *					it, of several buffers. A job tries it, and comes again
 *	sl_buffer.brackets.lock		spinlock: which brackets are open, and their counters
 *	sl_buffer.bytes			spinlock: bytes, bases, line state; all that device work
 *					(jobs, scanout, writeback) takes for a page
 *	sl_device.log_lock		spinlock: the log of touches
 *	sl_kms.lock			spinlock, taken by the timer: interrupts off. The core's
 *					locks of vblanks are outside, the timer's inside; none
 *					of the above
 *
 * sl_device.list_lock (the list of buffers) is outside sl_buffer.lock for who lists, and is taken
 * under it by nobody. Who sums up waits for no buffer under it but one that is being freed.
 * sl_device.asked_lock (who asked for SIGBUS) is a spinlock of its own.
 *
 * A job is submitted under dma_resv of its buffers, after all that allocates or maps. From there to
 * the signal of its fence it waits for spinlocks alone, sl_buffer.bytes and brackets.lock; from a
 * fence that it waits for it may be called in an interrupt, and then takes no lock at all.
 */
#ifndef STALELINE_SL_H
#define STALELINE_SL_H

#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/iosys-map.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <uapi/linux/dma-buf.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#include "bracket.h"
#include "cache.h"
#include "compat.h"
#include "kms.h"
#include "staleline_drm.h"

/* Of a size that user space chose: it hears of -ENOMEM, and the log does not. */
#define SL_GFP_SIZED (GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

#define SL_LOG_LENGTH 128
/* Counters of brackets, from 0 on. */
#define SL_NBRACKET (DRM_STALELINE_ABANDONED + 1)
/* Counters of device work, from DRM_STALELINE_JOB_DIRTY on. */
#define SL_NDEVICE (DRM_STALELINE_NCOUNTERS - DRM_STALELINE_JOB_DIRTY)

/* One touch outside a bracket. */
struct sl_touch {
	u64 when_ns;
	u32 buffer;
	u32 allowed; /* what open brackets allow: DMA_BUF_SYNC_* */
	unsigned long page;
	pid_t pid;
	bool write;
	bool sigbus;
	char comm[TASK_COMM_LEN];
};

struct sl_device {
	struct drm_device drm;
	atomic64_t bytes; /* of all buffers, with the copies they may come to have */
	atomic_t next_id;
	atomic_t files; /* open card nodes */

	struct mutex list_lock; /* guards what follows */
	struct list_head buffers;
	size_t nbuffers;
	u64 past[DRM_STALELINE_NCOUNTERS]; /* of buffers that are no more */

	spinlock_t asked_lock;	 /* guards @askers, and sigbus in them */
	struct list_head askers; /* sl_file */

	spinlock_t log_lock;		    /* guards what follows */
	struct sl_touch log[SL_LOG_LENGTH]; /* a ring */
	u64 logged;

	struct sl_kms kms;
};

/* A card node that is open, or whose jobs are not done. */
struct sl_file {
	struct kref ref;
	atomic_t pending;      /* jobs that are not done */
	struct list_head link; /* in sl_device.askers, while @sigbus is not NULL */
	struct pid *sigbus;    /* the process that asked for SIGBUS */
};

struct sl_buffer {
	struct drm_gem_object gem;
	struct list_head link; /* in sl_device.buffers */
	u32 id;
	unsigned long npages;
	struct page **pages; /* the device side; in coherent and trap mode the CPU's too */
	u64 charged;	     /* our share of sl_device.bytes */

	struct sl_brackets brackets;

	struct mutex maps_lock; /* guards what follows */
	unsigned int vmaps;
	void *vaddr; /* while @vmaps */

	struct mutex sync_lock; /* guards what follows; see above */
	struct list_head maps;	/* sl_map */

	struct mutex lock;   /* all that follows */
	struct inode *inode; /* of its first dma-buf's file: all its maps are found here */
	u32 mode, hook;
	bool moving; /* lines are moved without sync_lock: nobody had mapped it when that began */
	struct cache_params params;
	/* Changed under @lock and @bytes, read under either; arrays: noncoherent only. */
	struct cache cache;
	unsigned long *touched[2]; /* trap mode only: pages counted since a SYNC; [write] */
	u64 count[DRM_STALELINE_NCOUNTERS]; /* brackets': under @brackets.lock alone */

	spinlock_t bytes; /* and what follows: all that device work needs */
	bool evicted;	  /* by device work, since it began */
	u64 device_count[SL_NDEVICE];
};

/*
 * What device work touches: one of our buffers, or another driver's, mapped for the kernel. Got
 * and put where one may sleep; between the two, read and written to from anywhere but interrupts.
 */
struct sl_surface {
	struct drm_gem_object *gem; /* a reference; NULL: none */
	struct iosys_map map;	    /* of another driver's buffer */
};

static inline struct sl_device *to_sl_device(struct drm_device *drm)
{
	return container_of(drm, struct sl_device, drm);
}

static inline struct sl_buffer *to_sl_buffer(struct drm_gem_object *gem)
{
	return container_of(gem, struct sl_buffer, gem);
}

static inline struct sl_device *sl_device_of(struct sl_buffer *buf)
{
	return to_sl_device(buf->gem.dev);
}

/* By an importing driver or the kernel. */
static inline bool sl_is_mapped(struct sl_buffer *buf)
{
	/*
	 * Pairs with the cmpxchg of sl_bracket_slow() between the listing of a map and its making:
	 * either the map is seen here, or the making of it has seen all that was stored before.
	 */
	smp_mb();
	return !list_empty(&buf->maps) || READ_ONCE(buf->vaddr);
}

/* Then a bracket only has to be kept, unless @hook or inject= want more. */
static inline bool sl_nothing_moves(struct sl_buffer *buf)
{
	return READ_ONCE(buf->mode) == DRM_STALELINE_MODE_COHERENT && !sl_is_mapped(buf);
}

static inline void sl_count(struct sl_buffer *buf, enum drm_staleline_counter which, u64 n)
{
	buf->count[which] += n;
}

/* params.c */
struct sl_defaults {
	u32 mode, hook;
	struct cache_params cache;
};

extern bool sl_render;
extern const char *const sl_mode_words[]; /* by DRM_STALELINE_MODE_* */
u64 sl_max_buffer(void);
u64 sl_max_total(void);
void sl_defaults_get(struct sl_defaults *defaults);

/* gem.c */
int sl_dumb_create(struct drm_file *file, struct drm_device *drm,
		   struct drm_mode_create_dumb *args);
int sl_dumb_map_offset(struct drm_file *file, struct drm_device *drm, u32 handle, u64 *offset);
int sl_node_mmap(struct file *file, struct vm_area_struct *vma);
struct drm_gem_object *sl_import_sg(struct drm_device *drm, struct dma_buf_attachment *attach,
				    struct sg_table *sgt);
void sl_counts(struct sl_buffer *buf, u64 *value);
/* Of all buffers that are and were: 0 or -ENOMEM. */
int sl_counts_all(struct sl_device *sl, u64 *value);
bool sl_is_buffer(const struct drm_gem_object *gem);
/* Our own buffer with a reference, or -ENOENT, or -EOPNOTSUPP for an imported one. */
struct sl_buffer *sl_buffer_lookup(struct drm_file *file, u32 handle);

/* memory.c: 0 or -ENOMEM; charging counts against max_total_mib. */
int sl_charge(struct sl_buffer *buf, u64 bytes);
void sl_uncharge(struct sl_buffer *buf, u64 bytes);
int sl_pages_alloc(struct sl_buffer *buf);
void sl_pages_free(struct sl_buffer *buf);

/* ptes.c */
/* Inserts pages of the device side around the fault, as many as one step may take. */
vm_fault_t sl_insert_device(struct sl_buffer *buf, struct vm_fault *vmf, pgoff_t page,
			    pgoff_t start);
/*
 * The next touch of each page, or of one, through the dma-buf's maps faults; under the buffer's
 * lock.
 */
void sl_zap(struct sl_buffer *buf);
void sl_zap_page(struct sl_buffer *buf, pgoff_t page);

/* dmabuf.c */
struct dma_buf *sl_export(struct drm_gem_object *gem, int flags);
struct drm_gem_object *sl_import(struct drm_device *drm, struct dma_buf *dmabuf);

/* attach.c: dma_buf_ops, and what the hooks of SYNC owe to those who have mapped the buffer. */
struct sg_table *sl_map(struct dma_buf_attachment *attach, enum dma_data_direction dir);
void sl_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt, enum dma_data_direction dir);
int sl_vmap(struct dma_buf *dmabuf, struct iosys_map *map);
void sl_vunmap(struct dma_buf *dmabuf, struct iosys_map *map);
void sl_sync_for_cpu(struct sl_buffer *buf);
void sl_sync_for_device(struct sl_buffer *buf);
/*
 * The two around what moves bytes of the device side, and no other such work between them, under
 * the buffer's lock. Was anything @stored?
 */
void sl_sync_enter(struct sl_buffer *buf);
void sl_sync_leave(struct sl_buffer *buf, bool stored);
/* Whoever began before now is done. */
void sl_sync_wait_out(struct sl_buffer *buf);
/* The same for device work. Try: false, nothing is held. Wait: for the nth of several. */
bool sl_sync_try(struct sl_buffer *buf);
void sl_sync_wait(struct sl_buffer *buf, unsigned int nth);
void sl_sync_done(struct sl_buffer *buf, bool wrote);

/* cpumap.c */
int sl_cpu_mmap(struct sl_buffer *buf, struct vm_area_struct *vma);

/* mode.c, under the buffer's lock. */
int sl_mode_enter(struct sl_buffer *buf, u32 mode);
void sl_mode_leave(struct sl_buffer *buf);
/* @others: what brackets of other processes allow, the same for both. */
int sl_mode_prepare(struct sl_buffer *buf, u32 flags, u32 others);
void sl_mode_start(struct sl_buffer *buf, u32 flags, u32 others);
void sl_mode_end(struct sl_buffer *buf, u32 flags);
void sl_mode_tick(struct sl_buffer *buf);
/* What the model counted since the last time becomes the buffer's. */
void sl_mode_counts(struct sl_buffer *buf);
/* The CPU touches a page: 0, or what the fault is to answer. Then the page to be mapped for it. */
vm_fault_t sl_mode_touch(struct sl_buffer *buf, pgoff_t page, bool write);
struct page *sl_mode_page(struct sl_buffer *buf, pgoff_t page);

/*
 * device.c. The surface takes a reference of its own: 0, or -errno and nothing is held. Offsets and
 * sizes have been checked. Reading counts the lines that are dirty as @dirty, one of the
 * DRM_STALELINE_*_DIRTY.
 */
bool sl_may_write(const struct drm_gem_object *gem);
int sl_surface_get(struct sl_surface *surface, struct drm_gem_object *gem);
void sl_surface_put(struct sl_surface *surface);
/*
 * Around what is done in one go, for other devices that have mapped the buffer. There is nothing to
 * do for another driver's. Try: false, somebody else is at it, and nothing is held. Wait, for the
 * nth of several: false, there was nothing to do, and nothing is held.
 */
bool sl_surface_try(struct sl_surface *surface);
bool sl_surface_wait(struct sl_surface *surface, unsigned int nth, bool to_write);
void sl_surface_done(struct sl_surface *surface, bool wrote);
void sl_surface_read(struct sl_surface *surface, u64 at, void *to, size_t size,
		     enum drm_staleline_counter dirty);
void sl_surface_write(struct sl_surface *surface, u64 at, const void *from, size_t size);
/* Of our own buffer its number; 0 of another driver's. */
u32 sl_surface_id(const struct sl_surface *surface);
/* One more of DRM_STALELINE_JOBS or _SCANOUTS. */
void sl_surface_count(struct sl_surface *surface, enum drm_staleline_counter which);

/* trap.c */
vm_fault_t sl_trap(struct sl_buffer *buf, pgoff_t page, bool write, u32 allowed);
void sl_ask_sigbus(struct sl_device *sl, struct sl_file *file, bool on);

/* drv.c */
void sl_file_put(struct sl_file *file);

/* job.c, job_run.c; the last also after a first that failed. */
int sl_ioctl_job(struct drm_device *drm, void *data, struct drm_file *file);
int sl_jobs_init(void);
void sl_jobs_exit(void);

/* ioctl.c */
extern const struct drm_ioctl_desc sl_ioctls[];
extern const int sl_nioctls;

/* debugfs.c */
void sl_debugfs_init(struct drm_minor *minor);

#endif
