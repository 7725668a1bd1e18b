// SPDX-License-Identifier: MIT
/*
 * access.c against a mock kernel: poll, ioctl and the clock are replaced at link time
 * (-Wl,--wrap=poll,--wrap=ioctl,--wrap=clock_gettime). Each call answers as the test planned it and
 * is written into a log; so a test says what the kernel does, and checks what it was asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fds.h"

#include "buffer/access.h"

#define FD 777	    /* never opened: whatever reaches the real kernel fails */
#define FILE_FD 778 /* a sync_file, as little */
#define BAD_BIT UINT64_C(8)

enum syscall {
	SYS_POLL,
	SYS_SYNC,
	SYS_EXPORT,
	SYS_IMPORT,
};

/* What one call of the mock answers. */
struct answer {
	int result;    /* as the syscall returns; -1 with error */
	int error;     /* errno */
	short revents; /* poll */
	int takes_ms;  /* the mock clock goes on by that much */
};

/* What one call was asked. */
struct call {
	enum syscall syscall;
	short events;	/* poll */
	int timeout_ms; /* poll */
	uint64_t flags; /* SYNC, EXPORT, IMPORT */
	bool file;	/* poll: of the sync_file */
};

#define MAX_CALLS 4096

static struct {
	bool real; /* let everything through */
	struct answer answers[MAX_CALLS];
	int planned, given;
	struct call calls[MAX_CALLS];
	int made;
	int64_t now_ns;
} mock;

int __real_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

/* The next planned answer; with nothing planned left, success. */
static struct answer next_answer(struct call call)
{
	struct answer answer = { .result = call.syscall == SYS_POLL ? 1 : 0 };

	assert_true(mock.made < MAX_CALLS);
	mock.calls[mock.made++] = call;
	if (mock.given < mock.planned)
		answer = mock.answers[mock.given++];
	else
		answer.revents = call.events;
	mock.now_ns += (int64_t)answer.takes_ms * 1000000;
	errno = answer.error;
	return answer;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	struct call call = { .syscall = SYS_POLL, .timeout_ms = timeout_ms };
	struct answer answer;

	if (mock.real)
		return __real_poll(fds, n, timeout_ms);
	assert_int_equal(n, 1);
	assert_true(fds->fd == FD || fds->fd == FILE_FD);
	call.file = fds->fd == FILE_FD;
	call.events = fds->events;
	answer = next_answer(call);
	fds->revents = answer.revents;
	return answer.result;
}

/* EXPORT_SYNC_FILE and IMPORT_SYNC_FILE, whose structures are alike: flags, then the file. */
static int sync_file_call(enum syscall syscall, struct dma_buf_export_sync_file *args)
{
	struct call call = { .syscall = syscall, .flags = args->flags };

	if (syscall == SYS_IMPORT)
		assert_int_equal(args->fd, FILE_FD);
	args->fd = FILE_FD;
	return next_answer(call).result;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct call call = { .syscall = SYS_SYNC };
	const struct dma_buf_sync *sync;
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	assert_int_equal(fd, FD);
	if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
		return sync_file_call(SYS_EXPORT, arg);
	if (request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE)
		return sync_file_call(SYS_IMPORT, arg);
	assert_int_equal(request, DMA_BUF_IOCTL_SYNC);
	sync = arg;
	call.flags = sync->flags;
	return next_answer(call).result;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	if (mock.real)
		return __real_clock_gettime(clock, t);
	t->tv_sec = mock.now_ns / 1000000000;
	t->tv_nsec = mock.now_ns % 1000000000;
	return 0;
}

static void plan(struct answer answer, int times)
{
	while (times--) {
		assert_true(mock.planned < MAX_CALLS);
		mock.answers[mock.planned++] = answer;
	}
}

static void plan_error(int error, int times)
{
	plan((struct answer){ .result = -1, .error = error }, times);
}

/*
 * The whole log, in short: "P4:-1" poll(POLLOUT, -1), "F1:-1" the same of the sync_file, "S3" SYNC with flags 3, "E1"
 * EXPORT, "I2" IMPORT.
 */
