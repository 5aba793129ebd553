/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The errors that a guest may inject and Debian's errinjct does not offer:
 *
 *	errinjct-guest NAME [CHOICE | page]
 *
 * NAME is LoPAR's; the work buffer holds the choice, or the real address of a
 * page of this program.  It prints the status of ibm,errinjct.  The interrupt
 * comes when the kernel can take one, which may be later: if it is to end this
 * program or the kernel, this program waits for that.
 */
#include <endian.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RTAS "/proc/device-tree/rtas/"
#define RTAS_BUSY (-2)
#define PFN_MASK ((UINT64_C(1) << 55) - 1)

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static size_t read_file(const char *path, void *buf, size_t len)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, len);

	if (n <= 0)
		fail(path);
	close(fd);
	return n;
}

/* Status and results come back in @words, behind the arguments. */
static void rtas(const char *property, int nargs, int nret, uint32_t *words)
{
	struct {
		uint32_t token, nargs, nret, words[16];
		uint64_t rets;
	} args = { .nargs = htobe32(nargs), .nret = htobe32(nret) };

	read_file(property, &args.token, sizeof(args.token));
	for (int i = 0; i < nargs; i++)
		args.words[i] = htobe32(words[i]);
	if (syscall(SYS_rtas, &args))
		fail(property);
	for (int i = nargs; i < nargs + nret; i++)
		words[i] = be32toh(args.words[i]);
}

/* In ibm,errinjct-tokens each is a name and a number. */
static uint32_t find_token(const char *name)
{
	char tokens[4096];
	size_t len = read_file(RTAS "ibm,errinjct-tokens", tokens,
			       sizeof(tokens));
	uint32_t token;

	for (size_t at = 0; at < len; at += sizeof(token)) {
		size_t begin = at;

		at += strlen(tokens + at) + 1;
		memcpy(&token, tokens + at, sizeof(token));
		if (!strcmp(tokens + begin, name))
			return be32toh(token);
	}
	fprintf(stderr, "%s: there is no such error\n", name);
	exit(2);
}

static uint64_t own_page(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (page == MAP_FAILED || fd < 0 ||
	    pread(fd, &entry, sizeof(entry), (uintptr_t)page / size *
		  sizeof(entry)) != sizeof(entry))
		fail("/proc/self/pagemap");
	return (entry & PFN_MASK) * size;
}

/* Where the kernel lets RTAS see what a program has. */
static uint32_t *map_buffer(uint64_t *real)
{
	char text[64] = "";
	int fd = open("/dev/mem", O_RDWR);
	void *p;

	read_file("/proc/powerpc/rtas/rmo_buffer", text, sizeof(text) - 1);
	*real = strtoull(text, NULL, 16);
	p = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
		 MAP_SHARED, fd, *real);
	if (p == MAP_FAILED)
		fail("/dev/mem");
	return p;
}

/* Again while it is busy: the error before has not been taken yet. */
static int inject(const char *name, uint32_t open_token, uint64_t real)
{
	uint32_t words[4];

	for (;;) {
		words[0] = find_token(name);
		words[1] = open_token;
		words[2] = real;
		rtas(RTAS "ibm,errinjct", 3, 1, words);
		if ((int32_t)words[3] != RTAS_BUSY)
			return (int32_t)words[3];
		usleep(1000);
	}
}

static bool is_deadly(const char *name)
{
	return !strcmp(name, "corrupted-page") || !strcmp(name, "fatal");
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "0";
	uint32_t words[4] = { 0 }, open_token, *buffer;
	uint64_t real, value = strcmp(what, "page") ?
		strtoull(what, NULL, 0) << 32 : own_page();
	int status;

	if (argc < 2)
		return 2;
	buffer = map_buffer(&real);
	buffer[0] = htobe32(value >> 32);
	buffer[1] = htobe32(value);
	rtas(RTAS "ibm,open-errinjct", 0, 2, words);
	open_token = words[0];
	status = inject(argv[1], open_token, real);
	while (!status && is_deadly(argv[1]))
		;
	printf("%s %s: status %d\n", argv[1], what, status);
	words[0] = open_token;
	rtas(RTAS "ibm,close-errinjct", 1, 1, words);
	return words[1] ? 1 : 0;
}
