// SPDX-License-Identifier: MIT
/*
 * The shaders against card_judge(): over any memory, the map that comes back from the device must
 * be the CPU's, cell by cell, and so must the heatmap. No dma-buf and no DRM device: the card is
 * uploaded into a plain texture, on a surfaceless context (llvmpipe will do).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "base/pixel_format.h"
#include "shader_bench.h"

enum { ROUNDS = 12 };

static const struct {
	uint32_t width, height;
} sizes[] = { { 16, 1 }, { 64, 8 }, { 250, 61 }, { 37, 3 }, { 640, 40 }, { 4096, 5 }, { 19, 300 } };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void compare(const struct bench *b)
{
	for (size_t i = 0; i < b->cells; i++) {
		uint32_t col = (uint32_t)(i % b->card.cols), row = (uint32_t)(i / b->card.cols);

		if (memcmp(&b->got[i], &b->want[i], sizeof(b->got[i])) != 0)
			fail_msg("card %ux%u, cell %u,%u: the device says %u by %u, the CPU %u by "
				 "%u",
				 b->card.width, b->card.height, col, row, b->got[i].kind,
				 cell_verdict_by(b->got[i]), b->want[i].kind,
				 cell_verdict_by(b->want[i]));
		if (b->heat[i] != cell_colour(b->want[i]))
			fail_msg("card %ux%u, cell %u,%u: heatmap 0x%08x, palette 0x%08x",
				 b->card.width, b->card.height, col, row, b->heat[i],
				 cell_colour(b->want[i]));
	}
}

/* A device that takes every job and does none. */
static bool draws_nothing;

void __wrap_glDrawArrays(GLenum mode, GLint first, GLsizei count);
void __real_glDrawArrays(GLenum mode, GLint first, GLsizei count);

void __wrap_glDrawArrays(GLenum mode, GLint first, GLsizei count)
{
	if (!draws_nothing)
		__real_glDrawArrays(mode, first, count);
}

/* One read, by the path of this context. */
static int try_read(struct egl_context *egl, struct bench *b, const struct egl_source *source,
		    struct why *why)
{
	struct egl_check check;
	struct egl_pixels pixels;
	int err;

	memset(b->got, 0xee, b->cells * sizeof(*b->got));
	memset(b->heat, 0xee, b->cells * sizeof(*b->heat));
	if (egl->es == 3) {
		err = egl_check_init(&check, egl, &b->card, why);
		if (!err)
			err = egl_check_draw(&check, source, &b->expect, true, why);
		if (!err)
			err = egl_fence_wait(egl, why);
		if (!err)
			err = egl_check_fetch(&check, b->got, b->heat, why);
		egl_check_finish(&check);
	} else {
		err = egl_pixels_init(&pixels, egl, &b->card, why);
		if (!err)
			err = egl_pixels_read(&pixels, egl, source, &b->expect, b->got, b->heat,
					      why);
		egl_pixels_finish(&pixels);
	}
	return err;
}

static void read_card(struct egl_context *egl, struct bench *b, const struct egl_source *source)
{
	struct why why = { "" };

	if (try_read(egl, b, source, &why))
		fail_msg("%s", why.text);
}

/* What a test is given: which GL, and the context for it while it runs. */
struct path {
	enum peer_gl gl;
	struct egl_context egl;
	bool open;
};

static struct egl_context *open_context(void **state)
{
	struct path *path = *state;
	struct why why = { "" };

	if (egl_context_open(&path->egl, NULL, path->gl, &why)) {
		if (getenv("STALELINE_NEED_EGL"))
			fail_msg("EGL is needed here: %s", why.text);
		print_message("# SKIP: %s\n", why.text);
		skip();
	}
	path->open = true;
	return &path->egl;
}

static int close_context(void **state)
{
	struct path *path = *state;

	if (path->open)
		egl_context_close(&path->egl);
	path->open = false;
	return 0;
}

