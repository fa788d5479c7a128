/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/report: `cardsim report DIR`: means with intervals over replications, and reductions against
 * a baseline. */
#include "analysis/page.h"
#include "analysis/report-notes.h"
#include "analysis/report.h"
#include "base/clean.h"
#include "base/file.h"
#include "base/number.h"

#include "cmd/commands.h"
#include "cmd/results.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <math.h>
#include <string.h>

/* The report as a table; the printer borrows the columns. */
typedef struct {
    GArray *columns;      /* CsTableColumn */
    GPtrArray *names;     /* of columns, owned */
    gboolean people;      /* read it, not programs */
    gboolean *own_n;      /* of every metric: some row's cells rest on unequally many
                           * replications, this metric's on fewer */
    gboolean *few_events; /* some row's interval rests on too few of what decides it */
    gboolean marked;      /* rows have to say which points they are over */
} Layout;

/* Called NAME and SUFFIX. */
static void add_column(Layout *layout, const char *name, const char *suffix, const char *title,
                       const char *unit, double scale, CsColumnKind kind)
{
    CsTableColumn column = {g_strconcat(name, suffix, NULL), title, unit, scale, kind};
    g_ptr_array_add(layout->names, (gpointer)column.name);
    g_array_append_val(layout->columns, column);
}

/* The same with the half-width of its interval behind it. */
static void add_estimated(Layout *layout, const char *name, const char *suffix, const char *title,
                          const char *unit, double scale)
{
    g_autofree char *half_width = g_strconcat(suffix, "_half_width", NULL);
    add_column(layout, name, suffix, title, unit, scale, CS_COLUMN_REAL);
    add_column(layout, name, half_width, "\302\261", unit, scale, CS_COLUMN_HALF_WIDTH);
}

/* People read a mean and a reduction, programs get the difference too. */
static void add_measure(Layout *layout, const CsMeasure *measure, gboolean versus)
{
    const char *name = measure->column;
    add_estimated(layout, name, "", measure->title, measure->unit, measure->scale);
    if (measure->censors)
        add_column(layout, name, "_reached", "reached", "", 0,
                   layout->people ? CS_COLUMN_TEXT : CS_COLUMN_WHOLE);
    if (measure->censors && !layout->people)
        add_column(layout, name, "_of", "of", "", 0, CS_COLUMN_WHOLE);
    if (versus && !layout->people)
        add_estimated(layout, name, "_difference", "difference", measure->unit, measure->scale);
    if (versus)
        add_estimated(layout, name, "_reduction_percent", "less", "%", 0);
}

/* A column about a metric, whose name people see in its title. */
static void add_about(Layout *layout, const CsMeasure *measure, const char *suffix,
                      const char *words, const char *title, CsColumnKind kind)
{
    char *shown =
        g_strconcat(layout->people ? words : title, layout->people ? measure->title : "", NULL);
    g_ptr_array_add(layout->names, shown);
    add_column(layout, measure->column, suffix, shown, "", 0, kind);
}

/* People see a mark, programs how many events are expected. */
static void add_events(CsTablePrinter *table, const CsDeciding *deciding, gboolean people)
{
    g_autofree char *mark =
        deciding->few ? g_strdup_printf("! %.2g", deciding->expected) : g_strdup("");
    if (people)
        cs_table_add_text(table, mark);
    else
        cs_table_add_number(table, isfinite(deciding->expected) ? deciding->expected : (double)NAN);
}

/* Which further columns there are: looked up once, for there may be many rows. */
static void find_extras(Layout *layout, const CsReport *report)
{
    layout->own_n = g_new0(gboolean, report->n_measures);
    layout->few_events = g_new0(gboolean, report->n_measures);
    for (guint i = 0; i < report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(report->rows, i);
        layout->marked |= row->uncommon;
        for (guint m = 0; m < report->n_measures; m++) {
            guint64 n = row->cell[m].mean.n;
            layout->own_n[m] |= n > 0 && n != row->replications;
            layout->few_events[m] |= row->cell[m].deciding.few;
        }
    }
}

static void lay_out(Layout *layout, const CsStudy *study, const CsReport *report)
{
    find_extras(layout, report);
    for (guint i = 0; i < report->n_keys; i++) {
        const char *name = cs_study_key(study, report->key[i])->name;
        add_column(layout, name, "",
                   g_str_has_prefix(name, "device.") ? name : cs_study_key_ending(name), "", 0,
                   CS_COLUMN_TEXT);
    }
    add_column(layout, "replications", "", "n", "", 0, CS_COLUMN_WHOLE);
    for (guint m = 0; m < report->n_measures; m++)
        add_measure(layout, report->measure[m], report->versus);
    for (guint m = 0; m < report->n_measures; m++)
        if (layout->own_n[m])
            add_about(layout, report->measure[m], "_n", "n of ", "n", CS_COLUMN_WHOLE);
    for (guint m = 0; m < report->n_measures; m++)
        if (layout->few_events[m])
            add_about(layout, report->measure[m], "_deciding_events", "events of ", "",
                      layout->people ? CS_COLUMN_TEXT : CS_COLUMN_REAL);
    if (layout->marked)
        add_column(layout, "points", "", "points", "", 0, CS_COLUMN_TEXT);
}

