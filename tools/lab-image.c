/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/lab.h"

/* Where QEMU's powernv machines put an initrd leaves no room for more. */
#define POWERNV_INITRD_MAX	(128 << 20)

/* libtool runs a program that is not installed yet from a folder .libs. */
static bool is_installed(void)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		return true;
	self[len] = '\0';
	return !strstr(self, "/.libs/");
}

/* The path of one of the lab's scripts, or NULL after a message. */
const char *lab_script(const char *name, char *path, size_t size)
{
	const char *dirs[] = {
		getenv("PAPR_LIBEXEC"),
		is_installed() ? PKGLIBEXECDIR : NULL,
		PAPR_SRCDIR "/lab",
	};
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (!dirs[i])
			continue;
		snprintf(path, size, "%s/%s", dirs[i], name);
		if (!access(path, X_OK))
			return path;
	}
	lab_error("cannot find the script %s; PAPR_LIBEXEC can name its folder",
		  name);
	return NULL;
}

/* Words as a shell reads them back, exactly; the caller frees. */
char *lab_quote(char *const *words)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *p;

	if (!out)
		return NULL;
	for (; *words; words++) {
		fputc('\'', out);
		for (p = *words; *p; p++) {
			if (*p == '\'')
				fputs("'\\''", out);
			else
				fputc(*p, out);
		}
		fputs(words[1] ? "' " : "'", out);
	}
	fclose(out);
	return text;
}

/* Run mkinitramfs with its stdout in fd. */
static int make_initramfs(const char *option, const char *dir, int fd)
{
	char path[4096];
	pid_t pid;
	int status;

	if (!lab_script("mkinitramfs", path, sizeof(path)))
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(fd, 1);
		execl(path, path, option, dir, (char *)NULL);
		_exit(LAB_EXIT_FAILED);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		lab_error("cannot run %s: %s", path, strerror(errno));
		return -1;
	}
	return status ? -1 : 0;	/* the script said why */
}

/* The first two lines that a file holds: paths of kernel and initramfs. */
static int read_paths(int fd, char **kernel, char **base)
{
	char text[2 * 4096 + 2], *second, *end;
	ssize_t len;

	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len < 0)
		return -1;
	text[len] = '\0';
	second = strchr(text, '\n');
	end = second ? strchr(second + 1, '\n') : NULL;
	if (!end)
		return -1;
	*second++ = '\0';
	*end = '\0';
	*kernel = strdup(text);
	*base = strdup(second);
	return *kernel && *base ? 0 : -1;
}

/* The kernel and the base file system, made and fetched where needed. */
static int find_base(char **kernel, char **base)
{
	int fd = memfd_create("lab-paths", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -1;
	err = make_initramfs("--paths", NULL, fd);
	if (!err && read_paths(fd, kernel, base)) {
		lab_error("the script mkinitramfs gave no paths");
		err = -1;
	}
	close(fd);
	return err;
}

static int append_file(int out, const char *path)
{
	int in = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (in >= 0) {
		do
			n = sendfile(out, in, NULL, 1 << 24);
		while (n > 0);
		close(in);
	}
	if (n < 0)
		lab_error("cannot read %s: %s", path, strerror(errno));
	return n < 0 ? -1 : 0;
}

/* One member of a cpio archive in the "newc" format, padded to 4 bytes. */
static void cpio_member(FILE *out, const char *name, unsigned int mode,
			const char *data)
{
	static const char zeros[4];
	size_t name_size = strlen(name) + 1, size = strlen(data);

	fprintf(out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x"
		"%08zx%08x", 0, mode, 0, 0, 1, 0, size, 0, 0, 0, 0,
		name_size, 0);
	fwrite(name, 1, name_size, out);
	fwrite(zeros, 1, -(110 + name_size) & 3, out);
	fwrite(data, 1, size, out);
	fwrite(zeros, 1, -size & 3, out);
}

/* What the lab's init reads: shell assignments and the command's words. */
static char *init_script(const struct lab_options *opts, const char *nonce)
{
	/* The lab's console is a terminal, whatever is at this end. */
	const char *term = isatty(STDOUT_FILENO) ? getenv("TERM") : NULL;
	struct winsize size;
	char *command = lab_quote(opts->command);
	char *quoted_term = lab_quote((char *[]){
		(char *)(term ? term : "dumb"), NULL });
	char *text = NULL;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	if (!command || !quoted_term ||
	    asprintf(&text, "nonce=%s host=%s mode=%s term=%s\n"
		     "rows=%u columns=%u\nset -- %s\n", nonce,
		     opts->host->name, opts->shell ? "shell" : "run",
		     quoted_term, size.ws_row, size.ws_col, command) < 0)
		text = NULL;
	free(command);
	free(quoted_term);
	return text;
}

static int append_command(int fd, const struct lab_options *opts,
			  const char *nonce)
{
	char *script = init_script(opts, nonce);
	FILE *out = fdopen(dup(fd), "w");
	int err = -1;

	if (script && out) {
		cpio_member(out, "lab", S_IFDIR | 0755, "");
		cpio_member(out, "lab/command", S_IFREG | 0600, script);
		cpio_member(out, "TRAILER!!!", 0, "");
		err = ferror(out);
	}
	if (out && fclose(out))
		err = -1;
	if (err)
		lab_error("cannot write the command: %s", strerror(errno));
	free(script);
	return err ? -1 : 0;
}

static int check_size(int fd, const struct lab_options *opts)
{
	struct stat st;

	if (fstat(fd, &st) || !opts->host->powernv ||
	    st.st_size <= POWERNV_INITRD_MAX)
		return 0;
	lab_error("the file tree is too large: %lld MB with the lab's own "
		  "files, the host %s takes %d", (long long)st.st_size >> 20,
		  opts->host->name, POWERNV_INITRD_MAX >> 20);
	return -1;
}

static int fill_image(int fd, const struct lab_options *opts,
		      const char *nonce, const char *base)
{
	struct stat st;

	if (append_file(fd, base))
		return -1;
	if (opts->root && (stat(opts->root, &st) || !S_ISDIR(st.st_mode))) {
		lab_error("--root %s: no such folder", opts->root);
		return -1;
	}
	if (opts->root && make_initramfs("--tree", opts->root, fd))
		return -1;
	if (append_command(fd, opts, nonce))
		return -1;
	return check_size(fd, opts);
}

/*
 * A memfd: nothing is left on a disk, even when we are killed. QEMU inherits
 * it, so it is not close-on-exec.
 */
int lab_image(const struct lab_options *opts, const char *nonce,
	      char **kernel)
{
	char *base = NULL;
	int fd;

	*kernel = NULL;
	fd = memfd_create("lab-initrd", 0);
	if (fd < 0)
		lab_error("cannot make an initrd: %s", strerror(errno));
	else if (find_base(kernel, &base) ||
		 fill_image(fd, opts, nonce, base)) {
		close(fd);
		fd = -1;
		free(*kernel);
	}
	free(base);
	return fd;
}
