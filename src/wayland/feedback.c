// SPDX-License-Identifier: MIT
/* feedback: how linux-dmabuf says what it takes. See feedback.h. */
#include "wayland/feedback.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux-dmabuf-v1-client-protocol.h"
#include "wayland/connection.h"

/* Keep the first thing that is wrong: what follows from it is noise. */
#define feedback_fail(feedback, errno_, ...)                                                       \
	do {                                                                                       \
		if (!(feedback)->err)                                                              \
			(feedback)->err = why_set(&(feedback)->why, -(errno_), __VA_ARGS__);       \
	} while (0)

static void drop_table(struct feedback *feedback)
{
	if (feedback->table)
		munmap(feedback->table, feedback->table_size);
	feedback->table = NULL;
	feedback->table_size = 0;
}

/*
 * The file is mapped private and read-only, as the protocol asks. Touching a map beyond the end of
 * its file is SIGBUS, so the size that is claimed is held against the file's own.
 */
static void map_table(struct feedback *feedback, int fd, uint32_t size)
{
	struct stat st;
	void *table;

	drop_table(feedback);
	if (size == 0 || size % 16 != 0) {
		feedback_fail(feedback, EPROTO,
			      "the compositor's format table has %u bytes, no multiple of 16",
			      size);
		return;
	}
	if (fstat(fd, &st) < 0 || st.st_size < (off_t)size) {
		feedback_fail(feedback, EPROTO,
			      "the compositor's format table is short: it should have %u bytes",
			      size);
		return;
	}
	table = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (table == MAP_FAILED) {
		feedback_fail(feedback, errno, "mmap the compositor's format table: %s",
			      strerror(errno));
		return;
	}
	feedback->table = table;
	feedback->table_size = size;
}

static void on_format_table(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy, int32_t fd,
			    uint32_t size)
{
	(void)proxy;
	map_table(data, fd, size);
	close(fd); /* ours on every path; the map needs it no longer */
}

static void on_main_device(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy,
			   struct wl_array *device)
{
	struct feedback *feedback = data;

	(void)proxy;
	if (device->size != sizeof(dev_t)) {
		feedback_fail(feedback, EPROTO,
			      "the compositor's main device has %zu bytes, not %zu", device->size,
			      sizeof(dev_t));
		return;
	}
	memcpy(&feedback->next.main_device, device->data, sizeof(dev_t));
	feedback->next.has_main_device = true;
}

static void on_tranche_target_device(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy,
				     struct wl_array *device)
{
	struct feedback *feedback = data;
	struct offer_tranche *tranche = offer_tranche(&feedback->next);

	(void)proxy;
	if (device->size != sizeof(dev_t)) {
		feedback_fail(feedback, EPROTO,
			      "the target device of a tranche has %zu bytes, not %zu", device->size,
			      sizeof(dev_t));
		return;
	}
	memcpy(&tranche->device, device->data, sizeof(dev_t));
	tranche->has_device = true;
}

static void on_tranche_formats(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy,
			       struct wl_array *indices)
{
	struct feedback *feedback = data;
	int err;

	(void)proxy;
	if (indices->size % sizeof(uint16_t) != 0) {
		feedback_fail(feedback, EPROTO, "the compositor's tranche has half an index");
		return;
	}
	err = offer_add_tranche(&feedback->next, feedback->table, feedback->table_size,
				indices->data, indices->size / sizeof(uint16_t));
	if (err == -EPROTO)
		feedback_fail(feedback, EPROTO,
			      "the compositor's tranche names a format beyond its table of %zu",
			      feedback->table_size / 16);
	else if (err)
		feedback_fail(feedback, -err, "no memory for the compositor's formats");
}

static void on_tranche_flags(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy, uint32_t flags)
{
	struct feedback *feedback = data;

	(void)proxy;
	offer_tranche(&feedback->next)->scanout =
		flags & ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT;
}

static void on_tranche_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy)
{
	struct feedback *feedback = data;

	(void)proxy;
	offer_end_tranche(&feedback->next);
}

/*
 * The first that is wrong after one that was right: a compositor that goes on so is not told of again. The very first of
 * the default is not news: who waits for it hears why.
 */
static void tell_wrong(struct feedback *feedback)
{
	if (feedback->told || (!feedback->rounds && !feedback->of_window))
		return;
	news_say(feedback->news,
		 "the compositor's new feedback%s is wrong and dropped: %s; %s stays as it was",
		 feedback->of_window ? " for the window" : "", feedback->why.text,
		 feedback->rounds ? "what it offered before" : "its offer for all windows");
	feedback->told = true;
}

