/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metamorphic tests: a random scenario is changed in a way that must change nothing, or one thing
 * only, in what it gives: the order of devices, names, groups, blocks, clocks, units, seeds,
 * policies. Nothing is expected of the numbers themselves, so that no model has to be computed
 * again.
 *
 * Every relation is tried on SCENARIOS scenarios, drawn from a stream of its own.
 */
#include "../unit/cs-check.h"

#include "base/random.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { SCENARIOS = 200, DEVICES = 3, ROUNDS = 3, RECORDS = 64 };

/* --- random scenarios ------------------------------------------------------------------------- */

typedef struct {
    CsRandomKey key;
    guint drawn;
} Dice;

static Dice dice_of(guint relation, guint scenario)
{
    return (Dice){.key = cs_random_key(2026, relation, scenario, CS_PURPOSE_POLICY)};
}

static double uniform(Dice *dice, double low, double high)
{
    return low + (high - low) * cs_random_uniform(dice->key, dice->drawn++, 0);
}

static guint below(Dice *dice, guint n)
{
    return (guint)fmin(uniform(dice, 0, n), n - 1);
}

static const char *one_of(Dice *dice, const char *const *choices, guint n)
{
    return choices[below(dice, n)];
}
#define ONE_OF(dice, ...)                                                                          \
    one_of(dice, (const char *const[]){__VA_ARGS__},                                               \
           G_N_ELEMENTS(((const char *const[]){__VA_ARGS__})))

/* A scenario in parts, so that a part can be changed. Transfer full. */
typedef struct {
    char *simulation, *model, *training, *server, *radio, *policy;
    char *name[DEVICES + 1], *device[DEVICES + 1];
    guint devices;
} Parts;

static void set(char **part, char *text)
{
    g_free(*part);
    *part = text;
}

static void parts_clear(Parts *parts)
{
    g_free(parts->simulation);
    g_free(parts->model);
    g_free(parts->training);
    g_free(parts->server);
    g_free(parts->radio);
    g_free(parts->policy);
    for (guint i = 0; i < DEVICES + 1; i++) {
        g_free(parts->name[i]);
        g_free(parts->device[i]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parts, parts_clear)

static char *random_device(Dice *dice)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "frequency = %.3f GHz\ncores = %u\ntx-power = %.2f dBm\n",
                    uniform(dice, 0.4, 1.3), 256 * (1 + below(dice, 8)), uniform(dice, 10, 23));
    if (below(dice, 2) == 0)
        g_string_append_printf(text, "rx-power = %.2f W\ntx-circuit-power = %.2f W\n",
                               uniform(dice, 0.1, 3), uniform(dice, 0, 2));
    return g_string_free(text, FALSE);
}

/* Where nothing is drawn: no fading, no shadowing, one distance a device. */
static void fix_draws(Dice *dice, Parts *parts)
{
    char *radio = g_strconcat(parts->radio, "fading = none\n", NULL);
    set(&parts->radio, radio);
    for (guint i = 0; i < parts->devices; i++)
        set(&parts->device[i],
            g_strdup_printf("%sdistance = %.2f m\n", parts->device[i], uniform(dice, 5, 40)));
}

static void free_draws(Dice *dice, Parts *parts)
{
    const char *fading = ONE_OF(dice, "rayleigh", "rician", "nakagami");
    const char *coherence =
        strcmp(fading, "nakagami") == 0 ? "round" : ONE_OF(dice, "round", "transmission", "300 ms");
    set(&parts->radio, g_strdup_printf("%sfading = %s\nshadowing = %.1f dB\ncoherence = %s\n"
                                       "reciprocal = %s\n",
                                       parts->radio, fading, uniform(dice, 0, 6), coherence,
                                       ONE_OF(dice, "yes", "no")));
    for (guint i = 0; i < parts->devices; i++)
        set(&parts->device[i],
            g_strdup_printf("%sdistance = %.2f m .. 40 m\nmobility = %s\n", parts->device[i],
                            uniform(dice, 5, 20),
                            ONE_OF(dice, "static", "linear", "random-waypoint")));
}

