// SPDX-License-Identifier: MIT
/*
 * The DMA API's side of staleline.ko, on a machine that really isn't coherent: the kernel was booted
 * with swiotlb=force, and staleline-importer.ko is a device that maps our buffers as any importing
 * driver does. What the CPU stored it sees after END alone, and what it wrote the CPU sees after START
 * alone. The system heap's buffers tell first that this machine is one.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_dma.h"

static const struct kind kinds[] = {
	{ "system heap", -1, true },
	{ "coherent", DRM_STALELINE_MODE_COHERENT, true },
	{ "trap", DRM_STALELINE_MODE_TRAP, true },
	{ "noncoherent", DRM_STALELINE_MODE_NONCOHERENT, false },
};

struct buffer make_kind(const struct kind *kind)
{
	struct buffer b = { .size = SIZE };

	if (kind->mode >= 0)
		return make(PAGES, (uint32_t)kind->mode);
	b.fd = heap_buffer(O_RDWR);
	if (b.fd < 0)
		bail("the system heap");
	b.cpu = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0);
	if (b.cpu == MAP_FAILED)
		bail("mmap");
	return b;
}

void drop_kind(const struct kind *kind, struct buffer *b)
{
	if (kind->mode >= 0) {
		drop(b);
		return;
	}
	munmap((void *)b->cpu, b->size);
	close(b->fd);
}

static void cpu_fill(const struct buffer *b, uint8_t value)
{
	memset((void *)b->cpu, value, b->size);
}

void bracket(const struct buffer *b, uint64_t which)
{
	if (sync_buffer(b, which))
		bail("DMA_BUF_IOCTL_SYNC");
}

void sees(const struct kind *kind, int got, int expected, const char *what)
{
	char name[160];

	snprintf(name, sizeof(name), "%s: %s", kind->name, what);
	is(got, expected, name);
}

static void test_cpu_writes(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device;

	bracket(&b, START | WRITE);
	cpu_fill(&b, OLD);
	bracket(&b, END | WRITE);
	device = importer_of(b.fd);
	sees(kind, importer_byte(device, FIRST), OLD,
	     "the device finds what was there when it came");

	bracket(&b, START | WRITE);
	cpu_fill(&b, NEW);
	sees(kind, importer_byte(device, FIRST), OLD, "before END the device sees what was there");
	bracket(&b, END | WRITE);
	sees(kind, importer_byte(device, FIRST), NEW, "after END it sees what the CPU stored");
	sees(kind, importer_byte(device, SIZE - 1), NEW, "to the last byte");
	close(device);
	drop_kind(kind, &b);
}

static void test_cpu_reads(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device = importer_of(b.fd);

	bracket(&b, START | RW);
	cpu_fill(&b, OLD);
	bracket(&b, END | RW);
	importer_fill(device, FAR, SIZE);
	sees(kind, b.cpu[FIRST], OLD, "before START the CPU sees what was there");
	bracket(&b, START | READ);
	sees(kind, b.cpu[FIRST], FAR, "after START it sees what the device wrote");
	sees(kind, b.cpu[SIZE - 1], FAR, "to the last byte, read");
	bracket(&b, END | READ);

	bracket(&b, START | READ);
	importer_fill(device, OLD, SIZE);
	bracket(&b, END | READ);
	sees(kind, importer_byte(device, FIRST), OLD,
	     "who only read takes nothing from the device");
	bracket(&b, START | RW);
	b.cpu[FIRST] = NEW;
	bracket(&b, END | RW);
	sees(kind, importer_byte(device, FIRST), NEW, "an update of one line gets there");
	sees(kind, importer_byte(device, NEXT), OLD, "and the device's other lines stay");

	importer_fill(device, FAR, SIZE);
	close(device);
	bracket(&b, START | READ);
	sees(kind, b.cpu[NEXT], FAR, "what it wrote before it left is there");
	bracket(&b, END | READ);
	drop_kind(kind, &b);
}

/* Of a machine's own cache nobody can say what it holds; the model's is cold there. */
static void test_first_touch(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device = importer_of(b.fd);

	if (!kind->cached) {
		importer_fill(device, FAR, SIZE);
		sees(kind, b.cpu[UNTOUCHED], FAR,
		     "a page that was never touched is filled from the device");
	}
	close(device);
	drop_kind(kind, &b);
}

/* Runs to its end. */
static void run(struct drm_staleline_job *job, const struct buffer *dst)
{
	if (submit(job))
		bail("JOB");
	if (!ready(dst->fd, POLLOUT, 20000))
		bail("a job that doesn't end");
}

static void test_jobs(const struct kind *kind)
{
	struct buffer b = make_kind(kind), other = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	int device = importer_of(b.fd);
	struct drm_staleline_job fill = fill_job(&b, JOB * 0x01010101u);
	struct drm_staleline_job copy = copy_job(&other, &b);

	importer_fill(device, OLD, SIZE);
	fill.size = LINE;
	run(&fill, &b);
	sees(kind, importer_byte(device, FIRST), JOB, "another device sees what a job wrote");
	sees(kind, importer_byte(device, NEXT), OLD, "and what was there beside it");
	bracket(&b, START | READ);
	sees(kind, b.cpu[FIRST], JOB, "and so does the CPU");
	bracket(&b, END | READ);

	importer_fill(device, FAR, SIZE);
	run(&copy, &other);
	bracket(&other, START | READ);
	sees(kind, other.cpu[FIRST], FAR, "a job reads what another device wrote");
	bracket(&other, END | READ);
	close(device);
	drop(&other);
	drop_kind(kind, &b);
}

