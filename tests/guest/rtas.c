/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes every RTAS call with right and wrong counts, with its block at good
 * and bad addresses, and checks what comes back. One line for each call:
 *
 *	GUEST rtas=event-scan bad=none
 *	GUEST rtas=event-scan bad=few(ret=0,status=0)
 *
 * few, many	an argument less or more: status -3
 * right	all arguments: a status, and no other memory written
 * odd, last	the same with the block at an odd address, or the last of RAM
 * over, beyond, wrap	the block leaves RAM: the hypercall fails
 * cells, none	too many cells, or no place for a status: it fails as well
 */
#include "tests/guest/guest.h"

#define MAX_CELLS	16
#define SUCCESS		0
#define PARAMETER	(-4)
#define PARAMETER_ERROR	(-3)
#define PATTERN		0x5a5a5a5aull

/* A line feed for display-character, and nothing that exists for others. */
#define ARGUMENT	10

#define OPTIONAL	0x10
#define ANY		0x100

struct row {
	uint32_t token;
	uint16_t in, out;	/* cells, OPTIONAL for each that is, ANY */
	char name[40];
};

static const struct row rows[] = {
#define ARG(kind, cell)	+ 1
#define OPT(cell)	+ OPTIONAL
#define STATUS		+ 1
#define UNSPECIFIED	+ ANY
#define RTAS(id, name, token, in, out) { token, 0 in, 0 out, name },
#include "rtas/rtas.def"
};

/* With right arguments these end the program, or the machine. */
static const uint32_t last_words[] = {
	RTAS_power_off, RTAS_system_reboot, RTAS_stop_self, RTAS_ibm_os_term,
	RTAS_ibm_suspend_me, RTAS_ibm_power_off_ups,
	RTAS_ibm_update_flash_64_and_reboot,
};

static const struct row *current;
static bool bad;

static uint32_t most(uint16_t count)
{
	return count % OPTIONAL + count % ANY / OPTIONAL;
}

/* The cell of the status: first, but for one call. */
static uint32_t status_cell(void)
{
	return current->token == RTAS_ibm_open_errinjct ? 1 : 0;
}

static void fill(uint64_t from, uint64_t to)
{
	for (; from < to; from += 4)
		store32(from, PATTERN);
}

static int64_t call(uint64_t gpa, uint32_t nargs, uint32_t nrets)
{
	store32(gpa, current->token);
	store32(gpa + 4, nargs);
	store32(gpa + 8, nrets);
	return rtas(gpa);
}

static void complain(const char *what, int64_t ret, int64_t status)
{
	put(bad ? " " : "");
	put(what);
	put("(ret=");
	put_number(ret);
	put(",status=");
	put_number(status);
	put(")");
	bad = true;
}

/* A block with so many cells, and what the status must be. */
static void check_counts(const char *what, uint32_t nargs, uint32_t nrets,
			 int64_t wanted)
{
	uint64_t rets = SCRATCH + 12 + 4 * nargs;
	int64_t ret, status;

	fill(SCRATCH, SCRATCH + 0x100);
	ret = call(SCRATCH, nargs, nrets);
	status = (int32_t)load32(rets + (status_cell() < nrets ?
					 4 * status_cell() : 0));
	if (ret != SUCCESS || status != wanted)
		complain(what, ret, status);
}

/* Good counts at @gpa: a status comes, and nothing before or behind. */
static void check_right(const char *what, uint64_t gpa)
{
	uint32_t nargs = most(current->in), nrets = most(current->out);
	uint64_t rets = gpa + 12 + 4 * nargs, end = rets + 4 * nrets;
	int64_t ret, status;

	fill(gpa - 64, end + 64 < RAM_END ? end + 64 : end);
	for (uint64_t cell = gpa + 12; cell < rets; cell += 4)
		store32(cell, ARGUMENT);
	ret = call(gpa, nargs, nrets);
	status = (int32_t)load32(rets + 4 * status_cell());
	if (ret != SUCCESS || status == (int32_t)PATTERN ||
	    load32(gpa - 4) != PATTERN ||
	    (end < RAM_END && load32(end) != PATTERN))
		complain(what, ret, status);
}

/* A block that is not in RAM, or not all of it. */
static void check_nowhere(const char *what, uint64_t gpa)
{
	int64_t ret = rtas(gpa);

	if (ret != PARAMETER)
		complain(what, ret, 0);
}

static void check_refused(const char *what, uint32_t nargs, uint32_t nrets)
{
	int64_t ret = call(SCRATCH, nargs, nrets);

	if (ret != PARAMETER)
		complain(what, ret, 0);
}

static bool is_last_word(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(last_words); i++)
		if (last_words[i] == current->token)
			return true;
	return false;
}

/* How long the block is when all arguments are there. */
static uint64_t length(void)
{
	return 12 + 4 * (most(current->in) + most(current->out));
}

static void check_call(void)
{
	uint32_t least = current->in % OPTIONAL, nrets = most(current->out);

	if (!(current->in & ANY) && nrets) {
		if (least)
			check_counts("few", least - 1, nrets,
				     PARAMETER_ERROR);
		check_counts("many", most(current->in) + 1, nrets,
			     PARAMETER_ERROR);
	}
	if (!is_last_word() && nrets) {
		check_right("right", SCRATCH);
		check_right("odd", SCRATCH + 1);
		check_right("last", RAM_END - length());
	}
	store32(RAM_END - 8, current->token);
	store32(RAM_END - 4, 0);
	check_nowhere("over", RAM_END - 8);
	check_nowhere("beyond", RAM_END);
	check_nowhere("wrap", ~7ull);
	check_refused("cells", MAX_CELLS, 1);
	check_refused("cells", ~0u, ~0u);
}

void guest_main(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		current = &rows[i];
		bad = false;
		put("GUEST rtas=");
		put(current->name);
		put(" bad=");
		check_call();
		put(bad ? "\n" : "none\n");
	}
}
