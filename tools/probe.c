/* SPDX-License-Identifier: BSD-2-Clause */
/* papr probe: what this host can do for partitions, and why not the rest. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <papr/papr.h>

#include "tools/papr.h"

#define LINE 78

struct probe {
	struct papr_host host;
	bool *switchable;		/* for each row of the catalogue */
};

/* A capability that is 0, and why; asked for in this order. */
struct refusal {
	enum papr_cap cap;
	const char *what;
	const char *(*why)(const struct papr_host *host);
};

static const char *processor_name(const struct papr_host *host)
{
	static const struct {
		uint32_t version;
		const char *name;
	} names[] = {
		{ 0x3f, "POWER7" }, { 0x4a, "POWER7+" }, { 0x4b, "POWER8E" },
		{ 0x4c, "POWER8NVL" }, { 0x4d, "POWER8" }, { 0x4e, "POWER9" },
		{ 0x80, "POWER10" }, { 0x82, "POWER11" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].version == host->pvr >> 16)
			return names[i].name;
	return "unknown processor";
}

static bool has_radix(const struct papr_host *host)
{
	return host->cap[PAPR_CAP_MMU_RADIX];
}

static bool has_hash(const struct papr_host *host)
{
	return host->isa < 300 || host->flavour == PAPR_FLAVOUR_PR ||
	       host->cap[PAPR_CAP_MMU_HASH_V3];
}

static const char *why_no_nested(const struct papr_host *host)
{
	if (host->flavour == PAPR_FLAVOUR_PR)
		return "KVM-PR cannot do it";
	if (!host->nested_param)
		return "parameter off; write Y to "
		       "/sys/module/kvm_hv/parameters/nested";
	if (host->isa < 300)
		return "the processor is older than ISA 3.0";
	return "the host itself does not use the radix MMU";
}

static const char *why_no_fwnmi(const struct papr_host *host)
{
	return host->flavour == PAPR_FLAVOUR_PR ? "KVM-PR cannot do it" :
		"this kernel is too old";
}

static const char *why_no_radix(const struct papr_host *host)
{
	if (host->flavour == PAPR_FLAVOUR_PR)
		return "KVM-PR has hash guests only";
	if (host->isa < 300)
		return "the processor is older than ISA 3.0";
	return "the host itself does not use it (disable_radix)";
}

static const char *why_no_hash(const struct papr_host *host)
{
	if (host->isa < 300 || host->flavour == PAPR_FLAVOUR_PR)
		return NULL;		/* hash, but not that of ISA 3.0 */
	if (host->flavour == PAPR_FLAVOUR_NESTED)
		return "a host that is a guest itself has radix guests only";
	return "this processor cannot while the host uses radix";
}

static const char *why_no_ail(const struct papr_host *host)
{
	return host->flavour == PAPR_FLAVOUR_PR ? "KVM-PR cannot do it" :
		"a radix erratum of this processor; guests have no scv";
}

static const char *why_no_xive(const struct papr_host *host)
{
	if (host->flavour == PAPR_FLAVOUR_PR)
		return "KVM-PR cannot do it";
	if (host->flavour == PAPR_FLAVOUR_NESTED)
		return "a host that is a guest itself cannot do it";
	return host->isa < 300 ? "the processor has none" :
		"the host's firmware or kernel does not use it";
}

static const char *why_no_hwrng(const struct papr_host *host)
{
	(void)host;
	return "no hardware generator; userspace can answer";
}

static const char *why_no_dawr1(const struct papr_host *host)
{
	if (host->flavour == PAPR_FLAVOUR_PR)
		return "KVM-PR cannot do it";
	return host->isa < 310 ? "the processor is older than POWER10" :
		"a host that is a guest itself cannot do it";
}

