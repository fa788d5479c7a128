/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/scenario: expected values are the design's or by hand; every bad input of the table
 * below has its line, column, message and remedy.
 */
#include "cs-check.h"

#include "base/random.h"
#include "radio/pathloss.h"
#include "scenario/defaults.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

static CsPaths *paths;
static char *folder; /* for the files that tests write */

#define DEVICE "[device a]\nfrequency = 1 GHz\ncores = 1000\ndistance = 10 m\n"

static char *file_of(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static CsScenario *read_text(const char *text, const char *const *overrides,
                             CsDiagnostics *diagnostics)
{
    g_autofree char *path = file_of("a.ini", text);
    return cs_scenario_read(path, overrides, paths, diagnostics);
}

static CsScenario *read_good(const char *text, const char *const *overrides)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = read_text(text, overrides, diagnostics);
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", shown);
    return scenario;
}

static CsScenario *read_shipped(const char *relative)
{
    g_autofree char *path = cs_test_path(relative);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL && cs_diagnostics_count(diagnostics) == 0, "%s", shown);
    return scenario;
}

/* DESIGN section 7: the letter's Tables I and II and our assumptions. */
START_TEST(letter_is_as_prescribed)
{
    g_autoptr(CsScenario) scenario = read_shipped("scenarios/letter.ini");
    const CsConfig *config = cs_scenario_config(scenario);
    static const double frequency_hz[] = {1.3e9, 1.0e9, 0.7e9, 0.7e9, 0.5e9};
    static const double cores[] = {2048, 2048, 1792, 1024, 512};
    static const double distance_m[] = {8, 13, 18, 23, 28};
    ck_assert_uint_eq(config->n_groups, 5);
    ck_assert_uint_eq(config->n_devices, 5);
    for (guint i = 0; i < 5; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        char name[] = {(char)('1' + i), '\0'};
        ck_assert_str_eq(group->name, name);
        ck_assert_close(group->frequency_hz, frequency_hz[i], 1e-15);
        ck_assert_close(group->cores, cores[i], 0);
        ck_assert_close(group->flops_per_cycle, 2, 0);
        ck_assert_close(group->distance_min_m, distance_m[i], 0);
        ck_assert_close(group->distance_max_m, distance_m[i], 0);
        ck_assert_close(group->tx_power_w, 0.19952623149688797, 1e-12); /* 10^2.3 mW */
        ck_assert_close(group->noise_factor, 7.943282347242816, 1e-12); /* 10^0.9 */
        ck_assert(isnan(group->power_coefficient) && isnan(group->rx_power_w));
        ck_assert(group->tx_circuit_power_w == 0);
        ck_assert_close(group->radio.bandwidth_hz, 50e6, 0);
        ck_assert_close(group->radio.path_loss_exponent, 4, 0);
        /* free space at 1 m and 3.5 GHz: 20 lg(4 pi 3.5e9 / c) = 43.3291 dB */
        ck_assert_close(cs_linear_to_db(group->radio.reference_loss), 43.3291, 1e-5);
        ck_assert_int_eq(group->radio.fading.kind, CS_FADING_RAYLEIGH);
        ck_assert_uint_eq(group->radio.max_repetitions, 32);
    }
    ck_assert_close(config->server.frequency_max_hz, 2.46e9, 1e-15);
    ck_assert_close(config->server.cores, 3072, 0);
    ck_assert_close(config->server.power_coefficient, 1e-25, 0);
    ck_assert_close(config->server.tx_power_w, 1, 1e-12);
    ck_assert_uint_eq(config->local_epochs, 5);
    ck_assert_close(config->compression, 0.1, 0);
    ck_assert_close(config->policy_settings.weight, 0.2, 0);
    ck_assert_str_eq(config->policy->name, "card");
    ck_assert_close(config->profile->total_flop, 37291053547520.0, 1e-15);
    ck_assert_uint_eq(config->profile->n_cuts, 33);
    ck_assert_close(config->profile->adapter_bit[32], 360710144, 0);
}
END_TEST

/* Every key of the letter's experiment and of our assumptions about it. */
static const char *const letter_keys[] = {
    "simulation.rounds",
    "simulation.seed",
    "simulation.replications",
    "simulation.schedule",
    "model.llm",
    "model.layers",
    "model.head",
    "model.attention",
    "training.local-epochs",
    "training.batch",
    "training.sequence-length",
    "training.compression",
    "training.activation-precision",
    "training.adapter-precision",
    "training.lora-rank",
    "training.lora-targets",
    "server.frequency-max",
    "server.cores",
    "server.flops-per-cycle",
    "server.power-coefficient",
    "server.gpus",
    "server.tx-power",
    "server.noise-figure",
    "radio.carrier",
    "radio.bandwidth",
    "radio.path-loss-exponent",
    "radio.reference-distance",
    "radio.reference-loss",
    "radio.shadowing",
    "radio.fading",
    "radio.coherence",
    "radio.reciprocal",
    "radio.cqi-table",
    "radio.thresholds",
    "radio.rate",
    "radio.outage",
    "radio.max-repetitions",
    "radio.noise-density",
    "policy.name",
    "policy.weight",
    "policy.frequency",
    "device 1.frequency",
    "device 1.cores",
    "device 1.flops-per-cycle",
    "device 1.distance",
    "device 1.tx-power",
    "device 1.noise-figure",
    "device 5.frequency",
    "device 5.cores",
    "device 5.flops-per-cycle",
    "device 5.distance",
    "device 5.tx-power",
    "device 5.noise-figure",
};

/* Where the value in force of "group.key" was written; NULL: a default. */
static const char *origin_of(const CsScenario *scenario, const char *name)
{
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        g_autofree char *full = g_strdup_printf("%s.%s", setting.group, setting.key);
        if (strcmp(full, name) == 0)
            return setting.origin.source != NULL ? cs_source_name(setting.origin.source) : NULL;
    }
    return NULL;
}

/* Extends nothing, no [sweep], and says every key itself. */
START_TEST(letter_says_every_key)
{
    g_autoptr(CsScenario) scenario = read_shipped("scenarios/letter.ini");
    ck_assert_uint_eq(cs_scenario_n_sweep_axes(scenario), 0);
    for (gsize i = 0; i < G_N_ELEMENTS(letter_keys); i++) {
        const char *origin = origin_of(scenario, letter_keys[i]);
        ck_assert_msg(origin != NULL && g_str_has_suffix(origin, "scenarios/letter.ini"), "%s",
                      letter_keys[i]);
    }
    g_autofree char *path = cs_test_path("scenarios/letter.ini"), *text = NULL;
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_ptr_null(strstr(text, "\nextends"));
    ck_assert_ptr_null(strstr(text, "[sweep]"));
}
END_TEST

static void check_same_group(const CsDeviceGroup *a, const CsDeviceGroup *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_int_eq(a->counted, b->counted);
    ck_assert(a->frequency_hz == b->frequency_hz && a->cores == b->cores);
    ck_assert(a->flops_per_cycle == b->flops_per_cycle);
    ck_assert(memcmp(&a->power_coefficient, &b->power_coefficient, sizeof(double)) == 0);
    ck_assert(a->distance_min_m == b->distance_min_m && a->distance_max_m == b->distance_max_m);
    ck_assert(a->tx_power_w == b->tx_power_w && a->noise_factor == b->noise_factor);
    ck_assert(memcmp(&a->rx_power_w, &b->rx_power_w, sizeof(double)) == 0);
    ck_assert(a->tx_circuit_power_w == b->tx_circuit_power_w);
    const CsRadio *x = &a->radio, *y = &b->radio;
    ck_assert(x->carrier_hz == y->carrier_hz && x->bandwidth_hz == y->bandwidth_hz);
    ck_assert(x->path_loss_exponent == y->path_loss_exponent);
    ck_assert(x->reference_loss == y->reference_loss);
    ck_assert(memcmp(&x->shadowing_db, &y->shadowing_db, sizeof(double)) == 0);
    ck_assert(x->path_loss == y->path_loss && x->line_of_sight == y->line_of_sight);
    ck_assert(x->ap_height_m == y->ap_height_m && x->sharing == y->sharing);
    ck_assert(memcmp(&x->shadowing_distance_m, &y->shadowing_distance_m, sizeof(double)) == 0);
    ck_assert(x->coherence_s == y->coherence_s && x->doppler == y->doppler);
    ck_assert(x->errors.block_error_rate == y->errors.block_error_rate);
    ck_assert(x->errors.round_trip_s == y->errors.round_trip_s);
    ck_assert((x->errors.curves == NULL) == (y->errors.curves == NULL));
    ck_assert(a->mobility.kind == b->mobility.kind && a->height_m == b->height_m);
    ck_assert(a->mobility.speed_m_per_s == b->mobility.speed_m_per_s);
    ck_assert(a->mobility.direction_rad == b->mobility.direction_rad);
    ck_assert((a->trace[CS_UPLINK] == NULL) == (b->trace[CS_UPLINK] == NULL));
    ck_assert(x->noise_density_w_per_hz == y->noise_density_w_per_hz);
    ck_assert(x->coherence == y->coherence && x->rate == y->rate && x->outage == y->outage);
    ck_assert(x->fading.kind == y->fading.kind && x->fading.rician_k == y->fading.rician_k);
    ck_assert(memcmp(&x->table, &y->table, sizeof x->table) == 0);
    ck_assert(memcmp(&x->thresholds, &y->thresholds, sizeof x->thresholds) == 0);
}