static const uint32_t formats[] = {
	DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888,    DRM_FORMAT_XBGR8888,      DRM_FORMAT_ABGR8888,
	DRM_FORMAT_RGB565,   DRM_FORMAT_XRGB2101010, DRM_FORMAT_ABGR16161616F, DRM_FORMAT_NV12,
	DRM_FORMAT_P010,     DRM_FORMAT_YUYV,
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* As many cells as the size is of XRGB8888's. */
static uint32_t width_of(uint32_t fourcc, uint32_t width)
{
	return width * 4 / pixel_format_find(fourcc)->bytes;
}

/* Two planes come in squares. */
static uint32_t height_of(uint32_t fourcc, uint32_t height)
{
	return pixel_format_find(fourcc)->planes == 2 ? height + height % 2 : height;
}

/* The formats that GLES 2 can hand back, the first four, or all of them. */
static size_t formats_of(const struct egl_context *egl)
{
	return egl->es == 2 ? 4 : FORMATS;
}

static void check_faults(struct egl_context *egl, uint32_t fourcc, uint32_t rounds)
{
	uint64_t seen[CELL_KINDS] = { 0 }, cells = 0;

	print_message("# %s\n", pixel_format_find(fourcc)->name);
	for (uint32_t round = 0; round < rounds * SIZES; round++) {
		struct bench b;
		struct egl_source source = { .target = GL_TEXTURE_2D };

		bench_init(&b, fourcc, width_of(fourcc, sizes[round % SIZES].width),
			   height_of(fourcc, sizes[round % SIZES].height));
		bench_fill(&b, round < SIZES ? 0 : 60);
		bench_upload(&b);
		memcpy(source.texture, b.texture, sizeof(b.texture));
		read_card(egl, &b, &source);
		compare(&b);
		for (size_t i = 0; i < b.cells; i++)
			seen[b.want[i].kind]++;
		cells += b.cells;
		if (round < SIZES) /* without faults */
			assert_int_equal(seen[CELL_FRESH], cells);
		bench_finish(&b);
	}
	/* A test of faults that planted none would prove nothing. */
	for (int kind = 0; kind < CELL_KINDS; kind++) {
		print_message("# %s: %lu cells\n", cell_kind_name((enum cell_kind)kind),
			      (unsigned long)seen[kind]);
		assert_true(seen[kind] > 0);
	}
}

static void test_faults(void **state)
{
	struct egl_context *egl = open_context(state);

	for (size_t i = 0; i < formats_of(egl); i++)
		check_faults(egl, formats[i], i == 0 ? ROUNDS : 2);
}

/* A picture of the card's format to draw into, as a dma-buf of it would be. */
static void make_canvas(struct egl_canvas *canvas, const struct egl_view *view)
{
	GLsizei width = (GLsizei)view->width, height = (GLsizei)view->height;
	struct why why;

	assert_int_equal(egl_canvas_init(canvas, view->width, view->height, &why), 0);
	switch (view->fourcc) {
	case DRM_FORMAT_R8:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, width, height, 0, GL_RED, GL_UNSIGNED_BYTE,
			     NULL);
		break;
	case DRM_FORMAT_GR88:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RG8, width, height, 0, GL_RG, GL_UNSIGNED_BYTE,
			     NULL);
		break;
	case DRM_FORMAT_RGB565:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB565, width, height, 0, GL_RGB,
			     GL_UNSIGNED_SHORT_5_6_5, NULL);
		break;
	case DRM_FORMAT_XRGB2101010:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB10_A2, width, height, 0, GL_RGBA,
			     GL_UNSIGNED_INT_2_10_10_10_REV, NULL);
		break;
	case DRM_FORMAT_ABGR16161616F:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16F, width, height, 0, GL_RGBA, GL_HALF_FLOAT,
			     NULL);
		break;
	default:
		break;
	}
	assert_int_equal(glCheckFramebufferStatus(GL_FRAMEBUFFER), GL_FRAMEBUFFER_COMPLETE);
}

