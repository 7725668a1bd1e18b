// SPDX-License-Identifier: MIT
/* child: run a function in a forked child. See child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

enum {
	TICK_MS = 200,	/* how often the flag is looked at: a signal may come before poll(2) */
	KILL_MS = 2000, /* a process that is not gone so long after SIGKILL hangs in the kernel */
};

/* What parent and child share. */
struct shared {
	bool done; /* work() returned; without it, exit(3) was somebody else's idea */
	int returned;
	max_align_t result[];
};

/* What the parent has in hand. */
struct watch {
	struct shared *shared;
	size_t size;
	pid_t pid;
	int pidfd;
	int stderr_fd; /* the child's, our end; non-blocking */
	char tail[400];
	size_t tail_len;
};

static void __attribute__((noreturn))
child_main(const struct child_job *job, struct shared *shared, int stderr_fd, pid_t parent)
{
	static const int reset[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

	/* It must not outlive us, however we end; and that may have been before this line. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Meant for the parent, which kills us: not for a driver in the middle of its work. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* The signal's own name is what is wanted, not what a handler makes of it. */
	for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		signal(reset[i], SIG_DFL);
	/* A crash is expected here: no core file in the user's folder. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (stderr_fd != STDERR_FILENO) { /* it is, where ours was closed */
		dup2(stderr_fd, STDERR_FILENO);
		close(stderr_fd);
	}

	shared->returned = job->work(job->data, shared->result);
	shared->done = true;
	_exit(0); /* not exit(): what others have registered for the end is the parent's */
}

