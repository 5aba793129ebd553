/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tools/lab-gdb.h"

#define INTERRUPT	'\003'
#define ESCAPE		'}'
#define ESCAPE_FLIP	0x20

static const char *const names[LAB_GDB_N_REGISTERS] = {
#define R(name) #name,
	LAB_GDB_REGISTERS(R)
#undef R
};

static int transmit(struct lab_gdb *gdb, const char *bytes, size_t len)
{
	ssize_t n;

	for (; len; bytes += n, len -= n) {
		n = send(gdb->fd, bytes, len, MSG_NOSIGNAL);
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int command(struct lab_gdb *gdb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int command(struct lab_gdb *gdb, const char *format, ...)
{
	char text[256] = "$";
	uint8_t sum = 0;
	va_list ap;
	size_t len;

	va_start(ap, format);
	vsnprintf(text + 1, sizeof(text) - sizeof("$#00"), format, ap);
	va_end(ap);
	len = strlen(text);
	for (size_t i = 1; i < len; i++)
		sum += (uint8_t)text[i];
	len += sprintf(text + len, "#%02x", sum);
	return transmit(gdb, text, len);
}

/* The next byte, or -1. */
static int next_byte(struct lab_gdb *gdb)
{
	ssize_t n;

	if (gdb->in_from == gdb->in_to) {
		n = recv(gdb->fd, gdb->in, sizeof(gdb->in), 0);
		if (n <= 0)
			return -1;
		gdb->in_from = 0;
		gdb->in_to = n;
	}
	return (uint8_t)gdb->in[gdb->in_from++];
}

/* From '$' to '#': the bytes as they were before they were escaped. */
static int take_body(struct lab_gdb *gdb, uint8_t *sum)
{
	int byte, flip = 0;

	gdb->packet_len = 0;
	*sum = 0;
	while ((byte = next_byte(gdb)) != '#') {
		if (byte < 0 || gdb->packet_len == LAB_GDB_PACKET)
			return -1;
		*sum += byte;
		if (byte == ESCAPE && !flip) {
			flip = ESCAPE_FLIP;
			continue;
		}
		gdb->packet[gdb->packet_len++] = byte ^ flip;
		flip = 0;
	}
	gdb->packet[gdb->packet_len] = '\0';
	return 0;
}

/* Nothing gets lost on a socket: a wrong sum is the end. */
static int take_packet(struct lab_gdb *gdb)
{
	char digits[3] = "", wanted[3];
	uint8_t sum;
	int byte;

	do
		byte = next_byte(gdb);
	while (byte >= 0 && byte != '$');
	if (byte < 0 || take_body(gdb, &sum))
		return -1;
	for (int i = 0; i < 2; i++) {
		byte = next_byte(gdb);
		if (byte < 0)
			return -1;
		digits[i] = byte;
	}
	snprintf(wanted, sizeof(wanted), "%02x", sum);
	if (strcmp(digits, wanted))
		return -1;
	return transmit(gdb, "+", 1);
}

static int expect_ok(struct lab_gdb *gdb)
{
	return take_packet(gdb) || strcmp(gdb->packet, "OK") ? -1 : 0;
}

/* A part of the target's description, a string that the caller frees. */
static char *read_description(struct lab_gdb *gdb, const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	size_t at = 0;
	bool good = out;
	char kind = 'm';

	while (good && kind == 'm') {
		good = !command(gdb, "qXfer:features:read:%s:%zx,%x", name, at,
				LAB_GDB_PACKET / 4) && !take_packet(gdb);
		kind = good ? gdb->packet[0] : 'E';
		good = kind == 'l' || (kind == 'm' && gdb->packet_len > 1);
		if (good)
			at += fwrite(gdb->packet + 1, 1, gdb->packet_len - 1,
				     out);
	}
	if (out && fclose(out))
		good = false;
	if (!good) {
		free(text);
		return NULL;
	}
	return text;
}

/* The value of an attribute of the element that text begins with. */
static bool attribute(const char *text, const char *name, char *value,
		      size_t size)
{
	const char *end = strchr(text, '>'), *at;
	char wanted[32];
	size_t len;

	snprintf(wanted, sizeof(wanted), " %s=\"", name);
	at = strstr(text, wanted);
	if (!at || !end || at > end)
		return false;
	at += strlen(wanted);
	len = strcspn(at, "\"");
	if (len >= size)
		return false;
	memcpy(value, at, len);
	value[len] = '\0';
	return true;
}

/*
 * Registers are numbered through all parts, unless one has a number. Of those
 * of one name the first is real: lr is among the SPRs again.
 */
static void number_registers(struct lab_gdb *gdb, const char *text, int *next)
{
	char value[32];

	while ((text = strstr(text, "<reg "))) {
		if (attribute(text, "regnum", value, sizeof(value)))
			*next = atoi(value);
		if (!attribute(text, "name", value, sizeof(value)))
			*value = '\0';
		for (int i = 0; i < LAB_GDB_N_REGISTERS; i++)
			if (!strcmp(value, names[i]) && gdb->number[i] < 0)
				gdb->number[i] = *next;
		++*next;
		text++;
	}
}

static int learn_registers(struct lab_gdb *gdb)
{
	char *target = read_description(gdb, "target.xml"), *part, name[64];
	const char *at = target;
	int next = 0;

	for (int i = 0; i < LAB_GDB_N_REGISTERS; i++)
		gdb->number[i] = -1;
	while (at && (at = strstr(at, "<xi:include "))) {
		if (attribute(at, "href", name, sizeof(name))) {
			part = read_description(gdb, name);
			if (part)
				number_registers(gdb, part, &next);
			free(part);
		}
		at++;
	}
	free(target);
	for (int i = 0; i < LAB_GDB_N_REGISTERS; i++)
		if (gdb->number[i] < 0)
			return -1;
	return 0;
}

/*
 * A machine that runs says that it has stopped, one that has not begun does
 * not: whatever comes before the answer to qC is that.
 */
int lab_gdb_open(struct lab_gdb *gdb, int fd)
{
	static const char interrupt = INTERRUPT;

	memset(gdb, 0, sizeof(*gdb));
	gdb->fd = fd;
	if (transmit(gdb, &interrupt, 1) || command(gdb, "qC"))
		return -1;
	do
		if (take_packet(gdb))
			return -1;
	while (strncmp(gdb->packet, "QC", 2));
	return learn_registers(gdb);
}

int lab_gdb_set_break(struct lab_gdb *gdb, uint64_t address, bool on)
{
	if (command(gdb, "%c0,%" PRIx64 ",4", on ? 'Z' : 'z', address))
		return -1;
	return expect_ok(gdb);
}

int lab_gdb_wait(struct lab_gdb *gdb, unsigned int *cpu)
{
	const char *thread;

	if (take_packet(gdb) || gdb->packet[0] != 'T')
		return -1;
	thread = strstr(gdb->packet, "thread:");
	if (!thread)
		return -1;
	*cpu = strtoul(thread + strlen("thread:"), NULL, 16);
	return 0;
}

/* The registers come in the order in which the CPU is: MSR[LE] says so. */
int lab_gdb_select(struct lab_gdb *gdb, unsigned int cpu)
{
	uint64_t msr;

	if (command(gdb, "Hg%x", cpu) || expect_ok(gdb))
		return -1;
	gdb->little = false;
	if (lab_gdb_get(gdb, LAB_GDB_msr, &msr))
		return -1;
	/* Bit 56 does not exist: if it is set, it is bit 0, LE. */
	gdb->little = msr >> 56 & 1;
	return 0;
}

static uint64_t in_order(const struct lab_gdb *gdb, uint64_t value)
{
	return gdb->little ? __builtin_bswap64(value) : value;
}

int lab_gdb_get(struct lab_gdb *gdb, enum lab_gdb_register reg,
		uint64_t *value)
{
	char *end;

	if (command(gdb, "p%x", gdb->number[reg]) || take_packet(gdb) ||
	    gdb->packet_len != 16)
		return -1;
	*value = in_order(gdb, strtoull(gdb->packet, &end, 16));
	return *end ? -1 : 0;
}

int lab_gdb_put(struct lab_gdb *gdb, enum lab_gdb_register reg,
		uint64_t value)
{
	if (command(gdb, "P%x=%016" PRIx64, gdb->number[reg],
		    in_order(gdb, value)))
		return -1;
	return expect_ok(gdb);
}

int lab_gdb_step(struct lab_gdb *gdb, unsigned int cpu)
{
	unsigned int stopped;

	if (command(gdb, "vCont;s:%x", cpu))
		return -1;
	return lab_gdb_wait(gdb, &stopped);
}

/* Its acknowledgment is all that comes until the machine stops. */
int lab_gdb_go(struct lab_gdb *gdb)
{
	return command(gdb, "c") || next_byte(gdb) != '+' ? -1 : 0;
}

bool lab_gdb_has_more(const struct lab_gdb *gdb)
{
	return gdb->in_from < gdb->in_to;
}
