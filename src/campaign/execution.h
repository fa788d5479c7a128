/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/execution: the way from a scenario to its files: every replication simulated on as many
 * threads as asked, result tables and a trace written in order, a manifest last, a summary kept.
 *
 * What `cardsim run -o DIR` does, for programs too: the same bytes.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_EXECUTION_H
#define CS_CAMPAIGN_EXECUTION_H

#include "campaign/progress.h"
#include "output/summary.h"
#include "scenario/scenario.h"

#define CS_EXECUTION_ERROR (cs_execution_error_quark())
GQuark cs_execution_error_quark(void);
typedef enum {
    CS_EXECUTION_ERROR_SCENARIO /* it is invalid: see the diagnostics */
} CsExecutionError;

/* What is to be done; all that is NULL, FALSE or 0 is left alone. */
typedef struct {
    const CsScenario *scenario;
    const char *directory; /* takes the tables that [output] record names, and manifest.json. It is
                            * made with its parents; an earlier run's results in it are replaced,
                            * another directory is refused (CS_FILE_ERROR_DIRECTORY) */
    const char *trace;     /* a file for the trace of replication 1 */
    gboolean keep_devices; /* devices.csv in the result, recorded or not */
    guint threads;         /* 0: all cores; the results are the same bytes for any */
    CsProgress *progress;
    const gint *interrupt; /* ends it once it is not 0; set from another thread or a handler */
} CsExecution;

typedef struct {
    CsSummary *summary;
    char *trace_path;  /* of the trace that was written, or NULL */
    char *devices_csv; /* or NULL */
    guint64 finished;  /* replications */
    guint64 events;
    gboolean interrupted;
} CsExecutionResult;

/*
 * Does it. FALSE with `error`: of a file (nothing has changed then), of the simulation, or
 * CS_SIMULATION_ERROR_INTERRUPTED, where the files hold the replications that were finished, if any
 * was. *result is set in any case; free what it holds with cs_execution_result_clear().
 */
gboolean cs_execute(const CsExecution *execution, CsExecutionResult *result,
                    CsDiagnostics *diagnostics, GError **error);
void cs_execution_result_clear(CsExecutionResult *result);

#endif