/* The pixels after the last cell, too: as the CPU draws them. */
static void check_pixels(struct bench *b, const struct egl_canvas *canvas)
{
	size_t red = is_red_first(b->card.fourcc) ? 0 : 2;

	card_draw(&b->card, b->expect.serial, b->expect.frame, card_whole(&b->card), b->memory,
		  b->stride);
	glBindFramebuffer(GL_FRAMEBUFFER, canvas->fbo);
	glReadPixels(0, 0, canvas->width, canvas->height, GL_RGBA, GL_UNSIGNED_BYTE, b->other);
	for (size_t i = 0; i < b->stride * b->card.height; i += 4) {
		assert_int_equal(b->other[i], b->memory[i + red]);
		assert_int_equal(b->other[i + 1], b->memory[i + 1]);
		assert_int_equal(b->other[i + 2], b->memory[i + 2 - red]);
		assert_int_equal(b->other[i + 3], 255);
	}
}

/* What the device draws as a card is one. */
static void check_write(struct egl_context *egl, uint32_t fourcc)
{
	struct why why = { "" };

	for (uint32_t n = 0; n < SIZES; n++) {
		struct bench b;
		struct egl_canvas canvas[EGL_VIEWS] = { 0 };
		struct egl_write write;
		struct egl_source source = { .target = GL_TEXTURE_2D };

		bench_init(&b, fourcc, width_of(fourcc, sizes[n].width),
			   height_of(fourcc, sizes[n].height));
		b.expect = (struct card_expect){ .serial = card_serial(any(), 1),
						 .frame = any() & CARD_FRAME_MASK,
						 .part = card_whole(&b.card) };
		assert_int_equal(egl_write_init(&write, egl, &b.card, &why), 0);
		egl_write_prepare(&write, b.expect.serial, b.expect.frame);
		for (uint32_t v = 0; v < write.views; v++) {
			make_canvas(&canvas[v], &write.view[v]);
			assert_int_equal(egl_write_draw(&write, v, &why), 0);
			source.texture[v] = canvas[v].texture;
		}
		assert_int_equal(egl_fence_wait(egl, &why), 0);
		read_card(egl, &b, &source);
		memset(b.want, 0, b.cells * sizeof(*b.want)); /* CELL_FRESH */
		compare(&b);
		if (pixel_format_find(fourcc)->bytes == 4 && fourcc != DRM_FORMAT_XRGB2101010)
			check_pixels(&b, &canvas[0]);
		egl_write_finish(&write);
		egl_canvas_finish(&canvas[0]);
		egl_canvas_finish(&canvas[1]);
		bench_finish(&b);
	}
}

static void test_write(void **state)
{
	struct egl_context *egl = open_context(state);

	for (size_t i = 0; i < formats_of(egl); i++)
		check_write(egl, formats[i]);
}

/* What no device looked at must not pass for fresh. */
static void test_nothing_drawn(void **state)
{
	struct egl_context *egl = open_context(state);
	struct egl_source source = { .target = GL_TEXTURE_2D };
	struct why why = { "" };
	struct bench b;
	int err;

	bench_init(&b, DRM_FORMAT_XRGB8888, 250, 61);
	bench_fill(&b, 0);
	bench_upload(&b);
	memcpy(source.texture, b.texture, sizeof(b.texture));
	draws_nothing = true;
	err = try_read(egl, &b, &source, &why);
	draws_nothing = false;
	if (egl->es == 3) {
		assert_int_equal(err, -EIO);
		assert_non_null(strstr(why.text, "did not draw"));
	}
	for (size_t i = 0; egl->es == 2 && i < b.cells; i++)
		assert_int_equal(b.got[i].kind, CELL_UNWRITTEN);
	bench_finish(&b);
}

int main(void)
{
	static struct path es3 = { .gl = PEER_GL_ES3 }, es2 = { .gl = PEER_GL_ES2 };
	const struct CMUnitTest tests[] = {
		{ "es3: faults", test_faults, NULL, close_context, &es3 },
		{ "es3: write", test_write, NULL, close_context, &es3 },
		{ "es3: nothing drawn", test_nothing_drawn, NULL, close_context, &es3 },
		{ "es2: nothing drawn", test_nothing_drawn, NULL, close_context, &es2 },
		{ "es2: faults", test_faults, NULL, close_context, &es2 },
		{ "es2: write", test_write, NULL, close_context, &es2 },
	};

	return cmocka_run_group_tests_name("check_shader", tests, NULL, NULL);
}
