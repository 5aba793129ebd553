/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls RTAS by way of Debian's librtas, as the tools of powerpc-utils do, and
 * prints a line for each call: its name and arguments, what it gave, and its
 * status.  tests/clients/clients-expected has what they must be.
 *
 * librtas is loaded and not linked, so that nothing of it is needed to build.
 */
#include <dlfcn.h>
#include <endian.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAMP_IDENTIFY 9007
#define NO_SENSOR 1234
#define CORE_THAT_IS_NOT_THERE 0x10000001
/* ibm,get-indices says so of what is found by a location code. */
#define BY_LOCATION UINT32_MAX
#define AREA 4096
/* Behind the stanza's length, a tag and the name's. */
#define STANZA_NAME 7

static char location[80];

/* A function of the library, by its type. */
static void *function(const char *name)
{
	static void *library;
	void *f;

	if (!library)
		library = dlopen("librtas.so.2", RTLD_NOW);
	f = library ? dlsym(library, name) : NULL;
	if (!f) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return f;
}

static void say(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(" = %d\n", status);
}

/* --- system parameters: two bytes of length, and the value */

static void get_text(unsigned int number)
{
	int (*get)(unsigned int, unsigned int, char *) =
		function("rtas_get_sysparm");
	char area[AREA] = "";
	int status = get(number, sizeof(area), area);

	say(status, "get_sysparm %u: \"%s\"", number, area + 2);
}

static void get_bytes(unsigned int number)
{
	int (*get)(unsigned int, unsigned int, char *) =
		function("rtas_get_sysparm");
	unsigned char area[AREA] = "";
	int status = get(number, sizeof(area), (char *)area);

	printf("get_sysparm %u:", number);
	for (int i = 0; !status && i < area[0] * 256 + area[1]; i++)
		printf(" %02x", area[i + 2]);
	say(status, "");
}

static void set_byte(unsigned int number, char value)
{
	int (*set)(unsigned int, char *) = function("rtas_set_sysparm");
	/* librtas takes the length in its own byte order. */
	char area[AREA] = { 0, 1, value };

	say(set(number, area), "set_sysparm %u %d", number, value);
}

static void sysparms(void)
{
	get_text(55);
	get_bytes(48);
	get_bytes(21);
	set_byte(21, 1);
	get_bytes(21);
	set_byte(21, 2);
	set_byte(42, 1);
	get_bytes(18);
}

/* --- sensors and indicators, by index and by where they are */

static void get_sensor(int sensor, int index)
{
	int (*get)(int, int, int *) = function("rtas_get_sensor");
	int state = -1, status = get(sensor, index, &state);

	say(status, "get_sensor %d %d: %d", sensor, index,
	    status ? -1 : state);
}

static void set_indicator(int indicator, int index, int state)
{
	int (*set)(int, int, int) = function("rtas_set_indicator");

	say(set(indicator, index, state), "set_indicator %d %d %d", indicator,
	    index, state);
}

/* An index, the length of a location code, and that. */
static void get_indices(int is_sensor)
{
	int (*get)(int, int, char *, size_t, int, int *) =
		function("rtas_get_indices");
	uint32_t area[AREA / 4] = { 0 };
	int next, status = get(is_sensor, LAMP_IDENTIFY, (char *)area,
			       sizeof(area), 1, &next);

	snprintf(location, sizeof(location), "%.79s", (char *)(area + 3));
	say(status, "get_indices %d: %u, by location %d, %u bytes %s",
	    is_sensor, be32toh(area[0]), be32toh(area[1]) == BY_LOCATION,
	    be32toh(area[2]), location);
}

static void *located(const char *where)
{
	static struct {
		uint32_t len;
		char code[80];
	} at;

	at.len = htobe32(strlen(where) + 1);
	snprintf(at.code, sizeof(at.code), "%s", where);
	return &at;
}

static void get_dynamic_sensor(const char *where)
{
	int (*get)(int, void *, int *) = function("rtas_get_dynamic_sensor");
	int state = -1, status = get(LAMP_IDENTIFY, located(where), &state);

	say(status, "get_dynamic_sensor %s: %d", where, status ? -1 : state);
}

static void set_dynamic_indicator(const char *where, int state)
{
	int (*set)(int, int, void *) = function("rtas_set_dynamic_indicator");

	say(set(LAMP_IDENTIFY, state, located(where)),
	    "set_dynamic_indicator %s %d", where, state);
}

static void sensors(void)
{
	get_sensor(9, 0);
	get_sensor(NO_SENSOR, 0);
	set_indicator(LAMP_IDENTIFY, 0, 1);
	get_sensor(LAMP_IDENTIFY, 0);
	set_indicator(LAMP_IDENTIFY, 0, 2);
	get_indices(0);
	get_indices(1);
	get_dynamic_sensor(location);
	set_dynamic_indicator(location, 0);
	get_sensor(LAMP_IDENTIFY, 0);
	get_dynamic_sensor("U1234.567");
}

