/* SPDX-License-Identifier: MIT */
/*
 * presentation: when frames came to the screen, and how, by presentation-time (wp_presentation 1). A window
 * owns one, zeroed at the start; it must stay where it is while it is asked.
 */
#ifndef STALELINE_PRESENTATION_H
#define STALELINE_PRESENTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/presented.h"

struct connection;
struct presentation;
struct wl_surface;
struct wp_presentation_feedback;

enum {
	/*
	 * One frame in so many asks how it was presented. Weston answers that at another moment
	 * than the frame callback, so asking each time would wake us twice a frame.
	 */
	PRESENTATION_ASK_EVERY = 8,

	/* How many frames may wait for their answer; no more ask then. An array: a frame allocates nothing of ours. */
	PRESENTATION_MAX_PENDING = 8,
};

/* The clock that the compositor tells its times by. */
struct presentation_clock {
	bool told;
	uint32_t id; /* as it said: any number */
};

/* One frame that was asked about. */
struct presentation_asked {
	struct wp_presentation_feedback *proxy; /* NULL: this place is free */
	struct presentation *presentation;
	uint64_t number;   /* of the frame, counting every commit */
	int64_t committed; /* nanoseconds in the compositor's clock; negative: not known */
};

/* wp_presentation_feedback.presented, as it came. */
struct presentation_event {
	uint32_t sec_hi, sec_lo, nsec, refresh, seq_hi, seq_lo, flags;
};

struct presentation {
	struct presented told; /* since it was last taken */
	struct presentation_asked asked[PRESENTATION_MAX_PENDING];

	/* The frame that was shown last, for what was missed since; count 0: there is none to begin at. */
	struct {
		uint64_t number, count; /* of the frame; of the display's refreshes */
		int64_t ns;
		uint32_t refresh;
	} last;
	uint64_t from; /* frames before this number are no beginning, see presentation_gap() */
};

/* Hear which clock @conn's wp_presentation has, where it has one. To be called when that is bound. */
void presentation_listen(struct connection *conn);

/* The compositor has taken it back: frames ask no longer. */
void presentation_leave(struct connection *conn);

/*
 * "CLOCK_MONOTONIC"; NULL where the compositor did not say, or said a number that is none of the system's clocks:
 * those of processes and devices are nothing to read.
 */
const char *presentation_clock_name(const struct presentation_clock *clock);

/*
 * To be called just before the commit of frame @number on @surface: asks, one time in PRESENTATION_ASK_EVERY. Our side of the
 * latency is this moment: the request leaves with the next dispatch. CLOCK_MONOTONIC and the other usual ones are read
 * by the vDSO, without a system call.
 */
void presentation_committing(struct presentation *presentation, const struct connection *conn,
			     struct wl_surface *surface, uint64_t number);

/* The frame @asked was shown, as @event says. Everything in that is a server's word, and is looked at. */
void presentation_count(struct presentation *presentation, const struct presentation_asked *asked,
			const struct presentation_event *event);

/*
 * Frames from @number on come after a pause: what was not shown until then was not missed.
 */
void presentation_gap(struct presentation *presentation, uint64_t number);

/* What was told since the last time; from here on it is counted anew. */
struct presented presentation_take(struct presentation *presentation);

/* Ask no longer. May be called twice. */
void presentation_close(struct presentation *presentation);

#endif