static void check_same_config(const CsConfig *a, const CsConfig *b)
{
    ck_assert_str_eq(a->title, b->title);
    ck_assert(a->rounds == b->rounds && a->seed == b->seed);
    ck_assert(a->schedule == b->schedule && a->local_epochs == b->local_epochs);
    ck_assert(a->compression == b->compression);
    ck_assert(memcmp(&a->training, &b->training, sizeof a->training) == 0);
    ck_assert(a->server.frequency_max_hz == b->server.frequency_max_hz);
    ck_assert(a->server.cores == b->server.cores && a->server.gpus == b->server.gpus);
    ck_assert(a->server.power_coefficient == b->server.power_coefficient);
    ck_assert(a->profile->total_flop == b->profile->total_flop);
    ck_assert(a->policy == b->policy);
    ck_assert(a->policy_settings.weight == b->policy_settings.weight);
    ck_assert(a->policy_settings.frequency_rule == b->policy_settings.frequency_rule);
    ck_assert_uint_eq(a->n_groups, b->n_groups);
    for (guint i = 0; i < a->n_groups; i++)
        check_same_group(&a->groups[i], &b->groups[i]);
}

/* Every shipped scenario reads without a word; its resolved text reads back to the same. */
START_TEST(shipped_scenarios_read_and_format_back)
{
    static const char *const folders[] = {"scenarios", "scenarios/examples"};
    guint n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = cs_test_path(folders[i]);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;
        while ((name = g_dir_read_name(dir)) != NULL) {
            if (!g_str_has_suffix(name, ".ini"))
                continue;
            n++;
            g_autofree char *relative = g_build_filename(folders[i], name, NULL);
            g_autoptr(CsScenario) scenario = read_shipped(relative);
            g_autofree char *text = cs_scenario_format(scenario, n % 2 == 0);
            /* paths count from the scenario's directory: copy what the examples name */
            static const char *const beside[] = {"config.json", "1024qam.csv", "walk.csv",
                                                 "error-curves.csv", "outages.csv"};
            for (gsize k = 0; k < G_N_ELEMENTS(beside); k++) {
                g_autofree char *from = g_build_filename(path, beside[k], NULL), *bytes = NULL;
                if (g_file_get_contents(from, &bytes, NULL, NULL))
                    g_free(file_of(beside[k], bytes));
            }
            g_autoptr(CsScenario) again = read_good(text, NULL);
            check_same_config(cs_scenario_config(scenario), cs_scenario_config(again));
            g_autofree char *plain = cs_scenario_format(scenario, FALSE);
            g_autofree char *second = cs_scenario_format(again, FALSE);
            ck_assert_str_eq(plain, second);
        }
    }
    ck_assert_uint_ge(n, 11);
}
END_TEST

START_TEST(template_is_a_valid_scenario)
{
    g_autofree char *text = cs_scenario_template();
    g_autoptr(CsScenario) scenario = read_good(text, NULL);
    ck_assert_uint_eq(cs_scenario_config(scenario)->n_devices, 2);
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (guint i = 0; i < n; i++)
        ck_assert_msg(strstr(text, keys[i].key) != NULL || strcmp(keys[i].group, "sweep") == 0,
                      "%s", keys[i].key);
}
END_TEST

/* Every default is a value its own key takes; what has none has an example or is required. */
START_TEST(key_table_is_sound)
{
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (guint i = 0; i < n; i++) {
        const CsKey *key = &keys[i];
        ck_assert_msg(key->group != NULL && key->key != NULL && key->meaning != NULL, "%u", i);
        ck_assert_msg(key->fallback != NULL || key->example != NULL, "%s", key->key);
        ck_assert_msg(!key->required || key->fallback == NULL, "%s", key->key);
        ck_assert_ptr_eq(cs_key_find(key->group, key->key), key);
        g_autofree char *values = cs_key_values(key);
        ck_assert_uint_gt(strlen(values), 0);
    }
    ck_assert_ptr_eq(cs_key_find("device", "bandwidth"), cs_key(CS_KEY_BANDWIDTH));
    ck_assert_ptr_null(cs_key_find("server", "bandwidth"));
}
END_TEST

static void ck_same_field(const CsKey *key, CsKeyField field, gconstpointer a, gconstpointer b)
{
    static const gsize size[] = {[CS_KEY_FIELD_DOUBLE] = sizeof(double),
                                 [CS_KEY_FIELD_GUINT] = sizeof(guint),
                                 [CS_KEY_FIELD_GUINT64] = sizeof(guint64),
                                 [CS_KEY_FIELD_GBOOLEAN] = sizeof(gboolean),
                                 [CS_KEY_FIELD_TEXT] = 0};
    ck_assert_msg(memcmp((const char *)a + field.offset, (const char *)b + field.offset,
                         size[field.type]) == 0,
                  "%s.%s", key->group, key->key);
}

/* What a program that fills a configuration by hand starts from is what the manual says. */
START_TEST(a_new_configuration_is_an_empty_scenarios)
{
    g_autoptr(CsScenario) scenario = read_good(DEVICE, NULL);
    const CsConfig *empty = cs_scenario_config(scenario);
    g_autoptr(CsConfig) config = cs_config_new();
    CsDeviceGroup *group = cs_config_add_group(config, "a");
    group->frequency_hz = 1e9;
    group->cores = 1000;
    group->distance_min_m = group->distance_max_m = 10;
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++) {
        const CsKey *key = cs_key(i);
        gconstpointer a = config, b = empty;
        if (key->owner == CS_OWNER_CsDeviceGroup) {
            a = group;
            b = &empty->groups[0];
        } else if (key->owner == CS_OWNER_CsRadio) {
            a = &group->radio;
            b = &empty->groups[0].radio;
        } else if (key->owner != CS_OWNER_CsConfig) {
            continue;
        }
        ck_same_field(key, key->into, a, b);
        ck_same_field(key, key->also, a, b);
    }
    ck_assert_ptr_eq(config->policy, empty->policy);
    ck_assert_uint_eq(config->csi_rounds, empty->csi_rounds);
    ck_assert_uint_eq(group->count, 1);
    ck_assert(!group->counted && group->availability == NULL && group->trace[CS_UPLINK] == NULL &&
              group->availability_min_ns == 0 && group->availability_max_ns == 0);

    /* cardsim-scenario(5) */
    ck_assert_uint_eq(config->rounds, 100);
    ck_assert_uint_eq(config->local_epochs, 5);
    ck_assert_uint_eq(config->training.batch, 16);
    ck_assert_uint_eq(config->training.sequence_length, 256);
    ck_assert_uint_eq(config->training.lora_targets, CS_LORA_ALL);
    ck_assert(config->training.head && !config->training.causal && isinf(config->deadline_s));
    ck_assert_double_eq(config->server.frequency_max_hz, 2.46e9);
    ck_assert(config->server.gpus == 1 && isnan(config->server.idle_power_w));
    ck_assert_double_eq(config->policy_settings.weight, 0.2);
    ck_assert_uint_eq(config->policy_settings.frequency_rule, CS_FREQUENCY_CARD);
    ck_assert(group->radio.fading.kind == CS_FADING_RAYLEIGH && group->radio.bandwidth_hz == 50e6);
    ck_assert_double_eq(group->radio.reference_loss, cs_free_space_loss(1, 3.5e9));
    ck_assert_double_eq(group->radio.ap_height_m, 10);
    ck_assert(group->radio.shadowing_db == 0 && group->radio.shadowing_distance_m == 10);
    ck_assert(isinf(group->memory_byte) && isinf(group->battery_j) && isnan(group->rx_power_w));
    ck_assert_close(group->noise_factor, pow(10, 0.9), 1e-15);
}
END_TEST

