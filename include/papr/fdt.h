/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flattened device tree of a partition, LoPAR appendix B.
 */
#ifndef PAPR_FDT_H
#define PAPR_FDT_H

#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct papr_fdt_config - what the guest is told beside what the VM knows
 * @size: sizeof(struct papr_fdt_config)
 * @bootargs: the command line, NULL for none.  Without one Linux falls back
 *	to its built-in command line
 * @initrd_start, @initrd_end: guest real addresses, both 0 for none
 * @timebase_hz: of the host; 0 for 512 MHz
 * @clock_hz: of the host's processors; 0 for 1 GHz
 * @rng_seed: 32 random bytes for /chosen/rng-seed, or NULL
 */
struct papr_fdt_config {
	size_t size;
	const char *bootargs;
	uint64_t initrd_start;
	uint64_t initrd_end;
	uint32_t timebase_hz;
	uint32_t clock_hz;
	const uint8_t *rng_seed;
};

/**
 * papr_vm_fdt - write the device tree of a sealed VM
 * @buf: where, aligned to 8 bytes
 * @len: room there; 512 KiB and the command line are enough for
 *	PAPR_MAX_VCPUS on any host
 *
 * The program may go on with libfdt's read-write functions; the tree has
 * space up to @len.  Nodes and properties are those of QEMU's pseries machine
 * where both have them.
 *
 * Returns: the size in use, positive; -ENOSPC if @len is too small; -EBUSY if
 * the VM is not sealed; -E2BIG.
 */
int papr_vm_fdt(struct papr_vm *vm, const struct papr_fdt_config *config,
		void *buf, size_t len);

#ifdef __cplusplus
}
#endif
#endif
