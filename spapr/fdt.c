/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree of a partition, LoPAR appendix B; node and property names
 * are those of QEMU's pseries machine where it has them.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <libfdt.h>

#include "rtas/indicator.h"
#include "spapr/fdt.h"
#include "spapr/routes.h"
#include "spapr/routing.h"
#include "spapr/util.h"
#include "spapr/vector5.h"
#include "spapr/vio.h"
#include "spapr/xive.h"

#define RNG_SEED_LEN 32

void tree_begin(struct tree *t, const char *name)
{
	if (!t->err)
		t->err = fdt_begin_node(t->fdt, name);
}

void tree_end(struct tree *t)
{
	if (!t->err)
		t->err = fdt_end_node(t->fdt);
}

void tree_bytes(struct tree *t, const char *name, const void *data, size_t len)
{
	if (!t->err)
		t->err = fdt_property(t->fdt, name, data, len);
}

void tree_empty(struct tree *t, const char *name)
{
	tree_bytes(t, name, NULL, 0);
}

void tree_u32(struct tree *t, const char *name, uint32_t value)
{
	tree_cells(t, name, &value, 1);
}

void tree_string(struct tree *t, const char *name, const char *value)
{
	tree_bytes(t, name, value, strlen(value) + 1);
}

void tree_cells(struct tree *t, const char *name, const uint32_t *cells,
		size_t n)
{
	uint8_t *p = NULL;

	if (!t->err)
		t->err = fdt_property_placeholder(t->fdt, name, n * 4,
						  (void **)&p);
	for (size_t i = 0; !t->err && i < n; i++)
		store_be32(p + 4 * i, cells[i]);
}

/* Strings one after the other, each with its NUL, as a property holds them. */
struct strings {
	char text[2048];
	size_t len;
};

static bool strings_have(const struct strings *s, const char *one)
{
	for (size_t i = 0; i < s->len; i += strlen(s->text + i) + 1)
		if (!strcmp(s->text + i, one))
			return true;
	return false;
}

static void strings_add(struct strings *s, const char *one)
{
	size_t len = strlen(one) + 1;

	if (len > sizeof(s->text) - s->len || strings_have(s, one))
		return;
	memcpy(s->text + s->len, one, len);
	s->len += len;
}

/* Calls on a hashed page table: a radix guest gets H_FUNCTION for them. */
static bool set_is_hash_only(const char *set)
{
	return !strcmp(set, "hcall-pft") || !strcmp(set, "hcall-bulk");
}

/*
 * There are no watchdogs without the program's help, and no queues without its
 * devices.  Partition suspension is more than its one call, and KVM's XIVE has
 * no reporting lines.
 */
static bool set_is_empty(const struct papr_vm *vm, const char *set)
{
	if (!strcmp(set, "hcall-watchdog"))
		return !vm->vmm_ops.watchdog;
	if (!strcmp(set, "hcall-crq"))
		return !vio_has_queues(vm);
	return !strcmp(set, "hcall-suspend") ||
	       !strcmp(set, "hcall-int-exploitation");
}

/* A set is promised only if all of its calls are answered by somebody. */
static void add_sets(struct strings *s, const struct papr_vm *vm,
		     const char *sets)
{
	char one[64];

	while (*sets) {
		size_t len = strcspn(sets, ";");

		if (len < sizeof(one)) {
			memcpy(one, sets, len);
			one[len] = '\0';
			if (routes_set_answered(vm->routes, one) &&
			    !set_is_empty(vm, one) &&
			    (vm->mmu == PAPR_MMU_HASH ||
			     !set_is_hash_only(one)))
				strings_add(s, one);
		}
		sets += len;
		sets += *sets == ';';
	}
}

static void write_hypertas(struct tree *t, const struct papr_vm *vm)
{
	struct strings s = { .len = 0 };

	for (int row = 0; row < HCALL_ROWS; row++)
		add_sets(&s, vm, hcall_table[row].set);
	tree_bytes(t, "ibm,hypertas-functions", s.text, s.len);
}

