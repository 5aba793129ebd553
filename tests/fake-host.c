/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "tests/fake-host-state.h"

#define MIN_IRQ 16
#define MAX_IRQS (1u << 20)

#define LPCR_DPFD	0x0070000000000000ull
#define LPCR_ONL	0x0000000000040000ull
#define LPCR_TC		0x0000000000000200ull

#define MMU_RADIX	1ull
#define MMU_GTSE	2ull
#define TABLE_RADIX	(1ull << 63)
#define TABLE_SIZE	0x1full

/*
 * The calls KVM_CAP_PPC_ENABLE_HCALL takes, and which are on in a new VM.
 * Written down from the kernel a second time, so that a slip in hcalls/kvm.def
 * does not agree with itself.
 */
static const uint16_t hv_on[] = {
	0x004, 0x008, 0x00c, 0x018, 0x01c, 0x020, 0x028, 0x064, 0x068, 0x06c,
	0x070, 0x074, 0x0dc, 0x0e0, 0x0e4, 0x0e8, 0x124, 0x134, 0x2fc, 0
};
static const uint16_t hv_off[] = {
	0x010, 0x014, 0x02c, 0x03c, 0x040, 0x138, 0x13c, 0x300, 0x31c, 0x448, 0
};
static const uint16_t pr_on[] = {
	0x004, 0x008, 0x018, 0x01c, 0x020, 0x064, 0x068, 0x06c, 0x070, 0x074,
	0x0e0, 0x124, 0x2fc, 0x31c, 0
};
static const uint16_t pr_off[] = { 0x03c, 0x040, 0x138, 0x13c, 0 };

static const char *const reg_names[PAPR_REGS] = {
	"LPCR", "SPRG0", "PURR", "TB", "CIABR", "DAWR0", "DAWRX0",
	"MSR", "ARCH_COMPAT",
};

static bool is_hv(const struct fake_host *fake)
{
	return fake->info.flavour != PAPR_FLAVOUR_PR;
}

static bool listed(const uint16_t *list, uint32_t number)
{
	while (*list && *list != number)
		list++;
	return *list;
}

static bool switchable(const struct fake_host *fake, uint32_t number)
{
	return listed(is_hv(fake) ? hv_on : pr_on, number) ||
	       listed(is_hv(fake) ? hv_off : pr_off, number);
}

/* That of a host with 64 KiB pages. */
static const struct papr_host_mmu radix_mmu = {
	.radix_aps = 4,
	.radix_ap = { 0x0000000c, 0xa0000010, 0x20000015, 0x4000001e },
};
static const struct papr_host_mmu hash_mmu = {
	.slb = 32,
	.segment_1t = true,
	.hash_sizes = 2,
	.hash = {
		{ 12, 0, 1, { { 12, 0 } } },
		{ 16, 0x110, 1, { { 16, 1 } } },
	},
};

static void mmu_init(struct fake_host *fake)
{
	if (fake->info.flavour != PAPR_FLAVOUR_NESTED)
		fake->mmu = hash_mmu;
	if (!fake->info.cap[PAPR_CAP_MMU_RADIX])
		return;
	fake->mmu.radix_aps = radix_mmu.radix_aps;
	memcpy(fake->mmu.radix_ap, radix_mmu.radix_ap,
	       sizeof(radix_mmu.radix_ap));
}

struct fake_host *fake_host_new(const void *owner, const char *model)
{
	struct fake_host *fake = talloc_zero(owner, struct fake_host);
	struct papr_error error;

	assert_non_null(fake);
	fake->info.size = sizeof(fake->info);
	if (papr_host_model(model, &fake->info, &error) < 0)
		fail_msg("%s", error.text);
	pthread_mutex_init(&fake->lock, NULL);
	fake->log = talloc_strdup(fake, "");
	fake->radix = fake->info.cap[PAPR_CAP_MMU_RADIX];
	for (const uint16_t *p = is_hv(fake) ? hv_on : pr_on; *p; p++)
		fake->enabled[*p / 4] = true;
	mmu_init(fake);
	return fake;
}

struct papr_host *fake_host_info(struct fake_host *fake)
{
	return &fake->info;
}

void fake_host_fail(struct fake_host *fake, enum fake_op op, unsigned int nth,
		    int err)
{
	pthread_mutex_lock(&fake->lock);
	fake->fail[op] = (struct failure){ nth, err };
	pthread_mutex_unlock(&fake->lock);
}

int fake_host_enter(struct fake_host *fake, enum fake_op op)
{
	struct failure *f = &fake->fail[op];

	pthread_mutex_lock(&fake->lock);
	if (f->nth && !--f->nth)
		return -f->err;
	return 0;
}

