// SPDX-License-Identifier: MIT
/*
 * Calls every ioctl of staleline.ko, and those of the core that get to it, with random arguments: mostly valid ones
 * with a field or two changed, arguments of junk, and requests that are none. To be run as root in the guest with the
 * module loaded. Prints TAP. What the kernel says of it, dmesg tells: kmod-stress.sh.
 *
 *	kmod_fuzz [--calls=1000000] [--seed=N] [--hang=60]
 *
 * The seed is printed; the same one makes the same calls. One process calls; another watches that each call comes
 * back within --hang seconds, and tells which one didn't. A signal ends each wait for something that never comes.
 */
#include <drm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kmod_fuzz.h"

#define MAX_CALLS 64

/* Shared with who watches. */
struct progress {
	uint64_t calls, broken; /* contract */
	uint64_t tried[MAX_CALLS], worked[MAX_CALLS], odd_requests;
	unsigned long request; /* the one under way */
	uint64_t args[MAX_ARGS / 8];
	char first_broken[160];
};

static struct progress *progress;
static struct fuzz_call all_calls[MAX_CALLS];
static unsigned int nall;

static void add_calls(const struct fuzz_call *more, unsigned int n)
{
	if (nall + n > MAX_CALLS)
		bail("MAX_CALLS is too small");
	memcpy(&all_calls[nall], more, n * sizeof(*more));
	nall += n;
}

/* One field, or a few bits, anywhere in the arguments. */
static void mutate(struct pool *p, uint8_t *args, size_t size)
{
	uint64_t value = below(&p->c, 4) ? boundary(&p->c) : some_pointer(p);

	if (size < 4)
		return;
	switch (below(&p->c, 3)) {
	case 0:
		memcpy(args + below(&p->c, (uint32_t)size / 4) * 4, &value, 4);
		break;
	case 1:
		if (size >= 8)
			memcpy(args + below(&p->c, (uint32_t)size / 8) * 8, &value, 8);
		break;
	default:
		args[below(&p->c, (uint32_t)size)] ^= (uint8_t)(1u << below(&p->c, 8));
	}
}

static int some_fd(struct pool *p, enum where where)
{
	switch (where) {
	case ON_DMABUF:
		return p->dmabufs[below(&p->c, NHANDLES)];
	case ON_FILE:
		return p->files[below(&p->c, NFDS)];
	default:
		return below(&p->c, 16) ? p->master : p->other;
	}
}

static void at_most(uint8_t *field, uint32_t most)
{
	uint32_t value;

	memcpy(&value, field, sizeof(value));
	if (value <= most)
		return;
	value %= most;
	memcpy(field, &value, sizeof(value));
}

/*
 * Where the core allocates as much as it is told to, the kernel warns of each size that is too large for any
 * allocation, whatever the driver. That is known, and not what is looked for here.
 */
static void tame(unsigned long request, uint8_t *args)
{
	if (_IOC_TYPE(request) != 'd')
		return;
	switch (_IOC_NR(request)) {
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT):
		at_most(args + offsetof(struct drm_syncobj_timeline_wait, count_handles), 4096);
		break;
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_QUERY):
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL):
		at_most(args + offsetof(struct drm_syncobj_timeline_array, count_handles), 4096);
		break;
	case _IOC_NR(DRM_IOCTL_MODE_CREATEPROPBLOB):
		at_most(args + offsetof(struct drm_mode_create_blob, length), 1 << 20);
		break;
	}
}

static int do_call(int fd, unsigned long request, void *args)
{
	tame(request, args);
	progress->request = request;
	memcpy(progress->args, args, MAX_ARGS);
	__atomic_fetch_add(&progress->calls, 1, __ATOMIC_RELEASE);
	return call(fd, request, args);
}

/* Mostly valid; half of the calls have one field changed, some several. */
static void structured(struct pool *p)
{
	static uint64_t args[MAX_ARGS / 8];
	unsigned int which = below(&p->c, nall);
	const struct fuzz_call *f = &all_calls[which];
	int fd = some_fd(p, f->where), ret;

	memset(args, 0, sizeof(args));
	f->fill(p, args);
	for (uint32_t n = below(&p->c, 2) ? 0 : 1 + below(&p->c, 8) / 6; n; n--)
		mutate(p, (uint8_t *)args, _IOC_SIZE(f->request));
	ret = do_call(fd, f->request, args);
	progress->tried[which]++;
	if (ret)
		return;
	progress->worked[which]++;
	/* What the other file has got is not ours to close by its number. */
	if (f->keep && (fd == p->master || f->where != ON_CARD))
		f->keep(p, args);
}

