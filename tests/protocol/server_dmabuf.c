// SPDX-License-Identifier: MIT
/* server: linux-dmabuf, with every way in which its feedback can be wrong. It imports nothing. */
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux-dmabuf-v1-server-protocol.h"
#include "server.h"

struct entry {
	uint32_t fourcc, padding;
	uint64_t modifier;
};

/* What is offered: the entries of a feedback's table, or the modifier events of version 3. */
static size_t offered(const struct script *script, struct entry entries[3])
{
	static const struct entry lists[][3] = {
		[XRGB_LINEAR] = { { DRM_FORMAT_XRGB8888, 0, I915_FORMAT_MOD_X_TILED },
				  { DRM_FORMAT_XRGB8888, 0xffffffff, DRM_FORMAT_MOD_LINEAR },
				  { DRM_FORMAT_ARGB8888, 0, DRM_FORMAT_MOD_LINEAR } },
		[XRGB_INVALID] = { { DRM_FORMAT_XRGB8888, 0, DRM_FORMAT_MOD_INVALID } },
		[XRGB_TILED] = { { DRM_FORMAT_XRGB8888, 0, I915_FORMAT_MOD_X_TILED } },
		[OTHER_LINEAR] = { { DRM_FORMAT_NV12, 0, DRM_FORMAT_MOD_LINEAR } },
		[NO_FORMATS] = { { 0, 0, 0 } },
	};
	size_t count = 0;

	while (count < 3 && lists[script->formats][count].fourcc) {
		entries[count] = lists[script->formats][count];
		count++;
	}
	return count;
}

/* --- buffers --- */

static const struct wl_buffer_interface buffer_implementation = {
	.destroy = destroy_resource,
};

/* Which file it is counts, not the number: that is another here than in the client. */
static void look_at_plane(struct run *run, int fd, uint32_t plane, uint32_t offset)
{
	struct stat file = { 0 };
	uint8_t mark = 0;

	fstat(fd, &file);
	if (pread(fd, &mark, 1, offset) < 0)
		mark = 0;
	run->seen->planes[plane].file = file.st_ino;
	run->seen->planes[plane].offset = offset;
	run->seen->planes[plane].mark = mark;
}

static void params_add(struct wl_client *client, struct wl_resource *resource, int32_t fd,
		       uint32_t plane, uint32_t offset, uint32_t stride, uint32_t hi, uint32_t lo)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	if (plane > (run->script->formats == OTHER_LINEAR) || stride < 4)
		wrong(run, "a plane that a card hasn't");
	else
		look_at_plane(run, fd, plane, offset);
	run->seen->modifier = (uint64_t)hi << 32 | lo;
	if (run->fd >= 0)
		close(run->fd);
	run->fd = fd;
}

/* The answer of `create` is an event, that of `create_immed` the object that is made, or an error. */
static void import(struct wl_client *client, struct wl_resource *resource, uint32_t id,
		   int32_t width, int32_t height, uint32_t fourcc, uint32_t flags)
{
	struct run *run = wl_resource_get_user_data(resource);
	struct wl_resource *buffer;

	uint32_t expected =
		run->script->formats == OTHER_LINEAR ? DRM_FORMAT_NV12 : DRM_FORMAT_XRGB8888;

	if (width <= 0 || height <= 0 || fourcc != expected || flags)
		wrong(run, "a buffer that a card isn't");
	if (reached(run, resource, AT_IMPORT) || run->script->no_answer ||
	    !global_asked(run, GLOBAL_DMABUF))
		return;
	if (run->script->refuse && id) {
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER,
				       "importing the dma-buf failed");
		return;
	}
	run->seen->imports++;
	globals_import(run);
	if (run->script->refuse || (run->seen->imports >= run->script->refuse_from &&
				    run->seen->imports <= run->script->refuse_to)) {
		run->seen->refused++;
		zwp_linux_buffer_params_v1_send_failed(resource);
		return;
	}
	buffer = make(run, client, &wl_buffer_interface, resource, id, &buffer_implementation);
	if (run->script->fence_ms)
		fence_imported(run, buffer, run->fd);
	if (!id)
		zwp_linux_buffer_params_v1_send_created(resource, buffer);
	size_imported(run, buffer, width, height);
	run->seen->immediate += id != 0;
}

