/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that change hands 10,000 times under the calls of several vCPUs,
 * each in a thread of its own, on a host that holds them as KVM does and whose
 * kernel answers calls: no interrupt is lost, doubled or wrong.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>

#include <papr/fwnmi.h>

#include "spapr/fdt.h"
#include "spapr/vm.h"
#include "tests/fake-host-state.h"
#include "tests/partition.h"

#define SWITCHES 10000
#define VCPUS 3
#define OPEN 0xff000000u
#define IPI_PRIORITY 4
#define PC 0x1000

/* A vCPU and its thread. */
static struct seat {
	struct partition *p;
	struct papr_vcpu *vcpu;
	unsigned int index;
	pthread_t thread;
	uint64_t again, ipis;
	bool in_guest, held;		/* under the lock */
} seats[VCPUS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct xics *kernel;		/* its controller ... */
static bool kernel_has_it;		/* ... if there is one */

static _Atomic uint64_t sent[VCPUS], seen[VCPUS], typed, keys, calls;
static _Atomic uint64_t wrong;
static _Atomic bool done;

/* In any thread; what is wrong ends the storm. */
static void judge(bool right)
{
	if (right)
		return;
	atomic_fetch_add(&wrong, 1);
	atomic_store(&done, true);
}

/* --- the host */

static struct seat *seat_of(void *cpu)
{
	for (unsigned int i = 0; i < VCPUS; i++)
		if (seats[i].vcpu && papr_vcpu_host(seats[i].vcpu) == cpu)
			return &seats[i];
	fail_msg("no such vCPU");
	return NULL;
}

static void hold(void *cpu, bool on)
{
	struct seat *s = seat_of(cpu);

	pthread_mutex_lock(&lock);
	s->held = on;
	while (on && s->in_guest)
		pthread_cond_wait(&changed, &lock);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void enter(struct seat *s)
{
	pthread_mutex_lock(&lock);
	while (s->held)
		pthread_cond_wait(&changed, &lock);
	s->in_guest = true;
	pthread_mutex_unlock(&lock);
}

static void leave(struct seat *s)
{
	pthread_mutex_lock(&lock);
	s->in_guest = false;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static int setup_irqs(void *host, uint32_t servers, const uint32_t *irqs,
		      size_t n)
{
	(void)host, (void)servers, (void)irqs, (void)n;
	assert_false(kernel_has_it);
	if (kernel)
		xics_reset(kernel);
	kernel_has_it = true;
	return 0;
}

static int drop_irqs(void *host)
{
	(void)host;
	assert_true(kernel_has_it);
	kernel_has_it = false;
	return 0;
}

static int get_icp(void *cpu, uint64_t *state)
{
	*state = xics_get_icp(kernel, seat_of(cpu)->vcpu);
	return 0;
}

static int set_icp(void *cpu, uint64_t state)
{
	return xics_set_icp(kernel, seat_of(cpu)->vcpu, state);
}

static int get_source(void *host, uint32_t irq, uint64_t *state)
{
	(void)host;
	return xics_get_source(kernel, irq, state);
}

static int set_source(void *host, uint32_t irq, uint64_t state)
{
	(void)host;
	return xics_set_source(kernel, irq, state);
}

static int irq_line(void *host, uint32_t irq, bool level)
{
	(void)host;
	assert_true(kernel_has_it);
	return level ? xics_set_line(kernel, irq, true) : 0;
}

static void tweak(struct partition *p, struct papr_host_ops *host,
		  struct papr_vmm_ops *vmm)
{
	(void)p;
	host->hold = hold;
	host->setup_irqs = setup_irqs;
	host->drop_irqs = drop_irqs;
	host->get_icp = get_icp;
	host->set_icp = set_icp;
	host->get_source = get_source;
	host->set_source = set_source;
	host->irq_line = irq_line;
	*vmm = (struct papr_vmm_ops){ .size = sizeof(*vmm) };
}

/* --- the guest: a call until it is answered, in r4 and by r3 */

static int64_t ask_kernel(struct seat *s, uint64_t nr, uint64_t *args)
{
	switch (nr) {
	case H_IPI:
		return xics_set_mfrr(kernel, seats[args[0]].vcpu, args[1]);
	case H_XIRR:
		args[0] = xics_accept(kernel, s->vcpu);
		return 0;
	case H_CPPR:
		return xics_set_cppr(kernel, s->vcpu, args[0]);
	default:
		return xics_eoi(kernel, s->vcpu, args[0]);
	}
}

static int64_t call(struct seat *s, uint64_t nr, uint64_t *args)
{
	struct papr_regs *regs = fake_cpu_regs(papr_vcpu_host(s->vcpu));
	struct papr_hcall hcall = { .nr = nr };
	int64_t ret;

	memcpy(hcall.args, args, sizeof(hcall.args));
	for (;; s->again++) {
		atomic_fetch_add(&calls, 1);
		enter(s);
		if (fake_host_hcall_enabled(s->p->fake, nr)) {
			ret = ask_kernel(s, nr, args);
			leave(s);
			return ret;
		}
		leave(s);
		sched_yield();
		regs->pc = PC + 4;
		papr_vcpu_hcall(s->vcpu, &hcall);
		judge(papr_vcpu_take_interrupt(s->vcpu) == PAPR_INTERRUPT_NONE);
		if (regs->pc == PC + 4)
			break;
		judge(regs->pc == PC);
		judge(hcall.ret == nr);
		judge(!memcmp(hcall.args, args, sizeof(hcall.args)));
	}
	memcpy(args, hcall.args, sizeof(hcall.args));
	return (int64_t)hcall.ret;
}

static void must(struct seat *s, uint64_t nr, uint64_t a, uint64_t b)
{
	uint64_t args[PAPR_HCALL_ARGS] = { a, b };

	judge(call(s, nr, args) == H_SUCCESS);
}

static uint32_t accept(struct seat *s)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0 };

	judge(call(s, H_XIRR, args) == H_SUCCESS);
	if (args[0] != (OPEN | VTY_IRQ))
		return args[0];
	judge(atomic_fetch_add(&keys, 1) + 1 == atomic_load(&typed));
	must(s, H_EOI, OPEN | VTY_IRQ, 0);
	return accept(s);
}

static void receive(struct seat *s)
{
	uint64_t before = atomic_load(&seen[s->index]);
	bool sure = atomic_load(&sent[s->index]) != before;
	uint32_t xirr = accept(s);

	if (!sure && xirr == OPEN)
		return;
	judge(xirr == (OPEN | XICS_IPI));
	/* It is sent before it is counted. */
	while (atomic_load(&sent[s->index]) == before && !atomic_load(&done))
		sched_yield();
	must(s, H_IPI, s->index, 0xff);
	judge(accept(s) == IPI_PRIORITY << 24);
	must(s, H_EOI, OPEN | XICS_IPI, 0);
	judge(accept(s) == OPEN);
	s->ipis++;
	atomic_store(&seen[s->index], before + 1);
}

static void *run(void *arg)
{
	struct seat *s = arg;
	unsigned int next = (s->index + 1) % VCPUS;

	must(s, H_CPPR, 0xff, 0);
	while (!atomic_load(&done)) {
		if (atomic_load(&sent[next]) == atomic_load(&seen[next])) {
			must(s, H_IPI, next, IPI_PRIORITY);
			atomic_fetch_add(&sent[next], 1);
		}
		receive(s);
		sched_yield();
	}
	return NULL;
}

/* --- who switches, and types */

static void change(struct partition *p, const struct papr_policy *policy)
{
	struct papr_error error;
	uint64_t before = atomic_load(&calls);

	if (papr_vm_change_policy(p->vm, policy, &error))
		fail_msg("%s", error.text);
	fake_host_clear_log(p->fake);
	if (atomic_load(&keys) == atomic_load(&typed)) {
		atomic_fetch_add(&typed, 1);
		assert_int_equal(papr_vm_console_input(p->vm), 0);
	}
	while (atomic_load(&calls) - before < 2 && !atomic_load(&done))
		sched_yield();
}

static struct papr_policy *parse(const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "test", &policy, &error))
		fail_msg("%s", error.text);
	return policy;
}

