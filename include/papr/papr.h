/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpapr: the sPAPR platform layer for POWER virtual machines.
 *
 * This header is all of them; each part stands alone too:
 *
 *	error.h		one sentence for each refusal
 *	catalogue.h	every hypercall and RTAS call there is
 *	policy.h	who is to answer each hypercall
 *	host.h		what a host can do, live or as a model
 *	ops.h		what the library calls: the hypervisor, the program
 *	vm.h		the partition and its virtual processors
 *	numa.h		NUMA nodes: what is near to what
 *	connector.h	cores and memory that come and go
 *	vio.h		virtual devices that the program provides
 *	tce.h		DMA windows
 *	fdt.h		the device tree of a partition
 *	firmware.h	Open Firmware's client interface
 *	elog.h		RTAS error logs
 *	fwnmi.h		machine checks and system resets
 *	events.h	power warnings, hot plug and other events for the guest
 *	nvram.h		the guest's non-volatile memory
 *	pci.h		PCI buses that the program provides
 *	vpd.h		what a guest's tools say of the machine
 *	sysparm.h	what a guest asks of its platform, and may set
 *	suspend.h	a guest that is asked to suspend itself
 *	save.h		a partition that is saved and goes on elsewhere
 *	dirty.h		which pages of RAM have changed
 *	kernel-dump.h	what a guest that gives up leaves to the next one
 *	stats.h		results and times of calls
 *	xive.h		a XIVE, as the library calls that of the hypervisor
 *	kvm.h		a ready host on top of Linux KVM
 *
 * Results: functions that set something up return 0 or a negative errno
 * value; the sentence that says why is in struct papr_error or comes from
 * papr_vm_error().  Codes that a guest sees (H_PARAMETER and so on) are never
 * mixed with these.
 *
 * Structures that the caller fills begin with their size.  A program built
 * with an older header passes a shorter one: members it does not know count
 * as zero.  A longer one is taken if what we do not know is zero, and refused
 * with -E2BIG otherwise.
 *
 * The library has no global state, prints nothing, and never exits or aborts.
 */
#ifndef PAPR_PAPR_H
#define PAPR_PAPR_H

#include <papr/catalogue.h>
#include <papr/connector.h>
#include <papr/dirty.h>
#include <papr/elog.h>
#include <papr/error.h>
#include <papr/events.h>
#include <papr/fdt.h>
#include <papr/firmware.h>
#include <papr/fwnmi.h>
#include <papr/host.h>
#include <papr/kernel-dump.h>
#include <papr/kvm.h>
#include <papr/numa.h>
#include <papr/nvram.h>
#include <papr/ops.h>
#include <papr/pci.h>
#include <papr/policy.h>
#include <papr/save.h>
#include <papr/stats.h>
#include <papr/suspend.h>
#include <papr/sysparm.h>
#include <papr/tce.h>
#include <papr/vio.h>
#include <papr/vm.h>
#include <papr/vpd.h>
#include <papr/xive.h>

#endif
