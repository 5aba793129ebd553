/* SPDX-License-Identifier: BSD-2-Clause */
/* Vital product data. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define BUF 0x8000u
#define WHERE 0x7000u

static const uint8_t uuid[PAPR_UUID_LEN] = { 0xab, 0xcd, 0xef, 0x12, 0x34 };

#define OWN "UPAPR.001.ABCDEF1"
static const char own[] =
	"\0\0\0\101" "\202\12\0System VPD" "\204\60\0" "RT\4VSYS"
	"TM\10PAPR-001" "SE\7ABCDEF1" "YL\21" OWN "\170";

#define FAN "UPAPR.001.0000000-A1"
static const char fan[] = "\0\0\0\41" "\202\3\0Fan" "\204\27\0"
			  "YL\24" FAN "\171";
static const char fan2[] = "\0\0\0\41" "\202\3\0FAN" "\204\27\0"
			   "YL\24" FAN "\170";
static const char board[] = "\0\0\0\21" "\202\0\0" "\204\12\0"
			    "YL\1b" "ZZ\3xyz" "\170";

#define LEN(stanza) (sizeof(stanza) - 1)

struct got {
	int32_t status;
	uint32_t next, bytes;
};

static struct got get(struct partition *p, const char *where, uint32_t size,
		      uint32_t sequence)
{
	uint32_t cells[RTAS_CELLS] = { WHERE, BUF, size, sequence };
	int32_t status;

	p->n_dirty = 0;
	memset(p->ram + BUF, 0xee, 512);
	strcpy((char *)p->ram + WHERE, where);
	status = partition_rtas_status(p, RTAS_TOKEN_ibm_get_vpd, 4, 3, cells);
	return (struct got){ status, cells[5], cells[6] };
}

static void assert_got(struct partition *p, const char *where,
		       const void *vpd, size_t len)
{
	struct got got = get(p, where, 512, 1);

	assert_int_equal(got.status, RTAS_SUCCESS);
	assert_int_equal(got.next, 1);
	assert_int_equal(got.bytes, len);
	assert_memory_equal(p->ram + BUF, vpd, len);
	assert_int_equal(p->ram[BUF + len], 0xee);
}

static void partition_has_data_of_its_own(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .uuid = uuid } });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_got(p, "", own, LEN(own));
	assert_got(p, OWN, own, LEN(own));
	assert_tree_cell(fdt, "/rtas", "ibm,vpd-size", LEN(own));
	free(fdt);
	partition_free(p);
}

/* Of a fan with two stanzas, and a board between them. */
static struct partition *with_program_data(void)
{
	struct partition *p = NULL;
	struct papr_error error;

	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	assert_int_equal(papr_vm_add_vpd(p->vm, fan, LEN(fan)), 0);
	assert_int_equal(papr_vm_add_vpd(p->vm, board, LEN(board)), 0);
	assert_int_equal(papr_vm_add_vpd(p->vm, fan2, LEN(fan2)), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	return p;
}

static void program_gives_other_data(void **state)
{
	struct partition *p = with_program_data();
	char both[LEN(fan) + LEN(fan2)];

	(void)state;
	memcpy(both, fan, LEN(fan));
	memcpy(both + LEN(fan), fan2, LEN(fan2));
	assert_got(p, FAN, both, sizeof(both));
	assert_got(p, "b", board, LEN(board));
	assert_int_equal(get(p, "", 512, 1).bytes,
			 LEN(fan) + LEN(board) + LEN(fan2));
	partition_free(p);
}

/* With work areas of every size: all of it, once, in order. */
static void what_does_not_fit_comes_in_pieces(void **state)
{
	struct partition *p = with_program_data();
	char all[LEN(fan) + LEN(board) + LEN(fan2)], pieces[sizeof(all)];

	(void)state;
	get(p, "", 512, 1);
	memcpy(all, p->ram + BUF, sizeof(all));
	for (uint32_t size = 1; size <= sizeof(all) + 1; size++) {
		uint32_t n = 0, sequence = 1;
		struct got got;

		do {
			got = get(p, "", size, sequence);
			assert_true(got.status == RTAS_SUCCESS ||
				    got.status == RTAS_CONTINUE);
			assert_in_range(got.bytes, 1, sizeof(all) - n);
			assert_int_equal(p->ram[BUF + got.bytes], 0xee);
			memcpy(pieces + n, p->ram + BUF, got.bytes);
			n += got.bytes;
			sequence = got.next;
		} while (got.status == RTAS_CONTINUE);
		assert_int_equal(n, sizeof(all));
		assert_int_equal(sequence, 1);
		assert_memory_equal(pieces, all, sizeof(all));
	}
	partition_free(p);
}

static void sequence_can_begin_again(void **state)
{
	struct partition *p = with_program_data();

	(void)state;
	assert_int_equal(get(p, "", 5, 1).status, RTAS_CONTINUE);
	assert_got(p, "b", board, LEN(board));
	partition_free(p);
}

static void other_places_and_sequences_are_refused(void **state)
{
	static const struct {
		const char *where;
		uint32_t size, sequence;
	} rows[] = {
		{ "U", 512, 1 }, { OWN, 512, 1 }, { FAN "x", 512, 1 },
		{ FAN, 512, 0 }, { FAN, 512, 2 * LEN(fan) + 1 },
		{ FAN, 512, UINT32_MAX }, { FAN, 0, 1 },
	};
	struct partition *p = with_program_data();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (get(p, rows[i].where, rows[i].size,
			rows[i].sequence).status != RTAS_PARAMETER_ERROR)
			fail_msg("row %zu", i);
	assert_int_equal(get(p, FAN, 512, 2 * LEN(fan)).bytes, 1);
	partition_free(p);
}

static int32_t get_at(struct partition *p, uint32_t where, uint32_t area)
{
	return RTAS(p, RTAS_TOKEN_ibm_get_vpd, 4, 3, where, area, 4096, 1);
}

static void place_and_work_area_must_be_in_ram(void **state)
{
	struct partition *p = with_program_data();

	(void)state;
	memset(p->ram + BUF, 'U', 100);
	assert_int_equal(get_at(p, BUF, BUF + 200), RTAS_PARAMETER_ERROR);
	p->ram[RAM_SIZE - 1] = 'U';
	assert_int_equal(get_at(p, RAM_SIZE - 1, BUF), RTAS_PARAMETER_ERROR);
	assert_int_equal(get_at(p, UINT32_MAX, BUF), RTAS_PARAMETER_ERROR);
	p->ram[BUF] = '\0';
	assert_int_equal(get_at(p, BUF, BUF + 200), RTAS_SUCCESS);
	assert_int_equal(get_at(p, 0, BUF + 200), RTAS_SUCCESS);
	assert_int_equal(get_at(p, BUF, ROM_BASE), RTAS_PARAMETER_ERROR);
	assert_int_equal(get_at(p, BUF, RAM_SIZE - 50), RTAS_PARAMETER_ERROR);
	partition_free(p);
}

static int add(struct partition *p, const void *stanza, size_t len)
{
	/* Where the sanitizer sees every byte beyond it. */
	void *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, stanza, len);
	r = papr_vm_add_vpd(p->vm, copy, len);
	free(copy);
	return r;
}

