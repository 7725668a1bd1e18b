/* SPDX-License-Identifier: MIT */
/* stage_feedback: what the compositor's feedback says, told to people. Acted on in stage_renew.h. */
#ifndef STALELINE_STAGE_FEEDBACK_H
#define STALELINE_STAGE_FEEDBACK_H

#include "cmd/stage.h"

/* --verbose: what was offered, what was taken of it and why, on standard error. */
void stage_tell_feedback(const struct stage *stage);

#endif
