/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/figure: CSV, gnuplot script and pictures of a figure. See figure.h. */
#include "analysis/figure.h"

#include "analysis/companions.h"
#include "analysis/figure-data.h"
#include "analysis/screen-figure.h"
#include "base/dir.h"
#include "base/fail.h"
#include "base/suggest.h"
#include "base/version.h"
#include "campaign/export.h"
#include "output/csv.h"
#include "output/directory.h"
#include "output/import.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define LINES_MAX 8
#define BARS_MAX 20

static const CsFigure figures[] = {
    {"fig3a", "cut layer of every device against the round (letter, Fig. 3a)", "rounds.csv", "cut",
     "cut", "Cut layer of every device", "Cut layer", 1, LINES_MAX, .scale = "layers"},
    {"fig3b", "server frequency for every device against the round (letter, Fig. 3b)", "rounds.csv",
     "frequency", "frequency_hz", "Server GPU frequency for every device",
     "Server GPU frequency (GHz)", 1e9, .devices_max = LINES_MAX},
    {"fig4a", "mean delay of a round by policy and channel state (letter, Fig. 4a)", NULL,
     "policies", "delay_mean_s", "Delay by channel state and policy", "Mean delay of a round (s)",
     .unit = 1},
    {"fig4b", "mean server energy of a round by policy and channel state (letter, Fig. 4b)", NULL,
     "policies", "server_energy_mean_j", "Server energy by channel and policy",
     "Mean server energy of a round (kJ)", .unit = 1e3},
    {"delay", "mean delay of a round by device", "devices.csv", "devices", "delay_mean_s",
     "Delay by device", "Mean delay of a round (s)", 1, .devices_max = BARS_MAX},
    {"energy", "mean server energy of a round by device", "devices.csv", "devices",
     "server_energy_mean_j", "Server energy by device", "Mean server energy of a round (kJ)", 1e3,
     .devices_max = BARS_MAX},
    {"sensitivity", "what a metric hangs on: indices of every key of [vary]", "indices.csv",
     "indices", "total", "What it hangs on", "", .unit = 1, .csv = cs_screen_indices_csv,
     .settings = cs_screen_indices_settings},
    {"cloud", "settings of [vary] in the plane of two metrics", "settings.csv", "cloud", "",
     "Settings within the ranges", "", .unit = 1, .csv = cs_screen_cloud_csv,
     .settings = cs_screen_cloud_settings},
    {"loss", "test loss of what is learned over rounds", "losses.csv", .x = "round",
     .y = "test-loss"},
    {"loss-time", "test loss against simulated time", "losses.csv", .x = "elapsed",
     .y = "test-loss", .along = "round"},
    {"loss-energy", "test loss against the energy of server, devices and radio", "losses.csv",
     .x = "energy-so-far", .y = "test-loss", .along = "round"},
    {"loss-bits", "test loss against what was sent over the air", "losses.csv", .x = "bits-so-far",
     .y = "test-loss", .along = "round"},
};

const CsFigure *cs_figures(guint *n)
{
    *n = G_N_ELEMENTS(figures);
    return figures;
}

const CsFigure *cs_figure_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
        if (strcmp(figures[i].name, name) == 0)
            return &figures[i];
    return NULL;
}

/* --- the script ------------------------------------------------------------------------------- */

/* The different cells of a column, in the order of their first appearance. Transfer container. */
static GPtrArray *distinct(const CsSheet *sheet, guint column)
{
    GPtrArray *words = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint row = 0; row < cs_sheet_n_rows(sheet); row++) {
        const char *cell = cs_sheet_cell(sheet, row, column);
        if (g_hash_table_add(seen, (gpointer)cell))
            g_ptr_array_add(words, (gpointer)cell);
    }
    return words;
}

/* "NAME = 'a b c'": a list of words. */
static void append_words(GString *script, const char *name, GPtrArray *words)
{
    g_ptr_array_add(words, NULL);
    g_autofree char *list = g_strjoinv(" ", (char **)words->pdata);
    cs_gnuplot_append(script, name, list);
}

static double largest(const CsSheet *sheet, guint column)
{
    double high = 0.0;
    for (guint row = 0; row < cs_sheet_n_rows(sheet); row++)
        high = fmax(high, cs_sheet_number(sheet, row, column));
    return high;
}

