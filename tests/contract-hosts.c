/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts under test, and what only KVM is asked: below the operations. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>
#include <linux/kvm.h>

#include <cmocka.h>

#include "tests/contract.h"

#define RAM_SIZE (16u << 20)
#define RTAS_BASE (1u << 20)

const char *contract_name;
const char *contract_model;

static int open_kvm(void)
{
	return open("/dev/kvm", O_RDWR | O_CLOEXEC);
}

bool contract_is_live(void)
{
	struct papr_host info = { .size = sizeof(info) };
	int fd = open_kvm();
	int r = papr_kvm_probe(fd, -1, &info, NULL);

	if (fd >= 0)
		close(fd);
	return !r;
}

static void open_live(struct subject *s)
{
	struct papr_error error;

	s->kvm_fd = open_kvm();
	assert_true(s->kvm_fd >= 0);
	s->vm_fd = ioctl(s->kvm_fd, KVM_CREATE_VM, 0);
	assert_true(s->vm_fd >= 0);
	if (papr_kvm_new(s->kvm_fd, s->vm_fd, &s->kvm, &error) < 0)
		fail_msg("%s", error.text);
	s->ops = papr_kvm_host_ops();
	s->host = s->kvm;
}

struct subject *subject_new(const char *name)
{
	struct subject *s = talloc_zero(NULL, struct subject);

	assert_non_null(s);
	if (!strcmp(name, LIVE)) {
		open_live(s);
	} else {
		s->fake = fake_host_new(s, name);
		s->ops = fake_host_ops();
		s->host = s->fake;
	}
	s->info.size = sizeof(s->info);
	assert_int_equal(s->ops->describe(s->host, &s->info), 0);
	return s;
}

void subject_free(struct subject *s)
{
	if (!s->fake) {
		papr_kvm_free(s->kvm);
		close(s->vm_fd);
		close(s->kvm_fd);
	}
	talloc_free(s);
}

int subject_add_vcpu(struct subject *s, uint32_t id)
{
	int fd;

	if (s->fake) {
		fake_cpu_new(s->fake, id);
		return 0;
	}
	fd = ioctl(s->vm_fd, KVM_CREATE_VCPU, (long)id);
	assert_true(fd >= 0);
	return fd;
}

static void attach_live(struct machine *m, uint32_t i)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(m->vm, i);
	const struct subject *s = m->subject;
	int fd = subject_add_vcpu(m->subject, papr_vcpu_id(vcpu));
	int size = ioctl(s->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct papr_error error;

	m->vcpu_fd[i] = fd;
	m->run[i] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 0);
	assert_ptr_not_equal(m->run[i], MAP_FAILED);
	if (papr_kvm_vcpu_attach(s->kvm, vcpu, fd, m->run[i], &error) < 0)
		fail_msg("%s", error.text);
}

void *machine_attach(struct machine *m, uint32_t i)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(m->vm, i);

	if (m->subject->fake) {
		assert_int_equal(papr_vcpu_attach(vcpu, fake_cpu_new(
			m->subject->fake, papr_vcpu_id(vcpu))), 0);
	} else {
		attach_live(m, i);
	}
	return papr_vcpu_host(vcpu);
}

/* What the library is told of RAM the kernel is told by the program. */
static void add_slot(const struct machine *m)
{
	struct kvm_userspace_memory_region slot = {
		.memory_size = RAM_SIZE, .userspace_addr = (uintptr_t)m->ram,
	};

	assert_int_equal(ioctl(m->subject->vm_fd, KVM_SET_USER_MEMORY_REGION,
			       &slot), 0);
}

struct machine *machine_new(const char *name,
			    enum papr_interrupts interrupts)
{
	static const struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	struct papr_vm_config config = {
		.size = sizeof(config),
		.cores = MACHINE_CPUS,
		.threads = 1,
		.rtas_base = RTAS_BASE,
		.interrupts = interrupts,
	};
	struct machine *m = talloc_zero(NULL, struct machine);
	struct papr_error error;

	assert_non_null(m);
	m->subject = subject_new(name);
	if (papr_vm_new(&config, m->subject->ops, m->subject->host, &vmm, NULL,
			&m->vm, &error) < 0)
		fail_msg("%s", error.text);
	m->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(m->ram, MAP_FAILED);
	assert_int_equal(papr_vm_add_ram(m->vm, 0, RAM_SIZE, m->ram, 0), 0);
	if (!m->subject->fake)
		add_slot(m);
	if (papr_vm_seal(m->vm) < 0)
		fail_msg("%s", papr_vm_error(m->vm));
	m->cpu = machine_attach(m, 0);
	return m;
}