static void stanza_that_is_none_is_refused(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;
	char broken[LEN(board)];

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	for (size_t len = 0; len < LEN(board); len++) {
		assert_int_equal(add(p, board, len), -EINVAL);
		memcpy(broken, board, sizeof(broken));
		broken[3] = len - 4;
		assert_int_equal(add(p, broken, len), -EINVAL);
	}
	/* Tags, lengths, the keyword's name and the end; not values. */
	for (size_t i = 0; i < LEN(board); i++) {
		memcpy(broken, board, sizeof(broken));
		broken[i] ^= 0x40;
		if (!strchr("b" "ZZ" "xyz", board[i]) || !board[i])
			assert_int_equal(add(p, broken, LEN(board)), -EINVAL);
	}
	assert_int_equal(add(p, board, LEN(board)), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_int_equal(add(p, board, LEN(board)), -EBUSY);
	partition_free(p);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		size_t at;	/* of a byte of the second stanza */
		char byte;
		const char *sentence;
	} rows[] = {
		{ 3, 18, "0x15: the stanza is longer than what is left" },
		{ 4, 0, "0x19: here must be a name, resource 0x82" },
		{ 5, 14, "0x19: the resource is longer than its stanza" },
		{ 7, 0, "0x1c: here must be keywords, resource 0x84" },
		{ 8, 20, "0x1c: the resource is longer than its stanza" },
		{ 10, 'X', "0x1f: YL, the location code, is not among the "
			   "keywords" },
		{ 12, 0, "0x1f: YL, the location code, has 1 to 79 bytes" },
		{ 16, 4, "0x23: the keyword is longer than its resource" },
		{ 20, 0, "0x29: here must be an end, 0x78 or 0x79" },
	};
	struct partition *p = NULL;
	struct papr_error error;
	char two[2 * LEN(board)];

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(two, board, LEN(board));
		memcpy(two + LEN(board), board, LEN(board));
		two[LEN(board) + rows[i].at] = rows[i].byte;
		assert_int_equal(add(p, two, sizeof(two)), -EINVAL);
		assert_string_equal(papr_vm_error(p->vm) + strlen("VPD, byte "),
				    rows[i].sentence);
	}
	partition_free(p);
}

