/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz/random/grammar: see grammar.h. */
#include "grammar.h"

#include "scenario/keys.h"

#include <string.h>

#define DEVICES_MAX 4

/* One scenario's dice: how often a key is given, and how often its value is not an ordinary one. */
typedef struct {
    GRand *rand;
    GString *text;
    double given, wild, wrong;
    const char *time_unit; /* of the CSV files */
} Dice;

/* Keys whose ordinary values would make a run long: their ordinary values end here. */
static const struct {
    const char *key;
    gint least, most;
} small[] = {{"rounds", 1, 5},
             {"replications", 1, 3},
             {"local-epochs", 1, 4},
             {"count", 0, 4},
             {"cluster-size", 1, 4},
             {"max-replications", 1, 9},
             {"layers", 3, 40},
             {"batch", 1, 32},
             {"sequence-length", 1, 512},
             {"gpus", 1, 4},
             {"cut", 0, 3},
             {"lora-rank", 0, 64},
             {"max-repetitions", 1, 64}};

/* The same of [learning], whose keys of these names are always given: a network learns for some
 * tenths of a second, not for minutes. */
static const struct {
    const char *key;
    gint least, most;
} learned[] = {{"batch", 1, 100},       {"sequence-length", 1, 64}, {"samples", 1, 300},
               {"test-samples", 1, 64}, {"test-every", 1, 5},       {"lora-rank", 1, 32}};

static gint learned_at(const CsKey *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(learned); i++)
        if (strcmp(key->group, "learning") == 0 && strcmp(learned[i].key, key->key) == 0)
            return (gint)i;
    return -1;
}

/* What may stand where a name is wanted; "" leaves the key out. */
static const struct {
    const char *key, *names;
} known[] = {
    {"llm", "gpt2|llama-3.2-1b|qwen2.5-0.5b|opt-350m|phi-2|gemma-2-2b|nosuch"},
    {"platform", "jetson-tx2-8gb|jetson-nano-4gb|jetson-nano-4gb|adreno-722|rtx-4090"},
    {"thresholds", "nr-awgn|lte-awgn|lte-popular|tu-fading|nr-example-256qam|thresholds.csv"},
    {"error-curves", "curves.csv"},
    {"inherits", "d1|d1|d2|nosuch"},
    {"extends", ""},
    {"power-table", "power.csv"},
    {"layer-times", "times.csv"},
    {"network", "none|none|none|tiny"},
    {"data", "dialects|dialects|words.txt"},
    {"test-data", "words.txt|"},
};

/* What seldom holds beside others, so that it is seldom drawn. */
static const char *const seldom[] = {"inherits",    "time-to-failure",
                                     "repair-time", "battery",
                                     "thresholds",  "cqi-table",
                                     "idle-power",  "memory-check",
                                     "memory",      "device",
                                     "platform",    "replications",
                                     "compute",     "power-table",
                                     "layer-times", "network",
                                     "data",        "test-data",
                                     "head",        "protocol",
                                     "logits",      "radio-power",
                                     "target-loss", "power-exponent",
                                     "power-knee",  NULL};

/* --- dice --------------------------------------------------------------------------------------
 */

static gboolean chance(Dice *dice, double probability)
{
    return g_rand_double(dice->rand) < probability;
}

static gint below(Dice *dice, gint n)
{
    return g_rand_int_range(dice->rand, 0, n);
}

/* One word of "a|b|c". Transfer full. */
static char *word_of(Dice *dice, const char *choices)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    gint n = (gint)g_strv_length(words);
    return g_strdup(n > 0 ? words[below(dice, n)] : "");
}

static char *choice(Dice *dice, const CsKey *key)
{
    g_autofree char *choices = cs_names_join(key->names, "|");
    return word_of(dice, choices);
}

/* Between two positive numbers, every power of ten as likely. */
static double between(Dice *dice, double low, double high)
{
    return exp(log(low) + g_rand_double(dice->rand) * (log(high) - log(low)));
}

/* --- numbers -----------------------------------------------------------------------------------
 */

/* A value in SI near the key's default or example, or anywhere in its range where it has none. */
static double ordinary(Dice *dice, const CsKey *key)
{
    const char *example = key->fallback != NULL ? key->fallback : key->example;
    gsize start, end;
    double value;
    double least = key->minimum > 0 ? key->minimum : 1e-6;
    if (example == NULL || cs_quantity_read(example, strlen(example), key->dimension, &value,
                                            &start, &end) != CS_QUANTITY_OK)
        value = between(dice, MIN(least, key->maximum), MIN(MAX(key->maximum, least), 1e4));
    else if (value == 0)
        value = between(dice, 1e-3, 10);
    return CLAMP(value * between(dice, 0.2, 5), key->minimum, key->maximum);
}

