/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "tests/of-fixture.h"

#define HEADER 12

static uint32_t next_text = OF_STRINGS;

int of_start(void **state)
{
	static const struct papr_fdt_config config = {
		.size = sizeof(config), .bootargs = "quiet",
	};
	struct papr_error error = { "" };
	struct partition *p;
	void *fdt;

	partition_start(state);
	p = *state;
	fdt = tree_of(p, &config);
	if (papr_vm_set_tree(p->vm, fdt, &error))
		fail_msg("%s", error.text);
	free(fdt);
	next_text = OF_STRINGS;
	return 0;
}

uint32_t of_text(struct partition *p, const char *text)
{
	uint32_t at = next_text;

	strcpy((char *)p->ram + at, text);
	next_text += strlen(text) + 1;
	if (next_text > OF_BUFFER - 256)
		next_text = OF_STRINGS;
	return at;
}

int64_t of_call(struct partition *p, const char *service, uint32_t n_args,
		uint32_t n_rets, uint32_t *cells)
{
	uint8_t *block = p->ram + OF_BLOCK, *at = block + HEADER;
	int64_t ret;

	store_be32(block, of_text(p, service));
	store_be32(block + 4, n_args);
	store_be32(block + 8, n_rets);
	for (uint32_t i = 0; i < n_args; i++)
		store_be32(at + 4 * i, cells[i]);
	memset(at + 4 * n_args, 0x55, 4 * n_rets + 4);
	p->n_dirty = 0;
	ret = HCALL(p, KVMPPC_H_VOF_CLIENT, OF_BLOCK);
	for (uint32_t i = n_args; i < n_args + n_rets; i++)
		cells[i] = load_be32(at + 4 * i);
	assert_int_equal(load_be32(at + 4 * (n_args + n_rets)), 0x55555555);
	return ret;
}

uint32_t of_result(struct partition *p, const char *service, uint32_t n_args,
		   uint32_t *cells)
{
	assert_int_equal(of_call(p, service, n_args, 1, cells), H_SUCCESS);
	return cells[n_args];
}

uint32_t of_device(struct partition *p, const char *path)
{
	uint32_t phandle = OF(p, "finddevice", 1, of_text(p, path));

	assert_int_not_equal(phandle, OF_NONE);
	assert_int_not_equal(phandle, 0);
	return phandle;
}