/* Parallel, with nothing to queue for, unless a relation says otherwise. */
static Parts random_parts(Dice *dice)
{
    Parts parts = {.devices = 1 + below(dice, DEVICES)};
    parts.simulation = g_strdup("");
    parts.model = g_strdup("");
    parts.training = g_strdup_printf(
        "local-epochs = %u\nbatch = %u\nsequence-length = %u\ncompression = %.2f\nlora-rank = %u\n"
        "lora-targets = %s\n",
        1 + below(dice, 3), 1 + below(dice, 8), 16 * (1 + below(dice, 8)), uniform(dice, 0.05, 1),
        below(dice, 9), ONE_OF(dice, "all", "q+v", "q+k+v+o"));
    parts.server = g_strdup("gpus = unlimited\n");
    parts.radio = g_strdup_printf(
        "bandwidth = %u MHz\nrate = %s\noutage = %s\npath-loss-exponent = %.2f\nsharing = %s\n",
        5 * (1 + below(dice, 10)), ONE_OF(dice, "cqi", "mcs", "gap", "shannon"),
        ONE_OF(dice, "repeat", "floor"), uniform(dice, 2, 3.5),
        ONE_OF(dice, "dedicated", "equal", "proportional-fair"));
    parts.policy =
        g_strdup_printf("name = %s\nweight = %.2f\ncut = %u\n",
                        ONE_OF(dice, "card", "server-only", "device-only", "static", "delay-only"),
                        uniform(dice, 0, 1), below(dice, 5));
    for (guint i = 0; i < parts.devices; i++) {
        parts.name[i] = g_strdup_printf("d%u", i);
        parts.device[i] = random_device(dice);
    }
    return parts;
}

static char *text_of(const Parts *parts, const guint *order)
{
    gboolean scheduled = strstr(parts->simulation, "schedule") != NULL;
    gboolean counted = strstr(parts->simulation, "rounds") != NULL;
    GString *text = g_string_new(NULL);
    g_string_printf(
        text,
        "[simulation]\n%s%s%s[model]\nlayers = 4\n%s[training]\n%s[server]\n%s[radio]\n%s"
        "[policy]\n%s",
        parts->simulation, scheduled ? "" : "schedule = parallel\n", counted ? "" : "rounds = 3\n",
        parts->model, parts->training, parts->server, parts->radio, parts->policy);
    for (guint i = 0; i < parts->devices; i++) {
        guint at = order != NULL ? order[i] : i;
        g_string_append_printf(text, "[device %s]\n%s", parts->name[at], parts->device[at]);
    }
    return g_string_free(text, FALSE);
}

/* --- what comes out --------------------------------------------------------------------------- */

typedef struct {
    char name[16];
    guint64 round;
    CsRoundRecord record;
} Row;

typedef struct {
    CsSink sink;
    const CsConfig *config;
    Row row[RECORDS];
    guint n;
} Results;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    Results *results = (Results *)sink;
    g_autofree char *name = cs_config_device_name(results->config, record->device);
    ck_assert_uint_lt(results->n, RECORDS);
    Row *row = &results->row[results->n++];
    g_strlcpy(row->name, name, sizeof row->name);
    row->round = record->round;
    row->record = *record;
}

/* A file beside the scenario, for traces; written by a relation before it runs. */
static char *folder_of_test(void)
{
    return g_strdup_printf("%s/cs-metamorphic-%d", g_get_tmp_dir(), (int)getpid());
}