static double extreme(Dice *dice, const CsKey *key)
{
    switch (below(dice, 5)) {
    case 0:
        return key->minimum;
    case 1:
        return key->maximum;
    case 2:
        return chance(dice, 0.5) ? key->minimum - 1 : key->maximum * 1.001;
    case 3:
        return chance(dice, 0.5) ? 1e-308 : 0;
    default:
        return between(dice, key->minimum > 0 ? key->minimum : 1e-30, MAX(key->maximum, 1e-29));
    }
}

static double value_of(Dice *dice, const CsKey *key)
{
    double value = chance(dice, dice->wild) ? extreme(dice, key) : ordinary(dice, key);
    return isfinite(value) ? value : 1;
}

/* `value` in any of the dimension's units. Transfer full. */
static char *quantity(Dice *dice, double value, CsDimension dimension)
{
    const CsUnit *fitting[16];
    gint n = 0;
    for (const CsUnit *unit = cs_units(); unit->symbol != NULL; unit++)
        if (unit->dimension == dimension)
            fitting[n++] = unit;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (n == 0)
        return g_strdup(g_ascii_formatd(number, sizeof number, "%.6g", value));
    const CsUnit *unit = fitting[below(dice, n)];
    double scaled = value / unit->scale;
    if (unit->decibel)
        scaled = scaled > 0 ? cs_linear_to_db(scaled) : -3000;
    g_ascii_formatd(number, sizeof number, "%.9g", scaled);
    return g_strdup_printf("%s %s", number, unit->symbol);
}

static char *whole(Dice *dice, const CsKey *key)
{
    gint at = learned_at(key);
    if (at >= 0)
        return g_strdup_printf(
            "%d", g_rand_int_range(dice->rand, learned[at].least, learned[at].most + 1));
    for (guint i = 0; i < G_N_ELEMENTS(small); i++)
        if (strcmp(small[i].key, key->key) == 0 && !chance(dice, dice->wild / 4))
            return g_strdup_printf("%d",
                                   g_rand_int_range(dice->rand, small[i].least, small[i].most + 1));
    return g_strdup_printf("%.0f", floor(value_of(dice, key)));
}

static char *a_quantity(Dice *dice, const CsKey *key)
{
    return quantity(dice, value_of(dice, key), key->dimension);
}

static char *range(Dice *dice, const CsKey *key)
{
    if (chance(dice, 0.6))
        return a_quantity(dice, key);
    double a = value_of(dice, key), b = chance(dice, dice->wild) ? a / 2 : a * between(dice, 1, 3);
    g_autofree char *from = quantity(dice, a, key->dimension);
    g_autofree char *to = quantity(dice, MIN(b, key->maximum), key->dimension);
    return g_strdup_printf("%s .. %s", from, to);
}

/* --- values ------------------------------------------------------------------------------------
 */

static char *set(Dice *dice, const CsKey *key)
{
    g_autofree char *choices = cs_names_join(key->names, "|");
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++)
        if (chance(dice, 0.4))
            g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "", *word);
    return g_strdup(text->len > 0 ? text->str : words[0]);
}

static char *csi(Dice *dice)
{
    switch (below(dice, 3)) {
    case 0:
        return g_strdup("perfect");
    case 1:
        return g_strdup_printf("delayed %d rounds",
                               below(dice, chance(dice, dice->wild) ? 1002 : 6));
    default:
        return g_strdup_printf("error %d dB", below(dice, chance(dice, dice->wild) ? 60 : 9));
    }
}

static char *name(Dice *dice, const CsKey *key)
{
    if (strcmp(key->key, "name") == 0)
        return word_of(dice, "card|server-only|device-only|static|random|delay-only|energy-only|"
                             "exhaustive|card-deadline|card-contention|open|adaptsfl|nosuch");
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].key, key->key) == 0)
            return word_of(dice, known[i].names);
    return g_strdup("unheard-of"); /* a key of names that came later: refused, or read as it is */
}