static void assert_calls(const char *expected)
{
	static const char letters[] = { [SYS_SYNC] = 'S', [SYS_EXPORT] = 'E', [SYS_IMPORT] = 'I' };
	char log[512] = "";
	size_t len = 0;

	for (int i = 0; i < mock.made; i++) {
		const struct call *call = &mock.calls[i];
		const char *gap = i ? " " : "";

		if (call->syscall == SYS_POLL)
			len += (size_t)snprintf(log + len, sizeof(log) - len, "%s%c%d:%d", gap,
						call->file ? 'F' : 'P', call->events,
						call->timeout_ms);
		else
			len += (size_t)snprintf(log + len, sizeof(log) - len, "%s%c%u", gap,
						letters[call->syscall], (unsigned int)call->flags);
		assert_true(len < sizeof(log));
	}
	assert_string_equal(log, expected);
}

static int setup(void **state)
{
	(void)state;
	memset(&mock, 0, sizeof(mock));
	mock.now_ns = INT64_C(1234567890123);
	return 0;
}

/* An access that is ready for everything, and no call made yet. */
static struct access ready_access(enum access_policy policy)
{
	struct access access;

	access_init(&access, FD, policy);
	access_is_ready(&access, ACCESS_RW);
	return access;
}

static void assert_violation(const struct access *access, uint32_t violations, unsigned int rule,
			     const char *sentence)
{
	assert_int_equal(access->violations, violations);
	assert_true(access->broken & UINT32_C(1) << rule);
	assert_non_null(access->violation);
	assert_string_equal(access->violation, sentence);
}

static void assert_clean(const struct access *access)
{
	assert_int_equal(access->violations, 0);
	assert_int_equal(access->broken, 0);
	assert_null(access->violation);
}

/*
 * The right order: the very syscalls, their bits, and no other.
 */

static void test_frame(uint64_t flags, const char *calls)
{
	struct access access;

	for (int policy = ACCESS_ENFORCE; policy <= ACCESS_OBSERVE; policy++) {
		setup(NULL);
		access_init(&access, FD, (enum access_policy)policy);
		assert_int_equal(access_wait(&access, flags, -1), 0);
		assert_int_equal(access_begin(&access, flags), 0);
		assert_int_equal(access.open, flags);
		assert_int_equal(access_end(&access, flags), 0);
		assert_int_equal(access.open, 0);
		assert_int_equal(access_submit(&access), 0);
		assert_int_equal(access.ready, 0);
		assert_clean(&access);
		assert_int_equal(access.restarts, 0);
		assert_calls(calls);
	}
}

static void frame_write(void **state)
{
	(void)state;
	test_frame(ACCESS_WRITE, "P4:-1 S2 S6"); /* POLLOUT alone (R16) */
}

static void frame_rw(void **state)
{
	(void)state;
	test_frame(ACCESS_RW, "P4:-1 S3 S7");
}

static void frame_read(void **state)
{
	(void)state;
	test_frame(ACCESS_READ, "P1:-1 S1 S5"); /* POLLIN alone (R14) */
}

/* Not seen by anybody else in between, a buffer stays ready: no second poll is asked for. */
static void two_brackets_one_wait(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 5), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0); /* all users done: writers too */
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_calls("P4:5 S2 S6 S1 S5");
	assert_clean(&access);
}

static void explicit_sync_needs_no_poll(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_RW), 0);
	assert_int_equal(access_end(&access, ACCESS_RW), 0);
	assert_calls("S3 S7");
	assert_clean(&access);
}

/*
 * The same by sync_file: R17 to R20.
 */

static void frame_by_sync_file(void **state)
{
	struct access access;
	int file;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_submit(&access), 0);
	file = access_snapshot(&access, ACCESS_READ);
	assert_int_equal(file, FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_READ, 5), 0);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_calls("E1 F1:5 S1 S5"); /* of a sync_file POLLIN says that it is signalled */
	assert_clean(&access);
	/* One of all users (R18) is one of the writers, too; and not the other way round. */
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_snapshot(&access, ACCESS_WRITE), FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_RW, 5), 0);
	assert_int_equal(access.ready, ACCESS_RW);
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), FILE_FD);
	assert_int_equal(access_wait_file(&access, file, ACCESS_WRITE, 5), -EPROTO);
	assert_int_equal(access.ready, 0);
}

