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

/* @at counts from the first byte that the program has given. */
static int wrong(struct papr_vm *vm, size_t at, const char *what)
{
	return error_set(&vm->error, -EINVAL, "VPD, byte 0x%zx: %s", at, what);
}

/* The length of the resource at @at, which something must follow. */
static int resource(struct papr_vm *vm, const uint8_t *bytes, size_t at,
		    size_t end, uint8_t tag)
{
	size_t len;

	if (end - at < TAG || bytes[at] != tag)
		return wrong(vm, at, tag == NAME_TAG ?
			     "here must be a name, resource 0x82" :
			     "here must be keywords, resource 0x84");
	len = TAG + load_le16(bytes + at + 1);
	if (len >= end - at)
		return wrong(vm, at, "the resource is longer than its stanza");
	return len;
}

/* The keyword YL among those from @at on, which must fill all up to @end. */
static int find_location(struct papr_vm *vm, const uint8_t *bytes, size_t at,
			 size_t end, char *location)
{
	size_t start = at, len;

	*location = '\0';
	for (; at < end; at += len) {
		const uint8_t *p = bytes + at;

		if (end - at < KEYWORD || end - at < KEYWORD + (size_t)p[2])
			return wrong(vm, at, "the keyword is longer than its "
				     "resource");
		len = KEYWORD + p[2];
		if (memcmp(p, "YL", 2))
			continue;
		if (!p[2] || p[2] >= LOCATION_MAX)
			return wrong(vm, at, "YL, the location code, has 1 to "
				     "79 bytes");
		memcpy(location, p + KEYWORD, p[2]);
		location[p[2]] = '\0';
	}
	return *location ? 0 : wrong(vm, start, "YL, the location code, is "
				     "not among the keywords");
}

/* The length of the stanza at @at, of which the location is copied. */
static int parse(struct papr_vm *vm, const uint8_t *bytes, size_t at,
		 size_t end, char *location)
{
	size_t start = at;
	int len, ret;

	if (end - at < LENGTH || load_be32(bytes + at) > end - at - LENGTH)
		return wrong(vm, at, "the stanza is longer than what is left");
	end = at + LENGTH + load_be32(bytes + at);
	at += LENGTH;
	len = resource(vm, bytes, at, end, NAME_TAG);
	if (len < 0)
		return len;
	at += len;
	len = resource(vm, bytes, at, end, KEYWORDS_TAG);
	if (len < 0)
		return len;
	ret = find_location(vm, bytes, at + TAG, at + len, location);
	if (ret)
		return ret;
	at += len;
	if (bytes[at] != END_TAG && bytes[at] != CHECKED_END_TAG)
		return wrong(vm, at, "here must be an end, 0x78 or 0x79");
	return end - start;
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

static int add_all(struct papr_vm *vm, const uint8_t *bytes, size_t len)
{
	char location[LOCATION_MAX];
	size_t at = 0;
	int n, ret;

	do {
		n = parse(vm, bytes, at, len, location);
		ret = n < 0 ? n : add(vm, bytes + at, n, location);
		at += n;
	} while (!ret && at < len);
	return ret;
}

int papr_vm_add_vpd(struct papr_vm *vm, const void *stanzas, size_t len)
{
	size_t before = vm->n_vpd;
	int ret;

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "VPD is added before the "
				 "VM is sealed");
	ret = len > INT32_MAX ? wrong(vm, INT32_MAX, "this is too much") :
				add_all(vm, stanzas, len);
	while (ret && vm->n_vpd > before)
		talloc_free(vm->vpd[--vm->n_vpd].bytes);
	return ret;
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
