/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/platform: reads the platform files of models/platform. See platform.h.
 *
 * Layer: energy. Calls base, text.
 */
#include "energy/platform.h"

#include "base/units.h"
#include "text/catalogue.h"
#include "text/keyfile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define POWER_MAX_W 1e6
#define RADIO_POWER_MAX_W 1e4 /* a scenario's tx-circuit-power and rx-power */

/* A key that is a quantity above 0: its dimension and maximum (SI), and where it goes. */
typedef struct {
    const char *key;
    CsDimension dimension;
    double maximum;
    gsize offset; /* a double of CsPlatform's */
    gboolean required;
} Row;

#define AT(member) offsetof(CsPlatform, member)

/* [platform], beside what is no quantity. */
static const Row platform_rows[] = {
    {"frequency-max", CS_DIMENSION_FREQUENCY, CS_FREQUENCY_MAX_HZ, AT(frequency_max_hz), TRUE},
    {"power-max", CS_DIMENSION_POWER, POWER_MAX_W, AT(power_max_w), FALSE},
    {"memory", CS_DIMENSION_SIZE, CS_MEMORY_MAX_BIT, AT(memory_byte), FALSE}, /* first in bits */
    {"tx-circuit-power", CS_DIMENSION_POWER, RADIO_POWER_MAX_W, AT(tx_circuit_power_w), FALSE},
    {"rx-power", CS_DIMENSION_POWER, RADIO_POWER_MAX_W, AT(rx_power_w), FALSE},
};
static const char *const platform_others[] = {"title", "cores", "flops-per-cycle", NULL};

/* [measured]; nothing is required beside a table of times. */
static const Row measured_rows[] = {
    {"peak-flops", CS_DIMENSION_NONE, 1e18, AT(rates.peak_flops), TRUE},
    {"peak-flops-32bit", CS_DIMENSION_NONE, 1e18, AT(rates.peak32_flops), FALSE},
    {"peak-frequency", CS_DIMENSION_FREQUENCY, CS_FREQUENCY_MAX_HZ, AT(rates.peak_frequency_hz),
     FALSE},
    {"efficiency", CS_DIMENSION_NONE, 10, AT(rates.efficiency), FALSE},
    {"efficiency-attention", CS_DIMENSION_NONE, 10, AT(rates.efficiency_attention), FALSE},
    {"memory-bandwidth", CS_DIMENSION_RATE, 1e16, AT(rates.bandwidth_bps), TRUE},
    {"layer-overhead", CS_DIMENSION_TIME, 1e3, AT(rates.layer_overhead_s), FALSE},
    {"step-overhead", CS_DIMENSION_TIME, 1e3, AT(rates.step_overhead_s), FALSE},
    {"static-power", CS_DIMENSION_POWER, POWER_MAX_W, AT(static_power_w), FALSE},
    {"power-exponent", CS_DIMENSION_NONE, 10, AT(power_exponent), FALSE},
    {"power-knee", CS_DIMENSION_FREQUENCY, CS_FREQUENCY_MAX_HZ, AT(power_knee_hz), FALSE},
};
static const char *const measured_others[] = {"layer-times", "power-table", "group", NULL};

/* The quantity of a row into the platform, whose value stays where the key is missing. */
static gboolean read_row(const CsGroup *group, const Row *row, gboolean required,
                         CsPlatform *platform, CsDiagnostics *diagnostics)
{
    const CsEntry *entry = cs_group_find(group, row->key);
    if (entry == NULL) {
        g_autofree char *help =
            g_strdup_printf("write '%s = %s'", row->key, cs_dimension_example(row->dimension));
        return !required || cs_diagnostics_error(diagnostics, group->place, help,
                                                 "[%s] needs the key '%s'", group->name, row->key);
    }
    double number;
    if (!cs_value_read_quantity(row->key, entry->value, entry->value_place, row->dimension, &number,
                                diagnostics))
        return FALSE;
    if (!(number > 0) || number > row->maximum) {
        g_autofree char *limit = cs_quantity_format(row->maximum, row->dimension);
        g_autofree char *takes = g_strdup_printf("above 0, at most %s", limit);
        cs_value_out_of_range(row->key, entry->value, entry->value_place, takes, diagnostics);
        return FALSE;
    }
    *(double *)((char *)platform + row->offset) = number;
    return TRUE;
}

/* Tells of keys that are neither of the `n` rows nor of the others. */
static void check_known(const CsGroup *group, const Row *rows, gsize n, const char *const *others,
                        CsDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (; *others != NULL; others++)
        g_ptr_array_add(known, (gpointer)*others);
    for (gsize i = 0; i < n; i++)
        g_ptr_array_add(known, (gpointer)rows[i].key);
    g_ptr_array_add(known, NULL);
    cs_group_check_known(group, (const char *const *)known->pdata, diagnostics);
}

/* The path of a file that a key names, from where the platform's own lies; NULL without the key.
 * Transfer full. */
static char *named_file(const CsGroup *group, const char *key, const CsEntry **entry)
{
    *entry = cs_group_find(group, key);
    if (*entry == NULL)
        return NULL;
    g_autofree char *folder = g_path_get_dirname(cs_source_name(group->place.source));
    return g_path_is_absolute((*entry)->value) ? g_strdup((*entry)->value)
                                               : g_build_filename(folder, (*entry)->value, NULL);
}

