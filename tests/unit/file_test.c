// SPDX-License-Identifier: MIT
/* Files of results on a disk that is full: nothing is left behind that looks whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record_of.h"
#include "report/file.h"
#include "report/picture.h"

static char folder[] = "/tmp/staleline-file-XXXXXX";
static char path[64];
static struct why why;

static int setup(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN); /* EFBIG then */
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/f", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* No file gets larger than that; RLIM_INFINITY: as large as it likes. */
static void disk_of(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int save_picture(void)
{
	static uint32_t pixels[256 * 256];
	const struct picture picture = { pixels, 256, 256, 256 * 4 };

	for (uint32_t i = 0; i < 256 * 256; i++)
		pixels[i] = i * 2654435761u; /* not to be packed small */
	return picture_save(&picture, path, &why);
}

static int save_result(void)
{
	struct record record = record_of(CELL_STALE, 0, 1);
	const struct report report = { .records = &record, .count = 1, .version = "9.9" };

	return report_write_json(&report, path, &why);
}

/* Full at once, or only when the last of it is written. */
static void half_of_it_is_removed(void **state)
{
	static int (*const saves[])(void) = { save_picture, save_result };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct stat st;

		assert_int_equal(saves[i](), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_size > 1000);
		for (int j = 0; j < 3; j++) {
			disk_of(j == 0 ? 0 : j == 1 ? 100 : (rlim_t)st.st_size - 1);
			assert_int_equal(saves[i](), -EFBIG);
			disk_of(RLIM_INFINITY);
			assert_int_equal(access(path, F_OK), -1);
			assert_non_null(strstr(why.text, path));
			assert_non_null(strstr(why.text, strerror(EFBIG)));
		}
	}
}

/* What fits into stdio's buffer goes to the disk when it is closed. */
static void closing_can_fail(void **state)
{
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	fputs("all of it", file);
	disk_of(0);
	assert_int_equal(file_close(file, path, 0), -EFBIG);
	disk_of(RLIM_INFINITY);
	assert_int_equal(access(path, F_OK), -1);
}

static void the_first_error_is_told(void **state)
{
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	fputs("a part of it", file);
	disk_of(0);
	assert_int_equal(file_close(file, path, -ENODEV), -ENODEV);
	disk_of(RLIM_INFINITY);
	assert_int_equal(access(path, F_OK), -1);
}

static void what_was_written_stays(void **state)
{
	FILE *file = fopen(path, "we");

	(void)state;
	assert_non_null(file);
	fputs("all of it", file);
	assert_int_equal(file_close(file, path, 0), 0);
	assert_int_equal(unlink(path), 0);
}

/* A folder that is not there, and somebody else's device. */
static void what_is_not_ours_stays(void **state)
{
	const struct picture picture = { (uint32_t[]){ 0 }, 1, 1, 4 };
	FILE *file = fopen("/dev/null", "we");

	(void)state;
	assert_int_equal(picture_save(&picture, "/nowhere/p.png", &why), -ENOENT);
	assert_non_null(strstr(why.text, "/nowhere/p.png"));
	assert_non_null(file);
	/* By a name that would go, were its kind not looked at. */
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(file_close(file, path, -EIO), -EIO);
	assert_int_equal(unlink(path), 0);
}

/* As /dev/stdout is one where stdout is a file, or latest.json. */
static void behind_a_link_the_file_is_emptied(void **state)
{
	char target[80];
	struct stat st;
	FILE *file;

	(void)state;
	snprintf(target, sizeof(target), "%s-target", path);
	assert_int_equal(symlink(target, path), 0);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("a part of it", file);
	assert_int_equal(file_close(file, path, -EIO), -EIO);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(target), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_it_is_removed),
		cmocka_unit_test(closing_can_fail),
		cmocka_unit_test(the_first_error_is_told),
		cmocka_unit_test(what_was_written_stays),
		cmocka_unit_test(what_is_not_ours_stays),
		cmocka_unit_test(behind_a_link_the_file_is_emptied),
	};

	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
