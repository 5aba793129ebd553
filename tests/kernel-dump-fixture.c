/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <papr/kernel-dump.h>

#include "tests/kernel-dump-fixture.h"

#define OLD 0xdeadu	/* what is in fields of the platform's */

int dump_fresh(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.config = { .cores = 3, .kernel_dump = true } });
	return 0;
}

void dump_put_section(struct partition *p, unsigned int i, uint16_t type,
		      const uint64_t from_len_to[3])
{
	uint8_t *s = p->ram + DUMP_AT + KDUMP_HEADER_SIZE + i * KDS_SIZE;

	store_be32(s + KDS_FLAGS, 1);
	store_be16(s + KDS_TYPE, type);
	store_be16(s + KDS_ERRORS, OLD);
	store_be64(s + KDS_SOURCE, from_len_to[0]);
	store_be64(s + KDS_LENGTH, from_len_to[1]);
	store_be64(s + KDS_DONE, OLD);
	store_be64(s + KDS_TARGET, from_len_to[2]);
}

void dump_put_structure(struct partition *p)
{
	uint8_t *fdm = p->ram + DUMP_AT;

	memset(fdm, 0, KDUMP_MAX + 1);
	store_be32(fdm + KDUMP_VERSION, 1);
	store_be16(fdm + KDUMP_SECTIONS, DUMP_SECTIONS);
	store_be16(fdm + KDUMP_STATUS, OLD);
	store_be32(fdm + KDUMP_FIRST, KDUMP_HEADER_SIZE);
	dump_put_section(p, 0, KDS_CPU_STATE, (uint64_t[]){
			 0, kdump_cpu_size(p->vm), DUMP_AREA });
	dump_put_section(p, 1, KDS_HPT, (uint64_t[]){ 0, 0, DUMP_AREA });
	dump_put_section(p, 2, KDS_REAL_MODE, (uint64_t[]){
			 0, 0x12345, DUMP_COPY });
	dump_put_section(p, 3, KDS_OS_FIRST, (uint64_t[]){
			 0x20001, 0x1003, DUMP_OS_COPY });
}

int32_t dump_configure(struct partition *p, uint32_t command)
{
	return RTAS(p, RTAS_TOKEN_ibm_configure_kernel_dump, 3, 1, command,
		    DUMP_AT, DUMP_LEN);
}

void dump_give_up(struct partition *p, enum papr_event event)
{
	p->events = 0;
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_os_term, 1, 1, 0x30000),
			 RTAS_SUCCESS);
	assert_int_equal(p->events, 1);
	assert_int_equal(p->event, event);
}

void dump_take(struct partition *p, int result)
{
	struct papr_error error = { "" };

	assert_int_equal(papr_vm_dump(p->vm, &error), result);
}

void dump_whole(struct partition *p)
{
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	dump_give_up(p, PAPR_EVENT_DUMP);
	dump_take(p, 1);
}

void assert_dump_section(struct partition *p, unsigned int i, uint32_t errors,
			 uint64_t done)
{
	const uint8_t *s = kdump_section(&p->vm->dump, i);

	assert_int_equal(load_be16(s + KDS_ERRORS), errors);
	assert_int_equal(load_be64(s + KDS_DONE), done);
}

void assert_dump_status(struct partition *p, uint32_t status)
{
	assert_int_equal(load_be16(p->vm->dump.bytes + KDUMP_STATUS), status);
}
