/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/options.h"
#include "vmm/util.h"

#define DEFAULT_MEM (512 * MIB)
#define MIN_MEM (16 * MIB)
#define MAX_MEM (1024 * GIB)
#define MAX_TIMEOUT_S (7 * 24 * 3600)
#define MAX_THREADS 8

struct choice {
	const char *name;
	int value;
};

static const struct choice mmu_choices[] = {
	{ "auto", PAPR_MMU_AUTO },
	{ "radix", PAPR_MMU_RADIX },
	{ "hash", PAPR_MMU_HASH },
	{ NULL, 0 }
};

static const struct choice interrupts_choices[] = {
	{ "auto", PAPR_INTERRUPTS_AUTO },
	{ "xics", PAPR_INTERRUPTS_XICS },
	{ "xive", PAPR_INTERRUPTS_XIVE },
	{ "dual", PAPR_INTERRUPTS_DUAL },
	{ NULL, 0 }
};

static const struct choice switch_choices[] = {
	{ "auto", PAPR_SWITCH_AUTO },
	{ "on", PAPR_SWITCH_ON },
	{ "off", PAPR_SWITCH_OFF },
	{ NULL, 0 }
};

static const struct choice action_choices[] = {
	{ "exit", ACTION_EXIT },
	{ "reset", ACTION_RESET },
	{ NULL, 0 }
};

static const struct choice panic_choices[] = {
	{ "exit", ACTION_EXIT },
	{ "reset", ACTION_RESET },
	{ "dump", ACTION_DUMP },
	{ NULL, 0 }
};

static const struct choice power_off_choices[] = {
	{ "exit", ACTION_EXIT },
	{ "wait", ACTION_WAIT },
	{ NULL, 0 }
};

static const struct choice suspend_choices[] = {
	{ "resume", ACTION_RESUME },
	{ "wait", ACTION_WAIT },
	{ "save", ACTION_SAVE },
	{ NULL, 0 }
};

static const struct choice vsmt_choices[] = {
	{ "auto", 0 }, { "1", 1 }, { "2", 2 }, { "4", 4 }, { "8", 8 },
	{ NULL, 0 }
};

/* The chosen value, or -EINVAL with the names there are. */
static int choice_parse(const char *option, const struct choice *choices,
			const char *text, struct papr_error *error)
{
	char names[64] = "";
	size_t len = 0;
	int i;

	for (i = 0; choices[i].name; i++) {
		if (!strcmp(choices[i].name, text))
			return choices[i].value;
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				i ? ", " : "", choices[i].name);
	}
	return refuse(error, -EINVAL, "%s %s: must be one of %s", option, text,
		      names);
}

static int mem_size(const char *text, uint64_t *mem, struct papr_error *error)
{
	if (size_parse(text, MIB, mem) < 0)
		return refuse(error, -EINVAL,
			      "--mem %s: not a size such as 512M or 2G", text);
	if (*mem < MIN_MEM || *mem > MAX_MEM)
		return refuse(error, -EINVAL,
			      "--mem %s: must be between 16M and 1024G", text);
	if (*mem % MIB)
		return refuse(error, -EINVAL,
			      "--mem %s: must be a multiple of 1M", text);
	return 0;
}

/* A size, and perhaps ",max=" and another. */
static int mem_parse(const char *text, struct run_options *o,
		     struct papr_error *error)
{
	const char *max = strstr(text, ",max=");
	char *size = max ? strndup(text, max - text) : strdup(text);
	int ret;

	if (!size)
		return refuse(error, -ENOMEM, "no memory");
	ret = mem_size(size, &o->mem, error);
	free(size);
	o->max_mem = o->mem;
	if (!ret && max)
		ret = mem_size(max + strlen(",max="), &o->max_mem, error);
	if (ret)
		return ret;
	if (o->max_mem < o->mem)
		return refuse(error, -EINVAL,
			      "--mem %s: the maximum is less than that", text);
	if (max && (o->mem % PAPR_LMB_SIZE || o->max_mem % PAPR_LMB_SIZE))
		return refuse(error, -EINVAL, "--mem %s: with a maximum both "
			      "must be multiples of 256M", text);
	return 0;
}

