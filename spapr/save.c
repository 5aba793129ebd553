/* SPDX-License-Identifier: BSD-2-Clause */
/* Saving and loading a partition: which modules there are, and their order. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <talloc.h>

#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

/*
 * In this order they are written, and may be read: configuration before all,
 * routes before the state that changes hands with them, the client's choice of
 * MMU and interrupt controller before what these have, the timebase before
 * decrementers, which vCPUs there are before them, vCPUs before what interrupts
 * them, and DMA windows before what is in them.
 */
static const struct state_module *const modules[] = {
	&config_state, &routes_state, &time_state, &choice_state, &mmu_state,
	&hpt_state, &rtas_state, &agreed_state, &firmware_state, &windows_state,
	&tce_state, &drc_state, &vcpu_state, &irqs_state, &xive_state,
	&fwnmi_state, &errinjct_state, &events_state, &watchdog_state,
	&vio_state, &nvram_state, &sysparm_state, &lamps_state,
	&last_error_state, &kernel_dump_state, &vasi_state,
};

static int check_cpus(const struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host_ops *ops = &vm->host_ops;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "a VM is saved and loaded "
				 "after it is sealed");
	if (!ops->get_state || !ops->set_state || !ops->set_timebase)
		return error_set(error, -EOPNOTSUPP, "the host has no state of "
				 "vCPUs to save or load");
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (papr_vcpu_is_there(vm->vcpus[i]) && !vm->vcpus[i]->host)
			return error_set(error, -EBUSY, "vCPU %u is not "
					 "attached", vm->vcpus[i]->id);
	return 0;
}

/* --- save */

static int save_module(struct papr_vm *vm, const struct state_module *module,
		       struct papr_saver *saver, struct papr_error *error)
{
	struct state_out out = {
		.saver = saver, .name = module->name,
		.version = module->version,
	};
	int r = module->save(vm, &out, error);

	if (!r)
		r = state_next(&out, error);
	talloc_free(out.bytes);
	return r;
}

/* What others must have in common, before they have read much. */
static int begin(struct papr_saver *saver, const struct papr_save_ops *ops,
		 struct papr_error *error)
{
	int r;

	if (sized_copy(&saver->ops, sizeof(saver->ops), ops) ||
	    !saver->ops.write)
		return error_set(error, -E2BIG, "struct papr_save_ops has no "
				 "size or no write, or members this library "
				 "does not know");
	r = check_cpus(saver->vm, error);
	if (!r)
		r = save_begin(saver, error);
	return r ? r : save_module(saver->vm, modules[0], saver, error);
}

int papr_saver_new(struct papr_vm *vm, const struct papr_save_ops *ops,
		   void *arg, struct papr_saver **result,
		   struct papr_error *error)
{
	struct papr_saver *saver = talloc_zero(NULL, struct papr_saver);
	int r;

	if (!saver)
		return error_set(error, -ENOMEM, "out of memory");
	*saver = (struct papr_saver){
		.vm = vm, .arg = arg, .format = SAVE_FORMAT,
	};
	r = begin(saver, ops, error);
	if (r)
		talloc_free(saver);
	else
		*result = saver;
	return r;
}

int papr_saver_finish(struct papr_saver *saver, struct papr_error *error)
{
	struct papr_vm *vm = saver->vm;
	int r = check_cpus(vm, error);

	for (size_t i = 1; i < ARRAY_SIZE(modules) && !r; i++)
		r = save_module(vm, modules[i], saver, error);
	if (!r && saver->ops.sections)
		r = saver->ops.sections(saver->arg, saver, error);
	if (vm->xive)
		xive_go(vm);
	return r ? r : save_end(saver, error);
}

void papr_saver_free(struct papr_saver *saver)
{
	talloc_free(saver);
}

int papr_vm_save(struct papr_vm *vm, const struct papr_save_ops *ops,
		 void *arg, struct papr_error *error)
{
	struct papr_saver saver = {
		.vm = vm, .arg = arg, .format = SAVE_FORMAT_STOPPED,
	};
	int r = begin(&saver, ops, error);

	return r ? r : papr_saver_finish(&saver, error);
}