static void snapshot_before_submit(void **state)
{
	static const char late[] =
		"R19: the sync_file is older than the work that was submitted last";
	struct access access;
	int file;

	(void)state;
	for (int policy = ACCESS_ENFORCE; policy <= ACCESS_OBSERVE; policy++) {
		setup(NULL);
		access_init(&access, FD, (enum access_policy)policy);
		file = access_snapshot(&access, ACCESS_READ);
		assert_int_equal(access_submit(&access), 0);
		assert_int_equal(access_wait_file(&access, file, ACCESS_READ, 5),
				 policy == ACCESS_ENFORCE ? -EPROTO : 0);
		assert_violation(&access, 1, 19, late);
		assert_calls(policy == ACCESS_ENFORCE ? "E1" : "E1 F1:5");
		/* As a program that has this fault: it believes that the buffer is ready. */
		assert_int_equal(access.ready, policy == ACCESS_ENFORCE ? 0 : ACCESS_READ);
	}
}

static void sync_file_errors(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_export(FD, 0), -EINVAL); /* R17: and nothing is asked */
	assert_int_equal(access_export(FD, ACCESS_RW | BAD_BIT), -EINVAL);
	assert_int_equal(access_import(FD, FILE_FD, 0), -EINVAL);
	assert_calls("");
	plan_error(ENOTTY, 2); /* R23: a kernel that has no such thing */
	assert_int_equal(access_export(FD, ACCESS_READ), -ENOTTY);
	assert_int_equal(access_import(FD, FILE_FD, ACCESS_WRITE), -ENOTTY);
	assert_int_equal(access_import(FD, FILE_FD, ACCESS_WRITE), 0);
	assert_calls("E1 I2 I2");
	plan_error(ENOMEM, 1);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), -ENOMEM);
	assert_int_equal(access.known, 0);
	assert_int_equal(access_snapshot(&access, ACCESS_READ), FILE_FD);
	plan((struct answer){ .result = 0 }, 1); /* not signalled in time */
	access.ready = 0;
	assert_int_equal(access_wait_file(&access, FILE_FD, ACCESS_READ, 0), -ETIME);
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_wait_file(&access, FILE_FD, 0, 0), -EINVAL);
	access.open = ACCESS_READ;
	assert_int_equal(access_wait_file(&access, FILE_FD, ACCESS_READ, 0), -EPROTO);
	assert_violation(&access, 2, 5, "R5: the wait comes after START, it belongs before");
}

/*
 * R8: EINTR and EAGAIN restart the ioctl, nothing else does.
 */

static void storm(int error, int times)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	plan_error(error, times);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(mock.made, times + 1);
	plan_error(error, times);
	mock.given = times;
	mock.planned = 2 * times;
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(mock.made, 2 * times + 2);
	assert_int_equal(access.restarts, 2 * times);
	for (int i = 0; i < mock.made; i++)
		assert_int_equal(mock.calls[i].flags, i <= times ? 2 : 6);
	assert_clean(&access);
}

static void eintr_storm(void **state)
{
	(void)state;
	storm(EINTR, 1000);
}

static void eagain_storm(void **state)
{
	(void)state;
	storm(EAGAIN, 1000);
}

static void begin_error(int error)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	plan_error(error, 1);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -error);
	assert_calls("S2");
	assert_int_equal(access.open, 0); /* the access may not begin */
	assert_clean(&access);		  /* the kernel's no is no wrong order */

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S2");
}

static void begin_errors_end_it(void **state)
{
	const int errors[] = { EINVAL, ENOTTY, EBADF, EIO, ENOMEM, EFAULT, ERESTART };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		setup(state);
		begin_error(errors[i]);
	}
}

