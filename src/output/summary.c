/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/summary: gathers a run's rounds and totals, and tells them as two tables of 100 columns.
 * See summary.h.
 *
 * A line is a device or, in a crowd, a group of devices; the last line is all of them together.
 */
#include "output/summary.h"

#include "base/statistics.h"
#include "output/measure.h"
#include "output/text-table.h"
#include "sim/reach.h"

#include <math.h>
#include <string.h>

#define CROWD 20 /* more devices than this are told by groups */
#define CONFIDENCE 0.95
#define CUTS_TOLD 3 /* of a line, the last one maybe "others" */
#define LABEL_WIDTH 20
#define LINE(field) G_STRUCT_OFFSET(Line, field)

/* --- gathering -------------------------------------------------------------------------------- */

/* What is known of a line's devices. */
typedef struct {
    guint64 *cut_rounds; /* rounds decided for each cut */
    CsSums sum;
    guint64 planned; /* rounds of the scenario, where some can be lost; else 0 */
} Line;

typedef struct {
    const CsConfig *config;
    gboolean by_group;
    guint n_lines; /* without the one for all */
    guint n_cuts;
    Line *lines;
    CsTotals totals;  /* of all replications */
    double longest_s; /* makespan of one */
} Sums;

typedef struct {
    CsSink sink;
    Sums sums;
} SummarySink;

struct CsSummary {
    Sums sums;
    guint64 replications;
    GArray **delay_means; /* of double; [line]: one a replication; the last for all */
    GArray **server_means;
};

static void sums_init(Sums *sums, const CsConfig *config)
{
    g_assert(config->n_groups > 0);
    *sums = (Sums){
        .config = config,
        .by_group = config->n_devices > CROWD,
        .n_cuts = config->groups[0].cost.n_cuts,
    };
    sums->n_lines = sums->by_group ? config->n_groups : config->n_devices;
    sums->lines = g_new0(Line, sums->n_lines + 1);
    for (guint i = 0; i <= sums->n_lines; i++)
        sums->lines[i].cut_rounds = g_new0(guint64, sums->n_cuts);
}

static void sums_clear(Sums *sums)
{
    for (guint i = 0; i <= sums->n_lines; i++)
        g_free(sums->lines[i].cut_rounds);
    g_free(sums->lines);
}

static Line *line_of(Sums *sums, guint device)
{
    const CsConfig *config = sums->config;
    return &sums->lines[sums->by_group ? cs_config_group_of(config, device) - config->groups
                                       : device];
}

static void take_decision(CsSink *sink, guint device, guint cut)
{
    line_of(&((SummarySink *)sink)->sums, device)->cut_rounds[cut]++;
}

static void take_device(CsSink *sink, const CsDeviceTotals *totals)
{
    Line *line = line_of(&((SummarySink *)sink)->sums, totals->device);
    cs_sums_add(&line->sum, &totals->sum);
    if (!isnan(totals->sum.lost.rounds))
        line->planned += ((SummarySink *)sink)->sums.config->rounds;
}

/* What is of the run alone, and its sums. */
static void totals_add(CsTotals *all, const CsTotals *totals)
{
    cs_sums_add(&all->sum, &totals->sum);
    all->makespan_s += totals->makespan_s;
    all->events += totals->events;
    all->rounds_failed += totals->rounds_failed;
    all->devices_empty += totals->devices_empty;
}

static void take_totals(CsSink *sink, const CsTotals *totals)
{
    Sums *sums = &((SummarySink *)sink)->sums;
    totals_add(&sums->totals, totals);
    sums->longest_s = MAX(sums->longest_s, totals->makespan_s);
}

static void line_add(Line *line, const Line *other, guint n_cuts)
{
    for (guint c = 0; c < n_cuts; c++)
        line->cut_rounds[c] += other->cut_rounds[c];
    line->planned += other->planned;
    cs_sums_add(&line->sum, &other->sum);
}

