/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/extension: a finished sweep that gets more: values, and so runs; another title; other
 * tables; more replications.
 *
 * A run is known by the digest of all that decides its results, less what does not: its title, what
 * is recorded, how many replications there are. Those that are there get their place in the new
 * list of runs, in one transaction with the new identity; the others are run. Where there are to be
 * more replications, or a stopping rule asks for another precision, they become unfinished ones
 * (output/partial) that go on from where they are; where there are to be fewer, the surplus goes.
 * Where other tables are recorded, or a stopping rule looks at another metric, all are run again:
 * the same numbers, of more. A run that the new list does not have is an error: nothing is lost in
 * silence.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_EXTENSION_H
#define CS_CAMPAIGN_EXTENSION_H

#include "campaign/store.h"
#include "campaign/sweep.h"

/* What the store holds becomes part of `sweep`, of which `identity` tells. FALSE with
 * CS_STORE_ERROR_CHANGED where it is none, and nothing has changed. */
gboolean cs_extend(CsStore *store, const CsIdentity *identity, const CsSweep *sweep,
                   GError **error);

#endif
