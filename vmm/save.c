/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vmm/file.h"
#include "vmm/save.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

#define SOCKET_PREFIX "unix:"

/* A reader that takes nothing for so long is gone. */
#define SOCKET_WAIT_S 60

/* Of RAM: an address, and the pages from there on that are not zero. */
#define RAM_SECTION "ram"
#define RAM_VERSION 1
#define RAM_HEAD 8u
#define PAGE 4096u
#define RUN (1u << 20)

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

/* --- places */

/* The name of the socket, or NULL for a file. */
static const char *socket_name(const char *place)
{
	size_t len = strlen(SOCKET_PREFIX);

	return strncmp(place, SOCKET_PREFIX, len) ? NULL : place + len;
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
static int open_place(const char *place, struct output *output,
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

static FILE *open_source(const char *place, struct papr_error *error)
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

/* --- save */

struct job {
	struct vmm *vmm;
	struct output output;
	struct saved saved;
	uint8_t *run;		/* RAM_HEAD bytes and the pages of a section */
};

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	struct job *job = arg;

	if (fwrite(bytes, len, 1, job->output.stream) != 1)
		return errno ? -errno : -EIO;
	job->saved.bytes += len;
	return 0;
}

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE - 1);
}

/*
 * From @gpa on, up to a page that is zero; so are those where nothing was
 * plugged in.
 */
static uint32_t run_length(const struct vmm *vmm, uint64_t gpa)
{
	uint32_t len = 0;

	while (len < RUN && gpa + len < vmm->options->max_mem &&
	       !is_zero(vmm->ram + gpa + len))
		len += PAGE;
	return len;
}

static int put_run(struct job *job, struct papr_saver *saver, uint64_t gpa,
		   uint32_t len, struct papr_error *error)
{
	const struct papr_section section = {
		.size = sizeof(section), .name = RAM_SECTION,
		.version = RAM_VERSION, .bytes = job->run,
		.len = RAM_HEAD + len,
	};

	for (unsigned int i = 0; i < RAM_HEAD; i++)
		job->run[i] = gpa >> 8 * (RAM_HEAD - 1 - i);
	memcpy(job->run + RAM_HEAD, job->vmm->ram + gpa, len);
	job->saved.pages += len / PAGE;
	return papr_saver_put(saver, &section, error);
}

static int put_ram(void *arg, struct papr_saver *saver,
		   struct papr_error *error)
{
	struct job *job = arg;
	uint64_t gpa = 0;
	int ret = 0;

	while (!ret && gpa < job->vmm->options->max_mem) {
		uint32_t len = run_length(job->vmm, gpa);

		if (len)
			ret = put_run(job, saver, gpa, len, error);
		else
			job->saved.zero_pages++;
		gpa += len ? len : PAGE;
	}
	return ret;
}

static int save_stopped(struct job *job, const char *place,
			struct papr_error *error)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_bytes,
		.sections = put_ram,
	};
	int ret = open_place(place, &job->output, error);

	if (ret)
		return ret;
	job->run = malloc(RAM_HEAD + RUN);
	errno = 0;
	ret = job->run ? papr_vm_save(job->vmm->vm, &ops, job, error) :
			 refuse(error, -ENOMEM, "no memory");
	if (!ret)
		ret = output_commit(&job->output, error);
	output_discard(&job->output);
	free(job->run);
	return ret;
}

/* A guest that a client has stopped before stays so. */
static int stop_and_save(struct job *job, const char *place,
			 struct papr_error *error)
{
	bool stood = job->vmm->paused;
	int ret = cpus_pause(job->vmm);

	if (vmm_ended(job->vmm))
		return refuse(error, -ESHUTDOWN, "the guest has ended");
	if (ret)
		refuse(error, ret, "a vCPU is held up and does not stop");
	else
		ret = save_stopped(job, place, error);
	if (ret && !stood)
		cpus_resume(job->vmm);
	return ret;
}

