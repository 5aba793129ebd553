/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spapr/kvm-absent.h"
#include "spapr/util.h"

/*
 * A kernel that runs as a partition's names its platform "pSeries", whatever
 * it is configured for; no capability of KVM says just that.
 */
void kvm_place_read(struct kvm_place *place, FILE *cpuinfo)
{
	char line[256], word[32];

	place->partition = false;
	place->hash = false;
	while (fgets(line, sizeof(line), cpuinfo)) {
		if (sscanf(line, "platform : %31s", word) == 1)
			place->partition = !strcmp(word, "pSeries");
		if (sscanf(line, "MMU : %31s", word) == 1)
			place->hash = !strcmp(word, "Hash");
	}
}

/* The kernel's reasons in the order in which kvm-hv tests them. */
static const char *why(const struct kvm_place *place, int err)
{
	if (!place->partition)
		return err ? "modprobe kvm-hv loads what makes it" :
			"neither module kvm-hv nor kvm-pr is loaded";
	if (place->isa < 300)
		return "in a partition kvm-hv loads on POWER9 and newer only";
	if (place->hash)
		return "in a partition that uses the hash MMU kvm-hv does not "
		       "load";
	return "kvm-hv is not loaded, and in a partition loads only where "
	       "the hypervisor lets it nest (papr run: --nested-hv on)";
}

int kvm_absent(const struct kvm_place *place, int err,
	       struct papr_error *error)
{
	if (err == EACCES)
		return error_set(error, -ENODEV, "/dev/kvm: %s; are you in "
				 "its group, kvm?", strerror(err));
	if (err && err != ENOENT)
		return error_set(error, -ENODEV, "/dev/kvm: %s", strerror(err));
	return error_set(error, -ENODEV, "/dev/kvm%s: %s",
			 err ? " is not there" : " makes no VM",
			 why(place, err));
}
