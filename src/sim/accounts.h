/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/accounts: what rounds come to: sums, records, and what the sink is told.
 *
 * What is known when a device's round begins (energies, cost, decision) is counted then; delay,
 * waiting and what transfers have cost when it ends. With a fleet all of it waits for the round's
 * end, when it is known whether the round counts.
 *
 * Layer: sim, private to it. Calls des, and fleet and transfer for what they have measured.
 */
#ifndef CS_SIM_ACCOUNTS_H
#define CS_SIM_ACCOUNTS_H

#include "sim/state.h"

/* Makes room for what is asked for. Once, when fleet and knowledge stand. */
void cs_accounts_init(CsSimulation *simulation);

/* What is known at a round's start: to the record; to the sums. */
void cs_account_record(CsSimulation *simulation, guint device, const CsBegun *begun);
void cs_account_begun(CsSimulation *simulation, guint device, const CsBegun *begun);
void cs_account_radio(CsSimulation *simulation, guint device, double energy_j);
void cs_account_blocks(CsSimulation *simulation, guint device, const CsBegun *begun);
void cs_account_busy(CsSimulation *simulation, const CsStages *stages); /* GPU time of a round */

/* What managed transfers have come to: filled into `begun`; counted. */
void cs_account_end_managed(const CsSimulation *simulation, guint device, CsBegun *begun);
void cs_account_managed(CsSimulation *simulation, guint device);

void cs_account_delay(CsSimulation *simulation, guint device, double delay_s);
void cs_account_wait(CsSimulation *simulation, guint32 device, gint64 waited_ns);

/* A device's round is lost: what it has used; once its energies are settled. */
void cs_account_lost(CsSimulation *simulation, guint device);

/* With a fleet, at a round's end: counts the devices' rounds that count, the others as lost. */
void cs_account_fleet_round(CsSimulation *simulation);

/* To the sink: a round's records and its end, FALSE where it ends the run; at the run's end all
 * totals. */
void cs_account_tell_round(CsSimulation *simulation);
gboolean cs_account_tell_end(CsSimulation *simulation);
void cs_account_tell_totals(CsSimulation *simulation);

#endif
