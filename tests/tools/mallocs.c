// SPDX-License-Identifier: MIT
/*
 * mallocs: a library for LD_PRELOAD that counts the allocations of a steady frame whose caller is
 * the program itself, not one of its libraries (libwayland allocates for every message).
 *
 *	STALELINE_MALLOCS=FILE [STALELINE_MALLOCS_SKIP=N] LD_PRELOAD=.../mallocs.so PROGRAM...
 *
 * A frame goes from one DMA_BUF_IOCTL_SYNC with START and WRITE to the next. When PROGRAM ends,
 * FILE has one line: "frames F calls C malloc M calloc C realloc R free F first 0xOFFSET": F whole
 * frames after the first N (20), and the calls in them whose return address lies in the program's
 * own text; OFFSET is where the first such call returns to, as addr2line takes it (0: none).
 */
#define _GNU_SOURCE
#include <link.h>
#include <linux/dma-buf.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The allocator itself. Asked for by these names no dlsym() is needed, which would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

enum call { MALLOC, CALLOC, REALLOC, FREE, CALLS };

/*
 * Counted since the last START, and up to it: what comes after the last START is no whole frame.
 * Atomic, since any thread may allocate; frames are begun by one.
 */
static atomic_ulong current[CALLS], total[CALLS];
static atomic_ulong starts;
static atomic_uintptr_t current_first, total_first;
static unsigned long skip = 20;

/* The program's executable segments; filled before main(), read only afterwards. */
static struct {
	uintptr_t start, end;
} text[8];
static size_t texts;
static uintptr_t base;

static void count(enum call call, void *caller)
{
	uintptr_t at = (uintptr_t)caller, none = 0;

	for (size_t i = 0; i < texts; i++) {
		if (at < text[i].start || at >= text[i].end)
			continue;
		atomic_fetch_add(&current[call], 1);
		atomic_compare_exchange_strong(&current_first, &none, at - base);
	}
}

static void start_frame(void)
{
	bool measured = atomic_fetch_add(&starts, 1) > skip; /* the frame that ends here */
	uintptr_t first = atomic_exchange(&current_first, 0), none = 0;

	if (measured)
		atomic_compare_exchange_strong(&total_first, &none, first);
	for (int i = 0; i < CALLS; i++) {
		unsigned long calls = atomic_exchange(&current[i], 0);

		if (measured)
			atomic_fetch_add(&total[i], calls);
	}
}

/* --- what is interposed --- */

void *malloc(size_t size)
{
	count(MALLOC, __builtin_return_address(0));
	return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	count(CALLOC, __builtin_return_address(0));
	return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
	count(REALLOC, __builtin_return_address(0));
	return __libc_realloc(memory, size);
}

void free(void *memory)
{
	if (memory) /* free(NULL) does nothing */
		count(FREE, __builtin_return_address(0));
	__libc_free(memory);
}

int ioctl(int fd, unsigned long request, ...)
{
	const struct dma_buf_sync *sync;
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	sync = arg;
	if ((uint32_t)request == DMA_BUF_IOCTL_SYNC && sync && !(sync->flags & DMA_BUF_SYNC_END) &&
	    (sync->flags & DMA_BUF_SYNC_WRITE))
		start_frame();
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

/* --- beginning and end --- */

/* The first object is the program. */
static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum && texts < 8; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
			continue;
		text[texts].start = base + header->p_vaddr;
		text[texts].end = base + header->p_vaddr + header->p_memsz;
		texts++;
	}
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *text_of_skip = getenv("STALELINE_MALLOCS_SKIP");

	if (text_of_skip)
		skip = strtoul(text_of_skip, NULL, 10);
	dl_iterate_phdr(find_text, NULL);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("STALELINE_MALLOCS");
	unsigned long begun = atomic_load(&starts), calls = 0;
	FILE *file;

	/* A program that makes no frame is not what is measured: a shell, for instance. */
	if (!path || begun == 0)
		return;
	file = fopen(path, "we");
	if (!file) {
		fprintf(stderr, "mallocs: %s: cannot be written\n", path);
		return;
	}
	for (int i = 0; i < CALLS; i++)
		calls += atomic_load(&total[i]);
	fprintf(file,
		"frames %lu calls %lu malloc %lu calloc %lu realloc %lu free %lu first 0x%lx\n",
		begun > skip + 1 ? begun - skip - 1 : 0, calls, atomic_load(&total[MALLOC]),
		atomic_load(&total[CALLOC]), atomic_load(&total[REALLOC]),
		atomic_load(&total[FREE]), (unsigned long)atomic_load(&total_first));
	if (fclose(file) != 0)
		fprintf(stderr, "mallocs: %s: cannot be written\n", path);
}