int fake_host_leave(struct fake_host *fake, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fake->log = talloc_vasprintf_append(fake->log, fmt, ap);
	va_end(ap);
	if (err)
		fake->log = talloc_asprintf_append(fake->log, " = %d", err);
	fake->log = talloc_strdup_append(fake->log, "\n");
	assert_non_null(fake->log);
	pthread_mutex_unlock(&fake->lock);
	return err;
}

static int fake_describe(void *host, struct papr_host *info)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_DESCRIBE);

	if (!err)
		err = sized_fill(info, &fake->info, sizeof(fake->info));
	pthread_mutex_unlock(&fake->lock);
	return err;
}

static int fake_describe_mmu(void *host, struct papr_host_mmu *mmu)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_DESCRIBE_MMU);

	if (!err)
		*mmu = fake->mmu;
	pthread_mutex_unlock(&fake->lock);
	return err;
}

static int fake_enable_hcall(void *host, uint32_t number, bool enable)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_ENABLE_HCALL);

	if (!err && !switchable(fake, number))
		err = -EINVAL;
	if (!err)
		fake->enabled[number / 4] = enable;
	return fake_host_leave(fake, err, "enable_hcall 0x%x %s", number,
			       enable ? "on" : "off");
}

static bool smt_is_legal(const struct fake_host *fake, uint32_t mode)
{
	return is_hv(fake) && IS_POWER_OF_2(mode) && mode <= 8 &&
	       (fake->info.isa >= 300 || mode <= fake->info.threads);
}

static int fake_set_smt(void *host, uint32_t mode)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_SET_SMT);

	if (!err)
		err = smt_is_legal(fake, mode) ? fake->has_cpu ? -EBUSY : 0 :
						 -EINVAL;
	if (!err)
		fake->info.cap[PAPR_CAP_SMT] = mode;
	return fake_host_leave(fake, err, "set_smt %u", mode);
}

static int fake_enable_nested(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_ENABLE_NESTED);

	if (!err)
		err = !is_hv(fake) ? -EINVAL :
		      !fake->info.nested_param ? -EPERM :
		      fake->info.isa < 300 ||
		      !fake->info.cap[PAPR_CAP_MMU_RADIX] ? -ENODEV : 0;
	return fake_host_leave(fake, err, "enable_nested");
}

static int add_sources(struct fake_host *fake, const uint32_t *irqs, size_t n)
{
	assert_true(n <= MAX_SOURCES);
	if (fake->has_irqs)
		return -EEXIST;
	for (size_t i = 0; i < n; i++) {
		if (irqs[i] < MIN_IRQ || irqs[i] >= MAX_IRQS)
			return -ENOENT;
		fake->source[i] = (struct source){ .irq = irqs[i] };
	}
	fake->n_sources = n;
	fake_irqs_make(fake);
	return 0;
}

static int fake_setup_irqs(void *host, uint32_t servers, const uint32_t *irqs,
			   size_t n)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_SETUP_IRQS);
	char *list = talloc_strdup(fake, "");

	for (size_t i = 0; i < n; i++)
		list = talloc_asprintf_append(list, " 0x%x", irqs[i]);
	if (!err)
		err = add_sources(fake, irqs, n);
	err = fake_host_leave(fake, err, "setup_irqs %u:%s", servers, list);
	talloc_free(list);
	return err;
}

static int define_token(struct fake_host *fake, const char *name,
			uint32_t token)
{
	static const char *const names[ARRAY_SIZE(fake->token)] = {
		"ibm,set-xive", "ibm,get-xive", "ibm,int-off", "ibm,int-on"
	};
	uint32_t *mine = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], name))
			mine = &fake->token[i];
		if (token && fake->token[i] == token)
			return -EEXIST;
	}
	if (!mine)
		return token ? -ENOENT : 0;
	*mine = token;
	return 0;
}

static int fake_define_rtas(void *host, const char *name, uint32_t token)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_DEFINE_RTAS);

	if (!err)
		err = define_token(fake, name, token);
	return fake_host_leave(fake, err, "define_rtas %s 0x%x", name, token);
}

static int fake_setup_hpt(void *host, uint32_t order)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_SETUP_HPT);

	if (!err)
		err = !is_hv(fake) ? -ENOTTY :
		      fake->info.flavour == PAPR_FLAVOUR_NESTED ? -EOPNOTSUPP :
		      order < 18 || order > 46 ? -EINVAL : 0;
	if (!err) {
		fake->radix = false;
		fake_hpt_make(fake, order);
	}
	return fake_host_leave(fake, err, "setup_hpt %u", order);
}

static int check_mmu(const struct fake_host *fake, uint64_t flags,
		     uint64_t table)
{
	bool radix = flags & MMU_RADIX;

	if (fake->info.isa < 300)
		return -ENODEV;
	if (!is_hv(fake))
		return flags || table ? -EINVAL : 0;
	if (flags & ~(MMU_RADIX | MMU_GTSE) ||
	    radix != !!(table & TABLE_RADIX) || (table & TABLE_SIZE) > 24)
		return -EINVAL;
	if (radix ? !fake->info.cap[PAPR_CAP_MMU_RADIX] :
		    fake->info.flavour == PAPR_FLAVOUR_NESTED)
		return -EINVAL;
	return 0;
}

