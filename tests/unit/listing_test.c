// SPDX-License-Identifier: MIT
/* The listing's two printers, of machines that are made up: both say what the model says. */
#include <errno.h>
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/listing.h"

static struct listing listing;

/* A machine with one of everything: a device that can't be opened, a crash, a heap without end. */
static void make_machine(void)
{
	struct listing_device *device = &listing.devices[listing.device_count++];
	struct listing_exporter *heap = &listing.exporters[listing.exporter_count++];
	struct listing_exporter *gbm = &listing.exporters[listing.exporter_count++];
	struct listing_peer *peer = &listing.peers[listing.peer_count++];

	memset(device, 0, sizeof(*device));
	strcpy(device->primary.path, "/dev/dri/card7");
	device->primary.mode = 0660;
	device->primary.err = why_set(&device->primary.why, -EACCES, "open card7: no");
	strcpy(heap->name, "dma-heap:with-a-name-that-is-longer-than-any-column-has-room");
	heap->stride = 256;
	strcpy(gbm->name, "gbm");
	strcpy(gbm->wanted, "/dev/dri/card7");
	gbm->err = why_set(&gbm->why, -EACCES,
			   "open /dev/dri/card7: Permission denied; its group video may: `sudo "
			   "usermod -a -G video $USER` and log in again");
	peer->kind = "egl";
	strcpy(peer->device, "/dev/dri/card7");
	strcpy(peer->renderer, "llvmpipe");
	peer->looked = true;
	peer->imports[0] = (struct listing_import){ .tried = true, .cells = 256, .fresh = 255 };
	listing.sync.timeline = why_set(&listing.sync.timeline_why, -ENODEV, "no timelines");
	why_set(&listing.module.why, 0, "not loaded: load it");
}

static int begin(void **state)
{
	(void)state;
	memset(&listing, 0, sizeof(listing));
	make_machine();
	return 0;
}

/* The table, and its longest line in @longest. To be freed. */
static char *table(int columns, size_t *longest)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	listing_print(out, &listing, columns);
	fclose(out);
	*longest = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > *longest)
			*longest = strcspn(line, "\n");
	return text;
}

static void the_table_says_it(void **state)
{
	size_t longest;
	char *text = table(100, &longest);

	(void)state;
	assert_non_null(strstr(text, "  no  gbm /dev/dri/card7\n      open /dev/dri/card7: Perm"));
	assert_non_null(strstr(text, "?:? 0660, may not be opened\n"));
	assert_non_null(strstr(text, "255 of 256 cells fresh: BROKEN"));
	assert_non_null(strstr(text, "  no  syncobj timelines\n      no timelines\n"));
	assert_non_null(strstr(text, "1 of 2 exporters and 1 of 1 peers work here\n"));
	assert_non_null(strstr(text, "not loaded: load it"));
	free(text);
}

static void it_fits_and_has_no_blanks_at_line_ends(void **state)
{
	size_t longest;
	char *text = table(80, &longest);

	(void)state;
	assert_in_range(longest, 40, 80);
	assert_null(strstr(text, " \n"));
	free(text);
}

static struct json_object *write_and_parse(void)
{
	char path[] = "/tmp/listing.XXXXXX";
	struct json_object *root;
	struct why why = { "" };

	close(mkstemp(path));
	assert_int_equal(listing_write_json(&listing, "1.2", path, &why), 0);
	root = json_object_from_file(path);
	assert_non_null(root);
	unlink(path);
	return root;
}

/* "peers/0/works" */
static struct json_object *at(struct json_object *root, const char *path)
{
	struct json_object *found = NULL;
	char pointer[100];

	snprintf(pointer, sizeof(pointer), "/%s", path);
	if (json_pointer_get(root, pointer, &found))
		fail_msg("no %s", path);
	return found;
}

static void the_file_says_the_same(void **state)
{
	struct json_object *root = write_and_parse();

	(void)state;
	assert_string_equal(json_object_get_string(at(root, "version")), "1.2");
	assert_null(at(root, "devices/0/driver"));
	assert_null(at(root, "devices/0/can"));
	assert_null(at(root, "devices/0/render"));
	assert_false(json_object_get_boolean(at(root, "devices/0/primary/opens")));
	assert_string_equal(json_object_get_string(at(root, "devices/0/primary/mode")), "0660");
	assert_true(json_object_get_boolean(at(root, "exporters/0/works")));
	assert_int_equal(json_object_get_int(at(root, "exporters/0/stride")), 256);
	assert_false(json_object_get_boolean(at(root, "exporters/1/works")));
	assert_non_null(strstr(json_object_get_string(at(root, "exporters/1/why")), "group video"));
	assert_int_equal(json_object_array_length(at(root, "peers/0/imports")), 1);
	assert_false(json_object_get_boolean(at(root, "peers/0/imports/0/works")));
	assert_int_equal(json_object_get_int(at(root, "peers/0/imports/0/fresh")), 255);
	assert_string_equal(json_object_get_string(at(root, "machine/renderer")), "llvmpipe");
	assert_false(json_object_get_boolean(at(root, "sync/syncobj_timeline/works")));
	assert_false(json_object_get_boolean(at(root, "module/loaded")));
	assert_int_equal(json_object_array_length(at(root, "results")), 0);
	assert_int_equal(json_object_array_length(at(root, "pairs")), 0);
	assert_null(at(root, "stopped"));
	json_object_put(root);
}

static void usable_is_who_works(void **state)
{
	(void)state;
	assert_int_equal(listing_usable(&listing), 1);
	listing.exporters[0].err = -ENODEV;
	assert_int_equal(listing_usable(&listing), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_table_says_it, begin),
		cmocka_unit_test_setup(it_fits_and_has_no_blanks_at_line_ends, begin),
		cmocka_unit_test_setup(the_file_says_the_same, begin),
		cmocka_unit_test_setup(usable_is_who_works, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
