/* SPDX-License-Identifier: MIT */
/*
 * machine: on what a result was gained: kernel, CPU, its caches. Two results that differ are put
 * side by side, and the difference is often here. No host name and no serial number: results are
 * sent around.
 */
#ifndef STALELINE_MACHINE_H
#define STALELINE_MACHINE_H

#include <stdint.h>

struct machine {
	char system[65]; /* uname(2): "Linux" */
	char kernel[65]; /* its release */
	char kernel_version[65];
	char arch[65];
	char cpu[96];	     /* the model's name; "" where the CPU does not say */
	char board[96];	     /* the device tree's model; "" where there is none */
	uint64_t page_size;  /* bytes */
	uint64_t cache_line; /* bytes, of the data cache; 0: not known */
	uint64_t llc_size;   /* bytes, of the last cache before memory; 0: not known */
	uint64_t llc_level;  /* 2, 3, ...; 0: not known */
};

/*
 * Look around. @root stands before /proc and /sys: "" on a real machine. Never fails: what is not
 * told stays empty.
 */
void machine_look(struct machine *machine, const char *root);

/* "32 MiB", "512 KiB", "not known" for 0. Returns @text. */
const char *machine_size(uint64_t bytes, char text[32]);

#endif
