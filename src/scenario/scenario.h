/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/scenario: from scenario text to a checked configuration, remembering where every value
 * came from.
 *
 * Layer: scenario. Calls base, text, radio, llm, energy, policy, sim.
 */
#ifndef CS_SCENARIO_SCENARIO_H
#define CS_SCENARIO_SCENARIO_H

#include "base/paths.h"
#include "policy/policy-set.h"
#include "scenario/sampling.h"
#include "sim/config.h"
#include "sim/sink.h"
#include "text/diagnostic.h"

typedef struct CsScenario CsScenario;

/*
 * Reads `path`, follows `extends` and `inherits`, applies `overrides` ("group.key=value" or
 * "device.NAME.key=value", NULL-ended or NULL; each a source of its own named "-s"), checks every
 * key, and prepares the configuration. NULL where there was any error: all of them are in
 * `diagnostics`. Transfer full.
 */
CsScenario *cs_scenario_read(const char *path, const char *const *overrides, const CsPaths *paths,
                             CsDiagnostics *diagnostics);

/* The same, where `policy.name` may be any policy of `policies` (NULL: the built-in ones): a
 * scenario never loads a plugin itself. Keeps references to both. */
CsScenario *cs_scenario_read_with(const char *path, const char *const *overrides,
                                  const CsPaths *paths, CsPolicySet *policies,
                                  CsDiagnostics *diagnostics);

/* The same for a sweep, which records devices+totals where [output] record is not given. */
CsScenario *cs_scenario_read_for_sweep(const char *path, const char *const *overrides,
                                       const CsPaths *paths, CsPolicySet *policies,
                                       CsDiagnostics *diagnostics);

/* What cs_scenario_format() or cs_scenario_source() gave of a scenario, read back as the file
 * `path`, which need not exist: it says the directory that relative names start from. */
CsScenario *cs_scenario_parse(const char *text, const char *path, gboolean for_sweep,
                              const CsPaths *paths, CsPolicySet *policies,
                              CsDiagnostics *diagnostics);

/*
 * The same scenario with further values: for the points of a sweep. `values` are overrides as
 * above; cheap enough to be called once a point: model and table files are read once for all.
 * The result has no [sweep] and no [vary]. May be called on several threads. NULL with errors
 * added.
 */
CsScenario *cs_scenario_with(const CsScenario *scenario, const char *const *values,
                             CsDiagnostics *diagnostics);

/* Warns of keys that are given, on the command line or otherwise than by default, and change
 * nothing here ('rician-k' where fading is not Rician). */
void cs_scenario_tell_idle(const CsScenario *scenario, CsDiagnostics *diagnostics);

CsScenario *cs_scenario_ref(CsScenario *scenario);
void cs_scenario_unref(CsScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsScenario, cs_scenario_unref)

const CsConfig *cs_scenario_config(const CsScenario *scenario);     /* borrowed, prepared */
const CsSampling *cs_scenario_sampling(const CsScenario *scenario); /* borrowed */
guint cs_scenario_record(const CsScenario *scenario);        /* of 1 << CsTable, CS_RECORD_EVENTS */
gboolean cs_scenario_parameters(const CsScenario *scenario); /* of a sweep: as columns */
const char *cs_scenario_path(const CsScenario *scenario);    /* as the user gave it */

/* One setting in force. Texts are borrowed from the scenario. */
typedef struct {
    const char *group; /* "radio", "device 1" */
    const char *key;
    const char *value;  /* as text, with its unit */
    CsPlace origin;     /* no source: a default */
    const char *source; /* "letter.ini:19", "-s", "default", "platform jetson-tx2" */
} CsSetting;

guint cs_scenario_n_settings(const CsScenario *scenario);
CsSetting cs_scenario_setting(const CsScenario *scenario, guint i);

/* An axis of [sweep]: the key it varies, known to exist, and its values as written ("2, 4, 6",
 * "2 .. 6 step 0.5"), not yet read. Texts are borrowed from the scenario. */
typedef struct {
    const char *key; /* "radio.bandwidth", "device.1.distance" */
    const char *values;
    CsPlace key_place;
    CsPlace values_place;
} CsSweepAxis;

/* In the order of the files, an extended file's first. */
guint cs_scenario_n_sweep_axes(const CsScenario *scenario);
CsSweepAxis cs_scenario_sweep_axis(const CsScenario *scenario, guint i);

/* The keys of [vary] with their ranges as written ("4 .. 32", "1 .. 128 log", "server, none"). A
 * key may also be "device.*.distance", or "sweep.radio.path-loss-exponent@6". */
guint cs_scenario_n_varied(const CsScenario *scenario);
CsSweepAxis cs_scenario_varied(const CsScenario *scenario, guint i);

/* The named file as a whole, for complaints about what it lacks. */
CsPlace cs_scenario_place(const CsScenario *scenario);

/* The texts of [sweep] zip and where with their places; NULL where not given. */
const char *cs_scenario_sweep_zip(const CsScenario *scenario, CsPlace *place);
const char *cs_scenario_sweep_where(const CsScenario *scenario, CsPlace *place);

/*
 * The resolved scenario as text that, in the directory of the scenario, reads back to the same
 * configuration: every key in force, nothing extended or inherited. `origin` adds where each came
 * from, as comments. Transfer full.
 */
char *cs_scenario_format(const CsScenario *scenario, gboolean origin);

/*
 * What was given of the scenario, as text that cs_scenario_parse() reads back: nothing extended,
 * but nothing inherited or derived either, so that it can be varied as the scenario can. Transfer
 * full.
 */
char *cs_scenario_source(const CsScenario *scenario);

/* A commented template that is itself a valid scenario, made from the key table. Transfer full. */
char *cs_scenario_template(void);

#endif
