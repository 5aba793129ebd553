/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that is saved in one process and goes on in another.
 *
 * The library writes all that it and the host know of the guest.  RAM is the
 * program's, and what else it has: it adds sections of its own.  docs/save.md
 * describes the format.
 */
#ifndef PAPR_SAVE_H
#define PAPR_SAVE_H

#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The most bytes of a section's name, with the NUL at its end. */
#define PAPR_SECTION_NAME 16

/** The most bytes of a section. */
#define PAPR_SECTION_MAX (64u << 20)

/** Who does not know the section may pass over it. */
#define PAPR_SECTION_OPTIONAL 1u

/**
 * struct papr_section - a part of what is saved
 * @size: sizeof(struct papr_section)
 * @name: of lower-case letters, digits and "-"; one program may have many
 *	sections of a name
 * @version: of what is in it
 * @flags: PAPR_SECTION_OPTIONAL or 0
 * @bytes, @len: what is in it
 */
struct papr_section {
	size_t size;
	const char *name;
	uint32_t version;
	uint32_t flags;
	const void *bytes;
	size_t len;
};

struct papr_saver;

/**
 * papr_saver_put - write a section, from papr_save_ops.sections or after
 *	papr_saver_new()
 *
 * Returns: 0; -EINVAL for a name that cannot be, an unknown flag, or too many
 * bytes; -E2BIG; what papr_save_ops.write returned.
 */
int papr_saver_put(struct papr_saver *saver, const struct papr_section *section,
		   struct papr_error *error);

/**
 * struct papr_save_ops - where a partition is saved to
 * @size: sizeof(struct papr_save_ops)
 * @write: take all @len bytes; 0 or a negative errno value
 * @sections: write what the program has to add, such as RAM, and return 0 or a
 *	negative errno value and a sentence.  All vCPUs are as they are saved.
 *	NULL: nothing
 */
struct papr_save_ops {
	size_t size;
	int (*write)(void *arg, const void *bytes, size_t len);
	int (*sections)(void *arg, struct papr_saver *saver,
			struct papr_error *error);
};

/**
 * papr_vm_save - write down what a guest is
 * @arg: passed to @ops
 *
 * No vCPU may be in the guest or in a function of this library, and none may
 * enter it meanwhile; the program sees to that.  The partition is not changed
 * by it and may run on.
 *
 * Counts of calls are not saved.
 *
 * Returns: 0; -EBUSY if not sealed, if a vCPU is not attached, or if there is
 * a breakpoint of an injection in the guest's memory; -EOPNOTSUPP for a host
 * that cannot; what @ops or the host returned; -ENOMEM.
 */
int papr_vm_save(struct papr_vm *vm, const struct papr_save_ops *ops, void *arg,
		 struct papr_error *error);

/**
 * papr_saver_new - begin to save a partition whose guest still runs
 * @arg: passed to @ops
 * @saver: to be finished, and freed
 *
 * What the partition is like is written at once, so that who reads it can
 * refuse it.  papr_saver_put() then adds what the program has, such as RAM,
 * while vCPUs run; include/papr/dirty.h tells what has changed since.  Who
 * loads it has RAM before papr_vmm_ops.plug is called for the LMBs in it.
 *
 * Returns: as papr_vm_save(), but for breakpoints.
 */
int papr_saver_new(struct papr_vm *vm, const struct papr_save_ops *ops,
		   void *arg, struct papr_saver **saver,
		   struct papr_error *error);

/**
 * papr_saver_finish - write down the rest, once
 *
 * As papr_vm_save().  The last call of papr_vm_read_dirty() belongs into
 * papr_save_ops.sections: only there nothing more is written, not even by the
 * host's interrupt controller.
 */
int papr_saver_finish(struct papr_saver *saver, struct papr_error *error);

/** papr_saver_free - whether it was finished or not; NULL is allowed */
void papr_saver_free(struct papr_saver *saver);

/**
 * struct papr_load_ops - where a partition is loaded from
 * @size: sizeof(struct papr_load_ops)
 * @read: fill all @len bytes; 0, -ENODATA if it ends before, or another
 *	negative errno value
 * @section: a section that is not the library's; 0, -ENOENT if the program
 *	does not know it, or another negative errno value and a sentence.  NULL:
 *	it knows none
 */
struct papr_load_ops {
	size_t size;
	int (*read)(void *arg, void *bytes, size_t len);
	int (*section)(void *arg, const struct papr_section *section,
		       struct papr_error *error);
};

/**
 * papr_vm_load - make a new partition the one that was saved
 * @arg: passed to @ops
 *
 * @vm is sealed, has the same configuration, RAM, DMA windows and devices as
 * the saved one, and all its vCPUs are attached; none was started.  It then
 * goes on where the other was: the program lets the vCPUs run, and starts
 * none.  Time has stood still for the guest, but for the time of day.
 *
 * VIO devices are not told of queues that the guest has: the program knows
 * what its devices were doing.
 *
 * Returns: 0; -EINVAL for another configuration, or a state that cannot be;
 * -EBADMSG if something is damaged; -ENODATA if it is not all there;
 * -EOPNOTSUPP if it was written by a newer library, or needs more than the host
 * has; -EBUSY if @vm is not new; what @ops or the host returned; -ENOMEM.
 * @error then names the place and the reason, and @vm must be freed or reset
 * and must not run.
 */
int papr_vm_load(struct papr_vm *vm, const struct papr_load_ops *ops, void *arg,
		 struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
