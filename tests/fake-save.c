/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: the registers of a vCPU that is saved. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/fake-host-state.h"

/* Numbers of registers: a kind, and a place among those of it. */
enum { REG = 0x100, REGS = 0x200, AREA = 0x300 };

#define REGS_WORDS (sizeof(struct papr_regs) / sizeof(uint64_t))

/* A register's place in the vCPU; NULL: there is none. */
static uint64_t *place(struct fake_cpu *cpu, uint64_t id)
{
	uint64_t n = id & 0xff;

	switch (id & ~0xffull) {
	case REG:
		return n < PAPR_REGS && n != PAPR_REG_TB ? &cpu->reg[n] : NULL;
	case REGS:
		return n < REGS_WORDS - 1 ? (uint64_t *)&cpu->regs + n : NULL;
	case AREA:
		return n <= PAPR_AREA_SLB ? &cpu->area[n] : NULL;
	default:
		return NULL;
	}
}

static size_t put(struct fake_cpu *cpu, uint64_t id, struct papr_saved_reg *to)
{
	const uint64_t *from = place(cpu, id);

	if (!from)
		return 0;
	*to = (struct papr_saved_reg){ .id = id, .len = sizeof(*from) };
	store_be64(to->bytes, *from);
	return 1;
}

int fake_get_state(void *arg, struct papr_saved_reg *regs, size_t room)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_GET_STATE);
	size_t n = 0;

	for (uint64_t i = 0; i < 0x10 && room - n >= 4; i++) {
		n += put(cpu, REG + i, &regs[n]);
		n += put(cpu, REGS + i, &regs[n]);
		n += put(cpu, AREA + i, &regs[n]);
	}
	/* The last is no whole word. */
	regs[n] = (struct papr_saved_reg){ .id = REGS + 0x80, .len = 4 };
	store_be32(regs[n++].bytes, cpu->regs.dsisr);
	pthread_mutex_unlock(&cpu->fake->lock);
	return err ? err : (int)n;
}

static int set(struct fake_cpu *cpu, const struct papr_saved_reg *reg)
{
	uint64_t *to = place(cpu, reg->id);

	if (reg->id == REGS + 0x80 && reg->len == 4) {
		cpu->regs.dsisr = load_be32(reg->bytes);
		return 0;
	}
	if (!to || reg->len != sizeof(*to))
		return -EINVAL;
	*to = load_be64(reg->bytes);
	return 0;
}

int fake_set_state(void *arg, const struct papr_saved_reg *regs, size_t n,
		   uint64_t *culprit)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_SET_STATE);

	for (size_t i = 0; i < n && !err; i++) {
		*culprit = regs[i].id;
		err = set(cpu, &regs[i]);
	}
	return fake_host_leave(cpu->fake, err, "cpu %u: set_state", cpu->id);
}

/* A name without a NUL, too. */
int fake_name_regs(void *arg, struct papr_named_reg *regs, size_t n)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_NAME_REGS);
	const struct papr_named_reg all[] = {
		{ "GPR03", cpu->regs.r3 }, { "NIA", cpu->regs.pc },
		{ "MSR", cpu->regs.msr }, { "VEIGHT_8", 0x1122334455667788 },
	};

	assert_true(n >= ARRAY_SIZE(all));
	memcpy(regs, all, sizeof(all));
	pthread_mutex_unlock(&cpu->fake->lock);
	return err ? err : (int)ARRAY_SIZE(all);
}

int fake_set_timebase(void *host, uint64_t tb)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_SET_TIMEBASE);

	for (struct fake_cpu *cpu = fake->first; cpu && !err; cpu = cpu->next)
		cpu->reg[PAPR_REG_TB] = tb;
	return fake_host_leave(fake, err, "set_timebase 0x%" PRIx64, tb);
}
