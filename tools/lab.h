/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * papr lab: a command runs in a ppc64le Linux with /dev/kvm, in QEMU.
 *
 *	lab.c		options, the subcommands
 *	lab-image.c	the root file system: the cached base, the user's tree,
 *			the command
 *	lab-qemu.c	the machines, and QEMU as a child that cannot outlive us
 *	lab-session.c	one run: console, terminal, signals, time limit
 *	lab-console.c	the markers on the serial line
 *	lab-gdb.c	QEMU's debug stub
 *	lab-mce.c	machine checks for guests, by the debug stub
 */
#ifndef TOOLS_LAB_H
#define TOOLS_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Exit statuses that are not the command's; the first as timeout(1). */
#define LAB_EXIT_TIMEOUT	124
#define LAB_EXIT_FAILED		125
#define LAB_EXIT_USAGE		2

struct lab_host {
	const char *name;
	const char *machine;		/* QEMU's -machine */
	const char *cpu;		/* QEMU's -cpu, NULL: the default */
	bool powernv;
};

struct lab_options {
	const struct lab_host *host;
	const char *smp;
	const char *mem;
	const char *root;		/* NULL: none */
	unsigned int timeout_s;		/* 0: no limit */
	bool verbose;
	bool shell;
	bool machine_checks;
	char **command;			/* ends with NULL */
};

struct lab_qemu {
	pid_t pid;
	int console;			/* socket to the serial line */
	int errors;			/* memfd: what QEMU said on stderr */
	int gdb;			/* socket to the debug stub, or -1 */
};

/* lab.c */
int cmd_lab(int argc, char **argv);
void lab_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* lab-image.c: an initrd in a memfd, or -1; *kernel is the caller's to free */
int lab_image(const struct lab_options *opts, const char *nonce,
	      char **kernel);
const char *lab_script(const char *name, char *path, size_t size);
char *lab_quote(char *const *words);

/* lab-qemu.c */
const struct lab_host *lab_host_find(const char *name);
int lab_qemu_start(struct lab_qemu *qemu, const struct lab_options *opts,
		   const char *kernel, int initrd);
void lab_qemu_end(struct lab_qemu *qemu);
void lab_qemu_report(const struct lab_qemu *qemu, bool everything);

/* lab-session.c: the exit status of papr lab */
int lab_session(struct lab_qemu *qemu, const struct lab_options *opts,
		const char *nonce);

#endif
