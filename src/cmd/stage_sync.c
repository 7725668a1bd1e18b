// SPDX-License-Identifier: MIT
/* stage_sync: which kind of sync a run has with the compositor. See stage_sync.h. */
#include "cmd/stage_sync.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buffer/drm_node.h"
#include "sync/sync_file.h"
#include "sync/timeline.h"

static const char *const names[] = {
	[SHOW_SYNC_AUTO] = "auto",
	[SHOW_SYNC_IMPLICIT] = "implicit",
	[SHOW_SYNC_FILE] = "sync-file",
	[SHOW_SYNC_SYNCOBJ] = "syncobj",
};

const char *stage_sync_name(enum show_sync sync)
{
	return names[sync];
}

/* The device whose timelines are taken. */
struct found {
	int fd;
	char path[PATH_MAX];
};

/* The first that makes timelines; a node that can't be opened is passed over. */
static int try_node(void *data, const char *path)
{
	struct found *found = data;
	int fd = drm_node_open_fd(path);

	if (fd < 0)
		return 0;
	if (!timeline_can(fd)) {
		close(fd);
		return 0;
	}
	found->fd = fd;
	snprintf(found->path, sizeof(found->path), "%s", path);
	return 1;
}

/* Any device will do: a syncobj is not bound to the one that a buffer is from. */
static int use_syncobj(struct stage *stage, struct why *why)
{
	const struct offer *offer = &stage->conn.offer;
	struct found found = { .fd = -1 };
	int err;

	if (!stage->conn.syncobj)
		return why_set(why, -EOPNOTSUPP,
			       "the compositor offers no wp_linux_drm_syncobj_manager_v1");
	drm_node_each(offer->has_main_device ? offer->main_device : 0, try_node, &found);
	if (found.fd < 0)
		return why_set(why, -EOPNOTSUPP,
			       "no DRM device here that may be opened makes syncobj timelines; "
			       "`staleline list` shows which can what");
	err = window_use_syncobj(&stage->window, found.fd, why);
	if (!err)
		why_set(why, 0, "the compositor offers it, and %s makes timelines", found.path);
	return err;
}

int stage_choose_sync(struct stage *stage, struct why *why)
{
	enum show_sync wish = stage->options->sync;
	int err;

	stage->sync = wish;
	why_set(why, 0, "asked for");
	if (wish == SHOW_SYNC_SYNCOBJ || wish == SHOW_SYNC_AUTO) {
		err = use_syncobj(stage, why);
		if (err == -EOPNOTSUPP && wish == SHOW_SYNC_AUTO)
			stage->sync = SHOW_SYNC_IMPLICIT;
		else if (err)
			return why_prefix(why, err, "--sync=%s: ", names[wish]);
		else
			stage->sync = SHOW_SYNC_SYNCOBJ;
	}
	fprintf(stderr, "staleline: sync: %s: %s\n", names[stage->sync], why->text);
	why->text[0] = '\0';
	return 0;
}

int stage_set_sync(struct stage *stage, enum show_sync sync, struct why *why)
{
	struct window *window = &stage->window;
	int err = 0;

	if (sync == SHOW_SYNC_FILE)
		err = stage_try_sync_file(&stage->slots[0].buffer, why);
	else if (sync == SHOW_SYNC_SYNCOBJ && !window_has_syncobj(window))
		err = use_syncobj(stage, why);
	else if (sync == SHOW_SYNC_SYNCOBJ)
		err = window_set_explicit(window, true, why);
	if (err)
		return err;
	if (sync != SHOW_SYNC_SYNCOBJ && window_has_syncobj(window))
		window_set_explicit(window, false, why);
	stage->sync = sync;
	return 0;
}

bool stage_next_sync(struct stage *stage)
{
	static const enum show_sync next[] = {
		[SHOW_SYNC_IMPLICIT] = SHOW_SYNC_FILE,
		[SHOW_SYNC_FILE] = SHOW_SYNC_SYNCOBJ,
		[SHOW_SYNC_SYNCOBJ] = SHOW_SYNC_IMPLICIT,
	};
	enum show_sync before = stage->sync, sync = next[before];

	for (; sync != before; sync = next[sync]) {
		struct why why = { "" };

		if (!window_can_import_as(&stage->window, sync == SHOW_SYNC_SYNCOBJ, &why) &&
		    !stage_set_sync(stage, sync, &why)) {
			fprintf(stderr, "staleline: sync: %s: a key asked for it\n", names[sync]);
			return true;
		}
		fprintf(stderr, "staleline: sync: not %s: %s\n", names[sync], why.text);
	}
	return false;
}

int stage_try_sync_file(struct buffer *buffer, struct why *why)
{
	int fd = access_snapshot(&buffer->access, ACCESS_WRITE);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd == -ENOTTY)
		return why_set(why, fd,
			       "--sync=sync-file: this kernel has no "
			       "DMA_BUF_IOCTL_EXPORT_SYNC_FILE (R23); take Linux 6.0 or later, or "
			       "--sync=implicit");
	return why_set(why, fd, "--sync=sync-file: export the fences of buffer %u: %s",
		       buffer->number, strerror(-fd));
}
