// SPDX-License-Identifier: MIT
/* presentation: when frames came to the screen, and how. See presentation.h. */
#include "wayland/presentation.h"

#include <stddef.h>
#include <time.h>

#include "presentation-time-client-protocol.h"
#include "wayland/connection.h"

enum {
	NS_PER_S = 1000000000,
	LONGEST_S = 3600, /* what takes longer is a window that was hidden, or nonsense */
};

/* --- clocks --- */

static void on_clock_id(void *data, struct wp_presentation *proxy, uint32_t id)
{
	struct connection *conn = data;

	(void)proxy;
	conn->presentation_clock = (struct presentation_clock){ .told = true, .id = id };
}

static const struct wp_presentation_listener clock_listener = {
	.clock_id = on_clock_id,
};

void presentation_listen(struct connection *conn)
{
	if (conn->presentation)
		wp_presentation_add_listener(conn->presentation, &clock_listener, conn);
}

void presentation_leave(struct connection *conn)
{
	wp_presentation_destroy(conn->presentation);
	conn->presentation = NULL;
	conn->presentation_clock = (struct presentation_clock){ 0 };
}

const char *presentation_clock_name(const struct presentation_clock *clock)
{
	static const char *const names[] = {
		[CLOCK_REALTIME] = "CLOCK_REALTIME",
		[CLOCK_MONOTONIC] = "CLOCK_MONOTONIC",
		[CLOCK_MONOTONIC_RAW] = "CLOCK_MONOTONIC_RAW",
		[CLOCK_REALTIME_COARSE] = "CLOCK_REALTIME_COARSE",
		[CLOCK_MONOTONIC_COARSE] = "CLOCK_MONOTONIC_COARSE",
		[CLOCK_BOOTTIME] = "CLOCK_BOOTTIME",
		[CLOCK_TAI] = "CLOCK_TAI",
	};

	return clock->told && clock->id < sizeof(names) / sizeof(names[0]) ? names[clock->id]
									   : NULL;
}

/* Nanoseconds in the compositor's clock, or negative. */
static int64_t now_in(const struct presentation_clock *clock)
{
	struct timespec t;

	if (!presentation_clock_name(clock) || clock_gettime((clockid_t)clock->id, &t))
		return -1;
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Nanoseconds, or negative where the event's time is none. */
static int64_t time_of(const struct presentation_event *event)
{
	if (event->sec_hi || event->nsec >= NS_PER_S)
		return -1;
	return (int64_t)event->sec_lo * NS_PER_S + event->nsec;
}

/* --- counting --- */

/*
 * The display's count went from the last frame's to this one's: how many of these refreshes brought no frame of
 * ours? Nobody says whose count it is: a window may go to another output, and a server may make it up. So
 * the times must say the same, give or take half a refresh.
 */
static void count_missed(struct presentation *presentation, uint64_t number, uint64_t count,
			 int64_t ns, uint32_t refresh)
{
	uint64_t refreshes = count - presentation->last.count;
	uint64_t frames = number - presentation->last.number;
	int64_t took = ns - presentation->last.ns;
	int64_t expected;

	if (!presentation->last.count || !count || !refresh || ns < 0 || took < 0 ||
	    count < presentation->last.count || number <= presentation->last.number ||
	    refresh != presentation->last.refresh || refreshes > INT64_MAX / refresh)
		return;
	expected = (int64_t)refreshes * refresh;
	if (took < expected - refresh / 2 || took > expected + refresh / 2)
		return;
	presentation->told.refreshes += refreshes;
	presentation->told.missed += refreshes > frames ? refreshes - frames : 0;
}

void presentation_count(struct presentation *presentation, const struct presentation_asked *asked,
			const struct presentation_event *event)
{
	struct presented *told = &presentation->told;
	uint64_t count = (uint64_t)event->seq_hi << 32 | event->seq_lo;
	int64_t ns = time_of(event);

	told->shown++;
	told->zero_copy_at_last = event->flags & WP_PRESENTATION_FEEDBACK_KIND_ZERO_COPY;
	told->zero_copy += told->zero_copy_at_last;
	told->refresh_ns = event->refresh;
	if (asked->committed >= 0 && ns >= asked->committed &&
	    ns - asked->committed <= (int64_t)LONGEST_S * NS_PER_S)
		spread_add(&told->latency, ns - asked->committed);
	if (asked->number < presentation->from)
		return;
	count_missed(presentation, asked->number, count, ns, event->refresh);
	presentation->last.number = asked->number;
	presentation->last.count = count;
	presentation->last.ns = ns;
	presentation->last.refresh = event->refresh;
}

void presentation_gap(struct presentation *presentation, uint64_t number)
{
	presentation->from = number;
	presentation->last.count = 0;
}

struct presented presentation_take(struct presentation *presentation)
{
	struct presented told = presentation->told;

	presentation->told = (struct presented){ .clock = told.clock };
	return told;
}

/* --- asking --- */

static void forget(struct presentation_asked *asked)
{
	wp_presentation_feedback_destroy(asked->proxy);
	asked->proxy = NULL;
}

static void on_sync_output(void *data, struct wp_presentation_feedback *proxy,
			   struct wl_output *output)
{
	(void)data;
	(void)proxy;
	(void)output;
}

static void on_presented(void *data, struct wp_presentation_feedback *proxy, uint32_t sec_hi,
			 uint32_t sec_lo, uint32_t nsec, uint32_t refresh, uint32_t seq_hi,
			 uint32_t seq_lo, uint32_t flags)
{
	struct presentation_asked *asked = data;
	const struct presentation_event event = { sec_hi, sec_lo, nsec, refresh,
						  seq_hi, seq_lo, flags };

	(void)proxy;
	presentation_count(asked->presentation, asked, &event);
	forget(asked);
}

static void on_discarded(void *data, struct wp_presentation_feedback *proxy)
{
	struct presentation_asked *asked = data;

	(void)proxy;
	asked->presentation->told.discarded++;
	forget(asked);
}

static const struct wp_presentation_feedback_listener feedback_listener = {
	.sync_output = on_sync_output,
	.presented = on_presented,
	.discarded = on_discarded,
};

void presentation_committing(struct presentation *presentation, const struct connection *conn,
			     struct wl_surface *surface, uint64_t number)
{
	if (!conn->presentation || number % PRESENTATION_ASK_EVERY)
		return;
	for (size_t i = 0; i < PRESENTATION_MAX_PENDING; i++) {
		struct presentation_asked *asked = &presentation->asked[i];

		if (asked->proxy)
			continue;
		asked->proxy = wp_presentation_feedback(conn->presentation, surface);
		if (!asked->proxy)
			return;
		asked->presentation = presentation;
		asked->number = number;
		asked->committed = now_in(&conn->presentation_clock);
		presentation->told.clock = presentation_clock_name(&conn->presentation_clock);
		wp_presentation_feedback_add_listener(asked->proxy, &feedback_listener, asked);
		return;
	}
}

void presentation_close(struct presentation *presentation)
{
	for (size_t i = 0; i < PRESENTATION_MAX_PENDING; i++)
		if (presentation->asked[i].proxy)
			forget(&presentation->asked[i]);
}
