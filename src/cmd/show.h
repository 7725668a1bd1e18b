/* SPDX-License-Identifier: MIT */
/* show: the Wayland client. */
#ifndef STALELINE_SHOW_H
#define STALELINE_SHOW_H

#include <signal.h>

/* Run `staleline show`; @interrupted ends it early, with the summary. Returns the exit code. */
int cmd_show(int argc, char **argv, const volatile sig_atomic_t *interrupted);

#endif
