// SPDX-License-Identifier: MIT
/*
 * The peers and the orders on real buffers, without a compositor: what each fault shows, cell by cell,
 * where it can be shown, and that it shows nothing where it can't. To be run as root in the guest
 * with the module loaded and noncoherent buffers of no evictions. Prints TAP.
 *
 *	peers [--need=egl,scanout]
 *
 * What is absent is skipped, with the reason, unless --need names it.
 */
#include <stdio.h>
#include <string.h>

#include "peers.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--need=", 7)) {
			fprintf(stderr, "usage: peers [--need=egl,scanout]\n");
			return 2;
		}
		needed = argv[i] + 7;
	}
	check_noncoherent();
	check_coherent("staleline:coherent");
	check_coherent("staleline:trap");
	check_coherent("udmabuf");
	check_coherent("dma-heap");
	check_probes();
	check_scanout(false);
	check_scanout(true);
	check_refusals();
	printf("1..%d\n# %d of %d failed\n", tests, failures, tests);
	return failures ? 1 : 0;
}
