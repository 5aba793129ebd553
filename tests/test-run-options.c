/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of papr run. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/options.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIB (UINT64_C(1) << 20)
#define MAX_WORDS 24

/* Parses words separated by blanks, of which no value here has any. */
static int parse(const char *words, struct run_options *options,
		 struct papr_error *error)
{
	static char copy[256];
	static char run[] = "run";
	char *argv[MAX_WORDS] = { run }, *rest = copy;
	int argc = 1;

	assert_true(strlen(words) < sizeof(copy));
	strcpy(copy, words);
	while (argc < MAX_WORDS - 1 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	return options_parse(argc, argv, options, error);
}

static void assert_parses(const char *words, struct run_options *options)
{
	struct papr_error error = { "" };

	if (parse(words, options, &error))
		fail_msg("'%s' was refused: %s", words, error.text);
}

static void a_kernel_is_all_that_is_needed(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel vmlinux", &options);
	assert_string_equal(options.kernel, "vmlinux");
	assert_int_equal(options.mem, 512 * MIB);
	assert_int_equal(options.cores, 1);
	assert_int_equal(options.threads, 1);
	assert_int_equal(options.vsmt, 0);
	assert_int_equal(options.mmu, PAPR_MMU_AUTO);
	assert_int_equal(options.interrupts, PAPR_INTERRUPTS_XICS);
	assert_int_equal(options.nested_hv, PAPR_SWITCH_AUTO);
	assert_int_equal(options.fwnmi, PAPR_SWITCH_AUTO);
	assert_int_equal(options.on_reboot, ACTION_EXIT);
	assert_int_equal(options.on_panic, ACTION_EXIT);
	assert_int_equal(options.on_power_off, ACTION_EXIT);
	assert_int_equal(options.on_suspend, ACTION_RESUME);
	assert_false(options.paused);
	assert_null(options.append);
	assert_null(options.trace);
}

static void file_names_are_kept(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel k --initrd i --append a --policy p --stats - "
		      "--trace t --dump-fdt d --control c --paused",
		      &options);
	assert_true(options.paused);
	assert_string_equal(options.initrd, "i");
	assert_string_equal(options.append, "a");
	assert_string_equal(options.policy, "p");
	assert_string_equal(options.stats, "-");
	assert_string_equal(options.trace, "t");
	assert_string_equal(options.dump_fdt, "d");
	assert_string_equal(options.control, "c");
	assert_parses("--kernel k --save w --restore unix:r --nvram n --vpd v",
		      &options);
	assert_string_equal(options.nvram, "n");
	assert_string_equal(options.vpd, "v");
	assert_string_equal(options.save, "w");
	assert_string_equal(options.restore, "unix:r");
}

static void choices_are_understood(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel k --mmu hash --vsmt 8 --nested-hv on "
		      "--fwnmi off --timeout 30 --on-reboot reset "
		      "--on-panic reset --timing", &options);
	assert_int_equal(options.mmu, PAPR_MMU_HASH);
	assert_int_equal(options.vsmt, 8);
	assert_int_equal(options.nested_hv, PAPR_SWITCH_ON);
	assert_int_equal(options.fwnmi, PAPR_SWITCH_OFF);
	assert_int_equal(options.on_reboot, ACTION_RESET);
	assert_int_equal(options.on_panic, ACTION_RESET);
	assert_true(options.timing);
	assert_int_equal(options.timeout_s, 30);
	assert_parses("--kernel k --on-power-off wait --on-suspend wait "
		      "--control c", &options);
	assert_int_equal(options.on_power_off, ACTION_WAIT);
	assert_int_equal(options.on_suspend, ACTION_WAIT);
	assert_parses("--kernel k --on-suspend save --save s", &options);
	assert_int_equal(options.on_suspend, ACTION_SAVE);
	assert_parses("--kernel k --interrupts xive --gtse off", &options);
	assert_int_equal(options.gtse, PAPR_SWITCH_OFF);
	assert_int_equal(options.interrupts, PAPR_INTERRUPTS_XIVE);
	assert_parses("--kernel k --interrupts dual", &options);
	assert_int_equal(options.interrupts, PAPR_INTERRUPTS_DUAL);
}