CsSink *cs_summary_sink_new(const CsConfig *config)
{
    SummarySink *sink = g_new0(SummarySink, 1);
    sums_init(&sink->sums, config);
    sink->sink = (CsSink){.device = take_device,
                          .totals = take_totals,
                          .decided = take_decision,
                          .by_group = sink->sums.by_group};
    return &sink->sink;
}

void cs_summary_sink_free(CsSink *sink)
{
    if (sink == NULL)
        return;
    sums_clear(&((SummarySink *)sink)->sums);
    g_free(sink);
}

CsSummary *cs_summary_new(const CsConfig *config)
{
    CsSummary *summary = g_new0(CsSummary, 1);
    sums_init(&summary->sums, config);
    guint n = summary->sums.n_lines + 1;
    summary->delay_means = g_new(GArray *, n);
    summary->server_means = g_new(GArray *, n);
    for (guint i = 0; i < n; i++) {
        summary->delay_means[i] = g_array_new(FALSE, FALSE, sizeof(double));
        summary->server_means[i] = g_array_new(FALSE, FALSE, sizeof(double));
    }
    return summary;
}

void cs_summary_free(CsSummary *summary)
{
    if (summary == NULL)
        return;
    for (guint i = 0; i <= summary->sums.n_lines; i++) {
        g_array_unref(summary->delay_means[i]);
        g_array_unref(summary->server_means[i]);
    }
    g_free(summary->delay_means);
    g_free(summary->server_means);
    sums_clear(&summary->sums);
    g_free(summary);
}

void cs_summary_add(CsSummary *summary, CsSink *sink)
{
    Sums *sums = &summary->sums, *other = &((SummarySink *)sink)->sums;
    Line *all = &other->lines[other->n_lines];
    for (guint i = 0; i < other->n_lines; i++)
        line_add(all, &other->lines[i], sums->n_cuts);
    for (guint i = 0; i <= sums->n_lines; i++) {
        const Line *line = &other->lines[i];
        line_add(&sums->lines[i], line, sums->n_cuts);
        if (line->sum.rounds == 0)
            continue;
        double delay_s = cs_measure_mean(cs_measure_find("delay"), &line->sum);
        double server_j = cs_measure_mean(cs_measure_find("server-energy"), &line->sum);
        g_array_append_val(summary->delay_means[i], delay_s);
        g_array_append_val(summary->server_means[i], server_j);
    }
    totals_add(&sums->totals, &other->totals);
    sums->longest_s = MAX(sums->longest_s, other->longest_s);
    summary->replications++;
    cs_summary_sink_free(sink);
}

/* A group without devices has no rounds, and no line in the table; devices that have lost all their
 * rounds have a line, and nothing else. Transfer full. */