enum smp_key { SMP_CPUS, SMP_CORES, SMP_THREADS, SMP_MAX, SMP_KEYS };

/* One "key=number"; a number without a key is cpus, as users of QEMU know. */
static int smp_item(char *item, uint32_t *values, struct papr_error *error)
{
	static const char *const keys[SMP_KEYS] = {
		"cpus", "cores", "threads", "maxcpus"
	};
	char *equals = strchr(item, '=');
	const char *number = equals ? equals + 1 : item;
	const char *key = equals ? item : keys[SMP_CPUS];
	uint64_t value;
	int i;

	if (equals)
		*equals = '\0';
	for (i = 0; i < SMP_KEYS && strcmp(keys[i], key); i++)
		;
	if (i == SMP_KEYS)
		return refuse(error, -EINVAL,
			      "'%s' is not cpus, cores, threads or "
			      "maxcpus", key);
	if (values[i])
		return refuse(error, -EINVAL, "%s is given twice", key);
	if (number_parse(number, &value, NULL) < 0 || !value ||
	    value > PAPR_MAX_VCPUS)
		return refuse(error, -EINVAL,
			      "%s must be a number between 1 and %u", key,
			      PAPR_MAX_VCPUS);
	values[i] = value;
	return 0;
}

/* What was left out follows from the rest; cores rather than threads. */
static int smp_complete(uint32_t *v, struct papr_error *error)
{
	uint32_t divisor = (v[SMP_CORES] ? v[SMP_CORES] : 1) *
			   (v[SMP_THREADS] ? v[SMP_THREADS] : 1);

	if (!v[SMP_CPUS])
		v[SMP_CPUS] = divisor;
	if (!v[SMP_CORES])
		v[SMP_CORES] = v[SMP_CPUS] / divisor;
	if (!v[SMP_THREADS])
		v[SMP_THREADS] = v[SMP_CPUS] / v[SMP_CORES];

	if (!v[SMP_MAX])
		v[SMP_MAX] = v[SMP_CPUS];

	if (v[SMP_CORES] * v[SMP_THREADS] != v[SMP_CPUS])
		return refuse(error, -EINVAL,
			      "cpus is not cores times threads");
	if (v[SMP_MAX] < v[SMP_CPUS] || v[SMP_MAX] % v[SMP_THREADS])
		return refuse(error, -EINVAL, "maxcpus must be whole cores, "
			      "and not less than cpus");
	if (v[SMP_CPUS] > PAPR_MAX_VCPUS)
		return refuse(error, -EINVAL, "more than %u vCPUs",
			      PAPR_MAX_VCPUS);
	if (v[SMP_THREADS] > MAX_THREADS ||
	    (v[SMP_THREADS] & (v[SMP_THREADS] - 1)))
		return refuse(error, -EINVAL, "threads must be 1, 2, 4 or 8");
	return 0;
}

static int smp_parse(const char *text, struct run_options *options,
		     struct papr_error *error)
{
	uint32_t values[SMP_KEYS] = { 0 };
	char copy[80], *rest = copy, *item;
	int ret = 0;

	if (strlen(text) >= sizeof(copy))
		return refuse(error, -EINVAL, "--smp: the value is too long");
	strcpy(copy, text);
	while (!ret && (item = strsep(&rest, ",")))
		ret = smp_item(item, values, error);
	if (!ret)
		ret = smp_complete(values, error);
	if (ret) {
		snprintf(copy, sizeof(copy), "--smp %.70s", text);
		return refuse_at(error, ret, copy);
	}
	options->cores = values[SMP_CORES];
	options->threads = values[SMP_THREADS];
	options->max_cores = values[SMP_MAX] / values[SMP_THREADS];
	return 0;
}

static int timeout_parse(const char *text, uint32_t *seconds,
			 struct papr_error *error)
{
	uint64_t value;