/* Arguments of junk; a request of another size or direction; a number that is nobody's. */
static void raw(struct pool *p)
{
	static uint64_t args[MAX_ARGS / 8];
	const struct fuzz_call *f = &all_calls[below(&p->c, nall)];
	unsigned long request = f->request;

	for (size_t i = 0; i < MAX_ARGS / 8; i++)
		args[i] = below(&p->c, 4) ? 0 : boundary(&p->c);
	if (once_in(&p->c, 2))
		request = _IOC(below(&p->c, 4), _IOC_TYPE(request), _IOC_NR(request),
			       below(&p->c, MAX_ARGS / 2));
	if (once_in(&p->c, 4))
		request = _IOC(below(&p->c, 4), 'd', 0x40 + below(&p->c, 0x60),
			       below(&p->c, MAX_ARGS / 2));
	/* AUTH_MAGIC and the like are the core's alone, but DROP_MASTER would end all commits. */
	if (_IOC_TYPE(request) == 'd' && _IOC_NR(request) == 0x1f)
		return;
	progress->odd_requests++;
	do_call(some_fd(p, f->where), request, args);
}

static void contract(struct pool *p)
{
	const char *wrong = try_contract(p);

	if (!wrong)
		return;
	if (!progress->broken++)
		snprintf(progress->first_broken, sizeof(progress->first_broken), "%s", wrong);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void __attribute__((noreturn)) fuzz(uint64_t seed, uint64_t calls)
{
	static struct pool p;
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, 50000 }, { 0, 50000 } };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &action, NULL);
	p.c.state = seed;
	pool_init(&p);
	setitimer(ITIMER_REAL, &every, NULL);
	for (uint64_t i = 0; i < calls; i++) {
		if (i % 4096 == 4095)
			pool_forget(&p);
		if (once_in(&p.c, 32))
			contract(&p);
		else if (once_in(&p.c, 5))
			raw(&p);
		else
			structured(&p);
	}
	_exit(0);
}

static void tell_call(void)
{
	note("call %llu: request %#lx", (unsigned long long)progress->calls, progress->request);
	for (int i = 0; i < 16; i++)
		note("  %3d: %#llx", i * 8, (unsigned long long)progress->args[i]);
}

/* True if it ended well; a call that takes longer than @hang seconds is told. */
static bool watch(pid_t pid, uint64_t hang)
{
	uint64_t seen = 0;
	time_t since = time(NULL);
	int status;

	while (!waitpid(pid, &status, WNOHANG)) {
		uint64_t calls = __atomic_load_n(&progress->calls, __ATOMIC_ACQUIRE);

		if (calls != seen) {
			seen = calls;
			since = time(NULL);
		} else if (time(NULL) - since > (time_t)hang) {
			note("hangs");
			tell_call();
			write_file("/proc/sysrq-trigger", "w");
			kill(pid, SIGKILL);
			return false;
		}
		usleep(100000);
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	note("ended with %#x", status);
	tell_call();
	return false;
}

static void report(void)
{
	for (unsigned int i = 0; i < nall; i++) {
		unsigned int first = i;

		while (first && !strcmp(all_calls[first - 1].name, all_calls[i].name))
			first--;
		if (first == i)
			note("%s: worked %llu of %llu times", all_calls[i].name,
			     (unsigned long long)progress->worked[i],
			     (unsigned long long)progress->tried[i]);
	}
	note("%llu calls in all, of these %llu with junk", (unsigned long long)progress->calls,
	     (unsigned long long)progress->odd_requests);
}

static void run(uint64_t seed, uint64_t calls, uint64_t hang)
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid)
		fuzz(seed, calls);
	ok(watch(pid, hang), "%llu calls, each came back", (unsigned long long)calls);
	report();
	if (!ok(!progress->broken, "what is not defined was EINVAL and did nothing"))
		note("%llu times not; first: %s", (unsigned long long)progress->broken,
		     progress->first_broken);
}

static void contract_alone(void)
{
	static struct pool p;

	pool_init(&p);
	test_contract(&p);
	close(p.master);
	close(p.other);
	close(p.quiet);
	for (int i = 0; i < NHANDLES; i++)
		forget(&p.dmabufs[i]);
}

int main(int argc, char **argv)
{
	uint64_t calls = 1000000, seed = (uint64_t)time(NULL), hang = 60;

	for (int i = 1; i < argc; i++)
		if (!number_option(argv[i], "calls", &calls) &&
		    !number_option(argv[i], "seed", &seed) &&
		    !number_option(argv[i], "hang", &hang)) {
			fprintf(stderr,
				"Usage: kmod_fuzz [--calls=N] [--seed=N] [--hang=SECONDS]\n");
			return 2;
		}
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (progress == MAP_FAILED)
		bail("memory");
	add_calls(fuzz_calls, nfuzz_calls);
	add_calls(fuzz_kms_calls, nfuzz_kms_calls);
	note("--seed=%llu --calls=%llu", (unsigned long long)seed, (unsigned long long)calls);
	contract_alone();
	run(seed, calls, hang);
	open_the_card();
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (!ok(all_is_back(15), "all memory is back"))
		note("%llu bytes are not", (unsigned long long)total_bytes());
	return done_testing();
}
