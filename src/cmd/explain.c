/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/explain: `cardsim explain SCENARIO`: why a cut was chosen, and what would change it. */
#include "analysis/explanation-figure.h"
#include "analysis/explanation.h"
#include "base/number.h"
#include "base/units.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/rate.h"
#include "cmd/recorded.h"
#include "cmd/results.h"
#include "cmd/table.h"
#include "cmd/terminal.h"
#include "learning/course.h"

#include <math.h>
#include <string.h>

#define RUNNERS_UP 3 /* cuts told beside the chosen one */

static const CsTableColumn cut_columns[] = {
    {"cut", "cut", "", 0, CS_COLUMN_WHOLE},
    {"delay_s", "delay D", "s", 0, CS_COLUMN_REAL},
    {"server_energy_j", "server energy E", "J", 0, CS_COLUMN_REAL},
    {"delay_term", "delay term", "", 0, CS_COLUMN_REAL},
    {"energy_term", "energy term", "", 0, CS_COLUMN_REAL},
    {"cost", "cost U", "", 0, CS_COLUMN_REAL},
    {"fits", "fits", "", 0, CS_COLUMN_WHOLE},
    {"chosen", "chosen", "", 0, CS_COLUMN_WHOLE},
};

static const CsTableColumn flip_columns[] = {
    {"quantity", "what", "", 0, CS_COLUMN_TEXT}, {"now", "now", "", 0, CS_COLUMN_REAL},
    {"below", "below", "", 0, CS_COLUMN_REAL},   {"below_cut", "cut", "", 0, CS_COLUMN_WHOLE},
    {"above", "above", "", 0, CS_COLUMN_REAL},   {"above_cut", "cut", "", 0, CS_COLUMN_WHOLE},
};

static const CsTableColumn learning_columns[] = {
    {"network", "network", "", 0, CS_COLUMN_TEXT},
    {"network_layers", "its layers", "", 0, CS_COLUMN_WHOLE},
    {"network_cut", "its cut", "", 0, CS_COLUMN_WHOLE},
    {"codec", "codec", "", 0, CS_COLUMN_TEXT},
    {"compression", "phi", "", 0, CS_COLUMN_REAL},
};

/* --- the cuts --------------------------------------------------------------------------------- */

static void add_cut(CsTablePrinter *table, const CsExplanation *told, guint c)
{
    const CsCutCost *cut = &told->cut[c];
    CS_TABLE_ADD_NUMBERS(table, c, cut->delay_s, cut->server_energy_j, cut->delay_term,
                         cut->energy_term, cut->cost, cut->fits, c == told->decision.cut);
}

/* Of the cuts not yet `taken` that with the least U, those that do not fit last; or -1. */
static gint next_best(const CsExplanation *told, const gboolean *taken)
{
    gint best = -1;
    for (guint c = 0; c < told->n_cuts; c++) {
        if (taken[c])
            continue;
        const CsCutCost *cut = &told->cut[c], *other = best < 0 ? NULL : &told->cut[best];
        if (other == NULL || (cut->fits && !other->fits) ||
            (cut->fits == other->fits && cut->cost < other->cost))
            best = (gint)c;
    }
    return best;
}

/* People see the chosen cut, its runners-up and both ends; programs see all. */
static CsTablePrinter *cut_table(const CsExplanation *told, CsFormatKind format)
{
    CsTablePrinter *table = cs_table_printer_new(cut_columns, G_N_ELEMENTS(cut_columns));
    g_autofree gboolean *taken = g_new0(gboolean, told->n_cuts);
    if (format != CS_FORMAT_TABLE) {
        for (guint c = 0; c < told->n_cuts; c++)
            add_cut(table, told, c);
        return table;
    }
    taken[told->decision.cut] = TRUE;
    add_cut(table, told, told->decision.cut);
    for (guint i = 0; i < RUNNERS_UP; i++) {
        gint c = next_best(told, taken);
        if (c < 0)
            break;
        taken[c] = TRUE;
        add_cut(table, told, (guint)c);
    }
    for (guint c = 0; c < told->n_cuts; c += MAX(told->n_cuts - 1, 1))
        if (!taken[c])
            add_cut(table, told, c);
    return table;
}

