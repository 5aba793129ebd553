/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vital product data: LoPAR, ibm,get-vpd.  A guest that goes on with a sequence
 * says how far it has come: the sequence number is the offset, from 1 on.  So
 * nothing is kept between its calls.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <talloc.h>

#include <papr/vpd.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "rtas/vpd.h"
#include "spapr/util.h"

#define NAME_TAG 0x82
#define KEYWORDS_TAG 0x84
#define END_TAG 0x78
#define CHECKED_END_TAG 0x79

#define LENGTH 4		/* of a stanza, before it */
#define TAG 3			/* and its two bytes of length */
#define KEYWORD 3		/* and its byte of length */
#define FIRST 1			/* of a sequence */

/* As programs build it for a machine: type, model and serial number. */
void vpd_location(const struct papr_vm *vm, char location[LOCATION_MAX])
{
	static const uint8_t none[4];
	const uint8_t *u = vm->config.uuid ? vm->config.uuid : none;

	snprintf(location, LOCATION_MAX, "UPAPR.001.%02X%02X%02X%X", u[0],
		 u[1], u[2], u[3] >> 4);
}

bool vpd_read_location(struct papr_vm *vm, uint64_t gpa,
		       char location[LOCATION_MAX])
{
	for (size_t i = 0; i < LOCATION_MAX; i++) {
		const char *c = ram_get(vm, gpa + i, 1, RAM_READ);

		if (!c)
			return false;
		location[i] = *c;
		if (!location[i])
			return true;
	}
	return false;
}

static size_t load_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

/* The length of a resource, which another tag follows; 0 if it is none. */
static size_t resource(const uint8_t *p, size_t room, uint8_t tag)
{
	size_t len;

	if (room < TAG || p[0] != tag)
		return 0;
	len = TAG + load_le16(p + 1);
	return len < room ? len : 0;
}

/* The keyword YL among @p, which must be keywords up to the last byte. */
static bool find_location(const uint8_t *p, size_t room, char *location)
{
	bool found = false;
	size_t len;

	for (; room; p += len, room -= len) {
		if (room < KEYWORD || room < KEYWORD + (size_t)p[2])
			return false;
		len = KEYWORD + p[2];
		if (memcmp(p, "YL", 2))
			continue;
		if (!p[2] || p[2] >= LOCATION_MAX)
			return false;
		memcpy(location, p + KEYWORD, p[2]);
		location[p[2]] = '\0';
		found = true;
	}
	return found;
}

static bool parse(const uint8_t *p, size_t len, char *location)
{
	size_t name, keywords;

	if (len < LENGTH || load_be32(p) != len - LENGTH)
		return false;
	p += LENGTH;
	len -= LENGTH;
	name = resource(p, len, NAME_TAG);
	if (!name)
		return false;
	p += name;
	len -= name;
	keywords = resource(p, len, KEYWORDS_TAG);
	if (!keywords || !find_location(p + TAG, keywords - TAG, location))
		return false;
	return p[keywords] == END_TAG || p[keywords] == CHECKED_END_TAG;
}

static int add(struct papr_vm *vm, const void *stanza, size_t len,
	       const char *location)
{
	struct vpd *vpd = talloc_realloc(vm, vm->vpd, struct vpd,
					 vm->n_vpd + 1);

	if (!vpd)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	vm->vpd = vpd;
	vpd += vm->n_vpd;
	vpd->bytes = talloc_memdup(vm->vpd, stanza, len);
	if (!vpd->bytes)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	vpd->len = len;
	strcpy(vpd->location, location);
	vm->n_vpd++;
	return 0;
}

int papr_vm_add_vpd(struct papr_vm *vm, const void *stanza, size_t len)
{
	char location[LOCATION_MAX];

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "VPD is added before the "
				 "VM is sealed");
	if (!parse(stanza, len, location))
		return error_set(&vm->error, -EINVAL, "this is no stanza of "
				 "VPD: a name, keywords with YL, and an end");
	return add(vm, stanza, len, location);
}

