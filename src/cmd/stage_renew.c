// SPDX-License-Identifier: MIT
/* stage_renew: a buffer that should be another by now. See stage_renew.h. */
#include "cmd/stage_renew.h"

#include <errno.h>
#include <stdio.h>

#include "cmd/stage_exporter.h"
#include "cmd/stage_size.h"
#include "cmd/stage_sync.h"

bool stage_slot_fits(const struct stage *stage, const struct slot *slot)
{
	return slot->sync == stage->sync && slot->buffer.exporter == &stage->exporter &&
	       stage_card_is(stage, slot->buffer.width, slot->buffer.height);
}

bool stage_may_abandon(const struct stage *stage, const struct slot *slot, const struct slot *shown)
{
	return stage->sync == SHOW_SYNC_SYNCOBJ && slot->sync != SHOW_SYNC_SYNCOBJ &&
	       slot != shown && slot->shown.busy && !slot->shown.barrier;
}

static void move(struct slot *to, const struct slot *from)
{
	*to = *from;
	window_buffer_moved(&to->shown);
}

/*
 * A buffer of the card's size takes the place of @slot's. The old one is put aside until the new one is imported, and
 * hears what is said of it meanwhile; it comes back to where it was if the new one can't be had.
 */
static int replace(struct stage *stage, struct slot *slot, struct why *why)
{
	struct slot old;
	int err;

	move(&old, slot);
	*slot = (struct slot){ .fence = -1 };
	err = exporter_alloc(&stage->exporter, stage->card.width, stage->card.height,
			     stage->card.fourcc, &slot->buffer, why);
	if (err) {
		move(slot, &old);
		return err;
	}
	err = stage_import_slot(stage, slot, why);
	if (err) {
		stage_close_slot(stage, slot);
		move(slot, &old);
	} else {
		stage_close_slot(stage, &old);
		stage_drop_exporter(stage);
	}
	return err;
}

/* Card and slot in the size that the window wants. 0, or -errno with @why, and both are as they were. */
static int renew(struct stage *stage, struct slot *slot, bool outdated, struct why *why)
{
	const struct window *window = &stage->window;
	bool resize = !stage_card_is(stage, window->want_width, window->want_height);
	struct stage_sized before;
	int err = 0;

	if (resize)
		err = stage_resize(stage, window->want_width, window->want_height, &before, why);
	if (err)
		return err;
	if (outdated || !stage_slot_fits(stage, slot))
		err = replace(stage, slot, why);
	if (!resize)
		return err;
	if (err)
		return stage_put_back(stage, &before, why) ? -ENOTRECOVERABLE : err;
	stage_let_go(stage, &before);
	stage->sizes++;
	if (stage->options->verbose)
		fprintf(stderr, "staleline: the card is %ux%u now, as the window asks for\n",
			stage->card.width, stage->card.height);
	return 0;
}

static void tell_outdated(const struct stage *stage, const struct slot *slot, uint32_t old)
{
	char text[160];

	offer_choice_describe(&slot->shown.choice, stage->card.fourcc, text, sizeof(text));
	fprintf(stderr,
		"staleline: the compositor's feedback has changed: buffer %u takes the place of "
		"buffer %u: %s; it is from %s %s as before\n",
		slot->buffer.number, old, text, stage->exporter.ops->name, stage->exporter.device);
}

/* What the window wanted when it was tried: it may want something else by the time that is refused. */
struct size {
	uint32_t width, height;
};

/* @wanted can't be had: not to be tried again, but for what is wanted since. */
static void keep_size(struct window *window, struct size wanted, uint32_t width, uint32_t height)
{
	if (window->want_width == wanted.width && window->want_height == wanted.height)
		window_keep_size(window, width, height);
}

static void tell_kept(struct size wanted, uint32_t width, uint32_t height, const struct why *why)
{
	fprintf(stderr, "staleline: the window should be %ux%u, but stays %ux%u: %s\n",
		wanted.width, wanted.height, width, height, why->text);
}

static bool has_size(const struct slot *slot, struct size size)
{
	return slot->buffer.width == size.width && slot->buffer.height == size.height;
}

/* Sync is to be as @slot has it, @because another can't be had. 0 or -errno with @why. */
static int go_back_to_sync(struct stage *stage, const struct slot *slot, const struct why *because,
			   struct why *why)
{
	int err;

