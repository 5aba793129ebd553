/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/control-fixture.h"

/* --- the machine */

static const char *status(void *arg)
{
	struct fixture *f = arg;

	return f->ended ? "shutdown" : f->paused ? "paused" :
	       f->suspended ? "suspended" : "running";
}

static int stop(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "a vCPU is held up");
		return -ETIMEDOUT;
	}
	f->paused = true;
	return 0;
}

static void cont(void *arg)
{
	((struct fixture *)arg)->paused = false;
}

static void quit(void *arg)
{
	((struct fixture *)arg)->ended = true;
}

static int reset(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "a vCPU is stuck");
		return -ETIMEDOUT;
	}
	f->resets++;
	return 0;
}

static int wakeup(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (!f->suspended) {
		strcpy(error->text, "it is awake");
		return -EINVAL;
	}
	f->suspended = false;
	return 0;
}

static int offer_suspend(void *arg, uint64_t stream,
			 struct papr_error *error)
{
	(void)error;
	((struct fixture *)arg)->stream = stream;
	return 0;
}

static int reset_cpus(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no system reset");
		return -EOPNOTSUPP;
	}
	f->cpu_resets++;
	return 0;
}

static int inject(void *arg, uint32_t cpu, const struct papr_injection *what,
		  uint64_t *id, struct papr_error *error)
{
	struct fixture *f = arg;

	if (cpu > 1) {
		strcpy(error->text, "no such vCPU");
		return -EINVAL;
	}
	f->injected_cpu = cpu;
	f->injected = *what->info;
	f->injection = *what;
	*id = ++f->injections;
	return 0;
}

static int cancel(void *arg, uint64_t id, struct papr_error *error)
{
	struct fixture *f = arg;

	if (id != f->injections) {
		strcpy(error->text, "it does not wait");
		return -ENOENT;
	}
	f->injections--;
	return 0;
}

static json_t *injections(void *arg)
{
	struct fixture *f = arg;

	return json_pack("[{s:i}]", "id", (int)f->injections);
}

static int powerdown(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no room");
		return -ENOSPC;
	}
	f->powerdowns++;
	return 0;
}

static int put_event(void *arg, const struct qmp_event *event,
		     struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no room");
		return -ENOSPC;
	}
	f->n_events++;
	f->event = *event;
	return 0;
}

static json_t *event_counts(void *arg)
{
	(void)arg;
	return json_pack("[{s:s}]", "class", "epow-events");
}

static json_t *cpus(void *arg)
{
	(void)arg;
	return json_pack("[{s:i}, {s:i}]", "cpu-index", 0, "cpu-index", 1);
}

static json_t *stats(void *arg, uint32_t cpu, struct papr_error *error)
{
	struct fixture *f = arg;

	f->stats_cpu = cpu;
	if (cpu != QMP_ALL_CPUS && cpu > 1) {
		strcpy(error->text, "no such vCPU");
		return NULL;
	}
	return f->stats ? json_incref(f->stats) : json_object();
}

static int reset_stats(void *arg, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no memory");
		return -ENOMEM;
	}
	f->stats_resets++;
	return 0;
}

static int set_timing(void *arg, bool on, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no memory");
		return -ENOMEM;
	}
	f->timing = on;
	return 0;
}

static json_t *routes(void *arg)
{
	(void)arg;
	return json_array();
}

static json_t *apply_policy(void *arg, const char *text,
			    struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "no such call");
		return NULL;
	}
	snprintf(f->policy, sizeof(f->policy), "%s", text);
	return json_pack("[{s:s}]", "name", "H_RANDOM");
}

static int migrate(void *arg, const char *place, struct papr_error *error)
{
	struct fixture *f = arg;

	if (f->stuck) {
		strcpy(error->text, "nobody is there");
		return -ENOENT;
	}
	f->paused = true;
	snprintf(f->policy, sizeof(f->policy), "%s", place);
	return 0;
}

static void migrate_cancel(void *arg)
{
	((struct fixture *)arg)->cancels++;
}

static json_t *migration(void *arg)
{
	const struct saved saved = {
		.state = ((struct fixture *)arg)->policy[0] ? SAVED_DONE :
							      SAVED_NONE,
		.pages = 7,
	};

	return save_report(&saved, 0x1000000);
}

static struct migrate_parameters *migrate_parameters(void *arg)
{
	return &((struct fixture *)arg)->migrate;
}

