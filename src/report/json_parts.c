// SPDX-License-Identifier: MIT
/* json_parts: what every JSON printer of this room needs. See json_parts.h. */
#include "report/json_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/file.h"

/* json-c hands on the bytes that it is given; each that is part of no letter becomes U+FFFD. */
static struct json_object *string_json(const char *text)
{
	static const char instead[] = "\xef\xbf\xbd";
	size_t len = strlen(text), used = 0, n;
	char *clean = malloc(len * strlen(instead) + 1);
	struct json_object *string;

	for (size_t at = 0; clean && at < len; at += n ? n : 1) {
		n = utf8_length(text + at, len - at);
		memcpy(clean + used, n ? text + at : instead, n ? n : strlen(instead));
		used += n ? n : strlen(instead);
	}
	string = json_object_new_string_len(clean ? clean : "", (int)used);
	free(clean);
	return string;
}

void json_add_string(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, text ? string_json(text) : NULL);
}

void json_add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

void json_add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

struct json_object *json_machine(const struct machine *machine, const char *renderer)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "system", machine->system);
	json_add_string(object, "kernel", machine->kernel);
	json_add_string(object, "kernel_version", machine->kernel_version);
	json_add_string(object, "arch", machine->arch);
	json_add_number(object, "page_size", machine->page_size);
	json_add_string(object, "renderer", renderer);
	json_add_string(object, "cpu", machine->cpu);
	json_add_string(object, "board", machine->board);
	json_add_number(object, "cache_line", machine->cache_line);
	json_add_number(object, "llc_size", machine->llc_size);
	json_add_number(object, "llc_level", machine->llc_level);
	return object;
}

static int write_file(const char *text, const char *path, struct why *why)
{
	FILE *file = fopen(path, "we");
	int err;

	if (!file)
		return why_set(why, -errno,
			       "write the result file %s: %s; name a path that can be written",
			       path, strerror(errno));
	err = file_close(file, path, fprintf(file, "%s\n", text) < 0 ? -errno : 0);
	if (err)
		return why_set(why, err, "write the result file %s: %s", path, strerror(-err));
	return 0;
}

int json_write(struct json_object *root, const char *path, struct why *why)
{
	const char *text = json_object_to_json_string_ext(
		root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	int err = 0;

	if (path)
		err = write_file(text, path, why);
	else if (printf("%s\n", text) < 0 || fflush(stdout))
		err = why_set(why, -errno, "write the result to stdout: %s", strerror(errno));
	json_object_put(root);
	return err;
}
