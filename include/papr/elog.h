/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RTAS error logs, version 6, as a guest's firmware hands them out: LoPAR,
 * chapter "Error and event notification".
 *
 * A log is its parts, one after the other: the fixed part ("header"), the
 * main header ("main"), and sections that are named by two letters ("PH",
 * "UH", "MC").  A part is made of fields, which have names as well;
 * papr-elog(1) lists them all.  Everything in a log is big-endian; this
 * library works with bytes on any machine and needs no virtual machine.
 *
 * A struct papr_elog belongs to one thread at a time.
 */
#ifndef PAPR_ELOG_H
#define PAPR_ELOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of the longest log: Linux's rtas-error-log-max */
#define PAPR_ELOG_MAX 2048

/** enum papr_elog_severity - header.severity */
enum papr_elog_severity {
	PAPR_ELOG_NO_ERROR = 0,
	PAPR_ELOG_EVENT = 1,
	PAPR_ELOG_WARNING = 2,
	PAPR_ELOG_ERROR_SYNC = 3,
	PAPR_ELOG_ERROR = 4,
	PAPR_ELOG_FATAL = 5,
	PAPR_ELOG_ALREADY_REPORTED = 6,
};

/** enum papr_elog_disposition - header.disposition */
enum papr_elog_disposition {
	PAPR_ELOG_FULLY_RECOVERED = 0,
	PAPR_ELOG_LIMITED_RECOVERY = 1,
	PAPR_ELOG_NOT_RECOVERED = 2,
};

/** enum papr_elog_entity - header.initiator and header.target */
enum papr_elog_entity {
	PAPR_ELOG_UNKNOWN = 0,
	PAPR_ELOG_CPU = 1,
	PAPR_ELOG_PCI = 2,
	PAPR_ELOG_ISA = 3,
	PAPR_ELOG_MEMORY = 4,
	PAPR_ELOG_POWER_MANAGEMENT = 5,
	PAPR_ELOG_HOT_PLUG = 6,
};

/** enum papr_elog_type - header.type, those of logs with sections */
enum papr_elog_type {
	PAPR_ELOG_EPOW = 0x40,
	PAPR_ELOG_PRRN = 0xa0,
	PAPR_ELOG_PLATFORM_ERROR = 0xe0,
	PAPR_ELOG_IO_EVENT = 0xe1,
	PAPR_ELOG_PLATFORM_INFO = 0xe2,
	PAPR_ELOG_DEALLOCATION = 0xe3,
	PAPR_ELOG_DUMP = 0xe4,
	PAPR_ELOG_HOTPLUG = 0xe5,
};

/** enum papr_mc_type - MC.type; PAPR_MC_RA is Linux's, LoPAR lacks it */
enum papr_mc_type {
	PAPR_MC_UE = 0,
	PAPR_MC_SLB = 1,
	PAPR_MC_ERAT = 2,
	PAPR_MC_UNKNOWN = 3,
	PAPR_MC_TLB = 4,
	PAPR_MC_D_CACHE = 5,
	PAPR_MC_I_CACHE = 7,
	PAPR_MC_RA = 8,
};

/**
 * enum papr_mc_subtype - MC.subtype, whose meaning depends on MC.type
 *
 * A type that has none of its own takes 0.  PAPR_MC_ERAT_* go with
 * PAPR_MC_TLB too.
 */
enum papr_mc_subtype {
	PAPR_MC_UE_INDETERMINATE = 0,
	PAPR_MC_UE_IFETCH = 1,
	PAPR_MC_UE_PAGE_WALK_IFETCH = 2,
	PAPR_MC_UE_LOAD_STORE = 3,
	PAPR_MC_UE_PAGE_WALK_LOAD_STORE = 4,

	PAPR_MC_SLB_PARITY = 0,
	PAPR_MC_SLB_MULTIHIT = 1,
	PAPR_MC_SLB_INDETERMINATE = 2,

	PAPR_MC_ERAT_PARITY = 1,
	PAPR_MC_ERAT_MULTIHIT = 2,
	PAPR_MC_ERAT_INDETERMINATE = 3,

	PAPR_MC_RA_PAGE_WALK_LOAD_STORE = 0,
	PAPR_MC_RA_LOAD_STORE = 1,
	PAPR_MC_RA_INDETERMINATE = 2,
};

/** The log has neither PH, UH nor PS, as QEMU makes it */
#define PAPR_MC_BARE		1u
/** The first section says that its length is 0: Linux 6.1 never returns */
#define PAPR_MC_ZERO_LENGTH	2u

