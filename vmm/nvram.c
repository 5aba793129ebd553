/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/file.h"
#include "vmm/nvram.h"
#include "vmm/util.h"

#define NEW_SIZE 65536u

/* What is written is on the disk when the call returns. */
static int open_locked(const char *path, struct papr_error *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK |
			    O_DSYNC, 0666);
	int err;

	if (fd < 0)
		return refuse(error, -errno, "%s: %s", path, strerror(errno));
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = errno;
	close(fd);
	return refuse(error, -err, "%s: %s", path, err == EWOULDBLOCK ?
		      "another guest uses it" : strerror(err));
}

int nvram_write(struct nvram *nvram, size_t offset, const void *bytes,
		size_t len)
{
	const uint8_t *at = bytes;
	ssize_t n;

	while (nvram->fd >= 0 && len) {
		n = pwrite(nvram->fd, at, len, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		offset += n;
		len -= n;
	}
	return 0;
}

static bool is_new(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && !st.st_size;
}

/* The first time, all of it is written. */
static int fill(struct nvram *nvram, const char *path,
		struct papr_error *error)
{
	int ret;

	nvram->size = NEW_SIZE;
	nvram->bytes = malloc(NEW_SIZE);
	ret = nvram->bytes ? papr_nvram_format(nvram->bytes, NEW_SIZE) :
			     -ENOMEM;
	if (!ret)
		ret = nvram_write(nvram, 0, nvram->bytes, NEW_SIZE);
	return ret ? refuse(error, ret, "%s: %s", path, strerror(-ret)) : 0;
}

static int read_all(struct nvram *nvram, const char *path,
		    struct papr_error *error)
{
	uint64_t size;
	int ret = file_check(nvram->fd, path, PAPR_NVRAM_MAX, &size, error);

	if (ret)
		return ret;
	nvram->size = size;
	nvram->bytes = file_read_whole(nvram->fd, path, size, error);
	return nvram->bytes ? 0 : -EIO;
}

/* Damaged partitions are the guest's to repair, another size is not. */
static int check(const struct nvram *nvram, const char *path,
		 struct papr_error *warning, struct papr_error *error)
{
	int ret = papr_nvram_check(nvram->bytes, nvram->size, warning);

	if (!ret)
		return 0;
	refuse_at(warning, ret, path);
	if (ret == -EBADMSG)
		return 0;
	*error = *warning;
	return ret;
}

int nvram_open(struct nvram *nvram, const char *path,
	       struct papr_error *warning, struct papr_error *error)
{
	int ret;

	warning->text[0] = '\0';
	*nvram = (struct nvram) { .fd = open_locked(path, error) };
	if (nvram->fd < 0)
		return nvram->fd;
	ret = is_new(nvram->fd) ? fill(nvram, path, error) :
				  read_all(nvram, path, error);
	if (!ret)
		ret = check(nvram, path, warning, error);
	if (ret)
		nvram_close(nvram);
	return ret;
}

int nvram_make(struct nvram *nvram, struct papr_error *error)
{
	*nvram = (struct nvram) { .fd = -1 };
	return fill(nvram, "NVRAM", error);
}

void nvram_close(struct nvram *nvram)
{
	if (nvram->fd >= 0)
		close(nvram->fd);
	free(nvram->bytes);
	*nvram = (struct nvram) { .fd = -1 };
}