static void add_estimate(CsTablePrinter *table, CsEstimate estimate, double scale)
{
    CS_TABLE_ADD_NUMBERS(table, estimate.value * scale, estimate.half_width * scale);
}

static void add_reached(CsTablePrinter *table, const CsReportCell *cell, gboolean people)
{
    if (people) {
        g_autofree char *text = g_strdup_printf("%u of %u", cell->reached, cell->of);
        cs_table_add_text(table, text);
        return;
    }
    CS_TABLE_ADD_NUMBERS(table, cell->reached, cell->of);
}

static void add_row(CsTablePrinter *table, const CsStudy *study, const CsReport *report,
                    const CsReportRow *row, const Layout *layout)
{
    gboolean people = layout->people;
    for (guint i = 0; i < report->n_keys; i++) {
        const CsStudyKey *key = cs_study_key(study, report->key[i]);
        cs_table_add_text(table, g_ptr_array_index(key->values, row->value[i]));
    }
    cs_table_add_number(table, (double)row->replications);
    for (guint m = 0; m < report->n_measures; m++) {
        const CsReportCell *cell = &row->cell[m];
        add_estimate(table, cell->mean, 1.0);
        if (report->measure[m]->censors)
            add_reached(table, cell, people);
        if (report->versus && !people)
            add_estimate(table, cell->difference, 1.0);
        if (report->versus)
            add_estimate(table, cell->reduction, 100.0);
    }
    for (guint m = 0; m < report->n_measures; m++)
        if (layout->own_n[m])
            cs_table_add_number(table, (double)row->cell[m].mean.n);
    for (guint m = 0; m < report->n_measures; m++)
        if (layout->few_events[m])
            add_events(table, &row->cell[m].deciding, people);
    if (layout->marked) {
        g_autofree char *points =
            g_strdup_printf("%u%s", row->points, row->uncommon && people ? " (own)" : "");
        cs_table_add_text(table, points);
    }
}

static char *format_table(const CsStudy *study, const CsReport *report, CsFormatKind format,
                          gboolean raw)
{
    Layout layout = {.columns = g_array_new(FALSE, TRUE, sizeof(CsTableColumn)),
                     .names = g_ptr_array_new_with_free_func(g_free),
                     .people = format == CS_FORMAT_TABLE || format == CS_FORMAT_LATEX};
    lay_out(&layout, study, report);
    g_autoptr(CsTablePrinter) table = cs_table_printer_new(
        (const CsTableColumn *)(gconstpointer)layout.columns->data, layout.columns->len);
    cs_table_printer_set_raw(table, raw);
    for (guint i = 0; i < report->rows->len; i++)
        add_row(table, study, report, g_ptr_array_index(report->rows, i), &layout);
    char *text = cs_table_format(table, format);
    g_array_unref(layout.columns);
    g_ptr_array_unref(layout.names);
    g_free(layout.own_n);
    g_free(layout.few_events);
    return text;
}

/* --- bars on the terminal --------------------------------------------------------------------- */

#define BAR_CELLS 48

/* "radio.x = 4, policy.name = card"; short keys are enough. */
static char *row_label(const CsStudy *study, const CsReport *report, const CsReportRow *row,
                       gboolean raw)
{
    g_autoptr(GString) label = g_string_new(NULL);
    for (guint i = 0; i < report->n_keys; i++) {
        const CsStudyKey *key = cs_study_key(study, report->key[i]);
        g_string_append_printf(label, "%s%s", i > 0 ? "  " : "",
                               (const char *)g_ptr_array_index(key->values, row->value[i]));
    }
    return raw ? g_string_free(g_steal_pointer(&label), FALSE) : cs_clean_text(label->str);
}