/**
 * struct papr_mc_info - a machine check by its meaning
 * @size: sizeof(struct papr_mc_info)
 * @flags: PAPR_MC_* flags, both for tests of guests
 * @type, @subtype: an enum papr_mc_type and an enum papr_mc_subtype
 * @severity: an enum papr_elog_severity; PAPR_ELOG_ERROR_SYNC is usual
 * @disposition: an enum papr_elog_disposition
 * @initiator: an enum papr_elog_entity; PAPR_ELOG_CPU is usual
 * @effective_valid, @logical_valid: whether the log gives the address
 * @transient: a memory error that may not happen again
 * @effective_address, @logical_address: where
 * @processor_id: the server number of the vCPU
 * @log_id: the platform's number of this log
 * @time_s: seconds since 1970, UTC; 0 for a log without a date
 */
struct papr_mc_info {
	size_t size;
	uint32_t flags;
	uint8_t type;
	uint8_t subtype;
	uint8_t severity;
	uint8_t disposition;
	uint8_t initiator;
	bool effective_valid;
	bool logical_valid;
	bool transient;
	uint64_t effective_address;
	uint64_t logical_address;
	uint32_t processor_id;
	uint32_t log_id;
	uint64_t time_s;
};

/**
 * papr_elog_build_mc - write the log of a machine check
 * @buf: room for it, at most PAPR_ELOG_MAX bytes are used
 *
 * Allocates nothing and takes no lock: fit for the way of a machine check to
 * the guest.  The sections are PH, UH, PS and MC, in this order, so that
 * librtasevent reads the log.
 *
 * Returns: the size of the log; -ENOSPC if it is more than @len; -EINVAL for
 * a value that does not fit its field, for an address that a log of this
 * type cannot give, or for a fatal error that is fully recovered; -E2BIG.
 */
int papr_elog_build_mc(void *buf, size_t len, const struct papr_mc_info *info,
		       struct papr_error *error);

struct papr_elog;

/** papr_elog_set() may make a section that says it has no length */
#define PAPR_ELOG_ZERO_LENGTH	1u

/**
 * papr_elog_new - begin a log: the fixed part alone
 * @flags: PAPR_ELOG_ZERO_LENGTH or 0
 *
 * Returns: the log, or NULL if out of memory or for an unknown flag.
 */
struct papr_elog *papr_elog_new(uint32_t flags);

/** papr_elog_free - NULL is allowed */
void papr_elog_free(struct papr_elog *elog);

/**
 * papr_elog_decode - take a log apart
 * @bytes, @len: where it begins, and how much there is; what comes after the
 *	log is not looked at
 *
 * Takes what can be walked from section to section, sensible or not;
 * papr_elog_validate() judges.
 *
 * Returns: 0; -EINVAL for a log that cannot be walked; -ENOMEM.
 */
int papr_elog_decode(const void *bytes, size_t len, struct papr_elog **elog,
		     struct papr_error *error);

/**
 * papr_elog_encode - the bytes of a log
 *
 * Returns: how many there are; -ENOSPC if @len is less.  A NULL @buf of @len
 * PAPR_ELOG_MAX tells the size.
 */
int papr_elog_encode(const struct papr_elog *elog, void *buf, size_t len);

/**
 * struct papr_elog_part - a header or section in a log
 * @name: "header", "main", "PH", ..., or "0x1234" where the id of a section
 *	is not two letters or digits
 * @number: how many of this name there are before it
 * @offset: in the log
 * @len: in bytes
 * @title: in words, or NULL for a section nobody knows
 */
struct papr_elog_part {
	char name[8];
	unsigned int number;
	size_t offset;
	size_t len;
	const char *title;
};

/**
 * papr_elog_part - part @index of a log, from 0
 *
 * Returns: 0, or -ENOENT from the number of parts on.
 */
int papr_elog_part(const struct papr_elog *elog, unsigned int index,
		   struct papr_elog_part *part);

/**
 * papr_elog_add - put a part of zeros at the end of a log
 * @name: as in struct papr_elog_part; the first must be "main"
 *
 * The part has its usual length, and its version is set.  "data" of a section
 * is what comes after its fields, and makes it longer.
 *
 * Returns: 0; -EINVAL for a name that is none or out of order; -ENOSPC.
 */
int papr_elog_add(struct papr_elog *elog, const char *name,
		  struct papr_error *error);

