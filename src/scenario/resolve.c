/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/resolve: every value typed, platforms and tables filled in, limits checked. See
 * resolve.h; the radio and the devices have files of their own.
 */
#include "scenario/resolve.h"

#include "base/suggest.h"
#include "scenario/resolver.h"

#include <string.h>

/* Cost tables are kept per group and cut: 32 bytes each, bounded to 128 MiB. */
#define GROUP_CUTS_MAX 4194304

/* --- simulation, model, training -------------------------------------------------------------- */

static void resolve_scenario(CsResolver *r, const char *name)
{
    const CsRaw *title = &r->table->fixed[CS_KEY_TITLE],
                *extends = &r->table->fixed[CS_KEY_EXTENDS];
    CsTyped unused;
    if (cs_raw_given(title))
        cs_resolver_take_fixed(r, CS_KEY_TITLE, CS_KEY_TITLE);
    else
        cs_resolver_add_setting(r, "scenario", CS_KEY_TITLE, name, (CsPlace){NULL, 0, 0, 0},
                                "file name");
    if (cs_raw_given(extends)) /* what it brings is in force already: it is no setting of its own */
        cs_typed_read(cs_key(CS_KEY_EXTENDS), extends->text, extends->place, &unused,
                      r->diagnostics);
    r->config->title = g_strdup(cs_raw_given(title) ? title->text : name);
}

static void resolve_model(CsResolver *r)
{
    const CsRaw *given = &r->table->fixed[CS_KEY_LLM];
    cs_resolver_take_fixed(r, CS_KEY_LLM, CS_KEY_LLM);
    const char *name = cs_raw_given(given) ? given->text : cs_key(CS_KEY_LLM)->fallback;
    const CsRaw llm = {name, given->directory, cs_resolver_head(r, CS_KEY_LLM)};
    const CsArchitecture *found = NULL;
    if (r->fixed[CS_KEY_LLM].valid)
        found = cs_library_get(r->library, CS_SHELF_ARCHITECTURES, &llm, NULL, r->diagnostics);
    if (found != NULL)
        r->config->architecture = cs_architecture_copy(found);
    CsTyped *layers = &r->fixed[CS_KEY_LAYERS];
    cs_resolver_take_derived(r, "model", CS_KEY_LAYERS, &r->table->fixed[CS_KEY_LAYERS],
                             found != NULL ? (double)found->n_layers : NAN, "model", name, layers);
    if (found != NULL && layers->valid && layers->whole != found->n_layers)
        cs_architecture_set_layers(r->config->architecture, (guint)layers->whole);
    cs_resolver_take_fixed(r, CS_KEY_HEAD, CS_KEY_MEMORY_CHECK);
}

/* A model has positions for so many tokens and no more. */
static void check_context(CsResolver *r)
{
    const CsArchitecture *model = r->config->architecture;
    const CsTyped *length = &r->fixed[CS_KEY_SEQUENCE_LENGTH];
    if (model == NULL || model->max_context == 0 || !length->valid ||
        length->whole <= model->max_context)
        return;
    g_autofree char *help =
        g_strdup_printf("it takes 1 .. %u, or name another 'llm'", model->max_context);
    cs_diagnostics_error(
        r->diagnostics, cs_resolver_head(r, CS_KEY_SEQUENCE_LENGTH), help,
        "%s holds sequences of up to %u tokens, and 'sequence-length' is %" G_GUINT64_FORMAT,
        model->name, model->max_context, length->whole);
}

/* The training; the model's own file may say how its weights are stored. */
static void resolve_training(CsResolver *r)
{
    const CsArchitecture *model = r->config->architecture;
    double stored_bit = model != NULL && model->weight_bit > 0 ? model->weight_bit : (double)NAN;
    cs_resolver_take_fixed(r, CS_KEY_LOCAL_EPOCHS, CS_KEY_LORA_TARGETS);
    cs_resolver_take_derived(r, "training", CS_KEY_WEIGHT_PRECISION,
                             &r->table->fixed[CS_KEY_WEIGHT_PRECISION], stored_bit, "model",
                             model != NULL ? model->name : "", &r->fixed[CS_KEY_WEIGHT_PRECISION]);
    cs_resolver_take_fixed(r, CS_KEY_OPTIMIZER, CS_KEY_ALLOCATOR_OVERHEAD);
}

