/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/compare: `cardsim compare DIR1 DIR2`: whether two directories hold the same results. */
#include "analysis/compare.h"

#include "base/number.h"
#include "cmd/commands.h"
#include "cmd/results.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <string.h>

static gboolean read_tolerance(const CsArguments *arguments, CsTolerance *tolerance)
{
    const char *rtol = arguments->value[CS_OPTION_RTOL], *ticks = arguments->value[CS_OPTION_TICKS];
    const char *rest;
    if (rtol != NULL && (!cs_number_read(rtol, rtol + strlen(rtol), &tolerance->rtol, &rest) ||
                         *rest != '\0' || tolerance->rtol < 0.0 || tolerance->rtol >= 1.0)) {
        cs_complain("'--rtol %s': a relative difference is a number from 0 to 1, such as 1e-12",
                    rtol);
        return FALSE;
    }
    if (ticks != NULL && !cs_number_read_whole(ticks, strlen(ticks), &tolerance->ticks)) {
        cs_complain("'--ticks %s': a whole number of nanoseconds, please", ticks);
        return FALSE;
    }
    return TRUE;
}

static char *format_differences(const CsComparisonResult *result, CsFormatKind format, gboolean raw)
{
    static const CsTableColumn columns[] = {
        {"file", "file", "", 0, CS_COLUMN_TEXT},     {"row", "row", "", 0, CS_COLUMN_TEXT},
        {"column", "column", "", 0, CS_COLUMN_TEXT}, {"first", "first", "", 0, CS_COLUMN_TEXT},
        {"second", "second", "", 0, CS_COLUMN_TEXT}, {"kind", "", "", 0, CS_COLUMN_TEXT},
    };
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    cs_table_printer_set_raw(table, raw);
    for (guint i = 0; i < result->first->len; i++) {
        const CsDifference *difference = g_ptr_array_index(result->first, i);
        CS_TABLE_ADD_TEXTS(table, difference->file, difference->row, difference->column,
                           difference->left, difference->right,
                           difference->flipped             ? "flipped"
                           : difference->column[0] == '\0' ? "row"
                                                           : "value");
    }
    return cs_table_format(table, format);
}

static void tell(const CsComparisonResult *result)
{
    char largest[CS_NUMBER_MAX];
    cs_number_format(largest, result->largest);
    for (guint i = 0; i < result->only->len; i++)
        cs_note("%s", (const char *)g_ptr_array_index(result->only, i));
    cs_note("%" G_GUINT64_FORMAT " rows compared: %" G_GUINT64_FORMAT " in one directory only, "
            "%" G_GUINT64_FORMAT " with a flipped choice, %" G_GUINT64_FORMAT
            " other values differ",
            result->rows, result->rows_missing, result->flipped, result->cells);
    if (result->largest_at != NULL)
        cs_note("largest relative difference %s, in %s", largest, result->largest_at);
    if (result->first->len == CS_COMPARE_SHOWN)
        cs_note("the first %d differences are listed", CS_COMPARE_SHOWN);
}

static int run(const CsArguments *arguments)
{
    CsTolerance tolerance = {0};
    if (!read_tolerance(arguments, &tolerance))
        return CS_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsComparisonResult) result =
        cs_compare_directories(g_ptr_array_index(arguments->operands, 0),
                               g_ptr_array_index(arguments->operands, 1), tolerance, &error);
    if (result == NULL)
        return cs_results_complain(error);
    gboolean equal = cs_comparison_equal(result);
    if (!arguments->quiet)
        tell(result);
    if (result->first->len > 0 || arguments->format != CS_FORMAT_TABLE) {
        g_autofree char *text = format_differences(
            result, arguments->format, (arguments->given & CS_OPTION_BIT(CS_OPTION_RAW)) != 0);
        int code = cs_print_as(arguments, text);
        if (code != CS_EXIT_OK)
            return code;
    }
    return equal ? CS_EXIT_OK : CS_EXIT_FAILED;
}

const CsCommand cs_command_compare = {
    .name = "compare",
    .operands = "DIR1 DIR2",
    .least = 2,
    .most = 2,
    .options = CS_OPTION_BIT(CS_OPTION_RTOL) | CS_OPTION_BIT(CS_OPTION_TICKS) |
               CS_OPTION_BIT(CS_OPTION_RAW) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "say whether two directories hold the same results",
    .description =
        "Compares the results of two directories row by row, found by run, replication, round and "
        "device, and prints the first differences: file, row, column, both values. Ends in 1 where "
        "there are any.\n\n"
        "Texts and whole numbers must be equal. Where cut, CQI, MCS or outage differ, a choice "
        "flipped: it is named, and the row's other columns, which follow from it, are passed over. "
        "Other numbers may differ by --rtol of their size, times by --ticks nanoseconds more; "
        "levels in dB are compared as the ratios they are. The same scenario, seed and build give "
        "the same bytes, so the default is 0; another compiler or processor may differ by 1e-12 "
        "and a nanosecond an event.",
    .examples = "cardsim compare out1 out2\tare they the same?\n"
                "cardsim compare here there --rtol 1e-12 --ticks 100\tresults of two machines\n",
    .run = run,
};
