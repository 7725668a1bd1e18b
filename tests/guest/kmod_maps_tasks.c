// SPDX-License-Identifier: MIT
/* Brackets of several processes: of those that are gone or nearly so, and of two that write, with poison. */
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "kmod_maps.h"

void test_zombie(void)
{
	struct buffer b = make_noncoherent();
	siginfo_t info;
	pid_t pid = fork();

	if (!pid) {
		sync_buffer(&b, START | RW);
		_exit(0);
	}
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "a zombie's bracket is not open");
	is((long long)counter(&b, DRM_STALELINE_ABANDONED), 1, "it is abandoned");
	waitpid(pid, NULL, 0);
	drop(&b);
}

static void *exit_later(void *arg)
{
	usleep(300000);
	_exit(0);
	return arg;
}

/* Its process lives on in another thread: that is no zombie. */
void test_leader_gone(void)
{
	struct buffer b = make_noncoherent();
	pid_t pid = fork();

	if (!pid) {
		pthread_t thread;

		sync_buffer(&b, START | RW);
		pthread_create(&thread, NULL, exit_later, NULL);
		pthread_exit(NULL);
	}
	usleep(100000);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), -EBUSY,
	   "a process whose first thread is gone keeps its bracket");
	waitpid(pid, NULL, 0);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "until all its threads are");
	drop(&b);
}

/* A child that does as it is told, to be another process at a time of our choosing. */
struct other {
	pid_t pid;
	int to, from;
};

static void other_serve(const struct buffer *b, int in, int out)
{
	struct {
		uint64_t flags;
		size_t at;
		int value;
	} order;

	while (read(in, &order, sizeof(order)) == sizeof(order)) {
		int ret = 0;

		if (order.flags)
			ret = sync_buffer(b, order.flags);
		else
			b->cpu[order.at] = (uint8_t)order.value;
		if (write(out, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static struct other other_start(const struct buffer *b)
{
	struct other o;
	int to[2], from[2];

	if (pipe(to) || pipe(from))
		bail("pipe");
	o.pid = fork();
	if (!o.pid) {
		close(to[1]);
		close(from[0]);
		other_serve(b, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	o.to = to[1];
	o.from = from[0];
	return o;
}

/* A SYNC, or without flags a store. */
static int other_do(const struct other *o, uint64_t flags, size_t at, int value)
{
	struct {
		uint64_t flags;
		size_t at;
		int value;
	} order = { flags, at, value };
	int ret;

	if (write(o->to, &order, sizeof(order)) != sizeof(order) ||
	    read(o->from, &ret, sizeof(ret)) != sizeof(ret))
		bail("the other process");
	return ret;
}

static void other_end(struct other *o)
{
	close(o->to);
	close(o->from);
	waitpid(o->pid, NULL, 0);
}

static struct buffer make_poisoned(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_WRITE,
					  .write = DRM_STALELINE_WRITE_POISON };

	if (set(&b, p))
		bail("SET");
	return b;
}

void test_poison_ends(void)
{
	struct buffer b = make_poisoned();
	pid_t pid;

	sync_buffer(&b, START | WRITE);
	is(b.cpu[0], CACHE_JUNK, "poison: a touch in the bracket finds junk");
	sync_buffer(&b, END | READ);
	is(b.cpu[4096], 0, "poison: after an END with other flags nothing new is junk");
	pid = fork();
	if (!pid) {
		sync_buffer(&b, START | WRITE);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	is(b.cpu[2 * 4096], 0, "poison: nor after the process is gone");
	sync_buffer(&b, END | WRITE);
	is(b.device[3 * 4096], 0, "poison: nor does its END write what was never touched");
	drop(&b);
}

void test_poison_two_writers(void)
{
	struct buffer b = make_poisoned();
	struct other o = other_start(&b);

	sync_buffer(&b, START | WRITE);
	b.cpu[0] = 1;
	other_do(&o, START | WRITE, 0, 0);
	is(b.cpu[0], 1, "poison: a second writer's START leaves the first one's stores");
	other_do(&o, 0, LINE, 2);
	other_do(&o, END | WRITE, 0, 0);
	ok(b.device[0] == 1 && b.device[LINE] == 2, "poison: the first END writes both's");
	b.cpu[2 * LINE] = 3;
	sync_buffer(&b, END | WRITE);
	is(b.device[2 * LINE], 3, "poison: and the second what came after it");
	other_do(&o, START | RW, 0, 0);
	sync_buffer(&b, START | WRITE);
	is(b.cpu[0], 1, "poison: START(WRITE) junks nothing while another has RW open");
	sync_buffer(&b, END | WRITE);
	other_do(&o, END | RW, 0, 0);
	other_end(&o);
	drop(&b);
}