static char *precision(Dice *dice, const CsKey *key)
{
    g_autofree char *word = choice(dice, key), *number = a_quantity(dice, key);
    return strcmp(word, "none") == 0 ? g_steal_pointer(&word)
                                     : g_strdup_printf("%s %s", word, number);
}

static char *fitting(Dice *dice, const CsKey *key)
{
    switch (key->kind) {
    case CS_VALUE_TEXT:
        return g_strdup(strcmp(key->group, "sweep") == 0 ? "" : "a title");
    case CS_VALUE_WHOLE:
        return whole(dice, key);
    case CS_VALUE_QUANTITY:
        return a_quantity(dice, key);
    case CS_VALUE_RANGE:
        return range(dice, key);
    case CS_VALUE_BOOLEAN:
        return word_of(dice, "yes|no");
    case CS_VALUE_CHOICE:
        return choice(dice, key);
    case CS_VALUE_CHOICE_OR_QUANTITY:
        return chance(dice, 0.5) ? choice(dice, key) : a_quantity(dice, key);
    case CS_VALUE_CHOICE_OR_WHOLE:
        return chance(dice, 0.3) ? choice(dice, key) : whole(dice, key);
    case CS_VALUE_CHOICE_WITH_QUANTITY:
        return precision(dice, key);
    case CS_VALUE_CSI:
        return csi(dice);
    case CS_VALUE_SET:
        return set(dice, key);
    case CS_VALUE_NAME:
    case CS_VALUE_PATH:
        return name(dice, key);
    default: /* a kind that came later */
        return g_strdup(key->fallback != NULL ? key->fallback : "1");
    }
}

/* What is no value, or one of another key. Transfer full. */
static char *unfitting(Dice *dice)
{
    return word_of(dice, "|0|-1|1|nan|inf|1e999|-1e-300|1 MHz|3 dB|1 m .. 2|none|%s|a+b|1,2|"
                         "\xC3\xA9|=|[x]|#|2 .. 1|18446744073709551616|99999999999999999999 s");
}

static void append(Dice *dice, const CsKey *key)
{
    gboolean wrong = chance(dice, dice->wrong);
    g_autofree char *value = wrong ? unfitting(dice) : fitting(dice, key);
    if (wrong || value[0] != '\0')
        g_string_append_printf(dice->text, "%s = %s\n", key->key, value);
}

/* --- groups ------------------------------------------------------------------------------------
 */

/* The keys of measured files hang together: they are drawn as a whole, or as any other. */
static gboolean is_of_files(const CsKey *key)
{
    return g_str_has_prefix(key->key, "trace") || g_str_has_prefix(key->key, "availability");
}

static void append_word(Dice *dice, const char *key, const char *choices)
{
    g_autofree char *word = word_of(dice, choices);
    g_string_append_printf(dice->text, "%s = %s\n", key, word);
}

static void append_trace(Dice *dice)
{
    append_word(dice, "trace", "walk.csv");
    append_word(dice, "trace-time-unit", dice->time_unit);
    append_word(dice, "trace-end", "hold|loop|loop|stop");
    switch (below(dice, 4)) {
    case 0:
        break; /* CQI */
    case 1:
        append_word(dice, "trace-kind", "snr");
        break;
    default:
        append_word(dice, "trace-kind", "rate");
        append_word(dice, "trace-uplink-value", "ul|rate|none");
        append_word(dice, "trace-downlink-value", "dl|rate|none");
        if (chance(dice, 0.3))
            append_word(dice, "trace-unit", "bit/s|kbit/s|Mbit/s|Gbit/s");
    }
}

static void append_log(Dice *dice)
{
    gboolean states = chance(dice, 0.5);
    append_word(dice, "availability", states ? "log.csv" : "spans.csv");
    append_word(dice, "availability-kind", states ? "states" : "up|down");
    append_word(dice, "availability-time", states ? "time" : "from");
    if (!states)
        append_word(dice, "availability-until", "to");
    append_word(dice, "availability-time-unit", dice->time_unit);
    append_word(dice, "availability-end", "hold|loop|loop|stop");
}

static double likelihood(Dice *dice, const CsKey *key, double given)
{
    if (key == cs_key(CS_KEY_ROUNDS) || learned_at(key) >= 0) /* whose defaults are long */
        return 1;
    if (is_of_files(key))
        return given * dice->wild;
    return g_strv_contains(seldom, key->key) ? given / 6 : given;
}

