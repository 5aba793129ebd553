/* SPDX-License-Identifier: BSD-2-Clause */
/* The soak's partition, and what it has in use. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <talloc.h>

#include "tests/soak.h"

#define UNIT	0x71000001u
#define IRQ	0x1101u

const struct soak_kind soak_kinds[SOAK_KINDS] = {
	{ "radix", PAPR_MMU_RADIX, PAPR_INTERRUPTS_XICS, "default: kernel" },
	{ "hash", PAPR_MMU_HASH, PAPR_INTERRUPTS_XICS, "default: kernel" },
	{ "user", PAPR_MMU_RADIX, PAPR_INTERRUPTS_XICS, "default: user" },
	{ "xive", PAPR_MMU_RADIX, PAPR_INTERRUPTS_XIVE, "default: kernel" },
};

void soak_fail(const struct soak *soak, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "soak, seed %" PRIu64 ", round %" PRIu64 ", %s: ",
		soak->seed, soak->round, soak->kind ? soak->kind->name : "-");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* --- the program around the library */

static size_t console_write(void *vmm, uint32_t unit, const void *data,
			    size_t len)
{
	(void)vmm, (void)unit, (void)data;
	return len;
}

static size_t console_read(void *vmm, uint32_t unit, void *data, size_t len)
{
	(void)vmm, (void)unit;
	memset(data, 'k', len);
	return len;
}

static int random_bytes(void *vmm, void *data, size_t len)
{
	(void)vmm;
	return getrandom(data, len, 0) == (ssize_t)len ? 0 : -EIO;
}

static void start_cpu(void *vmm, struct papr_vcpu *vcpu)
{
	struct soak *soak = vmm;

	(void)vcpu;
	if (soak->start)
		soak->start(soak);
}

static void event(void *vmm, enum papr_event what, const char *text)
{
	(void)vmm, (void)what, (void)text;
}

static void trace(void *vmm, const struct papr_trace *t)
{
	const struct papr_call_info *info;
	struct soak *soak = vmm;

	atomic_fetch_add(&soak->hcalls, 1);
	info = t->rtas ? papr_rtas_by_token(t->token) : NULL;
	if (!info)
		return;
	atomic_fetch_add(&soak->rtas[info->index], 1);
	if (info->out_status < t->nrets &&
	    !t->rtas_args[t->nargs + info->out_status])
		atomic_fetch_add(&soak->rtas_good[info->index], 1);
}

static void watchdog(void *vmm)
{
	(void)vmm;
}

static int nvram_store(void *vmm, size_t offset, const void *bytes, size_t len)
{
	(void)vmm, (void)offset, (void)bytes, (void)len;
	return 0;
}

static int plug(void *vmm, const struct papr_connector *connector)
{
	struct soak *soak = vmm;

	return soak->plug(soak, connector);
}

static void connector(void *vmm, const struct papr_connector *connector)
{
	struct soak *soak = vmm;

	if (connector->state == PAPR_CONNECTOR_EMPTY && soak->unplugged)
		soak->unplugged(soak, connector);
}

static const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops),
	.console_write = console_write,
	.console_read = console_read,
	.random = random_bytes,
	.start_cpu = start_cpu,
	.event = event,
	.trace = trace,
	.watchdog = watchdog,
	.nvram_store = nvram_store,
	.plug = plug,
	.connector = connector,
};

/* --- its life */

