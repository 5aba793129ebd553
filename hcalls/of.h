/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client interface of Open Firmware, IEEE 1275 6.3: what its services
 * share.  hcalls/of-client.c is the only code that touches the argument array.
 */
#ifndef HCALLS_OF_H
#define HCALLS_OF_H

#include <stdbool.h>
#include <stdint.h>

#include "spapr/vm.h"

/* Linux has room for ten; methods have two arguments before their own. */
#define OF_CELLS 12

/* What a result is that there is not. */
#define OF_NONE 0xffffffffu

/* LoPAR has names longer than the 31 characters of IEEE 1275. */
#define OF_NAME 64
#define OF_PATH 256

/*
 * One call.  A service reads @args, all of them there, and writes @rets, as
 * many as OF_CELLS; it runs under firmware.lock.  What must not, @after does.
 */
struct of_call {
	struct papr_vcpu *vcpu;
	struct papr_vm *vm;
	struct firmware *fw;
	uint32_t n_args, n_rets;
	uint32_t args[OF_CELLS];
	uint32_t rets[OF_CELLS];
	void (*after)(struct of_call *call);
};

/*
 * A service takes @n_args arguments, or with @more_args at least as many.
 */
struct of_service {
	const char *name;
	void (*fn)(struct of_call *call);
	uint32_t n_args;
	bool more_args;
};

extern const struct of_service of_tree_services[];
extern const struct of_service of_memory_services[];
extern const struct of_service of_device_services[];

/* A string at @gpa with its NUL; false if there is none of that length. */
bool of_string(struct papr_vm *vm, uint64_t gpa, char *text, size_t size);

/* Writes up to @room bytes of @len at @gpa; false if that is no RAM. */
bool of_write(struct papr_vm *vm, uint64_t gpa, uint32_t room,
	      const void *bytes, size_t len);

/* The node with a phandle, or that an instance is of; negative if none. */
int of_node(struct firmware *fw, uint32_t phandle);
int of_instance(struct firmware *fw, uint32_t instance);

/* The node of a device specifier: a path or alias, and ":arguments". */
int of_find(struct firmware *fw, struct papr_vm *vm, uint32_t gpa);

#endif
