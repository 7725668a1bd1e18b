/* SPDX-License-Identifier: MIT */
/*
 * screenshot: what the compositor makes of the last frame, taken by a tool that is made for that,
 * and decoded cell by cell.
 */
#ifndef STALELINE_SCREENSHOT_H
#define STALELINE_SCREENSHOT_H

#include "cmd/stage.h"
#include "report/record.h"

/*
 * Run the wished tool while the window stays as it is (the compositor's events are answered), find
 * the card of @shown_serial in its picture, judge it against @expect and leave the counts in
 * record->screenshot; the picture goes to @path (NULL: nowhere). Where it can't be done,
 * record->screenshot_why says why. 0, or -errno with @why where the picture could not be written
 * or the compositor is gone.
 */
int screenshot_take(struct stage *stage, const struct card_expect *expect, uint32_t shown_serial,
		    const char *path, struct record *record, struct why *why);

#endif
