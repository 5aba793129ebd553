/* SPDX-License-Identifier: BSD-2-Clause */
/* The soak's host: what it does to a partition whose guest is at work. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spapr/util.h"
#include "tests/soak.h"

/* Any of these errors is an answer; all others are not. */
static void expect(const struct soak *soak, const char *what, int r)
{
	static const int answers[] = {
		0, -EINVAL, -ENOSPC, -EBUSY, -EAGAIN, -ENOENT, -EEXIST, -EPERM,
		-ENOTCONN, -EFAULT, -EOPNOTSUPP,
	};

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (r == answers[i])
			return;
	soak_fail(soak, "%s: %s", what, strerror(-r));
}

static uint32_t below(struct soak *soak, uint32_t n)
{
	return soak_below(&soak->random, n);
}

static struct papr_vcpu *some_vcpu(struct soak *soak)
{
	return papr_vm_vcpu(soak->vm, below(soak, SOAK_CPUS));
}

/* --- events */

static void epow(struct soak *soak)
{
	const struct papr_epow info = {
		.size = sizeof(info), .action = below(soak, 9),
		.modifier = below(soak, 5), .partition = below(soak, 2),
		.reason = below(soak, 100),
	};

	expect(soak, "EPOW", papr_vm_event_epow(soak->vm, &info, NULL));
}

static void hotplug(struct soak *soak)
{
	const struct papr_hotplug info = {
		.size = sizeof(info), .type = below(soak, 8),
		.action = below(soak, 4), .id_type = below(soak, 6),
		.index = below(soak, 8), .count = below(soak, 8),
		.name = "CPU 2",
	};

	expect(soak, "hot plug",
	       papr_vm_event_hotplug(soak->vm, &info, NULL));
}

static void io(struct soak *soak)
{
	static const uint8_t data[PAPR_IO_DATA_MAX];
	const struct papr_io info = {
		.size = sizeof(info), .type = below(soak, 6),
		.scope = below(soak, 8), .subtype = below(soak, 8),
		.data = data, .data_len = below(soak, 56) * 4,
	};

	expect(soak, "I/O", papr_vm_event_io(soak->vm, &info, NULL));
}

static void internal_error(struct soak *soak)
{
	const struct papr_internal_error info = {
		.size = sizeof(info), .severity = below(soak, 8),
		.disposition = below(soak, 4), .initiator = below(soak, 8),
		.target = below(soak, 8), .subsystem = below(soak, 256),
		.scan = below(soak, 2), .refcode = "B7001111",
	};

	expect(soak, "internal error",
	       papr_vm_event_internal_error(soak->vm, &info, NULL));
}

static void key(struct soak *soak)
{
	expect(soak, "key", papr_vm_console_input(soak->vm));
}

static void message(struct soak *soak)
{
	expect(soak, "message",
	       papr_vio_put(soak->vio, 0x8001ull << 48, below(soak, 100)));
}

/* --- interrupts of a vCPU */

static void inject(struct soak *soak)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = below(soak, 10),
		.subtype = below(soak, 4), .severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = below(soak, 3), .initiator = PAPR_ELOG_CPU,
		.effective_valid = below(soak, 2), .effective_address = 0x1000,
	};
	const struct papr_injection what = {
		.size = sizeof(what), .info = &info,
		.context = below(soak, 3),
		.trigger = below(soak, 2) ? PAPR_TRIGGER_HCALL :
					    PAPR_TRIGGER_NOW,
		.count = below(soak, 20),
	};

	expect(soak, "injection",
	       papr_vcpu_inject_when(some_vcpu(soak), &what, &soak->injection,
				     NULL));
}

static void cancel(struct soak *soak)
{
	uint64_t id = below(soak, 4) ? soak->injection : below(soak, 100);

	expect(soak, "cancellation",
	       papr_vm_cancel_injection(soak->vm, id, NULL));
}

static void system_reset(struct soak *soak)
{
	expect(soak, "system reset", papr_vcpu_system_reset(some_vcpu(soak)));
}

/* One that is stopped; the guest starts some, too. */
static void start_vcpu(struct soak *soak, uint32_t i)
{
	const struct papr_entry entry = { .pc = SOAK_CODE, .r3 = i };

	expect(soak, "start",
	       papr_vcpu_start(papr_vm_vcpu(soak->vm, i), &entry));
	soak->start(soak);
}

static void start(struct soak *soak)
{
	start_vcpu(soak, 1);
}

static void watchdogs(struct soak *soak)
{
	papr_vm_watchdogs(soak->vm);
}

