/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "spapr/util.h"
#include "spapr/vio.h"

#define PAGES_MAX (1u << 24)

/* A guest that never stops reading must not keep a writer out. */
void tce_begin(struct tce_locks *locks)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr,
			PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&locks->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutex_init(&locks->change, NULL);
}

const struct tce_window *tce_find(const struct papr_vm *vm, uint64_t liobn)
{
	for (size_t i = 0; i < vm->tce_slots; i++)
		if (vm->tce[i].entries && vm->tce[i].liobn == liobn)
			return &vm->tce[i];
	return NULL;
}

/* A VM is const for those who only read. */
static struct tce_locks *locks_of(const struct papr_vm *vm)
{
	return (struct tce_locks *)&vm->tce_locks;
}

const struct tce_window *tce_use(const struct papr_vm *vm, uint64_t liobn)
{
	pthread_rwlock_rdlock(&locks_of(vm)->lock);
	return tce_find(vm, liobn);
}

void tce_done(const struct papr_vm *vm)
{
	pthread_rwlock_unlock(&locks_of(vm)->lock);
}

static bool is_vio(const struct papr_vm *vm, uint32_t liobn)
{
	for (size_t i = 0; i < vm->n_vio; i++)
		if (vm->vio[i]->config.liobn == liobn)
			return true;
	return false;
}

bool tce_may_go(const struct papr_vm *vm, uint32_t liobn)
{
	bool found = tce_use(vm, liobn);

	tce_done(vm);
	return found && !is_vio(vm, liobn);
}

/* --- tables */

/*
 * The kernel's, or if it has none to offer one of our own.  Not of talloc,
 * which other threads may use.
 */
static int make_table(struct papr_vm *vm, struct tce_window *w, bool kernel,
		      struct papr_error *error)
{
	uint64_t *table = NULL;
	int r = -ENOTTY;

	if (kernel)
		r = vm->host_ops.make_tce(vm->host, w->liobn, w->page_shift,
					  w->bus, w->pages, &table);
	w->in_kernel = !r;
	if (r == -EBUSY)
		return error_set(error, r, "the kernel has a table for "
				 "the DMA window 0x%x, which is not this "
				 "library's", w->liobn);
	if (r && kernel)
		vm_log(vm, PAPR_LOG_WARNING, "the kernel has no table for the "
		       "DMA window 0x%x: %s%s; its calls are answered in "
		       "userspace", w->liobn, strerror(-r),
		       r == -ENOMEM ? " (see ulimit -l)" : "");
	if (r)
		table = calloc(w->pages, sizeof(*table));
	if (!table)
		return error_set(error, -ENOMEM, "out of memory");
	w->entries = (_Atomic uint64_t *)table;
	return 0;
}

/*
 * KVM frees a table after a grace period, but its calls sleep while they work
 * on one: no vCPU may be in such a call.
 */
static void free_table(struct papr_vm *vm, const struct tce_window *w)
{
	if (!w->in_kernel) {
		free((void *)w->entries);
		return;
	}
	vm_hold_all(vm, true);
	vm->host_ops.drop_tce(vm->host, w->liobn);
	vm_hold_all(vm, false);
}

/* --- windows, under tce_locks.change once the VM is sealed */

static int check(const struct papr_vm *vm, const struct tce_window *w,
		 struct papr_error *error)
{
	if (w->page_shift < 12 || w->page_shift > 34 || !w->pages ||
	    w->pages > PAGES_MAX || w->bus % (1ull << w->page_shift) ||
	    w->bus + (w->pages << w->page_shift) - 1 < w->bus)
		return error_set(error, -EINVAL, "DMA window 0x%x: %llu pages "
				 "of 2^%u bytes at 0x%llx", w->liobn,
				 (unsigned long long)w->pages, w->page_shift,
				 (unsigned long long)w->bus);
	if (tce_find(vm, w->liobn))
		return error_set(error, -EEXIST, "there is a DMA window 0x%x",
				 w->liobn);
	return 0;
}

int papr_vm_add_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint32_t page_shift, uint64_t pages)
{
	struct papr_error *error = &vm->error;
	struct tce_window w = {
		.liobn = liobn, .page_shift = page_shift,
		.bus = bus, .pages = pages,
	};
	int r;

	if (vm->stage != VM_SETUP)
		return error_set(error, -EBUSY, "DMA windows can be added "
				 "before the VM is sealed");
	r = check(vm, &w, error);
	if (r)
		return r;
	if (vm->n_tce == TCE_WINDOWS)
		return error_set(error, -ENOSPC, "there are %d DMA windows "
				 "already", TCE_WINDOWS);
	r = make_table(vm, &w, vm->host_ops.make_tce, error);
	if (r)
		return r;
	vm->tce[vm->n_tce++] = w;
	vm->tce_slots = vm->n_tce;
	return 0;
}

/* A slot for one more, or NULL. */
static struct tce_window *find_room(struct papr_vm *vm, uint64_t pages,
				    struct papr_error *error)
{
	struct tce_window *room = NULL;

