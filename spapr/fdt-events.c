/* SPDX-License-Identifier: BSD-2-Clause */
/* /event-sources: the interrupts after which the guest asks for events. */
#include "config.h"

#include <stdio.h>

#include "spapr/event-queue.h"
#include "spapr/fdt.h"
#include "spapr/routing.h"
#include "spapr/util.h"

static void write_source(struct tree *t, const struct event_source *source)
{
	const uint32_t interrupt[] = { source->irq, 0 };	/* an edge */

	tree_begin(t, source->node);
	tree_cells(t, "interrupts", interrupt, ARRAY_SIZE(interrupt));
	tree_end(t);
}

/* Without the call nobody would take what is announced. */
void tree_events(struct tree *t, const struct papr_vm *vm)
{
	uint32_t ranges[2 * PAPR_EVENT_CLASSES];

	if (!routing_now(vm)->rtas[RTAS_ROW_check_exception].fn)
		return;
	for (int i = 0; i < PAPR_EVENT_CLASSES; i++) {
		ranges[2 * i] = event_sources[i].irq;
		ranges[2 * i + 1] = 1;
	}
	tree_begin(t, "event-sources");
	tree_empty(t, "interrupt-controller");
	tree_u32(t, "#address-cells", 0);
	tree_u32(t, "#interrupt-cells", 2);
	tree_u32(t, "interrupt-parent", XICS_PHANDLE);
	tree_cells(t, "interrupt-ranges", ranges, ARRAY_SIZE(ranges));
	for (int i = 0; i < PAPR_EVENT_CLASSES; i++)
		write_source(t, &event_sources[i]);
	tree_end(t);
}
