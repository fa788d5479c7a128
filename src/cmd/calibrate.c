/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/calibrate: `cardsim calibrate MEASUREMENTS.csv`: what processors reach. Layer: cmd. */
#include "analysis/calibration.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <math.h>
#include <string.h>

static const CsTableColumn columns[] = {
    {"kind", "kind", "", 0, CS_COLUMN_TEXT},       {"platform", "platform", "", 0, CS_COLUMN_TEXT},
    {"what", "what", "", 0, CS_COLUMN_TEXT},       {"measured", "measured", "", 0, CS_COLUMN_REAL},
    {"fitted", "fitted", "", 0, CS_COLUMN_REAL},   {"foretold", "foretold", "", 0, CS_COLUMN_REAL},
    {"error", "error", "%", 0.01, CS_COLUMN_REAL}, {"outlier", "outlier", "", 0, CS_COLUMN_TEXT},
    {"line", "line", "", 0, CS_COLUMN_WHOLE},      {"source", "source", "", 0, CS_COLUMN_TEXT},
};

static char *rows_text(const CsCalibration *calibration, CsFormatKind format)
{
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < calibration->rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(calibration->rows, i);
        CS_TABLE_ADD_TEXTS(table, cs_names_of(cs_measured_names, row->kind), row->processor,
                           row->what);
        CS_TABLE_ADD_NUMBERS(table, row->measured, row->fitted, row->foretold,
                             row->foretold / row->measured - 1);
        cs_table_add_text(table, row->outlier ? "yes" : "no");
        cs_table_add_number(table, row->line);
        cs_table_add_text(table, row->source);
    }
    return cs_table_format(table, format);
}

/* --- what it comes to, on the standard error ---------------------------------------------------
 */

static void tell_errors(const CsCalibration *calibration)
{
    for (guint kind = CS_MEASURED_STEP; kind <= CS_MEASURED_POWER; kind++) {
        double median, worst;
        const CsMeasurement *row = NULL;
        guint n = cs_calibration_errors(calibration, (CsMeasuredKind)kind, &median, &worst, &row);
        if (n > 0)
            cs_note("%s: %u rows foretold without their source: median absolute error %.3g %%, "
                    "worst %.3g %% at line %u: %s, %s",
                    cs_names_of(cs_measured_names, kind), n, 100 * median, 100 * worst, row->line,
                    row->processor, row->what);
    }
}

static void tell_rates(const char *what, const CsRates *rates)
{
    cs_note("a %s of which there are no steps: efficiency %.3g, efficiency-attention %.3g, "
            "layer-overhead %.3g ms, step-overhead %.3g ms",
            what, rates->efficiency, rates->efficiency_attention, 1e3 * rates->layer_overhead_s,
            1e3 * rates->step_overhead_s);
}

static void tell_common(const CsCalibration *calibration)
{
    const CsRates *common = &calibration->common;
    if (isfinite(common->efficiency))
        tell_rates("processor", common);
    for (guint i = 0; i < calibration->kinds->len; i++) {
        const CsKindRates *kin = &g_array_index(calibration->kinds, CsKindRates, i);
        tell_rates(kin->name, &kin->rates);
    }
}

static void tell_outliers(const CsCalibration *calibration)
{
    for (guint i = 0; i < calibration->rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(calibration->rows, i);
        if (row->outlier)
            cs_note("outlier: line %u: %s, %s: %.4g measured, %.4g fitted", row->line,
                    row->processor, row->what, row->measured, row->fitted);
    }
}

static void tell_power(const CsCalibration *calibration)
{
    for (guint i = 0; i < calibration->power_fits->len; i++) {
        const CsProcessor *fit = g_ptr_array_index(calibration->power_fits, i);
        g_autofree char *knee =
            isnan(fit->power_knee_hz)
                ? g_strdup("")
                : g_strdup_printf(", as f below %.4g MHz", fit->power_knee_hz / 1e6);
        cs_note("power: %s, %s: %.4g W + %.4g W (f/%.4g MHz)^%.3g%s", fit->name,
                fit->power_workload, fit->static_power_w, fit->power_max_w - fit->static_power_w,
                fit->frequency_max_hz / 1e6, fit->power_exponent, knee);
        if (isfinite(fit->best_clock_hz))
            cs_note("power: %s, %s: least energy at %.4g MHz, by the law at %.4g MHz: %u of its "
                    "clocks apart",
                    fit->name, fit->power_workload, fit->measured_best_clock_hz / 1e6,
                    fit->best_clock_hz / 1e6, fit->best_clock_off);
    }
}

static void tell_order(const CsCalibration *calibration)
{
    g_autoptr(GPtrArray) wrong = g_ptr_array_new_with_free_func(g_free);
    guint right, n = cs_calibration_order(calibration, &right, wrong);
    if (n > 0)
        cs_note("the faster of two processors at the same work of one source: %u of %u right",
                right, n);
    for (guint i = 0; i < wrong->len; i++)
        cs_note("the wrong way round: %s", (const char *)g_ptr_array_index(wrong, i));
}

static void tell_left_out(const CsCalibration *calibration)
{
    for (guint i = 0; i < calibration->left_out->len; i++)
        cs_note("left out: %s", (const char *)g_ptr_array_index(calibration->left_out, i));
}

/* --- the platform file -------------------------------------------------------------------------
 */

