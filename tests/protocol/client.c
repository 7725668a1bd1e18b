// SPDX-License-Identifier: MIT
/* client: a session against a scripted server. See client.h. */
#include "client.h"
#include "client_session.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		abort();
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Files mapped and forgotten: the feedback's table and the panel are memfds. */
static int count_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int count = 0;

	if (!maps)
		abort();
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, "/memfd:") != NULL;
	fclose(maps);
	return count;
}

/* Draw the whole panel, so that a map that is too small would show. */
static void show_panel(struct window *window)
{
	uint32_t width, height, stride;
	uint32_t *pixels = window_panel_pixels(window, &width, &height, &stride);

	if (!pixels)
		return;
	for (uint32_t y = 0; y < height; y++)
		memset((char *)pixels + (size_t)y * stride, 0x55, (size_t)width * 4);
	window_panel_show(window);
}

/* Sleep until there is news of the compositor or of a buffer. */
static int sleep_for_news(struct session *session, bool buffers, struct outcome *outcome)
{
	struct pollfd fds[3] = { 0 };
	bool blind = false;
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		fds[1 + i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (buffers)
			err = window_buffer_watch(&session->window, &session->wbs[i],
						  &fds[1 + i].fd, &blind, &outcome->why);
	}
	outcome->polls++;
	return err ? err : connection_poll(&session->conn, fds, 3, blind ? 5 : 200, &outcome->why);
}

/* What keys would have asked for before frame @number. */
static void act_as_user(struct session *session, const struct manner *manner, int number)
{
	for (int i = 0; i < 2; i++) {
		if (manner->panel_at[i] == number)
			window_toggle_panel(&session->window);
		if (manner->fullscreen_at[i] == number)
			window_toggle_fullscreen(&session->window);
		if (manner->sync_at[i] == number)
			client_toggle_sync(session);
	}
}

/* Nothing is drawn, and everything answered, until the compositor has nothing more to say. */
static int pause_a_while(struct session *session, const struct manner *manner,
			 struct outcome *outcome)
{
	int err = connection_roundtrip(&session->conn, session->conn.limit_ms, &outcome->why);

	if (manner->panel_in_pause)
		window_toggle_panel(&session->window);
	window_answer(&session->window);
	return err ? err
		   : connection_roundtrip(&session->conn, session->conn.limit_ms, &outcome->why);
}

/* The loop of a right client: a buffer that is free, and a frame that is due; with a time limit. */
static int show_frames(struct session *session, const struct manner *manner,
		       struct outcome *outcome)
{
	int64_t deadline = clock_ns() + (int64_t)session->conn.limit_ms * 1000000;
	struct window_buffer *wb;
	int err = 0;

	while (!err && outcome->frames < CLIENT_FRAMES && !session->window.closed) {
		wb = NULL;
		if (session->window.frame_due)
			err = client_find_free(session, &wb, &outcome->why);
		if (!err && wb)
			act_as_user(session, manner, outcome->frames + 1);
		if (!err && wb)
			err = client_renew(session, wb, outcome);
		if (!err && wb) {
			const struct buffer *buffer = &session->buffers[wb - session->wbs];

			window_fit(&session->window, buffer->width, buffer->height);
			show_panel(&session->window);
			err = window_submit(&session->window, wb, &outcome->why);
			session->shown = wb;
			outcome->frames += !err;
			for (int i = 0; i < 2 && !err && manner->again_at == outcome->frames; i++)
				err = window_submit(&session->window, wb, &outcome->why);
			if (manner->pauses_at == outcome->frames)
				err = pause_a_while(session, manner, outcome);
		}
		if (!err)
			err = sleep_for_news(session, session->window.frame_due, outcome);
		if (!err && clock_ms_left(deadline) == 0)
			err = why_set(&outcome->why, -ETIME, "test: no frame or no buffer");
	}
	return err;
}

/* Send what there is, and wait for an answer without reading it; POLLHUP comes unasked. */
static void send_and_wait(struct session *session, short events)
{
	struct pollfd fd = { .fd = wl_display_get_fd(session->conn.display), .events = events };

	wl_display_flush(session->conn.display);
	if (poll(&fd, 1, CLIENT_LIMIT_MS) != 1)
		abort();
}

/* The second commit is on its way before the answer to the first, which is here, was read. */
static int commit_again(struct session *session, const struct manner *manner, struct why *why)
{
	int err = window_submit(&session->window, &session->wbs[0], why);

	send_and_wait(session, POLLIN);
	for (int i = 0; i < 1 + manner->many_times && !err; i++)
		err = window_submit(&session->window, &session->wbs[0], why);
	if (!err && manner->then_another)
		err = window_submit(&session->window, &session->wbs[1], why);
	return err;
}

static int cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* What the socket didn't take has to get there all the same, or to end in a sentence. */
static int flood(struct session *session, struct outcome *outcome)
{
	struct pollfd fd = { 0 };
	int err = 0, start;

	show_panel(&session->window);
	while (!err && !(fd.events & POLLOUT) && outcome->frames < CLIENT_FLOOD) {
		err = window_submit(&session->window, &session->wbs[outcome->frames % 2],
				    &outcome->why);
		outcome->frames += !err;
		if (!err)
			err = connection_poll(&session->conn, &fd, 1, 0, &outcome->why);
	}
	outcome->was_full = fd.events & POLLOUT;
	start = cpu_ms();
	if (!err)
		err = connection_roundtrip(&session->conn, session->conn.limit_ms, &outcome->why);
	outcome->full_cpu_ms = cpu_ms() - start;
	return err;
}

