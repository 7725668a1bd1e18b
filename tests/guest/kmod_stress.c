// SPDX-License-Identifier: MIT
/*
 * Four processes that do everything at once to staleline.ko, in any order, with mistakes, while a fifth kills
 * them with SIGKILL and starts them anew, and allocations fail where the kernel can be told so. To be run as root
 * in the guest with the module loaded. Prints TAP. What the kernel says of it, dmesg tells: kmod-stress.sh.
 *
 *	kmod_stress [--seconds=120] [--seed=N] [--workers=4]
 *
 * The seed is printed. The same one makes each worker choose the same; who comes first is not the same.
 */
#include <drm.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kmod_stress.h"

#define MAX_WORKERS 16
#define MAX_OPS 64
/* What only a DRM master may do works about once in ten times. */
#define A_FAIR_CHANCE 100

/* What the workers tell, in memory shared with them: they die at any time. */
struct tally {
	uint64_t tried[MAX_OPS], worked[MAX_OPS];
	int32_t last_error[MAX_OPS];
	uint64_t deaths;  /* by a signal that nobody sent on purpose */
	uint32_t reached; /* of the timeline */
};

static struct tally *tally;
static struct op ops[MAX_OPS];
static unsigned int nops;
static uint32_t all_weights, lacking;
static int timeline = -1;

static void add_ops(const struct op *more, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		ops[nops] = more[i];
		if (!(more[i].needs & lacking))
			all_weights += more[i].weight;
		nops++;
	}
}

int let_allocations_fail(struct worker *w, bool fail)
{
	/* To open that file may fail, too. */
	int ret = write_file("/proc/thread-self/make-it-fail", fail ? "1" : "0");

	if (!ret)
		w->failing = fail;
	return ret;
}

static int op_fail(struct worker *w)
{
	return let_allocations_fail(w, below(&w->c, 3) > 0);
}

static const struct op fail_op = { "allocations fail", op_fail, 8, NEED_FAULT };

static unsigned int some_op(struct worker *w)
{
	uint32_t at = below(&w->c, all_weights);
	unsigned int i = 0;

	for (;; i++) {
		if (ops[i].needs & lacking)
			continue;
		if (at < ops[i].weight)
			return i;
		at -= ops[i].weight;
	}
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void worker_init(struct worker *w, uint64_t seed, const int *pool)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, 100000 }, { 0, 100000 } };

	w->c.state = seed;
	w->pool[0] = pool[0];
	w->pool[1] = pool[1];
	w->timeline = timeline;
	w->reached = &tally->reached;
	for (int i = 0; i < NITEMS; i++)
		w->items[i].fd = -1;
	for (int i = 0; i < NFILES; i++)
		w->files[i] = -1;
	for (int i = 0; i < NCARDS; i++)
		w->cards[i] = open_card("staleline");
	if (w->cards[0] < 0 || w->cards[1] < 0 || !map_init(w))
		_exit(1);
	debugfs_path(w->cards[0], w->debugfs, sizeof(w->debugfs));
	kms_get(w->cards[0], &w->kms);
	/* A storm of signals, which also ends each wait for what will never come. */
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	start_toucher(w);
}

static void __attribute__((noreturn)) work(uint64_t seed, const int *pool)
{
	static struct worker w;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(card);
	worker_init(&w, seed, pool);
	for (;;) {
		unsigned int i = some_op(&w);
		int ret = ops[i].run(&w);

		if (ret == NOTHING)
			continue;
		__atomic_fetch_add(&tally->tried[i], 1, __ATOMIC_RELAXED);
		if (ret)
			tally->last_error[i] = -ret;
		else
			__atomic_fetch_add(&tally->worked[i], 1, __ATOMIC_RELAXED);
	}
}

static pid_t start_worker(uint64_t seed, const int *pool)
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid)
		work(seed, pool);
	return pid;
}