int save_guest(struct vmm *vmm, const char *place, struct papr_error *error)
{
	struct job job = { .vmm = vmm };
	uint64_t since_ms = now_ms();
	int ret = stop_and_save(&job, place, error);

	job.saved.ms = now_ms() - since_ms;
	job.saved.done = !ret;
	job.saved.failed = ret;
	if (ret)
		memcpy(job.saved.why, error->text, sizeof(job.saved.why));
	vmm->saved = job.saved;
	return ret;
}

json_t *save_report(const struct saved *saved, uint64_t ram)
{
	if (saved->failed)
		return json_pack("{s:s, s:s}", "status", "failed",
				 "error-desc", saved->why);
	if (!saved->done)
		return json_object();
	return json_pack("{s:s, s:I, s:I, s:{s:I, s:I, s:I, s:I, s:I, s:I}}",
			 "status", "completed",
			 "total-time", (json_int_t)saved->ms,
			 "downtime", (json_int_t)saved->ms, "ram",
			 "transferred", (json_int_t)saved->bytes,
			 "total", (json_int_t)ram,
			 "remaining", (json_int_t)0,
			 "normal", (json_int_t)saved->pages,
			 "duplicate", (json_int_t)saved->zero_pages,
			 "page-size", (json_int_t)PAGE);
}

/* --- restore */

struct restore {
	struct vmm *vmm;
	FILE *stream;
};

static int read_bytes(void *arg, void *bytes, size_t len)
{
	struct restore *restore = arg;

	if (!len || fread(bytes, len, 1, restore->stream) == 1)
		return 0;
	return feof(restore->stream) ? -ENODATA : errno ? -errno : -EIO;
}

static int take_ram(void *arg, const struct papr_section *section,
		    struct papr_error *error)
{
	const struct vmm *vmm = ((struct restore *)arg)->vmm;
	const uint8_t *bytes = section->bytes;
	uint64_t gpa = 0, mem = vmm->options->max_mem, len;

	if (strcmp(section->name, RAM_SECTION))
		return -ENOENT;
	if (section->version != RAM_VERSION || section->len <= RAM_HEAD ||
	    section->len > RAM_HEAD + RUN)
		return refuse(error, -EINVAL, "%zu bytes of version %u are "
			      "no RAM", section->len, section->version);
	for (unsigned int i = 0; i < RAM_HEAD; i++)
		gpa = gpa << 8 | bytes[i];
	len = section->len - RAM_HEAD;
	if (gpa > mem || len > mem - gpa)
		return refuse(error, -EINVAL, "RAM ends at 0x%llx, and this is "
			      "at 0x%llx", (unsigned long long)mem,
			      (unsigned long long)gpa);
	memcpy(vmm->ram + gpa, bytes + RAM_HEAD, len);
	return 0;
}

/* Pages that are not in the file are zero. */
static int load_guest(struct restore *restore, struct papr_error *error)
{
	static const struct papr_load_ops ops = {
		.size = sizeof(ops), .read = read_bytes, .section = take_ram,
	};
	struct vmm *vmm = restore->vmm;

	if (madvise(vmm->ram, vmm->options->max_mem, MADV_DONTNEED))
		return refuse(error, -errno, "the guest's memory cannot be "
			      "cleared: %s", strerror(errno));
	errno = 0;
	return papr_vm_load(vmm->vm, &ops, restore, error);
}

int restore_guest(struct vmm *vmm, const char *place)
{
	struct restore restore = { .vmm = vmm };
	struct papr_error error = { "no memory" };
	int ret;

	restore.stream = open_source(place, &error);
	if (!restore.stream) {
		vmm_say("--restore %s", error.text);
		return RUN_BAD_INPUT;
	}
	ret = load_guest(&restore, &error);
	fclose(restore.stream);
	if (!ret)
		return 0;
	vmm_say("--restore %s: %s", place, error.text);
	return ret == -EINVAL || ret == -EBADMSG || ret == -ENODATA ?
	       RUN_BAD_INPUT : RUN_REFUSED;
}