/* One that is wrong takes all with it. */
static void several_stanzas_come_at_once_or_not_at_all(void **state)
{
	char all[LEN(fan) + LEN(board) + 1] = { 0 };
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	memcpy(all, fan, LEN(fan));
	memcpy(all + LEN(fan), board, LEN(board));
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	assert_int_equal(add(p, fan2, LEN(fan2)), 0);
	assert_int_equal(add(p, all, sizeof(all)), -EINVAL);
	assert_int_equal(add(p, all, sizeof(all) - 1), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_got(p, "b", board, LEN(board));
	assert_int_equal(get(p, "", 512, 1).bytes,
			 LEN(fan2) + sizeof(all) - 1);
	partition_free(p);
}

/* A stanza whose keywords are these. */
static size_t put_stanza(uint8_t *to, const void *keywords, size_t len)
{
	const uint8_t head[] = { 0, 0, 0, len + 7, 0x82, 0, 0, 0x84, len, 0 };

	memcpy(to, head, sizeof(head));
	memcpy(to + sizeof(head), keywords, len);
	to[sizeof(head) + len] = 0x78;
	return sizeof(head) + len + 1;
}

static void keywords_and_locations_have_their_limits(void **state)
{
	static const struct {
		const char *keywords;
		size_t len;
		size_t more;	/* bytes of the last keyword's value */
		int ret;
	} rows[] = {
		{ "YL\1bZZ\0", 7, 0, 0 }, { "YL\1bZZ\1", 7, 0, -EINVAL },
		{ "YL\0", 3, 0, -EINVAL }, { "YL\1", 3, 1, 0 },
		{ "YL\117", 3, 79, 0 }, { "YL\120", 3, 80, -EINVAL },
		{ "YL\117", 3, 78, -EINVAL },
	};
	uint8_t keywords[128], bytes[192];
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n = rows[i].len;

		memcpy(keywords, rows[i].keywords, n);
		memset(keywords + n, 'l', rows[i].more);
		n = put_stanza(bytes, keywords, n + rows[i].more);
		if (add(p, bytes, n) != rows[i].ret)
			fail_msg("row %zu", i);
	}
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partition_has_data_of_its_own),
		cmocka_unit_test(program_gives_other_data),
		cmocka_unit_test(what_does_not_fit_comes_in_pieces),
		cmocka_unit_test(sequence_can_begin_again),
		cmocka_unit_test(other_places_and_sequences_are_refused),
		cmocka_unit_test(place_and_work_area_must_be_in_ram),
		cmocka_unit_test(stanza_that_is_none_is_refused),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(several_stanzas_come_at_once_or_not_at_all),
		cmocka_unit_test(keywords_and_locations_have_their_limits),
	};

	return cmocka_run_group_tests_name("VPD", tests, NULL, NULL);
}