/* --- server ----------------------------------------------------------------------------------- */

static void resolve_server(CsResolver *r)
{
    const CsRaw *raw = r->table->fixed;
    CsTyped *fixed = r->fixed;
    const CsRaw *named = &raw[CS_KEY_SERVER_PLATFORM];
    gboolean failed = FALSE;
    const CsPlatform *p = cs_resolver_platform(r, "server", CS_KEY_SERVER_PLATFORM, named, &failed);
    const char *name = p != NULL ? named->text : "";
    cs_resolver_take_range(r, "server", CS_KEY_SERVER_FREQUENCY_MAX, CS_KEY_SERVER_STEP_OVERHEAD,
                           raw, p, name, fixed);
    r->config->server.power_table = cs_resolver_power_table(r, "server", CS_KEY_SERVER_POWER_TABLE,
                                                            &raw[CS_KEY_SERVER_POWER_TABLE], p);
    const CsLayerTimes *times = cs_resolver_layer_times(r, "server", CS_KEY_SERVER_LAYER_TIMES,
                                                        &raw[CS_KEY_SERVER_LAYER_TIMES], p);
    if (p != NULL && isnan(p->power_coefficient) && r->config->server.power_table == NULL &&
        !cs_raw_given(&raw[CS_KEY_SERVER_POWER_COEFFICIENT]))
        cs_diagnostics_error(r->diagnostics, named->place, "set 'power-coefficient' in [server]",
                             "the power of the platform '%s' is not known", name);
    cs_resolver_take_fixed(r, CS_KEY_SERVER_GPUS, CS_KEY_SERVER_NOISE_FIGURE);
    cs_typed_store_all(fixed, CS_OWNER_CsConfig, r->config);
    r->config->server.rates.times = times;
    if (r->config->server.gpus == CS_GPUS_UNLIMITED && isfinite(r->config->server.idle_power_w))
        cs_diagnostics_error(r->diagnostics, raw[CS_KEY_SERVER_IDLE_POWER].place,
                             "write 'gpus = 4', or leave 'idle-power' out",
                             "unlimited GPUs have no idle time to count");
    r->server_sound = !failed && fixed[CS_KEY_SERVER_FREQUENCY_MAX].valid &&
                      fixed[CS_KEY_SERVER_CORES].valid &&
                      fixed[CS_KEY_SERVER_FLOPS_PER_CYCLE].valid;
}

/* --- policy ----------------------------------------------------------------------------------- */

static const CsPolicy *find_policy(CsResolver *r)
{
    const CsRaw *named = &r->table->fixed[CS_KEY_POLICY];
    const char *name = cs_raw_given(named) ? named->text : cs_key(CS_KEY_POLICY)->fallback;
    const CsPolicySet *set = cs_library_policies(r->library);
    const CsPolicy *policy = cs_policy_set_find(set, name);
    if (policy != NULL || !r->fixed[CS_KEY_POLICY].valid)
        return policy;
    guint n;
    const CsPolicy *const *policies = cs_policy_set_list(set, &n);
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (guint i = 0; i < n; i++)
        names[i] = policies[i]->name;
    const char *similar = cs_suggest(name, names, n);
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    g_autofree char *help = similar != NULL ? g_strdup_printf("did you mean '%s'?", similar)
                                            : g_strdup_printf("the policies are %s", all);
    cs_diagnostics_error(r->diagnostics, named->place, help, "no policy is called '%s'", name);
    return NULL;
}

