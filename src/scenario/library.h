/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/library: model, platform and table files, each read once for all points of a sweep, and
 * the policies there are.
 *
 * Only what could be read is kept: what is wrong is told again wherever it is named. One thread at
 * a time: cs_library_lock() around every use.
 *
 * Layer: scenario. Calls base, radio, llm, energy, policy, sim. For the scenario layer only.
 */
#ifndef CS_SCENARIO_LIBRARY_H
#define CS_SCENARIO_LIBRARY_H

#include "energy/platform.h"
#include "energy/tables.h"
#include "learning/base-model.h"
#include "llm/architecture.h"
#include "llm/read.h"
#include "radio/channel-trace.h"
#include "policy/policy-set.h"
#include "radio/cqi.h"
#include "radio/retransmission.h"
#include "scenario/raw.h"
#include "scenario/typed.h"
#include "sim/availability.h"

typedef struct CsLibrary CsLibrary;

/* Keeps references; `policies` may be NULL for the built-in ones. */
CsLibrary *cs_library_new(const CsPaths *paths, CsPolicySet *policies);
CsLibrary *cs_library_ref(CsLibrary *library);
void cs_library_unref(CsLibrary *library);

/* The keys' defaults, by CsKeyIndex. Borrowed. */
const CsTyped *cs_library_defaults(const CsLibrary *library);

CsPolicySet *cs_library_policies(const CsLibrary *library); /* borrowed */

void cs_library_lock(CsLibrary *library);
void cs_library_unlock(CsLibrary *library);

/* What a scenario names in files, a kind a shelf. */
typedef enum {
    CS_SHELF_ARCHITECTURES,  /* CsArchitecture */
    CS_SHELF_PLATFORMS,      /* CsPlatform */
    CS_SHELF_THRESHOLDS,     /* CsThresholds */
    CS_SHELF_ERROR_CURVES,   /* CsErrorCurves */
    CS_SHELF_POWER_TABLES,   /* CsPowerTable */
    CS_SHELF_LAYER_TIMES,    /* CsLayerTimes */
    CS_SHELF_TRACES,         /* CsChannelTrace, read by a CsTraceFormat */
    CS_SHELF_AVAILABILITIES, /* CsAvailability, read by a CsAvailabilityFormat */
    CS_SHELF_N
} CsShelf;

/* What `file` names, as the kind's reader gives it; `format` where the kind has one, else NULL.
 * Borrowed, NULL with errors added at the file's place. */
gconstpointer cs_library_get(CsLibrary *library, CsShelf shelf, const CsRaw *file,
                             gconstpointer format, CsDiagnostics *diagnostics);

/* The network of [learning] network, and its digest (both borrowed); NULL as above. */
const CsBaseModel *cs_library_network(CsLibrary *library, const CsRaw *file, const char **digest,
                                      CsDiagnostics *diagnostics);
/* SHA-256 of a file's bytes, in hexadecimal. */
const char *cs_library_file_digest(CsLibrary *library, const char *path, CsPlace from,
                                   CsDiagnostics *diagnostics);
/* Whether something was found sound before, under a mark of all it depends on; and that it was. */
gboolean cs_library_is_sound(const CsLibrary *library, const char *mark);
void cs_library_note_sound(CsLibrary *library, const char *mark);
const CsCqiTable *cs_library_cqi_table(CsLibrary *library, int number, CsPlace from,
                                       CsDiagnostics *diagnostics);

#endif
