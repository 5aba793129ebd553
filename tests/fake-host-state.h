/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host from the inside. */
#ifndef TESTS_FAKE_HOST_STATE_H
#define TESTS_FAKE_HOST_STATE_H

#include <pthread.h>

#include "tests/fake-host.h"

#define MAX_HCALL 0x45c		/* of Linux 6.1 */
#define MAX_SOURCES 64

struct failure {
	unsigned int nth;
	int err;
};

struct source {
	uint32_t irq;
	bool level;
	unsigned int raised;
};

struct fake_host {
	pthread_mutex_t lock;		/* of everything below */
	struct papr_host info;
	struct papr_host_mmu mmu;
	struct failure fail[FAKE_OPS];
	char *log;
	bool enabled[MAX_HCALL / 4 + 1];
	bool has_cpu;
	bool has_irqs;
	bool radix;			/* what the guest is now */
	uint32_t n_sources;
	struct source source[MAX_SOURCES];
	uint32_t token[4];
};

struct fake_cpu {
	struct fake_host *fake;
	uint32_t id;
	uint64_t reg[PAPR_REG_TB + 1];
	bool raised;
	bool held;
	struct papr_regs regs;
};

#endif
