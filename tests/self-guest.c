/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "tests/self-guest.h"

void guest_say(int fd, json_t *object)
{
	char *text = json_dumps(object, 0);

	json_decref(object);
	dprintf(fd, "%s\r\n", text);
	free(text);
}

int guest_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 1))
		exit(4);
	return fd;
}

void skip_if_wrapped(void)
{
	if (getenv("TEST_WRAPPER") && *getenv("TEST_WRAPPER"))
		skip();
}

int user_is_silent(void)
{
	sigset_t none;

	sigemptyset(&none);
	return signalfd(-1, &none, SFD_CLOEXEC);
}

int user_wants_an_end(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	return signalfd(-1, &set, SFD_CLOEXEC);
}