	for (size_t i = vm->n_tce; i < TCE_WINDOWS; i++) {
		if (vm->tce[i].entries)
			pages += vm->tce[i].pages;
		else if (!room)
			room = &vm->tce[i];
	}
	if (!room)
		error_set(error, -ENOSPC, "there are %d DMA windows already",
			  TCE_WINDOWS);
	else if (pages > PAGES_MAX)
		error_set(error, -ENOSPC, "DMA windows that are made while a "
			  "guest runs have 2^24 pages together");
	return pages > PAGES_MAX ? NULL : room;
}

static void publish(struct papr_vm *vm, struct tce_window *slot,
		    const struct tce_window *w)
{
	size_t end = slot - vm->tce + 1;

	pthread_rwlock_wrlock(&vm->tce_locks.lock);
	*slot = *w;
	if (end > vm->tce_slots)
		vm->tce_slots = end;
	pthread_rwlock_unlock(&vm->tce_locks.lock);
}

/* Who used it is done when nobody finds it any more. */
static void take_away(struct papr_vm *vm, struct tce_window *slot)
{
	struct tce_window was = *slot;

	pthread_rwlock_wrlock(&vm->tce_locks.lock);
	slot->entries = NULL;
	while (vm->tce_slots > vm->n_tce &&
	       !vm->tce[vm->tce_slots - 1].entries)
		vm->tce_slots--;
	pthread_rwlock_unlock(&vm->tce_locks.lock);
	free_table(vm, &was);
}

/* The host must be able to take its table back. */
static int fill(struct papr_vm *vm, struct tce_window *slot,
		struct tce_window w, struct papr_error *error)
{
	int r = make_table(vm, &w, vm->host_ops.make_tce &&
				   vm->host_ops.drop_tce, error);

	if (!r)
		publish(vm, slot, &w);
	return r;
}

static int create(struct papr_vm *vm, const struct tce_window *w,
		  struct papr_error *error)
{
	struct tce_window *slot;
	int r = check(vm, w, error);

	if (r)
		return r;
	slot = find_room(vm, w->pages, error);
	return slot ? fill(vm, slot, *w, error) : -ENOSPC;
}

static int check_sealed(const struct papr_vm *vm, struct papr_error *error)
{
	return vm->stage == VM_SEALED ? 0 :
	       error_set(error, -EBUSY, "DMA windows come and go after the VM "
			 "is sealed");
}

int papr_vm_create_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		       uint32_t page_shift, uint64_t pages,
		       struct papr_error *error)
{
	const struct tce_window w = {
		.liobn = liobn, .page_shift = page_shift,
		.bus = bus, .pages = pages,
	};
	int r = check_sealed(vm, error);

	if (r)
		return r;
	pthread_mutex_lock(&vm->tce_locks.change);
	r = create(vm, &w, error);
	pthread_mutex_unlock(&vm->tce_locks.change);
	return r;
}

static int remove_window(struct papr_vm *vm, uint32_t liobn,
			 struct papr_error *error)
{
	const struct tce_window *w = tce_find(vm, liobn);

	if (!w)
		return error_set(error, -ENOENT, "there is no DMA window 0x%x",
				 liobn);
	if (is_vio(vm, liobn))
		return error_set(error, -EBUSY, "DMA window 0x%x is that of a "
				 "VIO device", liobn);
	if (w->in_kernel && !vm->host_ops.drop_tce)
		return error_set(error, -EOPNOTSUPP, "the host keeps the table "
				 "of DMA window 0x%x", liobn);
	take_away(vm, &vm->tce[w - vm->tce]);
	return 0;
}

int papr_vm_remove_tce(struct papr_vm *vm, uint32_t liobn,
		       struct papr_error *error)
{
	int r = check_sealed(vm, error);

	if (r)
		return r;
	pthread_mutex_lock(&vm->tce_locks.change);
	r = remove_window(vm, liobn, error);
	pthread_mutex_unlock(&vm->tce_locks.change);
	return r;
}

int papr_vm_tce_in_kernel(const struct papr_vm *vm, uint32_t liobn)
{
	const struct tce_window *w = tce_use(vm, liobn);
	int in_kernel = w ? w->in_kernel : -ENOENT;

	tce_done(vm);
	return in_kernel;
}

/* --- reset and the end */

static void empty(const struct tce_window *w)
{
	for (uint64_t page = 0; page < w->pages; page++)
		atomic_store(&w->entries[page], 0);
}

/* First those that must go: they may have the number of one that comes back. */
static int reset(struct papr_vm *vm, struct papr_error *error)
{
	int r = 0;

	for (size_t i = vm->n_tce; i < TCE_WINDOWS; i++)
		if (vm->tce[i].entries)
			take_away(vm, &vm->tce[i]);
	for (size_t i = 0; i < vm->n_tce && !r; i++) {
		if (vm->tce[i].entries)
			empty(&vm->tce[i]);
		else
			r = fill(vm, &vm->tce[i], vm->tce[i], error);
	}
	return r;
}

int tce_reset(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	pthread_mutex_lock(&vm->tce_locks.change);
	r = reset(vm, error);
	pthread_mutex_unlock(&vm->tce_locks.change);
	return r;
}

void tce_end(struct papr_vm *vm)
{
	for (size_t i = 0; i < TCE_WINDOWS; i++)
		if (!vm->tce[i].in_kernel)
			free((void *)vm->tce[i].entries);
	pthread_rwlock_destroy(&vm->tce_locks.lock);
	pthread_mutex_destroy(&vm->tce_locks.change);
}