static const struct refusal refusals[] = {
	{ PAPR_CAP_NESTED_HV, "nested KVM", why_no_nested },
	{ PAPR_CAP_FWNMI, "FWNMI", why_no_fwnmi },
	{ PAPR_CAP_MMU_RADIX, "radix guests", why_no_radix },
	{ PAPR_CAP_MMU_HASH_V3, "hash guests", why_no_hash },
	{ PAPR_CAP_AIL_MODE_3, "AIL mode 3", why_no_ail },
	{ PAPR_CAP_IRQ_XIVE, "XIVE", why_no_xive },
	{ PAPR_CAP_HWRNG, "H_RANDOM in the kernel", why_no_hwrng },
	{ PAPR_CAP_DAWR1, "second watchpoint", why_no_dawr1 },
};

#define REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

/* Why, or NULL if the host has it. */
static const char *refusal_why(const struct refusal *r,
			       const struct papr_host *host)
{
	return host->cap[r->cap] ? NULL : r->why(host);
}

/* Off in a new VM: the library switches on what the policy wants. */
static bool on_at_start(const struct probe *probe,
			const struct papr_call_info *call)
{
	enum papr_kernel kernel = probe->host.flavour == PAPR_FLAVOUR_PR ?
		papr_hcall_kernel_pr(call) : papr_hcall_kernel_hv(call);

	return kernel == PAPR_KERNEL_ON;
}

static void print_smt(const struct papr_host *host)
{
	printf("  SMT modes      ");
	for (uint32_t n = 0; n < 31; n++)
		if (host->cap[PAPR_CAP_SMT_POSSIBLE] >> n & 1)
			printf("%u ", 1u << n);
	printf("(threads of a virtual core)\n");
}

static void print_head(const struct papr_host *host)
{
	printf("%s on %s (PVR 0x%06" PRIx32 "), Power ISA %" PRIu32 ".%02"
	       PRIu32 "\n", papr_flavour_name(host->flavour),
	       processor_name(host), host->pvr, host->isa / 100,
	       host->isa % 100);
	printf("  MMU modes     %s%s\n", has_radix(host) ? " radix" : "",
	       has_hash(host) ? " hash" : "");
	print_smt(host);
	printf("  kvm_hv.nested  %s\n\n", host->nested_param < 0 ? "unknown" :
	       host->nested_param ? "on" : "off");
}

static void print_caps(const struct papr_host *host)
{
	for (int i = 0; i < PAPR_CAPS; i++) {
		const struct papr_cap_info *cap = papr_cap_info(i);

		printf("%-27s %3" PRId32 "  %s\n", cap->name, host->cap[i],
		       cap->meaning);
	}
}

static void print_hcalls(const struct probe *probe)
{
	int column = LINE;

	printf("\nHypercalls that can be routed (* answered by the kernel in a "
	       "new VM):");
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		bool on = on_at_start(probe, call);
		int len = strlen(call->name) + on;

		if (!probe->switchable[i])
			continue;
		if (column + 1 + len > LINE)
			column = printf("\n ") - 1;
		column += printf(" %s%s", call->name, on ? "*" : "");
	}
	printf("\n");
}

static void print_refusals(const struct papr_host *host)
{
	bool any = false;

	for (size_t i = 0; i < REFUSALS; i++) {
		const char *why = refusal_why(&refusals[i], host);

		if (!why)
			continue;
		if (!any)
			printf("\nNot on this host:\n");
		any = true;
		printf("  %s: %s\n", refusals[i].what, why);
	}
}

static json_t *json_smt(const struct papr_host *host)
{
	json_t *modes = json_array();

	for (uint32_t n = 0; n < 31; n++)
		if (host->cap[PAPR_CAP_SMT_POSSIBLE] >> n & 1)
			json_array_append_new(modes, json_integer(1 << n));
	return modes;
}

static json_t *json_mmu(const struct papr_host *host)
{
	json_t *modes = json_array();

	if (has_radix(host))
		json_array_append_new(modes, json_string("radix"));
	if (has_hash(host))
		json_array_append_new(modes, json_string("hash"));
	return modes;
}