/* What the template needs to know of the data. FALSE where a column is not there. */
static gboolean append_round_settings(GString *script, const CsFigure *figure, const CsSheet *sheet)
{
    gint value = cs_sheet_column(sheet, figure->column);
    gint device = cs_sheet_column(sheet, "device");
    gint round = cs_sheet_column(sheet, "round");
    gint state = cs_sheet_column(sheet, "state");
    gint exponent = cs_sheet_column(sheet, "path_loss_exponent");
    gint scale = figure->scale != NULL ? cs_sheet_column(sheet, figure->scale) : -1;
    if (value < 0 || cs_sheet_n_rows(sheet) == 0)
        return FALSE;
    if (figure->devices_max > 0) {
        if (device < 0)
            return FALSE;
        g_autoptr(GPtrArray) names = distinct(sheet, (guint)device);
        g_autofree char *note =
            g_strdup_printf(" (first %u of %u devices)", figure->devices_max, names->len);
        cs_gnuplot_append(script, "note", names->len > figure->devices_max ? note : "");
        g_ptr_array_set_size(names, (gint)MIN(names->len, figure->devices_max));
        cs_gnuplot_append_array(script, "devices", names);
    } else {
        if (state < 0 || exponent < 0)
            return FALSE;
        g_autoptr(GPtrArray) states = distinct(sheet, (guint)state);
        g_autoptr(GPtrArray) exponents = distinct(sheet, (guint)exponent);
        append_words(script, "states", states);
        append_words(script, "exponents", exponents);
    }
    if (round >= 0)
        g_string_append_printf(script, "rounds = %.0f\n", largest(sheet, (guint)round));
    g_string_append_printf(script, "value_max = %.9g\nunit = %.1f\n",
                           largest(sheet, (guint)(scale >= 0 ? scale : value)), figure->unit);
    return TRUE;
}

static gboolean append_settings(GString *script, const CsFigure *figure, const char *subtitle,
                                const CsSheet *sheet)
{
    gboolean good = figure->settings != NULL ? figure->settings(sheet, script)
                                             : append_round_settings(script, figure, sheet);
    cs_gnuplot_append_heading(script, figure->title, subtitle);
    cs_gnuplot_append(script, "axis", figure->label);
    return good;
}

char *cs_figure_read_template(const CsPaths *paths, const char *file, GError **error)
{
    g_autofree char *path = cs_paths_find_own(paths, "plots", file);
    char *text = NULL;
    if (path == NULL)
        path = cs_paths_find_own(paths, "tools/plots", file);
    if (path == NULL) {
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_TEMPLATE,
                    "the plot template 'plots/%s' is not installed", file);
        return NULL;
    }
    return g_file_get_contents(path, &text, NULL, error) ? text : NULL;
}

/* FALSE where the template is not there. */
static gboolean append_template(GString *script, const CsPaths *paths, const char *name,
                                GError **error)
{
    g_autofree char *file = g_strconcat(name, ".gp", NULL);
    g_autofree char *text = cs_figure_read_template(paths, file, error);
    if (text == NULL)
        return FALSE;
    g_string_append_c(script, '\n');
    g_string_append(script, text);
    return TRUE;
}

/* Names begin with "./" because gnuplot gives "<", "|", "-" and "+" at a name's start a meaning. */
static char *make_script(const char *settings, const char *plot, const char *stem,
                         const char *formats, const CsPaths *paths, GError **error)
{
    GString *script = g_string_new(NULL);
    g_autofree char *data = g_strdup_printf("./%s.csv", stem);
    g_autofree char *picture = g_strdup_printf("./%s.", stem);
    cs_gnuplot_append(script, "data", data);
    cs_gnuplot_append(script, "picture", picture);
    cs_gnuplot_append(script, "formats", formats);
    g_string_append(script, settings);
    gboolean good = append_template(script, paths, "common", error) &&
                    append_template(script, paths, plot, error);
    return g_string_free(script, !good);
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* A picture is whole when it ends as its format does; gnuplot does not check its writes. */
static gboolean is_whole(const char *bytes, gsize length, const char *format)
{
    const char *end = strcmp(format, "svg") == 0   ? "</svg>"
                      : strcmp(format, "png") == 0 ? "IEND"
                                                   : "%%EOF";
    gsize tail = MIN(length, 32), n = strlen(end);
    for (gsize i = length - tail; i + n <= length; i++)
        if (memcmp(bytes + i, end, n) == 0)
            return TRUE;
    return FALSE;
}

/* What gnuplot writes at once is less. */
#define PICTURE_MARGIN ((gsize)1 << 16)

/* Puts the picture that gnuplot drew in `place` into the folder: whole, and over no link. */
static gboolean take_picture(const char *place, const CsDir *folder, const char *name,
                             const char *format, GError **error)
{
    g_autofree char *drawn = g_build_filename(place, name, NULL);
    gsize length = 0;
    g_autofree char *bytes = cs_file_get_regular(drawn, &length, NULL);
    if (bytes != NULL && is_whole(bytes, length, format))
        return cs_dir_write_file(folder, name, bytes, (gssize)length, error);
    /* Gnuplot does not say why. If it was for want of room, writing as much again fails too. */
    g_autofree char *again = g_malloc0(length + PICTURE_MARGIN);
    if (!cs_file_set_contents(drawn, again, (gssize)(length + PICTURE_MARGIN), error))
        return FALSE;
    return cs_fail(error, CS_FILE_ERROR, CS_FILE_ERROR_WRITE,
                   "cannot write '%s/%s': gnuplot left it incomplete", cs_dir_path(folder), name);
}

/* Draws in a directory of our own, since gnuplot would follow a link of the picture's name. */
static gboolean draw_in(const char *place, const CsDir *folder, const char *stem,
                        const char *formats, GError **error)
{
    static const char *const copied[] = {".csv", ".gp"};
    g_autofree char *script = g_strconcat(stem, ".gp", NULL);
    g_auto(GStrv) words = g_strsplit(formats, " ", -1);
    gboolean good = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(copied) && good; i++) {
        g_autofree char *name = g_strconcat(stem, copied[i], NULL);
        g_autofree char *copy = g_build_filename(place, name, NULL);
        gsize length;
        g_autofree char *text = cs_dir_read(folder, name, G_MAXINT32, &length);
        if (text == NULL)
            g_set_error(error, CS_FILE_ERROR, CS_FILE_ERROR_OPEN, "cannot read '%s/%s'",
                        cs_dir_path(folder), name);
        good = text != NULL && cs_file_set_contents(copy, text, (gssize)length, error);
    }
    good = good && cs_gnuplot_run(place, cs_dir_path(folder), script, error);
    for (char **format = words; *format != NULL; format++) {
        g_autofree char *name = g_strconcat(stem, ".", *format, NULL);
        good = good && take_picture(place, folder, name, *format, error);
        if (!good) /* an old picture may not pass for the new one */
            cs_dir_remove(folder, name, NULL);
    }
    return good;
}

