/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing may be freed: g_autoptr() and g_clear_pointer() lead one to expect it of every *_free()
 * and
 * *_unref(), also where an object could not be made half-way.
 */
#include "cs-check.h"

#include "analysis/compare.h"
#include "analysis/experiment.h"
#include "analysis/report.h"
#include "analysis/sheet.h"
#include "analysis/study.h"
#include "analysis/tally.h"
#include "base/paths.h"
#include "campaign/axis.h"
#include "campaign/condition.h"
#include "campaign/plan.h"
#include "campaign/progress.h"
#include "campaign/sweep.h"
#include "des/des.h"
#include "des/resource.h"
#include "des/shared.h"
#include "energy/platform.h"
#include "llm/architecture.h"
#include "llm/read.h"
#include "llm/memory.h"
#include "llm/profile.h"
#include "output/csv.h"
#include "output/row-sink.h"
#include "output/summary.h"
#include "policy/plugin.h"
#include "policy/policy-set.h"
#include "radio/channel-trace.h"
#include "radio/retransmission.h"
#include "text/rows.h"
#include "scenario/library.h"
#include "scenario/raw.h"
#include "scenario/scenario.h"
#include "sim/config.h"
#include "sim/simulation.h"
#include "text/diagnostic.h"
#include "text/keyfile.h"

START_TEST(nothing_is_freed)
{
    cs_architecture_free(NULL);
    cs_axis_free(NULL);
    cs_channel_trace_free(NULL);
    cs_comparison_result_free(NULL);
    cs_condition_free(NULL);
    cs_config_free(NULL);
    cs_csv_sink_free(NULL);
    cs_des_free(NULL);
    cs_diagnostics_free(NULL);
    cs_error_curves_free(NULL);
    cs_experiment_free(NULL);
    cs_keyfile_free(NULL);
    cs_library_unref(NULL);
    cs_memory_free(NULL);
    cs_paths_unref(NULL);
    cs_plan_free(NULL);
    cs_platform_free(NULL);
    cs_plugin_free(NULL);
    cs_policy_set_unref(NULL);
    cs_profile_free(NULL);
    cs_progress_free(NULL);
    cs_raw_files_unref(NULL);
    cs_raw_table_free(NULL);
    cs_report_free(NULL);
    cs_resource_free(NULL);
    cs_row_sink_free(NULL);
    cs_rows_free(NULL);
    cs_scenario_unref(NULL);
    cs_shared_free(NULL);
    cs_sheet_free(NULL);
    cs_simulation_free(NULL);
    cs_source_unref(NULL);
    cs_study_free(NULL);
    cs_summary_free(NULL);
    cs_summary_sink_free(NULL);
    cs_sweep_free(NULL);
    cs_tally_free(NULL);
    cs_tally_sink_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nothing");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, nothing_is_freed);
    suite_add_tcase(suite, tests);
    return cs_check_main(suite);
}