static CsTextLine *line_states(const Sums *sums)
{
    CsTextLine *states = g_new(CsTextLine, sums->n_lines + 1);
    for (guint i = 0; i <= sums->n_lines; i++)
        states[i] = sums->lines[i].sum.rounds > 0 ? CS_TEXT_LINE_FULL
                    : sums->lines[i].planned > 0  ? CS_TEXT_LINE_EMPTY
                                                  : CS_TEXT_LINE_NONE;
    return states;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* The mean over replications, with its interval where there are two or more. */
static void add_estimates(CsTextTable *table, const char *head, const char *unit,
                          GArray *const *samples, CsPrefixes allowed)
{
    g_autofree double *values = g_new(double, table->n_lines);
    g_autofree double *half_widths = g_new(double, table->n_lines);
    for (guint j = 0; j < table->n_lines; j++) {
        CsEstimate estimate = cs_mean_estimate((const double *)(const void *)samples[j]->data,
                                               samples[j]->len, CONFIDENCE);
        values[j] = estimate.value;
        half_widths[j] = estimate.half_width;
    }
    cs_text_table_add_values(table, head, unit, values, half_widths, allowed);
}

/* --- what the lines say ----------------------------------------------------------------------- */

/* "97 %", but never 0 % for something nor 100 % for less than all. */
static char *share_text(guint64 part, guint64 whole)
{
    double percent = 100.0 * (double)part / (double)whole;
    if (part == 0 || part == whole)
        return g_strdup(part == 0 ? "0 %" : "100 %");
    if (percent < 1 || percent > 99)
        return g_strdup(percent < 1 ? "<1 %" : ">99 %");
    return g_strdup_printf("%.0f %%", percent);
}

/* The cut chosen most among those not yet `taken`, the smaller of equals. */
static guint most_chosen(const guint64 *cut_rounds, const gboolean *taken, guint n_cuts)
{
    guint best = n_cuts;
    for (guint c = 0; c < n_cuts; c++)
        if (!taken[c] && cut_rounds[c] > 0 && (best == n_cuts || cut_rounds[c] > cut_rounds[best]))
            best = c;
    return best;
}

/* "32 (97 %), 0 (3 %)"; a sole cut needs no share. */
static char *cuts_text(const Line *line, guint n_cuts)
{
    guint chosen = 0;
    guint64 decided = 0;
    for (guint c = 0; c < n_cuts; c++) {
        chosen += line->cut_rounds[c] > 0;
        decided += line->cut_rounds[c];
    }
    GString *text = g_string_new(NULL);
    g_autofree gboolean *taken = g_new0(gboolean, n_cuts);
    guint named = chosen <= CUTS_TOLD ? chosen : CUTS_TOLD - 1;
    guint64 rest = decided;
    for (guint i = 0; i < named; i++) {
        guint c = most_chosen(line->cut_rounds, taken, n_cuts);
        taken[c] = TRUE;
        rest -= line->cut_rounds[c];
        g_autofree char *share = share_text(line->cut_rounds[c], decided);
        g_string_append_printf(text, "%s%u", i == 0 ? "" : ", ", c);
        if (chosen > 1)
            g_string_append_printf(text, " (%s)", share);
    }
    if (chosen > named) {
        g_autofree char *share = share_text(rest, decided);
        g_string_append_printf(text, ", others (%s)", share);
    }
    return g_string_free(text, FALSE);
}

/* A name of at most LABEL_WIDTH columns with what follows it. Names are ASCII. */
static char *label_text(const Sums *sums, guint line)
{
    const CsConfig *config = sums->config;
    if (line == sums->n_lines)
        return g_strdup("all");
    gboolean crowd = sums->by_group && config->groups[line].counted;
    g_autofree char *name =
        sums->by_group ? g_strdup(config->groups[line].name) : cs_config_device_name(config, line);
    g_autofree char *count =
        crowd ? g_strdup_printf(" (%u)", config->groups[line].count) : g_strdup("");
    gsize room = LABEL_WIDTH - strlen(count);
    if (strlen(name) <= room)
        return g_strconcat(name, count, NULL);
    name[room - 1] = '\0';
    return g_strconcat(name, "…", count, NULL);
}

static void add_labels(CsTextTable *table, const Sums *sums)
{
    CsTextColumn *column =
        cs_text_table_add(table, sums->by_group ? "Devices" : "Device", NULL, TRUE);
    for (guint j = 0; j < table->n_lines; j++)
        column->cells[j] = cs_text_table_told(table, j) ? label_text(sums, j) : NULL;
}

/* The mean of a metric over the rounds of every line. */
static void add_means(CsTextTable *table, const Sums *sums, const char *metric, const char *head,
                      const char *unit, CsPrefixes allowed)
{
    const CsMeasure *measure = cs_measure_find(metric);
    g_autofree double *values = g_new(double, sums->n_lines + 1);
    for (guint j = 0; j <= sums->n_lines; j++)
        values[j] = cs_measure_mean(measure, &sums->lines[j].sum);
    cs_text_table_add_values(table, head, unit, values, NULL, allowed);
}

static void add_shares(CsTextTable *table, const Sums *sums, const char *head, const char *second,
                       gsize offset)
{
    CsTextColumn *column = cs_text_table_add(table, head, second, FALSE);
    for (guint j = 0; j < table->n_lines; j++)
        if (cs_text_table_empty(table, j))
            column->cells[j] = cs_text_table_told(table, j) ? g_strdup("-") : NULL;
        else
            column->cells[j] =
                share_text(*(const guint64 *)(const void *)((const char *)&sums->lines[j] + offset),
                           sums->lines[j].sum.rounds);
}

/* "48 of 60", where rounds can be lost. */
static void add_completed(CsTextTable *table, const Sums *sums)
{
    if (sums->lines[sums->n_lines].planned == 0)
        return;
    CsTextColumn *column = cs_text_table_add(table, "Rounds", "completed", FALSE);
    for (guint j = 0; j < table->n_lines; j++)
        if (cs_text_table_told(table, j))
            column->cells[j] = g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                                               sums->lines[j].sum.rounds, sums->lines[j].planned);
}

