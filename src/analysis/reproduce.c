/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/reproduce: simulate, compare, draw. See reproduce.h. */
#include "analysis/reproduce.h"

#include "analysis/experiment.h"
#include "analysis/headline.h"
#include "base/dir.h"
#include "base/fail.h"
#include "campaign/record.h"
#include "text/rows.h"

#include <string.h>

G_DEFINE_QUARK(cs - reproduce - error - quark, cs_reproduce_error)

static const char *const own_names[] = {
    "fig3a.csv",         "fig3a.gp",  "fig3a.svg",       "fig3a.png", "fig3b.csv",
    "fig3b.gp",          "fig3b.svg", "fig3b.png",       "fig4a.csv", "fig4a.gp",
    "fig4a.svg",         "fig4a.png", "fig4b.csv",       "fig4b.gp",  "fig4b.svg",
    "fig4b.png",         "fig3a.pdf", "fig3b.pdf",       "fig4a.pdf", "fig4b.pdf",
    "claims.csv",        "claims.md", "sensitivity.csv", "exact.csv", "manifest-fig3.json",
    "manifest-fig4.json"};

/* --- the directory ---------------------------------------------------------------------------- */

static gboolean is_own(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(own_names); i++) {
        gsize length = strlen(own_names[i]);
        if (strncmp(name, own_names[i], length) == 0 &&
            (name[length] == '\0' || g_str_has_prefix(name + length, ".tmp-")))
            return TRUE;
    }
    return FALSE;
}

/* Created, ours alone while we work, and with nothing in it that is not ours. Transfer full. */
static CsDir *prepare_directory(const char *path, GError **error)
{
    g_autoptr(CsDir) folder = cs_dir_open(path, TRUE, error);
    if (folder == NULL || !cs_dir_lock(folder, TRUE, error))
        return NULL;
    g_auto(GStrv) names = cs_dir_list(folder, error);
    for (char **name = names; name != NULL && *name != NULL; name++)
        if (!is_own(*name)) {
            g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_DIRECTORY,
                        "will not write into '%s': it holds '%s', which 'cardsim reproduce' does "
                        "not write; name an empty directory with -o",
                        path, *name);
            return NULL;
        }
    return names != NULL ? g_steal_pointer(&folder) : NULL;
}

static gboolean write_manifest(const CsDir *folder, const char *name, const CsScenario *scenario,
                               GError **error)
{
    g_autofree char *text = cs_scenario_manifest(scenario, NULL, NULL, NULL);
    return cs_dir_write_file(folder, name, text, -1, error);
}

/* --- tables ----------------------------------------------------------------------------------- */

#define DELAY G_STRUCT_OFFSET(CsTallyCell, delay_s)
#define ENERGY G_STRUCT_OFFSET(CsTallyCell, energy_j)

static void append_estimate(GString *csv, CsEstimate estimate)
{
    cs_csv_append_number(csv, estimate.value);
    cs_csv_append_number(csv, estimate.half_width);
}

/* The table of Fig. 4(a) or 4(b). Transfer full. */
static char *policies_csv(const CsExperiment *experiment, const char *column, CsTallyField field)
{
    static const char *const name[CS_SERIES_N] = {"card,card", "server-only,card",
                                                  "server-only,max", "device-only,card"};
    GString *csv = g_string_new("state,path_loss_exponent,policy,frequency,replications,rounds,");
    guint64 rounds = cs_scenario_config(experiment->fig4)->rounds;
    g_string_append_printf(csv, "%s,half_width\n", column);
    for (guint s = 0; s < CS_STATES_N; s++)
        for (guint k = 0; k < CS_SERIES_N; k++) {
            CsEstimate mean = cs_tally_mean(experiment->tally.of[s][k], field, CS_TALLY_ALL);
            g_string_append_printf(csv, "%s,%s,%s,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT,
                                   cs_states[s].name, cs_states[s].exponent, name[k], mean.n,
                                   rounds);
            append_estimate(csv, mean);
            g_string_append_c(csv, '\n');
        }
    return g_string_free(csv, FALSE);
}

