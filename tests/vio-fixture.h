/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition with VIO devices, of which one writes down what it is told. */
#ifndef TESTS_VIO_FIXTURE_H
#define TESTS_VIO_FIXTURE_H

#include "spapr/vio.h"
#include "tests/partition.h"

/* A device with queues, and one without; there is the terminal, too. */
#define UNIT		0x71000001u
#define OTHER		0x71000002u
#define NOBODY		0x71000003u
#define UNIT_IRQ	0x1102u
#define OTHER_IRQ	0x1101u		/* below the one before it */
#define LIOBN		0x71000001u
#define OTHER_LIOBN	0x71000002u
#define WINDOW_PAGES	16u

/* Where the guest has its queue: two pages that are not neighbours. */
#define QUEUE		0x3000ull
#define QUEUE_LEN	0x2000ull
#define FIRST_PAGE	0x9000ull
#define SECOND_PAGE	(TOP_BASE + 0x2000)

#define RW		3ull
#define MESSAGE		0x8001020304050607ull
#define MESSAGE_LOW	0x08090a0b0c0d0e0full
#define INIT		0xc001000000000000ull

struct device {
	struct papr_vio *vio;
	enum papr_vio_answer answer;	/* to all */
	bool greets;			/* puts INIT when it is registered */
	bool echoes;			/* puts what it is sent */
	unsigned int registered, freed, sent;
	uint64_t high, low;
	int put;			/* what the last of them returned */
};

struct vio_test {
	struct partition *p;
	struct device device, other;
};

extern const struct papr_vio_config vio_config;
extern const struct papr_vio_ops vio_ops;

/* Sealed with both devices; @policy may be NULL. */
struct vio_test *vio_test_new(const char *policy);
int vio_test_start(void **state);
int vio_test_end(void **state);
#define vio_test(f) \
	cmocka_unit_test_setup_teardown(f, vio_test_start, vio_test_end)

/* The queue is mapped and empty; it is registered, too. */
void vio_map(struct vio_test *t);
void vio_register(struct vio_test *t);

/* The bytes of entry @n of the queue. */
uint8_t *vio_entry(struct vio_test *t, unsigned int n);

#endif