static gboolean draw_pictures(const char *directory, const char *stem, const char *formats,
                              GError **error)
{
    g_autoptr(CsDir) folder = cs_dir_open(directory, FALSE, error);
    g_autofree char *place = folder != NULL ? g_dir_make_tmp("cardsim-plot-XXXXXX", error) : NULL;
    if (place == NULL)
        return FALSE;
    gboolean good = draw_in(place, folder, stem, formats, error);
    cs_directory_remove(place);
    return good && cs_dir_check(folder, error);
}

gboolean cs_figure_draw_template(const char *name, const char *settings, const char *plot,
                                 const char *directory, const char *stem, const char *csv,
                                 const char *formats, const CsPaths *paths, GError **error)
{
    g_autofree char *first = g_strdup_printf(
        CS_PICTURE_START "%s: figure %s. Run gnuplot on this file in its own directory.",
        cs_version(), name);
    g_autofree char *body = make_script(settings, plot, stem, formats, paths, error);
    return body != NULL && cs_companions_write(directory, stem, csv, first, body, error) &&
           draw_pictures(directory, stem, formats, error);
}

gboolean cs_figure_draw(const CsFigure *figure, const char *subtitle, const char *directory,
                        const char *stem, const char *csv, const char *formats,
                        const CsPaths *paths, GError **error)
{
    g_autoptr(CsSheet) sheet = cs_sheet_new(g_strdup(csv), stem, error);
    g_autoptr(GString) settings = g_string_new(NULL);
    if (sheet == NULL)
        return FALSE;
    if (!append_settings(settings, figure, subtitle, sheet))
        return cs_fail(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA,
                       "the data are not those of figure '%s'", figure->name);
    return cs_figure_draw_template(figure->name, settings->str, figure->plot, directory, stem, csv,
                                   formats, paths, error);
}

/* --- `cardsim plot` --------------------------------------------------------------------------- */

/* "svg", "png", "pdf", "eps", or NULL. */
static const char *format_of(const char *path)
{
    static const char *const known[] = {"svg", "png", "pdf", "eps"};
    const char *dot = strrchr(path, '.');
    for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS(known); i++)
        if (strcmp(dot + 1, known[i]) == 0)
            return known[i];
    return NULL;
}

/* The figure's data from `directory`: of a run's tables or, where there are none, what reproduce
 * wrote. Transfer full. */