static void append_keys(Dice *dice, const char *group, double given)
{
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (guint i = 0; i < n; i++)
        if (strcmp(keys[i].group, group) == 0 && chance(dice, likelihood(dice, &keys[i], given)))
            append(dice, &keys[i]);
}

/* What no device can do without, in ranges in which the server is the faster one. */
static void append_device(Dice *dice, guint number)
{
    static const char *const fixed[] = {"frequency", "cores", "distance"};
    g_string_append_printf(dice->text, "[device d%u]\n", number);
    g_autoptr(GString) before = g_steal_pointer(&dice->text);
    dice->text = g_string_new(NULL);
    append_keys(dice, "device", dice->given);
    if (chance(dice, 0.2))
        append_keys(dice, "radio", dice->given / 4);
    if (chance(dice, 0.2))
        append_trace(dice);
    if (strstr(dice->text->str, "time-to-failure") == NULL && chance(dice, 0.2))
        append_log(dice);
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_autofree char *start = g_strconcat(fixed[i], " = ", NULL);
        g_autofree char *later = g_strconcat("\n", start, NULL);
        if (g_str_has_prefix(dice->text->str, start) || strstr(dice->text->str, later) != NULL ||
            chance(dice, dice->wrong))
            continue;
        if (i == 1)
            g_string_append_printf(dice->text, "cores = %d\n", 64 + below(dice, 1500));
        else
            g_string_append_printf(dice->text, "%s = %.4g %s\n", fixed[i],
                                   between(dice, i == 0 ? 0.1 : 2, i == 0 ? 1.4 : 60),
                                   i == 0 ? "GHz" : "m");
    }
    g_string_prepend(dice->text, before->str);
}

/* --- the files beside it -----------------------------------------------------------------------
 */

static void append_time(Dice *dice, GString *csv, double time_s)
{
    if (strcmp(dice->time_unit, "date") != 0) {
        double scale = dice->time_unit[0] == 'm' ? 1e3 : dice->time_unit[0] == 'u' ? 1e6 : 1;
        g_string_append_printf(csv, "%.9f", time_s * scale);
        return;
    }
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) origin = g_date_time_new(utc, 2020, 2, 28, 23, 59, 30);
    g_autoptr(GDateTime) then = g_date_time_add_seconds(origin, time_s);
    g_autofree char *date = g_date_time_format(then, "%Y-%m-%dT%H:%M:%S");
    g_string_append_printf(csv, "%s.%06d", date, g_date_time_get_microsecond(then));
}

static void append_cell(Dice *dice, GString *csv, double low, double high)
{
    if (chance(dice, 0.1))
        g_string_append(csv, chance(dice, 0.5) ? ",-" : ",");
    else if (chance(dice, dice->wild / 4))
        g_string_append_printf(csv, ",%g", chance(dice, 0.5) ? 0 : between(dice, 1e-30, 1e30));
    else
        g_string_append_printf(csv, ",%.6g", g_rand_double_range(dice->rand, low, high));
}

static double step_s(Dice *dice)
{
    return chance(dice, 0.05) ? 0 : between(dice, 1e-6, 100);
}

static void save(const char *directory, const char *file, const GString *text)
{
    g_autofree char *path = g_build_filename(directory, file, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(path, text->str, (gssize)text->len, &error))
        g_error("%s", error->message);
}

static void write_walk(Dice *dice, const char *directory)
{
    g_autoptr(GString) csv = g_string_new("time,cqi,snr,rate,ul,dl\n");
    double time_s = chance(dice, 0.5) ? 0 : between(dice, 1e-3, 1e4);
    for (gint n = 1 + below(dice, 30); n > 0; n--, time_s += step_s(dice)) {
        append_time(dice, csv, time_s);
        if (chance(dice, 0.9))
            g_string_append_printf(csv, ",%d", below(dice, chance(dice, dice->wild) ? 18 : 16));
        else
            g_string_append(csv, ",-");
        append_cell(dice, csv, -20, 40);
        append_cell(dice, csv, 0, 1e8);
        append_cell(dice, csv, 1e3, 1e8);
        append_cell(dice, csv, 1e3, 1e8);
        g_string_append(csv, "\n");
    }
    save(directory, "walk.csv", csv);
}

