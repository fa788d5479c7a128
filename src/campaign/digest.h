/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/digest: whether two scenarios give the same results.
 *
 * Layer: campaign. Calls scenario, sim.
 */
#ifndef CS_CAMPAIGN_DIGEST_H
#define CS_CAMPAIGN_DIGEST_H

#include "scenario/scenario.h"

/*
 * 64 bits of the SHA-256 of the resolved settings and of every figure that the files they name (of
 * models, platforms, tables) come to: what changes a result changes this.
 */
guint64 cs_scenario_digest(const CsScenario *scenario);

#endif