/* --- the flips -------------------------------------------------------------------------------- */

static void add_flip(CsTablePrinter *table, const CsFlip *flip)
{
    if (flip->state == CS_FLIP_FOUND) {
        CS_TABLE_ADD_NUMBERS(table, flip->value, flip->cut);
    } else {
        CS_TABLE_ADD_TEXTS(table, NULL, NULL);
    }
}

static CsTablePrinter *flip_table(const CsExplanation *told)
{
    CsTablePrinter *table = cs_table_printer_new(flip_columns, G_N_ELEMENTS(flip_columns));
    for (CsFlipKind kind = 0; kind < CS_FLIP_N; kind++) {
        cs_table_add_text(table, cs_flip_name(kind));
        cs_table_add_number(table, told->now[kind]);
        add_flip(table, &told->below[kind]);
        add_flip(table, &told->above[kind]);
    }
    return table;
}

/* "12.53 Mbit/s": four digits are what a reader needs. Transfer full. */
static char *quantity(CsFlipKind kind, double value)
{
    static const struct {
        double unit;
        const char *symbol;
    } shown[] = {
        [CS_FLIP_UPLINK] = {1e6, " Mbit/s"}, [CS_FLIP_DOWNLINK] = {1e6, " Mbit/s"},
        [CS_FLIP_WEIGHT] = {1, ""},          [CS_FLIP_DISTANCE] = {1, " m"},
        [CS_FLIP_FREQUENCY] = {1e6, " MHz"},
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(shown) == CS_FLIP_N);
    return g_strdup_printf("%.4g%s", value / shown[kind].unit, shown[kind].symbol);
}

static void tell_flip(GString *text, CsFlipKind kind, const CsFlip *flip, const char *side)
{
    g_autofree char *value = quantity(kind, flip->value);
    if (flip->state == CS_FLIP_FOUND)
        g_string_append_printf(text, "; %s %s cut %u", side, value, flip->cut);
}

static void tell_flips(GString *text, const CsExplanation *told)
{
    if (!told->repeatable) {
        g_string_append(
            text, "\nThis decision is not of these rates alone: the policy remembers earlier "
                  "rounds or\ncounts the load, or knew the channel late or wrongly. What would "
                  "change it is not told.\n");
        return;
    }
    g_string_append(text, "\nWhat would change its mind, one thing at a time:\n");
    for (CsFlipKind kind = 0; kind < CS_FLIP_N; kind++) {
        g_autofree char *now = quantity(kind, told->now[kind]);
        if (told->kept[kind] != NULL) {
            g_string_append_printf(text, "  %-14s not asked: %s\n", cs_flip_name(kind),
                                   told->kept[kind]);
            continue;
        }
        g_string_append_printf(text, "  %-14s now %s", cs_flip_name(kind), now);
        if (told->below[kind].state != CS_FLIP_FOUND && told->above[kind].state != CS_FLIP_FOUND) {
            g_autofree char *low = quantity(kind, told->below[kind].value);
            g_autofree char *high = quantity(kind, told->above[kind].value);
            g_string_append_printf(text, "; the same from %s to %s", low, high);
        }
        tell_flip(text, kind, &told->below[kind], "below");
        tell_flip(text, kind, &told->above[kind], "above");
        g_string_append_c(text, '\n');
    }
}

/* --- what is learned along ---------------------------------------------------------------------
 */

/* A setting's text as it is in force. */
static const char *setting(const CsScenario *scenario, const char *group, const char *key)
{
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting one = cs_scenario_setting(scenario, i);
        if (strcmp(one.group, group) == 0 && strcmp(one.key, key) == 0)
            return one.value;
    }
    return "";
}