static void end_error_publishes_nothing(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	plan_error(EIO, 1);
	assert_int_equal(access_end(&access, ACCESS_WRITE), -EIO);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_clean(&access);

	assert_int_equal(access_submit(&access), -EPROTO); /* what was not published stays here */
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_calls("S2 S6 S6");
}

/*
 * The wait: its limit, its signals, its errors.
 */

static void wait_limit(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = 0, .takes_ms = 50 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), -ETIME);
	assert_calls("P4:50");
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO); /* and so not begun */
	assert_calls("P4:50");
}

static void wait_look_only(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = 0 }, 1);
	assert_int_equal(access_wait(&access, ACCESS_READ, 0), -ETIME);
	assert_calls("P1:0");
	assert_int_equal(access_wait(&access, ACCESS_READ, 0), 0);
}

/* Signals every 10 ms: each round gets what is left, and 50 ms stay 50 ms. */
static void signals_do_not_prolong(void **state)
{
	struct access access;
	int64_t begun;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	begun = mock.now_ns;
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 10 }, 1000);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), -ETIME);
	assert_calls("P4:50 P4:40 P4:30 P4:20 P4:10");
	assert_int_equal(mock.now_ns - begun, 50 * INT64_C(1000000));
	assert_int_equal(access.restarts, 0); /* those are SYNC's */
}

static void signals_do_not_end_it(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 10 }, 3);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, 50), 0);
	assert_calls("P4:50 P4:40 P4:30 P4:20");

	setup(state); /* nor one without a limit */
	plan((struct answer){ .result = -1, .error = EINTR, .takes_ms = 1000000 }, 1000);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_int_equal(mock.made, 1001);
	for (int i = 0; i < mock.made; i++)
		assert_int_equal(mock.calls[i].timeout_ms, -1);
}

static void wait_errors(void **state)
{
	const struct {
		struct answer answer;
		int error;
	} cases[] = {
		{ { .result = 1, .revents = POLLERR }, -EIO },
		{ { .result = 1, .revents = POLLERR | POLLOUT }, -EIO },
		{ { .result = 1, .revents = POLLHUP }, -EIO },
		{ { .result = 1, .revents = POLLNVAL }, -EBADF },
		{ { .result = 1, .revents = 0 }, -EIO },
		{ { .result = -1, .error = ENOMEM }, -ENOMEM },
		{ { .result = -1, .error = EFAULT }, -EFAULT },
	};
	struct access access;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		access_init(&access, FD, ACCESS_ENFORCE);
		plan(cases[i].answer, 1);
		assert_int_equal(access_wait(&access, ACCESS_WRITE, 5), cases[i].error);
		assert_int_equal(access.ready, 0);
		assert_calls("P4:5");
		assert_clean(&access);
	}
}

/* poll(2) skips a negative fd and would wait for ever. */
static void wait_without_fd(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, -1, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), -EBADF);
	assert_calls("");
}

static void ignore_signal(int number)
{
	(void)number;
}

/* The same against the real kernel: a pipe that never gets ready, a signal every 5 ms. */
static void real_signals_do_not_prolong(void **state)
{
	struct sigaction action = { .sa_handler = ignore_signal }, old; /* no SA_RESTART */
	struct itimerval timer = { { 0, 5000 }, { 0, 5000 } }, off = { { 0, 0 }, { 0, 0 } };
	struct access access;
	struct timespec a, b;
	int fds[2], err;
	int64_t ms;

	(void)state;
	mock.real = true;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	access_init(&access, fds[0], ACCESS_ENFORCE);

	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &timer, NULL);
	clock_gettime(CLOCK_MONOTONIC, &a);
	err = access_wait(&access, ACCESS_READ, 200);
	clock_gettime(CLOCK_MONOTONIC, &b);
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);
	close(fds[0]);
	close(fds[1]);

	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	assert_int_equal(err, -ETIME);
	assert_in_range(ms, 195, 2000); /* prolonged by each signal, it would never end */
}

/*
 * Wrong orders. Under ENFORCE: refused, and no syscall. Under OBSERVE: recorded, and done.
 */

