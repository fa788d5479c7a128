/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/analysis on made-up data: tables, gnuplot scripts, and verdicts that must flip. */
#include "cs-check.h"

#include "analysis/claims.h"
#include "analysis/explanation.h"
#include "analysis/figure.h"
#include "analysis/figure-data.h"
#include "analysis/gnuplot.h"
#include "base/paths.h"
#include "output/directory.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *temporary_directory(void)
{
    char *path = g_dir_make_tmp("cardsim-analysis-XXXXXX", NULL);
    ck_assert_ptr_nonnull(path);
    return path;
}

static void remove_directory(char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_unlink(file);
    }
    g_dir_close(dir);
    g_rmdir(path);
    g_free(path);
}

static gboolean exists(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void write_text(const char *directory, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static char *read_text(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    char *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* --- tables ----------------------------------------------------------------------------------- */

START_TEST(sheets)
{
    GError *error = NULL;
    CsSheet *sheet = cs_sheet_new(g_strdup("a,b\n1,x\n,2.5\n"), "t.csv", &error);
    ck_assert_ptr_nonnull(sheet);
    ck_assert_uint_eq(cs_sheet_n_rows(sheet), 2);
    ck_assert_int_eq(cs_sheet_column(sheet, "b"), 1);
    ck_assert_int_eq(cs_sheet_column(sheet, "c"), -1);
    ck_assert(cs_sheet_number(sheet, 0, 0) == 1.0 && isnan(cs_sheet_number(sheet, 0, 1)));
    ck_assert(isnan(cs_sheet_number(sheet, 1, 0)) && cs_sheet_number(sheet, 1, 1) == 2.5);
    cs_sheet_free(sheet);
    ck_assert_ptr_null(cs_sheet_new(g_strdup("a,b\n1\n"), "t.csv", &error));
    ck_assert_str_eq(error->message, "'t.csv' line 2 has 1 cells, its header has 2");
    g_clear_error(&error);
    ck_assert_ptr_null(cs_sheet_new(g_strdup(""), "t.csv", &error));
    g_clear_error(&error);
}
END_TEST

/* The mean of 1, 2, 3 is 2, its half-width t(0.975, 2) / sqrt(3) = 4.302653 / 1.732051. */
START_TEST(devices_of_a_run)
{
    g_autoptr(CsSheet) devices = cs_sheet_new(
        g_strdup(
            "run,replication,device,delay_mean_s\n1,1,b,1\n1,1,a,7\n1,2,b,2\n1,3,b,3\n2,1,b,9\n"),
        "devices.csv", NULL);
    g_autofree char *csv = cs_figure_devices_csv(devices, "delay_mean_s", NULL);
    g_autoptr(CsSheet) figure = cs_sheet_new(g_strdup(csv), "delay.csv", NULL);
    ck_assert(g_str_has_prefix(csv, "device,replications,delay_mean_s,half_width\nb,3,2,"));
    ck_assert_close(cs_sheet_number(figure, 0, 3), 4.302652730 / sqrt(3.0), 1e-9);
    ck_assert(g_str_has_suffix(csv, "\na,1,7,\n"));
}
END_TEST

START_TEST(rounds_of_a_run)
{
    GError *error = NULL;
    g_autoptr(CsSheet) rounds = cs_sheet_new(
        g_strdup("run,replication,round,device,cut\n1,1,1,a,32\n1,1,2,a,0\n1,2,1,a,5\n2,1,1,a,6\n"),
        "rounds.csv", NULL);
    g_autofree char *csv = cs_figure_rounds_csv(rounds, "cut", NULL, &error);
    ck_assert_str_eq(csv, "round,device,cut\n1,a,32\n2,a,0\n");
    ck_assert_ptr_null(cs_figure_rounds_csv(rounds, "frequency_hz", NULL, &error));
    ck_assert(g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_DATA));
    g_clear_error(&error);
}
END_TEST

/* --- gnuplot ---------------------------------------------------------------------------------- */

START_TEST(quotes)
{
    static const char *const known[][2] = {
        {"plain", "'plain'"},
        {"it's", "\"it\\047s\""},
        {"a\nb\tc", "'a b c'"},
        {"`touch x` $(x) \"", "'`touch x` $(x) \"'"},
        {"'\\\"`@", "\"\\047\\134\\042\\140\\100\""},
        {"\xff", "'\xef\xbf\xbd'"},
        {"µ", "'µ'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *quoted = cs_gnuplot_quote(known[i][0]);
        ck_assert_str_eq(quoted, known[i][1]);
    }
}
END_TEST

/* Titles of more than 44 letters are set in lines, words of more are parted, wide letters count
 * two. */
START_TEST(titles_are_set_in_lines)
{
    static const char *const known[][2] = {
        {"",
         "n_bold_lines = 0\narray title_lines[1]\ntitle_lines[1] = 'of\\_it'\nn_title_lines = 1\n"},
        {"A title of more than forty-four letters is set in two",
         "n_bold_lines = 2\narray title_lines[3]\n"
         "title_lines[1] = 'A title of more than forty-four letters is'\n"
         "title_lines[2] = 'set in two'\ntitle_lines[3] = 'of\\_it'\nn_title_lines = 3\n"},
        {"12345678901234567890123456789012345678901234567890",
         "n_bold_lines = 2\narray title_lines[3]\n"
         "title_lines[1] = '12345678901234567890123456789012345678901234'\n"
         "title_lines[2] = '567890'\ntitle_lines[3] = 'of\\_it'\nn_title_lines = 3\n"},
        {"分割学習分割学習分割学習分割学習分割学習分割学習",
         "n_bold_lines = 2\narray title_lines[3]\n"
         "title_lines[1] = '分割学習分割学習分割学習分割学習分割学習分割'\n"
         "title_lines[2] = '学習'\ntitle_lines[3] = 'of\\_it'\nn_title_lines = 3\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(GString) script = g_string_new(NULL);
        cs_gnuplot_append_heading(script, known[i][0], "of_it");
        ck_assert_str_eq(script->str, known[i][1]);
    }
}
END_TEST

static gboolean has_gnuplot(void)
{
    g_autofree char *program = g_find_program_in_path("gnuplot");
    return program != NULL;
}

static const char cut_csv[] = "round,device,cut\n1,1,32\n1,2,0\n2,1,32\n2,2,32\n";
static const char frequency_csv[] = "round,device,frequency_hz\n1,a_1,1e9\n1,b,5e8\n2,a_1,9e8\n"
                                    "2,b,6e8\n";
static const char devices_csv[] = "device,replications,delay_mean_s,half_width\na,3,5,1\nb,1,4,\n";
static const char energies_csv[] =
    "device,replications,server_energy_mean_j,half_width\na,3,500,10\n";

static const char indices_csv[] =
    "series,key,place,first_order,first_order_low,first_order_high,total,total_low,total_high\n"
    "delay_s,batch,1,-0.01,-0.1,0.1,0.05,0.04,0.06\ncost,batch,1,0.1,0,0.2,0.2,0.1,0.3\n"
    "delay_s,rank,2,0.7,0.6,0.8,0.9,0.8,1\ncost,rank,2,0.5,0.4,0.6,0.6,0.5,0.7\n";
static const char cloud_csv[] = "kind,delay_s_reduction_percent,cost\nnear,70.8,0.2\n"
                                "setting,60,0.1\nsetting,80,0.3\n";

/* A table of Fig. 4 with a value of its own for each bar; `giant` is F_max's. */
static char *policies_csv(const char *column, double giant)
{
    GString *csv = g_string_new("state,path_loss_exponent,policy,frequency,replications,rounds,");
    g_string_append_printf(csv, "%s,half_width\n", column);
    for (guint s = 0; s < CS_STATES_N; s++)
        g_string_append_printf(csv,
                               "%1$s,%2$s,card,card,2,10,700,20\n"
                               "%1$s,%2$s,server-only,card,2,10,1600,30\n"
                               "%1$s,%2$s,server-only,max,2,10,%3$g,0\n"
                               "%1$s,%2$s,device-only,card,2,10,180,\n",
                               cs_states[s].name, cs_states[s].exponent, giant);
    return g_string_free(csv, FALSE);
}

/* Every figure is drawn in every format, and its script draws the same again by itself. */
START_TEST(figures_are_drawn)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autofree char *delays = policies_csv("delay_mean_s", 600);
    g_autofree char *energies = policies_csv("server_energy_mean_j", 18000);
    const char *const table[][2] = {
        {"fig3a", cut_csv},           {"fig3b", frequency_csv}, {"fig4a", delays},
        {"fig4b", energies},          {"delay", devices_csv},   {"energy", energies_csv},
        {"sensitivity", indices_csv}, {"cloud", cloud_csv}};
    guint n, drawn = 0;
    const CsFigure *all = cs_figures(&n);
    for (guint i = 0; i < n; i++)
        drawn += all[i].x == NULL ? 1 : 0; /* the others are charts */
    ck_assert_uint_eq(drawn, G_N_ELEMENTS(table));
    if (!has_gnuplot())
        return;
    char *directory = temporary_directory();
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        GError *error = NULL;
        const char *name = table[i][0];
        ck_assert_msg(cs_figure_draw(cs_figure_find(name), "", directory, name, table[i][1],
                                     "svg png pdf", paths, &error),
                      "%s: %s", name, error != NULL ? error->message : "");
        g_autofree char *svg = g_strconcat(name, ".svg", NULL);
        g_autofree char *script = g_strconcat(name, ".gp", NULL);
        g_autofree char *csv = g_strconcat(name, ".csv", NULL);
        g_autofree char *path = g_build_filename(directory, svg, NULL);
        g_autofree char *first = read_text(directory, svg);
        g_autofree char *data = read_text(directory, csv);
        ck_assert_str_eq(data, table[i][1]);
        g_unlink(path);
        ck_assert(cs_gnuplot_run(directory, directory, script, &error));
        g_autofree char *second = read_text(directory, svg);
        ck_assert_str_eq(first, second);
    }
    remove_directory(directory);
}
END_TEST

/* Bars of F_max that dwarf the others break the axis, others do not: the upper part has ticks. */
START_TEST(axis_breaks_for_giants)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    if (!has_gnuplot())
        return;
    char *directory = temporary_directory();
    for (guint broken = 0; broken < 2; broken++) {
        g_autofree char *csv = policies_csv("server_energy_mean_j", broken ? 18000 : 900);
        ck_assert(cs_figure_draw(cs_figure_find("fig4b"), "", directory, "fig4b", csv, "svg", paths,
                                 NULL));
        g_autofree char *svg = read_text(directory, "fig4b.svg");
        ck_assert((strstr(svg, "18</tspan>") != NULL) == (broken == 1));
    }
    remove_directory(directory);
}
END_TEST

/* Names out of a file that somebody else wrote, and names of files, may hold anything. */
START_TEST(texts_are_not_run)
{
    static const char csv[] = "round,device,cut\n"
                              "1,'; system('touch pwned1') #,32\n"
                              "1,`touch pwned2`,0\n"
                              "1,\"$(touch pwned3)\",0\n"
                              "1,@x{/Symbol,0\n";
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    if (!has_gnuplot())
        return;
    static const char *const stem[] = {"<touch pwned4;", "|touch pwned5;", "it's", "-e", "a%sb"};
    for (gsize i = 0; i < G_N_ELEMENTS(stem); i++) {
        char *directory = temporary_directory();
        GError *error = NULL;
        gboolean drawn = cs_figure_draw(cs_figure_find("fig3a"), "", directory, stem[i], csv, "svg",
                                        paths, &error);
        ck_assert_msg(drawn, "%s: %s", stem[i], error != NULL ? error->message : "");
        for (guint k = 1; k <= 5; k++) {
            g_autofree char *name = g_strdup_printf("pwned%u", k);
            ck_assert_msg(!exists(directory, name), "%s", name);
        }
        remove_directory(directory);
    }
}
END_TEST

/* Runs in a process of its own (Check forks), so that PATH may be spoiled. */
START_TEST(gnuplot_missing)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    GError *error = NULL;
    char *directory = temporary_directory();
    g_setenv("PATH", "/nonexistent", TRUE);
    ck_assert(!cs_figure_draw(cs_figure_find("fig3a"), "", directory, "fig3a", cut_csv, "svg",
                              paths, &error));
    ck_assert(g_error_matches(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT));
    ck_assert_ptr_nonnull(strstr(error->message, "gnuplot-nox"));
    ck_assert(exists(directory, "fig3a.csv") && exists(directory, "fig3a.gp"));
    ck_assert(!exists(directory, "fig3a.svg"));
    g_clear_error(&error);
    remove_directory(directory);
}
END_TEST