/* The codec in force: under federated learning nothing passes one. */
static const char *codec_of(const CsScenario *scenario)
{
    gboolean none = cs_scenario_config(scenario)->protocol == CS_PROTOCOL_FEDERATED;
    return none ? "none" : setting(scenario, "learning", "codec");
}

static guint network_cut(const CsConfig *config, const CsExplanation *told)
{
    return cs_course_cut(told->decision.cut, told->n_cuts - 1,
                         config->learning.network->shape.layers);
}

static CsTablePrinter *learning_table(const CsScenario *scenario, const CsExplanation *told)
{
    const CsConfig *config = cs_scenario_config(scenario);
    CsTablePrinter *table = cs_table_printer_new(learning_columns, G_N_ELEMENTS(learning_columns));
    cs_table_add_text(table, setting(scenario, "learning", "network"));
    CS_TABLE_ADD_NUMBERS(table, config->learning.network->shape.layers, network_cut(config, told));
    cs_table_add_text(table, codec_of(scenario));
    cs_table_add_number(table, config->compression);
    return table;
}

static void tell_learning(GString *text, const CsScenario *scenario, const CsExplanation *told)
{
    const CsConfig *config = cs_scenario_config(scenario);
    const CsBaseModel *network = config->learning.network;
    const char *codec = codec_of(scenario);
    if (network == NULL)
        return;
    guint layers = network->shape.layers, cut = network_cut(config, told);
    g_string_append_printf(text,
                           "\nWhat is learned along: the network '%s' stands for the model, its %u "
                           "layers for the %u.\n"
                           "At this cut the device trains %u of them: round(%u x %u / %u). ",
                           setting(scenario, "learning", "network"), layers, told->n_cuts - 1, cut,
                           told->decision.cut, layers, told->n_cuts - 1);
    if (strcmp(codec, "none") == 0)
        g_string_append(text, "No codec changes what it sends");
    else
        g_string_append_printf(text, "What it sends passes the codec '%s'", codec);
    if (strcmp(setting(scenario, "training", "compression"), "codec") == 0)
        g_string_append_printf(text, ",\nand phi = %.4g in D is what that sends.",
                               config->compression);
    else
        g_string_append_printf(text,
                               ";\nphi = %.4g in D is training.compression's, whatever the codec.",
                               config->compression);
    g_string_append(text, " The decision\ndoes not look at the loss.\n");
}

/* --- in words --------------------------------------------------------------------------------- */

static char *head(const CsConfig *config, guint device, const CsRecorded *recorded,
                  const CsExplanation *told)
{
    GString *text = g_string_new(NULL);
    g_autofree char *name = cs_config_device_name(config, device);
    const CsCostTable *cost = &cs_config_group_of(config, device)->cost;
    double f = told->decision.frequency_hz;
    g_string_append_printf(text, "device %s", name);
    g_autofree char *words = cs_recorded_words(recorded);
    if (told->round > 0)
        g_string_append_printf(text, ", %s", words);
    g_string_append_printf(text, ": uplink %.5g Mbit/s, downlink %.5g Mbit/s\n",
                           told->uplink.rate_bps / 1e6, told->downlink.rate_bps / 1e6);
    if (isfinite(told->uplink.snr) && told->round > 0)
        g_string_append_printf(text, "SNR %.4g dB up, %.4g dB down%s\n",
                               cs_linear_to_db(told->uplink.snr),
                               cs_linear_to_db(told->downlink.snr),
                               told->uplink.outage || told->downlink.outage
                                   ? " (below CQI 1 in an outage: blocks are repeated)"
                                   : "");
    g_string_append_printf(
        text, "%s chose cut %u of %u and the server at %.5g MHz, %s [%.5g, %.5g] MHz\n\n",
        config->policy->name, told->decision.cut, told->n_cuts - 1, f / 1e6,
        f >= cost->frequency_max_hz   ? "the top of"
        : f <= cost->frequency_min_hz ? "the bottom of"
                                      : "within",
        cost->frequency_min_hz / 1e6, cost->frequency_max_hz / 1e6);
    g_string_append_printf(text,
                           "U = delay term + energy term\n"
                           "  = w (D - Dmin)/(Dmax - Dmin) + (1 - w) (E - Emin)/(Emax - Emin), "
                           "w = %g\n"
                           "D from %.5g to %.5g s, E from %.5g to %.5g J\n\n",
                           config->policy_settings.weight, told->corners.delay_min_s,
                           told->corners.delay_max_s, told->corners.energy_min_j,
                           told->corners.energy_max_j);
    return g_string_free(text, FALSE);
}