static void on_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *proxy)
{
	struct feedback *feedback = data;

	(void)proxy;
	feedback->result = feedback->err;
	feedback->err = 0;
	feedback->done = true;
	if (feedback->result) {
		tell_wrong(feedback);
		offer_clear(&feedback->next);
		return;
	}
	offer_clear(feedback->offer);
	*feedback->offer = feedback->next;
	feedback->next = (struct offer){ 0 };
	feedback->rounds++;
	feedback->told = false;
}

static const struct zwp_linux_dmabuf_feedback_v1_listener feedback_listener = {
	.done = on_done,
	.format_table = on_format_table,
	.main_device = on_main_device,
	.tranche_done = on_tranche_done,
	.tranche_target_device = on_tranche_target_device,
	.tranche_formats = on_tranche_formats,
	.tranche_flags = on_tranche_flags,
};

static void on_format(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t fourcc)
{
	/* From version 3 on each format also comes with its modifiers: those count. */
	(void)data;
	(void)dmabuf;
	(void)fourcc;
}

static void on_modifier(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t fourcc,
			uint32_t hi, uint32_t lo)
{
	struct feedback *feedback = data;

	(void)dmabuf;
	if (offer_add(feedback->offer, fourcc, (uint64_t)hi << 32 | lo))
		feedback_fail(feedback, ENOMEM, "no memory for the compositor's formats");
}

static const struct zwp_linux_dmabuf_v1_listener dmabuf_listener = {
	.format = on_format,
	.modifier = on_modifier,
};

/* Version 3 sends the events by itself after bind, and has no `done`: a round trip is as good. */
static int learn_by_events(struct feedback *feedback, struct connection *conn, struct why *why)
{
	int err;

	zwp_linux_dmabuf_v1_add_listener(conn->dmabuf, &dmabuf_listener, feedback);
	err = connection_roundtrip(conn, conn->limit_ms, why);
	if (!err && feedback->err)
		err = why_set(why, feedback->err, "%s", feedback->why.text);
	return err;
}

static int learn_by_feedback(struct feedback *feedback, struct connection *conn, struct why *why)
{
	int err;

	feedback->proxy = zwp_linux_dmabuf_v1_get_default_feedback(conn->dmabuf);
	if (!feedback->proxy)
		return why_set(why, -ENOMEM, "no memory");
	zwp_linux_dmabuf_feedback_v1_add_listener(feedback->proxy, &feedback_listener, feedback);
	err = connection_wait(conn, &feedback->done, conn->limit_ms, why);
	if (!err && feedback->result)
		err = why_set(why, feedback->result, "%s", feedback->why.text);
	return err;
}

int feedback_open(struct feedback *feedback, struct connection *conn, struct why *why)
{
	int err;

	*feedback = (struct feedback){ .offer = &conn->offer, .news = &conn->news };
	if (conn->dmabuf_version < ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION)
		err = learn_by_events(feedback, conn, why);
	else
		err = learn_by_feedback(feedback, conn, why);
	if (err)
		why_prefix(why, err,
			   "asked linux-dmabuf version %u for its formats: ", conn->dmabuf_version);
	return err;
}

int feedback_open_surface(struct feedback *feedback, struct connection *conn,
			  struct wl_surface *surface, struct offer *offer, struct why *why)
{
	*feedback = (struct feedback){ .offer = offer, .news = &conn->news, .of_window = true };
	if (conn->dmabuf_version < ZWP_LINUX_DMABUF_V1_GET_SURFACE_FEEDBACK_SINCE_VERSION)
		return 0;
	feedback->proxy = zwp_linux_dmabuf_v1_get_surface_feedback(conn->dmabuf, surface);
	if (!feedback->proxy)
		return why_set(why, -ENOMEM, "no memory");
	zwp_linux_dmabuf_feedback_v1_add_listener(feedback->proxy, &feedback_listener, feedback);
	return 0;
}

void feedback_close(struct feedback *feedback)
{
	if (feedback->proxy)
		zwp_linux_dmabuf_feedback_v1_destroy(feedback->proxy);
	drop_table(feedback);
	offer_clear(&feedback->next);
	*feedback = (struct feedback){ 0 };
}