/* A frequency that is a value must suit all devices: [largest F_min, F_max]. */
static void check_frequency(CsResolver *r, double frequency_hz)
{
    const CsServer *server = &r->config->server;
    double least_hz = 0;
    const char *name = NULL;
    for (guint i = 0; i < r->config->n_groups; i++) {
        const CsDeviceGroup *group = &r->config->groups[i];
        double hz = group->frequency_hz * group->flops_per_cycle * group->cores /
                    (server->flops_per_cycle * server->cores);
        if (hz > least_hz && hz <= server->frequency_max_hz) {
            least_hz = hz;
            name = group->name;
        }
    }
    if (r->config->compute == CS_COMPUTE_MEASURED) /* least_hz is another: prepare() looks */
        return;
    if (frequency_hz >= least_hz && frequency_hz <= server->frequency_max_hz)
        return;
    const char *text = r->table->fixed[CS_KEY_FREQUENCY].text;
    double shown_hz = MIN(ceil(least_hz / 1e6) * 1e6, server->frequency_max_hz);
    g_autofree char *low = cs_quantity_format(shown_hz, CS_DIMENSION_FREQUENCY);
    g_autofree char *high = cs_quantity_format(server->frequency_max_hz, CS_DIMENSION_FREQUENCY);
    g_autofree char *help = g_strdup_printf("all devices allow %s .. %s", low, high);
    if (frequency_hz < least_hz)
        cs_diagnostics_error(r->diagnostics, r->table->fixed[CS_KEY_FREQUENCY].place, help,
                             "at %s the server is slower than device '%s'", text, name);
    else
        cs_diagnostics_error(r->diagnostics, r->table->fixed[CS_KEY_FREQUENCY].place, help,
                             "%s is above the server's 'frequency-max' of %s", text, high);
}

/* Keys that a policy cannot do without. */
static void check_needs(CsResolver *r, const CsPolicy *policy)
{
    static const struct {
        guint bit;
        CsKeyIndex index;
    } needs[] = {{CS_NEEDS_DELAY_LIMIT, CS_KEY_DELAY_LIMIT},
                 {CS_NEEDS_ENERGY_BUDGET, CS_KEY_ENERGY_BUDGET}};
    for (guint i = 0; i < G_N_ELEMENTS(needs); i++) {
        const CsKey *key = cs_key(needs[i].index);
        if ((policy->needs & needs[i].bit) == 0 || r->table->broken ||
            cs_raw_given(&r->table->fixed[needs[i].index]))
            continue;
        g_autofree char *help = g_strdup_printf("write '%s = %s'", key->key, key->example);
        cs_diagnostics_error(r->diagnostics, r->table->fixed[CS_KEY_POLICY].place, help,
                             "the policy '%s' needs '%s'", policy->name, key->key);
    }
}

static void resolve_policy(CsResolver *r)
{
    cs_resolver_take_fixed(r, CS_KEY_POLICY, CS_KEY_CSI);
    const CsTyped *fixed = r->fixed;
    const CsTyped *frequency = &fixed[CS_KEY_FREQUENCY], *cut = &fixed[CS_KEY_CUT];
    const CsPolicy *policy = find_policy(r);
    r->config->policies = cs_policy_set_ref(cs_library_policies(r->library));
    r->config->policy = policy;
    cs_typed_store_all(fixed, CS_OWNER_CsConfig, r->config);
    r->config->csi_rounds = (guint)fixed[CS_KEY_CSI].whole;
    if (policy != NULL)
        check_needs(r, policy);
    const CsArchitecture *model = r->config->architecture;
    gboolean given_cut = cs_raw_given(&r->table->fixed[CS_KEY_CUT]);
    if (cut->valid && model != NULL && fixed[CS_KEY_LAYERS].valid && cut->whole > model->n_layers) {
        g_autofree char *help = g_strdup_printf("it takes 0 .. %u", model->n_layers);
        cs_diagnostics_error(r->diagnostics, cs_resolver_head(r, CS_KEY_CUT), help,
                             "cut %u is above the model's %u layers", (guint)cut->whole,
                             model->n_layers);
    } else if (policy != NULL && policy->uses_cut && !given_cut) {
        g_autofree char *help =
            g_strdup_printf("write 'cut = %u'", model != NULL ? model->n_layers / 2 : 16);
        cs_diagnostics_error(r->diagnostics, r->table->fixed[CS_KEY_POLICY].place, help,
                             "the policy '%s' needs 'cut'", policy->name);
    }
    if (frequency->valid && !frequency->chosen && r->server_sound)
        check_frequency(r, frequency->number);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void add_axes(CsResolver *r, const GArray *axes, const char *group)
{
    for (guint i = 0; i < axes->len; i++) {
        const CsRawAxis *axis = &g_array_index(axes, CsRawAxis, i);
        g_autofree char *source =
            g_strdup_printf("%s:%u", cs_source_name(axis->key_place.source), axis->key_place.line);
        CsSetting setting = {.group = group,
                             .key = g_string_chunk_insert_const(r->strings, axis->key),
                             .value = g_string_chunk_insert_const(r->strings, axis->values),
                             .origin = axis->values_place,
                             .source = g_string_chunk_insert_const(r->strings, source)};
        g_array_append_val(r->settings, setting);
    }
}

static void resolve_sweep(CsResolver *r)
{
    add_axes(r, r->table->axes, "sweep");
    cs_resolver_take_fixed(r, CS_KEY_SWEEP_ZIP, CS_KEY_SWEEP_WHERE);
    add_axes(r, r->table->varied, "vary");
}

/* Where a device's radio key was given: by the device, or in [radio]; else the place of
 * `otherwise`, the key that made it matter. */
static CsPlace radio_place(const CsResolver *r, const CsRawDevice *device, CsKeyIndex index,
                           CsKeyIndex otherwise)
{
    const CsKeyIndex keys[] = {index, otherwise};
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (cs_raw_given(&device->values[keys[i]]))
            return device->values[keys[i]].place;
        if (cs_raw_given(&r->table->fixed[keys[i]]))
            return r->table->fixed[keys[i]].place;
    }
    return device->head;
}

