/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tools/qmp-client.h"
#include "vmm/frame.h"
#include "vmm/util.h"

#define ANSWER_WAIT_MS 120000

/* A wait that took longer took so long: the machine stood still. */
#define LOOK_MS 1000

/* More than that while waiting for one answer are a machine gone mad. */
#define MAX_EVENTS 10000

#define FOR_EVER INT64_MAX

static const char no_qmp[] = "what listens there does not speak QMP";

struct qmp_client {
	int fd;
	int wait_ms;		/* for an answer */
	const char *lost;	/* why nothing more is to be expected */
	json_t *events;		/* not asked for yet */
	struct frame frame;
	char bytes[4096];	/* received, from @at on not framed yet */
	size_t at;
	size_t len;
	char path[];
};

/* --- hearing */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Whether there is something to read; the time goes off @left_ms. */
static bool look(struct qmp_client *client, int64_t *left_ms)
{
	struct pollfd fd = { .fd = client->fd, .events = POLLIN };
	int wait = *left_ms < LOOK_MS ? (int)*left_ms : LOOK_MS;
	int64_t took = now_ms();
	int ready;

	if (*left_ms == FOR_EVER)
		wait = -1;
	ready = poll(&fd, 1, wait);
	took = now_ms() - took;
	if (wait > 0)
		*left_ms -= ready && took < wait ? took : wait;
	return ready > 0 || (ready < 0 && errno != EINTR);
}

/* More bytes: 1; 0 if none came in @left_ms; -1 if none will. */
static int receive(struct qmp_client *client, int64_t *left_ms)
{
	ssize_t n;

	while (!look(client, left_ms))
		if (!*left_ms)
			return 0;
	n = recv(client->fd, client->bytes, sizeof(client->bytes), 0);
	if (n <= 0) {
		client->lost = "the connection has ended";
		return -1;
	}
	client->at = 0;
	client->len = n;
	return 1;
}

/* What a whole frame says, or NULL, and the client is lost. */
static json_t *parse(struct qmp_client *client)
{
	const struct frame *frame = &client->frame;
	json_t *said = NULL;

	if (!frame->deep)
		said = json_loadb(frame->bytes, frame->len,
				  JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(said))
		return said;
	json_decref(said);
	client->lost = no_qmp;
	return NULL;
}

/* An object: 1; 0 if none came in @left_ms; -1 if none will. */
static int hear(struct qmp_client *client, int64_t *left_ms, json_t **said)
{
	enum frame_result result;
	size_t taken;
	int r;

	if (client->lost)
		return -1;
	for (;;) {
		result = frame_feed(&client->frame, client->bytes + client->at,
				    client->len - client->at, &taken);
		if (result == FRAME_TOO_LONG) {
			client->lost = "what it says has no end";
			return -1;
		}
		client->at += taken;
		if (result == FRAME_WHOLE) {
			*said = parse(client);
			frame_reset(&client->frame);
			return *said ? 1 : -1;
		}
		r = receive(client, left_ms);
		if (r <= 0)
			return r;
	}
}

/* The next object that is no event; those are kept.  NULL: it is lost. */
static json_t *hear_answer(struct qmp_client *client)
{
	int64_t left_ms = client->wait_ms;
	json_t *said;
	int r;

	while ((r = hear(client, &left_ms, &said)) > 0) {
		if (!json_object_get(said, "event"))
			return said;
		json_array_append_new(client->events, said);
		if (json_array_size(client->events) > MAX_EVENTS) {
			client->lost = "its events have no end";
			return NULL;
		}
	}
	/* A late answer would be taken for the next command's. */
	if (!r)
		client->lost = "there is no answer";
	return NULL;
}

/* --- saying */

/* @args is NULL or stolen. */
static void say(struct qmp_client *client, const char *command, json_t *args)
{
	json_t *request = json_pack("{s:s}", "execute", command);
	char *text;
	ssize_t sent = -1;

	if (args)
		json_object_set_new(request, "arguments", args);
	text = json_dumps(request, 0);
	json_decref(request);
	if (text)
		sent = send(client->fd, text, strlen(text), MSG_NOSIGNAL);
	if (!text || sent != (ssize_t)strlen(text))
		client->lost = "nobody listens any more";
	free(text);
}

