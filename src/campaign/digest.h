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
 * 64 bits of the SHA-256 of every figure that the files named by the settings (of models,
 * platforms, tables) come to, plus the digests of the resolved settings: what changes a result
 * changes this. The sum, modulo 2^64, lets a setting be exchanged for another.
 */
guint64 cs_scenario_digest(const CsScenario *scenario);

/* A digest in hexadecimal. Transfer full. */
char *cs_digest_text(guint64 digest);

/* 64 bits of a setting: a hash that is well mixed, but no cryptographic one. */
guint64 cs_setting_digest(const char *group, const char *key, const char *value);

#endif