/* The key that is at fault where a device's motion or its share of the air cannot be. */
static CsPlace radio_fault(const CsResolver *r, gint code, guint group_index, const char **help)
{
    const CsDeviceGroup *groups = r->config->groups, *group = &groups[group_index];
    const CsRawDevice *device = &r->devices[g_array_index(r->group_devices, guint, group_index)];
    switch (code) {
    case CS_CONFIG_ERROR_COST:
        *help = "look at its frequency, cores and flops-per-cycle, and at the server's";
        return cs_raw_place(&device->values[CS_KEY_DEVICE_FLOPS_PER_CYCLE], device->head);
    case CS_CONFIG_ERROR_FADING:
        *help = "write 'fading = rayleigh' or 'fading = rician', or 'coherence = round'";
        return radio_place(r, device, CS_KEY_COHERENCE, CS_KEY_FADING);
    case CS_CONFIG_ERROR_DOPPLER:
        *help = "write 'doppler = jakes'";
        return radio_place(r, device, CS_KEY_DOPPLER, CS_KEY_COHERENCE);
    case CS_CONFIG_ERROR_AREA:
        *help = "raise 'area-radius', or let it start nearer";
        return cs_raw_place(&device->values[CS_KEY_DEVICE_DISTANCE], device->head);
    case CS_CONFIG_ERROR_SHARING:
        while (groups->radio.sharing == CS_SHARING_DEDICATED)
            groups++;
        *help = "set both in [radio], or write 'sharing = dedicated' for one of them";
        if (groups->radio.sharing != group->radio.sharing)
            return radio_place(r, device, CS_KEY_SHARING, CS_KEY_BANDWIDTH);
        return groups->radio.bandwidth_hz != group->radio.bandwidth_hz
                   ? radio_place(r, device, CS_KEY_BANDWIDTH, CS_KEY_SHARING)
                   : radio_place(r, device, CS_KEY_PF_WINDOW, CS_KEY_SHARING);
    default:
        return device->head;
    }
}

