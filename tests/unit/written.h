/* SPDX-License-Identifier: MIT */
/* What a record becomes in a result file, for the tests of its keys. cmocka.h comes first. */
#ifndef STALELINE_WRITTEN_H
#define STALELINE_WRITTEN_H

#include <json-c/json.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/record.h"

/* The one record of a result file, which the caller puts. */
static inline struct json_object *written(struct record *record)
{
	char path[] = "/tmp/staleline-written-XXXXXX";
	const struct report report = { .records = record, .count = 1, .version = "9.9" };
	struct json_object *root, *result;
	struct why why;

	close(mkstemp(path));
	assert_int_equal(report_write_json(&report, path, &why), 0);
	root = json_object_from_file(path);
	unlink(path);
	result = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	json_object_get(result);
	json_object_put(root);
	return result;
}

#endif
