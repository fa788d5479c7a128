/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/state: how a running simulation fails. See state.h. Layer: sim. */
#include "sim/state.h"

G_DEFINE_QUARK(cs - simulation - error - quark, cs_simulation_error)

void cs_state_fail(CsSimulation *simulation, guint device, CsSimulationError code,
                   const char *reason)
{
    if (simulation->error == NULL) {
        g_autofree char *name = cs_config_device_name(simulation->config, device);
        g_set_error(&simulation->error, CS_SIMULATION_ERROR, (gint)code,
                    "round %" G_GUINT64_FORMAT " of device '%s' %s", simulation->round, name,
                    reason);
    }
    cs_des_stop(simulation->des);
}

void cs_state_fail_clock(CsSimulation *simulation, guint device)
{
    if (simulation->fleet != NULL && simulation->fleet->of[device].give_up != 0)
        return;
    g_autofree char *reason =
        g_strdup_printf("does not fit the clock, which ends at %g s", (double)CS_TIME_MAX / 1e9);
    cs_state_fail(simulation, device, CS_SIMULATION_ERROR_CLOCK, reason);
}