/* The one whose file is to be written: the operand that is no file, or the only one. */
static const CsProcessor *chosen(const CsCalibration *calibration, const char *name)
{
    const GPtrArray *all = calibration->processors;
    if (name == NULL && all->len == 1)
        return g_ptr_array_index(all, 0);
    GString *names = g_string_new(NULL);
    const CsProcessor *found = NULL;
    for (guint i = 0; i < all->len; i++) {
        const CsProcessor *processor = g_ptr_array_index(all, i);
        if (name != NULL && strcmp(processor->name, name) == 0)
            found = processor;
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", processor->name);
    }
    if (found == NULL)
        cs_complain(name == NULL ? "'-o' writes one platform: name it behind the files; there are "
                                   "%s"
                                 : "no such platform is measured there; there are %s",
                    names->str);
    g_string_free(names, TRUE);
    return found;
}

static int write_file(const CsArguments *arguments, const CsCalibration *calibration,
                      const CsProcessor *processor)
{
    g_autoptr(GError) error = NULL;
    const char *path = arguments->value[CS_OPTION_OUTPUT_FILE];
    g_autofree char *text = cs_calibration_file(calibration, processor);
    if (!cs_file_set_contents(path, text, -1, &error)) {
        cs_complain("%s", error->message);
        return CS_EXIT_IO;
    }
    if (!arguments->quiet)
        cs_note("wrote '%s': write 'platform = %s'", path, path);
    return CS_EXIT_OK;
}

/* Splits the operands: files, and the name of a platform, which is no .csv. */
static const char *platform_operand(const CsArguments *arguments, GPtrArray *files)
{
    const char *name = NULL;
    for (guint i = 0; i < arguments->n_operands; i++) {
        char *operand = g_ptr_array_index(arguments->operands, i);
        if (i > 0 && !g_str_has_suffix(operand, ".csv") &&
            !g_file_test(operand, G_FILE_TEST_EXISTS))
            name = operand;
        else
            g_ptr_array_add(files, operand);
    }
    g_ptr_array_add(files, NULL);
    return name;
}

static int run(const CsArguments *arguments)
{
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    const char *name = platform_operand(arguments, files);
    g_autoptr(CsCalibration) calibration =
        cs_calibrate((const char *const *)files->pdata, paths, diagnostics);
    int code = cs_diagnostics_show(arguments, diagnostics);
    if (code != CS_EXIT_OK)
        return code;
    if (calibration == NULL)
        return CS_EXIT_INVALID;
    const CsProcessor *processor = NULL;
    if (arguments->value[CS_OPTION_OUTPUT_FILE] != NULL) {
        processor = chosen(calibration, name);
        if (processor == NULL)
            return CS_EXIT_USAGE;
    }
    g_autofree char *text = rows_text(calibration, arguments->format);
    code = cs_print(text);
    if (!arguments->quiet) {
        tell_left_out(calibration);
        tell_outliers(calibration);
        tell_common(calibration);
        tell_power(calibration);
        tell_order(calibration);
        tell_errors(calibration);
    }
    return code == CS_EXIT_OK && processor != NULL ? write_file(arguments, calibration, processor)
                                                   : code;
}

const CsCommand cs_command_calibrate = {
    .name = "calibrate",
    .operands = "MEASUREMENTS.csv... [PLATFORM]",
    .least = 1,
    .most = G_MAXINT,
    .options = CS_OPTION_BIT(CS_OPTION_INCLUDE) | CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE) |
               CS_OPTION_BIT(CS_OPTION_FORMAT) | CS_OPTION_BIT(CS_OPTION_QUIET),
    .summary = "fit what processors reach to measurements",
    .description =
        "Fits the figures of 'compute = measured' to measurements and prints, for every row, what "
        "was measured (s, or W), what the fit says, and what a fit without all rows of the same "
        "source foretells, with its error; where a fit has one source only, without the row "
        "itself. Errors, outliers, rows that could not be used, laws of power and the order of "
        "processors follow on the standard error.\n\n"
        "A file is told by its columns (others are ignored):\n\n"
        "steps of training: model, method (lora, qlora, full), batch, sequence_length, step_s or "
        "tokens_per_s, platform (or gpu), and where they are known source, "
        "gradient_accumulation, lora_rank, lora_targets, precision (float32, or 16 bit), "
        "attention (eager, or flash), checkpointing (yes);\n\n"
        "times of a layer: model, operation (q, k, v, qkv, o, gate, up, gate_up, down), tokens, "
        "time_s, platform;\n\n"
        "power: frequency_hz (or gpu_frequency_hz), power_w, and where they are known device, "
        "workload, time_s or rate_per_s.\n\n"
        "Peaks and bandwidths are the catalogue's ('cardsim list platforms'). With -o, the figures "
        "of PLATFORM, or of the only one, are written as a platform file that names its sources. "
        "Steps give efficiencies and overheads, layers the bandwidth (and the efficiency where "
        "there are no steps), power P0 and its exponent. The fits are robust: a few wrong rows "
        "count nothing, and are named. cardsim-models(7) has the formulas.",
    .examples = "cardsim calibrate steps.csv\thow well steps are foretold\n"
                "cardsim calibrate steps.csv power.csv my-gpu -o my-gpu.ini\ta platform file\n",
    .run = run,
};
