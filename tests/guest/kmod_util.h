/* SPDX-License-Identifier: MIT */
/* What the programs that try to break staleline.ko share, beside kmod_lib.h. */
#ifndef KMOD_UTIL_H
#define KMOD_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmod_lib.h"

void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* splitmix64: the same seed, the same choices. */
struct chooser {
	uint64_t state;
};

uint64_t choose(struct chooser *c);
/* 0 to n - 1; 0 where n is 0. */
uint32_t below(struct chooser *c, uint32_t n);
/* True once in n times. */
bool once_in(struct chooser *c, uint32_t n);
/* A number that is likely to be at somebody's limit. */
uint64_t boundary(struct chooser *c);

/* What to add to the offset of a map of the card node, or 0. */
int64_t dumb_offset(int fd, uint32_t handle);
/* True when no buffer of the module is left; what jobs and timers hold goes a little later. */
bool all_is_back(int seconds);

/* A dma-buf of somebody else: 0 udmabuf, 1 system heap, 2 vgem. A descriptor or -errno. */
#define FOREIGN_KINDS 3
int foreign_dmabuf(unsigned int kind, size_t size);

/* One descriptor through a socket; without waiting. -errno. */
int send_fd(int socket, int fd);
int receive_fd(int socket);

/* Writes @text into the file; 0 or -errno. */
int write_file(const char *path, const char *text);

/*
 * How allocations fail from now on in tasks that asked for it: each with this chance in 100. Copies from and to user
 * space don't, but by fail-nth. Does nothing where the kernel has no fault injection.
 */
void set_up_failures(unsigned int percent);

/* --NAME=NUMBER: true where @arg is this option. */
bool number_option(const char *arg, const char *name, uint64_t *value);

/* /sys/kernel/debug/dri/N of the card, or "". */
void debugfs_path(int fd, char *path, size_t size);

#endif
