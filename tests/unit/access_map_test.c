// SPDX-License-Identifier: MIT
/*
 * access.c, descriptors: the map, on a memfd and the real kernel (a dma-buf's is tried in the
 * guest), and that none is lost, whatever fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "access_mock.h"
#include "fds.h"

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
		cmocka_unit_test_setup(map_is_shared_and_whole, setup),
		cmocka_unit_test_setup(map_refuses, setup),
		cmocka_unit_test_setup(no_fd_leak, setup),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("access: descriptors", tests, NULL, NULL);
}
