/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include <papr/dirty.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

#define BITS 64u

/* Of a region of RAM, or of all LMBs: a bit for each page. */
struct dirty_map {
	uint64_t gpa, pages;		/* the last one has none */
	_Atomic uint64_t *noted;
	uint64_t *late;			/* to be told once more */
	uint64_t *found;		/* what is told now */
};

static size_t words(const struct dirty_map *map)
{
	return (map->pages + BITS - 1) / BITS;
}

/* --- noted */

static void mark(const struct dirty_map *map, uint64_t first, uint64_t last)
{
	for (uint64_t page = first; page <= last; page++)
		atomic_fetch_or(&map->noted[page / BITS],
				1ull << page % BITS);
}

/* A range that ram_get() has found is in one map. */
void dirty_mark(struct papr_vm *vm, uint64_t gpa, uint64_t len)
{
	for (const struct dirty_map *map = vm->dirty.maps;
	     map && map->pages; map++) {
		uint64_t offset = gpa - map->gpa;

		if (gpa < map->gpa || offset / PAGE_4K >= map->pages)
			continue;
		mark(map, offset / PAGE_4K, (offset + len - 1) / PAGE_4K);
		return;
	}
}

void dirty_begin(struct papr_vm *vm)
{
	atomic_fetch_add(&vm->dirty.writers, 1);
}

void dirty_end(struct papr_vm *vm)
{
	atomic_fetch_sub(&vm->dirty.writers, 1);
}

/* --- begun and ended */

static void forget(struct papr_vm *vm)
{
	talloc_free(vm->dirty.maps);
	vm->dirty.maps = NULL;
}

static int make_map(struct dirty_map *maps, struct dirty_map *map,
		    uint64_t gpa, uint64_t len)
{
	*map = (struct dirty_map){ .gpa = gpa, .pages = len / PAGE_4K };
	map->noted = talloc_zero_array(maps, _Atomic uint64_t, words(map));
	map->late = talloc_zero_array(maps, uint64_t, words(map));
	map->found = talloc_zero_array(maps, uint64_t, words(map));
	return map->noted && map->late && map->found ? 0 : -ENOMEM;
}

/* One for each region, one for the LMBs, and the one that ends them. */
static int make_maps(struct papr_vm *vm)
{
	const struct lmb_area *area = &vm->drcs.area;
	struct dirty_map *maps = talloc_zero_array(vm, struct dirty_map,
						   vm->n_ram + 2);
	int r = maps ? 0 : -ENOMEM;

	for (size_t i = 0; i < vm->n_ram && !r; i++)
		r = make_map(maps, &maps[i], vm->ram[i].gpa, vm->ram[i].len);
	if (!r && area->len)
		r = make_map(maps, &maps[vm->n_ram], area->gpa, area->len);
	vm->dirty.maps = maps;
	if (r)
		forget(vm);
	return r;
}

static int begin(struct papr_vm *vm, struct papr_error *error)
{
	int r = make_maps(vm);

	if (r)
		return error_set(error, r, "out of memory");
	r = vm->host_ops.log_dirty(vm->host, true);
	if (!r)
		return 0;
	forget(vm);
	return error_set(error, r, "the host does not note which pages "
			 "change: %s", strerror(-r));
}

static int end(struct papr_vm *vm, struct papr_error *error)
{
	int r = vm->dirty.maps ? vm->host_ops.log_dirty(vm->host, false) : 0;

	forget(vm);
	return r ? error_set(error, r, "the host still notes which pages "
			     "change: %s", strerror(-r)) : 0;
}

int papr_vm_log_dirty(struct papr_vm *vm, bool on, struct papr_error *error)
{
	int r;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "which pages change is noted "
				 "after the VM is sealed");
	if (!vm->host_ops.log_dirty || !vm->host_ops.read_dirty)
		return error_set(error, -EOPNOTSUPP, "the host does not know "
				 "which pages change");
	pthread_mutex_lock(&vm->dirty.lock);
	r = end(vm, error);
	if (!r && on)
		r = begin(vm, error);
	pthread_mutex_unlock(&vm->dirty.lock);
	return r;
}

/* --- read */

static void take_noted(const struct dirty_map *map)
{
	for (size_t i = 0; i < words(map); i++)
		map->found[i] = map->late[i] |
				atomic_exchange(&map->noted[i], 0);
}

static bool somebody_writes(const struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (atomic_load(&vm->vcpus[i]->routing))
			return true;
	return atomic_load(&vm->dirty.writers);
}

/* What is told now is told again, or not. */
static void keep(const struct dirty_map *maps, bool again)
{
	for (const struct dirty_map *map = maps; map->pages; map++)
		for (size_t i = 0; i < words(map); i++)
			map->late[i] = again ? map->found[i] : 0;
}

/* Queues of a XIVE are written by it, which nobody notes but when asked to. */
static int read_host(struct papr_vm *vm)
{
	int r = vm_has_xive(vm) ? vm->xive_ops.sync_all(vm->host) : 0;

	for (const struct dirty_map *map = vm->dirty.maps; map->pages && !r;
	     map++)
		r = vm->host_ops.read_dirty(vm->host, map->gpa,
					    map->pages * PAGE_4K, map->found);
	return r;
}

static bool is_found(const struct dirty_map *map, uint64_t page)
{
	return page < map->pages &&
	       map->found[page / BITS] >> page % BITS & 1;
}

static int tell(const struct dirty_map *map,
		int (*changed)(void *arg, uint64_t gpa, uint64_t len),
		void *arg)
{
	uint64_t page = 0, first;
	int r = 0;

	while (page < map->pages && !r) {
		if (!map->found[page / BITS] && page % BITS == 0) {
			page += BITS;
			continue;
		}
		for (first = page; is_found(map, page); )
			page++;
		if (page > first)
			r = changed(arg, map->gpa + first * PAGE_4K,
				    (page - first) * PAGE_4K);
		page++;
	}
	return r;
}

static int tell_all(const struct dirty_map *maps,
		    int (*changed)(void *arg, uint64_t gpa, uint64_t len),
		    void *arg)
{
	int r = 0;

	for (const struct dirty_map *map = maps; map->pages && !r; map++)
		r = tell(map, changed, arg);
	return r;
}

static int read_all(struct papr_vm *vm,
		    int (*changed)(void *arg, uint64_t gpa, uint64_t len),
		    void *arg, struct papr_error *error)
{
	const struct dirty_map *maps = vm->dirty.maps;
	int r;

	if (!maps)
		return error_set(error, -EINVAL, "nobody notes which pages "
				 "change");
	for (const struct dirty_map *map = maps; map->pages; map++)
		take_noted(map);
	keep(maps, somebody_writes(vm));
	r = read_host(vm);
	if (r)
		error_set(error, r, "the host does not tell which pages have "
			  "changed: %s", strerror(-r));
	else if ((r = tell_all(maps, changed, arg)))
		error_set(error, r, "the program does not take the pages that "
			  "have changed: %s", strerror(-r));
	if (r)
		keep(maps, true);
	return r;
}

int papr_vm_read_dirty(struct papr_vm *vm,
		       int (*changed)(void *arg, uint64_t gpa, uint64_t len),
		       void *arg, struct papr_error *error)
{
	int r;

	pthread_mutex_lock(&vm->dirty.lock);
	r = read_all(vm, changed, arg, error);
	pthread_mutex_unlock(&vm->dirty.lock);
	return r;
}