void soak_begin(struct soak *soak, uint64_t seed)
{
	soak->seed = seed;
	soak->random.state = seed;
	soak->ram = mmap(NULL, SOAK_LMBS + SOAK_LMB_COUNT * PAPR_LMB_SIZE,
			 PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	soak->saved = mmap(NULL, SOAK_SAVE_LEN, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	soak->deeds = calloc(soak_deed_count(), sizeof(*soak->deeds));
	soak->rtas = calloc(papr_rtas_count(), sizeof(*soak->rtas));
	soak->rtas_good = calloc(papr_rtas_count(), sizeof(*soak->rtas_good));
	if (soak->ram == MAP_FAILED || soak->saved == MAP_FAILED ||
	    !soak->deeds || !soak->rtas || !soak->rtas_good)
		soak_fail(soak, "out of memory");
}

void soak_end(struct soak *soak)
{
	munmap(soak->ram, SOAK_LMBS + SOAK_LMB_COUNT * PAPR_LMB_SIZE);
	munmap(soak->saved, SOAK_SAVE_LEN);
	free(soak->deeds);
	free(soak->rtas);
	free(soak->rtas_good);
}

void soak_report(const struct soak *soak)
{
	uint64_t calls = 0, good = 0;
	unsigned int names = 0, good_names = 0;

	for (size_t i = 0; i < papr_rtas_count(); i++) {
		calls += soak->rtas[i];
		good += soak->rtas_good[i];
		names += soak->rtas[i] != 0;
		good_names += soak->rtas_good[i] != 0;
	}
	printf("# %" PRIu64 " hypercalls came to userspace; of RTAS %" PRIu64
	       " calls of %u names, %" PRIu64 " of %u names with success\n",
	       soak->hcalls, calls, names, good, good_names);
	for (size_t i = 0; i < soak_deed_count(); i++)
		printf("# %" PRIu64 " %s\n", soak->deeds[i],
		       soak_deed_name(i));
}

static enum papr_vio_answer take_message(void *device, uint64_t high,
					 uint64_t low)
{
	(void)device, (void)high, (void)low;
	return PAPR_VIO_SUCCESS;
}

/* 0 or the first error. */
static int furnish(struct soak *soak)
{
	static const struct papr_vio_ops ops = {
		.size = sizeof(ops), .send = take_message,
	};
	static const struct papr_vio_config config = {
		.size = sizeof(config), .unit = UNIT, .irq = IRQ,
		.liobn = UNIT, .name = "v-scsi", .compatible = "IBM,v-scsi",
	};
	static uint8_t nvram[PAPR_NVRAM_MIN];
	int r = papr_vm_add_ram(soak->vm, 0, SOAK_RAM, soak->ram, 0);

	if (!r)
		r = papr_vm_add_pluggable_ram(soak->vm, SOAK_LMBS,
					      SOAK_LMB_COUNT * PAPR_LMB_SIZE,
					      soak->ram + SOAK_LMBS);
	if (!r)
		r = papr_nvram_format(nvram, sizeof(nvram));
	if (!r)
		r = papr_vm_add_nvram(soak->vm, nvram, sizeof(nvram));
	if (!r)
		r = papr_vm_add_tce(soak->vm, UNIT, 0, 12, 16);
	if (!r)
		r = papr_vm_add_vio(soak->vm, &config, &ops, NULL, &soak->vio);
	return r;
}

/* Parses the policy of its kind. */
static struct papr_policy *policy_of(const struct soak *soak)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(soak->kind->policy, strlen(soak->kind->policy),
			      "kind", &policy, &error))
		soak_fail(soak, "%s", error.text);
	return policy;
}

bool soak_new_vm(struct soak *soak, const struct papr_host_ops *ops,
		 void *host)
{
	const struct papr_vm_config config = {
		.size = sizeof(config), .cores = SOAK_CPUS - 1, .threads = 1,
		.max_cores = SOAK_CPUS, .rtas_base = SOAK_RTAS,
		.mmu = soak->kind->mmu, .interrupts = soak->kind->interrupts,
	};
	struct papr_policy *policy = policy_of(soak);
	struct papr_error error;
	int r = papr_vm_new(&config, ops, host, &vmm_ops, soak, &soak->vm,
			    &error);

	if (r == -EOPNOTSUPP) {
		papr_policy_free(policy);
		return false;
	}
	if (r)
		soak_fail(soak, "%s", error.text);
	if (papr_vm_set_policy(soak->vm, policy) || furnish(soak) ||
	    papr_vm_seal(soak->vm))
		soak_fail(soak, "%s", papr_vm_error(soak->vm));
	papr_policy_free(policy);
	return true;
}

/* What a host refuses is not made. */
static void change_policy(struct soak *soak, const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "soak", &policy, &error))
		soak_fail(soak, "%s", error.text);
	papr_vm_change_policy(soak->vm, policy, &error);
	papr_policy_free(policy);
}

