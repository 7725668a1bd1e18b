// SPDX-License-Identifier: MIT
/*
 * server: linux-drm-syncobj-v1, as strict as the protocol lets it be. It ends a client for each of the
 * protocol's errors; and what the protocol only asks for is written down as wrong.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "linux-drm-syncobj-v1-server-protocol.h"
#include "server.h"

/* A timeline that the client gave us. */
struct line {
	struct run *run;
	uint32_t handle;
	uint64_t last; /* the latest release point named on it */
};

/* A point on one; no line: none. */
struct point {
	struct line *line;
	uint64_t value;
};

/* A commit whose release point is not signalled yet. */
struct use {
	struct wl_resource *buffer; /* only to compare: it may be gone */
	struct point release;
};

enum { MAX_USES = 16, LATE_MS = 60 };

struct sync_surface {
	struct run *run;
	struct wl_resource *resource;
	struct point acquire, release; /* pending */
	struct use uses[MAX_USES];
	int count;
	struct wl_resource *kept; /* for good */
	bool orphan;		  /* its surface is gone */
};

static void signal_point(struct run *run, struct point point)
{
	if (drmSyncobjTimelineSignal(run->drm_fd, &point.line->handle, &point.value, 1) < 0)
		abort();
}

static bool is_signalled(struct run *run, struct point point)
{
	return drmSyncobjTimelineWait(run->drm_fd, &point.line->handle, &point.value, 1, 0,
				      DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, NULL) == 0;
}

/* --- release --- */

/* Signal the points of the oldest uses, all but the last @keep. */
static void release_uses(struct sync_surface *sync, int keep)
{
	enum points how = sync->run->script->points;

	while (sync->count > keep) {
		struct point point = sync->uses[0].release;

		if (how == POINTS_AHEAD)
			point.value += 1000;
		signal_point(sync->run, point);
		if (how == POINTS_TWICE)
			signal_point(sync->run, point);
		sync->count--;
		for (int i = 0; i < sync->count; i++)
			sync->uses[i] = sync->uses[i + 1];
	}
}

/* A later commit is released before an earlier one: not the order in which they were committed. */
static void release_crosswise(struct sync_surface *sync)
{
	struct use first = sync->uses[0];

	if (sync->count < 3)
		return;
	sync->uses[0] = sync->uses[1];
	sync->uses[1] = first;
	release_uses(sync, sync->count - 2);
}

/* The first commit keeps its buffer for good. */
static void release_but_first(struct sync_surface *sync)
{
	if (sync->run->seen->explicit_commits == 2) {
		sync->kept = sync->uses[0].buffer;
		sync->uses[0] = sync->uses[--sync->count];
	}
	release_uses(sync, 1);
}

static int release_late(void *data)
{
	release_uses(data, 1);
	return 0;
}

static void replaced(struct sync_surface *sync)
{
	switch (sync->run->script->points) {
	case POINTS_NEVER:
		break;
	case POINTS_LATE:
		wl_event_source_timer_update(sync->run->late, sync->run->script->late_ms
								      ? sync->run->script->late_ms
								      : LATE_MS);
		break;
	case POINTS_BUT_FIRST:
		release_but_first(sync);
		break;
	case POINTS_CROSSWISE:
		release_crosswise(sync);
		break;
	default:
		release_uses(sync, 1);
	}
}

/* --- commit --- */

/* What only a strict server looks at. */
static void check_points(struct sync_surface *sync, struct wl_resource *buffer)
{
	struct run *run = sync->run;
	bool ahead = run->script->points == POINTS_AHEAD; /* then we have lied, and nothing holds */

	if (!is_signalled(run, sync->acquire))
		wrong(run, "an acquire point that waits for the CPU");
	if (!ahead && is_signalled(run, sync->release))
		wrong(run, "a release point that is signalled already");
	if (sync->release.value <= sync->release.line->last)
		wrong(run, "a release point that was named before");
	if (buffer == sync->kept)
		wrong(run, "a buffer whose release point is never signalled");
	for (int i = 0; i < sync->count; i++)
		if (sync->uses[i].buffer == buffer && !run->script->again)
			wrong(run, "a buffer again before its release point was signalled");
		else if (!ahead && sync->uses[i].release.line == sync->release.line &&
			 !run->gone[GLOBAL_SYNCOBJ]) /* then there is no other */
			wrong(run, "two pending release points on one timeline");
}

bool syncobj_committed(struct run *run, struct wl_resource *buffer)
{
	struct sync_surface *sync = run->sync_surface;
	int error = -1;

	if (!sync && buffer && run->left) {
		/* Points are not affected by the end of the object that named them: now they are replaced. */
		release_uses(run->left, 0);
		run->left = NULL;
		run->seen->sync_left++;
	}
	if (!sync)
		return true;
	if (!buffer && (sync->acquire.line || sync->release.line))
		error = WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_BUFFER;
	else if (buffer && !sync->acquire.line)
		error = WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_ACQUIRE_POINT;
	else if (buffer && !sync->release.line)
		error = WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_RELEASE_POINT;
	else if (buffer && sync->acquire.line == sync->release.line)
		error = WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_CONFLICTING_POINTS;
	else if (buffer && wl_shm_buffer_get(buffer))
		error = WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_UNSUPPORTED_BUFFER;
	if (error >= 0) {
		wl_resource_post_error(sync->resource, (uint32_t)error, "no right points");
		return false;
	}
	if (!buffer)
		return true;
	check_points(sync, buffer);
	if (sync->count == MAX_USES)
		abort();
	sync->release.line->last = sync->release.value;
	sync->uses[sync->count++] = (struct use){ buffer, sync->release };
	sync->acquire = sync->release = (struct point){ 0 };
	run->seen->explicit_commits++;
	wl_buffer_send_release(buffer); /* undefined here: must be taken for nothing */
	replaced(sync);
	return true;
}