/* What prepare() still finds, at the place it belongs to. */
static void prepare(CsResolver *r)
{
    g_autoptr(GError) error = NULL;
    gint group;
    if (cs_config_prepare(r->config, &group, &error))
        return;
    CsPlace place = r->table->whole;
    const char *help = NULL;
    if (group >= 0)
        place = radio_fault(r, error->code, (guint)group, &help);
    if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_CLOCK)) {
        place = cs_resolver_head(r, CS_KEY_ROUNDS);
        help = "lower 'rounds', or make a round shorter";
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_PROTOCOL)) {
        place = cs_resolver_head(r, group >= 0 ? CS_KEY_POLICY : CS_KEY_HEAD);
        help = group >= 0 ? "name a policy that chooses its cut, or 'device-only'"
                          : "write 'head = server', or 'protocol = u-shaped'";
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_FREQUENCY)) {
        place = cs_resolver_head(r, CS_KEY_FREQUENCY);
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_COMPUTE)) {
        help = "name a platform that is measured, set 'peak-flops', 'efficiency' and "
               "'memory-bandwidth', or 'layer-times' ('cardsim calibrate' fits figures to "
               "measurements), or leave 'compute = measured' out";
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_LAW)) {
        place = cs_resolver_head(r, CS_KEY_POLICY);
        help = "leave 'compute = measured', 'static-power', 'power-exponent', 'power-knee' and "
               "'power-table' out, or choose another policy";
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_MEMORY)) {
        const CsRawDevice *device = &r->devices[g_array_index(r->group_devices, guint, group)];
        place = cs_raw_place(&device->values[CS_KEY_DEVICE_MEMORY], place);
        help = "'cardsim profile' shows what every cut needs; 'weight-precision', 'batch' and "
               "'activation-checkpointing' change it";
    }
    cs_diagnostics_error(r->diagnostics, place, help, "%s", error->message);
}

static void check_numbers(CsResolver *r)
{
    const CsConfig *config = r->config;
    guint64 devices = 0;
    gboolean told = FALSE;
    for (guint i = 0; i < config->n_groups && !told; i++) {
        guint index = g_array_index(r->group_devices, guint, i);
        devices += config->groups[i].count;
        told = devices > CS_DEVICES_MAX;
        if (told)
            cs_diagnostics_error(r->diagnostics,
                                 cs_raw_place(&r->devices[index].values[CS_KEY_DEVICE_COUNT],
                                              r->devices[index].head),
                                 "lower a 'count'", "there are more than %u devices",
                                 CS_DEVICES_MAX);
    }
    if (config->n_groups == 0 && !r->table->unnamed && !r->table->broken)
        cs_diagnostics_error(r->diagnostics, r->table->whole,
                             r->table->devices->len > 0
                                 ? "a device with 'count = 0' is a template: write another that "
                                   "inherits from it"
                                 : "write '[device 1]' with 'frequency', 'cores' and 'distance'; "
                                   "'cardsim new' makes a template",
                             "this scenario has no devices");
    if (config->architecture != NULL && r->fixed[CS_KEY_LAYERS].valid &&
        config->n_groups * (guint64)(config->architecture->n_layers + 1) > GROUP_CUTS_MAX)
        cs_diagnostics_error(r->diagnostics, r->table->whole,
                             "use 'count' for devices that are alike",
                             "%u [device] groups and %u layers are too many together",
                             config->n_groups, config->architecture->n_layers);
}

/* The first batch is of 'replications', and so many there are at least. */
static void check_replications(CsResolver *r)
{
    const CsRaw *most = &r->table->fixed[CS_KEY_MAX_REPLICATIONS];
    CsSampling *sampling = &r->sampling;
    cs_typed_store_all(r->fixed, CS_OWNER_CsSampling, sampling);
    const CsTyped *typed = &r->fixed[CS_KEY_MAX_REPLICATIONS];
    if (!cs_raw_given(most))
        sampling->max_replications = MAX(sampling->max_replications, sampling->replications);
    else if (typed->valid && r->fixed[CS_KEY_REPLICATIONS].valid &&
             sampling->max_replications < sampling->replications)
        cs_diagnostics_error(
            r->diagnostics, most->place, "raise it, or lower 'replications'",
            "'max-replications' is below 'replications', which is %" G_GUINT64_FORMAT,
            sampling->replications);
}

/* A stopping rule cannot look at what no device has a power figure for. */
static void check_precision(CsResolver *r)
{
    if (r->sampling.precision_metric != CS_METRIC_DEVICE_ENERGY)
        return;
    for (guint i = 0; i < r->config->n_groups; i++) {
        if (!isnan(cs_group_power_w(&r->config->groups[i])))
            continue;
        cs_diagnostics_error(
            r->diagnostics,
            cs_raw_place(&r->table->fixed[CS_KEY_PRECISION], cs_resolver_head(r, CS_KEY_PRECISION)),
            "give every device a platform or a 'power-coefficient', or name "
            "another metric",
            "the energy of device '%s' is not modelled", r->config->groups[i].name);
        return;
    }
}