void soak_use_all(struct soak *soak)
{
	struct papr_error error;

	if (!papr_vcpu_host(papr_vm_vcpu(soak->vm, SOAK_CPUS - 1)) &&
	    (papr_vm_plug(soak->vm, PAPR_CONNECTOR_CORE, SOAK_CPUS - 1,
			  &error) ||
	     papr_vm_unplug(soak->vm, PAPR_CONNECTOR_CORE, SOAK_CPUS - 1,
			    &error)))
		soak_fail(soak, "the last core: %s", error.text);
	change_policy(soak, "default: user");
	change_policy(soak, "default: kernel");
	/* The C library keeps the time zone's name once a clock was set. */
	tzset();
}

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	struct soak *soak = arg;

	if (len > SOAK_SAVE_LEN - soak->saved_len)
		return -ENOSPC;
	memcpy(soak->saved + soak->saved_len, bytes, len);
	soak->saved_len += len;
	return 0;
}

static int read_bytes(void *arg, void *bytes, size_t len)
{
	struct soak *soak = arg;

	if (len > soak->saved_len - soak->saved_at)
		return -ENODATA;
	memcpy(bytes, soak->saved + soak->saved_at, len);
	soak->saved_at += len;
	return 0;
}

bool soak_save(struct soak *soak)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_bytes,
	};
	struct papr_error error;
	int r;

	soak->saved_len = 0;
	r = papr_vm_save(soak->vm, &ops, soak, &error);
	if (r && r != -EOPNOTSUPP)
		soak_fail(soak, "save: %s", error.text);
	return !r;
}

void soak_load(struct soak *soak)
{
	static const struct papr_load_ops ops = {
		.size = sizeof(ops), .read = read_bytes,
	};
	struct papr_error error;

	soak->saved_at = 0;
	if (papr_vm_load(soak->vm, &ops, soak, &error))
		soak_fail(soak, "load: %s", error.text);
}

void soak_reset(struct soak *soak)
{
	struct papr_policy *policy = policy_of(soak);
	struct papr_error error;

	if (papr_vm_reset(soak->vm, &error))
		soak_fail(soak, "reset: %s", error.text);
	if (papr_vm_change_policy(soak->vm, policy, &error))
		soak_fail(soak, "the policy of the beginning: %s", error.text);
	papr_policy_free(policy);
}

/* --- what it has */

static unsigned int open_files(const struct soak *soak)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	if (!dir)
		soak_fail(soak, "/proc/self/fd: %s", strerror(errno));
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

struct soak_size soak_size(const struct soak *soak)
{
	struct soak_size size = { .files = open_files(soak) };
	struct mallinfo2 heap = mallinfo2();

	size.heap_blocks = soak_heap_blocks ? soak_heap_blocks() : 0;
	size.heap = heap.uordblks + heap.hblkhd;
	size.bytes = talloc_total_size(soak->vm);
	size.blocks = talloc_total_blocks(soak->vm);
	for (uint32_t i = 0; i < papr_vm_vcpus(soak->vm); i++) {
		struct papr_vcpu *vcpu = papr_vm_vcpu(soak->vm, i);

		size.bytes += talloc_total_size(vcpu);
		size.blocks += talloc_total_blocks(vcpu);
	}
	return size;
}

/*
 * Of the same request glibc makes a block that is ROUNDING longer if what is
 * left over is too small for another one.
 */
#define ROUNDING 16

void soak_compare(const struct soak *soak, const struct soak_size *before)
{
	struct soak_size now = soak_size(soak);

	if (now.bytes != before->bytes || now.blocks != before->blocks ||
	    now.heap_blocks != before->heap_blocks ||
	    now.heap > before->heap + ROUNDING * now.heap_blocks ||
	    now.files != before->files)
		soak_fail(soak, "in use are %zu bytes in %zu blocks, %zu in "
			  "%zu of the heap, and %u descriptors, instead of "
			  "%zu in %zu, %zu in %zu, and %u", now.bytes,
			  now.blocks, now.heap, now.heap_blocks, now.files,
			  before->bytes, before->blocks, before->heap,
			  before->heap_blocks, before->files);
}
