// SPDX-License-Identifier: MIT
/*
 * Every exporter on real dma-bufs. To be run as root in the guest: it opens nodes as nobody, and
 * changes the group of device nodes for a moment. Prints TAP.
 *
 *	exporters [--need=staleline,gbm,dma-heap,udmabuf]
 *
 * An exporter that is absent is skipped, with the reason, unless --need names it.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporters.h"

static void check_exporter(const char *name)
{
	int before = count_fds();
	struct exporter exporter;
	struct why why = { "" };
	char path[64];
	int err = open_exporter(&exporter, name, NULL, &why);

	if (err && !is_needed(name)) {
		skip(name, why.text);
		return;
	}
	if (!ok(!err, why.text, "%s opens", name))
		return;

	printf("# %s on %s: %s\n", name, exporter.device, exporter.ops->about);
	snprintf(path, sizeof(path), "%s", exporter.device);
	check_sizes(&exporter);
	check_limits(&exporter);
	if (!strcmp(name, "gbm")) {
		check_odd_gbm_fds(&exporter);
		check_first_export_settles(&exporter);
		check_master_is_free(&exporter);
		check_each_node(&exporter);
	} else if (!strcmp(name, "dma-heap")) {
		check_odd_heap_fds();
	}
	exporter_close(&exporter);
	ok(count_fds() == before, "fds", "%s: all fds are closed again", name);
	check_permission(name, path);
}

static void check_auto(void)
{
	static const char *const order[] = { "staleline", "gbm", "dma-heap", "udmabuf" };
	struct exporter_wish wish = { .name = "auto", .has_main_device = true };
	struct exporter exporter;
	struct why why = { "" };
	char last[1024] = "", took[96];
	int before = count_fds(), err;
	struct stat st;

	if (stat("/dev/dri/card0", &st) == 0)
		wish.main_device = st.st_rdev;
	err = exporter_open(&exporter, &wish, DRM_FORMAT_XRGB8888, log_line, last, &why);
	if (err && !needed[0]) {
		skip("auto", why.text);
		return;
	}
	if (!ok(!err, why.text, "auto takes one"))
		return;
	for (size_t i = 0; i < 4; i++) {
		if (is_needed(order[i])) {
			ok(!strcmp(exporter.ops->name, order[i]), exporter.ops->name,
			   "it is %s, the first of those that are needed", order[i]);
			break;
		}
	}
	snprintf(took, sizeof(took), "took %s on %s", exporter.ops->name, exporter.device);
	ok(has(last, took), last, "and says so: %s", took);
	ok(exporter.buffers == 0, "numbers", "its trial leaves number 1 to the first buffer");
	exporter_close(&exporter);
	ok(count_fds() == before, "fds", "auto: all fds are closed again");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--need=", 7)) {
			fprintf(stderr,
				"usage: exporters [--need=staleline,gbm,dma-heap,udmabuf]\n");
			return 2;
		}
		needed = argv[i] + 7;
	}

	check_exporter("staleline");
	check_modes();
	check_exporter("gbm");
	check_exporter("dma-heap");
	check_exporter("udmabuf");
	check_auto();
	check_no_such("nonsense", NULL, -EINVAL, "there are: auto, staleline, staleline:MODE, gbm");
	check_no_such("staleline:fast", NULL, -EINVAL, "coherent, noncoherent, trap");
	check_no_such("staleline", "/dev/null", -ENODEV, "not a DRM device");
	check_no_such("gbm", "/dev/dri/card99", -ENOENT, "/dev/dri/card99");
	check_no_such("gbm", "/dev/null", -ENODEV, "not a DRM device");
	check_no_such("dma-heap:../null", NULL, -EINVAL, "without \"/\"");
	check_no_such("dma-heap:nope", NULL, -ENOENT,
		      access("/dev/dma_heap/system", F_OK) ? "no heap at all"
							   : "there are: system");
	printf("1..%d\n# %d of %d failed\n", tests, failures, tests);
	return failures ? 1 : 0;
}
