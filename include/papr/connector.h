/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic reconfiguration: cores and memory that come and go while the guest
 * runs, LoPAR chapter 13.
 *
 * There is a connector for each core that there may be, if
 * papr_vm_config.max_cores says that there may be more than at first, and for
 * each logical memory block (LMB) of papr_vm_add_pluggable_ram().  What is
 * plugged in the guest is told of, and takes when it likes; what is to go it
 * is asked for, and gives back when it likes, if it does.
 */
#ifndef PAPR_CONNECTOR_H
#define PAPR_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct papr_vm;

/** The size of a logical memory block, the unit in which memory comes. */
#define PAPR_LMB_SIZE 0x10000000ull

/** enum papr_connector_kind - what is plugged there */
enum papr_connector_kind {
	PAPR_CONNECTOR_CORE,
	PAPR_CONNECTOR_LMB,
};

/**
 * enum papr_connector_state - how far the guest is
 * @PAPR_CONNECTOR_EMPTY: nothing is there
 * @PAPR_CONNECTOR_UNUSABLE: it is there, and the guest has not taken it
 * @PAPR_CONNECTOR_AVAILABLE: it is the guest's, and isolated
 * @PAPR_CONNECTOR_UNISOLATED: the guest may ask what it is
 * @PAPR_CONNECTOR_CONFIGURED: the guest knows all of it, and may use it
 */
enum papr_connector_state {
	PAPR_CONNECTOR_EMPTY,
	PAPR_CONNECTOR_UNUSABLE,
	PAPR_CONNECTOR_AVAILABLE,
	PAPR_CONNECTOR_UNISOLATED,
	PAPR_CONNECTOR_CONFIGURED,
};

/**
 * struct papr_connector - a connector as it is
 * @size: sizeof(struct papr_connector)
 * @kind, @number: which; a core's number, or an LMB's address by its size
 * @index: what the guest calls it
 * @leaving: the guest is asked to give it back
 */
struct papr_connector {
	size_t size;
	enum papr_connector_kind kind;
	uint32_t number;
	uint32_t index;
	enum papr_connector_state state;
	bool leaving;
};

/**
 * papr_vm_add_pluggable_ram - where LMBs may be plugged in
 * @gpa: guest real address of the first, a multiple of PAPR_LMB_SIZE, above
 *	all RAM that there is in the beginning
 * @len: bytes, a multiple of PAPR_LMB_SIZE, not 0
 * @mem: where they are in this process; they must stay readable and writable,
 *	be anything plugged in or not
 *
 * Returns: 0; -EINVAL; -EEXIST if there is such memory already, or if it
 * overlaps RAM; -E2BIG beyond 1 TiB; -EBUSY if sealed.
 */
int papr_vm_add_pluggable_ram(struct papr_vm *vm, uint64_t gpa, uint64_t len,
			      void *mem);

/** papr_vm_connectors - how many there are; 0 before the VM is sealed */
uint32_t papr_vm_connectors(const struct papr_vm *vm);

/**
 * papr_vm_connector - connector @i below papr_vm_connectors(); any thread
 *
 * Cores come first, each kind in the order of its numbers.
 *
 * Returns: 0, or -EINVAL if @i is too large or @connector has no size.
 */
int papr_vm_connector(struct papr_vm *vm, uint32_t i,
		      struct papr_connector *connector);

/**
 * papr_vm_plug - put a core or an LMB in; the guest is told
 *
 * papr_vmm_ops.plug is called to make it: vCPUs that are attached, memory that
 * is mapped.  If that is a core, no vCPU may be in the guest or in a function
 * of this library meanwhile, as in a reset.
 *
 * Returns: 0; -ENOENT if there is no such connector; -EEXIST if it is not
 * empty; -EOPNOTSUPP if the program or the host cannot; what the program or
 * the host returned; -EBUSY if the VM is not sealed.
 */
int papr_vm_plug(struct papr_vm *vm, enum papr_connector_kind kind,
		 uint32_t number, struct papr_error *error);

/**
 * papr_vm_unplug - ask the guest to give back a core or an LMB; any thread
 *
 * What it has not taken goes at once.  Otherwise papr_vmm_ops.connector tells
 * when it goes; or, with @leaving taken back, that the guest keeps it.  One
 * that is asked for already is asked for once more.  A reset takes what is
 * leaving.
 *
 * Returns: 0; -ENOENT if there is no such connector or it is empty; -EPERM for
 * the core on which guests begin; -EBUSY if the VM is not sealed.
 */
int papr_vm_unplug(struct papr_vm *vm, enum papr_connector_kind kind,
		   uint32_t number, struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
