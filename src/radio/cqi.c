/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/cqi: reads the tables and thresholds of models/radio and checks what they say. See cqi.h.
 * Layer: radio; calls base, text. */
#include "radio/cqi.h"

#include "base/suggest.h"
#include "base/units.h"
#include "radio/figures.h"

#include <math.h>
#include <string.h>

#define FOLDER "models/radio"
#define CQI_TABLES 4
#define SNR_LIMIT_DB 200.0 /* beyond any receiver; keeps linear ratios far from overflow */

/* The named sets: whose table, whose file. */
static const struct {
    const char *name;
    const char *file;
    int cqi_table;
    gboolean averages_fading;
} sets[] = {
    {"nr-awgn", "thresholds-nr-awgn.csv", 1, FALSE},
    {"lte-awgn", "thresholds-lte-awgn.csv", 1, FALSE},
    {"lte-popular", "thresholds-lte-popular.csv", 1, TRUE},
    {"tu-fading", "thresholds-tu-fading.csv", 1, TRUE},
    {"nr-example-256qam", "thresholds-nr-example-256qam.csv", 2, FALSE},
};

static const char *const set_names[] = {"nr-awgn",   "lte-awgn",          "lte-popular",
                                        "tu-fading", "nr-example-256qam", NULL};

/* --- formats --------------------------------------------------------------------------------- */

/* Reads a packaged file; its absence is an error at `from`. */
static gboolean read_packaged(CsFigures *figures, const char *file, const char *const *headers,
                              const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    g_autofree char *path = cs_paths_find(paths, FOLDER, file);
    memset(figures, 0, sizeof *figures);
    if (path == NULL)
        return cs_diagnostics_error(
            diagnostics, from,
            "reinstall cardsim, or set CARDSIM_DATADIR to the folder that holds "
            "models/",
            "cannot find the data file '" FOLDER "/%s'", file);
    return cs_figures_read(figures, path, path, headers, from, diagnostics);
}

static gboolean check_cell(const CsFigure *cell, gboolean good, const char *what, const char *help,
                           CsDiagnostics *diagnostics)
{
    if (!good)
        cs_diagnostics_error(diagnostics, cell->place, help, "%s", what);
    return good;
}

/* Too many rows are told at the first surplus one, too few at the line that names the columns. */
static gboolean check_rows(const CsFigures *figures, guint n_min, guint n_max, const char *what,
                           const char *help, CsDiagnostics *diagnostics)
{
    const guint n = figures->n_rows;
    if (n >= n_min && n <= n_max)
        return TRUE;
    return cs_diagnostics_error(diagnostics,
                                n > n_max ? figures->cell[n_max][0].place : figures->head, help,
                                "%s rows, this one has %u", what, n);
}

/* Rows index, Qm, R × 1024 into formats; indices count from 0. */
static gboolean take_formats(CsFormat *format, const CsFigures *figures, gboolean zero_first,
                             CsDiagnostics *diagnostics)
{
    gboolean sound = TRUE;
    for (guint i = 0; i < figures->n_rows; i++) {
        const CsFigure *cell = figures->cell[i];
        const double qm = cell[1].value, rate = cell[2].value;
        const gboolean zero = zero_first && i == 0;
        sound &= check_cell(&cell[0], cell[0].value == i, "the index is out of order",
                            "write indices 0, 1, 2, ... without gaps", diagnostics);
        sound &= check_cell(&cell[1], zero ? qm == 0 : qm >= 1 && qm <= 12 && qm == floor(qm),
                            "not a modulation order",
                            "write bits a symbol, 1 to 12 (0 in the row of CQI 0)", diagnostics);
        sound &= check_cell(
            &cell[2], zero ? rate == 0 : rate > 0 && rate < 1024, "not a code rate x 1024",
            "write a number between 0 and 1024 (0 in the row of CQI 0)", diagnostics);
        format[i] = (CsFormat){qm, rate, qm * rate / 1024};
    }
    return sound;
}

static const char *const format_header[] = {"index,modulation_order,code_rate_x1024", NULL};

static gboolean read_cqi(CsCqiTable *table, const char *file, const CsPaths *paths, CsPlace from,
                         CsDiagnostics *diagnostics)
{
    g_auto(CsFigures) figures;
    if (!read_packaged(&figures, file, format_header, paths, from, diagnostics))
        return FALSE;
    if (!check_rows(&figures, CS_CQI_N, CS_CQI_N, "a CQI table has 16",
                    "write one row for each CQI, 0 to 15", diagnostics))
        return FALSE;
    gboolean sound = take_formats(table->cqi, &figures, TRUE, diagnostics);
    for (int i = 1; i < CS_CQI_N; i++)
        sound &=
            check_cell(&figures.cell[i][2], table->cqi[i].efficiency > table->cqi[i - 1].efficiency,
                       "the efficiency does not rise with the CQI",
                       "each row's Qm x R must exceed the row's before it", diagnostics);
    return sound;
}

static gboolean read_mcs(CsCqiTable *table, const char *file, const CsPaths *paths, CsPlace from,
                         CsDiagnostics *diagnostics)
{
    g_auto(CsFigures) figures;
    if (!read_packaged(&figures, file, format_header, paths, from, diagnostics))
        return FALSE;
    if (!check_rows(&figures, 1, CS_MCS_MAX, "an MCS table has 1 to 32",
                    "write one row for each MCS, 0 to 31 at most", diagnostics))
        return FALSE;
    table->n_mcs = (int)figures.n_rows;
    return take_formats(table->mcs, &figures, FALSE, diagnostics);
}