/* What ibm,errinjct takes: each name with its NUL, then the token. */
static void write_errinjct(struct tree *t)
{
#define ERRINJCT(name, token, buffer, error, injects) { name, token },
	static const struct {
		const char *name;
		uint32_t token;
	} errors[] = {
#include "rtas/errinjct.def"
	};
#define ERRINJCT(name, token, buffer, error, injects) + sizeof(name) + 4
	uint8_t bytes[0
#include "rtas/errinjct.def"
	], *p = bytes;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		p = (uint8_t *)stpcpy((char *)p, errors[i].name) + 1;
		store_be32(p, errors[i].token);
		p += 4;
	}
	tree_bytes(t, "ibm,errinjct-tokens", bytes, sizeof(bytes));
}

static void write_rtas(struct tree *t, const struct papr_vm *vm)
{
	const struct rtas_route *rtas = routing_now(vm)->rtas;

	tree_begin(t, "rtas");
	write_hypertas(t, vm);
	tree_u32(t, "rtas-size", papr_rtas_size(vm->n_vcpus));
	tree_u32(t, "linux,rtas-base", vm->config.rtas_base);
	tree_u32(t, "linux,rtas-entry", vm->config.rtas_base);
	tree_u32(t, "rtas-error-log-max", RTAS_LOG_MAX);
	/* Times a minute; Linux does not scan, nor log, without. */
	if (rtas[RTAS_ROW_event_scan].fn)
		tree_u32(t, "rtas-event-scan-rate", 1);
	tree_capacity(t, vm);
	/* ibm,os-term may return. */
	tree_empty(t, "ibm,extended-os-term");
	tree_numa(t, vm);
	for (int row = 0; row < RTAS_ROWS; row++)
		if (rtas[row].fn || vm->rtas_in_kernel[row])
			tree_u32(t, rtas_table[row].name,
				 rtas_table[row].number);
	if (rtas[RTAS_ROW_ibm_errinjct].fn)
		write_errinjct(t);
	indicator_tree(t);
	/* ibm,change-msi knows MSI-X too, and says which it is. */
	if (rtas[RTAS_ROW_ibm_change_msi].fn)
		tree_empty(t, "ibm,change-msix-capable");
	if (rtas[RTAS_ROW_ibm_configure_kernel_dump].fn)
		tree_kernel_dump(t, vm);
	if (rtas[RTAS_ROW_ibm_get_vpd].fn)
		tree_u32(t, "ibm,vpd-size", vpd_len(vm));
	tree_end(t);
}

static void write_interrupts(struct tree *t, const struct papr_vm *vm)
{
	const uint32_t ranges[] = {
		0, vm->vcpus[vm->n_vcpus - 1]->id + 1
	};

	if (vm_has_xive(vm)) {
		tree_xive(t, vm, XICS_PHANDLE);
		return;
	}
	tree_begin(t, "interrupt-controller");
	tree_string(t, "device_type",
		    "PowerPC-External-Interrupt-Presentation");
	tree_string(t, "compatible", "IBM,ppc-xicp");
	tree_empty(t, "interrupt-controller");
	tree_cells(t, "ibm,interrupt-server-ranges", ranges,
		   ARRAY_SIZE(ranges));
	tree_u32(t, "#address-cells", 0);
	tree_u32(t, "#interrupt-cells", 2);
	tree_u32(t, "phandle", XICS_PHANDLE);
	tree_u32(t, "linux,phandle", XICS_PHANDLE);
	tree_end(t);
}

/* Bus number, first bus address and size, of two cells each. */
static void write_window(struct tree *t, const struct tce_window *w)
{
	const uint64_t size = w->pages << w->page_shift;
	const uint32_t window[] = { w->liobn, 0, 0, size >> 32, size };

	tree_u32(t, "ibm,#dma-address-cells", 2);
	tree_u32(t, "ibm,#dma-size-cells", 2);
	tree_cells(t, "ibm,my-dma-window", window, ARRAY_SIZE(window));
}

