/* SPDX-License-Identifier: MIT */
/*
 * stage_renew: a buffer that should be another by now: the window has another size, or the compositor's feedback
 * has changed. One by one, each when it is free, while the others are shown as before: so no frame is lost.
 */
#ifndef STALELINE_STAGE_RENEW_H
#define STALELINE_STAGE_RENEW_H

#include "cmd/stage.h"

/*
 * To be asked of a slot that is free and to be drawn next: makes its buffer, and the card, of the
 * size that the window wants, and as feedback has it. What can't be had leaves the old buffer and
 * its size; either is said on standard error, a size that worked with --verbose only. Where the
 * compositor gives no buffers any more in the middle of a change, the kind that most slots are of
 * is kept, and the others are left out. 0, or -errno with @why where the slot is of no use any
 * more, or none is left. No syscall and no allocation while there is no news.
 */
int stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why);

/*
 * @slot doesn't fit, and no buffer more is to be had that could take the place of its own
 * (window_can_import()): it is to be passed over. stage_renew_slot() has said so.
 */
bool stage_is_left_out(const struct stage *stage, const struct slot *slot);

/* Is @slot's buffer of the card's size, of the exporter and of the kind of sync that there is? */
bool stage_slot_fits(const struct stage *stage, const struct slot *slot);

/*
 * @slot is busy, but need not be waited for: it is to be renewed, and is no longer shown, and by its kind of sync it may
 * never come back. @shown is what is on the screen.
 */
bool stage_may_abandon(const struct stage *stage, const struct slot *slot,
		       const struct slot *shown);

#endif
