// SPDX-License-Identifier: MIT
/*
 * machine: on what a result was gained. See machine.h.
 *
 * Caches are read from sysfs (Documentation/ABI/testing/sysfs-devices-system-cpu) and not asked of
 * sysconf(3): on arm64 that says 0, and nowhere does it know which cache is the last. A system
 * cache behind the CPUs' own, as some SoCs have, is in neither.
 */
#include "report/machine.h"

#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The first line of @dir/@name, without its end; a device tree's string ends with its NUL. */
static bool read_line(const char *dir, const char *name, char *text, size_t size)
{
	char path[PATH_MAX];
	FILE *file;
	bool found;

	text[0] = '\0';
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(text, (int)size, file) != NULL;
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return found && text[0];
}

/* "32768K", "1M", "64". */
static uint64_t parse_size(const char *text)
{
	uint64_t number;
	char unit = '\0';

	if (sscanf(text, "%" SCNu64 "%c", &number, &unit) < 1)
		return 0;
	return number << (unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0);
}

/* One of a CPU's caches: the line is that of the first level, the last level is the highest. */
static void look_at_cache(struct machine *machine, const char *dir)
{
	char type[16], text[24];
	uint64_t level, size, line;

	if (!read_line(dir, "type", type, sizeof(type)) || !strcmp(type, "Instruction"))
		return;
	level = read_line(dir, "level", text, sizeof(text)) ? parse_size(text) : 0;
	size = read_line(dir, "size", text, sizeof(text)) ? parse_size(text) : 0;
	line = read_line(dir, "coherency_line_size", text, sizeof(text)) ? parse_size(text) : 0;
	if (line > machine->cache_line && level == 1)
		machine->cache_line = line;
	/* Big and little CPUs have caches of their own: the largest is what eviction waits for. */
	if (level > machine->llc_level ||
	    (level == machine->llc_level && size > machine->llc_size)) {
		machine->llc_level = level;
		machine->llc_size = size;
	}
}

static void look_at_caches(struct machine *machine, const char *root)
{
	char pattern[PATH_MAX];
	glob_t found;
	long line;

	snprintf(pattern, sizeof(pattern), "%s/sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*",
		 root);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			look_at_cache(machine, found.gl_pathv[i]);
		globfree(&found);
	}
	if (!machine->llc_size)
		machine->llc_level = 0;
	line = machine->cache_line || root[0] ? 0 : sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
	if (line > 0)
		machine->cache_line = (uint64_t)line;
}

/* "model name	: Some CPU @ 3 GHz": what stands behind the colon, if the line begins with @key. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len))
		return NULL;
	line += len;
	while (*line == ' ' || *line == '\t')
		line++;
	if (*line++ != ':')
		return NULL;
	return line + strspn(line, " \t");
}

/* /proc/cpuinfo differs by architecture; arm64 has numbers only. */
static void look_at_cpu(struct machine *machine, const char *root)
{
	static const char *const keys[] = { "model name", "Model Name", "cpu model", "uarch",
					    "cpu\t" };
	unsigned int implementer = 0, part = 0;
	char path[PATH_MAX], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/cpuinfo", root);
	file = fopen(path, "re");
	while (file && !machine->cpu[0] && fgets(line, sizeof(line), file)) {
		const char *value;

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			value = value_of(line, keys[i]);
			if (value && !machine->cpu[0])
				snprintf(machine->cpu, sizeof(machine->cpu), "%s", value);
		}
		value = value_of(line, "CPU implementer");
		if (value)
			sscanf(value, "%x", &implementer);
		value = value_of(line, "CPU part");
		if (value && sscanf(value, "%x", &part) == 1)
			snprintf(machine->cpu, sizeof(machine->cpu),
				 "implementer 0x%02x part 0x%03x", implementer, part);
	}
	if (file)
		fclose(file);
}

void machine_look(struct machine *machine, const char *root)
{
	struct utsname host;
	char dir[PATH_MAX];

	*machine = (struct machine){ .page_size = (uint64_t)sysconf(_SC_PAGESIZE) };
	if (uname(&host) == 0) {
		snprintf(machine->system, sizeof(machine->system), "%s", host.sysname);
		snprintf(machine->kernel, sizeof(machine->kernel), "%s", host.release);
		snprintf(machine->kernel_version, sizeof(machine->kernel_version), "%s",
			 host.version);
		snprintf(machine->arch, sizeof(machine->arch), "%s", host.machine);
	}
	look_at_cpu(machine, root);
	look_at_caches(machine, root);
	snprintf(dir, sizeof(dir), "%s/proc/device-tree", root);
	read_line(dir, "model", machine->board, sizeof(machine->board));
}

const char *machine_size(uint64_t bytes, char text[32])
{
	if (!bytes)
		return "not known";
	if (bytes % (1 << 20) == 0)
		snprintf(text, 32, "%" PRIu64 " MiB", bytes >> 20);
	else if (bytes % (1 << 10) == 0)
		snprintf(text, 32, "%" PRIu64 " KiB", bytes >> 10);
	else
		snprintf(text, 32, "%" PRIu64 " bytes", bytes);
	return text;
}
