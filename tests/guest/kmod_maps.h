/* SPDX-License-Identifier: MIT */
/* The rooms of kmod_maps, in the order in which they are gone through. */
#ifndef KMOD_MAPS_H
#define KMOD_MAPS_H

#include "kmod_lib.h"

/* kmod_maps_touch.c */
void test_mkwrite_race(void);
/* kmod_maps_tasks.c */
void test_zombie(void);
void test_leader_gone(void);
void test_poison_ends(void);
void test_poison_two_writers(void);
/* kmod_maps_touch.c again */
void test_stale_read(void);
void test_first_touch(void);

#endif
