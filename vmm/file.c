/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/file.h"
#include "vmm/util.h"

int file_check(int fd, const char *path, uint64_t max, uint64_t *size,
	       struct papr_error *error)
{
	struct stat st;

	if (fstat(fd, &st))
		return refuse(error, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(error, -EINVAL, "%s: not a regular file", path);
	if (!st.st_size)
		return refuse(error, -EINVAL, "%s: the file is empty", path);
	if ((uint64_t)st.st_size > max)
		return refuse(error, -EFBIG,
			      "%s: larger than the limit of %" PRIu64 " MiB",
			      path, max / MIB);
	*size = st.st_size;
	return 0;
}

int file_open(const char *path, uint64_t max, uint64_t *size,
	      struct papr_error *error)
{
	/* Not to wait for the writer of a named pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return refuse(error, -errno, "%s: %s", path, strerror(errno));
	ret = file_check(fd, path, max, size, error);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

int file_read(int fd, const char *path, void *to, uint64_t size,
	      struct papr_error *error)
{
	uint8_t *at = to;
	ssize_t n;

	while (size) {
		n = read(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(error, -errno, "%s: %s", path,
				      strerror(errno));
		if (!n)
			return refuse(error, -EIO,
				      "%s: the file became shorter while "
				      "it was read", path);
		at += n;
		size -= n;
	}
	return 0;
}

void *file_read_whole(int fd, const char *path, uint64_t size,
		      struct papr_error *error)
{
	void *bytes = malloc(size);

	if (!bytes) {
		refuse(error, -ENOMEM, "%s: no memory to read it", path);
	} else if (file_read(fd, path, bytes, size, error)) {
		free(bytes);
		bytes = NULL;
	}
	return bytes;
}

int output_fail(const struct output *output, int err,
		struct papr_error *error)
{
	const char *name = output->stream == stdout ? "standard output" :
						      output->path;

	return refuse(error, -err, "%s: %s", name, strerror(err));
}

/* The stream, on a new file beside the real one or on the thing itself. */
static int output_stream(struct output *output)
{
	int flags = O_WRONLY | O_CLOEXEC;
	struct stat st;
	int fd;

	if (!stat(output->path, &st) && !S_ISREG(st.st_mode)) {
		fd = open(output->path, flags);
	} else {
		if (asprintf(&output->temp, "%s.%ld.tmp", output->path,
			     (long)getpid()) < 0)
			return ENOMEM;
		fd = open(output->temp, flags | O_CREAT | O_EXCL, 0666);
	}
	if (fd < 0)
		return errno;
	output->stream = fdopen(fd, "w");
	return output->stream ? 0 : ENOMEM;
}

int output_open(struct output *output, const char *path,
		struct papr_error *error)
{
	int err, ret;

	*output = (struct output) { NULL, NULL, NULL };
	if (!strcmp(path, "-")) {
		output->stream = stdout;
		return 0;
	}
	/* A symbolic link stays one: its target is what is replaced. */
	output->path = realpath(path, NULL);
	if (!output->path)
		output->path = strdup(path);
	err = output->path ? output_stream(output) : ENOMEM;
	if (!err)
		return 0;
	ret = refuse(error, -err, "%s: %s", path, strerror(err));
	output_discard(output);
	return ret;
}

static void output_free(struct output *output)
{
	free(output->temp);
	free(output->path);
	*output = (struct output) { NULL, NULL, NULL };
}

static int stream_finish(struct output *output)
{
	int err = fflush(output->stream) ? errno : 0;

	if (!err && ferror(output->stream))
		err = EIO;
	if (output->stream == stdout)
		return err;
	if (fclose(output->stream) && !err)
		err = errno;
	return err;
}

int output_commit(struct output *output, struct papr_error *error)
{
	int err = stream_finish(output);
	int ret = 0;

	if (!err && output->temp && rename(output->temp, output->path))
		err = errno;
	if (err) {
		if (output->temp)
			unlink(output->temp);
		ret = output_fail(output, err, error);
	}
	output_free(output);
	return ret;
}

void output_discard(struct output *output)
{
	if (output->stream && output->stream != stdout)
		fclose(output->stream);
	if (output->temp)
		unlink(output->temp);
	output_free(output);
}