void machine_free(struct machine *m)
{
	papr_vm_free(m->vm);
	if (!m->subject->fake) {
		int size = ioctl(m->subject->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

		for (uint32_t i = 0; i < MACHINE_CPUS && m->run[i]; i++) {
			munmap(m->run[i], size);
			close(m->vcpu_fd[i]);
		}
	}
	subject_free(m->subject);
	munmap(m->ram, RAM_SIZE);
	talloc_free(m);
}

int subject_setup(void **state)
{
	*state = subject_new(contract_name);
	return 0;
}

int subject_teardown(void **state)
{
	subject_free(*state);
	return 0;
}

int machine_setup(void **state)
{
	*state = machine_new(contract_name, PAPR_INTERRUPTS_XICS);
	return 0;
}

int machine_xive_setup(void **state)
{
	*state = machine_new(contract_name, PAPR_INTERRUPTS_XIVE);
	return 0;
}

int machine_teardown(void **state)
{
	machine_free(*state);
	return 0;
}

static int enable_cap(int fd, uint32_t cap)
{
	struct kvm_enable_cap enable = { .cap = cap };

	return ioctl(fd, KVM_ENABLE_CAP, &enable) < 0 ? -errno : 0;
}

static void kvm_has_fwnmi_on_a_papr_vcpu_and_nowhere_else(void **state)
{
	struct subject *s = *state;
	int fd = subject_add_vcpu(s, 0);

	assert_int_equal(enable_cap(s->vm_fd, KVM_CAP_PPC_FWNMI), -EINVAL);
	assert_int_equal(enable_cap(fd, KVM_CAP_PPC_FWNMI), -EINVAL);
	assert_int_equal(enable_cap(fd, KVM_CAP_PPC_PAPR), 0);
	assert_int_equal(enable_cap(fd, KVM_CAP_PPC_FWNMI), 0);
	close(fd);
}

static void kvm_probes_the_calls_of_the_table(void **state)
{
	bool *switchable = calloc(papr_hcall_count(), sizeof(bool));
	struct subject *s = *state;

	assert_non_null(switchable);
	assert_int_equal(papr_kvm_probe_hcalls(s->kvm_fd, switchable, NULL), 0);
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		uint32_t number = papr_hcall_at(i)->number;

		if (switchable[i] != contract_is_switchable(&s->info, number))
			fail_msg("%s: %d", papr_hcall_at(i)->name,
				 switchable[i]);
	}
	free(switchable);
}

static void kvm_vcpu_cannot_be_attached_twice(void **state)
{
	struct machine *m = *state;
	struct papr_error error;
	int r = papr_kvm_vcpu_attach(m->subject->kvm, papr_vm_vcpu(m->vm, 0),
				     m->vcpu_fd[0], m->run[0], &error);

	assert_int_equal(r, -EBUSY);
	assert_string_equal(error.text, "vCPU 0 cannot be connected to the "
			    "interrupt controller: it is connected to one "
			    "already");
}

static void kvm_attach_refuses_what_is_no_vcpu(void **state)
{
	struct machine *m = *state;
	struct papr_vcpu *vcpu = papr_vm_vcpu(m->vm, 0);
	struct papr_kvm *kvm = m->subject->kvm;

	assert_int_equal(papr_kvm_vcpu_attach(kvm, vcpu, -1, m->run[0],
					      NULL),
			 -EINVAL);
	assert_int_equal(papr_kvm_vcpu_attach(kvm, vcpu, m->vcpu_fd[0], NULL,
					      NULL), -EINVAL);
	assert_int_equal(papr_kvm_vcpu_attach(kvm, vcpu, m->subject->kvm_fd,
					      m->run[0], NULL), -EINVAL);
}

static void kvm_vcpu_that_is_stopped_does_not_run(void **state)
{
	struct machine *m = *state;

	assert_int_equal(papr_kvm_vcpu_run(papr_vm_vcpu(m->vm, 0), NULL),
			 PAPR_RUN_STOPPED);
}

#define NESTED_PARAM "/sys/module/kvm_hv/parameters/nested"

static bool write_param(const char *value)
{
	int fd = open(NESTED_PARAM, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, value, 1) == 1;

	if (fd >= 0)
		close(fd);
	return ok;
}

static void kvm_refuses_nested_hv_with_its_parameter_off(void **state)
{
	struct subject *s = *state;
	struct papr_host info = { .size = sizeof(info) };
	int probed, enabled;

	if (!write_param("N"))
		skip();			/* not root */
	probed = papr_kvm_probe(s->kvm_fd, s->vm_fd, &info, NULL);
	enabled = s->ops->enable_nested(s->host);
	assert_true(write_param(s->info.nested_param ? "Y" : "N"));
	assert_int_equal(probed, 0);
	assert_int_equal(info.nested_param, 0);
	assert_int_equal(info.cap[PAPR_CAP_NESTED_HV], 0);
	assert_int_equal(enabled, -EPERM);
}

static void kvm_capabilities_are_those_of_the_model(void **state)
{
	struct subject *s = *state;
	struct papr_host want = { .size = sizeof(want) };
	struct papr_error error;

	if (!contract_model)
		skip();
	if (papr_host_model(contract_model, &want, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(papr_flavour_name(s->info.flavour),
			    papr_flavour_name(want.flavour));
	assert_int_equal(s->info.isa, want.isa);
	assert_int_equal(s->info.pvr, want.pvr);
	assert_int_equal(s->info.threads, want.threads);
	assert_int_equal(s->info.nested_param, want.nested_param);
	for (int i = 0; i < PAPR_CAPS; i++)
		if (s->info.cap[i] != want.cap[i])
			fail_msg("%s: %d, not %d", papr_cap_info(i)->name,
				 s->info.cap[i], want.cap[i]);
}

static const struct CMUnitTest live_tests[] = {
	VM_TEST(kvm_has_fwnmi_on_a_papr_vcpu_and_nowhere_else),
	VM_TEST(kvm_probes_the_calls_of_the_table),
	CPU_TEST(kvm_vcpu_cannot_be_attached_twice),
	CPU_TEST(kvm_attach_refuses_what_is_no_vcpu),
	CPU_TEST(kvm_vcpu_that_is_stopped_does_not_run),
	VM_TEST(kvm_refuses_nested_hv_with_its_parameter_off),
	VM_TEST(kvm_capabilities_are_those_of_the_model),
};

int contract_run_live(void)
{
	return cmocka_run_group_tests_name(LIVE, live_tests, NULL, NULL);
}
