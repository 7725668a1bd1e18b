// SPDX-License-Identifier: MIT
/* The machine's description, of machines that lie in a folder of this test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fds.h"

#include "report/machine.h"

static char root[32];
static struct machine machine;

/* Put @text into the file @path of the machine, with the folders on the way. */
static void put(const char *path, const char *text)
{
	char command[300], full[256];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	snprintf(command, sizeof(command), "mkdir -p $(dirname %s)", full);
	assert_int_equal(system(command), 0);
	file = fopen(full, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void put_cache(int cpu, int index, const char *type, const char *level, const char *size,
		      const char *line)
{
	const char *const names[] = { "type", "level", "size", "coherency_line_size" };
	const char *const texts[] = { type, level, size, line };
	char path[160];

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu,
			 index, names[i]);
		if (texts[i])
			put(path, texts[i]);
	}
}

static int begin(void **state)
{
	(void)state;
	strcpy(root, "/tmp/machine.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int finish(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void a_pc(void **state)
{
	(void)state;
	put("proc/cpuinfo", "processor\t: 0\nmodel\t\t: 97\nmodel name\t: Some CPU @ 3 GHz\n"
			    "processor\t: 1\nmodel name\t: Another\n");
	put_cache(0, 0, "Data\n", "1\n", "32K\n", "64\n");
	put_cache(0, 1, "Instruction\n", "1\n", "64K\n", "128\n");
	put_cache(0, 2, "Unified\n", "2\n", "1024K\n", "64\n");
	put_cache(0, 3, "Unified\n", "3\n", "32768K\n", "64\n");
	machine_look(&machine, root);
	assert_string_equal(machine.cpu, "Some CPU @ 3 GHz");
	assert_string_equal(machine.board, "");
	assert_int_equal(machine.cache_line, 64);
	assert_int_equal(machine.llc_level, 3);
	assert_int_equal(machine.llc_size, 32 << 20);
	assert_int_equal(machine.page_size, sysconf(_SC_PAGESIZE));
	assert_string_equal(machine.system, "Linux");
	assert_true(machine.kernel[0] && machine.arch[0]);
}

/* Two clusters: the large one's cache is what counts, whichever comes first. */
static void a_board(void **state)
{
	(void)state;
	put("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n");
	put("proc/device-tree/model", "Some Board Rev 2");
	put_cache(0, 0, "Data\n", "1\n", "32K\n", "64\n");
	put_cache(0, 2, "Unified\n", "2\n", "512K\n", "64\n");
	put_cache(4, 2, "Unified\n", "2\n", "1M\n", "64\n");
	put_cache(10, 2, "Unified\n", "2\n", "256K\n", "64\n");
	machine_look(&machine, root);
	assert_string_equal(machine.cpu, "implementer 0x41 part 0xd08");
	assert_string_equal(machine.board, "Some Board Rev 2");
	assert_int_equal(machine.llc_level, 2);
	assert_int_equal(machine.llc_size, 1 << 20);
}

/* Without a device tree's cache nodes arm64 tells levels, and no sizes. */
static void what_is_not_told_stays_empty(void **state)
{
	char text[32];

	(void)state;
	put_cache(0, 0, "Data\n", "1\n", NULL, NULL);
	put_cache(0, 1, "", "", "", "");
	put_cache(0, 2, "Unified\n", "2\n", NULL, NULL);
	machine_look(&machine, root);
	assert_string_equal(machine.cpu, "");
	assert_int_equal(machine.cache_line, 0);
	assert_int_equal(machine.llc_size, 0);
	assert_int_equal(machine.llc_level, 0);
	assert_string_equal(machine_size(0, text), "not known");
}

static void an_endless_name_is_cut(void **state)
{
	char text[600] = "model name : ";

	(void)state;
	memset(text + strlen(text), 'm', sizeof(text) - strlen(text) - 1);
	put("proc/cpuinfo", text);
	machine_look(&machine, root);
	assert_int_equal(strlen(machine.cpu), sizeof(machine.cpu) - 1);
}

static void no_descriptor_is_left(void **state)
{
	int before = count_fds();

	(void)state;
	put("proc/cpuinfo", "model name : c\n");
	put("proc/device-tree/model", "b");
	put_cache(0, 0, "Data\n", "1\n", "32K\n", "64\n");
	machine_look(&machine, root);
	assert_int_equal(count_fds(), before);
}

static void sizes_are_for_people(void **state)
{
	char text[32];

	(void)state;
	assert_string_equal(machine_size(32 << 20, text), "32 MiB");
	assert_string_equal(machine_size(1536 << 10, text), "1536 KiB");
	assert_string_equal(machine_size(100, text), "100 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pc, begin, finish),
		cmocka_unit_test_setup_teardown(a_board, begin, finish),
		cmocka_unit_test_setup_teardown(what_is_not_told_stays_empty, begin, finish),
		cmocka_unit_test_setup_teardown(an_endless_name_is_cut, begin, finish),
		cmocka_unit_test_setup_teardown(no_descriptor_is_left, begin, finish),
		cmocka_unit_test(sizes_are_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