/* Read what the child has said, and keep the end of it. False where nobody can say more. */
static bool drain(struct watch *watch)
{
	char part[1024];
	ssize_t n;

	while ((n = read(watch->stderr_fd, part, sizeof(part))) > 0) {
		size_t room = sizeof(watch->tail), len = (size_t)n, kept;

		if (len > room) {
			memcpy(watch->tail, part + len - room, room);
			watch->tail_len = room;
			continue;
		}
		kept = watch->tail_len < room - len ? watch->tail_len : room - len;
		memmove(watch->tail, watch->tail + watch->tail_len - kept, kept);
		memcpy(watch->tail + kept, part, len);
		watch->tail_len = kept + len;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/*
 * What no terminal should get becomes '?': control codes,
 * those of Latin-1 as UTF-8 too, and what is no UTF-8 at all.
 */
static void clean(char *line, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		unsigned char c = (unsigned char)line[i];

		n = utf8_length(line + i, len - i);
		if (n && c >= ' ' && c != 0x7f && !(c == 0xc2 && (unsigned char)line[i + 1] < 0xa0))
			continue;
		n = n ? n : 1;
		memset(line + i, '?', n);
	}
}

/* The last line with something in it. */
static void last_line(const struct watch *watch, char *line, size_t size)
{
	size_t end = watch->tail_len, start, n;

	while (end && (unsigned char)watch->tail[end - 1] <= ' ')
		end--;
	for (start = end; start && watch->tail[start - 1] != '\n'; start--)
		;
	n = end - start < size ? end - start : size - 1;
	memcpy(line, watch->tail + start, n);
	clean(line, n);
	line[n] = '\0';
}

/*
 * Until the child is gone or @deadline; @job is told how far it is,
 * NULL: it is to be gone. 0, -ETIME, -EINTR.
 */
static int wait_until(struct watch *watch, int64_t deadline, const struct child_job *job)
{
	struct pollfd fds[] = {
		{ .fd = watch->pidfd, .events = POLLIN },
		{ .fd = watch->stderr_fd, .events = POLLIN },
	};

	for (;;) {
		int left = clock_ms_left(deadline);

		if (job && job->interrupted && *job->interrupted)
			return -EINTR;
		if (job && job->tick)
			job->tick(job->data, watch->shared->result);
		if (poll(fds, 2, left < TICK_MS ? left : TICK_MS) > 0) {
			if (fds[1].revents && !drain(watch))
				fds[1].fd = -1; /* it closed its stderr: poll would not sleep */
			if (fds[0].revents)
				return 0;
		}
		if (!left)
			return -ETIME;
	}
}

/* The child is gone, or is made to. 0 or -EBUSY: it does not go. */
static int reap(struct watch *watch, bool kill_it, int *status)
{
	if (kill_it) {
		kill(watch->pid, SIGKILL); /* not reaped yet, so the number is still its own */
		if (wait_until(watch, clock_ns() + (int64_t)KILL_MS * 1000000, NULL))
			return -EBUSY;
	}
	while (waitpid(watch->pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* What the status of a child that was not killed by us says. */
static int judge(const struct watch *watch, int status, struct child_end *end, struct why *why)
{
	if (WIFEXITED(status) && watch->shared->done) {
		end->returned = watch->shared->returned;
		return 0;
	}
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		end->signal = WTERMSIG(status);
		return why_set(why, -ECHILD, "killed by SIG%s (%s)%s%s", name ? name : "?",
			       strsignal(end->signal), end->said[0] ? "; it said last: " : "",
			       end->said);
	}
	end->exit_code = WEXITSTATUS(status);
	return why_set(why, -ECHILD, "something in there ended the process with exit(%d)%s%s",
		       end->exit_code, end->said[0] ? "; it said last: " : "", end->said);
}

static int watch_over(struct watch *watch, const struct child_job *job, struct child_end *end,
		      struct why *why)
{
	int stop = wait_until(watch, clock_ns() + (int64_t)job->limit_ms * 1000000, job);
	int status, err = reap(watch, stop != 0, &status);

	drain(watch);
	last_line(watch, end->said, sizeof(end->said));
	memcpy(job->result, watch->shared->result, job->size);
	if (err == -EBUSY)
		return why_set(why, stop == -EINTR ? -EINTR : -ETIME,
			       "it hangs in the kernel: over its time limit, and SIGKILL does not "
			       "end it; `sudo cat /proc/%d/stack` and dmesg say where",
			       (int)watch->pid);
	if (err)
		return why_set(why, err, "waiting for the child process: %s", strerror(-err));
	if (stop == -EINTR)
		return why_set(why, -EINTR, "stopped by a signal");
	if (stop)
		return why_set(why, -ETIME, "it took longer than %u.%u s and was ended%s%s%s%s",
			       job->limit_ms / 1000, job->limit_ms / 100 % 10,
			       job->limit_hint ? "; " : "", job->limit_hint ? job->limit_hint : "",
			       end->said[0] ? "; it said last: " : "", end->said);
	return judge(watch, status, end, why);
}

/* Fork; in the parent 0 or -errno with nothing left behind but what child_run() frees. */
static int start(struct watch *watch, const struct child_job *job)
{
	int fds[2], err;
	pid_t parent = getpid();

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	/* The child's end blocks: stderr that says "try again" is not what programs know. */
	fcntl(fds[1], F_SETFL, 0);
	fflush(NULL); /* else an exit(3) in the child prints our buffers a second time */
	watch->pid = fork();
	if (watch->pid == 0)
		child_main(job, watch->shared, fds[1], parent);
	err = watch->pid < 0 ? -errno : 0;
	close(fds[1]);
	watch->stderr_fd = fds[0];
	if (err)
		return err;
	watch->pidfd = pidfd_open(watch->pid, 0);
	if (watch->pidfd < 0) {
		err = -errno;
		kill(watch->pid, SIGKILL);
		waitpid(watch->pid, NULL, 0);
	}
	return err;
}

int child_run(const struct child_job *job, struct child_end *end, struct why *why)
{
	struct watch watch = { .pidfd = -1, .stderr_fd = -1 };
	int err;

	*end = (struct child_end){ .exit_code = -1 };
	watch.size = sizeof(struct shared) + job->size;
	watch.shared =
		mmap(NULL, watch.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (watch.shared == MAP_FAILED)
		return why_set(why, -errno, "memory to share with a child process: %s",
			       strerror(errno));
	memcpy(watch.shared->result, job->result, job->size);
	err = start(&watch, job);
	if (err)
		why_set(why, err, "start a child process: %s", strerror(-err));
	else
		err = watch_over(&watch, job, end, why);
	if (watch.pidfd >= 0)
		close(watch.pidfd);
	if (watch.stderr_fd >= 0)
		close(watch.stderr_fd);
	munmap(watch.shared, watch.size);
	return err;
}
