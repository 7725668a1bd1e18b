// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "access_mock.h"

struct mock mock;

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
	call.file = fds->fd == FILE_FD || fds->fd == MERGED_FD;
	call.second = fds->fd == SECOND_FD || fds->fd == MERGED_FD;
	assert_true(fds->fd == FD || call.file || call.second);
	call.events = fds->events;
	answer = next_answer(call);
	fds->revents = answer.revents;
	return answer.result;
}

/* A file that a call has given, unless it failed. */
static int given(int fd, int result)
{
	if (mock.opens && !result)
		assert_int_equal(dup3(FD, fd, O_CLOEXEC), fd);
	return result;
}

/* EXPORT_SYNC_FILE and IMPORT_SYNC_FILE, whose structures are alike: flags, then the file. */
static int sync_file_call(enum syscall syscall, bool second, struct dma_buf_export_sync_file *args)
{
	struct call call = { .syscall = syscall, .flags = args->flags, .second = second };

	if (syscall == SYS_IMPORT)
		assert_int_equal(args->fd, FILE_FD);
	args->fd = second ? OTHER_FILE_FD : FILE_FD;
	return given(args->fd, next_answer(call).result);
}

static int merge_call(struct sync_merge_data *args)
{
	struct call call = { .syscall = SYS_MERGE };

	assert_int_equal(args->fd2, OTHER_FILE_FD);
	args->fence = MERGED_FD;
	return given(MERGED_FD, next_answer(call).result);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct call call = { .syscall = SYS_SYNC, .second = fd == SECOND_FD };
	const struct dma_buf_sync *sync;
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == SYNC_IOC_MERGE && fd == FILE_FD)
		return merge_call(arg);
	assert_true(fd == FD || fd == SECOND_FD ||
		    (fd == FILE_FD && request == DMA_BUF_IOCTL_SYNC));
	if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
		return sync_file_call(SYS_EXPORT, call.second, arg);
	if (request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE)
		return sync_file_call(SYS_IMPORT, call.second, arg);
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

void plan(struct answer answer, int times)
{
	while (times--) {
		assert_true(mock.planned < MAX_CALLS);
		mock.answers[mock.planned++] = answer;
	}
}

void plan_error(int error, int times)
{
	plan((struct answer){ .result = -1, .error = error }, times);
}

void assert_calls(const char *expected)
{
	static const char letters[] = { [SYS_SYNC] = 'S', [SYS_EXPORT] = 'E', [SYS_IMPORT] = 'I' };
	char log[512] = "";
	size_t len = 0;

	for (int i = 0; i < mock.made; i++) {
		const struct call *call = &mock.calls[i];
		const char *gap = i ? " " : "", *tail = call->second ? "b" : "";

		if (call->syscall == SYS_MERGE)
			len += (size_t)snprintf(log + len, sizeof(log) - len, "%sM", gap);
		else if (call->syscall == SYS_POLL)
			len += (size_t)snprintf(log + len, sizeof(log) - len, "%s%c%d:%d%s", gap,
						call->file ? 'F' : 'P', call->events,
						call->timeout_ms, tail);
		else
			len += (size_t)snprintf(log + len, sizeof(log) - len, "%s%c%u%s", gap,
						letters[call->syscall], (unsigned int)call->flags,
						tail);
		assert_true(len < sizeof(log));
	}
	assert_string_equal(log, expected);
}

int setup(void **state)
{
	(void)state;
	memset(&mock, 0, sizeof(mock));
	mock.now_ns = INT64_C(1234567890123);
	return 0;
}

struct access ready_access(enum access_policy policy)
{
	struct access access;

	access_init(&access, FD, policy);
	access_is_ready(&access, ACCESS_RW);
	return access;
}

void assert_violation(const struct access *access, uint32_t violations, unsigned int rule,
		      const char *sentence)
{
	assert_int_equal(access->violations, violations);
	assert_true(access->broken & UINT32_C(1) << rule);
	assert_non_null(access->violation);
	assert_string_equal(access->violation, sentence);
}

void assert_clean(const struct access *access)
{
	assert_int_equal(access->violations, 0);
	assert_int_equal(access->broken, 0);
	assert_null(access->violation);
}
