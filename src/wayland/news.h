/* SPDX-License-Identifier: MIT */
/*
 * news: what the compositor did in the middle of a session that a person should hear of. This room prints nothing:
 * sentences wait here until who dispatches takes them.
 */
#ifndef STALELINE_NEWS_H
#define STALELINE_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"

enum { NEWS_WAITING = 8 }; /* sentences that are kept until they are taken; more are lost */

/* Zeroed: none. */
struct news {
	struct why lines[NEWS_WAITING];
	uint32_t count;
};

void news_say(struct news *news, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The oldest sentence that was not taken yet, into @line. False: there is none. No system call. */
bool news_take(struct news *news, struct why *line);

#endif