/* --- load */

static int check_new(const struct papr_vm *vm, struct papr_error *error)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (papr_vcpu_state(vm->vcpus[i]) != PAPR_CPU_STOPPED)
			return error_set(error, -EBUSY, "vCPU %u was started: "
					 "a saved partition is loaded into a "
					 "new one", vm->vcpus[i]->id);
	return 0;
}

/* The sentence that a module has made gets its place. */
static int fail_at(const struct loader *l, int err, const char *text,
		   struct papr_error *error)
{
	return error_set(error, err, "byte %llu: section %s: %s",
			 (unsigned long long)l->section_at, l->name, text);
}

static int load_module(struct papr_vm *vm, const struct loader *l,
		       const struct state_module *module,
		       const struct papr_section *s, struct papr_error *error)
{
	struct state_in in = { .bytes = s->bytes, .left = s->len };
	struct papr_error why = { "" };
	int r;

	if (s->version > module->version) {
		snprintf(why.text, sizeof(why.text), "version %u was written "
			 "by a newer libpapr: this one reads version %u",
			 s->version, module->version);
		return fail_at(l, -EOPNOTSUPP, why.text, error);
	}
	r = module->load(vm, &in, &why);
	if (in.failed || (!r && in.left))
		return fail_at(l, -EBADMSG, "it does not hold what its version "
			       "has", error);
	return r ? fail_at(l, r, why.text, error) : 0;
}

/* The program's, or one that nobody knows. */
static int load_other(const struct loader *l, const struct papr_load_ops *ops,
		      const struct papr_section *s, struct papr_error *error)
{
	struct papr_error why = { "" };
	int r = ops->section ? ops->section(l->arg, s, &why) : -ENOENT;

	if (r == -ENOENT && s->flags & PAPR_SECTION_OPTIONAL)
		return 0;
	if (r == -ENOENT)
		return fail_at(l, -EOPNOTSUPP, "nobody knows it here: a newer "
			       "libpapr or another program has written it",
			       error);
	return r ? fail_at(l, r, why.text, error) : 0;
}

/*
 * @next is the module that may come next at the earliest: each module's
 * sections come together, in the order of the list.  The program's come where
 * they like, after the configuration.
 */
static int load_section(struct papr_vm *vm, const struct loader *l,
			const struct papr_section *s, size_t *next,
			struct papr_error *error)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(modules) && strcmp(modules[i]->name, s->name))
		i++;
	if (i && !*next)
		return fail_at(l, -EBADMSG, "the configuration must come first",
			       error);
	if (i < *next)
		return fail_at(l, -EBADMSG, i ? "it comes too late" :
			       "it comes twice", error);
	if (i == ARRAY_SIZE(modules))
		return load_other(l, l->ops, s, error);
	*next = i ? i : 1;	/* there is one configuration */
	return load_module(vm, l, modules[i], s, error);
}

int papr_vm_load(struct papr_vm *vm, const struct papr_load_ops *from,
		 void *arg, struct papr_error *error)
{
	struct papr_load_ops ops;
	struct loader loader = { .ops = &ops, .arg = arg };
	struct papr_section section;
	size_t next = 0;
	int r;

	if (sized_copy(&ops, sizeof(ops), from) || !ops.read)
		return error_set(error, -E2BIG, "struct papr_load_ops has no "
				 "size or no read, or members this library "
				 "does not know");
	r = check_cpus(vm, error);
	if (!r)
		r = check_new(vm, error);
	if (!r)
		r = load_begin(&loader, error);
	while (!r && (r = load_next(&loader, &section, error)) > 0)
		r = load_section(vm, &loader, &section, &next, error);
	talloc_free(loader.bytes);
	if (!r && !next)
		r = error_set(error, -EBADMSG, "byte %u: there is no "
			      "configuration", SAVE_HEAD_SIZE);
	if (!r)
		r = time_go(vm, error);
	if (!r && vm->xive)
		xive_go(vm);
	return r;
}