START_TEST(gnuplot_failing)
{
    GError *error = NULL;
    if (!has_gnuplot())
        return;
    char *directory = temporary_directory();
    write_text(directory, "x.gp", "plot nosuchfunction(x)\n");
    ck_assert(!cs_gnuplot_run(directory, directory, "x.gp", &error));
    ck_assert_ptr_nonnull(strstr(error->message, "undefined"));
    ck_assert_ptr_nonnull(strstr(error->message, "gnuplot-nox"));
    g_clear_error(&error);
    remove_directory(directory);
}
END_TEST

START_TEST(plot_of_a_directory)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    char *directory = temporary_directory();
    static const struct {
        const char *figure, *output;
        CsFigureError code;
        const char *says;
    } bad[] = {
        {"fig4x", NULL, CS_FIGURE_ERROR_UNKNOWN, "did you mean 'fig4a'?"},
        {"nothing", NULL, CS_FIGURE_ERROR_UNKNOWN, "list figures"},
        {"delay", "x.jpg", CS_FIGURE_ERROR_FORMAT, ".svg, .png, .pdf or .eps"},
        {"delay", "x", CS_FIGURE_ERROR_FORMAT, ".svg, .png, .pdf or .eps"},
        {"delay", NULL, CS_FIGURE_ERROR_DATA, "devices.csv"},
        {"fig4a", NULL, CS_FIGURE_ERROR_DATA, "reproduce"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        ck_assert(!cs_figure_plot(directory, bad[i].figure, bad[i].output, FALSE, paths, &error));
        ck_assert_msg(g_error_matches(error, CS_FIGURE_ERROR, (gint)bad[i].code), "%s",
                      error->message);
        ck_assert_msg(strstr(error->message, bad[i].says) != NULL, "%s", error->message);
        g_clear_error(&error);
    }
    if (has_gnuplot()) {
        GError *error = NULL;
        g_autofree char *output = g_build_filename(directory, "my cut.png", NULL);
        write_text(directory, "rounds.csv",
                   "run,replication,round,device,cut\n1,1,1,a,32\n1,1,2,a,0\n");
        ck_assert_msg(cs_figure_plot(directory, "fig3a", output, FALSE, paths, &error), "%s",
                      error != NULL ? error->message : "");
        ck_assert(exists(directory, "my cut.png") && exists(directory, "my cut.gp") &&
                  exists(directory, "my cut.csv") && !exists(directory, "my cut.svg"));
    }
    remove_directory(directory);
}
END_TEST