/* "\nCuts 9 to 16 do not fit into the device's memory.\n" */
static void tell_unfit(GString *text, const CsExplanation *told)
{
    guint first = told->n_cuts;
    while (first > 0 && !told->cut[first - 1].fits)
        first--;
    if (first == told->n_cuts)
        return;
    g_string_append_printf(text, "\nCut%s %u", first + 1 < told->n_cuts ? "s" : "", first);
    if (first + 1 < told->n_cuts)
        g_string_append_printf(text, " to %u", told->n_cuts - 1);
    g_string_append_printf(
        text, " do%s not fit into the device's memory%s.\n", first + 1 < told->n_cuts ? "" : "es",
        told->decision.cut >= first ? "; the policy chose one all the same" : "");
}

static char *as_text(const CsScenario *scenario, guint device, const CsRecorded *recorded,
                     const CsExplanation *told)
{
    g_autoptr(CsTablePrinter) cuts = cut_table(told, CS_FORMAT_TABLE);
    g_autofree char *top = head(cs_scenario_config(scenario), device, recorded, told);
    g_autofree char *body = cs_table_format(cuts, CS_FORMAT_TABLE);
    GString *text = g_string_new(top);
    g_string_append(text, body);
    tell_unfit(text, told);
    tell_flips(text, told);
    tell_learning(text, scenario, told);
    return g_string_free(text, FALSE);
}

/* All tables; as CSV, which holds one, the cuts. */
static char *as_data(const CsScenario *scenario, const CsExplanation *told, CsFormatKind format)
{
    g_autoptr(CsTablePrinter) cuts = cut_table(told, format);
    if (format == CS_FORMAT_CSV)
        return cs_table_format(cuts, format);
    g_autoptr(CsTablePrinter) flips = flip_table(told);
    g_autofree char *cuts_text = cs_table_format(cuts, format);
    g_autofree char *flips_text = cs_table_format(flips, format);
    g_autofree char *learning_text = NULL;
    if (cs_scenario_config(scenario)->learning.network != NULL) {
        g_autoptr(CsTablePrinter) learning = learning_table(scenario, told);
        learning_text = g_strchomp(cs_table_format(learning, format));
    }
    if (format == CS_FORMAT_LATEX)
        return g_strconcat(cuts_text, "\n", flips_text, learning_text != NULL ? "\n" : NULL,
                           learning_text, "\n", NULL);
    return g_strdup_printf("{\"cuts\": %s, \"flips\": %s%s%s}\n", g_strstrip(cuts_text),
                           g_strstrip(flips_text), learning_text != NULL ? ", \"learning\": " : "",
                           learning_text != NULL ? learning_text : "");
}

/* --- the command ------------------------------------------------------------------------------ */

/* -o FILE */
static int draw(const CsArguments *arguments, const CsConfig *config, guint device,
                const CsExplanation *told)
{
    const char *output = arguments->value[CS_OPTION_OUTPUT_FILE];
    if (output == NULL)
        return CS_EXIT_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autofree char *name = cs_config_device_name(config, device);
    g_autofree char *round =
        told->round > 0 ? g_strdup_printf(", round %" G_GUINT64_FORMAT, told->round) : g_strdup("");
    g_autofree char *title = g_strdup_printf("Device %s%s: %s", name, round, config->policy->name);
    if (!cs_explanation_draw(told, title, output, paths, &error))
        return cs_results_complain(error);
    if (!arguments->quiet)
        cs_note("drew '%s'; data and gnuplot script stand beside it", output);
    return CS_EXIT_OK;
}

