// SPDX-License-Identifier: GPL-2.0
/*
 * DRM_IOCTL_STALELINE_JOB: everything that can fail comes first, then the job's fence is made known
 * and the job is started. job_run.c has the rest.
 */
#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/overflow.h>
#include <linux/sync_file.h>

#include <drm/drm_syncobj.h>

#include "job.h"
#include "trace.h"

#define JOB_FLAGS                                                                                  \
	(DRM_STALELINE_JOB_EXPLICIT | DRM_STALELINE_JOB_SCATTERED | DRM_STALELINE_JOB_IN_FILE |    \
	 DRM_STALELINE_JOB_OUT_FILE | DRM_STALELINE_JOB_IN_POINT | DRM_STALELINE_JOB_OUT_POINT)

/* A job on its way, with what makes its fence known. */
struct submission {
	struct sl_job *job;
	int fd;
	struct sync_file *file;
	struct drm_syncobj *syncobj;
	struct dma_fence_chain *chain; /* until it is the syncobj's */
};

/* A field says something where its flag or kind does not ask for it. */
static bool says_too_much(const struct drm_staleline_job *args)
{
	u32 f = args->flags;

	if (args->kind == DRM_STALELINE_JOB_COPY ? args->value : args->src || args->src_offset)
		return true;
	if (!(f & DRM_STALELINE_JOB_IN_FILE) && args->in_fd)
		return true;
	if (!(f & DRM_STALELINE_JOB_IN_POINT) && (args->in_syncobj || args->in_point))
		return true;
	if (!(f & DRM_STALELINE_JOB_OUT_POINT) && (args->out_syncobj || args->out_point))
		return true;
	return args->out_fd;
}

static int check_args(const struct drm_staleline_job *args)
{
	if (args->flags & ~JOB_FLAGS || args->pad || args->kind > DRM_STALELINE_JOB_COPY)
		return -EINVAL;
	if (!args->steps || args->steps > DRM_STALELINE_JOB_MAX_STEPS ||
	    args->duration_us > DRM_STALELINE_JOB_MAX_US)
		return -EINVAL;
	if (!args->size ||
	    (args->size | args->dst_offset | args->src_offset) % DRM_STALELINE_LINE_SIZE)
		return -EINVAL;
	return says_too_much(args) ? -EINVAL : 0;
}

/* Bytes that there are: an imported object is rounded up to pages, its dma-buf need not be. */
static u64 bytes_of(const struct drm_gem_object *gem)
{
	return sl_is_buffer(gem) ? gem->size : gem->import_attach->dmabuf->size;
}

static int check_buffer(const struct drm_gem_object *gem, u64 offset, u64 size, bool write)
{
	u64 end;

	if (check_add_overflow(offset, size, &end) || end > bytes_of(gem))
		return -EINVAL;
	if (write && !sl_may_write(gem))
		return -EACCES;
	return 0;
}

static int get_surface(struct sl_surface *surface, struct drm_file *file, u32 handle, u64 offset,
		       u64 size, bool write)
{
	struct drm_gem_object *gem = drm_gem_object_lookup(file, handle);
	int ret;

	if (!gem)
		return -ENOENT;
	ret = check_buffer(gem, offset, size, write);
	if (!ret)
		ret = sl_surface_get(surface, gem);
	drm_gem_object_put(gem);
	return ret;
}

static int get_surfaces(struct sl_job *job, struct drm_file *file,
			const struct drm_staleline_job *args)
{
	int ret;

	ret = get_surface(&job->dst, file, args->dst, args->dst_offset, args->size, true);
	if (ret || args->kind != DRM_STALELINE_JOB_COPY)
		return ret;
	ret = get_surface(&job->src, file, args->src, args->src_offset, args->size, false);
	if (ret)
		return ret;
	return job->src.gem == job->dst.gem ? -EINVAL : 0;
}

/* Points must be there: nobody's promise to submit one later is waited for. */
static int get_in_fences(struct sl_job *job, struct drm_file *file,
			 const struct drm_staleline_job *args)
{
	struct dma_fence *fence;
	int ret;

	if (args->flags & DRM_STALELINE_JOB_IN_FILE) {
		job->deps[SL_DEP_FILE].fence = sync_file_get_fence(args->in_fd);
		if (!job->deps[SL_DEP_FILE].fence)
			return -EINVAL;
	}
	if (args->flags & DRM_STALELINE_JOB_IN_POINT) {
		ret = drm_syncobj_find_fence(file, args->in_syncobj, args->in_point, 0, &fence);
		if (ret)
			return ret;
		job->deps[SL_DEP_POINT].fence = fence;
	}
	return 0;
}