/* A picture drawn into a run's directory does not keep the next run out of it, nor is it lost. */
START_TEST(plot_leaves_the_directory_usable)
{
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    GError *error = NULL;
    if (!has_gnuplot())
        return;
    char *directory = temporary_directory();
    write_text(directory, "rounds.csv",
               "run,replication,round,device,cut,frequency_hz\n1,1,1,a,32,1e9\n");
    write_text(directory, "devices.csv",
               "run,replication,device,delay_mean_s,server_energy_mean_j\n1,1,a,3,4\n");
    guint n;
    const CsFigure *figure = cs_figures(&n);
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(figure[i].source, "rounds.csv") == 0 ||
            g_strcmp0(figure[i].source, "devices.csv") == 0)
            ck_assert(cs_figure_plot(directory, figure[i].name, NULL, FALSE, paths, NULL));
    static const char *const tables[] = {"rounds.csv", "devices.csv"};
    for (guint i = 0; i < 2; i++) {
        g_autofree char *table = g_build_filename(directory, tables[i], NULL);
        ck_assert(g_unlink(table) == 0);
    }
    g_autoptr(CsRunFolder) folder = cs_run_folder_open(directory, &error);
    ck_assert_msg(folder != NULL, "%s", error != NULL ? error->message : "");
    static const char *const kept[] = {NULL};
    ck_assert(cs_run_folder_end(folder, kept, NULL));
    ck_assert(exists(directory, "delay.svg") && exists(directory, "fig3a.gp"));
    remove_directory(directory);
}
END_TEST