/* What stands in files of their own. */
static void read_tables(const CsGroup *group, CsPlatform *platform, CsDiagnostics *diagnostics)
{
    const CsEntry *entry;
    g_autofree char *times = named_file(group, "layer-times", &entry);
    if (times != NULL && platform->layer_times == NULL)
        platform->layer_times =
            cs_layer_times_read(times, entry->value, entry->value_place, diagnostics);
    g_autofree char *power = named_file(group, "power-table", &entry);
    if (power != NULL && platform->power_table == NULL)
        platform->power_table =
            cs_power_table_read(power, entry->value, entry->value_place, diagnostics);
}

/* What is measured of a processor: [measured]. */
static void read_measured_group(const CsGroup *group, CsPlatform *platform,
                                CsDiagnostics *diagnostics)
{
    check_known(group, measured_rows, G_N_ELEMENTS(measured_rows), measured_others, diagnostics);
    const CsEntry *kin = cs_group_find(group, "group");
    if (kin != NULL && platform->group == NULL)
        platform->group = g_strdup(kin->value);
    gboolean tabled = cs_group_find(group, "layer-times") != NULL;
    read_tables(group, platform, diagnostics);
    platform->rates.peak_frequency_hz = platform->frequency_max_hz;
    for (gsize i = 0; i < G_N_ELEMENTS(measured_rows); i++)
        read_row(group, &measured_rows[i], measured_rows[i].required && !tabled, platform,
                 diagnostics);
}

static CsPlatform *read_platform_group(const CsGroup *group, const char *name,
                                       CsDiagnostics *diagnostics)
{
    g_autoptr(CsPlatform) platform = g_new0(CsPlatform, 1);
    gboolean sound = TRUE;
    platform->flops_per_cycle = 2; /* a fused multiply-add */
    platform->power_max_w = platform->memory_byte = NAN;
    platform->tx_circuit_power_w = platform->rx_power_w = NAN;
    platform->rates = (CsRates){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
    platform->static_power_w = platform->power_exponent = platform->power_knee_hz = NAN;
    check_known(group, platform_rows, G_N_ELEMENTS(platform_rows), platform_others, diagnostics);
    sound &= cs_group_get_number(group, "cores", 1, CS_CORES_MAX, TRUE, TRUE, &platform->cores,
                                 diagnostics);
    if (cs_group_find(group, "flops-per-cycle") != NULL)
        sound &= cs_group_get_number(group, "flops-per-cycle", 1e-3, CS_FLOPS_PER_CYCLE_MAX, FALSE,
                                     FALSE, &platform->flops_per_cycle, diagnostics);
    for (gsize i = 0; i < G_N_ELEMENTS(platform_rows); i++)
        sound &=
            read_row(group, &platform_rows[i], platform_rows[i].required, platform, diagnostics);
    if (!sound)
        return NULL;
    const CsEntry *title = cs_group_find(group, "title");
    platform->name = g_strdup(name);
    platform->title = g_strdup(title != NULL ? title->value : name);
    platform->memory_byte /= 8;
    platform->power_coefficient =
        cs_power_coefficient(platform->power_max_w, platform->frequency_max_hz);
    return g_steal_pointer(&platform);
}

CsPlatform *cs_platform_read(const char *name, const char *base_directory, const CsPaths *paths,
                             CsPlace from, CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    g_autofree char *path = cs_catalogue_find("platform", "models/platform", name, base_directory,
                                              paths, from, diagnostics);
    if (path == NULL)
        return NULL;
    g_autoptr(CsKeyFile) file = cs_keyfile_read(path, path, from, diagnostics);
    if (file == NULL)
        return NULL;
    g_autoptr(CsPlatform) platform = NULL;
    const CsGroup *group = cs_keyfile_find_group(file, "platform");
    CsPlace whole = {cs_keyfile_source(file), 0, 0, 0};
    if (group == NULL)
        cs_diagnostics_error(diagnostics, whole, "see cardsim-models(7)",
                             "a platform file needs a group [platform]");
    else
        platform = read_platform_group(group, name, diagnostics);
    for (guint i = 0; i < cs_keyfile_n_groups(file); i++) {
        const CsGroup *other = cs_keyfile_group(file, i);
        if (strcmp(other->name, "measured") == 0 && platform != NULL)
            read_measured_group(other, platform, diagnostics);
        else if (other != group)
            cs_diagnostics_error(diagnostics, other->place, "it has [platform] and [measured]",
                                 "a platform file has no group '%s'", other->name);
    }
    return cs_diagnostics_told(diagnostics) == errors ? g_steal_pointer(&platform) : NULL;
}

void cs_platform_free(CsPlatform *platform)
{
    if (platform == NULL)
        return;
    g_free(platform->name);
    g_free(platform->title);
    g_free(platform->group);
    cs_layer_times_free(platform->layer_times);
    cs_power_table_free(platform->power_table);
    g_free(platform);
}

double cs_power_coefficient(double power_w, double frequency_hz)
{
    return power_w / (frequency_hz * frequency_hz * frequency_hz);
}

GPtrArray *cs_platforms_read(const CsPaths *paths, CsDiagnostics *diagnostics)
{
    GPtrArray *platforms = g_ptr_array_new_with_free_func((GDestroyNotify)cs_platform_free);
    g_auto(GStrv) names = cs_paths_list(paths, "models/platform", ".ini");
    for (char **name = names; *name != NULL; name++) {
        CsPlatform *platform = cs_platform_read(*name, ".", paths, (CsPlace){0}, diagnostics);
        if (platform != NULL)
            g_ptr_array_add(platforms, platform);
    }
    return platforms;
}
