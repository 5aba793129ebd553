/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System parameters of a partition: LoPAR 7.3.16, RTAS
 * ibm,get-system-parameter and ibm,set-system-parameter.
 *
 * Those that need no physical machine have values by themselves.  The program
 * can give others to all that rtas/sysparm.def names.
 */
#ifndef PAPR_SYSPARM_H
#define PAPR_SYSPARM_H

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The largest value, in bytes. */
#define PAPR_SYSPARM_MAX 4000u

/** papr_sysparm - numbers of LoPAR that a program may want */
enum papr_sysparm {
	PAPR_SYSPARM_PARTITION_AUTO_RESTART = 21,
};

/**
 * papr_vm_set_sysparm - give a system parameter its value, before the seal
 * @value: as it is in the guest's memory, without the length before it
 *
 * It takes the place of the value that the parameter has by itself.  A guest
 * that may set the parameter changes it, which is told to
 * papr_vmm_ops.sysparm_store; a reset does not change it.
 *
 * Returns: 0; -ENOENT for a number that is not known; -EINVAL for a value that
 * it cannot have; -EBUSY if sealed; -ENOMEM.
 */
int papr_vm_set_sysparm(struct papr_vm *vm, uint32_t number,
			const void *value, size_t len);

/**
 * papr_vm_get_sysparm - the value that the guest gets; any thread
 * @value: gets as much of it as @size has room for
 *
 * Returns: its length; -ENOENT if the guest is told that there is none.
 */
int papr_vm_get_sysparm(struct papr_vm *vm, uint32_t number, void *value,
			size_t size);

#ifdef __cplusplus
}
#endif
#endif