	if (slot->sync == stage->sync)
		return 0;
	err = stage_set_sync(stage, slot->sync, why);
	if (err)
		return err;
	stage->fell_back = true;
	fprintf(stderr, "staleline: sync is as it was before: %s\n", because->text);
	return 0;
}

/*
 * Go on with @slot as it is; its kind of sync is the stage's. If it is another size that others
 * have by now, the card follows it, and so will they. 0 or -errno with @why.
 */
static int go_on_with(struct stage *stage, struct slot *slot, struct size wanted, struct why *why)
{
	struct window *window = &stage->window;
	struct stage_sized before;
	int err;

	slot->shown.choice = window_choose(window, slot->shown.fourcc); /* not to ask again */
	if (!has_size(slot, wanted))
		keep_size(window, wanted, slot->buffer.width, slot->buffer.height);
	if (stage_slot_fits(stage, slot))
		return 0;
	err = stage_resize(stage, slot->buffer.width, slot->buffer.height, &before, why);
	if (err)
		return err;
	stage_let_go(stage, &before);
	stage->sizes++;
	return 0;
}

/* The size, the kind of sync, or what feedback asks for can't be had. 0 or -errno with @why. */
static int stay(struct stage *stage, struct slot *slot, struct size wanted, struct why *why)
{
	const struct why because = *why;
	int err;

	if (!has_size(slot, wanted))
		tell_kept(wanted, slot->buffer.width, slot->buffer.height, why);
	else if (slot->sync == stage->sync)
		fprintf(stderr,
			"staleline: the compositor's feedback has changed, but buffer %u stays: "
			"%s\n",
			slot->buffer.number, why->text);
	why->text[0] = '\0';
	err = go_back_to_sync(stage, slot, &because, why);
	return err ? err : go_on_with(stage, slot, wanted, why);
}

/* --- where no buffer more is to be had --- */

bool stage_is_left_out(const struct stage *stage, const struct slot *slot)
{
	struct why why;

	return slot->left_out && !stage_slot_fits(stage, slot) &&
	       window_can_import(&stage->window, &why);
}

static uint32_t count_fitting(const struct stage *stage)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < stage->slots_open; i++)
		count += stage_slot_fits(stage, &stage->slots[i]);
	return count;
}

/* As stage_may_abandon() has it, whatever is shown: by implicit sync, which may be over for good. */
static bool may_never_come_back(const struct stage *stage, const struct slot *slot)
{
	return stage->sync == SHOW_SYNC_SYNCOBJ && slot->sync != SHOW_SYNC_SYNCOBJ &&
	       slot->shown.busy;
}

/*
 * How many could be shown together with @slot, itself among them. Where explicit sync has begun
 * only those count whose release is not waited for: of the others nobody may hear any more.
 */
static uint32_t count_alike(const struct stage *stage, const struct slot *slot)
{
	const struct size size = { slot->buffer.width, slot->buffer.height };
	uint32_t count = 0;

	for (uint32_t i = 0; i < stage->slots_open; i++) {
		const struct slot *other = &stage->slots[i];

		count += other->sync == slot->sync && has_size(other, size) &&
			 other->buffer.exporter == slot->buffer.exporter &&
			 !may_never_come_back(stage, other);
	}
	return count;
}

/*
 * @slot is not shown any more. 0, or -EOPNOTSUPP with @why, which says why it can't be renewed:
 * none is left.
 */
static int leave_out(const struct stage *stage, struct slot *slot, struct why *why)
{
	uint32_t left = count_fitting(stage);

	if (!left)
		return why_prefix(why, -EOPNOTSUPP,
				  "nothing is left to show: buffer %u should be another by now, as "
				  "all others: ",
				  slot->buffer.number);
	fprintf(stderr,
		"staleline: buffer %u should be another by now, and is not shown any more, %u %s "
		"left: %s\n",
		slot->buffer.number, left,
		left == 1 ? "(which stands still until the compositor gives it back) is" : "are",
		why->text);
	why->text[0] = '\0';
	slot->left_out = true;
	return 0;
}

/*
 * Is it the new kind of sync alone that is not to be had, and @slot's is? Then that is the stage's
 * again, for buffers that are had are worth more than those that are left.
 */