/* A bar in eighths of a cell; its interval's end marked by '|' where it is in reach. */
static void append_bar(GString *out, CsEstimate shown, double high)
{
    static const char *const part[] = {"",
                                       "\342\226\217",
                                       "\342\226\216",
                                       "\342\226\215",
                                       "\342\226\214",
                                       "\342\226\213",
                                       "\342\226\212",
                                       "\342\226\211"};
    double cells = high > 0.0 ? fmax(shown.value, 0.0) / high * BAR_CELLS : 0.0;
    guint eighths = (guint)lround(cells * 8.0), whole = eighths / 8;
    guint drawn = whole + (eighths % 8 > 0 ? 1 : 0);
    guint end = isnan(shown.half_width) || high <= 0.0
                    ? 0
                    : (guint)lround((shown.value + shown.half_width) / high * BAR_CELLS);
    for (guint i = 0; i < whole; i++)
        g_string_append(out, "\342\226\210");
    g_string_append(out, part[eighths % 8]);
    for (; drawn < BAR_CELLS + 1; drawn++)
        g_string_append_c(out, drawn == end && end > 0 ? '|' : ' ');
}

static CsEstimate shown_estimate(const CsReport *report, const CsReportRow *row, guint m)
{
    gboolean reduction = report->versus;
    CsEstimate shown = reduction ? row->cell[m].reduction : row->cell[m].mean;
    double scale = reduction ? 0.01 : report->measure[m]->scale;
    shown.value /= scale;
    shown.half_width /= scale;
    return shown;
}

static void append_bars(GString *out, const CsStudy *study, const CsReport *report, guint m,
                        gboolean raw)
{
    const CsMeasure *measure = report->measure[m];
    double high = 0.0;
    glong width = 0;
    for (guint i = 0; i < report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(report->rows, i);
        g_autofree char *label = row_label(study, report, row, raw);
        CsEstimate shown = shown_estimate(report, row, m);
        double reach = shown.value + (isnan(shown.half_width) ? 0.0 : shown.half_width);
        width = MAX(width, g_utf8_strlen(label, -1));
        high = isnan(reach) ? high : fmax(high, reach);
    }
    const char *unit = report->versus ? "%" : measure->unit;
    g_string_append_printf(out, "%s%s%s%s%s\n", report->versus ? "less " : "", measure->title,
                           unit[0] != '\0' ? " (" : "", unit, unit[0] != '\0' ? ")" : "");
    for (guint i = 0; i < report->rows->len; i++) {
        const CsReportRow *row = g_ptr_array_index(report->rows, i);
        g_autofree char *label = row_label(study, report, row, raw);
        CsEstimate shown = shown_estimate(report, row, m);
        if (row->baseline)
            continue;
        g_string_append_printf(out, "  %s%*s  ", label, (int)(width - g_utf8_strlen(label, -1)),
                               "");
        if (isnan(shown.value)) {
            g_string_append(out, "not modelled\n");
            continue;
        }
        append_bar(out, shown, high);
        char value[CS_NUMBER_MAX], half[CS_NUMBER_MAX];
        cs_number_show_estimate(value, half, shown.value, shown.half_width);
        g_string_append_printf(out, "%s%s%s\n", value, isnan(shown.half_width) ? "" : " \302\261 ",
                               isnan(shown.half_width) ? "" : half);
    }
}

static char *format_bars(const CsStudy *study, const CsReport *report, gboolean raw)
{
    GString *out = g_string_new(NULL);
    for (guint m = 0; m < report->n_measures; m++) {
        if (m > 0)
            g_string_append_c(out, '\n');
        append_bars(out, study, report, m, raw);
    }
    return g_string_free(out, FALSE);
}

/* --- the command ------------------------------------------------------------------------------ */

static gboolean is_raw(const CsArguments *arguments)
{
    return (arguments->given & CS_OPTION_BIT(CS_OPTION_RAW)) != 0;
}

/* --html FILE: the same rows, or all metrics, as a page. */
static int write_page(const CsArguments *arguments, const CsReportRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    const char *file = arguments->value[CS_OPTION_HTML];
    g_autofree char *page = cs_page_new(g_ptr_array_index(arguments->operands, 0), request,
                                        is_raw(arguments), paths, &error);
    if (page == NULL || !cs_file_set_contents(file, page, -1, &error))
        return cs_results_complain(error);
    if (!arguments->quiet)
        cs_note("wrote '%s': one file, to be opened in any browser", file);
    return CS_EXIT_OK;
}

static int run(const CsArguments *arguments)
{
    g_autoptr(GError) error = NULL;
    const char *directory = g_ptr_array_index(arguments->operands, 0);
    gboolean bars = (arguments->given & CS_OPTION_BIT(CS_OPTION_PLOT)) != 0;
    CsReportRequest request = {(const char *const *)arguments->by->pdata,
                               (const char *const *)arguments->metrics->pdata,
                               arguments->value[CS_OPTION_VERSUS],
                               (arguments->given & CS_OPTION_BIT(CS_OPTION_ALL)) != 0,
                               arguments->level,
                               FALSE};
    if (arguments->value[CS_OPTION_HTML] != NULL)
        return write_page(arguments, &request);
    g_autoptr(CsStudy) study = cs_study_open(directory, &error);
    g_autoptr(CsReport) report = study != NULL ? cs_report_new(study, &request, &error) : NULL;
    if (report == NULL)
        return cs_results_complain(error);
    g_autoptr(GPtrArray) notes = cs_report_notes(study, report);
    if (!arguments->quiet)
        cs_results_tell(notes);
    gboolean raw = is_raw(arguments);
    g_autofree char *text = bars ? format_bars(study, report, raw)
                                 : format_table(study, report, arguments->format, raw);
    return cs_print_as(arguments, text);
}