/* @killed: by us, on purpose. */
static void reap(pid_t pid, bool killed)
{
	int status;

	if (killed)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return;
	tally->deaths++;
	if (WIFSIGNALED(status))
		note("a worker died of signal %d", WTERMSIG(status));
	else
		note("a worker ended with %d", WEXITSTATUS(status));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Kills one now and then, in the middle of whatever it does; returns how often. */
static unsigned int supervise(uint64_t seconds, uint64_t seed, uint64_t workers, const int *pool)
{
	struct chooser c = { .state = seed };
	double end = now() + (double)seconds;
	pid_t pids[MAX_WORKERS];
	unsigned int kills = 0;

	for (uint64_t i = 0; i < workers; i++)
		pids[i] = start_worker(choose(&c), pool);
	while (now() < end) {
		uint32_t i = below(&c, (uint32_t)workers);

		usleep(100000 + below(&c, 1500000));
		reap(pids[i], true);
		kills++;
		pids[i] = start_worker(choose(&c), pool);
	}
	for (uint64_t i = 0; i < workers; i++)
		reap(pids[i], true);
	return kills;
}

static pid_t start_timeline(void)
{
	pid_t pid;

	timeline = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);
	if (timeline < 0)
		return 0;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(card);
		step_for_ever(timeline, &tally->reached);
	}
	return pid;
}

static void stop_timeline(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(timeline);
}

/* What was on its way to nobody. */
static void drain(const int *pool)
{
	int fd;

	while ((fd = receive_fd(pool[1])) >= 0)
		close(fd);
	close(pool[0]);
	close(pool[1]);
}

/*
 * What the core made of a buffer for the cursor (DRM_IOCTL_MODE_CURSOR2) belongs to no file: it stays on the
 * plane when its maker dies, and goes when the last file of the card does. Ours is that file.
 */
static void nobody_has_the_card(void)
{
	close(card);
	card = open_card("staleline");
	if (card < 0)
		bail("the card node of staleline is gone");
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
}

static void report(void)
{
	uint64_t tried = 0, worked = 0;

	for (unsigned int i = 0; i < nops; i++) {
		tried += tally->tried[i];
		worked += tally->worked[i];
		if (ops[i].needs & lacking) {
			skip(ops[i].name, "this kernel or module has no such thing");
			continue;
		}
		if (!tally->worked[i] && tally->tried[i] < A_FAIR_CHANCE) {
			skip(ops[i].name, "tried too seldom on so slow a machine");
			continue;
		}
		ok(tally->worked[i], "%s: worked %llu of %llu times%s%s", ops[i].name,
		   (unsigned long long)tally->worked[i], (unsigned long long)tally->tried[i],
		   tally->last_error[i] ? ", else " : "",
		   tally->last_error[i] ? strerror(tally->last_error[i]) : "");
	}
	note("%llu operations, %llu worked", (unsigned long long)tried, (unsigned long long)worked);
}

static bool no_buffers(void)
{
	char path[96], line[256];
	bool none = true;
	FILE *f;

	debugfs_path(card, path, sizeof(path) - 16);
	strcat(path, "/buffers");
	f = fopen(path, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "buffer ", 7)) {
			note("%s", line);
			none = false;
		}
	fclose(f);
	return none;
}

int main(int argc, char **argv)
{
	uint64_t seconds = 120, seed = (uint64_t)time(NULL), workers = 4;
	unsigned int kills;
	pid_t stepper;
	int pool[2];

	for (int i = 1; i < argc; i++)
		if (!number_option(argv[i], "seconds", &seconds) &&
		    !number_option(argv[i], "seed", &seed) &&
		    !number_option(argv[i], "workers", &workers)) {
			fprintf(stderr,
				"Usage: kmod_stress [--seconds=N] [--seed=N] [--workers=N]\n");
			return 2;
		}
	open_the_card();
	call(card, DRM_IOCTL_DROP_MASTER, NULL);
	if (!workers || workers > MAX_WORKERS)
		bail("1 to 16 workers");
	note("--seed=%llu --seconds=%llu --workers=%llu", (unsigned long long)seed,
	     (unsigned long long)seconds, (unsigned long long)workers);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pool))
		bail("memory and a socket");
	lacking = look_for_lacks();
	add_ops(buffer_ops, nbuffer_ops);
	add_ops(use_ops, nuse_ops);
	add_ops(map_ops, nmap_ops);
	add_ops(fence_ops, nfence_ops);
	add_ops(kms_ops, nkms_ops);
	add_ops(&fail_op, 1);
	stepper = start_timeline();
	set_up_failures(3);
	kills = supervise(seconds, seed, workers, pool);
	set_up_failures(0);
	stop_timeline(stepper);
	drain(pool);
	report();
	ok(kills, "workers were killed and started anew %u times", kills);
	is((long long)tally->deaths, 0, "no worker died otherwise");
	nobody_has_the_card();
	if (!ok(all_is_back(15), "all memory is back"))
		note("%llu bytes are not", (unsigned long long)total_bytes());
	ok(no_buffers(), "debugfs lists no buffer");
	return done_testing();
}
