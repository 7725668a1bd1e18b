// SPDX-License-Identifier: MIT
/*
 * The mode trap, which tells each touch outside of a bracket: what it counts, of whom, in debugfs
 * and by SIGBUS. A room of kmod_test.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_test.h"

static struct buffer make_trap(void)
{
	return make(PAGES, DRM_STALELINE_MODE_TRAP);
}

static void is_traps(const struct buffer *b, uint64_t reads, uint64_t writes, const char *what)
{
	uint64_t r = counter(b, DRM_STALELINE_TRAP_READ), w = counter(b, DRM_STALELINE_TRAP_WRITE);

	if (!ok(r == reads && w == writes, "trap: %s", what))
		printf("# %llu reads and %llu writes were trapped\n", (unsigned long long)r,
		       (unsigned long long)w);
}

static void test_trap(void)
{
	struct buffer b = make_trap();
	volatile uint8_t *again = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, b.fd, 0);

	sync_buffer(&b, START | RW);
	b.cpu[0] = (uint8_t)(b.cpu[4096] + 1);
	sync_buffer(&b, END | RW);
	is_traps(&b, 0, 0, "what a bracket allows is not counted");
	is(b.device[0], 1, "trap: nothing is lost");
	(void)b.cpu[0];
	is_traps(&b, 1, 0, "a read after END");
	(void)again[0];
	is_traps(&b, 1, 0, "the same page read through another map");
	b.cpu[1] = 1;
	is_traps(&b, 1, 1, "a write after a read of the same page");
	b.cpu[2] = b.cpu[3];
	is_traps(&b, 1, 1, "a page counts once in a direction");
	b.cpu[4096] = 1;
	is_traps(&b, 1, 2, "another page counts anew");
	sync_buffer(&b, START | READ);
	(void)b.cpu[0];
	is_traps(&b, 1, 2, "a read inside READ");
	b.cpu[0] = 2;
	is_traps(&b, 1, 3, "a write inside READ");
	sync_buffer(&b, END | READ);
	sync_buffer(&b, START | WRITE);
	(void)b.cpu[2 * 4096];
	is_traps(&b, 2, 3, "a read inside WRITE");
	b.cpu[2 * 4096] = 2;
	is_traps(&b, 2, 3, "a write inside WRITE");
	sync_buffer(&b, END | WRITE);
	munmap((void *)again, SIZE);
	drop(&b);
}

/* One buffer's brackets must not empty the maps of another. */
static void test_trap_of_another(void)
{
	struct buffer b = make_trap(), other = make_trap();

	sync_buffer(&b, START | WRITE);
	b.cpu[0] = 1;
	sync_buffer(&other, START | RW);
	sync_buffer(&other, END | RW);
	(void)b.cpu[0]; /* writable since the store, so unseen: as docs/module.md says */
	is_traps(&b, 0, 0, "another buffer's bracket empties no map of this one");
	sync_buffer(&b, END | WRITE);
	drop(&other);
	drop(&b);
}

/* Nobody ends a bracket of a buffer that is gone; the list of buffers is read meanwhile. */
static void test_gone_with_a_bracket(void)
{
	struct buffer b = make_trap();
	uint64_t before = counter(NULL, DRM_STALELINE_ABANDONED);

	sync_buffer(&b, START | RW);
	drop(&b);
	is((long long)(counter(NULL, DRM_STALELINE_ABANDONED) - before), 1,
	   "a bracket that goes with its buffer is abandoned");
}

static bool file_has(const char *path, const char *word)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		found |= strstr(line, word) != NULL;
	if (f)
		fclose(f);
	return found;
}

static void test_trap_processes(void)
{
	struct buffer b = make_trap();
	char path[64], word[64];
	pid_t child = fork();

	if (!child) {
		b.cpu[0] = 1;
		_exit(0);
	}
	waitpid(child, NULL, 0);
	is_traps(&b, 0, 1, "a child's write");
	snprintf(word, sizeof(word), "page 0 write by %.15s[%d]", program_invocation_short_name,
		 child);
	for (int i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%d/violations", i);
		if (file_has(path, word))
			break;
		path[0] = '\0';
	}
	ok(path[0], "debugfs says \"%s\"", word);
	sync_buffer(&b, START | WRITE);
	if (!fork()) {
		b.cpu[4096] = 1;
		_exit(0);
	}
	wait(NULL);
	is_traps(&b, 0, 1, "another process's open bracket masks a touch");
	sync_buffer(&b, END | WRITE);
	drop(&b);
}

static sigjmp_buf hit;

static void on_sigbus(int signum)
{
	(void)signum;
	siglongjmp(hit, 1);
}

/* Does a store end in SIGBUS? */
static bool dies(struct buffer *b, size_t at)
{
	bool died = true;

	signal(SIGBUS, on_sigbus);
	if (!sigsetjmp(hit, 1)) {
		b->cpu[at] = 1;
		died = false;
	}
	signal(SIGBUS, SIG_DFL);
	return died;
}

static void test_sigbus(void)
{
	struct buffer b = make_trap();
	struct drm_staleline_process ask = { .flags = DRM_STALELINE_PROCESS_SIGBUS };
	int other = open_card("staleline"), status = 0;

	ok(!dies(&b, 0), "trap: no SIGBUS for who didn't ask");
	sync_buffer(&b, END | RW);
	is(call(other, DRM_IOCTL_STALELINE_PROCESS, &ask), 0, "PROCESS sigbus");
	ok(dies(&b, 0), "trap: SIGBUS for who asked");
	ok(dies(&b, 0), "trap: and again");
	is((long long)counter(&b, DRM_STALELINE_SIGBUS), 2, "trap: both are counted");
	sync_buffer(&b, START | WRITE);
	ok(!dies(&b, 0), "trap: not inside a bracket");
	sync_buffer(&b, END | WRITE);
	if (!fork())
		_exit(dies(&b, 0));
	wait(&status);
	is(status, 0, "trap: no SIGBUS for a child of who asked");
	close(other);
	sync_buffer(&b, END | RW);
	ok(!dies(&b, 0), "trap: none after the file is closed");
	drop(&b);
}

void test_trap_mode(void)
{
	test_trap();
	test_trap_of_another();
	test_gone_with_a_bracket();
	test_trap_processes();
	test_sigbus();
}
