/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/place.h"
#include "vmm/util.h"

#define SOCKET_PREFIX "unix:"

/* A reader that takes nothing for so long is gone. */
#define SOCKET_WAIT_S 60

/* The name of the socket, or NULL for a file. */
static const char *socket_name(const char *place)
{
	size_t len = strlen(SOCKET_PREFIX);

	return strncmp(place, SOCKET_PREFIX, len) ? NULL : place + len;
}

bool place_is_socket(const char *place)
{
	return socket_name(place);
}

/* A socket, and its address; -errno and a sentence. */
static int make_socket(const char *name, struct sockaddr_un *address,
		       struct papr_error *error)
{
	int fd;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(name) >= sizeof(address->sun_path))
		return refuse(error, -ENAMETOOLONG, "%s: longer than the %zu "
			      "bytes a socket's name can have", name,
			      sizeof(address->sun_path) - 1);
	strcpy(address->sun_path, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? refuse(error, -errno, "%s: %s", name,
			       strerror(errno)) : fd;
}

static int connect_to(const char *name, struct output *output,
		      struct papr_error *error)
{
	const struct timeval wait = { .tv_sec = SOCKET_WAIT_S };
	struct sockaddr_un address;
	int fd = make_socket(name, &address, error);

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait))) {
		refuse(error, -errno, "%s: %s", name, strerror(errno));
		close(fd);
		return -ENOTCONN;
	}
	*output = (struct output){ strdup(name), NULL, fdopen(fd, "w") };
	return output->stream ? 0 : refuse(error, -ENOMEM, "no memory");
}

/* Nobody else is to read what is in a guest's memory. */
int place_create(const char *place, struct output *output,
		 struct papr_error *error)
{
	const char *name = socket_name(place);
	int ret;

	if (name)
		return connect_to(name, output, error);
	ret = output_open(output, place, error);
	if (!ret && output->temp)
		fchmod(fileno(output->stream), 0600);
	return ret;
}

/* The one that connects first. */
static FILE *accept_one(const char *name, struct papr_error *error)
{
	struct sockaddr_un address;
	int fd = make_socket(name, &address, error), from;

	if (fd < 0)
		return NULL;
	if (fchmod(fd, 0600) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		refuse(error, -errno, "%s: %s", name, strerror(errno));
		close(fd);
		return NULL;
	}
	from = listen(fd, 1) ? -1 : accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (from < 0)
		refuse(error, -errno, "%s: %s", name, strerror(errno));
	unlink(name);
	close(fd);
	return from < 0 ? NULL : fdopen(from, "r");
}

FILE *place_open(const char *place, struct papr_error *error)
{
	const char *name = socket_name(place);
	FILE *stream;

	if (name)
		return accept_one(name, error);
	stream = fopen(place, "re");
	if (!stream)
		refuse(error, -errno, "%s: %s", place, strerror(errno));
	return stream;
}
