// SPDX-License-Identifier: MIT
/*
 * The EGL peer on real dma-bufs, in the guest. TAP.
 *
 *	egl_peer --exporter=NAME [--format=NAME] [--gl=es3|es2] [--device=PATH|none] [--need]
 *
 * The peer is on the exporter's DRM device, where it has one, else on the first of this machine,
 * else on none. What can't run here is a SKIP with its reason; with --need it is a failure.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <drm_fourcc.h>

#include "buffer/drm_node.h"
#include "egl_peer.h"

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_leak(void)
{
	static const char name[] = "open, import, read, drop, close 20 times: no descriptor more";
	struct why why = { "" };
	int before = 0;
	bool ok = true;

	for (int i = 0; ok && i < 22; i++) {
		struct bench b;

		if (bench_open(&b, 64, 16, &why)) {
			skip(name, why.text);
			return;
		}
		struct card_expect e = whole_of(&b, FRAME);
		struct peer_image *again = NULL;

		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, FRAME, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e) &&
		     !b.peer.ops->write(&b.peer, b.image, e.serial, FRAME, &why) &&
		     !b.peer.ops->finish(&b.peer, &why) &&
		     !b.peer.ops->import(&b.peer, &b.buffer, &again, &why);
		if (again)
			b.peer.ops->drop(&b.peer, again);
		ok = ok && all_fresh(&b, &e);
		expect(ok, "round %d: %s", i, why.text);
		bench_close(&b);
		if (i == 1) /* what libraries open once for good is open by now */
			before = count_fds();
	}
	result(ok && expect(count_fds() == before, "%d descriptors before, %d after", before,
			    count_fds()),
	       name);
}

/* The first device is as good as any: the guest has one or none. */
static int take_device(void *data, const char *path)
{
	snprintf(data, sizeof(options.device), "%s", path);
	return 1;
}

/* The node that the peer takes by itself: on a software driver only that one has dumb buffers. */
static void use_card_node(void)
{
	struct drm_node node;
	struct why why;

	if (!options.device[0] || drm_node_open(&node, options.device, &why))
		return;
	snprintf(options.device, sizeof(options.device), "%s", node.path);
	drm_node_close(&node);
}

static int usage(void)
{
	fprintf(stderr, "usage: egl_peer --exporter=NAME [--format=NAME] [--gl=es3|es2] "
			"[--device=PATH|none] [--need]\n");
	return 2;
}

static int parse(int argc, char **argv)
{
	const char *device = NULL;

	options.format = pixel_format_find(DRM_FORMAT_XRGB8888);
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--exporter=", 11))
			options.exporter = argv[i] + 11;
		else if (!strncmp(argv[i], "--format=", 9))
			options.format = pixel_format_parse(argv[i] + 9);
		else if (!strcmp(argv[i], "--gl=es3"))
			options.gl = PEER_GL_ES3;
		else if (!strcmp(argv[i], "--gl=es2"))
			options.gl = PEER_GL_ES2;
		else if (!strncmp(argv[i], "--device=", 9))
			device = argv[i] + 9;
		else if (!strcmp(argv[i], "--need"))
			options.need = true;
		else
			return usage();
	}
	if (!options.exporter || !options.format)
		return usage();
	if (!device)
		drm_node_each(0, take_device, options.device);
	else if (strcmp(device, "none"))
		snprintf(options.device, sizeof(options.device), "%s", device);
	return 0;
}

int main(int argc, char **argv)
{
	int err = parse(argc, argv);

	if (err)
		return err;
	use_card_node();
	printf("TAP version 13\n# exporter %s, %s, peer on %s\n", options.exporter,
	       options.format->name, options.device[0] ? options.device : "no DRM device");
	test_fresh();
	test_sizes();
	test_planted();
	test_part();
	test_write(256, 64);
	test_write(250, 61);
	test_refused();
	if (options.format->fourcc == DRM_FORMAT_XRGB8888) { /* the same in all of them */
		test_foreign_buffer("udmabuf");
		test_foreign_buffer("dma-heap");
		test_leak();
	}
	printf("1..%d\n", tests);
	return failures != 0;
}
