// SPDX-License-Identifier: MIT
/*
 * Cards for the shaders' test: their memory, and how it gets into textures without a dma-buf.
 */
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "base/pixel_format.h"
#include "shader_bench.h"

uint32_t any(void)
{
	static uint64_t state = 0x5ca1ab1e;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 32);
}

void bench_init(struct bench *b, uint32_t fourcc, uint32_t width, uint32_t height)
{
	memset(b, 0, sizeof(*b));
	assert_int_equal(card_init(&b->card, fourcc, width, height), 0);
	b->cells = (size_t)b->card.cols * b->card.rows;
	b->stride = (size_t)width * pixel_format_find(fourcc)->bytes;
	b->memory = calloc(b->card.rows, b->stride);
	b->other = calloc(b->card.rows, b->stride);
	b->want = calloc(b->cells, sizeof(*b->want));
	b->got = calloc(b->cells, sizeof(*b->got));
	b->heat = calloc(b->cells, sizeof(*b->heat));
	assert_non_null(b->memory);
	assert_non_null(b->other);
	assert_non_null(b->want);
	assert_non_null(b->got);
	assert_non_null(b->heat);
	b->texture[0] = egl_texture(GL_TEXTURE_2D);
	b->texture[1] = egl_texture(GL_TEXTURE_2D);
}

void bench_finish(struct bench *b)
{
	glDeleteTextures(2, b->texture);
	free(b->heat);
	free(b->got);
	free(b->want);
	free(b->other);
	free(b->memory);
	card_finish(&b->card);
}

bool is_red_first(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_XBGR8888 || fourcc == DRM_FORMAT_ABGR8888;
}

/* As GL would see it in a dma-buf of this format: red in R, and 1.0 where X is. */
static void upload_bytes(struct bench *b)
{
	uint32_t fourcc = b->card.fourcc;
	bool red_first = is_red_first(fourcc);
	bool alpha = fourcc == DRM_FORMAT_ARGB8888 || fourcc == DRM_FORMAT_ABGR8888;
	size_t pixels = (size_t)b->card.width * b->card.height;

	for (size_t i = 0; i < pixels; i++) {
		b->other[4 * i] = b->memory[4 * i + (red_first ? 0 : 2)];
		b->other[4 * i + 1] = b->memory[4 * i + 1];
		b->other[4 * i + 2] = b->memory[4 * i + (red_first ? 2 : 0)];
		b->other[4 * i + 3] = alpha ? b->memory[4 * i + 3] : 0xff;
	}
	glBindTexture(GL_TEXTURE_2D, b->texture[0]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, (GLsizei)b->card.width, (GLsizei)b->card.height, 0,
		     GL_RGBA, GL_UNSIGNED_BYTE, b->other);
}

static void swap_10(uint8_t *to, const uint8_t *from, size_t pixels)
{
	for (size_t i = 0; i < pixels; i++) {
		uint32_t word;

		memcpy(&word, from + 4 * i, 4);
		word = (word & 0x3ff) << 20 | (word & 0xffc00) | (word >> 20 & 0x3ff) | 3u << 30;
		memcpy(to + 4 * i, &word, 4);
	}
}

static void upload_pairs(struct bench *b, GLsizei width, GLsizei height)
{
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RG8, width, height, 0, GL_RG, GL_UNSIGNED_BYTE,
		     b->memory);
}

/* The second plane, pairs of bytes, behind the first one's @height rows. */
static void upload_second(struct bench *b, GLsizei width, GLsizei height)
{
	glBindTexture(GL_TEXTURE_2D, b->texture[1]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RG8, width, height / 2, 0, GL_RG, GL_UNSIGNED_BYTE,
		     b->memory + (size_t)height * b->stride);
}

/* GL has 565 and halves as they are, and 10 bits with red in the lowest. */
void bench_upload(struct bench *b)
{
	GLsizei width = (GLsizei)b->card.width, height = (GLsizei)b->card.height;

	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glBindTexture(GL_TEXTURE_2D, b->texture[0]);
	switch (b->card.fourcc) {
	case DRM_FORMAT_RGB565:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB565, width, height, 0, GL_RGB,
			     GL_UNSIGNED_SHORT_5_6_5, b->memory);
		break;
	case DRM_FORMAT_XRGB2101010:
		swap_10(b->other, b->memory, (size_t)width * (size_t)height);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB10_A2, width, height, 0, GL_RGBA,
			     GL_UNSIGNED_INT_2_10_10_10_REV, b->other);
		break;
	case DRM_FORMAT_ABGR16161616F:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16F, width, height, 0, GL_RGBA, GL_HALF_FLOAT,
			     b->memory);
		break;
	case DRM_FORMAT_NV12:
		glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, width, height, 0, GL_RED, GL_UNSIGNED_BYTE,
			     b->memory);
		upload_second(b, width / 2, height);
		break;
	case DRM_FORMAT_P010:
		upload_pairs(b, width, height);
		upload_second(b, width, height);
		break;
	case DRM_FORMAT_YUYV:
		upload_pairs(b, width, height);
		break;
	default:
		upload_bytes(b);
	}
	assert_int_equal(glGetError(), GL_NO_ERROR);
}