/* --- claims ----------------------------------------------------------------------------------- */

#define DEVICES 2
#define REPLICATIONS 4
#define ROUNDS 100

/* Two devices; device 1 is the stronger. All of a series' cells alike but for a little noise. */
typedef struct {
    CsTallies tally;
    char *device[DEVICES + 1];
    double strength[DEVICES];
} Made;

static void set_cell(Made *made, guint series, guint device, double last, double delay_s,
                     double energy_j, double frequency_hz)
{
    for (guint s = 0; s < CS_STATES_N; s++)
        for (guint r = 0; r < REPLICATIONS; r++) {
            double noise = 1.0 + 1e-5 * (r % 2 == 0 ? 1.0 : -1.0) * (series + 1.0);
            made->tally.of[s][series]->cell[r * DEVICES + device] =
                (CsTallyCell){.rounds = ROUNDS,
                              .cut_last = last,
                              .cut_zero = ROUNDS - last,
                              .delay_s = delay_s * noise,
                              .energy_j = energy_j * noise,
                              .frequency_hz = frequency_hz * noise};
        }
}

/* What the letter says, but for Fig. 3(b): -70.8 % and -53.1 %. */
static void make(Made *made)
{
    *made = (Made){.device = {"1", "2", NULL}, .strength = {2e12, 1e12}};
    for (guint s = 0; s < CS_STATES_N; s++)
        for (guint k = 0; k < CS_SERIES_N; k++)
            made->tally.of[s][k] = cs_tally_new(DEVICES, REPLICATIONS);
    for (guint d = 0; d < DEVICES; d++) {
        set_cell(made, CS_SERIES_CARD, d, d == 0 ? 90 : 0, 292, 469, d == 0 ? 9e10 : 4e10);
        set_cell(made, CS_SERIES_SERVER, d, 0, 280, 1000, 1e11);
        set_cell(made, CS_SERIES_SERVER_MAX, d, 0, 100, 10000, 2e11);
        set_cell(made, CS_SERIES_DEVICE, d, 100, 1000, 100, 1e11);
    }
}

