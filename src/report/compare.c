// SPDX-License-Identifier: MIT
/* compare: two result files side by side. See compare.h. */
#include "report/compare.h"

#include <errno.h>
#include <json-c/json.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* What a file says under @key, as text; "" where it says nothing. */
static const char *word(struct json_object *object, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(object, key));

	return text ? text : "";
}

static struct json_object *load(const char *path, struct why *why)
{
	struct json_object *root;

	if (access(path, R_OK)) {
		why_set(why, -errno,
			"read the result file %s: %s; name two that staleline check --json=FILE "
			"has written",
			path, strerror(errno));
		return NULL;
	}
	root = json_object_from_file(path);
	if (!root) {
		why_set(why, -EINVAL,
			"read the result file %s: it is no JSON, or a part of one; name two that "
			"staleline check --json=FILE has written",
			path);
		return NULL;
	}
	if (json_object_is_type(json_object_object_get(root, "results"), json_type_array) &&
	    json_object_is_type(json_object_object_get(root, "machine"), json_type_object))
		return root;
	why_set(why, -EINVAL, "%s is no result file: it lacks `results` or `machine`", path);
	json_object_put(root);
	return NULL;
}

static struct json_object *find(struct json_object *results, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(results); i++) {
		struct json_object *result = json_object_array_get_idx(results, i);

		if (!strcmp(word(result, "name"), name))
			return result;
	}
	return NULL;
}

/* Where verdicts differ the reason is often here. */
static void print_machines(FILE *out, struct json_object *before, struct json_object *after)
{
	static const char *const keys[] = { "kernel", "kernel_version", "arch",	    "cpu",
					    "board",  "cache_line",	"llc_size", "renderer" };
	struct json_object *a = json_object_object_get(before, "machine");
	struct json_object *b = json_object_object_get(after, "machine");

	if (strcmp(word(before, "version"), word(after, "version")))
		fprintf(out, "%-16s %s -> %s\n", "staleline", word(before, "version"),
			word(after, "version"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(word(a, keys[i]), word(b, keys[i])))
			fprintf(out, "%-16s %s -> %s\n", keys[i], word(a, keys[i]),
				word(b, keys[i]));
}

static bool print_change(FILE *out, const char *name, struct json_object *before,
			 struct json_object *after)
{
	const char *a = before ? word(before, "verdict") : "not there";
	const char *b = after ? word(after, "verdict") : "not there";
	const char *why = word(after ? after : before, "why");

	if (!strcmp(a, b))
		return false;
	fprintf(out, "%s: %s -> %s\n", name, a, b);
	if (why[0])
		fprintf(out, "    %s\n", why);
	return true;
}

/* Two counts, in words: "4 results changed, 36 did not". */
static size_t print_results(FILE *out, struct json_object *before, struct json_object *after,
			    size_t *same)
{
	size_t changed = 0;

	*same = 0;
	for (size_t i = 0; i < json_object_array_length(after); i++) {
		struct json_object *result = json_object_array_get_idx(after, i);
		const char *name = word(result, "name");

		if (print_change(out, name, find(before, name), result))
			changed++;
		else
			(*same)++;
	}
	for (size_t i = 0; i < json_object_array_length(before); i++) {
		struct json_object *result = json_object_array_get_idx(before, i);
		const char *name = word(result, "name");

		if (!find(after, name))
			changed += print_change(out, name, result, NULL);
	}
	return changed;
}

int compare_print(FILE *out, const char *before, const char *after, bool *changed, struct why *why)
{
	struct json_object *a = load(before, why);
	struct json_object *b = a ? load(after, why) : NULL;
	size_t changes, same;

	if (!b) {
		json_object_put(a);
		return -EINVAL;
	}
	print_machines(out, a, b);
	changes = print_results(out, json_object_object_get(a, "results"),
				json_object_object_get(b, "results"), &same);
	fprintf(out, "%zu results changed, %zu did not\n", changes, same);
	*changed = changes;
	json_object_put(a);
	json_object_put(b);
	return 0;
}
