/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that fail on purpose, while the guest runs.
 *
 * Counters are the partition's: "each third call" is so whoever calls.  What a
 * busy call has come to belongs to a vCPU, and only its thread looks at it.
 */
#include "config.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "hcalls/catalogue.h"
#include "spapr/fault.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define NO_TOKEN (-1)

/* A call that fails until it was repeated often enough. */
struct busy {
	uint64_t args[HCALL_REGS];
	uint64_t first_token;	/* which the guest had to begin with */
	uint32_t left;		/* 0: there is none */
};

struct fault {
	unsigned int users;	/* tables that have it */
	struct papr_fault config;
	int n_args;		/* the other registers are anything */
	int token_in;		/* argument, or NO_TOKEN */
	int token_out;
	_Atomic uint64_t seen;
	_Atomic uint64_t chosen;
	struct busy *busy;	/* of each vCPU */
};

static int find_token(const struct papr_arg *args, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (args[i].name && !strcmp(args[i].name, "continue_token"))
			return i;
	return NO_TOKEN;
}

struct fault *fault_new(const struct papr_fault *config,
			const struct papr_call_info *call, uint32_t vcpus)
{
	struct fault *f = talloc_zero(NULL, struct fault);

	if (!f)
		return NULL;
	f->users = 1;
	f->config = *config;
	f->n_args = HCALL_REGS;
	if (!call->in_unspecified && call->in_count < HCALL_REGS)
		f->n_args = call->in_count;
	f->token_in = find_token(call->in, call->in_count);
	f->token_out = find_token(call->out, call->out_count);
	/* Both or none; RTAS calls are told apart by their arguments. */
	if (!call->set || f->token_in == NO_TOKEN || f->token_out == NO_TOKEN)
		f->token_in = f->token_out = NO_TOKEN;
	f->busy = talloc_zero_array(f, struct busy, vcpus);
	if (f->busy)
		return f;
	talloc_free(f);
	return NULL;
}

struct fault *fault_share(struct fault *f, const struct papr_fault *config)
{
	if (!f || !fault_same(&f->config, config))
		return NULL;
	f->users++;
	return f;
}

void fault_release(struct fault *f)
{
	if (f && !--f->users)
		talloc_free(f);
}

static bool counts(const struct papr_fault *c, const struct papr_vcpu *vcpu,
		   const uint64_t *args)
{
	if (c->one_vcpu && c->vcpu_id != vcpu->id)
		return false;
	for (uint32_t i = 0; i < c->n_args; i++)
		if ((args[c->arg[i].index] ^ c->arg[i].value) &
		    c->arg[i].mask)
			return false;
	return true;
}

/* splitmix64: each number of a seed is a draw of its own. */
static uint64_t draw(uint64_t seed, uint64_t n)
{
	uint64_t x = seed + n * 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* Takes one of the times that are left; false if there is none. */
static bool take_one(struct fault *f)
{
	uint64_t chosen = atomic_load(&f->chosen);

	do {
		if (f->config.times && chosen >= f->config.times)
			return false;
	} while (!atomic_compare_exchange_weak(&f->chosen, &chosen,
					       chosen + 1));
	return true;
}

static bool is_chosen(struct fault *f)
{
	const struct papr_fault *c = &f->config;
	uint64_t n = atomic_fetch_add(&f->seen, 1) + 1;

	if (n <= c->after)
		return false;
	n -= c->after;
	if (c->every > 1 && n % c->every)
		return false;
	if (c->chances && draw(c->seed, n) % c->chances >= c->chance)
		return false;
	return take_one(f);
}

/* What a vCPU got to bring along: never what it may have from elsewhere. */
static uint64_t token_of(const struct papr_vcpu *vcpu, uint32_t left)
{
	return 0x5041505200000000ull | (uint64_t)vcpu->index << 20 |
	       (left & 0xfffff);
}

/* Whether the call is the one that is busy, and has brought its token. */
static bool is_retry(const struct fault *f, const struct papr_vcpu *vcpu,
		     const struct busy *busy, const uint64_t *args)
{
	for (int i = 0; i < f->n_args; i++) {
		uint64_t wanted = i == f->token_in ?
			token_of(vcpu, busy->left) : busy->args[i];

		if (args[i] != wanted)
			return false;
	}
	return true;
}

/* Busy once more, and the token for the next time. */
static bool stay_busy(const struct fault *f, struct papr_vcpu *vcpu,
		      struct busy *busy, uint64_t *rets)
{
	if (f->token_out != NO_TOKEN)
		rets[f->token_out] = token_of(vcpu, busy->left);
	return true;
}

static bool begin(struct fault *f, struct papr_vcpu *vcpu, struct busy *busy,
		  const uint64_t *args, uint64_t *rets)
{
	if (!f->config.retries)
		return true;
	memcpy(busy->args, args, sizeof(busy->args));
	if (f->token_in != NO_TOKEN)
		busy->first_token = args[f->token_in];
	busy->left = f->config.retries;
	return stay_busy(f, vcpu, busy, rets);
}

/* The last retry is answered, with the token that the guest began with. */
static bool go_on(struct fault *f, struct papr_vcpu *vcpu, struct busy *busy,
		  uint64_t *args, uint64_t *rets)
{
	if (--busy->left)
		return stay_busy(f, vcpu, busy, rets);
	if (f->token_in != NO_TOKEN)
		args[f->token_in] = busy->first_token;
	return false;
}

static void sleep_us(uint32_t us)
{
	struct timespec left = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

bool fault_strikes(struct fault *f, struct papr_vcpu *vcpu, uint64_t *args,
		   uint64_t *rets, int64_t *status)
{
	struct busy *busy = &f->busy[vcpu->index];
	bool strikes = false;

	if (busy->left && is_retry(f, vcpu, busy, args)) {
		strikes = go_on(f, vcpu, busy, args, rets);
	} else if (counts(&f->config, vcpu, args) && is_chosen(f)) {
		if (f->config.delay_us)
			sleep_us(f->config.delay_us);
		strikes = f->config.fails && begin(f, vcpu, busy, args, rets);
	}
	if (!strikes)
		return false;
	*status = f->config.status;
	return true;
}