	if (number_parse(text, &value, NULL) < 0 || !value ||
	    value > MAX_TIMEOUT_S)
		return refuse(error, -EINVAL,
			      "--timeout %s: must be between 1 and %u seconds",
			      text, MAX_TIMEOUT_S);
	*seconds = value;
	return 0;
}

/* An empty file name is a slip in a script, never meant. */
static int file_option(const char *option, const char *text,
		       const char **name, struct papr_error *error)
{
	if (!*text)
		return refuse(error, -EINVAL, "%s: the file name is empty",
			      option);
	*name = text;
	return 0;
}

/* What people call something. */
static int name_option(const char *option, const char *text, const char **to,
		       struct papr_error *error)
{
	if (!*text || strlen(text) > PAPR_NAME_MAX)
		return refuse(error, -EINVAL, "%s: a name has 1 to %u bytes",
			      option, PAPR_NAME_MAX);
	*to = text;
	return 0;
}

static int uuid_option(const char *text, struct run_options *o,
		       struct papr_error *error)
{
	if (uuid_parse(text, o->uuid))
		return refuse(error, -EINVAL, "--uuid %s: not a UUID such as "
			      "00112233-4455-6677-8899-aabbccddeeff", text);
	o->has_uuid = true;
	return 0;
}

/* A file of one of these names has a path before it. */
static int firmware_parse(const char *text, struct run_options *o,
			  struct papr_error *error)
{
	o->firmware = !strcmp(text, "none") ? FIRMWARE_NONE :
		      !strcmp(text, "client") ? FIRMWARE_CLIENT :
						FIRMWARE_FILE;
	if (o->firmware != FIRMWARE_FILE)
		return 0;
	return file_option("--firmware", text, &o->firmware_file, error);
}

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "initrd", required_argument, NULL, 'i' },
	{ "append", required_argument, NULL, 'a' },
	{ "mem", required_argument, NULL, 'm' },
	{ "smp", required_argument, NULL, 's' },
	{ "numa", required_argument, NULL, 'U' },
	{ "name", required_argument, NULL, 'L' },
	{ "uuid", required_argument, NULL, 'u' },
	{ "mmu", required_argument, NULL, 'M' },
	{ "interrupts", required_argument, NULL, 'x' },
	{ "vsmt", required_argument, NULL, 'v' },
	{ "nested-hv", required_argument, NULL, 'n' },
	{ "fwnmi", required_argument, NULL, 'f' },
	{ "gtse", required_argument, NULL, 'G' },
	{ "firmware", required_argument, NULL, 'F' },
	{ "bios", required_argument, NULL, 'b' },
	{ "guest-status", no_argument, NULL, 'g' },
	{ "host-model", required_argument, NULL, 'O' },
	{ "host-serial", required_argument, NULL, 'H' },
	{ "large-decr", no_argument, NULL, 'D' },
	{ "on-reboot", required_argument, NULL, 'r' },
	{ "on-panic", required_argument, NULL, 'P' },
	{ "on-power-off", required_argument, NULL, 'o' },
	{ "on-suspend", required_argument, NULL, 'e' },
	{ "nvram", required_argument, NULL, 'N' },
	{ "vpd", required_argument, NULL, 'V' },
	{ "policy", required_argument, NULL, 'p' },
	{ "restore", required_argument, NULL, 'R' },
	{ "save", required_argument, NULL, 'W' },
	{ "stats", required_argument, NULL, 'S' },
	{ "timing", no_argument, NULL, 'I' },
	{ "trace", required_argument, NULL, 't' },
	{ "control", required_argument, NULL, 'c' },
	{ "paused", no_argument, NULL, 'w' },
	{ "dump-fdt", required_argument, NULL, 'd' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* Options with a few values, each an enum or a number of the options. */
static const struct value_option {
	int letter;
	const char *name;
	const struct choice *choices;
	size_t member;
} value_options[] = {
#define VALUE(letter, name, choices, member) \
	{ letter, name, choices, offsetof(struct run_options, member) }
	VALUE('M', "--mmu", mmu_choices, mmu),
	VALUE('x', "--interrupts", interrupts_choices, interrupts),
	VALUE('v', "--vsmt", vsmt_choices, vsmt),
	VALUE('n', "--nested-hv", switch_choices, nested_hv),
	VALUE('f', "--fwnmi", switch_choices, fwnmi),
	VALUE('G', "--gtse", switch_choices, gtse),
	VALUE('r', "--on-reboot", action_choices, on_reboot),
	VALUE('P', "--on-panic", panic_choices, on_panic),
	VALUE('o', "--on-power-off", power_off_choices, on_power_off),
	VALUE('e', "--on-suspend", suspend_choices, on_suspend),
};

static int value_option(int letter, const char *text, struct run_options *o,
			struct papr_error *error)
{
	const struct value_option *v = value_options;
	int value;

	while (v->letter != letter)
		v++;
	value = choice_parse(v->name, v->choices, text, error);
	if (value < 0)
		return value;
	memcpy((char *)o + v->member, &value, sizeof(value));
	return 0;
}

static int option_apply(int letter, const char *text, struct run_options *o,
			struct papr_error *error)
{
	switch (letter) {
	case 'k':
		return file_option("--kernel", text, &o->kernel, error);
	case 'i':
		return file_option("--initrd", text, &o->initrd, error);
	case 'F':
		return firmware_parse(text, o, error);
	case 'b':
		return file_option("--bios", text, &o->bios, error);
	case 'N':
		return file_option("--nvram", text, &o->nvram, error);
	case 'V':
		return file_option("--vpd", text, &o->vpd, error);
	case 'p':
		return file_option("--policy", text, &o->policy, error);
	case 'R':
		return file_option("--restore", text, &o->restore, error);
	case 'W':
		return file_option("--save", text, &o->save, error);
	case 'S':
		return file_option("--stats", text, &o->stats, error);
	case 't':
		return file_option("--trace", text, &o->trace, error);
	case 'c':
		return file_option("--control", text, &o->control, error);
	case 'd':
		return file_option("--dump-fdt", text, &o->dump_fdt, error);
	case 'a':
		o->append = text;
		return 0;
	case 'w':
		o->paused = true;
		return 0;
	case 'I':
		o->timing = true;
		return 0;
	case 'D':
		o->large_decr = true;
		return 0;
	case 'g':
		o->guest_status = true;
		return 0;
	case 'm':
		return mem_parse(text, o, error);
	case 's':
		return smp_parse(text, o, error);
	case 'L':
		return name_option("--name", text, &o->name, error);
	case 'O':
		return name_option("--host-model", text, &o->host_model,
				   error);
	case 'H':
		return name_option("--host-serial", text, &o->host_serial,
				   error);
	case 'u':
		return uuid_option(text, o, error);
	case 'U':
		return numa_parse(text, &o->numa, error);
	case 'T':
		return timeout_parse(text, &o->timeout_s, error);
	default:
		return value_option(letter, text, o, error);
	}
}

int options_parse(int argc, char **argv, struct run_options *options,
		  struct papr_error *error)
{
	bool first = true;
	int letter, ret;

	*options = (struct run_options) {
		.mem = DEFAULT_MEM, .max_mem = DEFAULT_MEM,
		.cores = 1, .max_cores = 1, .threads = 1,
		.on_suspend = ACTION_RESUME,
	};
	for (;; first = false) {
		letter = option_next(argc, argv, long_options, first, error);
		if (letter == -1)
			break;
		if (!letter)
			return -EINVAL;
		if (letter == 'h') {
			options->help = true;
			return 0;
		}
		ret = option_apply(letter, optarg, options, error);
		if (ret)
			return ret;
	}
	if (optind < argc)
		return refuse(error, -EINVAL, "%s: there are only options here",
			      argv[optind]);
	return options_check(options, error);
}
