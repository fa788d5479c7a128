/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/resolve: from the texts in force to a checked configuration and the list of settings.
 *
 * Layer: scenario. Calls base, text, radio, llm, energy, policy, sim. For the scenario layer only.
 */
#ifndef CS_SCENARIO_RESOLVE_H
#define CS_SCENARIO_RESOLVE_H

#include "scenario/library.h"
#include "scenario/raw.h"
#include "scenario/scenario.h"

typedef struct {
    CsConfig *config; /* prepared */
    CsSampling sampling;
    guint record;
    gboolean parameters;   /* as columns */
    GArray *settings;      /* of CsSetting */
    GStringChunk *strings; /* what the settings borrow */
} CsResolved;

/* *resolved is left empty where errors were added. `name` is the scenario's, for its title;
 * `directory` its own, from which the settings' paths count. */
void cs_resolve(const CsRawTable *table, CsLibrary *library, const char *name,
                const char *directory, CsResolved *resolved, CsDiagnostics *diagnostics);

/* idle.c: warns of the keys that are given and change nothing; `resolved` is the table's. */
void cs_idle_tell(const CsRawTable *table, const CsResolved *resolved, const CsTyped *defaults,
                  CsDiagnostics *diagnostics);

void cs_resolved_clear(CsResolved *resolved);

#endif