static void firmware_is_a_kind_or_a_file(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel k", &options);
	assert_int_equal(options.firmware, FIRMWARE_NONE);
	assert_parses("--kernel k --firmware client", &options);
	assert_int_equal(options.firmware, FIRMWARE_CLIENT);
	assert_null(options.firmware_file);
	assert_parses("--firmware slof.bin", &options);
	assert_int_equal(options.firmware, FIRMWARE_FILE);
	assert_string_equal(options.firmware_file, "slof.bin");
	assert_null(options.kernel);
}

static void a_bios_is_a_firmware_file_of_any_name(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--bios client", &options);
	assert_int_equal(options.firmware, FIRMWARE_FILE);
	assert_string_equal(options.firmware_file, "client");
	assert_parses("--firmware none --bios b --kernel k", &options);
	assert_int_equal(options.firmware, FIRMWARE_FILE);
}

static void a_guests_own_status_is_asked_for(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel k", &options);
	assert_false(options.guest_status);
	assert_parses("--kernel k --guest-status", &options);
	assert_true(options.guest_status);
}

static void an_empty_append_is_an_empty_command_line(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--kernel k --append ", &options);
	assert_string_equal(options.append, "");
}

static void help_needs_nothing_else(void **state)
{
	struct run_options options;

	(void)state;
	assert_parses("--help", &options);
	assert_true(options.help);
}

static void memory_sizes_have_suffixes(void **state)
{
	static const struct {
		const char *words;
		uint64_t mem;
	} rows[] = {
		{ "--kernel k --mem 256", 256 * MIB },
		{ "--kernel k --mem 32768K", 32 * MIB },
		{ "--kernel k --mem 64m", 64 * MIB },
		{ "--kernel k --mem 2G", 2048 * MIB },
		{ "--kernel k --mem 1T", 1024 * 1024 * MIB },
	};
	struct run_options options;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_parses(rows[i].words, &options);
		assert_int_equal(options.mem, rows[i].mem);
	}
}

static void what_smp_leaves_out_follows(void **state)
{
	static const struct {
		const char *words;
		uint32_t cores, threads;
	} rows[] = {
		{ "--kernel k --smp 4", 4, 1 },
		{ "--kernel k --smp 4,threads=2", 2, 2 },
		{ "--kernel k --smp cpus=4,threads=2", 2, 2 },
		{ "--kernel k --smp cpus=4,cores=2", 2, 2 },
		{ "--kernel k --smp threads=8,cores=3", 3, 8 },
		{ "--kernel k --smp cpus=4,threads=2,cores=2", 2, 2 },
		{ "--kernel k --smp threads=4", 1, 4 },
		{ "--kernel k --smp 256", 256, 1 },
	};
	struct run_options options;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_parses(rows[i].words, &options);
		assert_int_equal(options.cores, rows[i].cores);
		assert_int_equal(options.threads, rows[i].threads);
	}
}

static void numa_nodes_have_memory_cpus_and_distances(void **state)
{
	static const uint32_t core_node[] = { 0, 1, 0, 2 };
	static const uint8_t distance[] = {
		10, 20, 80, 20, 10, 40, 80, 55, 10
	};
	struct run_options options;
	struct papr_numa numa;

	(void)state;
	assert_parses("--kernel k --mem 1G --smp 8,threads=2 "
		      "--numa node,mem=256M,cpus=0-1,cpus=4-5 "
		      "--numa dist,src=2,dst=0,val=80 "
		      "--numa node,cpus=2,cpus=3 --numa node,cpus=6-7,mem=768 "
		      "--numa dist,src=2,dst=1,val=55 "
		      "--numa dist,src=1,dst=2,val=40 --numa form=2",
		      &options);
	assert_true(numa_config(&options.numa, &numa));
	assert_int_equal(numa.form, PAPR_NUMA_FORM2);
	assert_int_equal(numa.nodes, 3);
	assert_int_equal(numa.mem[0], 256 * MIB);
	assert_int_equal(numa.mem[1], 0);
	assert_int_equal(numa.mem[2], 768 * MIB);
	assert_memory_equal(numa.core_node, core_node, sizeof(core_node));
	assert_memory_equal(numa.distance, distance, sizeof(distance));
}