static int fake_configure_mmu(void *host, uint64_t flags, uint64_t table)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_CONFIGURE_MMU);

	if (!err)
		err = check_mmu(fake, flags, table);
	if (!err)
		fake->radix = flags & MMU_RADIX;
	return fake_host_leave(fake, err,
			       "configure_mmu 0x%" PRIx64 " 0x%" PRIx64,
			       flags, table);
}

static int fake_irq_line(void *host, uint32_t irq, bool level)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_IRQ_LINE);
	struct source *source = fake_source(fake, irq);

	if (!err && !fake->has_irqs)
		err = -ENXIO;
	if (!err && source) {	/* KVM says nothing of a source not there */
		source->level = level;
		source->raised += level;
	}
	return fake_host_leave(fake, err, "irq_line 0x%x %d", irq, level);
}

static int fake_enable_fwnmi(void *arg)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_ENABLE_FWNMI);

	if (!err && !is_hv(cpu->fake))
		err = -EINVAL;
	return fake_host_leave(cpu->fake, err, "cpu %u: enable_fwnmi", cpu->id);
}

/* KVM-PR has no debug registers; KVM-HV has them whatever the processor. */
static bool has_reg(const struct fake_host *fake, enum papr_reg reg)
{
	return is_hv(fake) || reg < PAPR_REG_CIABR || reg == PAPR_REG_MSR;
}

static int fake_get_reg(void *arg, enum papr_reg reg, uint64_t *value)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_GET_REG);

	if (!err && !has_reg(cpu->fake, reg))
		err = -EINVAL;
	if (!err)
		*value = *fake_cpu_find(cpu, reg);
	pthread_mutex_unlock(&cpu->fake->lock);
	return err;
}

/* What KVM-HV makes of an LPCR that userspace writes: it never refuses. */
static uint64_t filter_lpcr(const struct fake_host *fake, uint64_t old,
			    uint64_t new)
{
	uint64_t mask = LPCR_DPFD | LPCR_ILE | LPCR_TC | LPCR_AIL | LPCR_LD;

	if (fake->radix)
		new &= ~LPCR_TC;
	if ((new & LPCR_AIL) != LPCR_AIL ||
	    !fake->info.cap[PAPR_CAP_AIL_MODE_3])
		new &= ~LPCR_AIL;
	if (fake->info.isa < 300)
		new &= ~LPCR_LD;
	return (old & ~mask) | (new & mask);
}

static int fake_update_reg(void *arg, enum papr_reg reg, uint64_t mask,
			   uint64_t value)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_UPDATE_REG);
	uint64_t old = *fake_cpu_find(cpu, reg);
	uint64_t new = (old & ~mask) | (value & mask);
	uint64_t got = new;

	if (!err && (reg == PAPR_REG_TB || !has_reg(cpu->fake, reg)))
		err = -EINVAL;
	if (reg == PAPR_REG_LPCR && !is_hv(cpu->fake))
		got = new & LPCR_ILE;	/* all that KVM-PR has of it */
	else if (reg == PAPR_REG_LPCR)
		got = filter_lpcr(cpu->fake, old, new);
	if (!err && (got ^ new) & mask)
		err = -EOPNOTSUPP;
	if (!err)
		*fake_cpu_find(cpu, reg) = got;
	return fake_host_leave(cpu->fake, err,
			       "cpu %u: update_reg %s 0x%" PRIx64 " 0x%" PRIx64,
			       cpu->id, reg_names[reg], mask, value);
}

static int fake_get_regs(void *arg, struct papr_regs *regs)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_GET_REGS);

	if (!err)
		*regs = cpu->regs;
	pthread_mutex_unlock(&cpu->fake->lock);
	return err;
}

static int fake_set_regs(void *arg, const struct papr_regs *regs)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_SET_REGS);

	if (!err)
		cpu->regs = *regs;
	return fake_host_leave(cpu->fake, err, "cpu %u: set_regs", cpu->id);
}

static void fake_wake(void *arg)
{
	struct fake_cpu *cpu = arg;

	pthread_mutex_lock(&cpu->fake->lock);
	fake_host_leave(cpu->fake, 0, "cpu %u: wake", cpu->id);
}

static void cpu_init(struct fake_cpu *cpu, struct fake_host *fake, uint32_t id)
{
	*cpu = (struct fake_cpu){
		.fake = fake, .next = cpu->next, .id = id,
	};
	if (is_hv(fake))
		cpu->reg[PAPR_REG_LPCR] = 0x0040000000500413 |
				(fake->info.isa >= 300 ? LPCR_ONL : 0);
}

