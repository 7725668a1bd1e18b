/* SPDX-License-Identifier: MIT */
/* device_file: opening a node in /dev, and the sentence for a person when that fails. */
#ifndef STALELINE_DEVICE_FILE_H
#define STALELINE_DEVICE_FILE_H

#include "base/why.h"

/*
 * open(2) with @mode (O_RDONLY or O_RDWR) and close-on-exec. fd, or -errno with @why, as
 * device_file_why() writes it.
 */
int device_file_open(const char *path, int mode, const char *absent, struct why *why);

/*
 * Say why open(2) of @path failed with @err (-errno), and what to do: where it is not there,
 * @absent (which module or kernel option makes it); where it may not be opened, whose it is and
 * which group to join. Hands back @err.
 */
int device_file_why(struct why *why, int err, const char *path, const char *absent);

#endif