/* A name stands for one value, and where a table names an enum all its values have one. */
START_TEST(names_are_sound)
{
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++) {
        const CsKey *key = cs_key(i);
        gboolean choice = key->kind >= CS_VALUE_CHOICE && key->kind <= CS_VALUE_SET;
        ck_assert_msg(choice == (key->names != NULL), "%s", key->key);
        for (guint a = 0; choice && key->names[a].name != NULL; a++) {
            ck_assert_ptr_eq(cs_names_find(key->names, key->names[a].name), &key->names[a]);
            ck_assert_str_eq(cs_names_of(key->names, key->names[a].value), key->names[a].name);
        }
    }
    ck_assert_ptr_null(cs_names_find(cs_rate_names, "CQI"));
    ck_assert_ptr_null(cs_names_of(cs_rate_names, CS_RATE_SHANNON + 1));
    ck_assert_uint_eq(cs_names_of_number(cs_coherence_names), CS_COHERENCE_TIME);
    g_autofree char *all = cs_names_join(cs_sharing_names, " or ");
    ck_assert_str_eq(all, "dedicated or equal or proportional-fair");
    ck_assert_str_eq(cs_names_suggest(cs_rate_names, "shanon"), "shannon");
}
END_TEST

/* [output] record and the table of result tables agree on names and bits. */
START_TEST(every_table_can_be_recorded)
{
    for (guint t = 0; t < CS_TABLE_N; t++) {
        const CsTableInfo *info = cs_table_info((CsTable)t);
        g_autofree char *override = g_strconcat("output.record=", info->name, NULL);
        const char *const overrides[] = {override, NULL};
        g_autoptr(CsScenario) scenario = read_good(DEVICE, overrides);
        ck_assert_uint_eq(cs_scenario_record(scenario), 1u << t);
        ck_assert_int_eq(cs_table_find(info->name), t);
    }
    const char *const overrides[] = {"output.record=events", NULL};
    g_autoptr(CsScenario) scenario = read_good(DEVICE, overrides);
    ck_assert_uint_eq(cs_scenario_record(scenario), CS_RECORD_EVENTS);
    ck_assert_int_eq(cs_table_find("row"), CS_TABLE_N);
}
END_TEST

