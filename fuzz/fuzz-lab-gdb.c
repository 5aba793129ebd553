/* SPDX-License-Identifier: BSD-2-Clause */
/* What QEMU's debug stub says, any bytes at all. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/lab-mce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops are understood with or without a beginning that was. */
static void read_all(const uint8_t *data, size_t size, int open)
{
	struct lab_mce mce;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		return;
	memset(&mce, 0, sizeof(mce));
	mce.gdb.fd = pair[0];
	if (write(pair[1], data, size) == (ssize_t)size &&
	    (!open || !lab_mce_open(&mce, pair[0])))
		while (!lab_mce_stopped(&mce))
			;
	close(pair[0]);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_all(data, size, 1);
	read_all(data, size, 0);
	return 0;
}