static void write_beside(const char *name, const char *text)
{
    g_autofree char *folder = folder_of_test(), *path = g_build_filename(folder, name, NULL);
    g_mkdir_with_parents(folder, 0700);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static void run_text(const char *text, Results *results)
{
    write_beside("a.ini", text);
    g_autofree char *folder = folder_of_test(), *path = g_build_filename(folder, "a.ini", NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s\n%s", told, text);
    *results = (Results){.sink = {.round = take_round}, .config = cs_scenario_config(scenario)};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(results->config, 1, &results->sink);
    g_autoptr(GError) error = NULL;
    ck_assert_msg(cs_simulation_run(simulation, NULL, &error), "%s\n%s",
                  error != NULL ? error->message : "", text);
}

static void run_parts(const Parts *parts, Results *results)
{
    g_autofree char *text = text_of(parts, NULL);
    run_text(text, results);
}

static const Row *row_of(const Results *results, const char *name, guint64 round)
{
    for (guint i = 0; i < results->n; i++)
        if (strcmp(results->row[i].name, name) == 0 && results->row[i].round == round)
            return &results->row[i];
    ck_abort_msg("no round %u of device %s", (guint)round, name);
    return NULL;
}

static gboolean near(double a, double b, double tolerance)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

/* The same decision, times to within so many ns (and 1e-9 of them), energies to 1e-6. */
static void same_record(const CsRoundRecord *a, const CsRoundRecord *b, gint64 ns, const char *text)
{
    ck_assert_msg(a->decision.cut == b->decision.cut &&
                      near(a->decision.frequency_hz, b->decision.frequency_hz, ns > 0 ? 1e-9 : 0),
                  "decision\n%s", text);
    for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++) {
        gint64 apart_ns = ABS(a->stage_ns[stage] - b->stage_ns[stage]);
        ck_assert_msg(apart_ns <= ns + (ns > 0 ? a->stage_ns[stage] / 1000000000 : 0),
                      "stage %d: %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " ns\n%s", stage,
                      a->stage_ns[stage], b->stage_ns[stage], text);
    }
    double tolerance = ns > 0 ? 1e-6 : 0;
    ck_assert_msg(near(a->server_energy_j, b->server_energy_j, tolerance) &&
                      near(a->radio_energy_j, b->radio_energy_j, tolerance),
                  "energy\n%s", text);
}

static void same_by_name(const Results *a, const Results *b, gint64 ns, const char *text)
{
    ck_assert_uint_gt(a->n, 0);
    for (guint i = 0; i < a->n; i++)
        same_record(&a->row[i].record, &row_of(b, a->row[i].name, a->row[i].round)->record, ns,
                    text);
}

static void same_by_place(const Results *a, const Results *b, gint64 ns, const char *text)
{
    ck_assert_uint_gt(a->n, 0);
    ck_assert_uint_eq(a->n, b->n);
    for (guint i = 0; i < a->n; i++)
        same_record(&a->row[i].record, &b->row[i].record, ns, text);
}

static void append(char **part, const char *text)
{
    set(part, g_strconcat(*part, text, NULL));
}

/* Compute as measured, batteries that hold, block error rates by curves: what changes every stage,
 * and draws nothing that depends on anything but a name. */
static void enrich(Dice *dice, Parts *parts)
{
    gboolean measured = below(dice, 3) == 0, batteries = below(dice, 3) == 0;
    if (measured) {
        append(&parts->model, "compute = measured\n");
        append(&parts->server, "peak-flops = 3e14\nmemory-bandwidth = 16000 Gbit/s\n"
                               "efficiency = 0.5\n");
    }
    for (guint i = 0; i < parts->devices; i++) {
        if (measured)
            set(&parts->device[i],
                g_strdup_printf("%speak-flops = %.3fe12\nmemory-bandwidth = %u Gbit/s\n"
                                "efficiency = %.2f\n",
                                parts->device[i], uniform(dice, 1, 8), 200 + below(dice, 1000),
                                uniform(dice, 0.2, 0.9)));
        if (batteries)
            append(&parts->device[i],
                   "battery = 1e9 J\nidle-power = 1 W\npower-coefficient = 1e-26 W/Hz^3\n");
    }
    if (strstr(parts->radio, "rate = mcs") == NULL || below(dice, 2) == 0)
        return;
    g_autoptr(GString) curves = g_string_new("mcs,snr_db,bler\n");
    for (guint mcs = 0; mcs < 29; mcs++)
        for (guint i = 0; i < 5; i++)
            g_string_append_printf(curves, "%u,%u,%.2f\n", mcs, mcs + 2 * i, 0.9 - 0.2 * i);
    write_beside("curves.csv", curves->str);
    append(&parts->radio, "error-curves = curves.csv\n");
}

/* --- relations -------------------------------------------------------------------------------- */

/* The file's order decides nothing where devices are not in each other's way at the server. */
static void file_order(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    guint order[DEVICES];
    free_draws(dice, &parts);
    enrich(dice, &parts);
    for (guint i = 0; i < parts.devices; i++)
        order[i] = parts.devices - 1 - i;
    g_autofree char *text = text_of(&parts, NULL), *turned = text_of(&parts, order);
    run_text(text, &a);
    run_text(turned, &b);
    same_by_name(&a, &b, 100, text);
}

/* What is drawn hangs on a device's name, whatever its place and whoever comes before it: fading as
 * it moves in time, motion, the line of sight, failures, errors of what a policy knows, cuts at
 * random. */
static void draws_by_name(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    if (parts.devices == 1) {
        parts.devices = 2;
        parts.name[1] = g_strdup("e");
        parts.device[1] = random_device(dice);
    }
    free_draws(dice, &parts);
    enrich(dice, &parts);
    if (below(dice, 2) == 0)
        append(&parts.policy, "csi = error 4 dB\n");
    if (below(dice, 3) == 0)
        set(&parts.policy, g_strdup("name = random\n"));
    if (below(dice, 3) == 0)
        append(&parts.radio, "path-loss = umi\nline-of-sight = probability\n");
    if (below(dice, 2) == 0)
        for (guint i = 0; i < parts.devices; i++)
            append(&parts.device[i], "time-to-failure = 500 s\nrepair-time = 20 s\n");
    guint order[] = {1, 0, 2};
    g_autofree char *text = text_of(&parts, NULL), *turned = text_of(&parts, order);
    run_text(text, &a);
    run_text(turned, &b);
    ck_assert_uint_eq(a.n, b.n);
    for (guint i = 0; i < a.n; i++) {
        const CsRoundRecord *one = &a.row[i].record;
        const CsRoundRecord *other = &row_of(&b, a.row[i].name, a.row[i].round)->record;
        same_record(one, other, 100, text);
        ck_assert_msg(near(one->uplink.snr, other->uplink.snr, 1e-12) &&
                          near(one->downlink.snr, other->downlink.snr, 1e-12),
                      "%s", text);
    }
}

/* Names only key the draws. */
static void renaming(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    fix_draws(dice, &parts);
    run_parts(&parts, &a);
    for (guint i = 0; i < parts.devices; i++)
        set(&parts.name[i], g_strdup_printf("other-%u", 7 * i));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_place(&a, &b, 0, text);
}

/* Four alike as one group, or as two. */
static void splitting_a_group(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    fix_draws(dice, &parts);
    guint first = 1 + below(dice, 3);
    g_autofree char *device = g_strdup(parts.device[0]);
    parts.devices = 1;
    set(&parts.device[0], g_strdup_printf("%scount = 4\n", device));
    run_parts(&parts, &a);
    parts.devices = 2;
    set(&parts.name[1], g_strdup("rest"));
    set(&parts.device[0], g_strdup_printf("%scount = %u\n", device, first));
    set(&parts.device[1], g_strdup_printf("%scount = %u\n", device, 4 - first));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_place(&a, &b, 0, text);
}

/* A channel that stands still may be cut into blocks of any length. */
static void halving_a_block(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    fix_draws(dice, &parts);
    double block_ms = uniform(dice, 20, 200);
    g_autofree char *radio = g_strdup(parts.radio);
    set(&parts.radio, g_strdup_printf("%scoherence = %.6f ms\n", radio, block_ms));
    run_parts(&parts, &a);
    set(&parts.radio, g_strdup_printf("%scoherence = %.6f ms\n", radio, block_ms / 2));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 100, text);
}