/* Efficiencies are exact (whole or half code rates), so equal ones compare equal. */
static int mcs_below(const CsCqiTable *table, double efficiency)
{
    int best = -1;
    for (int i = 0; i < table->n_mcs; i++)
        if (table->mcs[i].efficiency <= efficiency &&
            (best < 0 || table->mcs[i].efficiency >= table->mcs[best].efficiency))
            best = i;
    return MAX(best, 0);
}

gboolean cs_cqi_table_read(CsCqiTable *table, int number, const CsPaths *paths, CsPlace from,
                           CsDiagnostics *diagnostics)
{
    *table = (CsCqiTable){.number = number};
    if (number < 1 || number > CQI_TABLES)
        return cs_diagnostics_error(diagnostics, from,
                                    "write 1 (64QAM), 2 (256QAM), 3 (low spectral efficiency) or 4 "
                                    "(1024QAM)",
                                    "there is no CQI table %d", number);
    g_autofree char *cqi_file = g_strdup_printf("cqi-table-%d.csv", number);
    g_autofree char *mcs_file = g_strdup_printf("mcs-table-%d.csv", number);
    gboolean sound = read_cqi(table, cqi_file, paths, from, diagnostics);
    sound &= read_mcs(table, mcs_file, paths, from, diagnostics);
    if (!sound)
        return FALSE;
    table->mcs_of_cqi[0] = -1;
    for (int i = 1; i < CS_CQI_N; i++)
        table->mcs_of_cqi[i] = mcs_below(table, table->cqi[i].efficiency);
    return TRUE;
}

/* --- thresholds ------------------------------------------------------------------------------ */

static const char *const threshold_headers[] = {"cqi,snr_db", "cqi,uplink_snr_db,downlink_snr_db",
                                                NULL};

/* One column of dB into linear thresholds; made linear here, once. */
static gboolean take_thresholds(double threshold[CS_CQI_N], const CsFigures *figures, guint column,
                                CsDiagnostics *diagnostics)
{
    gboolean sound = TRUE;
    threshold[0] = 0;
    for (guint i = 1; i < CS_CQI_N; i++) {
        const CsFigure *cell = &figures->cell[i - 1][column];
        threshold[i] = cs_db_to_linear(cell->value);
        if (!check_cell(cell, fabs(cell->value) <= SNR_LIMIT_DB, "not an SNR in dB",
                        "write a value between -200 and 200", diagnostics) ||
            !check_cell(cell, threshold[i] > threshold[i - 1],
                        "the threshold is not above the one before it",
                        "thresholds must rise strictly with the CQI", diagnostics))
            sound = FALSE;
    }
    return sound;
}

static gboolean take_set(CsThresholds *thresholds, const CsFigures *figures,
                         CsDiagnostics *diagnostics)
{
    gboolean sound = TRUE;
    if (!check_rows(figures, CS_CQI_N - 1, CS_CQI_N - 1, "a threshold set has 15",
                    "write one row for each CQI, 1 to 15", diagnostics))
        return FALSE;
    for (guint i = 0; i < figures->n_rows; i++)
        sound &= check_cell(&figures->cell[i][0], figures->cell[i][0].value == i + 1,
                            "the CQI is out of order", "write CQI 1, 2, ... 15 without gaps",
                            diagnostics);
    sound &= take_thresholds(thresholds->uplink, figures, 1, diagnostics);
    if (figures->form == 1)
        sound &= take_thresholds(thresholds->downlink, figures, 2, diagnostics);
    else
        memcpy(thresholds->downlink, thresholds->uplink, sizeof thresholds->downlink);
    return sound;
}

static void error_unknown_set(const char *name, CsPlace from, CsDiagnostics *diagnostics)
{
    const char *near = cs_suggest(name, set_names, G_N_ELEMENTS(sets));
    g_autofree char *all = g_strjoinv(", ", (char **)set_names);
    g_autofree char *help =
        near != NULL ? g_strdup_printf("did you mean '%s'?", near)
                     : g_strdup_printf("the sets are %s; or name a file that ends in .csv", all);
    cs_diagnostics_error(diagnostics, from, help, "unknown threshold set '%s'", name);
}

gboolean cs_thresholds_read(CsThresholds *thresholds, const char *name, const char *base_directory,
                            const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics)
{
    g_auto(CsFigures) figures = {.rows = NULL};
    *thresholds = (CsThresholds){.cqi_table = 0};
    if (strchr(name, '/') != NULL || g_str_has_suffix(name, ".csv")) {
        g_autofree char *path = g_path_is_absolute(name) || base_directory == NULL
                                    ? g_strdup(name)
                                    : g_build_filename(base_directory, name, NULL);
        return cs_figures_read(&figures, path, name, threshold_headers, from, diagnostics) &&
               take_set(thresholds, &figures, diagnostics);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        if (strcmp(name, sets[i].name) != 0)
            continue;
        thresholds->cqi_table = sets[i].cqi_table;
        thresholds->averages_fading = sets[i].averages_fading;
        return read_packaged(&figures, sets[i].file, threshold_headers, paths, from, diagnostics) &&
               take_set(thresholds, &figures, diagnostics);
    }
    error_unknown_set(name, from, diagnostics);
    return FALSE;
}

const char *const *cs_threshold_set_names(void)
{
    return set_names;
}

const char *cs_threshold_set_default(int cqi_table)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++)
        if (sets[i].cqi_table == cqi_table)
            return sets[i].name;
    return NULL;
}
