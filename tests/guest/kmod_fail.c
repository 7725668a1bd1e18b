// SPDX-License-Identifier: MIT
/*
 * Every allocation of every call fails once: the first, the second, and so on until one call has no more that could.
 * What failed must have done nothing, and what is done after it must work. Needs a kernel with fault injection; to be
 * run as root in the guest with the module loaded. Prints TAP.
 */
#include <drm.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kmod_fail.h"

#define MOST 400

struct buffer b, other;
struct kms kms;
static int nth_fd = -1;

/*
 * The @n-th allocation or copy of this thread that may fail will; 0: none. Writing here is such a copy itself: where
 * it is what fails, nothing more will, and it can be done again.
 */
static void fail_nth(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, (size_t)length, 0) != length &&
	    pwrite(nth_fd, text, (size_t)length, 0) != length)
		bail("/proc/thread-self/fail-nth");
}

/* True if the failure that was asked for has happened; not so if it happens now. */
static bool has_failed(void)
{
	char text[16] = "";

	return pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

static void sweep(const struct attempt *a)
{
	unsigned int n, failed = 0, survived = 0;
	bool more = true;

	for (n = 1; n < MOST && more; n++) {
		int number = a->before(), result;

		fail_nth(n);
		result = a->run(number);
		more = has_failed();
		fail_nth(0);
		failed += more && result < 0;
		survived += more && result >= 0;
		if (!more && result < 0)
			note("%s: %s though nothing failed", a->name, strerror(-result));
		a->after(number, result);
	}
	ok(!more, "%s: each of its allocations failed once: %u errors, %u times done without",
	   a->name, failed, survived);
}

int main(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0) {
		skip("failed allocations", "this kernel has no fault injection");
		return done_testing();
	}
	open_the_card();
	set_up_failures(0);
	b = make_noncoherent();
	other = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	for (size_t i = 0; i < nbuffer_attempts; i++)
		sweep(&buffer_attempts[i]);
	if (call(card, DRM_IOCTL_SET_MASTER, NULL) || kms_get(card, &kms))
		skip("the display", "there is none");
	else
		for (size_t i = 0; i < nkms_attempts; i++)
			sweep(&kms_attempts[i]);
	drop(&b);
	drop(&other);
	/* What was to be told of a new descriptor, and could not: it is ours nevertheless, and has no name. */
	close_range(3, ~0u, 0);
	card = open_card("staleline");
	ok(all_is_back(15), "all memory is back");
	return done_testing();
}