static int get_outs(struct submission *s, struct drm_file *file,
		    const struct drm_staleline_job *args)
{
	if (args->flags & DRM_STALELINE_JOB_OUT_POINT) {
		s->syncobj = drm_syncobj_find(file, args->out_syncobj);
		if (!s->syncobj)
			return -ENOENT;
		if (args->out_point) {
			s->chain = dma_fence_chain_alloc();
			if (!s->chain)
				return -ENOMEM;
		}
	}
	if (args->flags & DRM_STALELINE_JOB_OUT_FILE) {
		s->file = sync_file_create(&s->job->fence);
		if (!s->file)
			return -ENOMEM;
		s->fd = get_unused_fd_flags(O_CLOEXEC);
		if (s->fd < 0)
			return s->fd;
	}
	return 0;
}

/*
 * Room for our fence, and the fences to wait for: of all users of what is written to, of the
 * writers of what is read.
 */
static int prepare_implicit(struct sl_job *job, struct drm_gem_object **gems, int n)
{
	int i, ret;

	for (i = 0; i < n; i++) {
		ret = dma_resv_reserve_fences(gems[i]->resv, 1);
		if (!ret)
			ret = dma_resv_get_singleton(gems[i]->resv, dma_resv_usage_rw(!i),
						     &job->deps[SL_DEP_DST + i].fence);
		if (ret)
			return ret;
	}
	return 0;
}

static void add_implicit(struct sl_job *job, struct drm_gem_object **gems, int n)
{
	int i;

	for (i = 0; i < n; i++)
		dma_resv_add_fence(gems[i]->resv, &job->fence,
				   i ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE);
}

/* Nothing fails from here on, and nothing allocates: somebody may wait for the fence already. */
static void publish(struct submission *s, struct drm_gem_object **gems, int n)
{
	struct sl_job *job = s->job;

	add_implicit(job, gems, n);
	if (s->chain)
		drm_syncobj_add_point(s->syncobj, s->chain, &job->fence, job->args.out_point);
	else if (s->syncobj)
		drm_syncobj_replace_fence(s->syncobj, &job->fence);
	s->chain = NULL;
}

/*
 * Both buffers' locks together, so that no other job comes between two that take the same buffers
 * the other way round. Two buffers of one exporter may have one lock: then the writing counts.
 */
static int submit(struct submission *s)
{
	struct sl_job *job = s->job;
	struct drm_gem_object *gems[] = { job->dst.gem, job->src.gem };
	struct ww_acquire_ctx ctx;
	bool cookie;
	int n = 0, ret;

	if (!(job->args.flags & DRM_STALELINE_JOB_EXPLICIT))
		n = gems[1] && gems[1]->resv != gems[0]->resv ? 2 : 1;
	if (n) {
		ret = drm_gem_lock_reservations(gems, n, &ctx);
		if (ret)
			return ret;
		ret = prepare_implicit(job, gems, n);
		if (ret) {
			drm_gem_unlock_reservations(gems, n, &ctx);
			return ret;
		}
	}
	trace_staleline_job_submit(job->fence.context, sl_surface_id(&job->dst),
				   job->src.gem ? sl_surface_id(&job->src) : 0, &job->args);
	cookie = dma_fence_begin_signalling();
	publish(s, gems, n);
	/* Its buffers may be gone as soon as it is started. */
	if (n)
		drm_gem_unlock_reservations(gems, n, &ctx);
	sl_job_start(job);
	dma_fence_end_signalling(cookie);
	s->job = NULL;
	return 0;
}

static void give_file(struct submission *s, struct drm_staleline_job *args)
{
	if (!s->file)
		return;
	fd_install(s->fd, s->file->file);
	args->out_fd = s->fd;
	s->file = NULL;
	s->fd = -1;
}

static void submission_end(struct submission *s)
{
	if (s->fd >= 0)
		put_unused_fd(s->fd);
	if (s->file)
		fput(s->file->file);
	dma_fence_chain_free(s->chain);
	if (s->syncobj)
		drm_syncobj_put(s->syncobj);
	if (s->job)
		sl_job_abandon(s->job);
}

int sl_ioctl_job(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_staleline_job *args = data;
	struct submission s = { .fd = -1 };
	int ret;

	ret = check_args(args);
	if (ret)
		return ret;
	s.job = sl_job_create(file->driver_priv, args);
	if (IS_ERR(s.job))
		return PTR_ERR(s.job);
	ret = get_surfaces(s.job, file, args);
	if (!ret)
		ret = get_in_fences(s.job, file, args);
	if (!ret)
		ret = get_outs(&s, file, args);
	if (!ret)
		ret = submit(&s);
	if (!ret)
		give_file(&s, args);
	submission_end(&s);
	return ret;
}