static struct partition *start(void)
{
	/* Those of events, and the terminal's. */
	static const struct xics_line lines[] = {
		{ 0x1000, false }, { 0x1001, false }, { 0x1002, false },
		{ 0x1003, false }, { VTY_IRQ, false },
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .tweak = tweak,
		.config = { .cores = VCPUS, .threads = 1, .vsmt = 1 } });

	kernel = xics_new(p->vm, lines, ARRAY_SIZE(lines));
	assert_non_null(kernel);
	xics_set_xive(kernel, VTY_IRQ, 1, 6);
	for (unsigned int i = 0; i < VCPUS; i++)
		seats[i] = (struct seat){ .p = p, .index = i,
			.vcpu = papr_vm_vcpu(p->vm, i) };
	return p;
}

static void interrupts_change_hands_10000_times(void **state)
{
	struct papr_policy *policy[2];
	struct partition *p = start();
	uint64_t ipis = 0, again = 0;

	(void)state;
	policy[0] = parse("sets: { hcall-interrupt: user }");
	policy[1] = parse("{}");
	for (unsigned int i = 0; i < VCPUS; i++)
		assert_int_equal(pthread_create(&seats[i].thread, NULL, run,
						&seats[i]), 0);
	for (unsigned int n = 0; n < SWITCHES && !atomic_load(&done); n++)
		change(p, policy[n % 2]);
	/* One that was lost keeps the test from its end. */
	while (atomic_load(&keys) < atomic_load(&typed) && !atomic_load(&done))
		sched_yield();
	atomic_store(&done, true);
	for (unsigned int i = 0; i < VCPUS; i++) {
		pthread_join(seats[i].thread, NULL);
		ipis += seats[i].ipis;
		again += seats[i].again;
	}
	print_message("%d changes: %llu calls, %llu made again, %llu IPIs, "
		      "%llu keys\n", SWITCHES, (unsigned long long)calls,
		      (unsigned long long)again, (unsigned long long)ipis,
		      (unsigned long long)keys);
	assert_int_equal(wrong, 0);
	for (unsigned int i = 0; i < VCPUS; i++)
		assert_true(sent[i] - seen[i] <= 1);
	assert_true(ipis > 0 && keys > 1);
	papr_policy_free(policy[0]);
	papr_policy_free(policy[1]);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts_change_hands_10000_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
