/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake host: the state of its interrupt controller.  It answers no calls,
 * but keeps what it is given, by the rules of KVM's XICS.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spapr/xics.h"
#include "tests/fake-host-state.h"

#define NEW_ICP		0xffff0000ull		/* MFRR and priority none */
#define NEW_SOURCE	(SOURCE_MASKED | 0xffull << SOURCE_PRIORITY_SHIFT)

struct source *fake_source(struct fake_host *fake, uint32_t irq)
{
	for (uint32_t i = 0; i < fake->n_sources; i++)
		if (fake->source[i].irq == irq)
			return &fake->source[i];
	return NULL;
}

void fake_irqs_make(struct fake_host *fake)
{
	fake->has_irqs = true;
	fake->irqs_made++;
	for (uint32_t i = 0; i < fake->n_sources; i++)
		fake->source[i].state = NEW_SOURCE;
}

/* Whoever asks has stopped all that could change the state. */
static int check_held(const struct fake_host *fake)
{
	assert_int_equal(fake->held, fake->cpus);
	return fake->has_irqs ? 0 : -ENXIO;
}

int fake_drop_irqs(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_DROP_IRQS);

	if (!err)
		err = check_held(fake);
	if (!err)
		fake->has_irqs = false;
	return fake_host_leave(fake, err, "drop_irqs");
}

/* A vCPU is connected anew to each controller. */
static void refresh(struct fake_cpu *cpu)
{
	if (cpu->icp_of != cpu->fake->irqs_made)
		cpu->icp = NEW_ICP;
	cpu->icp_of = cpu->fake->irqs_made;
}

int fake_get_icp(void *arg, uint64_t *state)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_GET_ICP);

	if (!err)
		err = check_held(cpu->fake);
	refresh(cpu);
	if (!err)
		*state = cpu->icp;
	pthread_mutex_unlock(&cpu->fake->lock);
	return err;
}

static bool icp_can_be(struct fake_host *fake, uint64_t state)
{
	uint8_t cppr = state >> ICP_CPPR_SHIFT, mfrr = state >> ICP_MFRR_SHIFT;
	uint8_t pending = state >> ICP_PPRI_SHIFT;
	uint32_t xisr = state >> ICP_XISR_SHIFT & XICS_XISR;

	if (!xisr)
		return pending == XICS_MASKED;
	if (xisr == XICS_IPI)
		return pending == mfrr && pending < cppr;
	return pending < mfrr && pending < cppr && fake_source(fake, xisr);
}

int fake_set_icp(void *arg, uint64_t state)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_SET_ICP);

	if (!err)
		err = check_held(cpu->fake);
	if (!err && !icp_can_be(cpu->fake, state))
		err = -EINVAL;
	refresh(cpu);
	if (!err)
		cpu->icp = state;
	return fake_host_leave(cpu->fake, err, "cpu %u: set_icp 0x%" PRIx64,
			       cpu->id, state);
}

int fake_get_source(void *host, uint32_t irq, uint64_t *state)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_GET_SOURCE);
	const struct source *source = fake_source(fake, irq);

	if (!err)
		err = check_held(fake);
	if (!err && !source)
		err = -ENOENT;
	if (!err)
		*state = source->state;
	pthread_mutex_unlock(&fake->lock);
	return err;
}

int fake_set_source(void *host, uint32_t irq, uint64_t state)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_SET_SOURCE);
	struct source *source = fake_source(fake, irq);

	if (!err)
		err = check_held(fake);
	if (!err && !source)
		err = -ENOENT;
	if (!err)
		source->state = state;
	return fake_host_leave(fake, err, "set_source 0x%x 0x%" PRIx64, irq,
			       state);
}