/* --- vital product data, in one piece and in small ones */

static char vpd[2][AREA];

static size_t get_vpd(char *into, const char *where, size_t piece, int *status)
{
	int (*get)(const char *, char *, size_t, unsigned int, unsigned int *,
		   unsigned int *) = function("rtas_get_vpd");
	unsigned int sequence = 1, bytes = 0;
	char area[AREA];
	size_t len = 0;

	do {
		*status = get(where, area, piece, sequence, &sequence, &bytes);
		if (*status < 0 || len + bytes > AREA)
			break;
		memcpy(into + len, area, bytes);
		len += bytes;
	} while (*status == 1);
	return len;
}

static void get_all_vpd(void)
{
	int status;
	size_t len = get_vpd(vpd[0], "", AREA, &status), len_in_pieces;

	say(status, "get_vpd: %s",
	    !memcmp(vpd[0] + STANZA_NAME, "System VPD", 10) ? "System VPD" :
	    "something else");
	len_in_pieces = get_vpd(vpd[1], "", 16, &status);
	say(status, "get_vpd in pieces: %s",
	    len_in_pieces == len && !memcmp(vpd[0], vpd[1], len) ?
	    "the same" : "something else");
	get_vpd(vpd[1], "U1234.567", AREA, &status);
	say(status, "get_vpd U1234.567");
}

/* --- the clock: an hour is longer than this takes */

static void set_time(int month, int hour)
{
	int (*set)(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
		   uint32_t) = function("rtas_set_time");

	say(set(2031, month, 28, hour, 0, 0, 0),
	    "set_time 2031-%d-28 %d", month, hour);
}

static void get_time(void)
{
	int (*get)(uint32_t *, uint32_t *, uint32_t *, uint32_t *, uint32_t *,
		   uint32_t *, uint32_t *) = function("rtas_get_time");
	uint32_t t[7];
	int status = get(t, t + 1, t + 2, t + 3, t + 4, t + 5, t + 6);

	say(status, "get_time %u-%u-%u %u", t[0], t[1], t[2], t[3]);
}

/* --- what is about a machine */

static void power_level(int domain)
{
	int (*get)(int, int *) = function("rtas_get_power_level");
	int (*set)(int, int, int *) = function("rtas_set_power_level");
	int level = -1, status = get(domain, &level);

	say(status, "get_power_level %d: %d", domain, status ? -1 : level);
	status = set(domain, 100, &level);
	say(status, "set_power_level %d: %d", domain, status ? -1 : level);
}

static void lpar_perftools(int subfunction)
{
	int (*tools)(int, char *, unsigned int, unsigned int, unsigned int *) =
		function("rtas_lpar_perftools");
	char area[AREA] = "";
	unsigned int next = 0;
	int status = tools(subfunction, area, sizeof(area), 1, &next);

	say(status, "lpar_perftools %d: %u %s", subfunction, next, area + 8);
}

static void cfg_connector(uint32_t index)
{
	int (*configure)(char *) = function("rtas_cfg_connector");
	uint32_t area[AREA / 4] = { htobe32(index) };

	say(configure((char *)area), "cfg_connector %#x", index);
}

static void errinjct(void)
{
	int (*open)(int *) = function("rtas_errinjct_open");
	int (*close)(int) = function("rtas_errinjct_close");
	int token = -1;

	say(open(&token), "errinjct_open");
	say(close(token + 1), "errinjct_close of another");
	say(close(token), "errinjct_close");
}

static void machine(void)
{
	int (*activate_firmware)(void) = function("rtas_activate_firmware");
	int (*display_msg)(char *) = function("rtas_display_msg");
	int (*scan_log_dump)(void *, size_t) = function("rtas_scan_log_dump");
	int (*update_nodes)(char *, unsigned int) =
		function("rtas_update_nodes");
	char area[AREA] = "text";

	power_level(-1);
	power_level(7);
	say(activate_firmware(), "activate_firmware");
	lpar_perftools(1);
	lpar_perftools(2);
	cfg_connector(CORE_THAT_IS_NOT_THERE);
	cfg_connector(0);
	errinjct();
	say(display_msg(area), "display_msg");
	say(scan_log_dump(area, sizeof(area)), "scan_log_dump");
	say(update_nodes(area, 1), "update_nodes");
}

int main(void)
{
	sysparms();
	sensors();
	get_all_vpd();
	set_time(2, 3);
	get_time();
	set_time(13, 3);
	machine();
	return 0;
}