static void begin_twice(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R11: START while a bracket is open";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 11, sentence);
	assert_int_equal(access.open, ACCESS_WRITE);
	assert_calls("S2");

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 11, sentence);
	assert_int_equal(access.open, ACCESS_WRITE); /* brackets don't count: the last one holds */
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access.open, 0);
	assert_calls("S1 S2 S6");
}

static void end_without_begin(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R1: END without a START";

	assert_int_equal(access_end(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 1, sentence);
	assert_calls("");

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 1, sentence);
	assert_calls("S6");
}

static void end_with_other_flags(void **state)
{
	static const char *const names[] = { NULL, "READ", "WRITE", "RW" };
	struct access access;
	char sentence[80];

	for (uint64_t open = 1; open <= 3; open++) {
		for (uint64_t end = 1; end <= 3; end++) {
			char calls[16];

			if (open == end)
				continue;
			snprintf(sentence, sizeof(sentence),
				 "R2: END(%s) closes a bracket opened with START(%s)", names[end],
				 names[open]);
			setup(state);
			access = ready_access(ACCESS_ENFORCE);
			assert_int_equal(access_begin(&access, open), 0);
			assert_int_equal(access_end(&access, end), -EPROTO);
			assert_violation(&access, 1, 2, sentence);
			assert_int_equal(access.open, open);
			assert_int_equal(mock.made, 1);

			setup(state);
			access = ready_access(ACCESS_OBSERVE);
			assert_int_equal(access_begin(&access, open), 0);
			assert_int_equal(access_end(&access, end), 0);
			assert_violation(&access, 1, 2, sentence);
			assert_int_equal(access.open, 0);
			snprintf(calls, sizeof(calls), "S%d S%d", (int)open, (int)end + 4);
			assert_calls(calls);
		}
	}
}

static void submit_while_open(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R6: submitted while a bracket is open, END comes first";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), -EPROTO);
	assert_violation(&access, 1, 6, sentence);
	assert_int_equal(access.ready, ACCESS_RW); /* it was not submitted */

	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_violation(&access, 1, 6, sentence);
	assert_int_equal(access.ready, 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S6");
}

static void begin_without_wait(void **state)
{
	struct access access;
	const char *sentence = "R5: START without having waited until the buffer is ready";

	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_begin(&access, ACCESS_READ), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("S1");
}

/* POLLIN says that the writers are done; readers may still be at it. */
static void begin_write_after_wait_read(void **state)
{
	struct access access;
	const char *sentence =
		"R5: START to write, but the wait was for READ: readers may be at it";

	access_init(&access, FD, ACCESS_ENFORCE);
	assert_int_equal(access_wait(&access, ACCESS_READ, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_RW), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("P1:-1");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_wait(&access, ACCESS_READ, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("P1:-1 S2");
}

static void reuse_after_submit(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);

	(void)state;
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_submit(&access), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), -EPROTO);
	assert_violation(&access, 1, 5,
			 "R5: START without having waited until the buffer is ready");
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_calls("S2 S6 P4:-1 S2");
}

static void wait_inside_bracket(void **state)
{
	struct access access = ready_access(ACCESS_ENFORCE);
	const char *sentence = "R5: the wait comes after START, it belongs before";

	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), -EPROTO);
	assert_violation(&access, 1, 5, sentence);
	assert_calls("S2");

	setup(state);
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_wait(&access, ACCESS_WRITE, -1), 0);
	assert_violation(&access, 2, 5, sentence);
	assert_calls("S2 P4:-1");
}