/* What is recorded, unless the scenario says so: what is learned; and no rounds in a sweep, since
 * one costs less to compute than to store. */
static void resolve_record(CsResolver *r)
{
    CsTyped *record = &r->fixed[CS_KEY_RECORD];
    if (cs_raw_given(&r->table->fixed[CS_KEY_RECORD])) {
        cs_resolver_take_fixed(r, CS_KEY_RECORD, CS_KEY_RECORD);
        return;
    }
    *record = r->defaults[CS_KEY_RECORD];
    if (r->table->for_sweep)
        record->set &= ~(1u << CS_TABLE_ROUNDS);
    if (r->config->learning.network != NULL)
        record->set |= 1u << CS_TABLE_LOSSES;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint t = 0; t < CS_TABLE_N; t++)
        if ((record->set & 1u << t) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "",
                                   cs_table_info((CsTable)t)->name);
    cs_resolver_add_setting(r, "output", CS_KEY_RECORD, text->str, (CsPlace){NULL, 0, 0, 0},
                            "default");
}

static void resolve_all(CsResolver *r, const char *name)
{
    CsRadio common = {.carrier_hz = 0};
    resolve_scenario(r, name);
    cs_resolver_take_fixed(r, CS_KEY_ROUNDS, CS_KEY_QUORUM);
    resolve_model(r);
    resolve_training(r);
    check_context(r);
    cs_resolve_learning(r);
    resolve_server(r);
    cs_resolve_common_radio(r, &common);
    for (guint i = 0; i < r->table->devices->len; i++)
        cs_resolve_device(r, i, &common);
    check_numbers(r);
    cs_resolve_check_surroundings(r);
    resolve_policy(r);
    check_replications(r);
    check_precision(r);
    cs_resolve_learning_data(r);
    resolve_sweep(r);
    resolve_record(r);
    cs_resolver_take_fixed(r, CS_KEY_PARAMETERS, CS_KEY_PLACES);
    r->config->places = r->fixed[CS_KEY_PLACES].choice != 0;
}

void cs_resolve(const CsRawTable *table, CsLibrary *library, const char *name,
                const char *directory, CsResolved *resolved, CsDiagnostics *diagnostics)
{
    CsResolver r = {
        .table = table, .library = library, .directory = directory, .diagnostics = diagnostics};
    guint errors = cs_diagnostics_told(diagnostics);
    g_autofree CsRawDevice *devices = cs_raw_inherit(table, diagnostics);
    r.devices = devices;
    r.config = g_new0(CsConfig, 1);
    r.defaults = cs_library_defaults(library);
    r.settings = g_array_new(FALSE, TRUE, sizeof(CsSetting));
    r.strings = g_string_chunk_new(4096);
    r.group_devices = g_array_new(FALSE, FALSE, sizeof(guint));

    cs_library_lock(library);
    resolve_all(&r, name);
    cs_library_unlock(library);
    /* Without devices, because their heads are wrong, there is nothing more to find. */
    gboolean some = r.config->n_groups > 0 && !table->broken;
    if (some && cs_diagnostics_told(diagnostics) == errors)
        prepare(&r);
    if (some && cs_diagnostics_told(diagnostics) == errors)
        cs_resolve_check_motion(&r);
    g_array_unref(r.group_devices);
    *resolved = (CsResolved){
        r.config,   r.sampling, r.fixed[CS_KEY_RECORD].set, r.fixed[CS_KEY_PARAMETERS].choice != 0,
        r.settings, r.strings};
    if (!some || cs_diagnostics_told(diagnostics) != errors)
        cs_resolved_clear(resolved);
}

void cs_resolved_clear(CsResolved *resolved)
{
    g_clear_pointer(&resolved->config, cs_config_free);
    g_clear_pointer(&resolved->settings, g_array_unref);
    g_clear_pointer(&resolved->strings, g_string_chunk_free);
}
