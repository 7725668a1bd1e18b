/* SPDX-License-Identifier: MIT */
/*
 * run: the orders of one `staleline show`, one after another: frames, pictures, verdict. What it
 * has in hand is shared by show.c, run.c and last_frame.c.
 */
#ifndef STALELINE_RUN_H
#define STALELINE_RUN_H

#include "cmd/frame.h"
#include "cmd/ground.h"
#include "cmd/keys.h"
#include "cmd/options.h"
#include "report/picture.h"

enum {
	RUN_TICK_MS = 500, /* how often flags are looked at while nothing happens */
	RUN_MAX_RECORDS =
		96, /* one for each order of the catalogue, and more for other kinds of sync */
};

/* Where pictures of an order's last frame go; NULL: not wanted. */
struct run_pictures {
	const char *both; /* card, counts and heatmap */
	const char *card, *heatmap, *screenshot;
};

struct show {
	struct show_options options;
	struct stage stage;
	struct ground ground;
	struct trace trace;
	struct record records[RUN_MAX_RECORDS];
	char names[RUN_MAX_RECORDS][40]; /* of the records */
	struct report report;
	const volatile sig_atomic_t *interrupted;
	struct keys keys;

	uint32_t number; /* of the last frame */
	uint64_t wanted; /* how many frames the current order is to have; 0: no end */
	uint32_t turn;	 /* which buffer is next */
	int64_t panel_due;
	bool queued;	 /* faults that were asked for at the start are still to come */
	uint32_t sizes;	 /* of the stage, that the panel and the record know of */
	int picture_err; /* the first of a picture: no error of the run */
	struct why picture_why;
	const struct slot *drawn; /* of the last frame: what is expected on the screen */
	struct slot *sent;	  /* of the last frame: what is there */
};

/* Interrupted, or the window was closed, or the user has had enough. */
static inline bool run_stopped(const struct show *show)
{
	return *show->interrupted || show->stage.window.closed || show->keys.quit;
}

/*
 * A key asks for another order; or for another kind of sync or exporter,
 * which waits until no faults are queued. Or such a change was taken back.
 */
static inline bool run_is_asked(const struct show *show)
{
	const struct keys *keys = &show->keys;

	return keys->next_fault || show->stage.fell_back ||
	       ((keys->next_sync || keys->next_exporter) && !show->queued);
}

/* show.c: find the ground anew, by this buffer and the source. 0 or -errno with @why. */
int run_find_ground(struct show *show, struct slot *written, struct why *why);

/*
 * follow.c: do what the keys ask for that were pressed since the last time. No system
 * call where there was none.
 */
void run_follow_keys(struct show *show, const struct record *record);

/*
 * follow.c: which order comes after @order where a key asks for the next: the faults of the run's
 * direction that can be performed here, then the control again. What it takes of the stage is
 * asked of new buffers, too.
 */
const struct order *run_order_after(struct show *show, const struct order *order);

/*
 * run_frame.c: perform @order on @slot, which loop_free_slot() gave, and count it into @record; or,
 * where the slot is not ready after all, nothing. 0 or -errno with @why.
 */
int run_frame(struct show *show, const struct order *order, struct slot *slot,
	      struct record *record, struct why *why);

/* Draw the panel anew, where one of its buffers is free. */
void run_update_panel(struct show *show, const struct record *record);

/* What wp_presentation told since it was last asked belongs to @record. */
void run_count_presented(struct show *show, struct record *record);

/*
 * After the last frame: what is on the screen is looked at from every side, and the pictures that
 * were asked for are written. 0 or -errno with @why.
 */
int last_frame_look(struct show *show, struct record *record, const struct run_pictures *pictures,
		    struct why *why);

/*
 * run_record.c: a new record of @order, which is performed on this stage.
 * It stays in show->records.
 */
struct record *run_new_record(struct show *show, const struct order *order);

/*
 * run_record.c: is @record of the exporter and the kind of
 * sync that there are now? And is there room for others?
 */
bool run_is_of_now(struct show *show, const struct record *record);
bool run_has_room(const struct show *show);

/*
 * All orders that were asked for: the control, then each fault, behind its own control if that is
 * another. Records have their verdicts when it returns: 0 or -errno with @why.
 */
int run_all(struct show *show, struct why *why);

#endif