static void bad_flags(void **state)
{
	const uint64_t bad[] = { 0, BAD_BIT, BAD_BIT | ACCESS_WRITE, DMA_BUF_SYNC_END | ACCESS_RW,
				 UINT64_C(1) << 63 | ACCESS_READ };
	struct access access;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(state);
		access = ready_access(ACCESS_ENFORCE);
		assert_int_equal(access_wait(&access, bad[i], -1), -EINVAL);
		assert_violation(&access, 1, 9,
				 "R9: a wait for neither READ nor WRITE, or with unknown bits");
		assert_int_equal(access_begin(&access, bad[i]), -EINVAL);
		assert_violation(&access, 2, 9,
				 "R9: START with neither READ nor WRITE, or unknown bits");
		assert_int_equal(access_end(&access, bad[i]), -EINVAL);
		assert_violation(&access, 3, 9,
				 "R9: END with neither READ nor WRITE, or unknown bits");
		assert_calls("");
	}

	/* Watching: the kernel gets them as they are, and its answer is handed back. */
	setup(state);
	access = ready_access(ACCESS_OBSERVE);
	plan_error(EINVAL, 2);
	assert_int_equal(access_wait(&access, 0, -1), -EINVAL);
	assert_int_equal(access_begin(&access, 0), -EINVAL);
	assert_int_equal(access.open, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE | BAD_BIT), -EINVAL);
	assert_int_equal(access.open, 0);
	assert_int_equal(access.violations, 3);
	assert_calls("S0 S10");

	/* Even where it lets such flags pass, no bracket was opened, and none closed. */
	assert_int_equal(access_begin(&access, ACCESS_WRITE | BAD_BIT), 0);
	assert_int_equal(access.open, 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_WRITE | BAD_BIT), 0);
	assert_int_equal(access.open, ACCESS_WRITE);
}

/* Two rules broken by one call are both named, where the call is let through. */
static void observe_records_all(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_OBSERVE);
	assert_int_equal(access_begin(&access, ACCESS_READ), 0);
	assert_int_equal(access_begin(&access, ACCESS_WRITE), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_int_equal(access_end(&access, ACCESS_READ), 0);
	assert_int_equal(access.violations, 5); /* R5; R11, R5; R2; R1 */
	assert_int_equal(access.broken, 1 << 5 | 1 << 11 | 1 << 2 | 1 << 1);
	assert_calls("S1 S2 S5 S5");
}

/*
 * The trace.
 */

static char traced[256];

static void trace(void *data, const struct access *access, enum access_call call, uint64_t flags,
		  int result)
{
	static const char *const names[] = { "wait", "begin", "end", "submit" };
	size_t len = strlen(traced);

	assert_ptr_equal(data, traced);
	assert_int_equal(access->fd, FD);
	snprintf(traced + len, sizeof(traced) - len, "%s%s(%u)=%d", len ? " " : "", names[call],
		 (unsigned int)flags, result == -EPROTO ? -1 : result);
}

static void trace_tells_all(void **state)
{
	struct access access;

	(void)state;
	access_init(&access, FD, ACCESS_ENFORCE);
	access.trace = trace;
	access.trace_data = traced;
	access_begin(&access, ACCESS_RW);
	access_wait(&access, ACCESS_RW, -1);
	access_begin(&access, ACCESS_RW);
	access_submit(&access);
	access_end(&access, ACCESS_RW);
	access_submit(&access);
	assert_string_equal(traced, "begin(3)=-1 wait(3)=0 begin(3)=0 submit(3)=-1 end(3)=0 "
				    "submit(0)=0");
}

/*
 * The map, on a memfd and the real kernel. A dma-buf's is tried in the guest.
 */

static void map_is_shared_and_whole(void **state)
{
	int before = count_fds();
	int fd = memfd_create("access_test", MFD_CLOEXEC);
	size_t size = 0, size2 = 0;
	void *map = NULL, *map2 = NULL;

	(void)state;
	assert_int_equal(ftruncate(fd, 12288), 0);
	assert_int_equal(access_map(fd, ACCESS_RW, &size, &map), 0);
	assert_int_equal(access_map(fd, ACCESS_READ, &size2, &map2), 0);
	assert_int_equal(size, 12288);
	assert_int_equal(size2, 12288);
	memcpy((char *)map + 12280, "staleli", 8); /* R26: shared, so seen through the other map */
	assert_string_equal((char *)map2 + 12280, "staleli");
	munmap(map, size);
	munmap(map2, size2);
	close(fd);
	assert_int_equal(count_fds(), before);
}