START_TEST(minimal_scenario_takes_defaults)
{
    g_autoptr(CsScenario) scenario = read_good(DEVICE, NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    ck_assert_str_eq(config->title, "a");
    ck_assert_uint_eq(config->architecture->n_layers, 16);
    ck_assert_uint_eq(cs_scenario_record(scenario),
                      1u << CS_TABLE_ROUNDS | 1u << CS_TABLE_DEVICES | 1u << CS_TABLE_TOTALS);
    ck_assert_uint_eq(config->server.gpus, 1);
    CsSetting setting = cs_scenario_setting(scenario, 1);
    ck_assert_str_eq(setting.key, "rounds");
    ck_assert_str_eq(setting.source, "default");
}
END_TEST

START_TEST(inherits_counts_and_ranges)
{
    g_autoptr(CsScenario) scenario =
        read_good("[device b]\ninherits = phone\ncount = 3\ncores = 512\n"
                  "[device phone]\ncount = 0\nfrequency = 1 GHz\ncores = 1024\nbandwidth = 10 MHz\n"
                  "distance = 5 m .. 30 m\n"
                  "[device c]\ninherits = b\ndistance = 7 m\n[radio]\nbandwidth = 20 MHz\n" DEVICE,
                  NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    ck_assert_uint_eq(config->n_groups, 3);
    ck_assert_uint_eq(config->n_devices, 5);
    const CsDeviceGroup *b = &config->groups[0], *c = &config->groups[1], *a = &config->groups[2];
    ck_assert(b->counted && b->count == 3 && b->cores == 512 && b->frequency_hz == 1e9);
    ck_assert(b->distance_min_m == 5 && b->distance_max_m == 30);
    ck_assert(b->radio.bandwidth_hz == 10e6);
    ck_assert(!c->counted && c->count == 1 && c->cores == 512 && c->distance_min_m == 7);
    ck_assert(c->radio.bandwidth_hz == 10e6 && a->radio.bandwidth_hz == 20e6);
    g_autofree char *name = cs_config_device_name(config, 2);
    ck_assert_str_eq(name, "b.3");
}
END_TEST

/* Jetson AGX Orin 64GB: 2048 cores at 1.3 GHz, 60 W; an A100 80GB SXM: 6912 at 1.41 GHz, 400 W. */
START_TEST(platforms_give_what_is_not_said)
{
    g_autoptr(CsScenario) scenario =
        read_good("[server]\nplatform = a100-80gb-sxm\n[device a]\n"
                  "platform = jetson-agx-orin-64gb\ndistance = 1 m\ncores = 1000\n",
                  NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsDeviceGroup *a = &config->groups[0];
    ck_assert_close(a->frequency_hz, 1.3e9, 1e-15);
    ck_assert_close(a->cores, 1000, 0);
    ck_assert_close(a->power_coefficient, 60 / 2.197e27, 1e-12);
    ck_assert_close(config->server.frequency_max_hz, 1.41e9, 1e-15);
    ck_assert_close(config->server.cores, 6912, 0);
    ck_assert_close(config->server.power_coefficient, 400 / 2.803221e27, 1e-12);
    for (guint i = 0; i < cs_scenario_n_settings(scenario); i++) {
        CsSetting setting = cs_scenario_setting(scenario, i);
        if (strcmp(setting.group, "device a") == 0 && strcmp(setting.key, "frequency") == 0) {
            ck_assert_str_eq(setting.source, "platform jetson-agx-orin-64gb");
            ck_assert_str_eq(setting.value, "1.3 GHz");
        }
    }
}
END_TEST

/* What is swept and varied is part of what was given: it reads back whole, in its order. */
START_TEST(axes_read_back)
{
    g_autoptr(CsScenario) scenario =
        read_good(DEVICE "[sweep]\nradio.bandwidth = 5 MHz, 6 MHz\ndevice.a.cores = 1, 2, 3\n"
                         "policy.weight = 0.1 .. 0.9 step 0.1\n[vary]\n"
                         "radio.path-loss-exponent = 2 .. 4\nserver.cores = 1000 .. 4000\n",
                  NULL);
    g_autofree char *text = cs_scenario_source(scenario);
    g_autoptr(CsScenario) again = read_good(text, NULL);
    ck_assert_uint_eq(cs_scenario_n_sweep_axes(again), 3);
    for (guint i = 0; i < 3; i++) {
        CsSweepAxis was = cs_scenario_sweep_axis(scenario, i),
                    is = cs_scenario_sweep_axis(again, i);
        ck_assert_str_eq(is.key, was.key);
        ck_assert_str_eq(is.values, was.values);
    }
    ck_assert_uint_eq(cs_scenario_n_varied(again), 2);
    g_autofree char *twice = cs_scenario_source(again);
    ck_assert_str_eq(twice, text);
}
END_TEST

/* A device of a file that says no more than what holds at time 0 begins there, and no later. */
START_TEST(availability_of_one_row)
{
    static const char *const given[] = {"", "availability-start = 0\n",
                                        "availability-start = 1 ns\n"};
    g_autofree char *log = file_of("one.csv", "time,state\n0,up\n");
    for (guint i = 0; i < G_N_ELEMENTS(given); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autofree char *text = g_strconcat(DEVICE "availability = one.csv\n", given[i], NULL);
        g_autoptr(CsScenario) scenario = read_text(text, NULL, diagnostics);
        g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
        ck_assert_msg((scenario != NULL) == (i < 2), "%s%s", text, told);
        ck_assert(i < 2 || strstr(told, "begins at or behind the end of its file") != NULL);
    }
    g_unlink(log);
}
END_TEST

START_TEST(overrides_and_points)
{
    static const char *const overrides[] = {"simulation.rounds=7", "radio.bandwidth = 10 MHz",
                                            "device.a.distance=3 m", "simulation.rounds=8", NULL};
    g_autoptr(CsScenario) scenario =
        read_good("[simulation]\nrounds = 0\n" DEVICE "[sweep]\nradio.bandwidth = 5 MHz, 6 MHz\n"
                  "device.a.distance = 1 m .. 9 m step 1 m\nwhere = radio.bandwidth > 1 MHz\n",
                  overrides);
    ck_assert_uint_eq(cs_scenario_config(scenario)->rounds, 8);
    ck_assert(cs_scenario_config(scenario)->groups[0].radio.bandwidth_hz == 10e6);
    ck_assert(cs_scenario_config(scenario)->groups[0].distance_min_m == 3);
    ck_assert_str_eq(cs_scenario_setting(scenario, 1).source, "-s");
    ck_assert_uint_eq(cs_scenario_n_sweep_axes(scenario), 2);
    CsSweepAxis axis = cs_scenario_sweep_axis(scenario, 1);
    ck_assert_str_eq(axis.key, "device.a.distance");
    ck_assert_str_eq(axis.values, "1 m .. 9 m step 1 m");
    ck_assert_uint_eq(axis.values_place.line, 9);
    ck_assert_ptr_null(cs_scenario_sweep_zip(scenario, NULL));
    ck_assert_str_eq(cs_scenario_sweep_where(scenario, NULL), "radio.bandwidth > 1 MHz");

    static const char *const point[] = {"radio.bandwidth=6 MHz", NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) with = cs_scenario_with(scenario, point, diagnostics);
    ck_assert_ptr_nonnull(with);
    ck_assert(cs_scenario_config(with)->groups[0].radio.bandwidth_hz == 6e6);
    ck_assert_uint_eq(cs_scenario_config(with)->rounds, 8);
    ck_assert_uint_eq(cs_scenario_n_sweep_axes(with), 0);
    ck_assert(cs_scenario_config(scenario)->groups[0].radio.bandwidth_hz == 10e6);
    static const char *const bad[] = {"radio.bandwidth=6", NULL};
    ck_assert_ptr_null(cs_scenario_with(scenario, bad, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
}
END_TEST

START_TEST(extends_lays_files_over_one_another)
{
    g_autofree char *base = file_of("base.ini", "[simulation]\nrounds = 3\nseed = 4\n" DEVICE);
    g_autoptr(CsScenario) scenario =
        read_good("[scenario]\nextends = base.ini\n[simulation]\nrounds = 5\n"
                  "[device a]\ncores = 500\n[device b]\ninherits = a\n",
                  NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    ck_assert_uint_eq(config->rounds, 5);
    ck_assert_uint_eq(config->seed, 4);
    ck_assert_uint_eq(config->n_groups, 2);
    ck_assert(config->groups[0].cores == 500 && config->groups[1].cores == 500);
    ck_assert(config->groups[1].frequency_hz == 1e9);
}
END_TEST

/* One error each: line (0: the file as a whole) and column, and the start of message and help. */
typedef struct {
    const char *text, *override;
    guint line, column;
    const char *message, *help;
} Bad;

static const Bad bad_inputs[] = {
    {"", NULL, 0, 0, "this scenario has no devices", "write '[device 1]'"},
    {"[device a]\ncount = 0\n", NULL, 0, 0, "this scenario has no devices", "a device with"},
    {DEVICE "count = 10000001\n", NULL, 5, 9, "'count' is out of range", "it takes 0 .. 10000000"},
    {DEVICE "count = 9999999\n[device b]\ninherits = a\ncount = 2\n", NULL, 8, 9,
     "there are more than 10000000 devices", "lower"},
    {"[radio]\nbandwidth = 20\n" DEVICE, NULL, 2, 13, "'bandwidth' needs a unit of frequency",
     "write '20 MHz'"},
    {"[radio]\nbandwidth = 20 dBm\n" DEVICE, NULL, 2, 16, "'bandwidth' needs a unit of frequency",
     "write '20 MHz'"},
    {"[radio]\nbandwidth = 0\n" DEVICE, NULL, 2, 13, "'bandwidth' is out of range: 0", "it takes"},
    {"[radio]\nbandwidth = -5 MHz\n" DEVICE, NULL, 2, 13, "'bandwidth' is out of range", "it"},
    {"[radio]\nbandwidth = nan MHz\n" DEVICE, NULL, 2, 13, "'bandwidth' needs a finite number",
     "write it like '20 MHz'"},
    {"[radio]\nbandwidth = inf\n" DEVICE, NULL, 2, 13, "'bandwidth' needs a finite number", "w"},
    {"[radio]\nbandwidth = 1e400 Hz\n" DEVICE, NULL, 2, 13, "'bandwidth' needs a finite number",
     "write"},
    {"[radio]\nbandwidth =\n" DEVICE, NULL, 2, 12, "'bandwidth' has no value", "write it like"},
    {"[radio]\nbandwidth : 20 MHz\n" DEVICE, NULL, 2, 1, "neither '[group]' nor",
     "write 'bandwidth = 20 MHz'"},
    {"[simulation]\nrounds = 1,000,000\n" DEVICE, NULL, 2, 10, "'rounds' needs a whole number",
     "write '1000000'"},
    {"[device caf\xC3\xA9]\ndistance = 5 m\n", NULL, 1, 2, "'caf\xC3\xA9' is no device name",
     "a name is made of"},
    {"[device a]\nfrequency = 1 GHz\ncores = 1e9\ndistance = 10 m\n", NULL, 3, 9,
     "'cores' needs a whole number, not '1e9'", "it takes 1 .. 16777216"},
    {"[output]\nrecord = rounds, totals\n" DEVICE, NULL, 2, 10, "'rounds, totals' is no value",
     "join them by '+'"},
    {DEVICE "[device b]\ninherits = a\ndistance = 10 .. 20 m\n", NULL, 7, 12,
     "'distance' needs a unit of length at both ends", "write '10 m .. 20 m'"},
    {DEVICE "[device b]\ninherits = a\ndistance = 10 - 20 m\n", NULL, 7, 12,
     "'distance' needs a value or a range", "write '10 m .. 20 m'"},
    {"[radio]\nbandwith = 20 MHz\n" DEVICE, NULL, 2, 1, "[radio] has no key 'bandwith'",
     "did you mean 'bandwidth'?"},
    {"[server]\nbandwidth = 20 MHz\n" DEVICE, NULL, 2, 1, "[server] has no key 'bandwidth'",
     "'bandwidth' belongs to [radio]"},
    {"[simulaton]\nrounds = 2\n" DEVICE, NULL, 1, 2, "there is no group [simulaton]",
     "did you mean [simulation]?"},
    {"[devise b]\n" DEVICE, NULL, 1, 2, "there is no group [devise b]", "did you mean [device b]?"},
    {"[device]\n" DEVICE, NULL, 1, 2, "a device needs a name", "write '[device NAME]'"},
    {"[device a.b]\n" DEVICE, NULL, 1, 2, "'a.b' is no device name", "a name is made of"},
    {"[simulation]\nrounds = 2.5\n" DEVICE, NULL, 2, 10, "'rounds' needs a whole number, not '2.5'",
     "it takes 1 .. 1000000000"},
    {"[simulation]\nrounds = 1e3\n" DEVICE, NULL, 2, 10, "'rounds' needs a whole number",
     "write '1000'"},
    {"[simulation]\nrounds = 99999999999999999999\n" DEVICE, NULL, 2, 10,
     "'rounds' is out of range: 99999999999999999999", "it takes 1 .. 1000000000"},
    {"[simulation]\nrounds = 0\n" DEVICE, NULL, 2, 10, "'rounds' is out of range: 0", "it takes 1"},
    {"[simulation]\nrounds = -3\n" DEVICE, NULL, 2, 10, "'rounds' is out of range: -3", "it"},
    {"[simulation]\nseed = 18446744073709551616\n" DEVICE, NULL, 2, 8, "'seed' is out of range",
     "it takes 0 .. 18446744073709551615"},
    {"[simulation]\nprecision = delay\n" DEVICE, NULL, 2, 18, "'precision' has no value", NULL},
    {"[simulation]\nprecision = dealy 2 %\n" DEVICE, NULL, 2, 13, "'dealy' is no value of",
     "did you mean 'delay'?"},
    {"[simulation]\nprecision = none 2 %\n" DEVICE, NULL, 2, 18, "'none' takes nothing", NULL},
    {"[simulation]\nprecision = device-energy 2 %\n" DEVICE, NULL, 2, 13,
     "the energy of device 'a' is not modelled", "give every device"},
    {"[policy]\nweight = 1.5\n" DEVICE, NULL, 2, 10, "'weight' is out of range: 1.5",
     "it takes 0 .. 1"},
    {"[policy]\nweight = 20 %\n" DEVICE, NULL, 2, 13, "'weight' takes no unit", "write '0.2'"},
    {"[policy]\ncut = 17\n" DEVICE, NULL, 2, 7, "cut 17 is above the model's 16 layers",
     "it takes 0 .. 16"},
    {"[policy]\nname = static\n" DEVICE, NULL, 2, 8, "the policy 'static' needs 'cut'",
     "write 'cut = 8'"},
    {"[policy]\nname = crad\n" DEVICE, NULL, 2, 8, "no policy is called 'crad'",
     "did you mean 'card'?"},
    {"[policy]\nfrequency = 0.1 GHz\n" DEVICE, NULL, 2, 13,
     "at 0.1 GHz the server is slower than device 'a'", "all devices allow 326 MHz .. 2.46 GHz"},
    {"[policy]\nfrequency = 3 GHz\n" DEVICE, NULL, 2, 13,
     "3 GHz is above the server's 'frequency-max'", "all devices allow"},
    {"[policy]\nfrequency = maxx\n" DEVICE, NULL, 2, 13, "'maxx' is no value of 'frequency'",
     "did you mean 'max'?"},
    {"[radio]\nfading = raleigh\n" DEVICE, NULL, 2, 10, "'raleigh' is no value of 'fading'",
     "did you mean 'rayleigh'?"},
    {"[radio]\nreciprocal = maybe\n" DEVICE, NULL, 2, 14, "'maybe' is no value of 'reciprocal'",
     "it takes yes | no"},
    {"[radio]\ncqi-table = 2\nthresholds = nr-awgn\n" DEVICE, NULL, 3, 14,
     "the threshold set 'nr-awgn' belongs to CQI table 1", "write 'thresholds"},
    {"[radio]\ncqi-table = 4\n" DEVICE, NULL, 2, 13, "CQI table 4 needs SNR thresholds of your own",
     "write 'thresholds = FILE.csv'"},
    {"[radio]\ncqi-table = 5\n" DEVICE, NULL, 2, 13, "'5' is no value of 'cqi-table'",
     "it takes 1 | 2 | 3 | 4"},
    {"[radio]\nthresholds = ./no.csv\n" DEVICE, NULL, 2, 14, "cannot read", NULL},
    {"[radio]\nthresholds = nr-awgm\n" DEVICE, NULL, 2, 14, "unknown threshold set 'nr-awgm'",
     "did you mean 'nr-awgn'?"},
    {"[model]\nllm = llama-3.2-1\n" DEVICE, NULL, 2, 7, "no model is called 'llama-3.2-1'",
     "did you mean 'llama-3.2-1b'?"},
    {"[model]\nllm = ../../../../nowhere/x\n" DEVICE, NULL, 2, 7, "cannot read", NULL},
    {"[model]\nlayers = 4097\n" DEVICE, NULL, 2, 10, "'layers' is out of range: 4097",
     "it takes 1 .. 4096"},
    {"[training]\nlora-targets = q+w\n" DEVICE, NULL, 2, 18, "'w' is no value of 'lora-targets'",
     NULL},
    {"[training]\nlora-targets = q+q\n" DEVICE, NULL, 2, 18, "'lora-targets' names 'q' twice",
     NULL},
    {"[server]\nplatform = a100\n" DEVICE, NULL, 2, 12, "no platform is called 'a100'", NULL},
    {"[device a]\ncores = 3\ndistance = 1 m\n", NULL, 1, 2, "device 'a' needs 'frequency'",
     "write 'frequency = 1.3 GHz', or name a 'platform'"},
    {"[device a]\nfrequency = 1 GHz\ncores = 3\n", NULL, 1, 2, "device 'a' needs 'distance'",
     "write 'distance = 10 m'"},
    {"[device a]\nfrequency = 1 GHz\ncores = 3\ndistance = 30 m .. 5 m\n", NULL, 4, 12,
     "the range of 'distance' ends before it begins", "write '5 m .. 30 m'"},
    {"[device a]\nfrequency = 1 GHz\ncores = 3\ndistance = 5 .. 30 m\n", NULL, 4, 12,
     "'distance' needs a unit of length", "write '5 m .. 30 m'"},
    {"[device a]\nfrequency = 3 GHz\ncores = 3000\ndistance = 5 m\n", NULL, 2, 13,
     "device 'a' is faster than the server", "lower"},
    {DEVICE "inherits = b\n", NULL, 5, 12, "there is no device 'b'", NULL},
    {DEVICE "inherits = a\n", NULL, 5, 12, "'inherits' goes in a circle: a -> a", "take one"},
    {DEVICE DEVICE, NULL, 5, 2, "group [device a] occurs twice", "the first [device a] stands"},
    {DEVICE "[device b]\ninherits = c\n", NULL, 6, 12, "there is no device 'c'", NULL},
    {DEVICE "distance = 3 m\n", NULL, 5, 1, "key 'distance' occurs twice in [device a]",
     "it is already set at line 4"},
    {"[scenario]\nextends = a.ini\n" DEVICE, NULL, 2, 11, "'extends' goes in a circle", "take one"},
    {"[scenario]\nextends = gone.ini\n" DEVICE, NULL, 2, 11, "cannot read '", NULL},
    {"[simulation]\nrounds = 1000000000\n[training]\nlocal-epochs = 1000000\n" DEVICE, NULL, 2, 10,
     "1000000000 rounds take", "lower 'rounds'"},
    {"[sweep]\nradio.bandwith = 1 MHz\n" DEVICE, NULL, 2, 7, "[radio] has no key 'bandwith'",
     "did you mean 'bandwidth'?"},
    {"[sweep]\ndevice.b.cores = 1, 2\n" DEVICE, NULL, 2, 8, "there is no device 'b'", NULL},
    {"[sweep]\nbandwidth = 1, 2\n" DEVICE, NULL, 2, 1, "'bandwidth' is no 'group.key'",
     "did you mean 'radio.bandwidth'?"},
    {"[sweep]\noutput.record = 1, 2\n" DEVICE, NULL, 2, 1, "'output.record' cannot be swept", NULL},
    {"[simulation]\nreplications = 8\nmax-replications = 7\n" DEVICE, NULL, 3, 20,
     "'max-replications' is below 'replications', which is 8", "raise it"},
    {DEVICE, "radio.rician-k=0", 1, 16, "'rician-k' needs a unit of ratio", "write '0 dB'"},
    {DEVICE, "radio.reference-loss=0", 1, 22, "'reference-loss' needs a unit", "write '0 dB'"},
    {DEVICE, "server.noise-figure=0.0", 1, 21, "'noise-figure' needs a unit", "write '0.0 dB'"},
    {DEVICE, "server.idle-power=0", 1, 19, "'idle-power' needs a unit of power", "write '0 W'"},
    {DEVICE, "device.a.tx-power=0", 1, 19, "'tx-power' needs a unit of power", "write '0 W'"},
    {DEVICE, "radio.noise-density=0", 1, 21, "'noise-density' needs a unit", "write"},
    {DEVICE, "device.a.speed=1.4", 1, 16, "'speed' needs a unit of speed", "write '1.4 m/s'"},
    {DEVICE, "radio.carrier=3.5e9", 1, 15, "'carrier' needs a unit", "write '3.5e9 Hz'"},
    {DEVICE, "device.a.distance=5-60 m", 1, 19, "'distance' needs a value or a range",
     "write '5 m .. 60 m'"},
    {"[model]\nllm = gpt2\n[training]\nsequence-length = 1025\n" DEVICE, NULL, 4, 19,
     "gpt2 holds sequences of up to 1024 tokens", "it takes 1 .. 1024"},
    {DEVICE, "radio.bandwidth=20", 1, 17, "'bandwidth' needs a unit", "write '20 MHz'"},
    {DEVICE, "bandwidth=20 MHz", 1, 1, "'bandwidth' is no 'group.key'",
     "did you mean 'radio.bandwidth'?"},
    {DEVICE, "radio.bandwith=20 MHz", 1, 7, "[radio] has no key 'bandwith'", "did you mean"},
    {DEVICE, "raido.bandwidth=20 MHz", 1, 1, "there is no group [raido]", "did you mean [radio]?"},
    {DEVICE, "device.b.cores=20", 1, 8, "there is no device 'b'", NULL},
    {DEVICE, "device.cores=20", 1, 1, "'device.cores' does not say which device", "write"},
    {DEVICE, "simulation.rounds", 1, 1, "this override has no '='", "write"},
    {DEVICE, "scenario.extends=b.ini", 1, 1, "'scenario.extends' cannot be overridden", "set it"},
    {DEVICE, "scenario.title=a\nb", 1, 17, "this is no line of text", NULL},
    {DEVICE, "scenario.title=a # b", 1, 18, "a value holds no comment", NULL},
};

START_TEST(bad_inputs_are_explained)
{
    const Bad *bad = &bad_inputs[_i];
    const char *const overrides[] = {bad->override, NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text(bad->text, overrides, diagnostics));
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(cs_diagnostics_errors(diagnostics) == 1, "%s", shown);
    CsPlace place = cs_diagnostics_place(diagnostics, 0);
    ck_assert_msg(place.line == bad->line && place.column == bad->column, "%s", shown);
    ck_assert_msg(g_str_has_prefix(cs_diagnostics_message(diagnostics, 0), bad->message), "%s",
                  shown);
    const char *help = cs_diagnostics_help(diagnostics, 0);
    ck_assert_msg(bad->help == NULL || (help != NULL && g_str_has_prefix(help, bad->help)), "%s",
                  shown);
    if (bad->override != NULL)
        ck_assert_str_eq(cs_source_name(place.source), "-s");
    ck_assert(!cs_diagnostics_unreadable(diagnostics));
}
END_TEST

/* --- keys beyond the letter's model: where they are wrong, at the value's own column -------------
 */

typedef struct {
    const char *group, *key, *value;
    guint offset; /* of what is wrong, in the value */
    const char *message;
} BadValue;

static const BadValue bad_values[] = {
    {"simulation", "cluster-size", "0", 0, "'cluster-size' is out of range: 0"},
    {"simulation", "deadline", "5", 0, "'deadline' needs a unit of time"},
    {"simulation", "deadline", "0 s", 0, "'deadline' is out of range"},
    {"simulation", "quorum", "101 %", 0, "'quorum' is out of range"},
    {"simulation", "quorum", "0.5 dB", 4, "'quorum' needs a unit of"},
    {"simulation", "schedule", "paralel", 0, "'paralel' is no value of 'schedule'"},
    {"model", "memory-check", "perhaps", 0, "'perhaps' is no value of 'memory-check'"},
    {"training", "weight-precision", "65 bit", 0, "'weight-precision' is out of range"},
    {"training", "weight-precision", "4", 0, "'weight-precision' needs a unit of"},
    {"training", "optimizer", "adamw", 0, "'adamw' is no value of 'optimizer'"},
    {"training", "optimizer-precision", "0 bit", 0, "'optimizer-precision' is out of range"},
    {"training", "activation-checkpointing", "some", 0, "'some' is no value of"},
    {"server", "gpus", "0", 0, "'gpus' is out of range"},
    {"server", "discipline", "lifo", 0, "'lifo' is no value of 'discipline'"},
    {"server", "idle-power", "-1 W", 0, "'idle-power' is out of range"},
    {"server", "idle-power", "30 J", 3, "'idle-power' needs a unit of power"},
    {"radio", "sharing", "eqal", 0, "'eqal' is no value of 'sharing'"},
    {"radio", "path-loss", "umx", 0, "'umx' is no value of 'path-loss'"},
    {"radio", "line-of-sight", "often", 0, "'often' is no value of 'line-of-sight'"},
    {"radio", "ap-height", "0 m", 0, "'ap-height' is out of range"},
    {"radio", "shadowing-distance", "1e7 m", 0, "'shadowing-distance' is out of range"},
    {"radio", "coherence", "10", 0, "'coherence' needs a unit of time"},
    {"radio", "coherence", "0 s", 0, "'coherence' is out of range"},
    {"radio", "coherence", "raund", 0, "'raund' is no value of 'coherence'"},
    {"radio", "doppler", "clarke", 0, "'clarke' is no value of 'doppler'"},
    {"radio", "block-error-rate", "100 %", 0, "'block-error-rate' is out of range"},
    {"radio", "error-curves", "./none.csv", 0, "cannot read './none.csv'"},
    {"radio", "combining", "soft", 0, "'soft' is no value of 'combining'"},
    {"radio", "retransmissions", "5", 0, "'retransmissions' is out of range: 5"},
    {"radio", "retransmissions", "1.5", 0, "'retransmissions' needs a whole number"},
    {"radio", "block-size", "0 bit", 0, "'block-size' is out of range"},
    {"radio", "round-trip-time", "61 s", 0, "'round-trip-time' is out of range"},
    {"radio", "processes", "0", 0, "'processes' is out of range"},
    {"radio", "transfer-limit", "0 s", 0, "'transfer-limit' is out of range"},
    {"radio", "transfer-limit", "5 m", 2, "'transfer-limit' needs a unit of time"},
    {"device", "memory", "platform", 0, "the memory of device 'a' is its platform's"},
    {"device", "memory", "0 GB", 0, "'memory' is out of range"},
    {"device", "memory", "8 Gbps", 2, "'Gbps' is no unit"},
    {"device", "memory", "1 MB", 0, "device 'a' has 0.001 GB of memory, and even cut 0 needs"},
    {"device", "battery", "10 W", 3, "'battery' needs a unit of energy"},
    {"device", "battery", "10 Wh", 0, "the battery of device 'a' needs to know what computing"},
    {"device", "idle-power", "2", 0, "'idle-power' needs a unit of power"},
    {"device", "rx-power", "0 W", 0, "'rx-power' is out of range"},
    {"device", "time-to-failure", "0 s", 0, "'time-to-failure' is out of range"},
    {"device", "repair-time", "5", 0, "'repair-time' needs a unit of time"},
    {"device", "availability", "./none.csv", 0, "cannot read './none.csv'"},
    {"device", "availability", "=x.csv", 0, "'availability' cannot begin with '='"},
    {"device", "availability-kind", "away", 0, "'away' is no value of 'availability-kind'"},
    {"device", "availability-time-unit", "h", 0, "'h' is no value of 'availability-time-unit'"},
    {"device", "availability-start", "2 s .. 1 s", 0, "the range of 'availability-start' ends"},
    {"device", "availability-start", "-1 s", 0, "'availability-start' is out of range"},
    {"device", "availability-end", "loops", 0, "'loops' is no value of 'availability-end'"},
    {"device", "height", "0 m", 0, "'height' is out of range"},
    {"device", "speed", "-1 m/s", 0, "'speed' is out of range"},
    {"device", "speed", "3", 0, "'speed' needs a unit of speed"},
    {"device", "mobility", "circular", 0, "'circular' is no value of 'mobility'"},
    {"device", "direction", "361 deg", 0, "'direction' is out of range"},
    {"device", "direction", "90 m", 3, "'direction' needs a unit of"},
    {"device", "area-radius", "0.01 m", 0, "'area-radius' is out of range"},
    {"device", "pause", "-1 s", 0, "'pause' is out of range"},
    {"device", "trace", "./none.csv", 0, "cannot read './none.csv'"},
    {"device", "trace-kind", "sinr", 0, "'sinr' is no value of 'trace-kind'"},
    {"device", "trace-time-unit", "min", 0, "'min' is no value of 'trace-time-unit'"},
    {"device", "trace-unit", "bps", 0, "'bps' is no value of 'trace-unit'"},
    {"device", "trace-end", "repeat", 0, "'repeat' is no value of 'trace-end'"},
    {"device", "trace-value", "", 0, "'trace-value' has no value"},
    {"policy", "delay-limit", "0 s", 0, "'delay-limit' is out of range"},
    {"policy", "energy-budget", "5 W", 2, "'energy-budget' needs a unit of energy"},
    {"policy", "tradeoff", "0", 0, "'tradeoff' is out of range"},
    {"policy", "csi", "late", 0, "'late' is no value of 'csi'"},
    {"policy", "csi", "perfect now", 8, "'perfect' of 'csi' takes nothing behind it"},
    {"policy", "csi", "delayed 0 rounds", 8, "'delayed' of 'csi' takes 1 to 1000 rounds"},
    {"policy", "csi", "error 2", 6, "'csi' needs a unit of"},
    {"policy", "csi", "error 60 dB", 6, "'csi' is out of range"},
    {"policy", "name", "card-deadline", 0, "the policy 'card-deadline' needs 'delay-limit'"},
    {"policy", "name", "open", 0, "the policy 'open' needs 'energy-budget'"},
};

START_TEST(bad_values_are_told_in_their_place)
{
    const BadValue *bad = &bad_values[_i];
    gboolean device = strcmp(bad->group, "device") == 0;
    g_autofree char *text =
        device ? g_strdup_printf(DEVICE "%s = %s\n", bad->key, bad->value)
               : g_strdup_printf("[%s]\n%s = %s\n" DEVICE, bad->group, bad->key, bad->value);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text(text, NULL, diagnostics));
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    CsPlace place = cs_diagnostics_place(diagnostics, 0);
    guint column = (guint)strlen(bad->key) + 4 + bad->offset - (*bad->value == '\0' ? 1 : 0);
    ck_assert_msg(cs_diagnostics_errors(diagnostics) == 1, "%s", shown);
    ck_assert_msg(place.line == (device ? 5 : 2) && place.column == column, "%s", shown);
    ck_assert_msg(g_str_has_prefix(cs_diagnostics_message(diagnostics, 0), bad->message), "%s",
                  shown);
}
END_TEST

/* What is wrong only together: at the key that the device or [radio] gives, whichever is in force.
 */
START_TEST(contradictions_are_told_at_a_key)
{
#define OTHER "[device b]\ninherits = a\n"
    static const Bad together[] = {
        {"[radio]\nfading = nakagami\ncoherence = 10 ms\n" DEVICE, NULL, 3, 13,
         "device 'a': Nakagami fading has no Doppler spectrum", "write 'fading = rayleigh'"},
        {"[radio]\nfading = nakagami\n" DEVICE OTHER "coherence = 10 ms\n", NULL, 9, 13,
         "device 'b': Nakagami fading", NULL},
        {DEVICE "mobility = random-waypoint\narea-radius = 5 m\n", NULL, 4, 12,
         "device 'a' starts up to 10 m away, outside the area of 5 m", "raise 'area-radius'"},
        {DEVICE "sharing = equal\n" OTHER "sharing = proportional-fair\n", NULL, 8, 11,
         "devices 'a' and 'b' share the air, but differ in sharing", "set both in [radio]"},
        {"[radio]\nsharing = equal\n" DEVICE OTHER "bandwidth = 5 MHz\n", NULL, 9, 13,
         "devices 'a' and 'b' share the air", NULL},
        /* b has the default bandwidth: what it does give is that it shares */
        {DEVICE "sharing = equal\nbandwidth = 5 MHz\n[device b]\ncores = 1000\nfrequency = 1 GHz\n"
                "distance = 1 m\nsharing = equal\n",
         NULL, 11, 11, "devices 'a' and 'b' share the air", NULL},
        {DEVICE "time-to-failure = 1 h\navailability = a.csv\n", NULL, 5, 19,
         "device 'a' has an 'availability' too", "leave one of them out"},
        {DEVICE "availability = a.csv\navailability-start = 9 s\n", NULL, 6, 22,
         "device 'a' begins at or behind the end of its file, 9 s", "begin earlier"},
        {DEVICE "availability = a.csv\navailability-state = st\n", NULL, 5, 16,
         "'a.csv' has no column 'st'", NULL},
        {"[server]\ngpus = unlimited\nidle-power = 3 W\n" DEVICE, NULL, 3, 14,
         "unlimited GPUs have no idle time to count", "write 'gpus = 4'"},
        {"[model]\nmemory-check = yes\n" DEVICE "memory = 2 GB\n[policy]\nname = device-only\n",
         NULL, 7, 10, "device 'a' has 2 GB of memory, and cut 16 of the policy 'device-only'",
         NULL},
    };
    g_autofree char *log = file_of("a.csv", "time,state\n0,up\n5,down\n9,up\n");
    for (guint i = 0; i < G_N_ELEMENTS(together); i++) {
        const Bad *bad = &together[i];
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_ptr_null(read_text(bad->text, NULL, diagnostics));
        g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
        CsPlace place = cs_diagnostics_place(diagnostics, 0);
        ck_assert_msg(cs_diagnostics_errors(diagnostics) == 1, "%s", shown);
        ck_assert_msg(place.line == bad->line && place.column == bad->column, "%u: %s", i, shown);
        ck_assert_msg(g_str_has_prefix(cs_diagnostics_message(diagnostics, 0), bad->message), "%s",
                      shown);
        const char *help = cs_diagnostics_help(diagnostics, 0);
        ck_assert_msg(bad->help == NULL || (help != NULL && g_str_has_prefix(help, bad->help)),
                      "%s", shown);
    }
}
END_TEST

/* A file whose times are stamps since 1970 would leave the device where it is for 50 years. */
START_TEST(stamps_without_a_start_are_warned_of)
{
    g_autofree char *log = file_of("a.csv", "time,state\n1700000000,up\n1700000005,down\n");
    for (int i = 0; i < 2; i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsScenario) scenario =
            read_text(i == 0 ? DEVICE "availability = a.csv\n"
                             : DEVICE "availability = a.csv\navailability-start = 1700000000 s\n",
                      NULL, diagnostics);
        g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
        ck_assert_ptr_nonnull(scenario);
        ck_assert_msg((strstr(shown, "a.ini:5:16: warning: nothing changes in the first") !=
                       NULL) == (i == 0),
                      "%s", shown);
    }
}
END_TEST

/* Which way a device goes is written in degrees. */
START_TEST(a_direction_is_an_angle)
{
    static const struct {
        const char *text;
        double rad;
    } ways[] = {{"direction = 90 deg\n", G_PI / 2}, {"direction = 30 deg\n", G_PI / 6}, {"", 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *text = g_strconcat(DEVICE "mobility = linear\n", ways[i].text, NULL);
        g_autoptr(CsScenario) scenario = read_good(text, NULL);
        ck_assert_double_eq_tol(cs_scenario_config(scenario)->groups[0].mobility.direction_rad,
                                ways[i].rad, 1e-15);
    }
}
END_TEST

/* Keys that change nothing, but something where `with` holds; with a minus the other way round. */
static const struct {
    const char *given, *with; /* [group]key = value */
} idle_keys[] = {
    {"[simulation]cluster-size = 2", "[simulation]schedule = clusters"},
    {"[simulation]quorum = 50 %", "[simulation]deadline = 10 s"},
    {"[simulation]quorum = 50 %", "[radio]transfer-limit = 10 s"},
    {"[simulation]max-replications = 9", "[simulation]precision = delay 2 %"},
    {"[server]gpus = 2", "[simulation]schedule = parallel"},
    {"[server]gpus = 2", "[server]idle-power = 30 W"},
    {"[server]discipline = processor-sharing", "[simulation]schedule = parallel"},
    {"[policy]cut = 4", "[policy]name = static"},
    {"[policy]frequency = max", "[policy]name = server-only"},
    {"[policy]tradeoff = 1e7", "[policy]name = open"},
    {"[radio]rician-k = 0 dB", "[radio]fading = rician"},
    {"[radio]nakagami-m = 3", "[radio]fading = nakagami"},
    {"[radio]doppler = gauss-markov", "[radio]coherence = 10 ms"},
    {"[radio]max-repetitions = 4", "-[radio]rate = shannon"},
    {"[radio]outage = floor", "-[radio]rate = gap"},
    {"[radio]reciprocal = yes", "-[radio]fading = none"},
    {"[radio]retransmissions = 1", "[radio]block-error-rate = 10 %"},
    {"[radio]block-size = 8 kbit", "[radio]round-trip-time = 8 ms"},
    {"[radio]processes = 2", "[radio]round-trip-time = 8 ms"},
    {"[radio]shadowing-distance = 5 m", "[device a]mobility = linear"},
    {"[device a]pause = 5 s", "[device a]mobility = random-waypoint"},
    {"[device a]area-radius = 50 m", "[device a]mobility = random-waypoint"},
    {"[device a]direction = 90 deg", "[device a]mobility = linear"},
    {"[device a]speed = 2 m/s", "[device a]mobility = linear"},
    {"[device a]speed = 2 m/s", "[radio]coherence = 10 ms"},
};

/* "[group]key = value" laid over DEVICE. Transfer full. */
static char *laid(const char *first, const char *second)
{
    GString *text = g_string_new("[policy]\nenergy-budget = 100 J\n");
    const char *settings[] = {first, second};
    static const char *const groups[] = {"simulation", "server", "radio", "policy", "device a"};
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        gboolean device = i == 4, policy = i == 3;
        if (device)
            g_string_append(text, DEVICE);
        else if (!policy)
            g_string_append_printf(text, "[%s]\n", groups[i]);
        for (guint k = 0; k < 2; k++) {
            const char *s = settings[k] != NULL ? settings[k] + (settings[k][0] == '-') : "[]";
            const char *end = strchr(s, ']');
            if ((gsize)(end - s) - 1 != strlen(groups[i]) ||
                strncmp(s + 1, groups[i], strlen(groups[i])) != 0)
                continue;
            if (policy)
                g_string_insert(text, strlen("[policy]\n"), "\n");
            g_string_insert(text, policy ? (gssize)strlen("[policy]\n") : (gssize)text->len,
                            end + 1);
            if (!policy)
                g_string_append_c(text, '\n');
        }
    }
    return g_string_free(text, FALSE);
}

static guint idle_of(const char *text, const char *key)
{
    g_autoptr(CsScenario) scenario = read_good(text, NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    cs_scenario_tell_idle(scenario, diagnostics);
    guint n = 0;
    for (guint i = 0; i < cs_diagnostics_count(diagnostics); i++)
        n += g_str_has_prefix(cs_diagnostics_message(diagnostics, i), key);
    return n;
}

START_TEST(keys_that_change_nothing_are_told)
{
    const char *given = idle_keys[_i].given, *with = idle_keys[_i].with;
    gboolean idle_with = with[0] == '-';
    const char *name = strchr(given, ']') + 1;
    g_autofree char *key = g_strndup(name, (gsize)(strchr(name, ' ') - name));
    g_autofree char *message = g_strdup_printf("'%s' is ignored: ", key);
    /* The policy 'static' needs its cut. */
    g_autofree char *alone = laid(given, NULL), *both = laid(given, with);
    ck_assert_msg((idle_of(alone, message) > 0) != idle_with, "%s", alone);
    ck_assert_msg((idle_of(both, message) > 0) == idle_with, "%s", both);
}
END_TEST

/* A value that is the default says nothing, unless the command line does; one that acts for an heir
 * acts. */
START_TEST(defaults_and_heirs_are_not_idle)
{
    ck_assert_uint_eq(idle_of("[radio]\nrician-k = 6.0 dB\n" DEVICE, "'rician-k'"), 0);
    const char *const said[] = {"radio.rician-k=6dB", NULL};
    g_autoptr(CsScenario) scenario = read_good(DEVICE, said);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    cs_scenario_tell_idle(scenario, diagnostics);
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
    ck_assert_uint_eq(idle_of(DEVICE "pause = 5 s\n[device b]\ninherits = a\n"
                                     "mobility = random-waypoint\narea-radius = 50 m\n",
                              "'pause'"),
                      0);
    ck_assert_uint_eq(idle_of(DEVICE "pause = 5 s\n[device b]\ninherits = a\n", "'pause'"), 1);
}
END_TEST

/* All errors of all files at once, each once, in order. */
START_TEST(all_errors_are_told)
{
    g_autofree char *base = file_of("base.ini", "[model]\nllm = ./my.ini\n[radio]\nrate = x\n");
    g_autofree char *model = file_of("my.ini", "[model]\nhidden = 64\n");
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text("[scenario]\nextends = base.ini\n[policy]\nweight = 2\n"
                                 "[device a]\ncores = x\n[device b]\ninherits = c\n"
                                 "[device c]\ninherits = b\n",
                                 NULL, diagnostics));
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    static const char *const parts[] = {
        "a.ini:4:10: error: 'weight' is out of range",
        "a.ini:5:2: error: device 'a' needs 'frequency'",
        "a.ini:5:2: error: device 'a' needs 'distance'",
        "a.ini:6:9: error: 'cores' needs a whole number",
        "'inherits' goes in a circle: b -> c -> b",
        "base.ini:4:8: error: 'x' is no value of 'rate'",
        "my.ini:",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        ck_assert_msg(strstr(shown, parts[i]) != NULL, "%s\nin\n%s", parts[i], shown);
}
END_TEST

START_TEST(unreadable_scenarios)
{
    static const char *const names[] = {"/nonexistent/a.ini", "/tmp"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        ck_assert_ptr_null(cs_scenario_read(names[i], NULL, paths, diagnostics));
        ck_assert(cs_diagnostics_unreadable(diagnostics));
    }
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text("\x7f"
                                 "ELF\x02\x01\xff",
                                 NULL, diagnostics));
    ck_assert(!cs_diagnostics_unreadable(diagnostics));
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).line, 1);
}
END_TEST

START_TEST(averaging_thresholds_warn)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario =
        read_text("[radio]\nthresholds = tu-fading\n" DEVICE, NULL, diagnostics);
    ck_assert_ptr_nonnull(scenario);
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 0);
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1);
    ck_assert_int_eq(cs_diagnostics_severity(diagnostics, 0), CS_SEVERITY_WARNING);
    g_autoptr(CsDiagnostics) quiet = cs_diagnostics_new();
    g_autoptr(CsScenario) still =
        read_text("[radio]\nthresholds = tu-fading\nfading = none\n" DEVICE, NULL, quiet);
    ck_assert_ptr_nonnull(still);
    ck_assert_uint_eq(cs_diagnostics_count(quiet), 0);
}
END_TEST