static void nodes_have_what_is_plugged_in_later(void **state)
{
	static const uint32_t plug_core_node[] = { 0, 1 };
	struct run_options options;
	struct papr_numa numa;

	(void)state;
	assert_parses("--kernel k --mem 1G,max=2G --smp cpus=2,threads=2,"
		      "maxcpus=6 --numa node,mem=512M,max=768M,cpus=0-1 "
		      "--numa node,mem=512M,cpus=4-5 --numa node,max=768M",
		      &options);
	assert_true(numa_config(&options.numa, &numa));
	assert_memory_equal(numa.plug_core_node, plug_core_node,
			    sizeof(plug_core_node));
	assert_int_equal(numa.plug_mem[0], 256 * MIB);
	assert_int_equal(numa.plug_mem[1], 0);
	assert_int_equal(numa.plug_mem[2], 768 * MIB);
	assert_parses("--kernel k --mem 1G,max=2G --numa node,mem=1G,cpus=0",
		      &options);
	assert_true(numa_config(&options.numa, &numa));
	assert_null(numa.plug_mem);
}

static void partition_has_a_name_and_a_uuid(void **state)
{
	static const uint8_t uuid[] = {
		0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
		0x88, 0x99, 0xaa, 0xBB, 0xcc, 0xdd, 0xee, 0xff,
	};
	struct run_options options;

	(void)state;
	assert_parses("--kernel k --name lpar1 --host-model m --host-serial s "
		      "--uuid 00112233-4455-6677-8899-aaBBccddeeff", &options);
	assert_string_equal(options.name, "lpar1");
	assert_string_equal(options.host_model, "m");
	assert_string_equal(options.host_serial, "s");
	assert_true(options.has_uuid);
	assert_memory_equal(options.uuid, uuid, sizeof(uuid));
	assert_parses("--kernel k", &options);
	assert_null(options.name);
	assert_false(options.has_uuid);
}

static void without_numa_there_is_one_node(void **state)
{
	struct run_options options;
	struct papr_numa numa;

	(void)state;
	assert_parses("--kernel k", &options);
	assert_false(numa_config(&options.numa, &numa));
}

