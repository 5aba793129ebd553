/* SPDX-License-Identifier: BSD-2-Clause */
/* Services of devices, of their methods, and of control: IEEE 1275 6.3.2. */
#include "config.h"

#include <time.h>

#include <libfdt.h>

#include "hcalls/cas.h"
#include "hcalls/of.h"
#include "spapr/fdt.h"
#include "spapr/util.h"

/* As H_PUT_TERM_CHAR passes them on. */
#define CONSOLE_CHARS 16u
#define NS_PER_MS 1000000u

/* A client goes on with what is left; vCPUs can be stopped in between. */
#define MOST_TEXT 4096u

/* What read returns while there is nothing. */
#define NOTHING_YET ((uint32_t)-2)

static void open_device(struct of_call *call)
{
	int node = of_find(call->fw, call->vm, call->args[0]);

	call->rets[0] = node < 0 ? 0 : firmware_open(call->fw, node);
}

static void close_device(struct of_call *call)
{
	if (of_instance(call->fw, call->args[0]) >= 0)
		call->fw->instances[call->args[0] - 1] = 0;
}

static bool is_console(struct of_call *call)
{
	int node = of_instance(call->fw, call->args[0]), len;
	const void *reg;

	if (node < 0 || fdt_node_check_compatible(call->fw->tree, node,
						  "hvterm1"))
		return false;
	reg = fdt_getprop(call->fw->tree, node, "reg", &len);
	return reg && len == 4 && load_be32(reg) == VTY_UNIT;
}

/* As many as were taken; what is not RAM ends it. */
static void put_text(struct of_call *call)
{
	struct papr_vm *vm = call->vm;
	uint32_t gpa = call->args[1], len = call->args[2], done = 0;

	if (len > MOST_TEXT)
		len = MOST_TEXT;
	while (done < len) {
		uint32_t n = len - done;
		const void *p;
		char text[CONSOLE_CHARS];

		if (n > CONSOLE_CHARS)
			n = CONSOLE_CHARS;
		p = ram_get(vm, (uint64_t)gpa + done, n, RAM_READ);
		if (!p)
			break;
		memcpy(text, p, n);
		if (!vm->vmm_ops.console_write(vm->vmm, VTY_UNIT, text, n))
			break;
		done += n;
	}
	call->rets[0] = done;
}

static void write_device(struct of_call *call)
{
	call->rets[0] = OF_NONE;
	if (is_console(call) && call->vm->vmm_ops.console_write)
		call->after = put_text;
}

static void get_text(struct of_call *call)
{
	struct papr_vm *vm = call->vm;
	char text[CONSOLE_CHARS];
	uint32_t room = call->args[2];
	size_t n;

	if (room > sizeof(text))
		room = sizeof(text);
	if (!room || !ram_get(vm, call->args[1], room, RAM_READ))
		return;
	n = vm->vmm_ops.console_read(vm->vmm, VTY_UNIT, text, room);
	call->rets[0] = n ? n : NOTHING_YET;
	if (n && !of_write(vm, call->args[1], room, text, n))
		call->rets[0] = OF_NONE;
}

static void read_device(struct of_call *call)
{
	call->rets[0] = OF_NONE;
	if (is_console(call) && call->vm->vmm_ops.console_read)
		call->after = get_text;
}

/* Its argument is an address; the result, where to call it. */
static bool instantiate_rtas(struct of_call *call)
{
	struct papr_vm *vm = call->vm;
	uint64_t base = call->args[2], was = vm->rtas_base;

	atomic_store(&vm->rtas_base, base);
	if (vm_place_rtas(vm, NULL)) {
		atomic_store(&vm->rtas_base, was);
		return false;
	}
	call->rets[1] = base;
	return true;
}

static bool client_architecture_support(struct of_call *call)
{
	call->rets[1] = cas_negotiate(call->vcpu, call->args[2]) ? OF_NONE : 0;
	return true;
}

static const struct of_method {
	const char *path, *name;
	bool (*fn)(struct of_call *call);
	uint32_t n_args;
} methods[] = {
	{ "/rtas", "instantiate-rtas", instantiate_rtas, 1 },
	{ "/", "ibm,client-architecture-support", client_architecture_support,
	  1 },
};

static bool is_method(struct of_call *call, const struct of_method *method,
		      const char *name)
{
	int node = of_instance(call->fw, call->args[1]);

	return node >= 0 && !strcmp(method->name, name) &&
	       call->n_args == 2 + method->n_args &&
	       node == fdt_path_offset(call->fw->tree, method->path);
}

/* Name, instance, arguments; the first result is 0 if it was called. */
static void call_method(struct of_call *call)
{
	char name[OF_NAME];

	call->rets[0] = OF_NONE;
	if (!of_string(call->vm, call->args[0], name, sizeof(name)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (is_method(call, &methods[i], name) &&
		    methods[i].fn(call))
			call->rets[0] = 0;
}

/* There is no Forth here; what would have been its result, CATCH's too. */
static void interpret(struct of_call *call)
{
	call->rets[0] = OF_NONE;
}

static void milliseconds(struct of_call *call)
{
	const struct papr_vm *vm = call->vm;
	struct timespec now;

	if (vm->vmm_ops.uptime_ns) {
		call->rets[0] = vm->vmm_ops.uptime_ns(vm->vmm) / NS_PER_MS;
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	call->rets[0] = now.tv_sec * 1000u + now.tv_nsec / NS_PER_MS;
}

/* No device of firmware's does anything by itself. */
static void quiesce(struct of_call *call)
{
	(void)call;
}

static void tell(struct of_call *call, enum papr_event event, const char *text)
{
	if (call->vm->vmm_ops.event)
		call->vm->vmm_ops.event(call->vm->vmm, event, text);
}

static void tell_exit(struct of_call *call)
{
	tell(call, PAPR_EVENT_OS_TERM, "it has left through firmware's exit");
}

static void tell_boot(struct of_call *call)
{
	tell(call, PAPR_EVENT_REBOOT, "");
}

static void leave(struct of_call *call)
{
	call->after = tell_exit;
}

static void boot(struct of_call *call)
{
	call->after = tell_boot;
}

const struct of_service of_device_services[] = {
	{ "open", open_device, 1, false },
	{ "close", close_device, 1, false },
	{ "write", write_device, 3, false },
	{ "read", read_device, 3, false },
	{ "call-method", call_method, 2, true },
	{ "interpret", interpret, 1, true },
	{ "milliseconds", milliseconds, 0, false },
	{ "quiesce", quiesce, 0, false },
	{ "exit", leave, 0, false },
	{ "boot", boot, 1, false },
	{ NULL, NULL, 0, false }
};
