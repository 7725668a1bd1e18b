/* SPDX-License-Identifier: GPL-2.0 */
/* What cache.c needs of the kernel, for compiling it in user space: its tests. */
#ifndef STALELINE_CACHE_USER_H
#define STALELINE_CACHE_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#ifndef PAGE_SIZE
#define PAGE_SIZE 4096UL
#endif
#define BITS_PER_LONG (8 * sizeof(unsigned long))

/* One thread, and nobody to give way to. */
typedef struct {
	char unused;
} spinlock_t;
#define spin_lock(lock) ((void)(lock))
#define spin_unlock(lock) ((void)(lock))
#define cond_resched() ((void)0)

static inline bool test_bit(unsigned long n, const unsigned long *map)
{
	return map[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline void __set_bit(unsigned long n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= 1UL << n % BITS_PER_LONG;
}

static inline void __clear_bit(unsigned long n, unsigned long *map)
{
	map[n / BITS_PER_LONG] &= ~(1UL << n % BITS_PER_LONG);
}

static inline unsigned long find_next_bit(const unsigned long *map, unsigned long size,
					  unsigned long n)
{
	while (n < size && !test_bit(n, map))
		n += map[n / BITS_PER_LONG] >> n % BITS_PER_LONG
			     ? 1
			     : BITS_PER_LONG - n % BITS_PER_LONG;
	return n < size ? n : size;
}

#endif