/* Writes the table into `csv` and the list "b = 8 -79.7/-51.0, ..." into `list`. */
static void tell_sensitivity(const CsExperiment *experiment, GString *csv, GString *list)
{
    guint n;
    const CsVariation *variation = cs_variations(&n);
    g_string_append(csv, "changed,delay_change_percent,delay_half_width,energy_change_percent,"
                         "energy_half_width\n");
    for (guint v = 0; v < n; v++) {
        const CsTallies *tallies = &experiment->variation[v];
        CsEstimate delay = cs_tallies_change(tallies, CS_SERIES_DEVICE, DELAY, CS_STATES_N);
        CsEstimate energy = cs_tallies_change(tallies, CS_SERIES_SERVER, ENERGY, CS_STATES_N);
        g_string_append(csv, variation[v].name);
        append_estimate(csv, delay);
        append_estimate(csv, energy);
        g_string_append_c(csv, '\n');
        g_string_append_printf(list, "%s%s %.1f/%.1f", v == 0 ? "" : "; ", variation[v].name,
                               delay.value, energy.value);
    }
}

/* Where all policies were simulated and there are exact means: a sentence into `note`, and the
 * table. */
static gboolean write_exact(const CsExperiment *experiment, const CsDir *folder, GString *note,
                            GError **error)
{
    CsHeadline headline;
    if (experiment->tally.of[0][CS_SERIES_DEVICE] == NULL ||
        !cs_headline_compute(&headline, experiment->fig4))
        return TRUE;
    const CsTallies *tallies = &experiment->tally;
    CsEstimate delay = cs_tallies_change(tallies, CS_SERIES_DEVICE, DELAY, CS_STATES_N);
    CsEstimate energy = cs_tallies_change(tallies, CS_SERIES_SERVER, ENERGY, CS_STATES_N);
    g_autofree char *text = cs_headline_text(&headline, delay, energy);
    g_autofree char *csv = cs_headline_csv(&headline);
    g_string_prepend_c(note, ' ');
    g_string_prepend(note, text);
    return cs_dir_write_file(folder, "exact.csv", csv, -1, error);
}

/* --- all of it -------------------------------------------------------------------------------- */

static gboolean write_claims(const CsExperiment *experiment, const CsDir *folder,
                             gboolean sensitivity, GString *report, GError **error)
{
    GString *note = g_string_new(
        "The letter does not state batch, sequence length, LoRA, bandwidth, powers, distances, "
        "fading or the number of rounds. Ours were chosen, within what is usual, so that its "
        "headline comes out: agreement is consistency, not confirmation.");
    g_autoptr(GString) csv = g_string_new(NULL);
    gboolean good = write_exact(experiment, folder, note, error);
    if (good && sensitivity) {
        g_string_append(note, " Changing one of them at a time moves the change of delay and of "
                              "energy (claims 5 and 6, in %) to: ");
        tell_sensitivity(experiment, csv, note);
        g_string_append_c(note, '.');
        good = cs_dir_write_file(folder, "sensitivity.csv", csv->str, -1, error);
    }
    CsComparison data = cs_experiment_comparison(experiment);
    {
        g_autoptr(GPtrArray) claims = cs_claims_judge(&data);
        g_autofree char *table = cs_claims_csv(claims);
        g_autofree char *markdown = cs_claims_markdown(claims, note->str);
        g_autofree char *text = cs_claims_text(claims, note->str);
        g_string_append(report, text);
        good = good && cs_dir_write_file(folder, "claims.csv", table, -1, error) &&
               cs_dir_write_file(folder, "claims.md", markdown, -1, error);
    }
    cs_comparison_clear(&data);
    g_string_free(note, TRUE);
    return good;
}

/* Draws one figure. A failure of gnuplot is kept, so that the other figures' data and scripts are
 * written too; any other failure ends it. */
