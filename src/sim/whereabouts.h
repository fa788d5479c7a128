/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/whereabouts: where devices are when their rounds start, for who records it.
 *
 * A place is a function of the time and of the device's own streams: it is followed here once more,
 * beside the links of sim/air, so that to ask for it changes nothing.
 *
 * Layer: sim, private to it. Calls radio.
 */
#ifndef CS_SIM_WHEREABOUTS_H
#define CS_SIM_WHEREABOUTS_H

#include "sim/config.h"
#include "sim/sink.h"

typedef struct CsWalks CsWalks;

/* Transfer full. */
CsWalks *cs_walks_new(const CsConfig *config, guint64 replication);
void cs_walks_free(CsWalks *walks);

/* Where the device is at `time_ns` >= 0. Cheap for times that do not fall. */
CsWhereabouts cs_walks_at(CsWalks *walks, guint device, gint64 time_ns);

/* Of a place that nobody asked for: nothing is known. */
CsWhereabouts cs_whereabouts_unknown(void);

#endif