/**
 * enum papr_elog_format - how a field is written in text
 * @PAPR_ELOG_NUMBER: 12
 * @PAPR_ELOG_HEX: 0x00c0
 * @PAPR_ELOG_NAME: a name of papr-elog(1), or a number for which is none
 * @PAPR_ELOG_FLAG: true or false
 * @PAPR_ELOG_BCD: digits
 * @PAPR_ELOG_TEXT: characters, filled up with NUL; or all bytes, as 0x4d43
 * @PAPR_ELOG_BYTES: 4d43
 */
enum papr_elog_format {
	PAPR_ELOG_NUMBER,
	PAPR_ELOG_HEX,
	PAPR_ELOG_NAME,
	PAPR_ELOG_FLAG,
	PAPR_ELOG_BCD,
	PAPR_ELOG_TEXT,
	PAPR_ELOG_BYTES,
};

/**
 * struct papr_elog_field - a field of a part
 * @name: as papr_elog_set() takes it
 * @format: how @text is written
 * @reserved: has no meaning and should be zero
 * @offset: of its first byte in the log
 * @value: the number, where it is one
 * @text: the value; valid until the callback returns
 */
struct papr_elog_field {
	const char *name;
	enum papr_elog_format format;
	bool reserved;
	size_t offset;
	uint64_t value;
	const char *text;
};

/**
 * papr_elog_fields - tell every field of part @index, in order
 * @field: called for each; a result that is not 0 ends it
 *
 * Reserved fields that are zero are left out, as is what follows from the
 * rest: setting what is told, in this order, in a new part of this name gives
 * the same bytes.
 *
 * Returns: 0; -ENOENT for no such part; or what @field returned.
 */
int papr_elog_fields(const struct papr_elog *elog, unsigned int index,
		     int (*field)(const struct papr_elog_field *field,
				  void *arg), void *arg);

/**
 * papr_elog_set - set a field
 * @path: "MC.type", "header.severity", "LR[1].kind" for the second LR; or
 *	".type" for a field of the last part
 * @text: the value, as in struct papr_elog_field; numbers in any base
 *
 * Returns: 0; -ENOENT for no such field; -EINVAL for a value that is none;
 * -ENOSPC.
 */
int papr_elog_set(struct papr_elog *elog, const char *path, const char *text,
		  struct papr_error *error);

/**
 * papr_elog_get - the value of a field as text
 * @text, @len: where; 2 * PAPR_ELOG_MAX is always enough
 *
 * Returns: 0; -ENOENT for no such field; -ENOSPC.
 */
int papr_elog_get(const struct papr_elog *elog, const char *path, char *text,
		  size_t len, struct papr_error *error);

/**
 * enum papr_elog_level - how bad a finding is
 * @PAPR_ELOG_WARN: some reader does without what the log says, or a reserved
 *	field is used
 * @PAPR_ELOG_BAD: not a log, forbidden, or known to bring a guest down
 */
enum papr_elog_level {
	PAPR_ELOG_WARN,
	PAPR_ELOG_BAD,
};

/**
 * struct papr_elog_finding - something is wrong with a log
 * @level: how bad
 * @offset: of the place in the log
 * @part: the part it is in, as in struct papr_elog_part
 * @text: what is wrong, one sentence; valid until the callback returns
 */
struct papr_elog_finding {
	enum papr_elog_level level;
	size_t offset;
	const char *part;
	const char *text;
};

/**
 * papr_elog_validate - judge a log
 * @bytes, @len: the log, which should have exactly this length
 * @found: called for each finding; may be NULL
 *
 * Returns: how many findings are PAPR_ELOG_BAD; or -ENOMEM.
 */
int papr_elog_validate(const void *bytes, size_t len,
		       void (*found)(const struct papr_elog_finding *finding,
				     void *arg), void *arg);

/**
 * papr_elog_value - the number for a name that a field takes
 * @field: "header.severity", "MC.type"; "MC.subtype" takes a type before the
 *	name, "slb:multihit"
 *
 * Returns: the number, or -EINVAL with the names there are in @error.
 */
int papr_elog_value(const char *field, const char *name,
		    struct papr_error *error);

/**
 * papr_elog_value_name - the name for a number that a field takes
 * @field: "header.severity", "MC.type"
 *
 * Returns: the name, NULL if there is none.
 */
const char *papr_elog_value_name(const char *field, uint64_t value);

#ifdef __cplusplus
}
#endif
#endif
