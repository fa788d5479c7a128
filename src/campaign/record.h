/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/record: what is left behind of a scenario beside its results: which tables it records,
 * and its manifest.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_RECORD_H
#define CS_CAMPAIGN_RECORD_H

#include "scenario/scenario.h"

/* Among the tables, that rounds tell where devices are. */
#define CS_RECORDED_PLACES "places"

/* The tables that a scenario records, as a set of 1 << CsTable and by name: "rounds devices
 * totals", with the word above where it applies. Transfer full. */
char *cs_recorded_tables(const CsScenario *scenario, guint *tables);

/* manifest.json of a scenario. `more` (NULL, or NULL-ended triples of group, key, value) follows
 * its settings, `sentence` (or NULL) the assumptions; `files` (or NULL) are
 * pairs of a result's name and digest. Transfer full. */
char *cs_scenario_manifest(const CsScenario *scenario, const char *const *more,
                           const char *sentence, const char *const *files);

#endif
