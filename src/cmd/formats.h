/* SPDX-License-Identifier: MIT */
/* formats: what --list-formats prints: the formats, and who takes them here. */
#ifndef STALELINE_FORMATS_H
#define STALELINE_FORMATS_H

#include <signal.h>

#include "cmd/options.h"

/* Returns the exit code. */
int formats_list(const struct show_options *options, const volatile sig_atomic_t *interrupted);

#endif