static bool fell_back_to_sync(struct stage *stage, const struct slot *slot,
			      const struct why *because)
{
	struct why no_way;

	return slot->sync != stage->sync &&
	       !window_can_import_as(&stage->window, slot->sync == SHOW_SYNC_SYNCOBJ, &no_way) &&
	       !go_back_to_sync(stage, slot, because, &no_way);
}

/*
 * The compositor gives no buffers any more, for the reason in @why, and @slot doesn't fit. It is
 * kept if more are like it than fit: each change back would be seen, and one buffer alone need
 * never come back. As above.
 */
static int do_without(struct stage *stage, struct slot *slot, struct size wanted, struct why *why)
{
	const struct why because = *why;
	bool fits = stage_slot_fits(stage, slot); /* but a size is wanted that can't be had */
	uint32_t fitting = count_fitting(stage);
	bool goes_back = slot->buffer.exporter == &stage->exporter &&
			 (!fitting || count_alike(stage, slot) > fitting);
	struct why no_way;

	if (fell_back_to_sync(stage, slot, &because)) {
		why->text[0] = '\0';
		return stage_renew_slot(stage, slot, why); /* not here again: the kinds are one */
	}
	if (!fits && (!goes_back || go_back_to_sync(stage, slot, &because, &no_way)))
		return leave_out(stage, slot, why);
	if (!has_size(slot, wanted))
		tell_kept(wanted, slot->buffer.width, slot->buffer.height, why);
	why->text[0] = '\0';
	return go_on_with(stage, slot, wanted, why);
}

/* Is the connection, or the peer, of no more use? Then there is nothing to stay with. */
static bool is_the_end(int err)
{
	return err == -EPIPE || err == -EPROTO || err == -EINTR || err == -ETIME ||
	       err == -ENOTRECOVERABLE;
}

/*
 * @slot's buffer is of an exporter that is no longer asked for, so it can't stay; but one of the new exporter's in the
 * card's size was there. Was it another size that could not be had? Then in that of before.
 */
static int renew_in_size_of_before(struct stage *stage, struct slot *slot, struct size wanted,
				   bool outdated, struct why *why)
{
	struct window *window = &stage->window;
	const struct size now = { window->want_width, window->want_height };
	int err;

	tell_kept(wanted, stage->card.width, stage->card.height, why);
	why->text[0] = '\0';
	window_keep_size(window, stage->card.width, stage->card.height);
	err = renew(stage, slot, outdated, why);
	if ((now.width != wanted.width || now.height != wanted.height) &&
	    stage_card_is(stage, window->want_width, window->want_height))
		window_keep_size(window, now.width, now.height); /* next time */
	return err;
}

/* As it is wanted; else, where the slot can't stay as it is, in the size of before. */
static int renew_as_can_be(struct stage *stage, struct slot *slot, struct size wanted,
			   bool outdated, struct why *why)
{
	int err = renew(stage, slot, outdated, why);
	struct why gone;

	if (!err || is_the_end(err) || window_can_import(&stage->window, &gone) ||
	    slot->buffer.exporter == &stage->exporter ||
	    stage_card_is(stage, wanted.width, wanted.height))
		return err;
	return renew_in_size_of_before(stage, slot, wanted, outdated, why);
}

int stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	const struct window *window = &stage->window;
	const struct size wanted = { window->want_width, window->want_height };
	bool outdated = window_buffer_is_outdated(window, &slot->shown);
	uint32_t old = slot->buffer.number;
	struct why gone;
	int err;

	if (!outdated && stage_card_is(stage, wanted.width, wanted.height) &&
	    stage_slot_fits(stage, slot))
		return 0;
	if (window_can_import(window, why))
		return do_without(stage, slot, wanted, why);
	err = renew_as_can_be(stage, slot, wanted, outdated, why);
	if (err && is_the_end(err))
		return err;
	if (err && window_can_import(window, &gone)) { /* since then */
		*why = gone;
		return do_without(stage, slot, wanted, why);
	}
	if (err && slot->buffer.exporter != &stage->exporter)
		return err;
	if (err)
		return stay(stage, slot, wanted, why);
	if (outdated)
		tell_outdated(stage, slot, old);
	return 0;
}
