/* SPDX-License-Identifier: MIT */
/* json_parts: what every JSON printer of this room needs: keys, the machine, writing the file. */
#ifndef STALELINE_JSON_PARTS_H
#define STALELINE_JSON_PARTS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "report/machine.h"

/*
 * NULL and "" are two things: null, and an empty string.
 * Of @text each byte that is no UTF-8 becomes U+FFFD.
 */
void json_add_string(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, uint64_t number);
void json_add_bool(struct json_object *object, const char *key, bool value);

/* The key "machine" of a result file. @renderer: the peer's path, or "". */
struct json_object *json_machine(const struct machine *machine, const char *renderer);

/*
 * Write @root, which is freed here, to the file @path; NULL: to stdout. 0 or -errno with @why; a
 * file half written is not left behind.
 */
int json_write(struct json_object *root, const char *path, struct why *why);

#endif