static int fake_dec_bits(void *arg)
{
	struct fake_host *fake = arg;

	return fake->info.isa >= 300 ? 56 : 0;
}

static int fake_reset_cpu(void *arg)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_RESET_CPU);

	if (!err)
		cpu_init(cpu, cpu->fake, cpu->id);
	return fake_host_leave(cpu->fake, err, "cpu %u: reset", cpu->id);
}

static int fake_reset_irqs(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_RESET_IRQS);

	for (uint32_t i = 0; i < fake->n_sources && !err; i++)
		fake->source[i] = (struct source){ .irq = fake->source[i].irq };
	if (!err && fake->xive)
		fake_xive_make(fake);
	else if (!err)
		fake_irqs_make(fake);
	return fake_host_leave(fake, err, "reset_irqs");
}

static int fake_interrupt(void *arg, bool raise)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_INTERRUPT);

	if (!err)
		cpu->raised = raise;
	return fake_host_leave(cpu->fake, err, "cpu %u: interrupt %d",
			       cpu->id, raise);
}

static void fake_hold(void *arg, bool hold)
{
	struct fake_cpu *cpu = arg;

	pthread_mutex_lock(&cpu->fake->lock);
	assert_int_not_equal(cpu->held, hold);
	cpu->held = hold;
	cpu->fake->held += hold ? 1 : -1;
	fake_host_leave(cpu->fake, 0, "cpu %u: hold %s", cpu->id,
			hold ? "on" : "off");
}

static int fake_trap(void *arg, bool enable, uint32_t *word)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_TRAP);

	assert_false(cpu->held);	/* KVM's would wait for ever */
	if (!err)
		*word = FAKE_TRAP_WORD;
	return fake_host_leave(cpu->fake, err, "cpu %u: trap %s", cpu->id,
			       enable ? "on" : "off");
}

const struct papr_host_ops *fake_host_ops(void)
{
	static const struct papr_host_ops ops = {
		.size = sizeof(ops),
		.describe = fake_describe,
		.describe_mmu = fake_describe_mmu,
		.enable_hcall = fake_enable_hcall,
		.set_smt = fake_set_smt,
		.enable_nested = fake_enable_nested,
		.setup_irqs = fake_setup_irqs,
		.define_rtas = fake_define_rtas,
		.setup_hpt = fake_setup_hpt,
		.configure_mmu = fake_configure_mmu,
		.irq_line = fake_irq_line,
		.enable_fwnmi = fake_enable_fwnmi,
		.get_reg = fake_get_reg,
		.update_reg = fake_update_reg,
		.dec_bits = fake_dec_bits,
		.get_regs = fake_get_regs,
		.set_regs = fake_set_regs,
		.wake = fake_wake,
		.reset_cpu = fake_reset_cpu,
		.reset_irqs = fake_reset_irqs,
		.interrupt = fake_interrupt,
		.hold = fake_hold,
		.trap = fake_trap,
		.open_hpt = fake_hpt_open,
		.read_hpt = fake_hpt_read,
		.write_hpt = fake_hpt_write,
		.get_area = fake_get_area,
		.set_area = fake_set_area,
		.make_tce = fake_make_tce,
		.use_hpt = fake_use_hpt,
		.drop_irqs = fake_drop_irqs,
		.get_icp = fake_get_icp,
		.set_icp = fake_set_icp,
		.get_source = fake_get_source,
		.set_source = fake_set_source,
		.get_state = fake_get_state,
		.set_state = fake_set_state,
		.set_timebase = fake_set_timebase,
		.log_dirty = fake_log_dirty,
		.read_dirty = fake_read_dirty,
		.xive = &fake_xive_ops,
		.name_regs = fake_name_regs,
		.drop_tce = fake_drop_tce,
	};

	return &ops;
}

unsigned int fake_host_raised(struct fake_host *fake, uint32_t irq)
{
	const struct source *source = fake_source(fake, irq);

	return source ? source->raised : 0;
}

bool fake_host_irq_level(struct fake_host *fake, uint32_t irq)
{
	const struct source *source = fake_source(fake, irq);

	return source && source->level;
}

struct fake_cpu *fake_cpu_new(struct fake_host *fake, uint32_t id)
{
	struct fake_cpu *cpu = talloc_zero(fake, struct fake_cpu);

	assert_non_null(cpu);
	cpu_init(cpu, fake, id);
	cpu->vp[0] = FAKE_NEW_VP;
	if (fake->first)
		cpu->reg[PAPR_REG_TB] = fake->first->reg[PAPR_REG_TB];
	cpu->next = fake->first;
	fake->first = cpu;
	fake->has_cpu = true;
	fake->cpus++;
	return cpu;
}
