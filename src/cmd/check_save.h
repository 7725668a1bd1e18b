/* SPDX-License-Identifier: MIT */
/*
 * check_save: what --save=DIR writes: the machine's description,
 * and a heatmap of what was not clean.
 */
#ifndef STALELINE_CHECK_SAVE_H
#define STALELINE_CHECK_SAVE_H

#include "report/listing.h"
#include "report/picture.h"

/*
 * Make the folder, if it is not there; NULL: none is wanted. 0 or -errno with @why, as of all here.
 */
int check_save_folder(const char *folder, struct why *why);

/*
 * Can @file be written, or made? So that hours of checking are not for nothing.
 * NULL: none is wanted. Nothing is left there.
 */
int check_save_try(const char *file, struct why *why);

/* machine.json: what `staleline list` writes, but for what peers import. */
int check_save_machine(const struct listing *listing, const char *folder, struct why *why);

/* NAME.png, where NAME is the record's. */
int check_save_heat(const char *folder, const struct heat *heat, const struct record *record,
		    const struct card *card, struct why *why);

#endif
