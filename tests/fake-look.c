/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: looking at it. */
#include "config.h"

#include <string.h>

#include "tests/fake-host-state.h"

const char *fake_host_log(struct fake_host *fake)
{
	return fake->log;
}

void fake_host_clear_log(struct fake_host *fake)
{
	pthread_mutex_lock(&fake->lock);
	fake->log[0] = '\0';
	pthread_mutex_unlock(&fake->lock);
}

unsigned int fake_host_count(struct fake_host *fake, const char *line)
{
	size_t len = strlen(line);
	unsigned int n = 0;

	pthread_mutex_lock(&fake->lock);
	for (const char *p = fake->log; *p; p = strchr(p, '\n') + 1)
		n += !strncmp(p, line, len) && p[len] == '\n';
	pthread_mutex_unlock(&fake->lock);
	return n;
}

bool fake_host_logged(struct fake_host *fake, const char *line)
{
	return fake_host_count(fake, line) > 0;
}

bool fake_host_hcall_enabled(struct fake_host *fake, uint32_t number)
{
	return number <= MAX_HCALL && !(number & 3) &&
	       fake->enabled[number / 4];
}

uint64_t *fake_cpu_find(struct fake_cpu *cpu, enum papr_reg reg)
{
	return reg == PAPR_REG_MSR ? &cpu->regs.msr : &cpu->reg[reg];
}

uint64_t fake_cpu_reg(struct fake_cpu *cpu, enum papr_reg reg)
{
	return *fake_cpu_find(cpu, reg);
}

void fake_cpu_set_reg(struct fake_cpu *cpu, enum papr_reg reg, uint64_t value)
{
	*fake_cpu_find(cpu, reg) = value;
}

struct papr_regs *fake_cpu_regs(struct fake_cpu *cpu)
{
	return &cpu->regs;
}

bool fake_cpu_raised(struct fake_cpu *cpu)
{
	return cpu->raised;
}
