// SPDX-License-Identifier: MIT
/*
 * The names of exporters: which there are, what else is refused and in which words.
 */
#include <errno.h>
#include <string.h>

#include "exporter_fake.h"

/* The command line's question must get the same answer as opening does. */
static void assert_name_is_wrong(const char *name, const char *sentence)
{
	struct why why = { "" };

	assert_int_equal(exporter_check_name(name, &why), -EINVAL);
	assert_string_equal(why.text, sentence);
}

/* Whether the device is there does not matter. */
static void good_names(void **state)
{
	const char *const names[] = { "auto",
				      "gbm",
				      "dma-heap",
				      "dma-heap:system",
				      "udmabuf",
				      "dma-heap:linux,cma",
				      "staleline",
				      "staleline:noncoherent",
				      "staleline:coherent",
				      "staleline:trap" };
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(exporter_check_name(names[i], &why), 0);
}

static void unknown_names(void **state)
{
	const char *const names[] = { "nonsense", "",  "gb",	 "gbmx",	   "dma-heapx",
				      "AUTO",	  ":", "auto:x", "dma_heap:system" };
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_name(names[i], &why), -EINVAL);
		assert_has(why.text, "there are: auto, staleline, staleline:MODE, gbm, dma-heap, "
				     "dma-heap:NAME, udmabuf");
		assert_has(why.text, names[i]);
		assert_name_is_wrong(names[i], why.text);
	}
}

static void arguments_where_none_belongs(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("gbm:card0", &why), -EINVAL);
	assert_has(why.text, "--drm-device");
	assert_name_is_wrong("gbm:card0", why.text);
	assert_int_equal(open_name("udmabuf:1", &why), -EINVAL);
	assert_has(why.text, "takes no argument");
	assert_name_is_wrong("udmabuf:1", why.text);
	assert_int_equal(open_name("gbm:", &why), -EINVAL);
}

static void heap_names_stay_in_the_folder(void **state)
{
	const char *const names[] = { "dma-heap:../x", "dma-heap:/dev/null", "dma-heap:a/b",
				      "dma-heap:..",   "dma-heap:.",	     "dma-heap:" };
	struct why why;

	(void)state;
	make("/dev/dma_heap", true);
	make("/dev/x", false);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_name(names[i], &why), -EINVAL);
		assert_has(why.text, "without \"/\"");
		assert_name_is_wrong(names[i], why.text);
	}
}

static void heap_name_too_long(void **state)
{
	struct why why;
	char name[200] = "dma-heap:";

	(void)state;
	memset(name + 9, 'a', sizeof(name) - 10);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(open_name(name, &why), -EINVAL);
	assert_has(why.text, "too long, 49 bytes at most");
	assert_name_is_wrong(name, why.text);

	name[9 + 50] = '\0';
	assert_int_equal(open_name(name, &why), -EINVAL);
	name[9 + 49] = '\0'; /* fits: the whole path is in the message */
	assert_int_equal(open_name(name, &why), -ENOENT);
	assert_has(why.text, name + 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_names),
		TEST(unknown_names),
		TEST(arguments_where_none_belongs),
		TEST(heap_names_stay_in_the_folder),
		TEST(heap_name_too_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exporter names", tests, NULL, NULL);
}