/* A sentence that is fit for a terminal, whoever wrote it. */
static void take_sentence(const char *sentence, struct papr_error *error)
{
	char *at;

	refuse(error, 0, "%s", sentence);
	if (!error)
		return;
	for (at = error->text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
}

static int refuse_lost(const struct qmp_client *client, int err,
		       struct papr_error *error)
{
	return refuse(error, err, "%.128s: %s", client->path, client->lost);
}

/* What is in "return", or NULL; @answer is stolen. */
static json_t *take_result(struct qmp_client *client, json_t *answer,
			   struct papr_error *error)
{
	json_t *result = json_incref(json_object_get(answer, "return"));
	const char *desc = json_string_value(json_object_get(
		json_object_get(answer, "error"), "desc"));
	struct papr_error why;

	if (!result && desc) {
		take_sentence(desc, &why);
		refuse(error, 0, "%.128s: %s", client->path, why.text);
	} else if (!result) {
		client->lost = "this is not an answer";
		refuse_lost(client, 0, error);
	}
	json_decref(answer);
	return result;
}

json_t *qmp_client_execute(struct qmp_client *client, const char *command,
			   json_t *args, struct papr_error *error)
{
	json_t *answer = NULL;

	if (client->lost)
		json_decref(args);
	else
		say(client, command, args);
	if (!client->lost)
		answer = hear_answer(client);
	if (!answer) {
		refuse_lost(client, 0, error);
		return NULL;
	}
	return take_result(client, answer, error);
}

json_t *qmp_client_event(struct qmp_client *client, int timeout_ms, bool *gone)
{
	json_t *said = json_incref(json_array_get(client->events, 0));
	int64_t left_ms = timeout_ms < 0 ? FOR_EVER : timeout_ms;

	*gone = false;
	if (said) {
		json_array_remove(client->events, 0);
		return said;
	}
	if (hear(client, &left_ms, &said) > 0) {
		if (json_object_get(said, "event"))
			return said;
		json_decref(said);
		client->lost = "it answers what nobody asked";
	}
	*gone = client->lost;
	return NULL;
}

/* --- opening */

/* The descriptor, or -errno. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = ANSWER_WAIT_MS / 1000 };
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* For the connection as well, which a full queue would hold up. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = errno;
	close(fd);
	return -err;
}

/* Who is sent away at once is told why. */
static int be_greeted(struct qmp_client *client, struct papr_error *error)
{
	json_t *greeting = hear_answer(client), *result = NULL;

	if (json_object_get(greeting, "error")) {
		take_result(client, greeting, error);
		return -EPROTO;
	}
	if (greeting && !json_object_get(greeting, "QMP"))
		client->lost = no_qmp;
	json_decref(greeting);
	/* Of one that is lost this tells why. */
	result = qmp_client_execute(client, "qmp_capabilities", NULL, error);
	json_decref(result);
	return result ? 0 : -EPROTO;
}

static struct qmp_client *client_new(const char *path, int fd)
{
	struct qmp_client *client = calloc(1, sizeof(*client) +
					   strlen(path) + 1);

	if (!client)
		return NULL;
	strcpy(client->path, path);
	client->fd = fd;
	client->wait_ms = ANSWER_WAIT_MS;
	client->events = json_array();
	return client;
}

int qmp_client_open(const char *path, struct qmp_client **client,
		    struct papr_error *error)
{
	int fd = connect_to(path), r;

	if (fd < 0)
		return refuse(error, fd, "%.128s: %s", path, strerror(-fd));
	*client = client_new(path, fd);
	if (!*client) {
		close(fd);
		return refuse(error, -ENOMEM, "%.128s: no memory", path);
	}
	r = be_greeted(*client, error);
	if (r) {
		qmp_client_close(*client);
		*client = NULL;
	}
	return r;
}

void qmp_client_close(struct qmp_client *client)
{
	if (!client)
		return;
	close(client->fd);
	json_decref(client->events);
	frame_reset(&client->frame);
	free(client);
}

int qmp_client_fd(const struct qmp_client *client)
{
	return client->fd;
}

void qmp_client_limit(struct qmp_client *client, int answer_ms)
{
	client->wait_ms = answer_ms;
}