static int run(const CsArguments *arguments)
{
    double uplink_bps, downlink_bps;
    CsRecorded recorded;
    if (arguments->value[CS_OPTION_DEVICE] == NULL) {
        cs_complain("'explain' needs --device NAME");
        return CS_EXIT_USAGE;
    }
    if (!cs_read_round_or_rates(arguments, &uplink_bps, &downlink_bps))
        return CS_EXIT_USAGE;
    int code;
    g_autoptr(CsScenario) scenario = cs_recorded_load(arguments, &recorded, &code);
    if (scenario == NULL)
        return code;
    const CsConfig *config = cs_scenario_config(scenario);
    gint device = cs_load_device(config, arguments->value[CS_OPTION_DEVICE]);
    if (device < 0)
        return CS_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(CsExplanation) told =
        cs_explanation_new(scenario, (guint)device, recorded.round, recorded.replication,
                           uplink_bps, downlink_bps, &error);
    if (told == NULL) {
        cs_complain("%s", error->message);
        return CS_EXIT_FAILED;
    }
    code = draw(arguments, config, (guint)device, told);
    if (code != CS_EXIT_OK)
        return code;
    g_autofree char *text = arguments->format == CS_FORMAT_TABLE
                                ? as_text(scenario, (guint)device, &recorded, told)
                                : as_data(scenario, told, arguments->format);
    return cs_print_filled(arguments, text);
}

const CsCommand cs_command_explain = {
    .name = "explain",
    .operands = "SCENARIO|DIR",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_RECORDED_OPTIONS | CS_OPTION_BIT(CS_OPTION_DEVICE) |
               CS_OPTION_BIT(CS_OPTION_ROUND) | CS_OPTION_BIT(CS_OPTION_UPLINK_RATE) |
               CS_OPTION_BIT(CS_OPTION_DOWNLINK_RATE) | CS_OPTION_BIT(CS_OPTION_OUTPUT_FILE) |
               CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "tell why a cut was chosen, and what would change it",
    .description =
        "Takes round N of one device (the first, unless --round says another) as replication 1, or "
        "the one of --replication, simulates it, or the given rates, and prints the cost U of the "
        "chosen cut in its two "
        "terms beside the cuts that come next and those at both ends. Cuts that the device's "
        "memory does not hold are told, and marked by 0 under 'fits'.\n\n"
        "Then it tells the nearest value of each quantity, all others as they are, at which the "
        "same policy takes another cut: the rate of each direction (searched over a factor of a "
        "million both ways), the weight (0 to 1), and the device's distance and clock (a factor of "
        "a thousand, as far as the scenario holds). Along the distance, shadowing and fading stay "
        "those of the round. Each value is found by bisection and has been decided on both sides. "
        "Where the decision hangs on more than the round's rates (a policy that remembers, the "
        "load, knowledge that is late or wrong), it says so and tells no flips.\n\n"
        "DIR, a directory of results, in place of the scenario takes a round of its first run, or "
        "of the one of --run, made anew as the manifest tells it; see cardsim-decide(1).\n\n"
        "-o FILE (.svg, .png, .pdf or .eps) draws U and its two terms over the cuts as well, the "
        "chosen cut ringed, cuts that do not fit crossed out on grey.\n\n"
        "Where something is learned ([learning]) it tells which network is, what this cut is in "
        "it, and where phi comes from: the loss decides nothing.\n\n"
        "--format csv prints all cuts; json an object of 'cuts' and 'flips' in SI units, and of "
        "'learning' where something is.",
    .examples = "cardsim explain letter.ini --device 2\tround 1\n"
                "cardsim explain letter.ini --device 2 --round 7 -s radio.path-loss-exponent=6\t"
                "another round, in a poor channel\n"
                "cardsim explain letter.ini --device 2 -o why.svg\tand a picture\n",
    .run = run,
};
