/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts what a program of glibc has on its heap, whichever library asked for
 * it, by functions that stand before glibc's.
 */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "tests/soak.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static _Atomic size_t own;
static _Atomic size_t *blocks = &own;

size_t soak_heap_blocks(void)
{
	return atomic_load(blocks);
}

void soak_heap_count_at(_Atomic size_t *place)
{
	atomic_store(place, atomic_load(blocks));
	blocks = place;
}

static void *counted(void *block)
{
	if (block)
		atomic_fetch_add(blocks, 1);
	return block;
}

void *malloc(size_t size)
{
	return counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return counted(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size)
{
	void *block = __libc_realloc(old, size);

	if (old && !size && !block)
		atomic_fetch_sub(blocks, 1);
	return old ? block : counted(block);
}

void *memalign(size_t alignment, size_t size)
{
	return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
	*block = memalign(alignment, size);
	return *block ? 0 : ENOMEM;
}

void free(void *block)
{
	if (block)
		atomic_fetch_sub(blocks, 1);
	__libc_free(block);
}
