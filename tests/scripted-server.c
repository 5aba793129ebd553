/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/scripted-server.h"

/* Commands are short, and a client waits for each one's answer. */
static bool hear(struct server *server, int fd)
{
	char bytes[65536];
	ssize_t len = recv(fd, bytes, sizeof(bytes), 0);

	if (len <= 0 || server->count == SERVER_MAX_HEARD)
		return false;
	server->heard[server->count++] = json_loadb(bytes, len, 0, NULL);
	return true;
}

static bool say(int fd, const char *words)
{
	return send(fd, words, strlen(words), MSG_NOSIGNAL) ==
	       (ssize_t)strlen(words);
}

static void play(struct server *server, int fd)
{
	const char *const *step;

	for (step = server->script; *step; step++) {
		if (!strcmp(*step, HANG_UP))
			return;
		if (!strcmp(*step, HEAR)) {
			if (!hear(server, fd))
				return;
		} else if (!strcmp(*step, FOR_EVER_SAY)) {
			while (say(fd, step[1]))
				;
			return;
		} else if (!say(fd, *step)) {
			return;
		}
	}
	while (hear(server, fd))
		;
}

static void *serve(void *arg)
{
	struct server *server = arg;
	int fd = accept(server->listener, NULL, NULL);

	if (fd >= 0) {
		play(server, fd);
		close(fd);
	}
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 1))
		return -1;
	return fd;
}

struct server *server_start(const char *const *script)
{
	struct server *server = calloc(1, sizeof(*server));
	size_t i;

	/* The thread may outlive the caller's own. */
	for (i = 0; script[i] && i < SERVER_MAX_STEPS; i++)
		server->script[i] = script[i];
	strcpy(server->dir, "/tmp/papr-server-XXXXXX");
	if (!mkdtemp(server->dir))
		return NULL;
	snprintf(server->path, sizeof(server->path), "%s/socket", server->dir);
	server->listener = listen_at(server->path);
	if (server->listener < 0 ||
	    pthread_create(&server->thread, NULL, serve, server))
		return NULL;
	return server;
}

void server_finish(struct server *server)
{
	/* One that never came wakes accept() as well. */
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
}

void server_free(struct server *server)
{
	while (server->count)
		json_decref(server->heard[--server->count]);
	close(server->listener);
	unlink(server->path);
	rmdir(server->dir);
	free(server);
}
