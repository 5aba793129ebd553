/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of papr(1); each gets argv from its own name on. */
#ifndef TOOLS_PAPR_H
#define TOOLS_PAPR_H

#define EXIT_USAGE 2		/* bad arguments or input */
#define EXIT_NO_HOST 3		/* no POWER KVM on this machine */

int cmd_advise(int argc, char **argv);
int cmd_control(int argc, char **argv);
int cmd_elog(int argc, char **argv);
int cmd_hcalls(int argc, char **argv);
int cmd_inject(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_rtas(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_survey(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_top(int argc, char **argv);

#endif
