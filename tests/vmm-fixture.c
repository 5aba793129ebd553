/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/vmm-fixture.h"

struct machine *machine_new(void)
{
	struct machine *m = calloc(1, sizeof(*m));
	size_t guard = sysconf(_SC_PAGESIZE);

	assert_non_null(m);
	m->p = save_new(NULL, NULL);
	m->mapping = mmap(NULL, RAM_SIZE + 2 * guard, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(m->mapping != MAP_FAILED);
	assert_int_equal(mprotect(m->mapping + guard, RAM_SIZE,
				  PROT_READ | PROT_WRITE), 0);
	m->options.mem = m->options.max_mem = RAM_SIZE;
	m->vmm = (struct vmm){
		.options = &m->options, .vm = m->p->vm,
		.ram = m->mapping + guard,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.waiting = PTHREAD_COND_INITIALIZER,
		.migrate = MIGRATE_PARAMETERS, .clock_ms = save_clock_ms,
	};
	return m;
}

void machine_free(struct machine *m)
{
	munmap(m->mapping, RAM_SIZE + 2 * sysconf(_SC_PAGESIZE));
	partition_free(m->p);
	free(m);
}

int machine_restore(struct machine *m, const struct file *file,
		    struct papr_error *error)
{
	FILE *stream = fmemopen(file->bytes, file->len, "r");
	int ret;

	assert_non_null(stream);
	ret = restore_stream(&m->vmm, stream, error);
	fclose(stream);
	return ret;
}