static void append_decisions(GString *out, const CsSummary *summary, guint columns)
{
    const Sums *sums = &summary->sums;
    g_autofree CsTextLine *states = line_states(sums);
    CsTextTable table;
    cs_text_table_init(&table, sums->n_lines + 1, states);
    add_labels(&table, sums);
    add_completed(&table, sums);
    CsTextColumn *cuts = cs_text_table_add(&table, "Cut layers chosen", NULL, TRUE);
    for (guint j = 0; j < table.n_lines; j++)
        cuts->cells[j] = cs_text_table_empty(&table, j) ? g_strdup("-")
                                                        : cuts_text(&sums->lines[j], sums->n_cuts);
    add_means(&table, sums, "frequency", "Frequency", "Hz", CS_PREFIX_ANY);
    add_estimates(&table, "Delay", "s a round", summary->delay_means, CS_PREFIX_SMALL);
    add_estimates(&table, "Server energy", "J a round", summary->server_means, CS_PREFIX_ANY);
    cs_text_table_append(out, &table, columns);
    cs_text_table_clear(&table);
}

static void append_costs(GString *out, const CsSummary *summary, guint columns)
{
    const Sums *sums = &summary->sums;
    const Line *all = &sums->lines[sums->n_lines];
    gboolean beyond = all->sum.beyond_uplink + all->sum.beyond_downlink > 0;
    g_autofree CsTextLine *states = line_states(sums);
    CsTextTable table;
    cs_text_table_init(&table, sums->n_lines + 1, states);
    add_labels(&table, sums);
    if (sums->config->schedule != CS_SCHEDULE_SEQUENTIAL)
        add_means(&table, sums, "wait", "Waiting", "s a round", CS_PREFIX_SMALL);
    add_means(&table, sums, "device-energy", "Device energy", "J a round", CS_PREFIX_ANY);
    add_means(&table, sums, "radio-energy", "Radio energy", "J a round", CS_PREFIX_ANY);
    add_means(&table, sums, "cost", "Cost", "a round", CS_PREFIX_NONE);
    add_shares(&table, sums, "Outage", "up", LINE(sum.outage_uplink));
    add_shares(&table, sums, "", "down", LINE(sum.outage_downlink));
    if (beyond) {
        add_shares(&table, sums, "Beyond", "up", LINE(sum.beyond_uplink));
        add_shares(&table, sums, "", "down", LINE(sum.beyond_downlink));
    }
    cs_text_table_append(out, &table, columns);
    cs_text_table_clear(&table);
    if (beyond)
        g_string_append(out, "Beyond: rounds whose link would need more than the most repetitions "
                             "of the CQI 1 format.\n");
}

/* --- the text around the tables --------------------------------------------------------------- */

