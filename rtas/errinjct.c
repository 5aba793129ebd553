/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest injects errors into itself: LoPAR, error injection option.  They are
 * made up, which LoPAR allows: the vCPU that asks gets a machine check when it
 * has left RTAS and can take one.
 *
 * An error that is to be solid or a hang comes once too, which is what LoPAR
 * wants of a platform that cannot have it lasting.  So nothing lasts between
 * -start and -end, and there is nothing that -end or a close must take back.
 */
#include "config.h"

#include <errno.h>

#include <papr/fwnmi.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define WORK_BUFFER 1024u	/* its size and its alignment */

/*
 * Linux and librtas take the token, which comes first, for the status: small
 * and positive is the one thing that they let pass.
 */
#define TOKENS 4096u

#define PAPR_MC_NO_SUBTYPE 0

enum buffer {
	NOTHING, CHOICE, NATURE, CHOICE_NATURE, EFFECTIVE_ADDRESS, REAL_ADDRESS
};
enum nature { NATURE_HANG = 2 };
enum error { FATAL, RANDOM, SPECIAL, PAGE, SLB, D_CACHE, I_CACHE, TLB };

static const struct errinjct {
	uint32_t token;
	enum buffer buffer;
	enum error error;
	bool injects;
} errinjcts[] = {
#define ERRINJCT(name, token, buffer, error, injects) \
	{ token, buffer, error, injects },
#include "rtas/errinjct.def"
};

static const struct check {
	enum error error;
	uint32_t choice;
	uint8_t type, subtype, severity, disposition;
} checks[] = {
#define CHECK(error, choice, type, subtype, severity, disposition) \
	{ error, choice, PAPR_MC_##type, PAPR_MC_##subtype, \
	  PAPR_ELOG_##severity, PAPR_ELOG_##disposition },
#include "rtas/errinjct.def"
};

static const struct errinjct *find_errinjct(uint32_t token)
{
	for (size_t i = 0; i < ARRAY_SIZE(errinjcts); i++)
		if (errinjcts[i].token == token)
			return &errinjcts[i];
	return NULL;
}

static const struct check *find_check(enum error error, uint32_t choice)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i].error == error && checks[i].choice == choice)
			return &checks[i];
	return NULL;
}

/*
 * A choice or a nature.  On little-endian machines the errinjct tool of
 * powerpc-utils writes them the wrong way round, which such small numbers
 * show.  It does so with addresses too, and those do not show it.
 */
static uint32_t load_small(const uint8_t *p)
{
	uint32_t value = load_be32(p);

	return value & 0xffffff ? value : value >> 24;
}

static bool load_buffer(struct papr_vm *vm, enum buffer kind, const uint8_t *p,
			uint32_t *choice, struct papr_mc_info *info)
{
	switch (kind) {
	case NOTHING:
		return true;
	case CHOICE:
		*choice = load_small(p);
		return true;
	case NATURE:
		return load_small(p) <= NATURE_HANG;
	case CHOICE_NATURE:
		*choice = load_small(p);
		return load_small(p + 4) <= NATURE_HANG;
	case EFFECTIVE_ADDRESS:
		info->effective_valid = true;
		info->effective_address = load_be32(p);
		return true;
	case REAL_ADDRESS:
		info->logical_valid = true;
		info->logical_address = load_be64(p);
		/* A guest may damage its own memory alone. */
		return ram_get(vm, info->logical_address, 1, RAM_READ);
	}
	return false;
}

/* False for a work buffer that does not say what LoPAR lets it say. */
static bool describe(struct papr_vm *vm, const struct errinjct *errinjct,
		     const uint8_t *buffer, struct papr_mc_info *info)
{
	const struct check *check;
	uint32_t choice = 0;

	*info = (struct papr_mc_info){
		.size = sizeof(*info), .initiator = PAPR_ELOG_CPU,
	};
	if (!load_buffer(vm, errinjct->buffer, buffer, &choice, info))
		return false;
	check = find_check(errinjct->error, choice);
	if (!check)
		return false;
	info->type = check->type;
	info->subtype = check->subtype;
	info->severity = check->severity;
	info->disposition = check->disposition;
	return true;
}

