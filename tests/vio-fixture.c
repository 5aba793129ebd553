/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <talloc.h>

#include "tests/vio-fixture.h"

static enum papr_vio_answer registered(void *arg)
{
	struct device *d = arg;

	d->registered++;
	if (d->greets)
		d->put = papr_vio_put(d->vio, INIT, 0);
	return d->answer;
}

static void freed(void *arg)
{
	struct device *d = arg;

	d->freed++;
	d->put = papr_vio_put(d->vio, MESSAGE, 0);
}

static enum papr_vio_answer send(void *arg, uint64_t high, uint64_t low)
{
	struct device *d = arg;

	d->sent++;
	d->high = high;
	d->low = low;
	if (d->echoes)
		d->put = papr_vio_put(d->vio, high, low);
	return d->answer;
}

const struct papr_vio_config vio_config = {
	.size = sizeof(vio_config),
	.unit = UNIT,
	.irq = UNIT_IRQ,
	.liobn = LIOBN,
	.name = "v-scsi",
	.device_type = "vscsi",
	.compatible = "IBM,v-scsi",
};

const struct papr_vio_ops vio_ops = {
	.size = sizeof(vio_ops),
	.registered = registered,
	.freed = freed,
	.send = send,
};

/* With a window and no queues. */
static void add_other(struct vio_test *t)
{
	static const struct papr_vio_ops ops = { .size = sizeof(ops) };
	static const struct papr_vio_config config = {
		.size = sizeof(config),
		.unit = OTHER,
		.irq = OTHER_IRQ,
		.liobn = OTHER_LIOBN,
		.name = "other",
		.compatible = "papr,other",
	};

	assert_int_equal(papr_vm_add_vio(t->p->vm, &config, &ops, &t->other,
					 &t->other.vio), 0);
}

struct vio_test *vio_test_new(const char *policy)
{
	struct partition_setup setup = { .policy = policy };
	struct vio_test *t = talloc_zero(NULL, struct vio_test);
	struct papr_entry entry = { 0 };

	assert_int_equal(partition_make(&setup, &t->p, NULL), 0);
	papr_vm_add_tce(t->p->vm, LIOBN, 0, 12, WINDOW_PAGES);
	papr_vm_add_tce(t->p->vm, OTHER_LIOBN, 0, 12, WINDOW_PAGES);
	if (papr_vm_add_vio(t->p->vm, &vio_config, &vio_ops, &t->device,
			    &t->device.vio))
		fail_msg("%s", papr_vm_error(t->p->vm));
	add_other(t);
	if (papr_vm_seal(t->p->vm))
		fail_msg("%s", papr_vm_error(t->p->vm));
	partition_attach(t->p, 0);
	papr_vcpu_start(papr_vm_vcpu(t->p->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(t->p->vm, 0), &entry);
	return t;
}

int vio_test_start(void **state)
{
	*state = vio_test_new(NULL);
	return 0;
}

int vio_test_end(void **state)
{
	struct vio_test *t = *state;

	partition_free(t->p);
	talloc_free(t);
	return 0;
}

void vio_map(struct vio_test *t)
{
	HCALL(t->p, H_PUT_TCE, LIOBN, QUEUE, FIRST_PAGE | RW);
	HCALL(t->p, H_PUT_TCE, LIOBN, QUEUE + PAGE_4K, SECOND_PAGE | RW);
	memset(t->p->ram + FIRST_PAGE, 0, PAGE_4K);
	memset(t->p->top + (SECOND_PAGE - TOP_BASE), 0, PAGE_4K);
}

void vio_register(struct vio_test *t)
{
	vio_map(t);
	assert_int_equal(HCALL(t->p, H_REG_CRQ, UNIT, QUEUE, QUEUE_LEN),
			 H_SUCCESS);
	t->p->n_dirty = 0;
}

uint8_t *vio_entry(struct vio_test *t, unsigned int n)
{
	uint64_t at = (uint64_t)n * VIO_ENTRY;

	if (at < PAGE_4K)
		return t->p->ram + FIRST_PAGE + at;
	return t->p->top + (SECOND_PAGE - TOP_BASE) + at - PAGE_4K;
}
