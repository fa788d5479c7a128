/*
 * scenario/scenario: from scenario text to a checked configuration, remembering where every value
 * came from.
 *
 * Layer: scenario. Calls base, text, radio, llm, energy, policy, sim.
 */
#ifndef CS_SCENARIO_SCENARIO_H
#define CS_SCENARIO_SCENARIO_H

#include "base/paths.h"
#include "sim/config.h"
#include "text/diagnostic.h"

typedef struct CsScenario CsScenario;

/* [output] record, as a set. */
typedef enum {
    CS_RECORD_ROUNDS = 1 << 0,
    CS_RECORD_DEVICES = 1 << 1,
    CS_RECORD_TOTALS = 1 << 2,
    CS_RECORD_EVENTS = 1 << 3
} CsRecord;

/*
 * Reads `path`, follows `extends` and `inherits`, applies `overrides` ("group.key=value" or
 * "device.NAME.key=value", NULL-ended or NULL; each a source of its own named "-s"), checks every
 * key, and prepares the configuration. NULL where there was any error: all of them are in
 * `diagnostics`. Transfer full.
 */
CsScenario *cs_scenario_read(const char *path, const char *const *overrides, const CsPaths *paths,
                             CsDiagnostics *diagnostics);

/*
 * The same scenario with further values: for the points of a sweep. `values` are overrides as
 * above; cheap enough to be called once a point.
 */
CsScenario *cs_scenario_with(const CsScenario *scenario, const char *const *values,
                             CsDiagnostics *diagnostics);

CsScenario *cs_scenario_ref(CsScenario *scenario);
void cs_scenario_unref(CsScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsScenario, cs_scenario_unref)

const CsConfig *cs_scenario_config(const CsScenario *scenario); /* borrowed, prepared */
guint cs_scenario_record(const CsScenario *scenario);           /* CsRecord bits */
const char *cs_scenario_path(const CsScenario *scenario);       /* as the user gave it */

/* One setting in force. Texts are borrowed from the scenario. */
typedef struct {
    const char *group;  /* "radio", "device 1" */
    const char *key;
    const char *value;  /* as text, with its unit */
    CsPlace origin;     /* no source: a default */
    const char *source; /* "letter.ini:19", "-s", "default", "platform jetson-tx2" */
} CsSetting;

guint cs_scenario_n_settings(const CsScenario *scenario);
CsSetting cs_scenario_setting(const CsScenario *scenario, guint i);

/* The resolved scenario as text that reads back to the same configuration. Transfer full. */
char *cs_scenario_format(const CsScenario *scenario, gboolean origin);

/* A commented template that is itself a valid scenario, made from the key table. Transfer full. */
char *cs_scenario_template(void);

#endif