static void unmake(Made *made)
{
    for (guint s = 0; s < CS_STATES_N; s++)
        for (guint k = 0; k < CS_SERIES_N; k++)
            cs_tally_free(made->tally.of[s][k]);
}

static GPtrArray *judge(Made *made)
{
    const CsComparison data = {.n_devices = DEVICES,
                               .device = made->device,
                               .strength = made->strength,
                               .n_layers = 32,
                               .tally = &made->tally};
    return cs_claims_judge(&data);
}

/* Frees `made`. */
static CsVerdict verdict_of(Made *made, guint number)
{
    g_autoptr(GPtrArray) claims = judge(made);
    const CsClaim *claim = g_ptr_array_index(claims, number - 1);
    ck_assert_uint_eq(claim->number, number);
    CsVerdict verdict = claim->verdict;
    unmake(made);
    return verdict;
}

START_TEST(made_claims)
{
    Made made;
    make(&made);
    g_autoptr(GPtrArray) claims = judge(&made);
    static const CsVerdict expected[] = {CS_VERDICT_HOLDS,       CS_VERDICT_HOLDS, CS_VERDICT_HOLDS,
                                         CS_VERDICT_CONTRADICTS, CS_VERDICT_HOLDS, CS_VERDICT_HOLDS,
                                         CS_VERDICT_HOLDS};
    ck_assert_uint_eq(claims->len, 7);
    for (guint i = 0; i < claims->len; i++)
        ck_assert_msg(((CsClaim *)g_ptr_array_index(claims, i))->verdict == expected[i], "%u",
                      i + 1);
    /* Whatever is in the table is a table: as many cells in every row, and f* not an emphasis. */
    g_autoptr(CsSheet) sheet = cs_sheet_new(cs_claims_csv(claims), "claims.csv", NULL);
    g_autofree char *markdown = cs_claims_markdown(claims, "note");
    g_autofree char *text = cs_claims_text(claims, "note");
    ck_assert_ptr_nonnull(sheet);
    ck_assert_ptr_nonnull(strstr(markdown, "f\\*"));
    ck_assert_ptr_nonnull(strstr(text, "contradicts Eq. 16"));
    unmake(&made);
}
END_TEST

/* By hand: sums 2·3·292 against 2·3·1000, the noise cancels in the sums. */
START_TEST(changes_by_hand)
{
    Made made;
    make(&made);
    const CsTally *card[CS_STATES_N], *device[CS_STATES_N];
    for (guint s = 0; s < CS_STATES_N; s++) {
        card[s] = made.tally.of[s][CS_SERIES_CARD];
        device[s] = made.tally.of[s][CS_SERIES_DEVICE];
    }
    CsEstimate change =
        cs_tally_change(card, device, CS_STATES_N, G_STRUCT_OFFSET(CsTallyCell, delay_s));
    ck_assert_close(change.value, -70.8, 1e-12);
    ck_assert(change.half_width > 0 && change.half_width < 0.01);
    CsEstimate step =
        cs_tally_difference(card[0], 1, card[0], 0, G_STRUCT_OFFSET(CsTallyCell, frequency_hz));
    ck_assert_close(step.value, (4e10 - 9e10) / ROUNDS, 1e-12);
    unmake(&made);
}
END_TEST