START_TEST(long_extends_chains_end)
{
    for (int i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("c%d.ini", i);
        g_autofree char *text = g_strdup_printf("[scenario]\nextends = c%d.ini\n", i + 1);
        g_free(file_of(name, text));
    }
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(read_text("[scenario]\nextends = c0.ini\n" DEVICE, NULL, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 1);
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0),
                     "more than 16 files extend one another");
}
END_TEST

/* Mutated and cut versions of letter.ini end in a scenario or in errors, never in a crash. */
START_TEST(mutations_never_crash)
{
    static const char *const pieces[] = {"[",  "]", "=",  "#",   "\n",      "\xff", "1e400",
                                         "-",  "0", "..", "nan", "device ", " ",    "999999999999",
                                         "\t", "+"};
    g_autofree char *path = cs_test_path("scenarios/letter.ini"), *letter = NULL;
    gsize length;
    ck_assert(g_file_get_contents(path, &letter, &length, NULL));
    CsRandomKey key = cs_random_key(1, 1, 2, CS_PURPOSE_POLICY);
    for (guint i = 0; i < 3000; i++) {
        guint32 draw = 0;
#define DRAW(n) ((gsize)(cs_random_uniform(key, i, draw++) * 0.999999 * (double)(n)))
        GString *text = g_string_new_len(letter, (gssize)length);
        for (gsize k = 0, n = 1 + DRAW(4); k < n && text->len > 1; k++) {
            gsize at = DRAW(text->len), kind = DRAW(4);
            if (kind == 0)
                text->str[at] = (char)DRAW(256);
            else if (kind == 1)
                g_string_insert(text, (gssize)at, pieces[DRAW(G_N_ELEMENTS(pieces))]);
            else if (kind == 2)
                g_string_erase(text, (gssize)at, 1 + (gssize)DRAW(MIN(30, text->len - at)));
            else if (DRAW(4) == 0)
                g_string_truncate(text, at);
        }
#undef DRAW
        g_autofree char *mutated = g_build_filename(folder, "m.ini", NULL);
        FILE *file = fopen(mutated, "wb"); /* no sync, unlike g_file_set_contents(): thousands */
        fwrite(text->str, 1, text->len, file);
        fclose(file);
        g_string_free(text, TRUE);
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsScenario) scenario = cs_scenario_read(mutated, NULL, paths, diagnostics);
        ck_assert((scenario == NULL) == (cs_diagnostics_errors(diagnostics) > 0));
        g_autofree char *shown = cs_diagnostics_format(diagnostics, TRUE);
        ck_assert(g_utf8_validate(shown, -1, NULL));
    }
}
END_TEST