static void map_refuses(void **state)
{
	int before = count_fds();
	int fd = memfd_create("access_test", MFD_CLOEXEC), read_only, pipes[2];
	char path[64];
	size_t size = 1;
	void *map = NULL;

	(void)state;
	assert_int_equal(ftruncate(fd, 4096), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read_only >= 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);

	assert_int_equal(access_map(read_only, ACCESS_RW, &size, &map), -EACCES);
	assert_int_equal(access_map(fd, 0, &size, &map), -EINVAL);
	assert_int_equal(access_map(fd, BAD_BIT | ACCESS_RW, &size, &map), -EINVAL);
	assert_int_equal(access_map(pipes[0], ACCESS_READ, &size, &map), -ESPIPE);
	assert_int_equal(access_map(-1, ACCESS_READ, &size, &map), -EBADF);
	assert_null(map);
	assert_int_equal(size, 1); /* nothing is told where nothing was mapped */

	close(pipes[0]);
	close(pipes[1]);
	close(read_only);
	close(fd);
	assert_int_equal(count_fds(), before);
}

/* 1000 frames, half of them with an error somewhere: no fd more than before. */
static void no_fd_leak(void **state)
{
	int before = count_fds();
	struct access access;

	for (int i = 0; i < 1000; i++) {
		setup(state);
		access_init(&access, FD, i & 1 ? ACCESS_ENFORCE : ACCESS_OBSERVE);
		if (i & 2)
			plan((struct answer){ .result = 1, .revents = POLLOUT }, 1);
		if (i & 4)
			plan_error(i & 8 ? EIO : EINTR, 1);
		access_wait(&access, ACCESS_WRITE, 10);
		access_begin(&access, ACCESS_WRITE);
		access_end(&access, ACCESS_WRITE);
		access_submit(&access);
	}
	assert_int_equal(count_fds(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frame_write, setup),
		cmocka_unit_test_setup(frame_rw, setup),
		cmocka_unit_test_setup(frame_read, setup),
		cmocka_unit_test_setup(two_brackets_one_wait, setup),
		cmocka_unit_test_setup(explicit_sync_needs_no_poll, setup),
		cmocka_unit_test_setup(frame_by_sync_file, setup),
		cmocka_unit_test_setup(snapshot_before_submit, setup),
		cmocka_unit_test_setup(sync_file_errors, setup),
		cmocka_unit_test_setup(eintr_storm, setup),
		cmocka_unit_test_setup(eagain_storm, setup),
		cmocka_unit_test_setup(begin_errors_end_it, setup),
		cmocka_unit_test_setup(end_error_publishes_nothing, setup),
		cmocka_unit_test_setup(wait_limit, setup),
		cmocka_unit_test_setup(wait_look_only, setup),
		cmocka_unit_test_setup(signals_do_not_prolong, setup),
		cmocka_unit_test_setup(signals_do_not_end_it, setup),
		cmocka_unit_test_setup(wait_errors, setup),
		cmocka_unit_test_setup(wait_without_fd, setup),
		cmocka_unit_test_setup(real_signals_do_not_prolong, setup),
		cmocka_unit_test_setup(begin_twice, setup),
		cmocka_unit_test_setup(end_without_begin, setup),
		cmocka_unit_test_setup(end_with_other_flags, setup),
		cmocka_unit_test_setup(submit_while_open, setup),
		cmocka_unit_test_setup(begin_without_wait, setup),
		cmocka_unit_test_setup(begin_write_after_wait_read, setup),
		cmocka_unit_test_setup(reuse_after_submit, setup),
		cmocka_unit_test_setup(wait_inside_bracket, setup),
		cmocka_unit_test_setup(bad_flags, setup),
		cmocka_unit_test_setup(observe_records_all, setup),
		cmocka_unit_test_setup(trace_tells_all, setup),
		cmocka_unit_test_setup(map_is_shared_and_whole, setup),
		cmocka_unit_test_setup(map_refuses, setup),
		cmocka_unit_test_setup(no_fd_leak, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