/* A job that only reads evicts what the CPU has stored: that is a store, too. */
static void test_evicted(void)
{
	struct buffer b = make_noncoherent(), other = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	struct drm_staleline_params params = plain(DRM_STALELINE_MODE_NONCOHERENT);
	struct drm_staleline_job copy = copy_job(&other, &b);
	int device = importer_of(b.fd);

	params.evict = DRM_STALELINE_RATE_ALWAYS;
	if (set(&b, params))
		bail("SET");
	bracket(&b, START | WRITE);
	cpu_fill(&b, NEW);
	run(&copy, &other);
	bracket(&b, END | WRITE);
	is(importer_byte(device, FIRST), NEW, "what a job's reading evicted gets to the device");
	bracket(&b, START | READ);
	is(b.cpu[FIRST], NEW, "and is not lost for the CPU");
	bracket(&b, END | READ);
	close(device);
	drop(&other);
	drop(&b);
}

/* Somebody only reads, and a job writes one line beside what another device wrote. */
static void test_job_beside_a_reader(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device = importer_of(b.fd);
	struct drm_staleline_job fill = fill_job(&b, JOB * 0x01010101u);

	bracket(&b, START | READ);
	importer_fill(device, FAR, SIZE);
	fill.size = LINE;
	run(&fill, &b);
	sees(kind, importer_byte(device, FIRST), JOB,
	     "beside a READ bracket a job's line gets there");
	sees(kind, importer_byte(device, NEXT), FAR, "and nothing else changes");
	bracket(&b, END | READ);
	close(device);
	drop_kind(kind, &b);
}

/* A device may let go at any time. */
static void test_gone_in_a_bracket(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int first = importer_of(b.fd), second;

	bracket(&b, START | WRITE);
	cpu_fill(&b, NEW);
	close(first);
	bracket(&b, END | WRITE);
	second = importer_of(b.fd);
	sees(kind, importer_byte(second, FIRST), NEW,
	     "a device that goes takes no store of an open bracket with it");
	close(second);
	drop_kind(kind, &b);
}

/* No copy is longer than 256 KiB, and our memory comes in larger blocks. */
static void test_large(void)
{
	struct buffer b = make(1024, DRM_STALELINE_MODE_COHERENT);
	int device = importer_of(b.fd);

	bracket(&b, START | WRITE);
	cpu_fill(&b, NEW);
	bracket(&b, END | WRITE);
	is(importer_byte(device, 0), NEW, "a buffer of 4 MiB gets there");
	is(importer_byte(device, (off_t)b.size - 1), NEW, "to its last byte");
	close(device);
	drop(&b);
}

/* A job in steps that nobody waits for, and brackets around another page meanwhile. */
static void test_job_beside_brackets(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device = importer_of(b.fd), lost = 0, rounds = 0;
	struct drm_staleline_job fill = fill_job(&b, JOB * 0x01010101u);
	uint64_t until;

	fill.size = 4096;
	fill.steps = 16;
	fill.duration_us = 400000;
	fill.flags = DRM_STALELINE_JOB_EXPLICIT;
	if (submit(&fill))
		bail("JOB");
	for (until = now_ns() + UINT64_C(1000000000); now_ns() < until; rounds++) {
		bracket(&b, START | RW);
		b.cpu[UNTOUCHED] = (uint8_t)rounds;
		bracket(&b, END | RW);
		lost += importer_byte(device, UNTOUCHED) != (uint8_t)rounds;
	}
	printf("# %s: %d brackets\n", kind->name, rounds);
	for (until = now_ns() + UINT64_C(11000000000);
	     !counter(&b, DRM_STALELINE_JOBS) && now_ns() < until;)
		usleep(10000);
	sees(kind, lost, 0, "beside a job no store is lost");
	lost = 0;
	bracket(&b, START | READ);
	for (int i = 0; i < 4096; i++)
		lost += b.cpu[i] != JOB || importer_byte(device, i) != JOB;
	bracket(&b, END | READ);
	sees(kind, lost, 0, "and beside brackets none of the job's");
	close(device);
	drop_kind(kind, &b);
}

int main(void)
{
	uint64_t before;

	open_the_card();
	before = total_bytes();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].mode < 0 && access("/dev/dma_heap/system", F_OK)) {
			skip("the system heap's buffers", "this kernel has no dma-heaps");
			continue;
		}
		test_cpu_writes(&kinds[i]);
		test_cpu_reads(&kinds[i]);
		test_thread(&kinds[i]);
		if (kinds[i].mode < 0)
			continue;
		test_first_touch(&kinds[i]);
		test_jobs(&kinds[i]);
		test_job_beside_a_reader(&kinds[i]);
		test_job_beside_brackets(&kinds[i]);
		test_gone_in_a_bracket(&kinds[i]);
	}
	test_evicted();
	test_large();
	ok(total_becomes(before), "no buffer is left");
	return done_testing();
}
