/* SPDX-License-Identifier: MIT */
/*
 * screen_side: which side of the module's noncoherent buffers does the compositor see?
 *
 * A compositor can't be asked as a peer is (peer/probe.h): a look takes a screenshot. But after an
 * order that leaves in the cache what the CPU wrote (no-end, no-bracket, ...) the two sides of the
 * buffer on the screen differ in every line, by the module's own word, and the picture tells which
 * one was shown: every cell fresh is the CPU's side, every cell stale the device's.
 */
#ifndef STALELINE_SCREEN_SIDE_H
#define STALELINE_SCREEN_SIDE_H

#include "cmd/run.h"
#include "peer/probe.h"

/* Can this run find it out? Then its controls are looked at on the screen too. */
bool screen_side_may_show(const struct show *show);

/*
 * What the screenshot of @record says of it. PROBE_UNKNOWN: the order left nothing in the cache, or
 * not everything; there is no picture, or one of both sides; or that of @control (NULL: this is
 * one) was not clean: then what is stale here need not be the fault's.
 */
enum probe_side screen_side_of(const struct ground *ground, const struct record *control,
			       const struct record *record);

/* The same in words, behind the compositor's name in @record, which performed @order. */
void screen_side_tell(const struct show *show, const struct order *order,
		      const struct record *control, struct record *record);

#endif