static int32_t inject(struct papr_vcpu *vcpu, const struct papr_mc_info *info)
{
	switch (papr_vcpu_inject(vcpu, info, NULL)) {
	case 0:
		return RTAS_SUCCESS;
	case -EBUSY:	/* it takes that one when it has left RTAS */
		return RTAS_BUSY;
	default:
		return RTAS_HARDWARE_ERROR;
	}
}

static int32_t ibm_errinjct(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct RTAS_ibm_errinjct_in *in = args;
	const struct errinjct *errinjct = find_errinjct(in->errinjct_token);
	struct papr_vm *vm = vcpu->vm;
	struct papr_mc_info info;
	const uint8_t *buffer;

	(void)rets;
	if (!in->open_token ||
	    in->open_token != atomic_load(&vm->errinjct_open))
		return RTAS_ERRINJCT_DENIED;
	if (!errinjct || in->work_buffer % WORK_BUFFER)
		return RTAS_PARAMETER_ERROR;
	buffer = ram_get(vm, in->work_buffer, WORK_BUFFER, RAM_READ);
	if (!buffer || !describe(vm, errinjct, buffer, &info))
		return RTAS_PARAMETER_ERROR;
	return errinjct->injects ? inject(vcpu, &info) : RTAS_SUCCESS;
}

/* From 1 on; another one than the last, so that an old one opens nothing. */
static int32_t ibm_open_errinjct(struct papr_vcpu *vcpu, const void *args,
				 void *rets)
{
	struct RTAS_ibm_open_errinjct_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	uint32_t token = atomic_fetch_add(&vm->errinjct_opens, 1) % TOKENS + 1;
	uint32_t closed = 0;

	(void)args;
	if (!atomic_compare_exchange_strong(&vm->errinjct_open, &closed,
					    token))
		return RTAS_ERRINJCT_DENIED;
	out->open_token = token;
	return RTAS_SUCCESS;
}

static int32_t ibm_close_errinjct(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct RTAS_ibm_close_errinjct_in *in = args;
	uint32_t mine = in->open_token;

	(void)rets;
	if (!mine || !atomic_compare_exchange_strong(&vcpu->vm->errinjct_open,
						     &mine, 0))
		return RTAS_ERRINJCT_DENIED;
	return RTAS_SUCCESS;
}

/* The count goes on: a token of the guest before opens nothing either. */
void rtas_reset_errinjct(struct papr_vm *vm)
{
	atomic_store(&vm->errinjct_open, 0);
}

static int save_errinjct(struct papr_vm *vm, struct state_out *out,
			 struct papr_error *error)
{
	uint32_t opens = atomic_load(&vm->errinjct_opens);

	(void)error;
	if (!opens)
		return 0;
	state_put_u32(out, opens);
	state_put_u32(out, atomic_load(&vm->errinjct_open));
	return 0;
}

static int load_errinjct(struct papr_vm *vm, struct state_in *in,
			 struct papr_error *error)
{
	uint32_t opens = state_get_u32(in), open = state_get_u32(in);

	if (open > TOKENS)
		return error_set(error, -EINVAL, "there is no open token %u",
				 open);
	atomic_store(&vm->errinjct_opens, opens);
	atomic_store(&vm->errinjct_open, open);
	return 0;
}

const struct state_module errinjct_state = {
	"errinjct", 1, save_errinjct, load_errinjct
};

const struct rtas_impl rtas_errinjct[] = {
	{ RTAS_TOKEN_ibm_open_errinjct, ibm_open_errinjct },
	{ RTAS_TOKEN_ibm_errinjct, ibm_errinjct },
	{ RTAS_TOKEN_ibm_close_errinjct, ibm_close_errinjct },
	{ 0, NULL }
};
