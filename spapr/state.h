/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that is saved and loaded.
 *
 * What a file of this library keeps of a guest it writes and reads itself: a
 * pair of functions in a struct state_module, of which spapr/save.c has the
 * list.  A module whose state is as new writes nothing, and then nothing is
 * loaded.  What is read was written by anybody: a load checks all that is not
 * a plain value of the guest's.
 *
 * Numbers are big-endian.  A version is raised when others would read them
 * wrongly.
 */
#ifndef SPAPR_STATE_H
#define SPAPR_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/save.h>

/* Of a section that is made; without memory it does nothing more. */
struct state_out {
	struct papr_saver *saver;
	const char *name;
	uint32_t version;
	uint8_t *bytes;
	size_t len;
	bool failed;
};

void state_put_u8(struct state_out *out, uint8_t value);
void state_put_u32(struct state_out *out, uint32_t value);
void state_put_u64(struct state_out *out, uint64_t value);
void state_put_bytes(struct state_out *out, const void *bytes, size_t len);

/* Ends a section and begins another of the same name; nothing if empty. */
int state_next(struct state_out *out, struct papr_error *error);

/*
 * Of a section that is read.  Beyond its end there are zeroes, and the load
 * fails once it returns; it fails too if something is left.
 */
struct state_in {
	const uint8_t *bytes;
	size_t left;
	bool failed;
};

uint8_t state_get_u8(struct state_in *in);
uint32_t state_get_u32(struct state_in *in);
uint64_t state_get_u64(struct state_in *in);
bool state_get_bool(struct state_in *in);
void state_get_bytes(struct state_in *in, void *bytes, size_t len);

/* Both return 0 or a negative errno value and a sentence. */
struct state_module {
	const char *name;
	uint32_t version;
	int (*save)(struct papr_vm *vm, struct state_out *out,
		    struct papr_error *error);
	int (*load)(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error);
};

extern const struct state_module config_state;
extern const struct state_module routes_state;
extern const struct state_module time_state;
extern const struct state_module choice_state;
extern const struct state_module mmu_state;
extern const struct state_module hpt_state;
extern const struct state_module rtas_state;
extern const struct state_module agreed_state;
extern const struct state_module firmware_state;
extern const struct state_module sysparm_state;
extern const struct state_module lamps_state;
extern const struct state_module last_error_state;
extern const struct state_module windows_state;
extern const struct state_module tce_state;
extern const struct state_module drc_state;
extern const struct state_module vcpu_state;
extern const struct state_module irqs_state;
extern const struct state_module xive_state;
extern const struct state_module fwnmi_state;
extern const struct state_module errinjct_state;
extern const struct state_module events_state;
extern const struct state_module watchdog_state;
extern const struct state_module vio_state;
extern const struct state_module nvram_state;
extern const struct state_module kernel_dump_state;
extern const struct state_module vasi_state;

/*
 * The guest's time goes on from where it was saved: set once before its
 * decrementers, and again when all is loaded, as RAM takes a while.
 */
int time_go(struct papr_vm *vm, struct papr_error *error);

/* --- what a file is made of: save-write.c, save-read.c */

#define SAVE_MAGIC	"PAPRSAVE"
#define SAVE_FORMAT	2u
#define SAVE_FORMAT_STOPPED 1u	/* the program's sections come last */
#define SAVE_END	"end"

#define SAVE_HEAD_SIZE		16u	/* magic, format, checksum */
#define SAVE_SECTION_SIZE	40u

/* Where things are in the header of a section. */
#define SECTION_VERSION		16
#define SECTION_FLAGS		20
#define SECTION_LEN		24
#define SECTION_SUM		32	/* of what is in it */
#define SECTION_HEAD_SUM	36	/* of the header up to here */

uint32_t save_sum(const void *bytes, size_t len);

struct papr_saver {
	struct papr_vm *vm;
	struct papr_save_ops ops;
	void *arg;
	uint32_t format;
	uint32_t sections;
};

int save_begin(struct papr_saver *saver, struct papr_error *error);
int save_end(struct papr_saver *saver, struct papr_error *error);

struct loader {
	const struct papr_load_ops *ops;
	void *arg;
	uint64_t at;			/* what was read */
	uint32_t sections;
	uint64_t section_at;		/* where the last one begins */
	char name[PAPR_SECTION_NAME];
	uint8_t *bytes;			/* of talloc, or NULL */
};

int load_begin(struct loader *loader, struct papr_error *error);

/* 1 and the next section, until the next call; 0 at the end. */
int load_next(struct loader *loader, struct papr_section *section,
	      struct papr_error *error);

#endif
