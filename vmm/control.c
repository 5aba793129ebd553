/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/control.h"
#include "vmm/util.h"

/* Commands of one client that are read before another one's turn. */
#define READ_SIZE 4096

/* @out is what the socket has not taken yet; nothing is read meanwhile. */
struct client {
	struct client *next;
	struct control *control;
	struct qmp qmp;
	int fd;
	bool gone;		/* to be freed by sweep() */
	char *out;
	size_t out_len;
	size_t out_room;
};

/* @spare_fd is given up to accept, and send away, when there are no more. */
struct control {
	const struct qmp_ops *ops;
	void *machine;
	struct sockaddr_un address;
	dev_t dev;		/* the socket that we made */
	ino_t ino;
	bool bound;
	int listen_fd;
	int epoll_fd;
	int spare_fd;
	struct client *clients;
	size_t n_clients;
};

/* --- one client */

/* Waits for room while there is something to send, else for commands. */
static void watch(struct client *client, int op)
{
	struct epoll_event event = {
		.events = client->out_len ? EPOLLOUT : EPOLLIN,
		.data.ptr = client,
	};

	if (epoll_ctl(client->control->epoll_fd, op, client->fd, &event))
		client->gone = true;
}

static void client_flush(struct client *client)
{
	bool was_waiting = client->out_len;
	ssize_t n = 0;

	while (client->out_len && !client->gone && n >= 0) {
		n = send(client->fd, client->out, client->out_len,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			client->gone = true;
		if (n > 0) {
			client->out_len -= n;
			memmove(client->out, client->out + n, client->out_len);
		}
	}
	if (was_waiting && !client->gone)
		watch(client, EPOLL_CTL_MOD);
}

static bool out_reserve(struct client *client, size_t len)
{
	size_t room = client->out_room ? client->out_room : READ_SIZE;
	char *out;

	if (len > CONTROL_OUT_MAX - client->out_len)
		return false;
	while (room < client->out_len + len)
		room *= 2;
	if (room == client->out_room)
		return true;
	out = realloc(client->out, room);
	if (!out)
		return false;
	client->out = out;
	client->out_room = room;
	return true;
}

static bool client_send(void *peer, const char *text, size_t len)
{
	struct client *client = peer;

	if (!client->gone && !out_reserve(client, len))
		client->gone = true;
	if (client->gone)
		return false;
	memcpy(client->out + client->out_len, text, len);
	client->out_len += len;
	client_flush(client);
	return !client->gone;
}

static void broadcast(void *peer, const char *name, json_t *data)
{
	struct client *client = peer;

	control_event(client->control, name, data);
}

static const struct qmp_wire wire = {
	.send = client_send,
	.event = broadcast,
};

static void client_read(struct client *client)
{
	char data[READ_SIZE];
	ssize_t n = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || !qmp_feed(&client->qmp, data, n))
		client->gone = true;
}

static void client_free(struct client *client)
{
	qmp_end(&client->qmp);
	close(client->fd);
	free(client->out);
	free(client);
}

/* Frees those that are gone. */
static void sweep(struct control *control)
{
	struct client **at = &control->clients, *client;

	while ((client = *at)) {
		if (client->gone) {
			*at = client->next;
			control->n_clients--;
			client_free(client);
		} else {
			at = &client->next;
		}
	}
}

/* --- all of them */

static void send_away(int fd, const char *sentence)
{
	char *line = qmp_error_line(sentence);

	if (line)
		send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
	free(line);
	close(fd);
}

static void welcome(struct control *control, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client) {
		send_away(fd, "no memory");
		return;
	}
	client->control = control;
	client->fd = fd;
	client->qmp = (struct qmp) {
		.ops = control->ops, .machine = control->machine,
		.wire = &wire, .peer = client,
	};
	client->next = control->clients;
	control->clients = client;
	control->n_clients++;
	watch(client, EPOLL_CTL_ADD);
	qmp_greet(&client->qmp);
}

