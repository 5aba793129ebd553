/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What papr run reads of a saved guest.  Input: a byte, and sections of a save
 * that come after those of a partition as new.  The byte says whether the
 * checksums are made right (1), and whether the end is added, with the right
 * number (2).  RAM lies between pages that nobody may touch; what is refused
 * has a sentence with its place, and what is not is the same when it is
 * restored once more.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/save-mend.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "vmm/pages.h"
#include "vmm/vmm.h"

#define MEM FUZZ_RAM
#define ROOM 0x200000u
#define END (SAVE_SECTION_SIZE + 4)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct {
	struct run_options options;
	struct vmm vmm;
	uint8_t file[ROOM];
	size_t begun;			/* what each file begins with */
	uint8_t end[END];		/* and what it ended with */
	uint8_t ram[MEM];		/* as it was restored before */
} machine;

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	(void)arg;
	check(len <= ROOM - machine.begun);
	memcpy(machine.file + machine.begun, bytes, len);
	machine.begun += len;
	return 0;
}

static void begin(void)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_bytes,
	};
	struct papr_vm *vm = fuzz_vm_partition(fuzz_vm_get(0));
	size_t guard = sysconf(_SC_PAGESIZE);
	uint8_t *mapping = mmap(NULL, MEM + 2 * guard, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(mapping != MAP_FAILED);
	check(!mprotect(mapping + guard, MEM, PROT_READ | PROT_WRITE));
	machine.options.mem = machine.options.max_mem = MEM;
	machine.vmm.options = &machine.options;
	machine.vmm.vm = vm;
	machine.vmm.ram = mapping + guard;
	check(!papr_vm_reset(vm, NULL));
	check(!papr_vm_save(vm, &ops, NULL, NULL));
	machine.begun -= END;
	memcpy(machine.end, machine.file + machine.begun, END);
}

/* The end of a file with so many bytes; its length. */
static size_t put_end(size_t len)
{
	uint8_t *end = machine.file + len;
	uint32_t n = 0;

	for (size_t at = SAVE_HEAD_SIZE; len - at >= SAVE_SECTION_SIZE; n++) {
		uint64_t in = load_be64(machine.file + at + SECTION_LEN);

		at += SAVE_SECTION_SIZE;
		if (in > len - at)
			break;
		at += in;
	}
	memcpy(end, machine.end, END);
	store_be32(end + SAVE_SECTION_SIZE, n);
	return len + END;
}

static bool restore(size_t len)
{
	FILE *stream = fmemopen(machine.file, len, "r");
	struct papr_error error = { "" };
	int ret;

	check(stream && !papr_vm_reset(machine.vmm.vm, NULL));
	ret = restore_stream(&machine.vmm, stream, &error);
	fclose(stream);
	check(!ret || !strncmp(error.text, "byte ", 5));
	return !ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t whole;

	if (!machine.vmm.vm)
		begin();
	if (!len || len > ROOM - machine.begun - END)
		return 0;
	whole = machine.begun + len - 1;
	memcpy(machine.file + machine.begun, data + 1, len - 1);
	if (data[0] & 2)
		whole = put_end(whole);
	if (data[0] & 1)
		save_mend(machine.file, whole);
	if (!restore(whole))
		return 0;
	memcpy(machine.ram, machine.vmm.ram, MEM);
	memset(machine.vmm.ram, 0xff, MEM);
	check(restore(whole));
	check(!memcmp(machine.ram, machine.vmm.ram, MEM));
	return 0;
}
