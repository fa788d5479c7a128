/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/simulation: one replication of one scenario, run as events.
 *
 * Layer: sim.
 */
#ifndef CS_SIM_SIMULATION_H
#define CS_SIM_SIMULATION_H

#include "sim/config.h"
#include "sim/sink.h"

typedef struct CsSimulation CsSimulation;

#define CS_SIMULATION_ERROR (cs_simulation_error_quark())
GQuark cs_simulation_error_quark(void);
typedef enum {
    CS_SIMULATION_ERROR_CLOCK, /* a delay does not fit the clock */
    CS_SIMULATION_ERROR_INTERRUPTED,
    CS_SIMULATION_ERROR_TRACE,    /* trace-end = stop, and something to send behind it */
    CS_SIMULATION_ERROR_TRANSFER, /* one does not come to an end */
    CS_SIMULATION_ERROR_POLICY,   /* a plugin's decision is out of range */
    CS_SIMULATION_ERROR_LEARNING  /* what learns along has diverged */
} CsSimulationError;

/*
 * `config` is prepared, borrowed and shared; `replication` counts from 1; `sink` (may be NULL) is
 * borrowed. Transfer full.
 */
CsSimulation *cs_simulation_new(const CsConfig *config, guint64 replication, CsSink *sink);
void cs_simulation_free(CsSimulation *simulation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsSimulation, cs_simulation_free)

/*
 * Runs to the end, or until *interrupt (may be NULL, may be set from another thread or a signal
 * handler) is not 0, which is the error INTERRUPTED. Once only.
 */
gboolean cs_simulation_run(CsSimulation *simulation, const gint *interrupt, GError **error);

/* How far it is, for progress from another thread; each is read and written atomically, updated
 * every few thousand events. */
guint64 cs_simulation_events(const CsSimulation *simulation);
gint64 cs_simulation_clock_ns(const CsSimulation *simulation);

#endif