static void write_vio(struct tree *t, const struct papr_vio *vio)
{
	const struct papr_vio_config *c = &vio->config;
	const uint32_t interrupt[] = { c->irq, 0 };	/* an edge */
	char name[64];

	snprintf(name, sizeof(name), "%s@%x", c->name, c->unit);
	tree_begin(t, name);
	tree_u32(t, "reg", c->unit);
	if (c->device_type)
		tree_string(t, "device_type", c->device_type);
	tree_string(t, "compatible", c->compatible);
	if (c->irq)
		tree_cells(t, "interrupts", interrupt, ARRAY_SIZE(interrupt));
	if (vio_window(vio))
		write_window(t, vio_window(vio));
	tree_end(t);
}

static void write_vdevice(struct tree *t, const struct papr_vm *vm)
{
	tree_begin(t, "vdevice");
	tree_string(t, "device_type", "vdevice");
	tree_string(t, "compatible", "IBM,vdevice");
	tree_u32(t, "#address-cells", 1);
	tree_u32(t, "#size-cells", 0);
	tree_u32(t, "#interrupt-cells", 2);
	tree_u32(t, "interrupt-parent", XICS_PHANDLE);
	tree_empty(t, "interrupt-controller");
	for (size_t i = 0; i < vm->n_vio; i++)
		write_vio(t, vm->vio[i]);
	tree_end(t);
}

static void write_nvram(struct tree *t, const struct papr_vm *vm)
{
	if (!vm->nvram)
		return;
	tree_begin(t, "nvram");
	tree_string(t, "device_type", "nvram");
	tree_u32(t, "#bytes", vm->nvram_size);
	tree_end(t);
}

/* Linux asks for random numbers only where it finds this node. */
static void write_facilities(struct tree *t, const struct papr_vm *vm)
{
	if (!routes_set_answered(vm->routes, "hcall-random"))
		return;
	tree_begin(t, "ibm,platform-facilities");
	tree_string(t, "device_type", "ibm,platform-facilities");
	tree_begin(t, "ibm,random-v1");
	tree_string(t, "compatible", "ibm,random");
	tree_end(t);
	tree_end(t);
}

/* What was agreed on, or would be with a client that takes it all. */
static void write_option_vector_5(struct tree *t, const struct papr_vm *vm)
{
	const struct agreed *agreed = &vm->firmware.agreed;
	uint8_t v[VECTOR5_BYTES];

	if (agreed->any)
		memcpy(v, agreed->vector5, sizeof(v));
	else
		vector5_offer(vm, v);
	tree_bytes(t, "ibm,architecture-vec-5", v, sizeof(v));
}

static void write_chosen(struct tree *t, const struct papr_vm *vm,
			 const struct papr_fdt_config *c)
{
	const char *console = "/vdevice/vty@71000000";
	const uint32_t start[] = { c->initrd_start >> 32, c->initrd_start };
	const uint32_t end[] = { c->initrd_end >> 32, c->initrd_end };

	tree_begin(t, "chosen");
	if (c->bootargs)
		tree_string(t, "bootargs", c->bootargs);
	if (c->initrd_end) {
		tree_cells(t, "linux,initrd-start", start, ARRAY_SIZE(start));
		tree_cells(t, "linux,initrd-end", end, ARRAY_SIZE(end));
	}
	tree_string(t, "stdout-path", console);
	tree_string(t, "linux,stdout-path", console);
	if (c->rng_seed)
		tree_bytes(t, "rng-seed", c->rng_seed, RNG_SEED_LEN);
	write_option_vector_5(t, vm);
	tree_end(t);
}

