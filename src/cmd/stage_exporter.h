/* SPDX-License-Identifier: MIT */
/*
 * stage_exporter: buffers from another exporter, while the run goes on. Each slot's is renewed when it is free
 * (stage_renew.h); the exporter of before stays open as long as one of its buffers is there.
 */
#ifndef STALELINE_STAGE_EXPORTER_H
#define STALELINE_STAGE_EXPORTER_H

#include "cmd/stage.h"

/*
 * Take the next kind of exporter that works here, with this compositor and this peer: what was tried is said on standard
 * error. In stage_spare() is a buffer of it then, and the source is of it. 1: it is another; 0: as before; or -errno with
 * @why where nothing can be shown any more.
 */
int stage_next_exporter(struct stage *stage, struct why *why);

/* Let the exporter of before go, if none of its buffers is left. */
void stage_drop_exporter(struct stage *stage);

#endif