/* --- what comes and goes */

static void plug_core(struct soak *soak)
{
	soak->hold(soak, true);
	expect(soak, "core",
	       papr_vm_plug(soak->vm, PAPR_CONNECTOR_CORE, SOAK_CPUS - 1,
			    NULL));
	soak->hold(soak, false);
}

static void unplug_core(struct soak *soak)
{
	expect(soak, "core",
	       papr_vm_unplug(soak->vm, PAPR_CONNECTOR_CORE,
			      1 + below(soak, SOAK_CPUS), NULL));
}

static uint32_t some_lmb(struct soak *soak)
{
	return SOAK_LMBS / PAPR_LMB_SIZE + below(soak, SOAK_LMB_COUNT + 1);
}

static void plug_lmb(struct soak *soak)
{
	expect(soak, "LMB", papr_vm_plug(soak->vm, PAPR_CONNECTOR_LMB,
					 some_lmb(soak), NULL));
}

static void unplug_lmb(struct soak *soak)
{
	expect(soak, "LMB", papr_vm_unplug(soak->vm, PAPR_CONNECTOR_LMB,
					   some_lmb(soak), NULL));
}

/* --- who answers */

static void change_policy(struct soak *soak)
{
	static const char *const texts[] = {
		"default: kernel", "default: user",
		"sets: { hcall-interrupt: user, hcall-tce: deny }",
		"hcalls: { H_RANDOM: { route: user, fail: H_BUSY, every: 2 } }",
		"rtas: { event-scan: { route: user, log: true } }",
		("rtas: { get-time-of-day: { fail: extended-delay-1ms, "
		 "retries: 3 }, ibm,os-term: deny }"),
		"hcalls: { H_NO_SUCH_CALL: user }",
	};
	const char *text = texts[below(soak, ARRAY_SIZE(texts))];
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "deed", &policy, &error))
		return;
	expect(soak, "policy",
	       papr_vm_change_policy(soak->vm, policy, &error));
	papr_policy_free(policy);
}

/* --- all of it */

static void reset(struct soak *soak)
{
	soak->hold(soak, true);
	soak_reset(soak);
	soak->hold(soak, false);
}

static void save(struct soak *soak)
{
	soak->hold(soak, true);
	soak_save(soak);
	soak->hold(soak, false);
}

static void move(struct soak *soak)
{
	soak->hold(soak, true);
	if (soak_save(soak))
		soak->move(soak);
	soak->hold(soak, false);
}

static void look(struct soak *soak)
{
	const struct papr_fdt_config config = { .size = sizeof(config) };
	static uint64_t tree[1 << 16];
	int r = papr_vm_fdt(soak->vm, &config, tree, sizeof(tree));

	if (r < 0)
		soak_fail(soak, "device tree: %s", strerror(-r));
}

static const struct deed {
	const char *name;
	unsigned int weight;
	void (*function)(struct soak *soak);
} deeds[] = {
	{ "EPOW events", 4, epow },
	{ "hot-plug events", 4, hotplug },
	{ "I/O events", 4, io },
	{ "internal errors", 4, internal_error },
	{ "keys", 4, key },
	{ "messages of a device", 4, message },
	{ "machine checks", 8, inject },
	{ "machine checks taken back", 2, cancel },
	{ "system resets", 4, system_reset },
	{ "starts", 8, start },
	{ "looks at watchdogs", 4, watchdogs },
	{ "cores in", 2, plug_core },
	{ "cores out", 2, unplug_core },
	{ "LMBs in", 4, plug_lmb },
	{ "LMBs out", 4, unplug_lmb },
	{ "changes of routes", 4, change_policy },
	{ "resets in between", 1, reset },
	{ "saves", 1, save },
	{ "moves", 1, move },
	{ "device trees", 1, look },
};

size_t soak_deed_count(void)
{
	return ARRAY_SIZE(deeds);
}

const char *soak_deed_name(size_t i)
{
	return deeds[i].name;
}

void soak_deed(struct soak *soak)
{
	unsigned int all = 0, at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(deeds); i++)
		all += deeds[i].weight;
	at = below(soak, all);
	for (i = 0; at >= deeds[i].weight; i++)
		at -= deeds[i].weight;
	soak->deeds[i]++;
	if (soak->verbose)
		fprintf(stderr, "# round %" PRIu64 ", %s: %s\n", soak->round,
			soak->kind->name, deeds[i].name);
	deeds[i].function(soak);
	start_vcpu(soak, 0);
}