/* What people call the partition and its machine, where it was told. */
static void write_identity(struct tree *t, const struct papr_vm *vm)
{
	const uint8_t *u = vm->config.uuid;
	char text[37], *at = text;

	if (vm->config.name)
		tree_string(t, "ibm,partition-name", vm->config.name);
	if (vm->config.host_model)
		tree_string(t, "host-model", vm->config.host_model);
	if (vm->config.host_serial)
		tree_string(t, "host-serial", vm->config.host_serial);
	if (!u)
		return;
	for (unsigned int i = 0; i < PAPR_UUID_LEN; i++)
		at += sprintf(at, i == 4 || i == 6 || i == 8 || i == 10 ?
				  "-%02x" : "%02x", u[i]);
	tree_string(t, "vm,uuid", text);
	tree_string(t, "system-id", text);
	tree_string(t, "ibm,partition-uuid", text);
}

static void write_root(struct tree *t, const struct papr_vm *vm,
		       const struct papr_fdt_config *c)
{
	tree_begin(t, "");
	tree_string(t, "device_type", "chrp");
	tree_string(t, "model", "IBM pSeries (emulated by libpapr)");
	tree_string(t, "compatible", "qemu,pseries");
	tree_u32(t, "#address-cells", 2);
	tree_u32(t, "#size-cells", 2);
	write_identity(t, vm);
	tree_lmb_connectors(t, vm);
	if (vm_has_xive(vm))
		tree_xive_root(t);
	tree_memory(t, vm);
	tree_dynamic_memory(t, vm);
	write_interrupts(t, vm);
	write_vdevice(t, vm);
	tree_events(t, vm);
	write_nvram(t, vm);
	tree_cpus(t, vm, c);
	write_rtas(t, vm);
	write_facilities(t, vm);
	write_chosen(t, vm, c);
	tree_begin(t, "hypervisor");
	tree_string(t, "compatible", "linux,kvm");
	tree_end(t);
	tree_end(t);
}

static int write_tree(struct tree *t, const struct papr_vm *vm,
		      const struct papr_fdt_config *c, size_t len)
{
	t->err = fdt_create(t->fdt, len);
	if (!t->err)
		t->err = fdt_add_reservemap_entry(t->fdt, vm->config.rtas_base,
						  papr_rtas_size(vm->n_vcpus));
	if (!t->err)
		t->err = fdt_finish_reservemap(t->fdt);
	write_root(t, vm, c);
	if (!t->err)
		t->err = fdt_finish(t->fdt);
	return t->err;
}

int fdt_write(struct papr_vm *vm, const struct papr_fdt_config *config,
	      void *buf, size_t len)
{
	struct tree t = { buf, 0 };
	int r;

	pthread_mutex_lock(&vm->routes_lock);
	r = write_tree(&t, vm, config, len);
	pthread_mutex_unlock(&vm->routes_lock);
	return r;
}

int papr_vm_fdt(struct papr_vm *vm, const struct papr_fdt_config *config,
		void *buf, size_t len)
{
	struct papr_fdt_config c;
	int used, r;

	if (vm->stage != VM_SEALED)
		return error_set(&vm->error, -EBUSY, "the device tree is "
				 "written after the VM is sealed");
	if (sized_copy(&c, sizeof(c), config))
		return error_set(&vm->error, -E2BIG, "the device tree's "
				 "configuration has members this library does "
				 "not know");
	if (len > INT32_MAX)
		len = INT32_MAX;
	vm->drcs.timebase_hz = c.timebase_hz;
	vm->drcs.clock_hz = c.clock_hz;
	r = fdt_write(vm, &c, buf, len);
	if (!r) {
		fdt_set_boot_cpuid_phys(buf, vm->vcpus[0]->id);
		used = fdt_totalsize(buf);
		r = fdt_open_into(buf, buf, len);
	}
	if (r)
		return error_set(&vm->error, -ENOSPC, "the device tree does "
				 "not fit in %zu bytes: %s", len,
				 fdt_strerror(r));
	return used;
}
