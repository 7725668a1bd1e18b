// SPDX-License-Identifier: MIT
/*
 * syscalls: how many system calls a steady frame makes.
 *
 *	syscalls [--skip=N] [--frames=N] [--max=N] [--ignore=NAME] [--status=N] -- COMMAND...
 *
 * Runs COMMAND under ptrace and counts the system calls of its first thread; its other threads and
 * its children run untraced. A frame goes from one DMA_BUF_IOCTL_SYNC with START and WRITE to the
 * next. The first N frames are skipped, the next N measured. COMMAND runs to its end, so it has to
 * show at least skip + frames + 1 frames.
 *
 * Exit code: 0 the median is at most --max; 1 it is more; 2 wrong usage; 3 there were too few
 * frames, or COMMAND did not end with --status (0).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/dma-buf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CALLS = 64, MAX_FRAMES = 10000 };

/* The calls that a frame may have; others are shown by number. They differ by architecture. */
static const struct name {
	uint64_t number;
	const char *name;
} names[] = {
#ifdef SYS_poll
	{ SYS_poll, "poll" },
#endif
	{ SYS_ppoll, "ppoll" },
	{ SYS_recvmsg, "recvmsg" },
	{ SYS_sendmsg, "sendmsg" },
	{ SYS_ioctl, "ioctl" },
	{ SYS_futex, "futex" },
	{ SYS_read, "read" },
	{ SYS_write, "write" },
	{ SYS_close, "close" },
	{ SYS_dup3, "dup3" },
	{ SYS_fcntl, "fcntl" },
	{ SYS_mmap, "mmap" },
	{ SYS_munmap, "munmap" },
	{ SYS_madvise, "madvise" },
	{ SYS_brk, "brk" },
	{ SYS_clock_gettime, "clock_gettime" },
	{ SYS_clock_nanosleep, "clock_nanosleep" },
	{ SYS_sched_yield, "sched_yield" },
	{ SYS_getrandom, "getrandom" },
	{ SYS_restart_syscall, "restart_syscall" },
	{ SYS_rt_sigreturn, "rt_sigreturn" },
};

struct frame {
	unsigned int count;
	uint16_t calls[MAX_CALLS]; /* the first ones, to be named */
};

struct wish {
	unsigned int skip, frames, max, status;
	bool has_max;
	uint64_t ignore; /* number of a call that is not counted; UINT64_MAX: none */
	char **command;
};

struct tally {
	const struct wish *wish;
	struct frame *frames; /* those measured */
	unsigned int starts;  /* how many frames have begun */
};

static int usage(void)
{
	fprintf(stderr, "Usage: syscalls [--skip=N] [--frames=N] [--max=N] [--ignore=NAME] "
			"[--status=N] -- COMMAND...\n");
	return 2;
}

static uint64_t number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].number;
	return UINT64_MAX;
}

static bool read_number(const char *arg, const char *option, unsigned int *number)
{
	size_t length = strlen(option);
	unsigned long value;
	char *end;

	if (strncmp(arg, option, length) != 0)
		return false;
	errno = 0;
	value = strtoul(arg + length, &end, 10);
	if (end == arg + length || *end || errno || value > MAX_FRAMES)
		return false;
	*number = (unsigned int)value;
	return true;
}

static bool read_wish(int argc, char **argv, struct wish *wish)
{
	int i;

	*wish = (struct wish){ .skip = 20, .frames = 300, .ignore = UINT64_MAX };
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (read_number(argv[i], "--skip=", &wish->skip) ||
		    read_number(argv[i], "--frames=", &wish->frames) ||
		    read_number(argv[i], "--status=", &wish->status))
			continue;
		if (read_number(argv[i], "--max=", &wish->max)) {
			wish->has_max = true;
			continue;
		}
		if (strncmp(argv[i], "--ignore=", 9) != 0)
			return false;
		wish->ignore = number_of(argv[i] + 9);
		if (wish->ignore == UINT64_MAX)
			return false;
	}
	wish->command = argv + i + 1;
	return i + 1 < argc && wish->frames > 0;
}

/* --- following --- */

/* Is this the START of a frame? The flags lie in the memory of the process. */
static bool starts_frame(pid_t pid, const struct ptrace_syscall_info *info)
{
	struct dma_buf_sync sync;
	long word;

	if (info->entry.nr != SYS_ioctl || (uint32_t)info->entry.args[1] != DMA_BUF_IOCTL_SYNC)
		return false;
	/* Two words, since a word is 4 or 8 bytes: it is 8 bytes that we want. */
	for (size_t at = 0; at < sizeof(sync); at += sizeof(word)) {
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, (void *)(uintptr_t)(info->entry.args[2] + at),
			      NULL);
		if (word == -1 && errno)
			return false;
		memcpy((char *)&sync + at, &word, sizeof(word));
	}
	return !(sync.flags & DMA_BUF_SYNC_END) && (sync.flags & DMA_BUF_SYNC_WRITE);
}