START_TEST(claim_1_flips)
{
    Made made;
    make(&made);
    made.tally.of[1][CS_SERIES_CARD]->cell[3].cut_other = 1;
    ck_assert_int_eq(verdict_of(&made, 1), CS_VERDICT_DIFFERS);
}
END_TEST

START_TEST(claim_2_flips)
{
    Made made;
    make(&made);
    set_cell(&made, CS_SERIES_CARD, 0, ROUNDS, 292, 469, 9e10);
    ck_assert_int_eq(verdict_of(&made, 2), CS_VERDICT_DIFFERS);
    make(&made); /* one other cut in one state only */
    set_cell(&made, CS_SERIES_CARD, 0, ROUNDS, 292, 469, 9e10);
    made.tally.of[2][CS_SERIES_CARD]->cell[0].cut_last--;
    made.tally.of[2][CS_SERIES_CARD]->cell[0].cut_zero++;
    ck_assert_int_eq(verdict_of(&made, 2), CS_VERDICT_HOLDS);
}
END_TEST

START_TEST(claim_3_flips)
{
    Made made;
    make(&made);
    set_cell(&made, CS_SERIES_CARD, 0, 0, 292, 469, 9e10);
    set_cell(&made, CS_SERIES_CARD, 1, 90, 292, 469, 4e10);
    ck_assert_int_eq(verdict_of(&made, 3), CS_VERDICT_DIFFERS);
    make(&made); /* the same, but now device 2 is the stronger */
    set_cell(&made, CS_SERIES_CARD, 0, 0, 292, 469, 9e10);
    set_cell(&made, CS_SERIES_CARD, 1, 90, 292, 469, 4e10);
    made.strength[1] = 3e12;
    ck_assert_int_eq(verdict_of(&made, 3), CS_VERDICT_HOLDS);
    make(&made); /* all alike: nobody moves */
    set_cell(&made, CS_SERIES_CARD, 1, 90, 292, 469, 4e10);
    ck_assert_int_eq(verdict_of(&made, 3), CS_VERDICT_DIFFERS);
}
END_TEST

START_TEST(claim_4_flips)
{
    Made made;
    make(&made);
    set_cell(&made, CS_SERIES_CARD, 1, 0, 292, 469, 9.5e10);
    ck_assert_int_eq(verdict_of(&made, 4), CS_VERDICT_HOLDS);
    make(&made); /* falls, but one frequency is not Eq. 16's: then the equation is not to blame */
    made.tally.of[0][CS_SERIES_CARD]->cell[0].off_eq16 = 1;
    ck_assert_int_eq(verdict_of(&made, 4), CS_VERDICT_DIFFERS);
    make(&made); /* neither rises nor falls */
    set_cell(&made, CS_SERIES_CARD, 1, 0, 292, 469, 9e10);
    ck_assert_int_eq(verdict_of(&made, 4), CS_VERDICT_DIFFERS);
}
END_TEST

/* 1.1 points off differs, 0.9 holds; noise of 30 % in one device leaves it undecided. */
START_TEST(claims_5_and_6_flip)
{
    Made made;
    make(&made);
    for (guint d = 0; d < DEVICES; d++)
        set_cell(&made, CS_SERIES_CARD, d, 0, 281, 480, 9e10);
    ck_assert_int_eq(verdict_of(&made, 5), CS_VERDICT_DIFFERS);
    make(&made);
    for (guint d = 0; d < DEVICES; d++)
        set_cell(&made, CS_SERIES_CARD, d, 0, 283, 478, 9e10);
    ck_assert_int_eq(verdict_of(&made, 5), CS_VERDICT_HOLDS);
    make(&made);
    for (guint d = 0; d < DEVICES; d++)
        set_cell(&made, CS_SERIES_CARD, d, 0, 283, 480, 9e10);
    ck_assert_int_eq(verdict_of(&made, 6), CS_VERDICT_DIFFERS);
    make(&made);
    for (guint r = 0; r < REPLICATIONS; r++)
        made.tally.of[2][CS_SERIES_CARD]->cell[r * DEVICES].delay_s *= r % 2 == 0 ? 1.3 : 0.7;
    ck_assert_int_eq(verdict_of(&made, 5), CS_VERDICT_UNDECIDED);
}
END_TEST

