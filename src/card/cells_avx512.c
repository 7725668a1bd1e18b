// SPDX-License-Identifier: MIT
/*
 * The inner loops for x86-64 CPUs with AVX-512: a cell is one register, one line, one store.
 */
#if defined(__x86_64__)
#define CELLS_VECTOR 64
#define CELLS_TARGET __attribute__((target("avx512bw")))
#define CELLS_NAME card_cells_avx512
#include "card/cells_loops.h"
#else
extern int card_has_no_avx512; /* a file must hold something */
#endif