static gboolean draw(const char *name, const char *subtitle, const char *csv,
                     const CsReproduceOptions *options, GError **gnuplot, GError **error)
{
    GError *reason = NULL;
    if (cs_figure_draw(cs_figure_find(name), subtitle, options->directory, name, csv, "svg png",
                       options->paths, &reason))
        return TRUE;
    if (!g_error_matches(reason, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT)) {
        g_propagate_error(error, reason);
        return FALSE;
    }
    if (*gnuplot == NULL)
        *gnuplot = reason;
    else
        g_error_free(reason);
    return TRUE;
}

static gboolean draw_all(const CsExperiment *experiment, const CsReproduceOptions *options,
                         GError **gnuplot, GError **error)
{
    const char *title = experiment->fig3 != NULL ? cs_scenario_config(experiment->fig3)->title : "";
    if ((options->what & CS_REPRODUCE_FIG3) != 0 &&
        !(draw("fig3a", title, experiment->cuts_csv, options, gnuplot, error) &&
          draw("fig3b", title, experiment->frequencies_csv, options, gnuplot, error)))
        return FALSE;
    if ((options->what & CS_REPRODUCE_FIG4) == 0)
        return TRUE;
    g_autofree char *delay = policies_csv(experiment, "delay_mean_s", DELAY);
    g_autofree char *energy = policies_csv(experiment, "server_energy_mean_j", ENERGY);
    return draw("fig4a", "", delay, options, gnuplot, error) &&
           draw("fig4b", "", energy, options, gnuplot, error);
}

static gboolean write_manifests(const CsExperiment *experiment, const CsDir *folder, GError **error)
{
    return (experiment->fig3 == NULL ||
            write_manifest(folder, "manifest-fig3.json", experiment->fig3, error)) &&
           write_manifest(folder, "manifest-fig4.json", experiment->fig4, error);
}

static void tell_size(const CsExperiment *experiment, GString *report)
{
    const CsConfig *config = cs_scenario_config(experiment->fig4);
    g_string_append_printf(report,
                           "Simulated: %" G_GUINT64_FORMAT " replications of %" G_GUINT64_FORMAT
                           " rounds of %u devices in each of the states Good,\n"
                           "Normal and Poor (path-loss exponents 2, 4, 6); 95 %% intervals.\n\n",
                           cs_scenario_sampling(experiment->fig4)->replications, config->rounds,
                           config->n_devices);
}

gboolean cs_reproduce(const CsReproduceOptions *options, GString *report,
                      CsDiagnostics *diagnostics, GError **error)
{
    gboolean sensitivity = options->what == CS_REPRODUCE_ALL;
    CsExperimentParts parts =
        ((options->what & CS_REPRODUCE_FIG3) != 0 ? CS_EXPERIMENT_ROUNDS : 0) |
        ((options->what & CS_REPRODUCE_FIG4) != 0 ? CS_EXPERIMENT_POLICIES : 0) |
        (sensitivity ? CS_EXPERIMENT_SENSITIVITY : 0);
    g_autoptr(CsExperiment) experiment =
        cs_experiment_new(parts, options->overrides, options->paths, diagnostics);
    if (experiment == NULL)
        return cs_fail(error, CS_REPRODUCE_ERROR, CS_REPRODUCE_ERROR_SCENARIO,
                       "the scenarios of the letter's figures cannot be used");
    g_autoptr(GError) gnuplot = NULL;
    g_autoptr(CsDir) folder = prepare_directory(options->directory, error);
    if (folder == NULL || !cs_experiment_run(experiment, options->threads, options->progress,
                                             options->interrupt, error))
        return FALSE;
    tell_size(experiment, report);
    if (!write_claims(experiment, folder, sensitivity, report, error) ||
        !write_manifests(experiment, folder, error) ||
        !draw_all(experiment, options, &gnuplot, error) || !cs_dir_check(folder, error))
        return FALSE;
    g_string_append_printf(report,
                           "\nWritten to '%s': the figures' data, gnuplot scripts%s, and "
                           "claims.csv and claims.md.\n",
                           options->directory, gnuplot == NULL ? " and pictures" : "");
    if (gnuplot == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&gnuplot));
    return FALSE;
}
