/* SPDX-License-Identifier: MIT */
/* The encodings of formats that are not 8 bits a channel: for the table in encoding.c. */
#ifndef STALELINE_CARD_ENCODING_KINDS_H
#define STALELINE_CARD_ENCODING_KINDS_H

#include "card/encoding.h"

extern const struct card_encoding card_encoding_rgb565;		      /* encoding_rgb.c */
extern const struct card_encoding card_encoding_xrgb2101010;	      /* encoding_rgb.c */
extern const struct card_encoding card_encoding_halves;		      /* encoding_rgb.c */
extern const struct card_encoding card_encoding_y8, card_encoding_c8; /* encoding_yuv.c */
extern const struct card_encoding card_encoding_y10, card_encoding_c10;
extern const struct card_encoding card_encoding_yuyv;

#endif
