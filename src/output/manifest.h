/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/manifest: manifest.json: what was run, by what, under which assumptions.
 *
 * No times, hosts or paths: the same scenario, seed and build give the same bytes.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_MANIFEST_H
#define CS_OUTPUT_MANIFEST_H

#include "sim/config.h"

/*
 * The manifest as JSON text: format version, program, build identity, seed, replications, the
 * resolved scenario (`scenario_text`, as cs_scenario_format() gives it) also as an object of groups
 * (`settings`: a NULL-ended list of group, key, value triples), and `assumptions`, sentences that
 * hold for the run (NULL-ended). Transfer full.
 */
char *cs_manifest_format(const CsConfig *config, const char *scenario_text,
                         const char *const *settings, const char *const *assumptions);

/* The sentences that hold for any run of `config`: embedding is free, labels take no air time, ...
 * and those that depend on it (which power figures are not modelled). Transfer full: g_strfreev. */
char **cs_assumptions(const CsConfig *config);

#endif