/* Words that are refused, and the sentence for them. */
static const struct refusal {
	const char *words;
	const char *sentence;
} refusals[] = {
	{ "--initrd i", "--kernel is missing" },
	{ "--firmware client", "--kernel is missing" },
	{ "--firmware f --initrd i",
	  "--initrd: there is no --kernel that could use it" },
	{ "--firmware ", "--firmware: the file name is empty" },
	{ "--bios ", "--bios: the file name is empty" },
	{ "--bios b --firmware f",
	  "--bios: there is --firmware, and a guest has only one" },
	{ "--kernel k --firmware client --bios b",
	  "--bios: there is --firmware, and a guest has only one" },
	{ "--bios b --initrd i",
	  "--initrd: there is no --kernel that could use it" },
	{ "--kernel", "--kernel: a value is missing" },
	{ "--kernel ", "--kernel: the file name is empty" },
	{ "--kernel k --trace ", "--trace: the file name is empty" },
	{ "--kernel k --vpd ", "--vpd: the file name is empty" },
	{ "--kernel k --control ", "--control: the file name is empty" },
	{ "--kernel k --kvm on", "--kvm: there is no such option" },
	{ "--kernel k -x", "-x: there is no such option" },
	{ "--kernel k vmlinux", "vmlinux: there are only options here" },
	{ "--kernel k --mem 12Q", "--mem 12Q: not a size such as 512M or 2G" },
	{ "--kernel k --mem -1", "--mem -1: not a size such as 512M or 2G" },
	{ "--kernel k --mem ", "--mem : not a size such as 512M or 2G" },
	{ "--kernel k --mem 1GB", "--mem 1GB: not a size such as 512M or 2G" },
	{ "--kernel k --mem 0x10",
	  "--mem 0x10: not a size such as 512M or 2G" },
	{ "--kernel k --mem 17179869184T",
	  "--mem 17179869184T: not a size such as 512M or 2G" },
	{ "--kernel k --mem 99999999999999999999",
	  "--mem 99999999999999999999: not a size such as 512M or 2G" },
	{ "--kernel k --mem 15M", "--mem 15M: must be between 16M and 1024G" },
	{ "--kernel k --mem 1025G",
	  "--mem 1025G: must be between 16M and 1024G" },
	{ "--kernel k --mem 65537K",
	  "--mem 65537K: must be a multiple of 1M" },
	{ "--kernel k --smp 0",
	  "--smp 0: cpus must be a number between 1 and 256" },
	{ "--kernel k --smp 257",
	  "--smp 257: cpus must be a number between 1 and 256" },
	{ "--kernel k --smp two",
	  "--smp two: cpus must be a number between 1 and 256" },
	{ "--kernel k --smp threads=",
	  "--smp threads=: threads must be a number between 1 and 256" },
	{ "--kernel k --smp 4,", "--smp 4,: cpus is given twice" },
	{ "--kernel k --smp sockets=2",
	  "--smp sockets=2: 'sockets' is not cpus, cores, threads or maxcpus" },
	{ "--kernel k --smp cores=2,cores=2",
	  "--smp cores=2,cores=2: cores is given twice" },
	{ "--kernel k --smp 5,threads=2",
	  "--smp 5,threads=2: cpus is not cores times threads" },
	{ "--kernel k --smp 2,cores=4",
	  "--smp 2,cores=4: cpus is not cores times threads" },
	{ "--kernel k --smp 2,threads=4",
	  "--smp 2,threads=4: cpus is not cores times threads" },
	{ "--kernel k --smp cpus=8,cores=2,threads=2",
	  "--smp cpus=8,cores=2,threads=2: cpus is not cores times threads" },
	{ "--kernel k --smp threads=3",
	  "--smp threads=3: threads must be 1, 2, 4 or 8" },
	{ "--kernel k --smp threads=16",
	  "--smp threads=16: threads must be 1, 2, 4 or 8" },
	{ "--kernel k --smp cores=200,threads=2",
	  "--smp cores=200,threads=2: more than 256 vCPUs" },
	{ "--kernel k --name ", "--name: a name has 1 to 255 bytes" },
	{ "--kernel k --host-model ",
	  "--host-model: a name has 1 to 255 bytes" },
	{ "--kernel k --host-serial ",
	  "--host-serial: a name has 1 to 255 bytes" },
	{ "--kernel k --uuid 1",
	  "--uuid 1: not a UUID such as 00112233-4455-6677-8899-"
	  "aabbccddeeff" },
	{ "--kernel k --uuid 00112233-4455-6677-8899-aabbccddeeff0",
	  "--uuid 00112233-4455-6677-8899-aabbccddeeff0: not a UUID such as "
	  "00112233-4455-6677-8899-aabbccddeeff" },
	{ "--kernel k --uuid 00112233-4455-6677-8899aabbccddeeff-",
	  "--uuid 00112233-4455-6677-8899aabbccddeeff-: not a UUID such as "
	  "00112233-4455-6677-8899-aabbccddeeff" },
	{ "--kernel k --uuid 0011223g-4455-6677-8899-aabbccddeeff",
	  "--uuid 0011223g-4455-6677-8899-aabbccddeeff: not a UUID such as "
	  "00112233-4455-6677-8899-aabbccddeeff" },
	{ "--kernel k --numa nodes",
	  "--numa nodes: must be node, dist or form" },
	{ "--kernel k --numa form=3", "--numa form=3: form is auto, 1 or 2" },
	{ "--kernel k --numa form=2,1",
	  "--numa form=2,1: must be node, dist or form" },
	{ "--kernel k --numa form=2", "--numa form: there are no nodes" },
	{ "--kernel k --numa node,mem=x",
	  "--numa node,mem=x: mem=x: not a size such as 512M or 2G" },
	{ "--kernel k --numa node,mem=1G,mem=1G",
	  "--numa node,mem=1G,mem=1G: mem is given twice" },
	{ "--kernel k --numa node,nodeid=1",
	  "--numa node,nodeid=1: 'nodeid=1' is not mem=SIZE, max=SIZE or "
	  "cpus=RANGE" },
	{ "--kernel k --numa node,max=1G,max=1G",
	  "--numa node,max=1G,max=1G: max is given twice" },
	{ "--kernel k --numa node,max=0",
	  "--numa node,max=0: max=0: not a size such as 512M or 2G" },
	{ "--kernel k --mem 1G,max=2G --numa node,mem=1G,max=512M,cpus=0",
	  "--numa: node 0 has more memory than its max" },
	{ "--kernel k --mem 1G,max=2G --numa node,mem=1G,max=4G,cpus=0",
	  "--numa: the nodes may get more memory than --mem has room for, "
	  "1024 MiB" },
	{ "--kernel k --mem 1G,max=2G --numa node,mem=1G,max=1536M,cpus=0",
	  "--numa: the nodes may get 512 MiB of memory, and --mem has room "
	  "for 1024 MiB" },
	{ "--kernel k --smp 1,maxcpus=2 --numa node,mem=512,cpus=0-2",
	  "--numa: there is no CPU 2" },
	{ "--kernel k --smp cpus=2,threads=2,maxcpus=4 "
	  "--numa node,mem=512,cpus=0-2",
	  "--numa: CPU 3 is in no node" },
	{ "--kernel k --smp cpus=2,threads=2,maxcpus=4 "
	  "--numa node,mem=512,cpus=0-1,cpus=3",
	  "--numa: CPU 2 is in no node" },
	{ "--kernel k --numa node,cpus=a",
	  "--numa node,cpus=a: cpus=a: not a number or a range such as 0-3" },
	{ "--kernel k --numa node,cpus=1-",
	  "--numa node,cpus=1-: cpus=1-: not a number or a range such as "
	  "0-3" },
	{ "--kernel k --numa node,cpus=1-0",
	  "--numa node,cpus=1-0: cpus=1-0: there are no such CPUs" },
	{ "--kernel k --numa node,cpus=0-256",
	  "--numa node,cpus=0-256: cpus=0-256: there are no such CPUs" },
	{ "--kernel k --numa node,cpus=0 --numa node,cpus=0",
	  "--numa node,cpus=0: CPU 0 is in node 0 already" },
	{ "--kernel k --numa node,mem=512,cpus=0-1",
	  "--numa: there is no CPU 1" },
	{ "--kernel k --smp 2 --numa node,mem=512,cpus=0",
	  "--numa: CPU 1 is in no node" },
	{ "--kernel k --numa node,mem=1G,cpus=0",
	  "--numa: the nodes have more memory than the 512 MiB of --mem" },
	{ "--kernel k --numa node,mem=16777215T,cpus=0 --numa node,mem=1T",
	  "--numa: the nodes have more memory than the 512 MiB of --mem" },
	{ "--kernel k --numa node,cpus=0",
	  "--numa: the nodes have 0 MiB of memory, and --mem 512 MiB" },
	{ "--kernel k --smp threads=2 --numa node,mem=512,cpus=0 "
	  "--numa node,cpus=1",
	  "--numa: CPU 1 is in node 1, and the others of its core in node 0" },
	{ "--kernel k --numa dist,src=0,dst=1,val=40",
	  "--numa dist: there is no node 0" },
	{ "--kernel k --numa dist,src=0,dst=1",
	  "--numa dist,src=0,dst=1: src, dst or val is missing" },
	{ "--kernel k --numa dist,src=0,dst=0,val=10",
	  "--numa dist,src=0,dst=0,val=10: no distance between two nodes" },
	{ "--kernel k --numa dist,src=0,dst=32,val=20",
	  "--numa dist,src=0,dst=32,val=20: no distance between two nodes" },
	{ "--kernel k --numa dist,src=0,dst=1,val=256",
	  "--numa dist,src=0,dst=1,val=256: a distance is said as "
	  "dist,src=NODE,dst=NODE,val=NUMBER" },
	{ "--kernel k --numa node,mem=512,cpus=0 "
	  "--numa dist,src=0,dst=1,val=40",
	  "--numa dist: there is no node 1" },
	{ "--kernel k --mmu tlb",
	  "--mmu tlb: must be one of auto, radix, hash" },
	{ "--kernel k --interrupts mpic",
	  "--interrupts mpic: must be one of auto, xics, xive, dual" },
	{ "--kernel k --vsmt 3",
	  "--vsmt 3: must be one of auto, 1, 2, 4, 8" },
	{ "--kernel k --gtse no", "--gtse no: must be one of auto, on, off" },
	{ "--kernel k --nested-hv yes",
	  "--nested-hv yes: must be one of auto, on, off" },
	{ "--kernel k --fwnmi 1",
	  "--fwnmi 1: must be one of auto, on, off" },
	{ "--kernel k --on-reboot again",
	  "--on-reboot again: must be one of exit, reset" },
	{ "--kernel k --on-panic reboot",
	  "--on-panic reboot: must be one of exit, reset, dump" },
	{ "--kernel k --on-power-off reset",
	  "--on-power-off reset: must be one of exit, wait" },
	{ "--kernel k --on-suspend exit",
	  "--on-suspend exit: must be one of resume, wait, save" },
	{ "--kernel k --on-suspend wait --save s", "--on-suspend wait: without "
	  "--control nobody can wake the guest" },
	{ "--kernel k --on-suspend save --control c", "--on-suspend save: "
	  "there is no --save that says where to" },
	{ "--kernel k --smp threads=4 --vsmt 2",
	  "--vsmt 2: less than the 4 threads of a core" },
	{ "--kernel k --restore r --dump-fdt d",
	  "--restore: a guest that goes on has no new device tree for "
	  "--dump-fdt" },
	{ "--kernel k --restore ", "--restore: the file name is empty" },
	{ "--kernel k --paused",
	  "--paused: without --control nobody can let the guest go on" },
	{ "--kernel k --timeout 0",
	  "--timeout 0: must be between 1 and 604800 seconds" },
	{ "--kernel k --timeout 1.5",
	  "--timeout 1.5: must be between 1 and 604800 seconds" },
};

