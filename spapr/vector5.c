/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/util.h"
#include "spapr/vector5.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

enum kind { HAVE, CHOOSE };

static const struct field {
	uint8_t byte, mask;
	enum kind kind;
	const char *words;
} fields[] = {
#define VECTOR5(name, byte, mask, kind, offered, words) \
	{ byte, mask, kind, words },
#include "spapr/vector5.def"
};

enum {
#define VECTOR5(name, byte, mask, kind, offered, words) FIELD_##name,
#include "spapr/vector5.def"
	FIELDS
};

static bool has_lmbs(const struct papr_vm *vm)
{
	return vm->drcs.n > vm->drcs.n_cores;
}

static uint8_t offered(const struct papr_vm *vm, size_t field)
{
	const uint8_t all[] = {
#define VECTOR5(name, byte, mask, kind, offered, words) offered,
#include "spapr/vector5.def"
	};

	return all[field];
}

static void begin(uint8_t v[VECTOR5_BYTES])
{
	memset(v, 0, VECTOR5_BYTES);
	v[0] = VECTOR5_BYTES - 2;
}

void vector5_offer(const struct papr_vm *vm, uint8_t v[VECTOR5_BYTES])
{
	begin(v);
	for (size_t i = 0; i < FIELDS; i++)
		v[fields[i].byte] |= offered(vm, i);
	if (!vm->numa.first_form2)
		v[fields[FIELD_FORM2].byte] &= ~fields[FIELD_FORM2].mask;
}

/* Of the two values of a field that is chosen. */
#define SECOND 0x40u
#define EITHER 0x80u

static bool may_choose(const struct papr_vm *vm, size_t field)
{
	return (field == FIELD_MMU && vm->choice.mmu) ||
	       (field == FIELD_INTERRUPTS && vm->choice.irqs);
}

static uint8_t wanted(const struct field *f, const uint8_t *asked, size_t n)
{
	return f->byte <= n ? asked[f->byte - 1] & f->mask : 0;
}

const char *vector5_choose(const struct papr_vm *vm, const uint8_t *asked,
			   size_t n, enum papr_mmu *mmu,
			   enum papr_interrupts *irqs)
{
	for (size_t i = 0; i < FIELDS; i++) {
		uint8_t want = wanted(&fields[i], asked, n);

		if (fields[i].kind == CHOOSE && want != offered(vm, i) &&
		    (!may_choose(vm, i) || want & ~SECOND))
			return fields[i].words;
	}
	*mmu = wanted(&fields[FIELD_MMU], asked, n) ? PAPR_MMU_RADIX :
						      PAPR_MMU_HASH;
	*irqs = wanted(&fields[FIELD_INTERRUPTS], asked, n) ?
		PAPR_INTERRUPTS_XIVE : PAPR_INTERRUPTS_XICS;
	return NULL;
}

void vector5_agree(const struct papr_vm *vm, const uint8_t *asked, size_t n,
		   uint8_t v[VECTOR5_BYTES])
{
	begin(v);
	for (size_t i = 0; i < FIELDS; i++)
		v[fields[i].byte] |= wanted(&fields[i], asked, n) &
				     offered(vm, i);
}

bool vector5_has_form2(const uint8_t v[VECTOR5_BYTES])
{
	const struct field *f = &fields[FIELD_FORM2];

	return v[f->byte] & f->mask;
}

bool vector5_has_hotplug(const uint8_t v[VECTOR5_BYTES])
{
	const struct field *f = &fields[FIELD_HOTPLUG_EVENTS];

	return v[f->byte] & f->mask;
}

void vector5_support(const struct papr_vm *vm,
		     uint8_t pairs[VECTOR5_SUPPORT_BYTES])
{
	uint8_t v[VECTOR5_BYTES];

	vector5_offer(vm, v);
	for (size_t i = 0; i < FIELDS; i++)
		if (may_choose(vm, i))
			v[fields[i].byte] = EITHER;
	for (int i = 0; i < VECTOR5_SUPPORT_BYTES / 2; i++) {
		pairs[2 * i] = fields[FIELD_INTERRUPTS].byte + i;
		pairs[2 * i + 1] = v[pairs[2 * i]];
	}
}