static void params_create(struct wl_client *client, struct wl_resource *resource, int32_t width,
			  int32_t height, uint32_t fourcc, uint32_t flags)
{
	import(client, resource, 0, width, height, fourcc, flags);
}

static void params_create_immed(struct wl_client *client, struct wl_resource *resource, uint32_t id,
				int32_t width, int32_t height, uint32_t fourcc, uint32_t flags)
{
	import(client, resource, id, width, height, fourcc, flags);
}

static const struct zwp_linux_buffer_params_v1_interface params_implementation = {
	.destroy = destroy_resource,
	.add = params_add,
	.create = params_create,
	.create_immed = params_create_immed,
};

/* --- feedback --- */

static void send_table(struct wl_resource *feedback, enum flaw flaw)
{
	struct run *run = wl_resource_get_user_data(feedback);
	struct entry entries[3];
	size_t size = offered(run->script, entries) * sizeof(entries[0]);
	int fd = memfd_create("table", MFD_CLOEXEC);
	int ends[2];

	/* An empty table is no table: a mapping has at least a byte. */
	if (fd < 0 || write(fd, entries, size) != (ssize_t)size || pipe(ends) < 0)
		abort();
	if (flaw == TABLE_SHORT)
		size += sizeof(entries[0]);
	if (flaw == TABLE_ODD)
		size -= 1;
	if (size > 0)
		zwp_linux_dmabuf_feedback_v1_send_format_table(
			feedback, flaw == TABLE_PIPE ? ends[0] : fd, (uint32_t)size);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

static void send_tranche(struct wl_resource *feedback, enum flaw flaw, dev_t device, uint32_t flags)
{
	struct run *run = wl_resource_get_user_data(feedback);
	struct entry entries[3];
	struct wl_array bytes;
	uint16_t *index;

	wl_array_init(&bytes);
	memcpy(wl_array_add(&bytes, sizeof(device)), &device, sizeof(device));
	if (flaw == TARGET_SHORT)
		bytes.size = 3;
	zwp_linux_dmabuf_feedback_v1_send_tranche_target_device(feedback, &bytes);
	bytes.size = 0;
	for (size_t i = 0; i < offered(run->script, entries) && flaw != TRANCHE_EMPTY; i++) {
		index = wl_array_add(&bytes, sizeof(*index));
		*index = (uint16_t)i;
	}
	if (flaw == INDEX_BEYOND) {
		index = wl_array_add(&bytes, sizeof(*index));
		*index = 3;
	}
	if (flaw == INDEX_HALF)
		wl_array_add(&bytes, 1);
	zwp_linux_dmabuf_feedback_v1_send_tranche_formats(feedback, &bytes);
	wl_array_release(&bytes);
	zwp_linux_dmabuf_feedback_v1_send_tranche_flags(feedback, flags);
	zwp_linux_dmabuf_feedback_v1_send_tranche_done(feedback);
}

static void send_feedback(struct wl_resource *feedback, enum flaw flaw)
{
	const struct run *run = wl_resource_get_user_data(feedback);
	dev_t device = run->script->device ? run->script->device : SCRIPT_DEVICE;
	struct wl_array bytes;

	if (flaw != TABLE_MISSING)
		send_table(feedback, flaw);
	if (flaw == TABLE_TWICE)
		send_table(feedback, flaw);
	wl_array_init(&bytes);
	memcpy(wl_array_add(&bytes, sizeof(device)), &device, sizeof(device));
	if (flaw == DEVICE_SHORT)
		bytes.size = 2;
	zwp_linux_dmabuf_feedback_v1_send_main_device(feedback, &bytes);
	wl_array_release(&bytes);
	if (flaw == FIT_FOR_SCANOUT)
		send_tranche(feedback, flaw, 0xe200,
			     ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT);
	send_tranche(feedback, flaw, device, 0);
	if (flaw != DONE_MISSING)
		zwp_linux_dmabuf_feedback_v1_send_done(feedback);
}

void dmabuf_resend(struct run *run)
{
	if (run->surface_feedback && run->script->surface_changes)
		send_feedback(run->surface_feedback, run->script->surface_changes);
	if (run->script->flaw == RESENT)
		send_feedback(run->feedback, NO_FLAW);
	if (run->script->flaw == RESENT_EMPTY)
		send_feedback(run->feedback, TRANCHE_EMPTY);
	if (run->script->flaw != RESENT_BAD)
		return;
	send_feedback(run->feedback, INDEX_BEYOND);
	send_feedback(run->feedback, TABLE_SHORT);
}

static const struct zwp_linux_dmabuf_feedback_v1_interface feedback_implementation = {
	.destroy = destroy_resource,
};

static void get_default_feedback(struct wl_client *client, struct wl_resource *resource,
				 uint32_t id)
{
	struct run *run = wl_resource_get_user_data(resource);

	run->feedback = make(run, client, &zwp_linux_dmabuf_feedback_v1_interface, resource, id,
			     &feedback_implementation);
	if (!reached(run, run->feedback, AT_FEEDBACK))
		send_feedback(run->feedback, run->script->flaw);
}

static void get_surface_feedback(struct wl_client *client, struct wl_resource *resource,
				 uint32_t id, struct wl_resource *of)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (wl_resource_get_user_data(of) != run->window)
		wrong(run, "feedback for another surface than the window's");
	run->surface_feedback = make(run, client, &zwp_linux_dmabuf_feedback_v1_interface, resource,
				     id, &feedback_implementation);
	if (!run->script->surface_silent)
		send_feedback(run->surface_feedback, run->script->surface_flaw);
}