/* 1234567 as "1,234,567". Transfer full. */
static char *grouped(guint64 value)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    GString *text = g_string_new(NULL);
    gsize n = strlen(digits);
    for (gsize i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

/* "5 devices", "1 round" */
static char *counted(guint64 n, const char *thing)
{
    g_autofree char *number = grouped(n);
    return g_strdup_printf("%s %s%s", number, thing, n == 1 ? "" : "s");
}

static char *value_text(double value, const char *unit, CsPrefixes allowed)
{
    if (isnan(value))
        return g_strdup("not modelled");
    CsScale scale = cs_scale_for(&value, 1, allowed);
    g_autofree char *number = cs_scale_text(value, &scale);
    return g_strdup_printf("%s %s%s", number, scale.prefix, unit);
}

/* Seconds, and beyond two minutes also in a unit that a person feels. */
static char *duration_text(double time_s)
{
    static const struct {
        double size_s;
        const char *unit;
    } units[] = {{86400.0, "days"}, {3600.0, "h"}, {60.0, "min"}};
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (time_s < 2 * units[i].size_s)
            continue;
        g_autofree char *seconds = grouped((guint64)round(time_s));
        return g_strdup_printf("%s s (%.1f %s)", seconds, time_s / units[i].size_s, units[i].unit);
    }
    return value_text(time_s, "s", CS_PREFIX_SMALL);
}

/* Ends the line: "server 1 kJ, devices 2 kJ, radio not modelled". */
static void append_energies(GString *out, double server_j, double device_j, double radio_j)
{
    g_autofree char *server = value_text(server_j, "J", CS_PREFIX_ANY);
    g_autofree char *device = value_text(device_j, "J", CS_PREFIX_ANY);
    g_autofree char *radio = value_text(radio_j, "J", CS_PREFIX_ANY);
    g_string_append_printf(out, "server %s, devices %s, radio %s\n", server, device, radio);
}

static void append_head(GString *out, const CsSummary *summary)
{
    const CsConfig *config = summary->sums.config;
    g_autofree char *devices = counted(config->n_devices, "device");
    g_autofree char *rounds = counted(config->rounds, "round");
    if (config->title != NULL && config->title[0] != '\0')
        g_string_append_printf(out, "%s\n", config->title);
    g_string_append_printf(out, "policy %s, weight %g, %s: %s, %s", config->policy->name,
                           config->policy_settings.weight,
                           config->schedule == CS_SCHEDULE_SEQUENTIAL ? "sequential"
                           : config->schedule == CS_SCHEDULE_PARALLEL ? "parallel"
                                                                      : "clusters",
                           devices, rounds);
    if (summary->replications > 1) {
        g_autofree char *replications = counted(summary->replications, "replication");
        g_string_append_printf(out, ", %s (±: 95 %% interval)", replications);
    }
    g_string_append(out, "\n\n");
}

static void append_totals(GString *out, const CsSummary *summary)
{
    const Sums *sums = &summary->sums;
    const Line *all = &sums->lines[sums->n_lines];
    double n = (double)summary->replications;
    g_autofree char *makespan = duration_text(sums->totals.makespan_s / n);
    g_autofree char *events = counted(sums->totals.events, "event");
    const char *per = summary->replications > 1 ? " a replication" : "";
    g_string_append_printf(out, "Simulated time%s: %s; %s\n", per, makespan, events);
    g_string_append_printf(out, "Energy%s: ", per);
    append_energies(out, all->sum.server_energy_j / n, all->sum.device_energy_j / n,
                    all->sum.radio_energy_j / n);
}

/* What the tables above do not hold. */
static void append_lost(GString *out, const CsSummary *summary)
{
    const Sums *sums = &summary->sums;
    const Line *all = &sums->lines[sums->n_lines];
    if (all->planned == 0)
        return;
    guint64 lost = (guint64)sums->totals.sum.lost.rounds;
    g_autofree char *completed = grouped(all->sum.rounds),
                    *planned = counted(all->planned, "round");
    g_autofree char *begun = grouped(lost), *never = grouped(all->planned - all->sum.rounds - lost);
    g_string_append_printf(out,
                           "Of %s of devices %s were completed; in no figure above are %s lost and "
                           "%s never begun\n",
                           planned, completed, begun, never);
    if (lost > 0) {
        const CsLost *of = &sums->totals.sum.lost;
        g_autofree char *time = duration_text(of->time_s);
        g_string_append_printf(out, "Lost with them: %s; energy: ", time);
        append_energies(out, of->server_energy_j, of->device_energy_j, of->radio_energy_j);
    }
    if (sums->totals.rounds_failed > 0) {
        g_autofree char *failed = counted((guint64)sums->totals.rounds_failed, "round");
        g_string_append_printf(out, "%s without a quorum\n", failed);
    }
    if (sums->totals.devices_empty > 0) {
        g_autofree char *batteries = grouped((guint64)sums->totals.devices_empty);
        g_string_append_printf(out, "Batteries that ran empty: %s\n", batteries);
    }
}

