/* SPDX-License-Identifier: MIT */
/* stage_feedback: what the compositor's feedback says, told to people, and acted on when it changes. */
#ifndef STALELINE_STAGE_FEEDBACK_H
#define STALELINE_STAGE_FEEDBACK_H

#include "cmd/stage.h"

/* --verbose: what was offered, what was taken of it and why, on standard error. */
void stage_tell_feedback(const struct stage *stage);

/*
 * Would the compositor have @slot's buffer made otherwise by now? To be asked of a slot that is free: then a new
 * buffer takes its place, while the others are shown and drawn as before, so no frame is lost. It is said on
 * standard error. A buffer that can't be had leaves the old one where it is. 0, or -errno with @why where the slot is
 * of no use any more. No syscall and no allocation while there is no news.
 */
int stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why);

#endif