/* Tables of processors, and words to learn from. */
static void write_processors(Dice *dice, const char *directory)
{
    g_autoptr(GString) power = g_string_new("frequency_hz,power_w\n");
    g_autoptr(GString) times = g_string_new("tokens,forward_s,backward_s\n");
    g_autoptr(GString) words = g_string_new(NULL);
    double frequency_hz = 1e8, watt = between(dice, 1, 50), tokens = 1;
    for (gint n = 1 + below(dice, 8); n > 0; n--) {
        g_string_append_printf(power, "%.6g,%.6g\n", frequency_hz, watt);
        g_string_append_printf(times, "%.0f,%.6g,%.6g\n", tokens,
                               tokens * between(dice, 1e-7, 1e-5),
                               tokens * between(dice, 1e-7, 1e-5));
        frequency_hz *= between(dice, 1.1, 2);
        watt *= between(dice, chance(dice, dice->wild) ? 0.5 : 1, 2);
        tokens = ceil(tokens * between(dice, 1.1, 8));
    }
    for (gint n = 2000; n > 0; n--)
        g_string_append_c(words, (char)('a' + below(dice, 26)));
    save(directory, "power.csv", power);
    save(directory, "times.csv", times);
    save(directory, "words.txt", words);
}

static void write_logs(Dice *dice, const char *directory)
{
    g_autoptr(GString) log = g_string_new("time,state\n");
    g_autoptr(GString) spans = g_string_new("from,to\n");
    double time_s = chance(dice, 0.7) ? 0 : between(dice, 1e-3, 1e3);
    for (gint n = 1 + below(dice, 20); n > 0; n--) {
        g_autofree char *state = word_of(dice, "up|down|1|0|up|-");
        append_time(dice, log, time_s);
        g_string_append_printf(log, ",%s\n", state);
        append_time(dice, spans, time_s);
        g_string_append(spans, ",");
        append_time(dice, spans, time_s += step_s(dice));
        g_string_append(spans, "\n");
        time_s += step_s(dice);
    }
    save(directory, "log.csv", log);
    save(directory, "spans.csv", spans);
}

static void write_tables(Dice *dice, const char *directory)
{
    g_autoptr(GString) curves = g_string_new("mcs,snr_db,bler\n");
    g_autoptr(GString) thresholds = g_string_new("cqi,snr_db\n");
    for (gint mcs = 0; mcs < 29; mcs += 1 + below(dice, 9)) {
        double snr_db = g_rand_double_range(dice->rand, -10, 20), rate = 1;
        for (gint n = 2 + below(dice, 3); n > 0; n--) {
            g_string_append_printf(curves, "%d,%.4f,%.6g\n", mcs, snr_db, rate);
            snr_db += g_rand_double_range(dice->rand, 0.01, 5);
            rate *= g_rand_double(dice->rand);
        }
    }
    double snr_db = g_rand_double_range(dice->rand, -12, 0);
    for (gint cqi = 1; cqi <= 15; cqi++) {
        g_string_append_printf(thresholds, "%d,%.4f\n", cqi, snr_db);
        snr_db += g_rand_double_range(dice->rand, chance(dice, dice->wild) ? -1 : 0.1, 4);
    }
    save(directory, "curves.csv", curves);
    save(directory, "thresholds.csv", thresholds);
}

/* --- the scenario ------------------------------------------------------------------------------
 */

void grammar_write(guint32 seed, const char *directory)
{
    static const double wilds[] = {0, 0, 0, 0.02, 0.1};
    Dice dice = {.rand = g_rand_new_with_seed(seed), .text = g_string_new(NULL)};
    g_autofree char *time_unit = word_of(&dice, "s|s|ms|us|date");
    dice.time_unit = time_unit;
    dice.given = g_rand_double(dice.rand) * 0.5;
    dice.wild = wilds[below(&dice, G_N_ELEMENTS(wilds))];
    dice.wrong = chance(&dice, 0.1) ? 0.03 : 0;
    for (const char *const *group = cs_key_groups(); *group != NULL; group++) {
        if (strcmp(*group, "device") == 0) {
            for (guint d = 1, n = 1 + (guint)below(&dice, DEVICES_MAX); d <= n; d++)
                append_device(&dice, d);
            continue;
        }
        g_string_append_printf(dice.text, "[%s]\n", *group);
        append_keys(&dice, *group, strcmp(*group, "policy") == 0 ? 0.7 : dice.given);
    }
    save(directory, GRAMMAR_SCENARIO, dice.text);
    write_walk(&dice, directory);
    write_logs(&dice, directory);
    write_tables(&dice, directory);
    write_processors(&dice, directory);
    g_string_free(dice.text, TRUE);
    g_rand_free(dice.rand);
}
