/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual I/O devices, the program's side. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/event-queue.h"
#include "spapr/fdt.h"
#include "spapr/util.h"
#include "spapr/vio.h"

#define NAME_MAX_LEN 31		/* of a node, in the device tree's format */
#define VIO_PAGE_SHIFT 12

#define TCE_READ_WRITE 0x3ull

/* First bytes of a message: the entry is valid; a transport event. */
#define HEADER_VALID	0x80u
#define SUSPENDED	0xff06u

struct papr_vio *vio_find(const struct papr_vm *vm, uint64_t unit)
{
	for (size_t i = 0; i < vm->n_vio; i++)
		if (vm->vio[i]->config.unit == unit)
			return vm->vio[i];
	return NULL;
}

const struct tce_window *vio_window(const struct papr_vio *vio)
{
	return vio->config.liobn ? tce_find(vio->vm, vio->config.liobn) : NULL;
}

bool vio_has_queues(const struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->n_vio; i++)
		if (vm->vio[i]->ops.send)
			return true;
	return false;
}

/* --- making one */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_node_name(const char *name)
{
	return name && strspn(name, LETTERS) &&
	       strlen(name) <= NAME_MAX_LEN &&
	       !name[strspn(name, LETTERS "0123456789,._+-")];
}

static int check_others(const struct papr_vio *vio, struct papr_error *error)
{
	const struct papr_vio_config *c = &vio->config;
	const struct papr_vm *vm = vio->vm;

	for (size_t i = 0; i < vm->n_vio; i++) {
		const struct papr_vio_config *other = &vm->vio[i]->config;

		if (c->unit == other->unit)
			return error_set(error, -EEXIST, "there is a VIO "
					 "device 0x%x", c->unit);
		if (c->irq && c->irq == other->irq)
			return error_set(error, -EEXIST, "interrupt 0x%x is "
					 "that of VIO device 0x%x", c->irq,
					 other->unit);
		if (c->liobn && c->liobn == other->liobn)
			return error_set(error, -EEXIST, "DMA window 0x%x is "
					 "that of VIO device 0x%x", c->liobn,
					 other->unit);
	}
	return 0;
}

static int check_events(const struct papr_vio_config *c,
			struct papr_error *error)
{
	for (int i = 0; i < PAPR_EVENT_CLASSES; i++)
		if (c->irq == event_sources[i].irq)
			return error_set(error, -EEXIST, "interrupt 0x%x is "
					 "that of %s", c->irq,
					 event_sources[i].node);
	return 0;
}

static int check(const struct papr_vio *vio, struct papr_error *error)
{
	const struct papr_vio_config *c = &vio->config;
	const struct tce_window *w = vio_window(vio);

	if (!is_node_name(c->name) || !c->compatible)
		return error_set(error, -EINVAL, "VIO device 0x%x has no name "
				 "that a node can have, or nothing that it is "
				 "compatible with", c->unit);
	if (c->irq && (c->irq < XICS_FIRST || c->irq > XICS_XISR))
		return error_set(error, -EINVAL, "interrupt 0x%x: the number "
				 "of a source is 0x10 to 0xffffff", c->irq);
	if (c->liobn && !w)
		return error_set(error, -ENOENT, "VIO device 0x%x: there is "
				 "no DMA window 0x%x", c->unit, c->liobn);
	if (w && (w->bus || w->page_shift != VIO_PAGE_SHIFT))
		return error_set(error, -EINVAL, "DMA window 0x%x of a VIO "
				 "device must begin at 0 and have pages of "
				 "4096 bytes", c->liobn);
	if (vio->ops.send && !w)
		return error_set(error, -EINVAL, "VIO device 0x%x takes "
				 "messages, and needs a DMA window for its "
				 "queue", c->unit);
	return check_events(c, error) ? -EEXIST : check_others(vio, error);
}

static int destroy(struct papr_vio *vio)
{
	pthread_mutex_destroy(&vio->order);
	pthread_mutex_destroy(&vio->lock);
	return 0;
}

static bool copy_text(struct papr_vio *vio, const char **text)
{
	if (*text)
		*text = talloc_strdup(vio, *text);
	return *text;
}

static int add(struct papr_vio *vio, struct papr_error *error)
{
	struct papr_vio_config *c = &vio->config;
	struct papr_vm *vm = vio->vm;
	int r = check(vio, error);

	if (r)
		return r;
	if (vm->n_vio == VIO_DEVICES)
		return error_set(error, -ENOSPC, "there are %d VIO devices "
				 "already", VIO_DEVICES);
	if (!copy_text(vio, &c->name) || !copy_text(vio, &c->compatible) ||
	    (c->device_type && !copy_text(vio, &c->device_type)))
		return error_set(error, -ENOMEM, "out of memory");
	vm->vio[vm->n_vio++] = vio;
	return 0;
}

static struct papr_vio *new_vio(struct papr_vm *vm, void *device)
{
	struct papr_vio *vio = talloc_zero(vm, struct papr_vio);