/* One who is never there. */
static void adding_an_absent_device(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    run_parts(&parts, &a);
    write_beside("away.csv", "time,state\n0,down\n1000000000,up\n");
    guint i = parts.devices++;
    parts.name[i] = g_strdup("absent");
    parts.device[i] = g_strconcat(parts.device[0], "availability = away.csv\n", NULL);
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 1, text);
}

static char *trace_text(Dice *dice, double shift_s, gboolean dates)
{
    GString *text = g_string_new("time,rate\n");
    double time_ms = 0;
    for (guint i = 0; i < 12; i++) {
        double rate = i % 4 == 3 ? 0 : uniform(dice, 1, 200);
        g_autofree char *value =
            below(dice, 5) == 0 && i > 0 ? g_strdup("-") : g_strdup_printf("%.3f", rate);
        if (dates)
            g_string_append_printf(text, "2031-07-09T%02d:00:%02d.%03d,%s\n", (int)shift_s % 24,
                                   (int)(time_ms / 1000) % 60, (int)time_ms % 1000, value);
        else
            g_string_append_printf(text, "%.3f,%s\n", shift_s + time_ms / 1000, value);
        time_ms += 1 + floor(uniform(dice, 0, 900));
    }
    return g_string_free(text, FALSE);
}

static void follow_a_trace(Parts *parts)
{
    for (guint i = 0; i < parts->devices; i++)
        set(&parts->device[i],
            g_strconcat(parts->device[i],
                        "trace = walk.csv\ntrace-kind = rate\ntrace-unit = Mbit/s\n", NULL));
}