static void count_call(struct tally *tally, pid_t pid)
{
	const struct wish *wish = tally->wish;
	struct ptrace_syscall_info info;
	struct frame *frame;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	if (starts_frame(pid, &info))
		tally->starts++;
	/* Frame number skip + 1 is the first that is measured. */
	if (tally->starts <= wish->skip || tally->starts > wish->skip + wish->frames ||
	    info.entry.nr == wish->ignore)
		return;
	frame = &tally->frames[tally->starts - wish->skip - 1];
	if (frame->count < MAX_CALLS)
		frame->calls[frame->count] = (uint16_t)info.entry.nr;
	frame->count++;
}

/* To the end of the command, from one stop to the next; returns its status as of waitpid(2). */
static int follow(struct tally *tally, pid_t pid)
{
	int status, signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal) < 0 &&
		    errno != ESRCH)
			return -1;
		if (waitpid(pid, &status, 0) < 0)
			return -1;
		if (WIFEXITED(status) || WIFSIGNALED(status))
			return status;
		signal = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			count_call(tally, pid);
		else if (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			signal = WSTOPSIG(status); /* a signal of its own: hand it on */
	}
}

static int run(struct tally *tally)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(tally->wish->command[0], tally->wish->command);
		fprintf(stderr, "syscalls: %s: %s\n", tally->wish->command[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return -1;
	/* No PTRACE_O_TRACECLONE and no _FORK: only the first thread is followed. */
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (void *)(intptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
				      PTRACE_O_EXITKILL)) < 0)
		return -1;
	return follow(tally, pid);
}

/* --- the result --- */

static int by_count(const void *a, const void *b)
{
	unsigned int x = ((const struct frame *)a)->count, y = ((const struct frame *)b)->count;

	return (x > y) - (x < y);
}

static void print_call(uint16_t number, unsigned int times)
{
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			name = names[i].name;
	if (name)
		printf(" %s", name);
	else
		printf(" #%u", number);
	if (times > 1)
		printf(" x%u", times);
}

/* Each call once, with how often, in the order of its first appearance. */
static void print_frame(const struct frame *frame)
{
	unsigned int known = frame->count < MAX_CALLS ? frame->count : MAX_CALLS;

	printf("syscalls: a median frame:");
	for (unsigned int i = 0; i < known; i++) {
		unsigned int times = 0, first = known;

		for (unsigned int j = known; j-- > 0;) {
			if (frame->calls[j] != frame->calls[i])
				continue;
			times++;
			first = j;
		}
		if (first == i)
			print_call(frame->calls[i], times);
	}
	printf("\n");
}

static int judge(const struct tally *tally, int status)
{
	const struct wish *wish = tally->wish;
	unsigned int needed =
		wish->skip + wish->frames + 1; /* the last one's end is the next START */
	const struct frame *median = &tally->frames[wish->frames / 2];

	if (!WIFEXITED(status) || (unsigned int)WEXITSTATUS(status) != wish->status) {
		fprintf(stderr, "syscalls: %s did not end with %u (wait status 0x%x)\n",
			wish->command[0], wish->status, (unsigned int)status);
		return 3;
	}
	if (tally->starts < needed) {
		fprintf(stderr, "syscalls: %u frames seen, %u needed (%u skipped, %u measured)\n",
			tally->starts, needed, wish->skip, wish->frames);
		return 3;
	}
	qsort(tally->frames, wish->frames, sizeof(tally->frames[0]), by_count);
	printf("syscalls: %u frames: median %u, min %u, max %u\n", wish->frames, median->count,
	       tally->frames[0].count, tally->frames[wish->frames - 1].count);
	print_frame(median);
	if (wish->has_max && median->count > wish->max) {
		printf("syscalls: the median is more than %u\n", wish->max);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct wish wish;
	struct tally tally = { .wish = &wish };
	int status, result;

	if (!read_wish(argc, argv, &wish))
		return usage();
	tally.frames = calloc(wish.frames, sizeof(tally.frames[0]));
	if (!tally.frames) {
		fprintf(stderr, "syscalls: no memory\n");
		return 3;
	}
	status = run(&tally);
	if (status == -1) {
		fprintf(stderr, "syscalls: ptrace: %s\n", strerror(errno));
		result = 3;
	} else {
		result = judge(&tally, status);
	}
	free(tally.frames);
	return result;
}
