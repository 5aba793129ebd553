/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

static void attach(struct machine *m, struct papr_vcpu *vcpu)
{
	struct subject *s = m->subject;
	struct papr_error error;
	int size;

	if (s->fake) {
		m->cpu = fake_cpu_new(s->fake, papr_vcpu_id(vcpu));
		assert_int_equal(papr_vcpu_attach(vcpu, m->cpu), 0);
		return;
	}
	m->vcpu_fd = subject_add_vcpu(s, papr_vcpu_id(vcpu));
	size = ioctl(s->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	m->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      m->vcpu_fd, 0);
	assert_ptr_not_equal(m->run, MAP_FAILED);
	if (papr_kvm_vcpu_attach(s->kvm, vcpu, m->vcpu_fd, m->run, &error) < 0)
		fail_msg("%s", error.text);
	m->cpu = papr_vcpu_host(vcpu);
}

struct machine *machine_new(const char *name)
{
	static const struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	struct papr_vm_config config = {
		.size = sizeof(config),
		.cores = 1,
		.threads = 1,
		.rtas_base = RTAS_BASE,
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
	if (papr_vm_seal(m->vm) < 0)
		fail_msg("%s", papr_vm_error(m->vm));
	attach(m, papr_vm_vcpu(m->vm, 0));
	return m;
}

void machine_free(struct machine *m)
{
	papr_vm_free(m->vm);
	if (!m->subject->fake) {
		int size = ioctl(m->subject->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

		munmap(m->run, size);
		close(m->vcpu_fd);
	}
	subject_free(m->subject);
	munmap(m->ram, RAM_SIZE);
	talloc_free(m);
}