static void remove_folder(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
}

int main(void)
{
    paths = cs_paths_new(NULL);
    folder = g_dir_make_tmp("cardsim-scenario-XXXXXX", NULL);
    Suite *suite = suite_create("scenario");
    TCase *tc = tcase_create("scenario");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, letter_is_as_prescribed);
    tcase_add_test(tc, letter_says_every_key);
    tcase_add_test(tc, shipped_scenarios_read_and_format_back);
    tcase_add_test(tc, template_is_a_valid_scenario);
    tcase_add_test(tc, key_table_is_sound);
    tcase_add_test(tc, a_new_configuration_is_an_empty_scenarios);
    tcase_add_test(tc, names_are_sound);
    tcase_add_test(tc, every_table_can_be_recorded);
    tcase_add_test(tc, minimal_scenario_takes_defaults);
    tcase_add_test(tc, inherits_counts_and_ranges);
    tcase_add_test(tc, platforms_give_what_is_not_said);
    tcase_add_test(tc, overrides_and_points);
    tcase_add_test(tc, axes_read_back);
    tcase_add_test(tc, availability_of_one_row);
    tcase_add_test(tc, extends_lays_files_over_one_another);
    tcase_add_loop_test(tc, bad_inputs_are_explained, 0, G_N_ELEMENTS(bad_inputs));
    tcase_add_loop_test(tc, bad_values_are_told_in_their_place, 0, G_N_ELEMENTS(bad_values));
    tcase_add_test(tc, contradictions_are_told_at_a_key);
    tcase_add_test(tc, stamps_without_a_start_are_warned_of);
    tcase_add_loop_test(tc, keys_that_change_nothing_are_told, 0, G_N_ELEMENTS(idle_keys));
    tcase_add_test(tc, defaults_and_heirs_are_not_idle);
    tcase_add_test(tc, a_direction_is_an_angle);
    tcase_add_test(tc, all_errors_are_told);
    tcase_add_test(tc, unreadable_scenarios);
    tcase_add_test(tc, averaging_thresholds_warn);
    tcase_add_test(tc, long_extends_chains_end);
    tcase_add_test(tc, mutations_never_crash);
    suite_add_tcase(suite, tc);
    int status = cs_check_main(suite);
    remove_folder();
    g_free(folder);
    cs_paths_unref(paths);
    return status;
}