/* --- requests --- */

static void destroy_sync(struct wl_client *client, struct wl_resource *resource)
{
	struct sync_surface *sync = wl_resource_get_user_data(resource);

	(void)client;
	sync->run->sync_surface = NULL;
	sync->run->left = sync;
	wl_resource_destroy(resource);
}

/* The protocol has it inert from here on; but who still has it may still name points, which is an error. */
void syncobj_surface_gone(struct run *run)
{
	if (!run->sync_surface)
		return;
	wrong(run, "a surface was destroyed before its object of explicit sync");
	run->sync_surface->orphan = true;
}

static void set_point(struct wl_resource *resource, bool acquire, struct wl_resource *timeline,
		      uint32_t hi, uint32_t lo)
{
	struct sync_surface *sync = wl_resource_get_user_data(resource);
	struct point point = { wl_resource_get_user_data(timeline), (uint64_t)hi << 32 | lo };

	if (sync->orphan) {
		wl_resource_post_error(resource, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_SURFACE,
				       "its surface is gone");
		return;
	}
	*(acquire ? &sync->acquire : &sync->release) = point;
}

static void set_acquire(struct wl_client *client, struct wl_resource *resource,
			struct wl_resource *timeline, uint32_t hi, uint32_t lo)
{
	(void)client;
	set_point(resource, true, timeline, hi, lo);
}

static void set_release(struct wl_client *client, struct wl_resource *resource,
			struct wl_resource *timeline, uint32_t hi, uint32_t lo)
{
	(void)client;
	set_point(resource, false, timeline, hi, lo);
}

static const struct wp_linux_drm_syncobj_surface_v1_interface surface_implementation = {
	.destroy = destroy_sync,
	.set_acquire_point = set_acquire,
	.set_release_point = set_release,
};

static void get_surface(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			struct wl_resource *of)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct sync_surface *sync = calloc(1, sizeof(*sync));

	if (!sync)
		abort();
	global_asked(run, GLOBAL_SYNCOBJ);
	if (run->sync_surface || run->script->refuse_sync) {
		wl_resource_post_error(resource,
				       WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_ERROR_SURFACE_EXISTS,
				       "it has one");
		return;
	}
	if (wl_resource_get_user_data(of) != run->window)
		wrong(run, "explicit sync of another surface than the window's");
	sync->run = run;
	sync->resource = make(run, client, &wp_linux_drm_syncobj_surface_v1_interface, resource, id,
			      &surface_implementation);
	wl_resource_set_user_data(sync->resource, sync);
	run->sync_surface = sync;
	if (run->left) { /* and nothing was committed in between */
		sync->count = run->left->count;
		memcpy(sync->uses, run->left->uses, sizeof(sync->uses));
		run->left = NULL;
		run->seen->sync_left++;
	}
	run->late = wl_event_loop_add_timer(wl_display_get_event_loop(run->display), release_late,
					    sync);
}

static const struct wp_linux_drm_syncobj_timeline_v1_interface timeline_implementation = {
	.destroy = destroy_resource, /* its points stay as they are */
};

static void import_timeline(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			    int32_t fd)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct line *line = calloc(1, sizeof(*line));
	int err;

	if (!line)
		abort();
	line->run = run;
	global_asked(run, GLOBAL_SYNCOBJ);
	err = drmSyncobjFDToHandle(run->drm_fd, fd, &line->handle);
	close(fd);
	if (reached(run, resource, AT_TIMELINE))
		return;
	if (err || run->script->refuse_timeline) {
		wl_resource_post_error(resource,
				       WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_ERROR_INVALID_TIMELINE,
				       "not a timeline");
		return;
	}
	run->seen->timelines++;
	wl_resource_set_user_data(make(run, client, &wp_linux_drm_syncobj_timeline_v1_interface,
				       resource, id, &timeline_implementation),
				  line);
}

static const struct wp_linux_drm_syncobj_manager_v1_interface manager_implementation = {
	.destroy = destroy_resource,
	.get_surface = get_surface,
	.import_timeline = import_timeline,
};

static void bind_syncobj(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(
		wl_resource_create(client, &wp_linux_drm_syncobj_manager_v1_interface, (int)version,
				   id),
		&manager_implementation, data, NULL);
}

struct wl_global *offer_syncobj(struct run *run)
{
	/* As linux-dmabuf's: a compositor of the future. */
	static struct wl_interface newer;
	int version = run->script->syncobj > 0 ? run->script->syncobj : 1;

	newer = wp_linux_drm_syncobj_manager_v1_interface;
	newer.version = 100;
	return wl_global_create(run->display, &newer, version, run, bind_syncobj);
}

void add_syncobj(struct run *run)
{
	if (run->script->syncobj != ABSENT)
		offer_global(run, GLOBAL_SYNCOBJ);
}
