// SPDX-License-Identifier: MIT
/* server: its process, its socket, and what a script can do at any step. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

uint32_t script_version(int scripted, uint32_t usual)
{
	if (scripted == ABSENT)
		return 0;
	return scripted ? (uint32_t)scripted : usual;
}

void wrong(struct run *run, const char *what)
{
	if (!run->seen->wrong[0])
		snprintf(run->seen->wrong, sizeof(run->seen->wrong), "%s", what);
}

struct wl_resource *make(struct run *run, struct wl_client *client,
			 const struct wl_interface *interface, struct wl_resource *parent,
			 uint32_t id, const void *implementation)
{
	struct wl_resource *resource =
		wl_resource_create(client, interface, wl_resource_get_version(parent), id);

	if (!resource)
		abort();
	wl_resource_set_implementation(resource, implementation, run, NULL);
	return resource;
}

void destroy_resource(struct wl_client *client, struct wl_resource *resource)
{
	(void)client;
	wl_resource_destroy(resource);
}

/* A header of 8 bytes, for wl_display, with an opcode that it doesn't have. */
static void send_garbage(struct wl_client *client)
{
	uint32_t message[2] = { 1, 8u << 16 | 77 };

	wl_client_flush(client);
	if (write(wl_client_get_fd(client), message, sizeof(message)) != sizeof(message))
		abort();
}

bool reached(struct run *run, struct wl_resource *resource, enum step step)
{
	const struct script *script = run->script;

	if (script->disconnect == step)
		_exit(0);
	if (script->hang == step) {
		wl_display_flush_clients(run->display);
		for (;;)
			pause();
	}
	if (script->garbage == step)
		send_garbage(wl_resource_get_client(resource));
	if (script->error == step)
		wl_resource_post_error(resource, 7, "scripted");
	return script->garbage == step || script->error == step;
}

static void on_client_gone(struct wl_listener *listener, void *data)
{
	/* One client is served. No clean-up: the process ends, and the client is what is tested. But
	 * what was said last, which may be a protocol error, has to get there. */
	(void)listener;
	wl_client_flush(data);
	_exit(0);
}

static void on_client(struct wl_listener *listener, void *data)
{
	static struct wl_listener gone = { .notify = on_client_gone };

	(void)listener;
	wl_client_add_destroy_listener(data, &gone);
}

/* That a client went away is what is tested, and nothing to tell anybody. */
__attribute__((format(printf, 1, 0))) static void keep_quiet(const char *fmt, va_list ap)
{
	(void)fmt;
	(void)ap;
}

static void die(const char *what)
{
	fprintf(stderr, "scripted server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void serve(struct server *server, const struct script *script, int ready)
{
	static struct wl_listener created = { .notify = on_client };
	struct run run = { .script = script, .seen = server->seen, .fd = -1, .drm_fd = -1 };

	wl_log_set_handler_server(keep_quiet);
	setenv("XDG_RUNTIME_DIR", server->dir, 1);
	if (script->drm_device) {
		run.drm_fd = open(script->drm_device, O_RDWR | O_CLOEXEC);
		if (run.drm_fd < 0)
			die(script->drm_device);
	}
	run.display = wl_display_create();
	if (!run.display || wl_display_add_socket(run.display, "wl") < 0)
		_exit(1);
	wl_display_add_client_created_listener(run.display, &created);
	globals_watch(&run);
	add_surfaces(&run);
	add_extras(&run);
	if (script->shm != ABSENT)
		offer_global(&run, GLOBAL_SHM);
	add_shell(&run);
	add_seat(&run);
	add_dmabuf(&run);
	add_syncobj(&run);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	close(ready);
	wl_display_run(run.display);
	_exit(0);
}

void server_start(struct server *server, const struct script *script)
{
	const char *tmp = getenv("TMPDIR");
	int ready[2];
	char byte;

	*server = (struct server){ 0 };
	snprintf(server->dir, sizeof(server->dir), "%s/staleline-XXXXXX",
		 tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(server->dir))
		die(server->dir);
	snprintf(server->socket, sizeof(server->socket), "%s/wl", server->dir);
	server->seen = mmap(NULL, sizeof(*server->seen), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (server->seen == MAP_FAILED || pipe(ready) < 0)
		die("mmap, pipe");
	server->pid = fork();
	if (server->pid < 0)
		die("fork");
	if (server->pid == 0) {
		close(ready[0]);
		alarm(script->limit_s ? (unsigned int)script->limit_s
				      : 60); /* whatever becomes of the test, this process ends */
		serve(server, script, ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("did not start");
	close(ready[0]);
}

void server_stop(struct server *server)
{
	char path[100];

	if (server->pid > 0) {
		kill(server->pid, SIGKILL);
		waitpid(server->pid, NULL, 0);
	}
	unlink(server->socket);
	snprintf(path, sizeof(path), "%s.lock", server->socket);
	unlink(path);
	rmdir(server->dir);
	if (server->seen)
		munmap(server->seen, sizeof(*server->seen));
	*server = (struct server){ 0 };
}
