/* SPDX-License-Identifier: MIT */
/*
 * list: the devices, exporters and peers of this machine, what each can do, and why others can't.
 */
#ifndef STALELINE_LIST_H
#define STALELINE_LIST_H

#include <signal.h>

/* `staleline list`; argv[0] is the program's name. The exit code. */
int cmd_list(int argc, char **argv, const volatile sig_atomic_t *interrupted);

#endif