static void accept_client(struct control *control)
{
	int fd = accept4(control->listen_fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && control->n_clients < CONTROL_MAX_CLIENTS) {
		welcome(control, fd);
	} else if (fd >= 0) {
		send_away(fd, "too many clients");
	} else if (errno == EMFILE || errno == ENFILE) {
		/* Left alone, it would wake us for ever. */
		close(control->spare_fd);
		fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			send_away(fd, "no descriptors left");
		control->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
}

static void serve_client(struct client *client, uint32_t events)
{
	if (!client->out_len)
		client_read(client);
	else if (events & (EPOLLHUP | EPOLLERR))
		client->gone = true;	/* nobody will read it */
	else
		client_flush(client);
}

/* One at a time: serving a client may be the end of others. */
void control_serve(struct control *control)
{
	struct epoll_event event;

	if (epoll_wait(control->epoll_fd, &event, 1, 0) != 1)
		return;
	if (event.data.ptr == control)
		accept_client(control);
	else
		serve_client(event.data.ptr, event.events);
	sweep(control);
}

/* Who is lost by it is freed later: a caller may be talking to that one. */
void control_event(struct control *control, const char *name, json_t *data)
{
	struct client *client;
	char *line;

	if (!control) {
		json_decref(data);
		return;
	}
	line = qmp_event_line(name, data);
	for (client = control->clients; line && client; client = client->next)
		if (client->qmp.negotiated)
			client_send(client, line, strlen(line));
	free(line);
}

int control_fd(const struct control *control)
{
	return control ? control->epoll_fd : -1;
}

/* --- the socket */

/* Whether somebody listens at the address, or it is not ours to remove. */
static int check_stale(const struct sockaddr_un *address,
		       struct papr_error *error)
{
	struct stat st;
	int fd, ret;

	if (lstat(address->sun_path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return refuse(error, -EEXIST,
			      "%s: a file that is no socket is in the way",
			      address->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ret = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	ret = ret && errno == ECONNREFUSED ? 0 : -EADDRINUSE;
	if (fd >= 0)
		close(fd);
	return !ret ? 0 : refuse(error, ret, "%s: another program listens "
				 "there", address->sun_path);
}

/* Linux gives the file the mode that the descriptor has. */
static int bind_private(struct control *control)
{
	int fd = control->listen_fd;

	return fchmod(fd, 0600) ||
	       bind(fd, (struct sockaddr *)&control->address,
		    sizeof(control->address)) ? -errno : 0;
}

static int make_socket(struct control *control, struct papr_error *error)
{
	const char *path = control->address.sun_path;
	struct stat st;
	int ret;

	ret = bind_private(control);
	if (ret == -EADDRINUSE) {
		ret = check_stale(&control->address, error);
		if (ret)
			return ret;
		unlink(path);
		ret = bind_private(control);
	}
	if (!ret && (listen(control->listen_fd, CONTROL_MAX_CLIENTS) ||
		     lstat(path, &st)))
		ret = -errno;
	if (ret)
		return refuse(error, ret, "%s: %s", path, strerror(-ret));
	control->bound = true;
	control->dev = st.st_dev;
	control->ino = st.st_ino;
	return 0;
}

static int open_descriptors(struct control *control)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = control };

	control->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
				    SOCK_NONBLOCK, 0);
	control->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	control->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return epoll_ctl(control->epoll_fd, EPOLL_CTL_ADD, control->listen_fd,
			 &event) ? -errno : 0;
}

int control_open(const char *path, const struct qmp_ops *ops, void *machine,
		 struct control **result, struct papr_error *error)
{
	struct control *control;
	int ret;

	if (strlen(path) >= sizeof(control->address.sun_path))
		return refuse(error, -ENAMETOOLONG, "%s: longer than the %zu "
			      "bytes a socket's name can have", path,
			      sizeof(control->address.sun_path) - 1);
	control = calloc(1, sizeof(*control));
	if (!control)
		return refuse(error, -ENOMEM, "%s: no memory", path);
	control->ops = ops;
	control->machine = machine;
	control->address.sun_family = AF_UNIX;
	strcpy(control->address.sun_path, path);
	ret = open_descriptors(control);
	if (ret)
		refuse(error, ret, "%s: %s", path, strerror(-ret));
	else
		ret = make_socket(control, error);
	if (ret)
		control_close(control);
	else
		*result = control;
	return ret;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Only what we made is removed: another run may have taken its place. */
static void remove_socket(const struct control *control)
{
	struct stat st;

	if (control->bound && !lstat(control->address.sun_path, &st) &&
	    st.st_dev == control->dev && st.st_ino == control->ino)
		unlink(control->address.sun_path);
}

void control_close(struct control *control)
{
	struct client *client;

	if (!control)
		return;
	for (client = control->clients; client; client = client->next)
		client->gone = true;
	sweep(control);
	remove_socket(control);
	close_if_open(control->listen_fd);
	close_if_open(control->epoll_fd);
	close_if_open(control->spare_fd);
	free(control);
}