static char *figure_csv(const CsFigure *figure, const char *directory, GError **error)
{
    g_autofree char *own = g_strconcat(figure->name, ".csv", NULL);
    g_autofree char *own_path = g_build_filename(directory, own, NULL);
    g_autofree char *source_path =
        figure->source != NULL ? g_build_filename(directory, figure->source, NULL) : NULL;
    char *text = NULL;
    if (figure->csv != NULL)
        return figure->csv(directory, error);
    g_autoptr(GError) why = NULL;
    gboolean there = source_path != NULL && g_file_test(source_path, G_FILE_TEST_EXISTS);
    if (!there) {
        text = cs_file_get_regular(own_path, NULL, NULL);
        if (text != NULL)
            return text;
    }
    if (!there && figure->source != NULL) /* not recorded, but computed anew where it can be */
        text = cs_export_run(directory, cs_table_of_file(figure->source), 1, &why);
    if (!there && text == NULL) {
        if (why != NULL && (why->domain == G_FILE_ERROR ||
                            g_error_matches(why, CS_FILE_ERROR, CS_FILE_ERROR_WRITE)))
            g_propagate_error(error, g_steal_pointer(&why));
        else if (why != NULL && why->domain == CS_RECOMPUTE_ERROR)
            g_set_error_literal(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA, why->message);
        else
            g_set_error(
                error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA,
                figure->source != NULL
                    ? "'%s' has no '%s': is it a directory that 'cardsim run -o' wrote, with "
                      "that table in [output] record?"
                    : "'%s' has no '%s': this figure compares policies; 'cardsim reproduce "
                      "fig4' writes it",
                directory, figure->source != NULL ? figure->source : own);
        return NULL;
    }
    if (there)
        text = cs_file_get_regular(source_path, NULL, error);
    if (text == NULL)
        return NULL;
    g_autoptr(CsSheet) sheet = cs_sheet_new(text, source_path, error);
    if (sheet == NULL)
        return NULL;
    return strcmp(figure->source, "rounds.csv") == 0
               ? cs_figure_rounds_csv(sheet, figure->column, figure->scale, error)
               : cs_figure_devices_csv(sheet, figure->column, error);
}

static void set_unknown(const char *name, GError **error)
{
    const char *known[G_N_ELEMENTS(figures)];
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++)
        known[i] = figures[i].name;
    const char *near = cs_suggest(name, known, G_N_ELEMENTS(figures));
    if (near != NULL)
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_UNKNOWN,
                    "there is no figure '%s'; did you mean '%s'?", name, near);
    else
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_UNKNOWN,
                    "there is no figure '%s'; 'cardsim list figures' names them", name);
}

gboolean cs_figure_split(const char *output, char **directory, char **stem, const char **format,
                         GError **error)
{
    g_autofree char *name = g_path_get_basename(output);
    *format = format_of(name);
    if (*format == NULL || name[0] == '.')
        return cs_fail(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_FORMAT,
                       "'%s' must end in .svg, .png, .pdf or .eps", output);
    *strrchr(name, '.') = '\0';
    g_autofree char *data = g_strconcat(name, ".csv", NULL);
    if (cs_table_of_file(data) < CS_TABLE_N)
        return cs_fail(
            error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_FORMAT,
            "the data of '%s' would be written over a '%s.csv' of results: give it another "
            "name",
            output, name);
    *stem = g_steal_pointer(&name);
    *directory = g_path_get_dirname(output);
    return TRUE;
}

/* Results that others wrote are shown clean. */
static gboolean clean_data(char **csv, const char *name, GError **error)
{
    g_autoptr(CsSheet) sheet = cs_sheet_new(g_strdup(*csv), name, error);
    if (sheet == NULL)
        return FALSE;
    g_free(*csv);
    GString *clean = g_string_new(NULL);
    for (guint row = 0; row < cs_sheet_n_rows(sheet) + 1; row++)
        for (guint c = 0; c < cs_sheet_n_columns(sheet); c++) {
            const char *text =
                row == 0 ? cs_sheet_name(sheet, c) : cs_sheet_cell(sheet, row - 1, c);
            g_autofree char *cell = cs_gnuplot_cell(text, FALSE);
            g_string_append_printf(clean, "%s%s", c > 0 ? "," : "", cell);
            if (c + 1 == cs_sheet_n_columns(sheet))
                g_string_append_c(clean, '\n');
        }
    *csv = g_string_free(clean, FALSE);
    return TRUE;
}

gboolean cs_figure_plot(const char *directory, const char *figure_name, const char *output,
                        gboolean raw, const CsPaths *paths, GError **error)
{
    const CsFigure *figure = cs_figure_find(figure_name);
    if (figure == NULL || figure->x != NULL) {
        set_unknown(figure_name, error);
        return FALSE;
    }
    g_autofree char *name = g_strconcat(figure->name, ".svg", NULL);
    g_autofree char *path =
        output != NULL ? g_strdup(output) : g_build_filename(directory, name, NULL);
    g_autofree char *folder = NULL, *stem = NULL;
    const char *format;
    if (!cs_figure_split(path, &folder, &stem, &format, error))
        return FALSE;
    g_autofree char *csv = figure_csv(figure, directory, error);
    g_autofree char *title =
        figure->devices_max > 0 ? cs_results_title(NULL, directory) : g_strdup("");
    return csv != NULL && (raw || clean_data(&csv, stem, error)) &&
           cs_directory_create(folder, error) &&
           cs_figure_draw(figure, title != NULL ? title : "", folder, stem, csv, format, paths,
                          error);
}
