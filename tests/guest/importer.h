/* SPDX-License-Identifier: MIT */
/*
 * The devices of tests/guest/importer, from user space: what each sees of a dma-buf that it has mapped.
 * Ends the test program where the device itself fails.
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Maps @dmabuf; the caller closes what is returned, and so unmaps it. */
int importer_of(int dmabuf);
/* The same for a driver that touches it with the CPU, in a kernel thread and between begin and end. */
int importer_thread(int dmabuf);
int importer_byte(int importer, off_t at);
/* Bytes 0 to @size. */
void importer_fill(int importer, uint8_t value, size_t size);

#endif