static int note_order(struct fixture *f, const char *order,
		      enum papr_connector_kind kind, uint32_t number,
		      struct papr_error *error)
{
	if (f->stuck) {
		strcpy(error->text, "it is there already");
		return -EEXIST;
	}
	snprintf(f->plugged, sizeof(f->plugged), "%s %d %u", order, kind,
		 number);
	return 0;
}

static int plug(void *arg, enum papr_connector_kind kind, uint32_t number,
		struct papr_error *error)
{
	return note_order(arg, "plug", kind, number, error);
}

static int unplug(void *arg, enum papr_connector_kind kind, uint32_t number,
		  struct papr_error *error)
{
	return note_order(arg, "unplug", kind, number, error);
}

static json_t *connectors(void *arg)
{
	(void)arg;
	return json_array();
}

const struct qmp_ops fixture_ops = {
	.status = status, .stop = stop, .cont = cont, .quit = quit,
	.reset = reset, .wakeup = wakeup, .offer_suspend = offer_suspend,
	.reset_cpus = reset_cpus,
	.inject = inject, .cancel = cancel,
	.injections = injections, .powerdown = powerdown, .event = put_event,
	.event_counts = event_counts, .cpus = cpus,
	.stats = stats, .reset_stats = reset_stats,
	.set_timing = set_timing, .routes = routes,
	.apply_policy = apply_policy, .plug = plug, .unplug = unplug,
	.connectors = connectors, .migrate = migrate,
	.migrate_cancel = migrate_cancel,
	.migration = migration,
	.migrate_parameters = migrate_parameters,
};

/* --- the fixture */

int in_a_folder(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/papr-control-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/socket", f->dir);
	*state = f;
	return 0;
}

int listening(void **state)
{
	struct papr_error error;
	struct fixture *f;

	if (in_a_folder(state))
		return -1;
	f = *state;
	return control_open(f->path, &fixture_ops, f, &f->control, &error);
}

int end(void **state)
{
	struct fixture *f = *state;

	control_close(f->control);
	json_decref(f->stats);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

void serve(struct fixture *f)
{
	struct pollfd fd = {
		.fd = control_fd(f->control), .events = POLLIN,
	};

	while (poll(&fd, 1, 0) > 0)
		control_serve(f->control);
}

int connect_only(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	strcpy(address.sun_path, f->path);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	return fd;
}

void say(struct fixture *f, int fd, const char *words)
{
	assert_int_equal(send(fd, words, strlen(words), MSG_NOSIGNAL),
			 strlen(words));
	serve(f);
}

json_t *hear(int fd)
{
	static char line[65536];
	ssize_t len = recv(fd, line, sizeof(line) - 1, MSG_PEEK);
	json_t *said;
	char *end_of_line;

	if (len <= 0)
		return NULL;
	line[len] = '\0';
	end_of_line = strchr(line, '\n');
	assert_non_null(end_of_line);
	end_of_line[1] = '\0';
	len = recv(fd, line, strlen(line), 0);
	assert_string_equal(line + len - 2, "\r\n");
	said = json_loads(line, 0, NULL);
	assert_non_null(said);
	return said;
}

const char *text_of(const json_t *object, const char *outer,
		    const char *inner)
{
	const json_t *value = json_object_get(object, outer);

	if (inner)
		value = json_object_get(value, inner);
	return json_is_string(value) ? json_string_value(value) : "none";
}

void assert_hears(int fd, const char *outer, const char *inner,
		  const char *text)
{
	json_t *said = hear(fd);

	assert_non_null(said);
	assert_string_equal(text_of(said, outer, inner), text);
	json_decref(said);
}

void assert_hears_return(int fd)
{
	json_t *said = hear(fd);

	assert_non_null(json_object_get(said, "return"));
	json_decref(said);
}

void assert_hung_up(int fd)
{
	char byte;

	assert_null(hear(fd));
	assert_int_not_equal(recv(fd, &byte, 1, 0) < 0 ? errno : 0, EAGAIN);
	close(fd);
}

void assert_silent(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), -1);
	assert_int_equal(errno, EAGAIN);
}

int client(struct fixture *f)
{
	int fd = connect_only(f);

	serve(f);
	json_decref(hear(fd));
	say(f, fd, HELLO);
	assert_hears_return(fd);
	return fd;
}
