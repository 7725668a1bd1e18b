/* SPDX-License-Identifier: MIT */
/* option_value: the values that options of every command take, checked the same way. */
#ifndef STALELINE_OPTION_VALUE_H
#define STALELINE_OPTION_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/options.h"

/*
 * Says on standard error what was @wanted of an option's value, and returns OPTIONS_WRONG. @command
 * is what stands before the option: "", or a command's name with a blank behind it.
 */
enum options_result option_wrong(const char *command, const char *option, const char *value,
				 const char *wanted);

/* A whole number in [min, max] without a sign, blanks or anything behind it. */
bool option_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

#define OPTION_SIZE_WANTED "not WIDTHxHEIGHT in pixels, from 16x1 (one cell) to 16384x16384"

/* WIDTHxHEIGHT; where it is none, or out of range, nothing is written. */
bool option_size(const char *text, uint32_t *width, uint32_t *height);

#endif