/* The server said something and went away, and only then we go on writing. */
static int commit_late(struct session *session, struct why *why)
{
	int err = window_submit(&session->window, &session->wbs[0], why);

	send_and_wait(session, 0);
	return err ? err : window_submit(&session->window, &session->wbs[1], why);
}

/* poll(2) refuses more descriptors than may be open: a right way to see it fail. */
static int poll_in_vain(struct session *session, const struct manner *manner,
			struct outcome *outcome)
{
	struct rlimit limit, none;
	int err;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		abort();
	none = (struct rlimit){ 0, limit.rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &none))
		abort();
	err = show_frames(session, manner, outcome);
	if (setrlimit(RLIMIT_NOFILE, &limit))
		abort();
	return err;
}

static volatile sig_atomic_t interrupted;

/* No signal ends our poll() here, as when it comes just before, or to a driver's thread. */
static void *interrupt_soon(void *unused)
{
	usleep(CLIENT_INTERRUPT_MS * 1000);
	interrupted = true;
	return unused;
}

static void take_keys(struct session *session, struct outcome *outcome)
{
	uint32_t key;

	while ((key = keyboard_take(&session->conn.keyboard)))
		outcome->keys[outcome->key_count++] = key;
}

static void take_news(struct session *session, struct outcome *outcome)
{
	while (news_take(&session->conn.news, &outcome->news[outcome->news_count]))
		outcome->news_count += outcome->news_count < 7;
}

static enum stage run(struct session *session, const char *socket, const struct manner *manner,
		      int limit_ms, struct outcome *outcome)
{
	struct window_wish wish = manner->wish;
	int *err = &outcome->err;

	*err = connection_open_within(&session->conn, socket, limit_ms, &outcome->why);
	if (*err)
		return OPEN;
	wish.panel_width = manner->no_panel ? 0 : CLIENT_PANEL;
	*err = window_open(&session->window, &session->conn, &wish, &outcome->why);
	if (*err)
		return WINDOW;
	if (manner->syncobj)
		*err = window_use_syncobj(&session->window, memfd_create("no DRM", MFD_CLOEXEC),
					  &outcome->why);
	if (*err)
		return SYNC;
	session->is_explicit = manner->syncobj;
	session->planes = manner->planes;
	session->window.import_immediately = manner->immediately;
	for (uint32_t i = 0; i < 2; i++) {
		client_make_buffer(session, &session->buffers[i], i + 1);
		*err = window_buffer_import(&session->window, &session->buffers[i],
					    &session->wbs[i], &outcome->why);
		if (*err)
			return IMPORT;
	}
	if (manner->commit_twice || manner->then_another)
		*err = commit_again(session, manner, &outcome->why);
	else if (manner->floods)
		*err = flood(session, outcome);
	else if (manner->commit_late)
		*err = commit_late(session, &outcome->why);
	else if (manner->poll_fails)
		*err = poll_in_vain(session, manner, outcome);
	else
		*err = show_frames(session, manner, outcome);
	if (!*err) /* hear the last events, too */
		*err = connection_roundtrip(&session->conn, session->conn.limit_ms, &outcome->why);
	take_keys(session, outcome);
	take_news(session, outcome);
	for (int i = 0; i < 2 && !*err; i++)
		*err = window_buffer_look(&session->wbs[i], &outcome->why) < 0 ? -EIO : 0;
	return *err ? FRAMES : FINE;
}

void client_run(const char *socket, const struct manner *manner, int limit_ms,
		struct outcome *outcome)
{
	struct session session = { .buffers = { { .fd = -1 }, { .fd = -1 } } };
	int fds = count_fds(), maps = count_maps();

	int64_t start = clock_ns();
	pthread_t thread;

	*outcome = (struct outcome){ 0 };
	interrupted = false;
	session.conn.interrupted = &interrupted;
	fake_syncobj_trouble(manner->trouble);
	if (manner->interrupted && pthread_create(&thread, NULL, interrupt_soon, NULL))
		abort();
	outcome->stage = run(&session, socket, manner, limit_ms, outcome);
	outcome->took_ms = (int)((clock_ns() - start) / 1000000);
	if (manner->interrupted)
		pthread_join(thread, NULL);
	outcome->window = session.window;
	outcome->connection = session.conn;
	outcome->formats = session.conn.offer.count;
	for (int i = 0; i < 2; i++) {
		outcome->busy[i] = session.wbs[i].busy;
		outcome->releases[i] = session.wbs[i].releases;
		outcome->choice = session.wbs[i].choice;
		window_buffer_drop(&session.wbs[i]);
		client_free_buffer(&session.buffers[i]);
	}
	window_close(&session.window);
	if (!outcome->err) /* to disconnect sends nothing: the server is to see how the window ends */
		outcome->err = connection_roundtrip(&session.conn, limit_ms, &outcome->why);
	connection_close(&session.conn);
	outcome->fds_left = count_fds() - fds;
	outcome->maps_left = count_maps() - maps;
}