	if (!vio)
		return NULL;
	pthread_mutex_init(&vio->order, NULL);
	pthread_mutex_init(&vio->lock, NULL);
	talloc_set_destructor(vio, destroy);
	vio->vm = vm;
	vio->device = device;
	return vio;
}

int papr_vm_add_vio(struct papr_vm *vm, const struct papr_vio_config *config,
		    const struct papr_vio_ops *ops, void *device,
		    struct papr_vio **out)
{
	struct papr_error *error = &vm->error;
	struct papr_vio *vio;
	int r;

	if (vm->stage != VM_SETUP)
		return error_set(error, -EBUSY, "VIO devices can be added "
				 "before the VM is sealed");
	vio = new_vio(vm, device);
	if (!vio)
		return error_set(error, -ENOMEM, "out of memory");
	if (sized_copy(&vio->config, sizeof(vio->config), config) ||
	    sized_copy(&vio->ops, sizeof(vio->ops), ops))
		r = error_set(error, -E2BIG, "a structure of a VIO device has "
			      "no size, or uses members this library does "
			      "not know");
	else
		r = add(vio, error);
	if (r) {
		talloc_free(vio);
		return r;
	}
	vio->signals = vio->config.irq ? VIO_SIGNAL_CRQ : 0;
	if (out)
		*out = vio;
	return 0;
}

/* Its interrupt cannot be switched by H_VIO_SIGNAL. */
int vio_add_terminal(struct papr_vm *vm)
{
	struct papr_vio *vio = new_vio(vm, NULL);

	if (!vio)
		return -ENOMEM;
	vio->config = (struct papr_vio_config){
		.unit = VTY_UNIT,
		.irq = VTY_IRQ,
		.name = "vty",
		.device_type = "serial",
		.compatible = "hvterm1",
	};
	return add(vio, NULL);
}

/* --- its queue */

/* Of 4 KiB pages, over the end of one of which nothing goes. */
void *vio_memory(struct papr_vio *vio, uint64_t bus, uint64_t len,
		 enum ram_access access)
{
	uint64_t tce;

	if (papr_vm_get_tce(vio->vm, vio->config.liobn, bus, &tce) ||
	    (tce & TCE_READ_WRITE) != TCE_READ_WRITE)
		return NULL;
	return ram_get(vio->vm, (tce & ~(PAGE_4K - 1ull)) | bus % PAGE_4K,
		       len, access);
}

void vio_free_queue(struct papr_vio *vio)
{
	bool had;

	pthread_mutex_lock(&vio->order);
	pthread_mutex_lock(&vio->lock);
	had = vio->len;
	vio->len = 0;
	vio->signal = 0;
	pthread_mutex_unlock(&vio->lock);
	if (had && vio->ops.freed)
		vio->ops.freed(vio->device);
	pthread_mutex_unlock(&vio->order);
}

/* The guest may look at any time: the byte that makes it valid is the last. */
static void store_message(uint8_t *entry, uint64_t high, uint64_t low)
{
	uint8_t message[VIO_ENTRY];

	store_be64(message, high);
	store_be64(message + 8, low);
	memcpy(entry + 1, message + 1, VIO_ENTRY - 1);
	__atomic_store_n(entry, message[0], __ATOMIC_RELEASE);
}

/* Under the lock. */
static int enqueue(struct papr_vio *vio, uint64_t high, uint64_t low)
{
	uint64_t bus = vio->queue + vio->next;
	uint8_t *entry;

	if (!vio->len)
		return -ENOTCONN;
	entry = vio_memory(vio, bus, VIO_ENTRY, RAM_READ);
	if (!entry)
		return -EFAULT;
	if (__atomic_load_n(entry, __ATOMIC_ACQUIRE))
		return -ENOSPC;
	/* It is reported dirty only if it becomes so. */
	entry = vio_memory(vio, bus, VIO_ENTRY, RAM_WRITE);
	if (!entry)
		return -EFAULT;
	store_message(entry, high, low);
	vio->next = (vio->next + VIO_ENTRY) % vio->len;
	if (high >> 48 == SUSPENDED)
		vio->suspended = true;
	return 0;
}

int papr_vio_put(struct papr_vio *vio, uint64_t high, uint64_t low)
{
	int r;

	if (!(high >> 56 & HEADER_VALID))
		return -EINVAL;
	pthread_mutex_lock(&vio->lock);
	dirty_begin(vio->vm);
	r = enqueue(vio, high, low);
	dirty_end(vio->vm);
	pthread_mutex_unlock(&vio->lock);
	return r ? r : papr_vio_interrupt(vio);
}

int papr_vio_interrupt(struct papr_vio *vio)
{
	uint64_t signal;

	pthread_mutex_lock(&vio->lock);
	signal = vio->signal;
	pthread_mutex_unlock(&vio->lock);
	return signal ? vm_pulse(vio->vm, vio->config.irq) : 0;
}
