/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/recorded: a scenario from its file or its results. See recorded.h. Layer: cmd. */
#include "cmd/recorded.h"

#include "base/number.h"
#include "campaign/export.h"
#include "cmd/load.h"
#include "cmd/rate.h"
#include "cmd/terminal.h"
#include "output/import.h"

#include <string.h>

/* A count from 1; `otherwise` where the option is not given. FALSE with the reason told. */
static gboolean read_count(const CsArguments *arguments, CsOptionId id, guint64 otherwise,
                           guint64 *count)
{
    const char *text = arguments->value[id];
    *count = otherwise;
    if (text == NULL || (cs_number_read_whole(text, strlen(text), count) && *count > 0))
        return TRUE;
    cs_complain("'--%s %s': one of them, counted from 1", cs_option(id)->name, text);
    return FALSE;
}

/* The run's scenario, in recorded->run which it was. */
static CsScenario *from_results(const CsArguments *arguments, CsPolicySet *policies,
                                CsRecorded *recorded, GError **error)
{
    const char *directory = g_ptr_array_index(arguments->operands, 0);
    g_autoptr(CsDatabase) database = cs_results_open(directory, error);
    if (database == NULL || !cs_export_is_sound(directory, CS_TABLE_ROUNDS, error))
        return NULL;
    if (recorded->run == 0)
        recorded->run = (guint64)cs_database_whole(database, "SELECT min(run) FROM run");
    const guint64 runs[] = {MAX(recorded->run, 1), 0};
    gboolean included = (arguments->given & CS_OPTION_BIT(CS_OPTION_INCLUDE)) != 0;
    g_autoptr(CsPaths) paths = included ? cs_arguments_paths(arguments) : NULL;
    const CsRecomputeRequest request = {.paths = paths, .policies = policies, .runs = runs};
    g_autoptr(CsRecompute) recompute = cs_recompute_new(database, directory, &request, error);
    if (recompute == NULL)
        return NULL;
    recorded->run = runs[0];
    if (recorded->replication <= cs_recompute_replications(recompute, 0))
        return cs_plan_scenario(cs_recompute_plan(recompute), 0);
    g_set_error(error, CS_RECOMPUTE_ERROR, CS_RECOMPUTE_ERROR_ABSENT,
                "run %" G_GUINT64_FORMAT " of '%s' has %" G_GUINT64_FORMAT " replications",
                recorded->run, directory, cs_recompute_replications(recompute, 0));
    return NULL;
}

static CsScenario *load_results(const CsArguments *arguments, CsRecorded *recorded, int *code)
{
    g_autoptr(GError) error = NULL;
    if (arguments->settings->pdata[0] != NULL) {
        cs_complain("-s changes a scenario; results are of what was run: name the scenario's file");
        *code = CS_EXIT_USAGE;
        return NULL;
    }
    g_autoptr(CsPolicySet) policies = cs_load_policies(arguments, code);
    if (policies == NULL)
        return NULL;
    CsScenario *scenario = from_results(arguments, policies, recorded, &error);
    if (scenario != NULL)
        return scenario;
    cs_complain("%s", error->message);
    *code = error->domain == CS_RECOMPUTE_ERROR ? CS_EXIT_FAILED : CS_EXIT_IO;
    return NULL;
}

CsScenario *cs_recorded_load(const CsArguments *arguments, CsRecorded *recorded, int *code)
{
    *code = CS_EXIT_USAGE;
    if (!cs_read_round(arguments, &recorded->round) ||
        !read_count(arguments, CS_OPTION_REPLICATION, 1, &recorded->replication) ||
        !read_count(arguments, CS_OPTION_RUNS, 0, &recorded->run))
        return NULL;
    if (g_file_test(g_ptr_array_index(arguments->operands, 0), G_FILE_TEST_IS_DIR))
        return load_results(arguments, recorded, code);
    if (recorded->run == 0)
        return cs_load(arguments, code);
    cs_complain("--run names a run of results: give their directory in place of the scenario");
    return NULL;
}

char *cs_recorded_words(const CsRecorded *recorded)
{
    g_autofree char *run = recorded->run > 0
                               ? g_strdup_printf(" of run %" G_GUINT64_FORMAT, recorded->run)
                               : g_strdup("");
    return g_strdup_printf("round %" G_GUINT64_FORMAT " of replication %" G_GUINT64_FORMAT "%s",
                           recorded->round, recorded->replication, run);
}