const CsCommand cs_command_report = {
    .name = "report",
    .operands = "DIR",
    .least = 1,
    .most = 1,
    .options = CS_OPTION_BIT(CS_OPTION_BY) | CS_OPTION_BIT(CS_OPTION_METRIC) |
               CS_OPTION_BIT(CS_OPTION_VERSUS) | CS_OPTION_BIT(CS_OPTION_ALL) |
               CS_OPTION_BIT(CS_OPTION_LEVEL) | CS_OPTION_BIT(CS_OPTION_PLOT) |
               CS_OPTION_BIT(CS_OPTION_HTML) | CS_OPTION_BIT(CS_OPTION_RAW) |
               CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "means with intervals, and comparisons with a baseline",
    .description =
        "Reads the results that 'cardsim sweep' or 'cardsim run -o DIR' wrote and prints, for "
        "every combination of swept values, the mean of each metric with its 95 % interval "
        "(Student's t over the n replications; --level 99 for another). Digits follow the "
        "interval: one "
        "of its own, two where the first is 1, and the mean as far. A delay, an energy, a cost is "
        "that of a device's "
        "round; 'cardsim list metrics' lists the metrics and the table each needs. A metric that "
        "is not modelled is empty, never 0.\n\n"
        "--by names the keys that make the rows; what is behind a key's last dot is enough where "
        "no other key ends so. Runs that share a row are pooled: as all runs of a sweep see the "
        "same channels in the same replication, they are not independent; so the mean over runs is "
        "taken in each replication, and the interval over replications. 'device' tells devices "
        "apart, 'round' rounds, 'run' the runs.\n\n"
        "An interval can only know what its replications saw. Where rare events carry the "
        "variance, such as deep fades of a good channel, most samples have none of them, and their "
        "intervals are far too narrow. So the states of the channel that are furthest from the "
        "mean and carry 95 % of the variance are counted, from their probabilities where 'cardsim "
        "expect' applies and otherwise from the recorded rounds: an interval of a sample that "
        "expects fewer than 30 of them, where they are rare, is marked (events of ...; in CSV "
        "*_deciding_events), and a warning names device, direction and event. The letter's Good "
        "channel (exponent 2) with 500 rounds and 20 replications expects 0.4.\n\n"
        "--versus KEY=VALUE compares: each run is paired, replication by replication, with the "
        "one in which KEY is VALUE and all else is the same. Printed is by how many per cent the "
        "metric is less than the baseline's (a minus: more), as a ratio of sums, with its interval "
        "by the jackknife over replications; --format csv and json give the mean difference "
        "too.\n\n"
        "Rows are there to be compared, so each pools the same: the combinations of the keys that "
        "are "
        "not named which all rows have. What is left out is told, as is a sweep of which runs are "
        "missing; --all pools all there is and marks the rows that differ. Runs with unequally "
        "many "
        "replications, or with replications that lack a metric, count with those they have, and n "
        "is then what the interval is worth.\n\n"
        "--plot draws bars on the terminal instead. --format latex prints a tabular with booktabs' "
        "rules, mean and interval in one cell.\n\n"
        "--html FILE writes one page for a co-author: the rows in tables that sort, a chart of any "
        "metric over any key, where rounds were recorded a timeline of them that zooms (wheel, "
        "drag, or arrow keys, + and -), the scenario and the assumptions in force. Without --by it "
        "tells every swept key, or the devices of a single run; without --metric all metrics "
        "recorded. The page asks no network; it prints, and follows a browser's dark mode.",
    .examples = "cardsim report results/fig4\tevery run's mean delay, energy and cost\n"
                "cardsim report results/fig4 --metric delay --versus policy.name=device-only\t"
                "how much each policy saves, and how surely\n"
                "cardsim report out --by device --metric cut-last --plot\tbars, one a device\n"
                "cardsim report results/fig4 --format csv\tfor another program\n"
                "cardsim report results/fig4 --format latex --level 99\tfor a paper\n"
                "cardsim report results/fig4 --html fig4.html\tto hand to a co-author\n",
    .run = run,
};