static json_t *json_caps(const struct papr_host *host)
{
	json_t *caps = json_object();

	for (int i = 0; i < PAPR_CAPS; i++)
		json_object_set_new(caps, papr_cap_info(i)->name,
				    json_integer(host->cap[i]));
	return caps;
}

static json_t *json_hcalls(const struct probe *probe)
{
	json_t *hcalls = json_array();

	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);

		if (!probe->switchable[i])
			continue;
		json_array_append_new(hcalls,
			json_pack("{s:s, s:i, s:b}", "name", call->name,
				  "number", (int)call->number, "on_in_new_vm",
				  on_at_start(probe, call)));
	}
	return hcalls;
}

static json_t *json_refusals(const struct papr_host *host)
{
	json_t *list = json_object();

	for (size_t i = 0; i < REFUSALS; i++) {
		const char *why = refusal_why(&refusals[i], host);

		if (why)
			json_object_set_new(
				list, papr_cap_info(refusals[i].cap)->name,
				json_string(why));
	}
	return list;
}

static json_t *json_probe(const struct probe *probe)
{
	const struct papr_host *host = &probe->host;
	json_t *nested = host->nested_param < 0 ? json_null() :
			 json_boolean(host->nested_param);

	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, "
			 "s:o}",
			 "flavour", papr_flavour_name(host->flavour),
			 "processor", processor_name(host),
			 "pvr", (int)host->pvr,
			 "isa", (int)host->isa,
			 "threads", (int)host->threads,
			 "mmu", json_mmu(host),
			 "smt_modes", json_smt(host),
			 "kvm_hv.nested", nested,
			 "capabilities", json_caps(host),
			 "hcalls", json_hcalls(probe),
			 "refusals", json_refusals(host));
}

static int print_json(json_t *json)
{
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(2)) : -1;

	json_decref(json);
	putchar('\n');
	if (r)
		fprintf(stderr, "papr probe: out of memory\n");
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int print_text(const struct probe *probe)
{
	print_head(&probe->host);
	print_caps(&probe->host);
	print_hcalls(probe);
	print_refusals(&probe->host);
	return EXIT_SUCCESS;
}

static int no_host(bool json, const char *why)
{
	if (json)
		print_json(json_pack("{s:s, s:s}", "flavour",
				     papr_flavour_name(PAPR_FLAVOUR_NONE),
				     "reason", why));
	fprintf(stderr, "papr probe: %s\nTry: papr lab run -- papr probe\n",
		why);
	return EXIT_NO_HOST;
}

/* Fills @probe from /dev/kvm. */
static int do_probe(struct probe *probe, struct papr_error *error)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int r = papr_kvm_probe(fd < 0 ? -errno : fd, -1, &probe->host, error);

	if (!r)
		r = papr_kvm_probe_hcalls(fd, probe->switchable, error);
	if (fd >= 0)
		close(fd);
	return r;
}

static int probe_and_print(bool json)
{
	struct probe probe = { .host.size = sizeof(probe.host) };
	struct papr_error error;
	int status;

	probe.switchable = calloc(papr_hcall_count(), sizeof(bool));
	if (!probe.switchable) {
		fprintf(stderr, "papr probe: out of memory\n");
		return EXIT_FAILURE;
	}
	if (do_probe(&probe, &error) < 0)
		status = no_host(json, error.text);
	else
		status = json ? print_json(json_probe(&probe)) :
				print_text(&probe);
	free(probe.switchable);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "papr probe: cannot write: %s\n",
			strerror(errno));
		return EXIT_FAILURE;
	}
	return status;
}

int cmd_probe(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	static const char usage[] = "usage: papr probe [--json]\n";
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "papr probe: unexpected argument %s\n%s",
			argv[optind], usage);
		return EXIT_USAGE;
	}
	return probe_and_print(json);
}