/* What the policy did not know has cost it. */
static void append_regret(GString *out, const CsSummary *summary)
{
    const Sums *sums = &summary->sums;
    const CsConfig *config = sums->config;
    guint64 rounds = sums->lines[sums->n_lines].sum.rounds;
    if (config->csi == CS_CSI_PERFECT || rounds == 0)
        return;
    g_autofree char *csi = config->csi == CS_CSI_ERROR
                               ? g_strdup_printf("error %g dB", config->csi_error_db)
                               : g_strdup_printf("delayed %u round%s", config->csi_rounds,
                                                 config->csi_rounds == 1 ? "" : "s");
    g_string_append_printf(out,
                           "Regret under csi = %s: the mean cost is %.4g above that with perfect "
                           "knowledge\n",
                           csi, sums->totals.sum.regret / (double)rounds);
}

char *cs_summary_format(const CsSummary *summary)
{
    return cs_summary_format_within(summary, 0);
}

char *cs_summary_format_within(const CsSummary *summary, guint columns)
{
    g_assert(summary->replications > 0);
    GString *out = g_string_new(NULL);
    append_head(out, summary);
    append_decisions(out, summary, columns);
    g_string_append_c(out, '\n');
    append_costs(out, summary, columns);
    g_string_append_c(out, '\n');
    append_totals(out, summary);
    append_lost(out, summary);
    append_regret(out, summary);
    return g_string_free(out, FALSE);
}

/* Walkers that have left what the standard covers, unless that was known before the run. */
static void add_motion(GPtrArray *sentences, const Sums *sums)
{
    const CsConfig *config = sums->config;
    double known_s = cs_config_loses_rounds(config) ? 0 : cs_config_least_s(config);
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        const CsEnvironmentRange *range = cs_reach_leaves(group, sums->longest_s);
        if (range == NULL || cs_reach_leaves(group, known_s) != NULL)
            continue;
        gboolean drawn = group->distance_max_m > group->distance_min_m ||
                         cs_mobility_draws_speeds(&group->mobility);
        CsReach reach = cs_reach(group, sums->longest_s);
        g_ptr_array_add(
            sentences,
            g_strdup_printf("TR 38.901 covers %s from %g m to %g m, and '%s' %s between %.4g m and "
                            "%.4g m away: nearer, the loss stays that of the least distance; "
                            "farther, the formula is carried on",
                            range->name, range->distance_min_m, range->distance_max_m, group->name,
                            drawn ? "may have walked" : "walked",
                            round(reach.nearest_m * 1e3) / 1e3, reach.farthest_m));
    }
}

/* Rounds in which a corner of the cost is none, and what follows. */
static void add_degenerate(GPtrArray *sentences, guint64 rounds, char corner, const char *term,
                           const char *frequency)
{
    if (rounds > 0)
        g_ptr_array_add(sentences,
                        g_strdup_printf("in %" G_GUINT64_FORMAT " device rounds %c_max <= %c_min: "
                                        "the cost's %s term is 0 there and the frequency F_%s",
                                        rounds, corner, corner, term, frequency));
}

char **cs_summary_warnings(const CsSummary *summary)
{
    const Sums *sums = &summary->sums;
    GPtrArray *sentences = g_ptr_array_new();
    gboolean decided = !sums->config->training.part.whole; /* else there is but one cut */
    add_degenerate(sentences, decided ? sums->totals.sum.delay_degenerate : 0, 'D', "delay", "min");
    add_degenerate(sentences, decided ? sums->totals.sum.energy_degenerate : 0, 'E', "energy",
                   "max");
    add_motion(sentences, sums);
    g_ptr_array_add(sentences, NULL);
    return (char **)g_ptr_array_free(sentences, FALSE);
}