static void bad_options_are_named_with_the_reason(void **state)
{
	struct run_options options;
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		error.text[0] = '\0';
		if (!parse(refusals[i].words, &options, &error))
			fail_msg("'%s' was taken", refusals[i].words);
		assert_string_equal(error.text, refusals[i].sentence);
	}
}

static void a_very_long_smp_is_refused(void **state)
{
	char words[200] = "--kernel k --smp ";
	struct run_options options;
	struct papr_error error = { "" };

	(void)state;
	memset(words + strlen(words), '1', 100);
	assert_int_equal(parse(words, &options, &error), -EINVAL);
	assert_string_equal(error.text, "--smp: the value is too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_is_all_that_is_needed),
		cmocka_unit_test(file_names_are_kept),
		cmocka_unit_test(choices_are_understood),
		cmocka_unit_test(firmware_is_a_kind_or_a_file),
		cmocka_unit_test(a_bios_is_a_firmware_file_of_any_name),
		cmocka_unit_test(a_guests_own_status_is_asked_for),
	cmocka_unit_test(an_empty_append_is_an_empty_command_line),
		cmocka_unit_test(help_needs_nothing_else),
		cmocka_unit_test(memory_sizes_have_suffixes),
		cmocka_unit_test(what_smp_leaves_out_follows),
		cmocka_unit_test(numa_nodes_have_memory_cpus_and_distances),
		cmocka_unit_test(nodes_have_what_is_plugged_in_later),
		cmocka_unit_test(partition_has_a_name_and_a_uuid),
		cmocka_unit_test(without_numa_there_is_one_node),
		cmocka_unit_test(bad_options_are_named_with_the_reason),
		cmocka_unit_test(a_very_long_smp_is_refused),
	};

	return cmocka_run_group_tests_name("run options", tests, NULL, NULL);
}