/* Times count from the first row: those of epochs as those of 0. */
static void shifting_a_clock(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    fix_draws(dice, &parts);
    follow_a_trace(&parts);
    Dice again = *dice;
    g_autofree char *at_0 = trace_text(dice, 0, FALSE),
                    *later = trace_text(&again, 1941235199, FALSE);
    g_autofree char *text = text_of(&parts, NULL);
    write_beside("walk.csv", at_0);
    run_text(text, &a);
    write_beside("walk.csv", later);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

static void times_as_dates(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    fix_draws(dice, &parts);
    follow_a_trace(&parts);
    Dice again = *dice;
    g_autofree char *numbers = trace_text(dice, 0, FALSE), *dates = trace_text(&again, 5, TRUE);
    write_beside("walk.csv", numbers);
    run_parts(&parts, &a);
    write_beside("walk.csv", dates);
    for (guint i = 0; i < parts.devices; i++)
        set(&parts.device[i], g_strconcat(parts.device[i], "trace-time-unit = date\n", NULL));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

/* The same quantity in another unit. */
static void scaling_units(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    guint mhz = 1 + below(dice, 60), ms = 1 + below(dice, 900), watt = 1 + below(dice, 9);
    g_autofree char *radio = g_strdup(parts.radio), *server = g_strdup(parts.server);
    g_autofree char *bandwidth = g_strdup(strchr(radio, '\n') + 1);
    set(&parts.radio,
        g_strdup_printf("bandwidth = %u MHz\n%sround-trip-time = %u ms\n", mhz, bandwidth, ms));
    set(&parts.server, g_strdup_printf("%stx-power = %u W\n", server, watt));
    run_parts(&parts, &a);
    set(&parts.radio, g_strdup_printf("bandwidth = %u000 kHz\n%sround-trip-time = %u000 us\n", mhz,
                                      bandwidth, ms));
    set(&parts.server, g_strdup_printf("%stx-power = %u000 mW\n", server, watt));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 1, text);
}

/* Where nothing is drawn, no seed matters; where something is, the same seed gives the same. */
static void seeds(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    gboolean drawn = below(dice, 2) == 0;
    (drawn ? free_draws : fix_draws)(dice, &parts);
    set(&parts.simulation, g_strdup("seed = 5\n"));
    run_parts(&parts, &a);
    if (!drawn)
        set(&parts.simulation, g_strdup("seed = 99\n"));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

/* CARD at weight 1 is delay-only and at 0 energy-only; static at the ends is server- and
 * device-only. */
static void policies_that_are_one(Dice *dice)
{
    static const char *const pairs[][2] = {
        {"name = card\nweight = 1\n", "name = delay-only\nweight = 1\n"},
        {"name = card\nweight = 0\n", "name = energy-only\nweight = 0\n"},
        {"name = static\ncut = 0\n", "name = server-only\n"},
        {"name = static\ncut = 4\n", "name = device-only\n"}};
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    guint pair = below(dice, G_N_ELEMENTS(pairs));
    set(&parts.policy, g_strdup(pairs[pair][0]));
    run_parts(&parts, &a);
    set(&parts.policy, g_strdup(pairs[pair][1]));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

/* More rounds do not change the first ones. */
static void more_rounds(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    set(&parts.simulation, g_strdup("rounds = 2\n"));
    run_parts(&parts, &a);
    set(&parts.simulation, g_strdup("rounds = 5\n"));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

/* A GPU for each is as good as any number of them. */
static void enough_gpus(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    run_parts(&parts, &a);
    set(&parts.server, g_strdup_printf("gpus = %u\n", parts.devices + below(dice, 3)));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 0, text);
}

/* Alone, a device has the air to itself by any rule, and every schedule is the same. */
static void alone(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    parts.devices = 1;
    set(&parts.device[0], g_strconcat(parts.device[0], "sharing = dedicated\n", NULL));
    run_parts(&parts, &a);
    char *rule = strstr(parts.device[0], "sharing");
    *rule = '\0';
    set(&parts.device[0], g_strdup_printf("%ssharing = %s\n", parts.device[0],
                                          ONE_OF(dice, "dedicated", "equal", "proportional-fair")));
    set(&parts.simulation,
        g_strdup_printf("schedule = %s\n", ONE_OF(dice, "sequential", "parallel", "clusters")));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    same_by_name(&a, &b, 100, text);
}

/* Circuit power costs energy and nothing else. */
static void circuit_power(Dice *dice)
{
    g_auto(Parts) parts = random_parts(dice);
    Results a, b;
    free_draws(dice, &parts);
    run_parts(&parts, &a);
    for (guint i = 0; i < parts.devices; i++)
        if (strstr(parts.device[i], "tx-circuit-power") == NULL)
            set(&parts.device[i], g_strconcat(parts.device[i], "tx-circuit-power = 2 W\n", NULL));
    g_autofree char *text = text_of(&parts, NULL);
    run_text(text, &b);
    for (guint i = 0; i < a.n; i++) {
        const CsRoundRecord *with = &row_of(&b, a.row[i].name, a.row[i].round)->record;
        ck_assert_msg(with->radio_energy_j >= a.row[i].record.radio_energy_j, "%s", text);
        for (int stage = 0; stage < CS_STAGE_TOLD_N; stage++)
            ck_assert_msg(with->stage_ns[stage] == a.row[i].record.stage_ns[stage], "%s", text);
    }
}

static void (*const relations[])(Dice *dice) = {file_order,
                                                draws_by_name,
                                                renaming,
                                                splitting_a_group,
                                                halving_a_block,
                                                adding_an_absent_device,
                                                shifting_a_clock,
                                                times_as_dates,
                                                scaling_units,
                                                seeds,
                                                policies_that_are_one,
                                                more_rounds,
                                                enough_gpus,
                                                alone,
                                                circuit_power};

START_TEST(relation_holds)
{
    for (guint scenario = 0; scenario < SCENARIOS; scenario++) {
        Dice dice = dice_of((guint)_i, scenario);
        relations[_i](&dice);
    }
    g_autofree char *folder = folder_of_test();
    static const char *const files[] = {"a.ini", "away.csv", "walk.csv", "curves.csv"};
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metamorphic");
    TCase *tc = tcase_create("metamorphic");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, relation_holds, 0, (int)G_N_ELEMENTS(relations));
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