static void create_params(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	make(wl_resource_get_user_data(resource), client, &zwp_linux_buffer_params_v1_interface,
	     resource, id, &params_implementation);
}

static const struct zwp_linux_dmabuf_v1_interface dmabuf_implementation = {
	.destroy = destroy_resource,
	.create_params = create_params,
	.get_default_feedback = get_default_feedback,
	.get_surface_feedback = get_surface_feedback,
};

static void bind_dmabuf(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;
	struct wl_resource *resource =
		wl_resource_create(client, &zwp_linux_dmabuf_v1_interface, (int)version, id);
	struct entry entries[3];

	wl_resource_set_implementation(resource, &dmabuf_implementation, run, NULL);
	if (reached(run, resource, AT_DMABUF) || version >= 4)
		return;
	for (size_t i = 0; i < offered(run->script, entries); i++) {
		zwp_linux_dmabuf_v1_send_format(resource, entries[i].fourcc);
		if (version >= 3)
			zwp_linux_dmabuf_v1_send_modifier(resource, entries[i].fourcc,
							  (uint32_t)(entries[i].modifier >> 32),
							  (uint32_t)entries[i].modifier);
	}
}

struct wl_global *offer_dmabuf(struct run *run)
{
	/* libwayland offers no version above the interface's; a compositor of the future does. */
	static struct wl_interface newer;
	int version = run->script->dmabuf > 0 ? run->script->dmabuf : 5;

	newer = zwp_linux_dmabuf_v1_interface;
	newer.version = 100;
	return wl_global_create(run->display, &newer, version, run, bind_dmabuf);
}

void add_dmabuf(struct run *run)
{
	if (run->script->dmabuf != ABSENT)
		offer_global(run, GLOBAL_DMABUF);
}