static uint8_t *put_keyword(uint8_t *p, const char *keyword, const char *value)
{
	size_t len = strlen(value);

	memcpy(p, keyword, 2);
	p[2] = len;
	memcpy(p + KEYWORD, value, len);
	return p + KEYWORD + len;
}

static void put_tag(uint8_t *p, uint8_t tag, size_t len)
{
	p[0] = tag;
	p[1] = len & 0xff;
	p[2] = len >> 8;
}

int vpd_setup(struct papr_vm *vm)
{
	static const char name[] = "System VPD";
	const size_t name_len = sizeof(name) - 1;
	char location[LOCATION_MAX];
	uint8_t bytes[256], *keywords, *p;

	if (vm->n_vpd)
		return 0;
	vpd_location(vm, location);
	put_tag(bytes + LENGTH, NAME_TAG, name_len);
	memcpy(bytes + LENGTH + TAG, name, name_len);
	keywords = bytes + LENGTH + TAG + name_len;
	p = put_keyword(keywords + TAG, "RT", "VSYS");
	p = put_keyword(p, "TM", "PAPR-001");
	p = put_keyword(p, "SE", strrchr(location, '.') + 1);
	p = put_keyword(p, "YL", location);
	put_tag(keywords, KEYWORDS_TAG, p - keywords - TAG);
	*p++ = END_TAG;
	store_be32(bytes, p - bytes - LENGTH);
	return add(vm, bytes, p - bytes, location);
}

size_t vpd_len(const struct papr_vm *vm)
{
	size_t len = 0;

	for (size_t i = 0; i < vm->n_vpd; i++)
		len += vm->vpd[i].len;
	return len;
}

static bool is_wanted(const struct vpd *vpd, const char *location)
{
	return !*location || !strcmp(vpd->location, location);
}

/*
 * What is wanted, as if it were in one piece: copies up to @room bytes from
 * @offset on to @to, which may be NULL.  Returns the length of it all.
 */
static size_t collect(const struct papr_vm *vm, const char *location,
		      size_t offset, uint8_t *to, size_t room)
{
	size_t all = 0;

	for (size_t i = 0; i < vm->n_vpd; i++) {
		const struct vpd *vpd = &vm->vpd[i];
		size_t n;

		if (!is_wanted(vpd, location))
			continue;
		if (to && room && offset < all + vpd->len) {
			n = all + vpd->len - offset;
			n = n < room ? n : room;
			memcpy(to, vpd->bytes + (offset - all), n);
			to += n;
			offset += n;
			room -= n;
		}
		all += vpd->len;
	}
	return all;
}

static int32_t ibm_get_vpd(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct RTAS_ibm_get_vpd_in *in = args;
	struct RTAS_ibm_get_vpd_out *out = rets;
	uint32_t offset = in->sequence - FIRST, n;
	char location[LOCATION_MAX] = "";
	struct papr_vm *vm = vcpu->vm;
	size_t all;
	void *to;

	/* No pointer is as good as an empty string. */
	if (in->location_code &&
	    !vpd_read_location(vm, in->location_code, location))
		return RTAS_PARAMETER_ERROR;
	all = collect(vm, location, 0, NULL, 0);
	if (offset >= all || !in->work_area_size)
		return RTAS_PARAMETER_ERROR;
	n = in->work_area_size < all - offset ? in->work_area_size :
						all - offset;
	to = ram_get(vm, in->work_area, n, RAM_WRITE);
	if (!to)
		return RTAS_PARAMETER_ERROR;
	collect(vm, location, offset, to, n);
	out->bytes_returned = n;
	if (offset + n == all) {
		out->next_sequence = FIRST;
		return RTAS_SUCCESS;
	}
	out->next_sequence = offset + n + FIRST;
	return RTAS_CONTINUE;
}

const struct rtas_impl rtas_vpd[] = {
	{ RTAS_TOKEN_ibm_get_vpd, ibm_get_vpd },
	{ 0, NULL }
};
