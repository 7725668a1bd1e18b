/* SPDX-License-Identifier: MIT */
/* The rooms of kmod_test, in the order in which they are gone through. */
#ifndef KMOD_TEST_H
#define KMOD_TEST_H

#include "kmod_lib.h"

void test_sides(void);
void test_trap_mode(void);
void test_ioctls(void);
void test_memory(void);
void test_sharing(void);
/* @sequences random ones. */
void test_sequences(uint64_t sequences);

#endif
