/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/resolver: a scenario on its way from texts to a configuration: how one value is taken,
 * and the parts that have a file of their own.
 *
 * A value has one of four origins, the first that there is: its own group (for a device also what
 * it inherits), for a device's radio keys [radio], the platform, the key table's default.
 *
 * Layer: scenario. Calls base, text, radio, llm, energy, policy, sim. For resolve*.c only.
 */
#ifndef CS_SCENARIO_RESOLVER_H
#define CS_SCENARIO_RESOLVER_H

#include "scenario/library.h"
#include "scenario/raw.h"
#include "scenario/scenario.h"
#include "scenario/typed.h"

typedef struct {
    const CsRawTable *table;
    CsLibrary *library;
    const char *directory;
    CsDiagnostics *diagnostics;
    CsConfig *config;
    CsSampling sampling;
    GArray *settings; /* of CsSetting */
    GStringChunk *strings;
    const CsRawDevice *devices; /* with what they inherit */
    GArray *group_devices;      /* the position in `devices` of each group of the configuration */
    const CsTyped *defaults;    /* by CsKeyIndex */
    CsTyped fixed[CS_KEY_N];    /* of the groups but [device NAME] */
    gboolean server_sound;      /* F_max and the server's speed are known */
} CsResolver;

/* --- settings: what `cardsim show` tells ------------------------------------------------------ */

void cs_resolver_add_setting(CsResolver *r, const char *group, CsKeyIndex index, const char *value,
                             CsPlace origin, const char *source);

/* A value that is the `what` called `name`'s. */
void cs_resolver_add_derived(CsResolver *r, const char *group, CsKeyIndex index, double value,
                             const char *what, const char *name);

/* --- values ----------------------------------------------------------------------------------- */

static inline gboolean cs_raw_given(const CsRaw *raw)
{
    return raw->text != NULL;
}

/* Where a complaint about a value belongs: at the value, or at `head` where it was not given. */
CsPlace cs_raw_place(const CsRaw *raw, CsPlace head);

/* The same for a key of a group other than a device's. */
CsPlace cs_resolver_head(const CsResolver *r, CsKeyIndex index);

/* Types `raw`, or the default where it is not given; nothing where there is neither. Adds the
 * setting. */
void cs_resolver_take(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                      CsTyped *typed);

/* The same, but where the value is not given it is `derived` (unless NAN) from `what` `name`. */
void cs_resolver_take_derived(CsResolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                              double derived, const char *what, const char *name, CsTyped *typed);

/*
 * The keys from `first` to `last` of `values` into `typed`, both by CsKeyIndex: as given, else
 * `platform`'s (NULL for none; called `name`), else the default.
 */
void cs_resolver_take_range(CsResolver *r, const char *group, CsKeyIndex first, CsKeyIndex last,
                            const CsRaw *values, const CsPlatform *platform, const char *name,
                            CsTyped *typed);

/* Keys of a group other than a device's, into r->fixed. */
void cs_resolver_take_fixed(CsResolver *r, CsKeyIndex first, CsKeyIndex last);

/* The platform that `raw` names; *failed is set where it names one that cannot be had. */
const CsPlatform *cs_resolver_platform(CsResolver *r, const char *group, CsKeyIndex index,
                                       const CsRaw *raw, gboolean *failed);

/* The tables of a processor, from the file that the key names or of its platform; NULL where there
 * is none. */
const CsPowerTable *cs_resolver_power_table(CsResolver *r, const char *group, CsKeyIndex index,
                                            const CsRaw *raw, const CsPlatform *platform);
const CsLayerTimes *cs_resolver_layer_times(CsResolver *r, const char *group, CsKeyIndex index,
                                            const CsRaw *raw, const CsPlatform *platform);
/* The text that was given, where it names a file relative to `directory`. Transfer full. */
char *cs_raw_text_in(const CsKey *key, const CsRaw *raw, const char *directory);

/* What was given, as text: see cs_scenario_source(). Transfer full. */
char *cs_raw_table_format(const CsRawTable *table, const char *directory);

/* --- parts ------------------------------------------------------------------------------------ */

/* resolve-radio.c: [radio], and a device's radio keys over the common ones. */
void cs_resolve_common_radio(CsResolver *r, CsRadio *radio);
void cs_resolve_device_radio(CsResolver *r, const CsRawDevice *device, const char *group,
                             const CsRadio *common, CsRadio *radio);

/* resolve-surroundings.c: what TR 38.901 does not cover, and a model of fading that is asked for
 * more than it can. After all devices. */
void cs_resolve_check_surroundings(CsResolver *r);

/* Walkers that are sure to leave what it covers. Once the configuration is prepared. */
void cs_resolve_check_motion(CsResolver *r);

/* resolve-learning.c: [learning], once the model and [training] are known; then, with all devices,
 * who learns from what. */
void cs_resolve_learning(CsResolver *r);
void cs_resolve_learning_data(CsResolver *r);

/* resolve-device.c: the [device NAME] at a position of r->devices. */
void cs_resolve_device(CsResolver *r, guint index, const CsRadio *common);

#endif
