/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/defaults: a configuration as it is where a scenario says nothing: from the table of
 * keys.
 *
 * For programs that fill a configuration by hand, and end with cs_config_prepare(). What comes from
 * files is theirs to give: the architecture (cs_architecture_read()), and of each group's radio the
 * CQI table and the thresholds (cs_cqi_table_read(), cs_thresholds_read()).
 *
 * Layer: scenario.
 */
#ifndef CS_SCENARIO_DEFAULTS_H
#define CS_SCENARIO_DEFAULTS_H

#include "sim/config.h"

/* All defaults, no devices. Transfer full. */
CsConfig *cs_config_new(void);

/* Appends a device with all defaults and returns it; earlier pointers into `groups` go stale.
 * frequency_hz, cores and the distances have none and are 0. */
CsDeviceGroup *cs_config_add_group(CsConfig *config, const char *name);

#endif