START_TEST(claim_7_flips)
{
    Made made;
    make(&made);
    for (guint d = 0; d < DEVICES; d++)
        set_cell(&made, CS_SERIES_SERVER, d, 0, 300, 1000, 1e11);
    ck_assert_int_eq(verdict_of(&made, 7), CS_VERDICT_DIFFERS);
    make(&made); /* as likely slower as faster */
    for (guint r = 0; r < REPLICATIONS; r++)
        made.tally.of[2][CS_SERIES_CARD]->cell[r * DEVICES].delay_s *= r % 2 == 0 ? 1.2 : 0.8;
    ck_assert_int_eq(verdict_of(&made, 7), CS_VERDICT_UNDECIDED);
}
END_TEST

/* --- flips ------------------------------------------------------------------------------------ */

/* Cut 0, but for a thousandth of the weights on either side of a half, and far out. */
static CsDecision decide_by_weight(const CsPolicySettings *settings, const CsRoundState *round,
                                   G_GNUC_UNUSED gpointer memory)
{
    double off = settings->weight - 0.5;
    guint cut = off > 0.0005 && off < 0.0015     ? 3
                : off < -0.0005 && off > -0.0015 ? 2
                : fabs(off) > 0.1                ? 1
                                                 : 0;
    return (CsDecision){cut, round->cost->frequency_max_hz};
}

/* What is nearest is found though it is narrow, and what lies beyond it is not. */
START_TEST(the_nearest_flip)
{
    static const char text[] =
        "[simulation]\nrounds = 1\n[policy]\nname = server-only\nweight = 0.5\n"
        "[device a]\nfrequency = 1 GHz\ncores = 1024\ndistance = 9 m\n";
    g_autofree char *path = NULL;
    g_close(g_file_open_tmp("cs-XXXXXX.ini", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_unlink(path);
    ck_assert_ptr_nonnull(scenario);
    CsConfig *config = (CsConfig *)cs_scenario_config(scenario);
    CsPolicy policy = *config->policy;
    policy.decide = decide_by_weight;
    config->policy = &policy;
    g_autoptr(CsExplanation) told = cs_explanation_new(scenario, 0, 1, 1, 1e7, 1e7, NULL);
    ck_assert_ptr_nonnull(told);
    const CsFlip *above = &told->above[CS_FLIP_WEIGHT], *below = &told->below[CS_FLIP_WEIGHT];
    ck_assert(above->state == CS_FLIP_FOUND && below->state == CS_FLIP_FOUND);
    ck_assert_close(above->value, 0.5005, 1e-9);
    ck_assert_uint_eq(above->cut, 3);
    ck_assert_close(below->value, 0.4995, 1e-9);
    ck_assert_uint_eq(below->cut, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("analysis");
    TCase *tc = tcase_create("analysis");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, sheets);
    tcase_add_test(tc, devices_of_a_run);
    tcase_add_test(tc, rounds_of_a_run);
    tcase_add_test(tc, quotes);
    tcase_add_test(tc, titles_are_set_in_lines);
    tcase_add_test(tc, figures_are_drawn);
    tcase_add_test(tc, axis_breaks_for_giants);
    tcase_add_test(tc, texts_are_not_run);
    tcase_add_test(tc, gnuplot_missing);
    tcase_add_test(tc, gnuplot_failing);
    tcase_add_test(tc, plot_of_a_directory);
    tcase_add_test(tc, plot_leaves_the_directory_usable);
    tcase_add_test(tc, made_claims);
    tcase_add_test(tc, changes_by_hand);
    tcase_add_test(tc, claim_1_flips);
    tcase_add_test(tc, claim_2_flips);
    tcase_add_test(tc, claim_3_flips);
    tcase_add_test(tc, claim_4_flips);
    tcase_add_test(tc, claims_5_and_6_flip);
    tcase_add_test(tc, claim_7_flips);
    tcase_add_test(tc, the_nearest_flip);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
