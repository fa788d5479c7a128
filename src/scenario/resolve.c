/*
 * scenario/resolve: every value typed, platforms and tables filled in, limits checked. See
 * resolve.h.
 *
 * A value has one of four origins, the first that there is: its own group (for a device also what it
 * inherits), for a device's radio keys [radio], the platform, the key table's default.
 */
#include "scenario/resolve.h"

#include "base/number.h"
#include "base/suggest.h"
#include "radio/pathloss.h"
#include "scenario/typed.h"

#include <string.h>

#define FIRST_RADIO CS_KEY_CARRIER
#define LAST_RADIO CS_KEY_PROCESSES
#define FIRST_DEVICE CS_KEY_DEVICE_INHERITS
#define LAST_DEVICE CS_KEY_DEVICE_TRACE_END

/* Cost tables are kept per group and cut: 32 bytes each, bounded to 128 MiB. */
#define GROUP_CUTS_MAX 4194304

typedef struct {
    const CsRawTable *table;
    CsLibrary *library;
    const char *directory;
    CsDiagnostics *diagnostics;
    CsConfig *config;
    GArray *settings;
    GStringChunk *strings;
    const CsRawDevice *devices; /* with what they inherit */
    GArray *group_devices;      /* the position in `devices` of each group of the configuration */
    CsTyped fixed[CS_KEY_N];
    gboolean server_sound;      /* F_max and the server's speed are known */
} Resolver;

/* --- settings ----------------------------------------------------------------------------------- */

static void add_setting(Resolver *r, const char *group, CsKeyIndex index, const char *value,
                        CsPlace origin, const char *source)
{
    CsSetting setting = {.group = g_string_chunk_insert_const(r->strings, group),
                         .key = cs_key(index)->key,
                         .value = g_string_chunk_insert_const(r->strings, value),
                         .origin = origin,
                         .source = g_string_chunk_insert_const(r->strings, source)};
    g_array_append_val(r->settings, setting);
}

/* `name`, a path relative to `from`, made relative to the scenario's directory. Transfer full. */
static char *rebased(const Resolver *r, const char *name, const char *from)
{
    if (g_path_is_absolute(name) || strcmp(from != NULL ? from : ".", r->directory) == 0)
        return g_strdup(name);
    g_autofree char *base = g_canonicalize_filename(r->directory, NULL);
    g_autofree char *start = g_canonicalize_filename(from != NULL ? from : ".", NULL);
    g_autofree char *target = g_canonicalize_filename(name, start);
    g_auto(GStrv) a = g_strsplit(base, "/", -1), b = g_strsplit(target, "/", -1);
    guint common = 0;
    while (a[common] != NULL && b[common] != NULL && strcmp(a[common], b[common]) == 0)
        common++;
    GString *path = g_string_new(NULL);
    for (guint i = common; a[i] != NULL; i++)
        if (*a[i] != '\0')
            g_string_append(path, "../");
    for (guint i = common; b[i] != NULL; i++)
        g_string_append_printf(path, "%s%s", i > common ? "/" : "", b[i]);
    return g_string_free(path, FALSE);
}

static gboolean names_a_file(CsKeyIndex index, const char *text)
{
    if (index == CS_KEY_ERROR_CURVES || index == CS_KEY_DEVICE_TRACE)
        return TRUE;
    return (index == CS_KEY_LLM || index == CS_KEY_THRESHOLDS || index == CS_KEY_SERVER_PLATFORM ||
            index == CS_KEY_DEVICE_PLATFORM) &&
           (strchr(text, '/') != NULL || g_str_has_suffix(text, ".ini") ||
            g_str_has_suffix(text, ".json") || g_str_has_suffix(text, ".csv"));
}

static void add_given(Resolver *r, const char *group, CsKeyIndex index, const CsRaw *raw)
{
    char source[512];
    const char *name = cs_source_name(raw->place.source);
    if (strcmp(name, "-s") == 0)
        g_strlcpy(source, name, sizeof source);
    else
        g_snprintf(source, sizeof source, "%s:%u", name, raw->place.line);
    g_autofree char *path =
        names_a_file(index, raw->text) ? rebased(r, raw->text, raw->directory) : NULL;
    if (path != NULL && index != CS_KEY_THRESHOLDS && !names_a_file(index, path)) {
        g_autofree char *plain = g_steal_pointer(&path);
        path = g_strconcat("./", plain, NULL);
    }
    add_setting(r, group, index, path != NULL ? path : raw->text, raw->place, source);
}

static void add_default(Resolver *r, const char *group, CsKeyIndex index)
{
    add_setting(r, group, index, cs_key(index)->fallback, (CsPlace){NULL, 0, 0, 0}, "default");
}

static void add_derived(Resolver *r, const char *group, CsKeyIndex index, double value,
                        const char *what, const char *name)
{
    g_autofree char *text = cs_quantity_format(value, cs_key(index)->dimension);
    g_autofree char *source = g_strdup_printf("%s %s", what, name);
    add_setting(r, group, index, text, (CsPlace){NULL, 0, 0, 0}, source);
}

/* --- values ------------------------------------------------------------------------------------- */

static gboolean given(const CsRaw *raw)
{
    return raw->text != NULL;
}

/* Types `raw`, or the default where it is not given; nothing where there is neither. Adds the
 * setting. */
static void take(Resolver *r, const char *group, CsKeyIndex index, const CsRaw *raw, CsTyped *typed)
{
    const CsKey *key = cs_key(index);
    *typed = (CsTyped){.valid = FALSE};
    if (given(raw)) {
        cs_typed_read(key, raw->text, raw->place, typed, r->diagnostics);
        add_given(r, group, index, raw);
    } else if (key->fallback != NULL) {
        cs_typed_read(key, key->fallback, (CsPlace){NULL, 0, 0, 0}, typed, r->diagnostics);
        g_assert(typed->valid);
        add_default(r, group, index);
    }
}

/* As take(), but where the value is not given it is `derived` (unless NAN) from `what` `name`. */
static void take_derived(Resolver *r, const char *group, CsKeyIndex index, const CsRaw *raw,
                         double derived, const char *what, const char *name, CsTyped *typed)
{
    if (given(raw) || isnan(derived)) {
        take(r, group, index, raw, typed);
        return;
    }
    *typed = (CsTyped){.valid = TRUE, .number = derived, .whole = (guint64)MAX(derived, 0)};
    add_derived(r, group, index, derived, what, name);
}

static void take_fixed(Resolver *r, CsKeyIndex index)
{
    take(r, cs_key(index)->group, index, &r->table->fixed[index], &r->fixed[index]);
}

static void take_fixed_range(Resolver *r, CsKeyIndex first, CsKeyIndex last)
{
    for (guint i = first; i <= last; i++)
        take_fixed(r, (CsKeyIndex)i);
}

/* Where a complaint about a value belongs: at the value, or at `head` where it was not given. */
static CsPlace place_of(const CsRaw *raw, CsPlace head)
{
    return given(raw) ? raw->place : head;
}

static CsPlace head_of(const Resolver *r, CsKeyIndex index)
{
    const char *const *groups = cs_key_groups();
    for (guint i = 0; groups[i] != NULL; i++)
        if (strcmp(groups[i], cs_key(index)->group) == 0)
            return place_of(&r->table->fixed[index], r->table->heads[i]);
    g_assert_not_reached();
}

/* --- simulation, model, training ---------------------------------------------------------------- */

static void resolve_scenario(Resolver *r, const char *name)
{
    const CsRaw *title = &r->table->fixed[CS_KEY_TITLE], *extends = &r->table->fixed[CS_KEY_EXTENDS];
    CsTyped unused;
    if (given(title))
        take_fixed(r, CS_KEY_TITLE);
    else
        add_setting(r, "scenario", CS_KEY_TITLE, name, (CsPlace){NULL, 0, 0, 0}, "file name");
    if (given(extends)) /* what it brings is in force already: it is no setting of its own */
        cs_typed_read(cs_key(CS_KEY_EXTENDS), extends->text, extends->place, &unused,
                      r->diagnostics);
    g_free(r->config->title);
    r->config->title = g_strdup(given(title) ? title->text : name);
}

static void resolve_simulation(Resolver *r)
{
    take_fixed_range(r, CS_KEY_ROUNDS, CS_KEY_QUORUM);
    r->config->rounds = r->fixed[CS_KEY_ROUNDS].whole;
    r->config->seed = r->fixed[CS_KEY_SEED].whole;
    r->config->replications = r->fixed[CS_KEY_REPLICATIONS].whole;
    r->config->precision_metric = (CsMetric)r->fixed[CS_KEY_PRECISION].choice;
    r->config->precision = r->fixed[CS_KEY_PRECISION].number;
    r->config->max_replications =
        MAX(r->fixed[CS_KEY_MAX_REPLICATIONS].whole, r->config->replications);
    r->config->schedule = (CsSchedule)r->fixed[CS_KEY_SCHEDULE].choice;
    r->config->deadline_s =
        r->fixed[CS_KEY_DEADLINE].valid ? r->fixed[CS_KEY_DEADLINE].number : INFINITY;
    r->config->quorum = r->fixed[CS_KEY_QUORUM].number;
    r->config->cluster_size = (guint)r->fixed[CS_KEY_CLUSTER_SIZE].whole;
}

static void resolve_model(Resolver *r)
{
    const CsRaw *llm = &r->table->fixed[CS_KEY_LLM];
    take_fixed(r, CS_KEY_LLM);
    const char *name = given(llm) ? llm->text : cs_key(CS_KEY_LLM)->fallback;
    const CsArchitecture *found = NULL;
    if (r->fixed[CS_KEY_LLM].valid)
        found = cs_library_architecture(r->library, name, llm->directory, head_of(r, CS_KEY_LLM),
                                        r->diagnostics);
    g_clear_pointer(&r->config->architecture, cs_architecture_free);
    if (found != NULL)
        r->config->architecture = cs_architecture_copy(found);
    CsTyped *layers = &r->fixed[CS_KEY_LAYERS];
    take_derived(r, "model", CS_KEY_LAYERS, &r->table->fixed[CS_KEY_LAYERS],
                 found != NULL ? (double)found->n_layers : NAN, "model", name, layers);
    if (found != NULL && layers->valid && layers->whole != found->n_layers)
        cs_architecture_set_layers(r->config->architecture, (guint)layers->whole);
    take_fixed_range(r, CS_KEY_HEAD, CS_KEY_MEMORY_CHECK);
}

/* The set of `lora-targets`; its last choice is all of them. */
static guint lora_targets(const CsTyped *typed)
{
    guint all = 1u << 7;
    return (typed->set & all) != 0 ? (guint)CS_LORA_ALL : typed->set;
}

static void resolve_training(Resolver *r)
{
    take_fixed_range(r, CS_KEY_LOCAL_EPOCHS, CS_KEY_ACTIVATION_CHECKPOINTING);
    const CsTyped *fixed = r->fixed;
    r->config->local_epochs = (guint)fixed[CS_KEY_LOCAL_EPOCHS].whole;
    r->config->compression = fixed[CS_KEY_COMPRESSION].number;
    r->config->training = (CsTraining){
        .batch = (guint)fixed[CS_KEY_BATCH].whole,
        .sequence_length = (guint)fixed[CS_KEY_SEQUENCE_LENGTH].whole,
        .lora_rank = (guint)fixed[CS_KEY_LORA_RANK].whole,
        .lora_targets = lora_targets(&fixed[CS_KEY_LORA_TARGETS]),
        .activation_bit = fixed[CS_KEY_ACTIVATION_PRECISION].number,
        .adapter_bit = fixed[CS_KEY_ADAPTER_PRECISION].number,
        .causal = fixed[CS_KEY_ATTENTION].choice == 1,
        .head = fixed[CS_KEY_HEAD].choice == 0,
    };
    r->config->memory_settings = (CsMemorySettings){
        .weight_bit = fixed[CS_KEY_WEIGHT_PRECISION].number,
        .optimizer_bit = fixed[CS_KEY_OPTIMIZER_PRECISION].number,
        .optimizer = (CsOptimizer)fixed[CS_KEY_OPTIMIZER].choice,
        .checkpointing = (CsCheckpointing)fixed[CS_KEY_ACTIVATION_CHECKPOINTING].choice,
    };
}

/* --- computing ---------------------------------------------------------------------------------- */

/* The platform that `raw` names; *failed is set where it names one that cannot be had. */
static const CsPlatform *platform_of(Resolver *r, const char *group, CsKeyIndex index,
                                     const CsRaw *raw, gboolean *failed)
{
    CsTyped typed;
    if (!given(raw))
        return NULL;
    take(r, group, index, raw, &typed);
    const CsPlatform *platform = NULL;
    if (typed.valid)
        platform = cs_library_platform(r->library, raw->text, raw->directory, raw->place,
                                       r->diagnostics);
    *failed = platform == NULL;
    return platform;
}

static double platform_coefficient(const CsPlatform *platform)
{
    return platform != NULL && isfinite(platform->power_max_w)
               ? cs_power_coefficient(platform->power_max_w, platform->frequency_max_hz)
               : NAN;
}

static void resolve_server(Resolver *r)
{
    const CsRaw *raw = r->table->fixed;
    CsTyped *fixed = r->fixed;
    const CsRaw *named = &raw[CS_KEY_SERVER_PLATFORM];
    gboolean failed = FALSE;
    const CsPlatform *p = platform_of(r, "server", CS_KEY_SERVER_PLATFORM, named, &failed);
    const char *name = p != NULL ? named->text : "";
    const double derived[] = {p != NULL ? p->frequency_max_hz : NAN, p != NULL ? p->cores : NAN,
                              p != NULL ? p->flops_per_cycle : NAN, platform_coefficient(p)};
    for (guint i = 0; i < G_N_ELEMENTS(derived); i++) {
        CsKeyIndex index = (CsKeyIndex)(CS_KEY_SERVER_FREQUENCY_MAX + i);
        take_derived(r, "server", index, &raw[index], derived[i], "platform", name, &fixed[index]);
    }
    if (p != NULL && isnan(derived[3]) && !given(&raw[CS_KEY_SERVER_POWER_COEFFICIENT]))
        cs_diagnostics_error(r->diagnostics, named->place, "set 'power-coefficient' in [server]",
                             "the power of the platform '%s' is not known", name);
    take_fixed_range(r, CS_KEY_SERVER_GPUS, CS_KEY_SERVER_NOISE_FIGURE);
    const CsTyped *gpus = &fixed[CS_KEY_SERVER_GPUS];
    r->config->server = (CsServer){
        .frequency_max_hz = fixed[CS_KEY_SERVER_FREQUENCY_MAX].number,
        .cores = (double)fixed[CS_KEY_SERVER_CORES].whole,
        .flops_per_cycle = fixed[CS_KEY_SERVER_FLOPS_PER_CYCLE].number,
        .power_coefficient = fixed[CS_KEY_SERVER_POWER_COEFFICIENT].number,
        .gpus = gpus->chosen ? CS_GPUS_UNLIMITED : (guint)gpus->whole,
        .tx_power_w = fixed[CS_KEY_SERVER_TX_POWER].number,
        .noise_factor = fixed[CS_KEY_SERVER_NOISE_FIGURE].number,
        .discipline = (CsDiscipline)fixed[CS_KEY_SERVER_DISCIPLINE].choice,
        .idle_power_w = fixed[CS_KEY_SERVER_IDLE_POWER].valid
                            ? fixed[CS_KEY_SERVER_IDLE_POWER].number
                            : NAN,
    };
    if (gpus->chosen && isfinite(r->config->server.idle_power_w))
        cs_diagnostics_error(r->diagnostics, raw[CS_KEY_SERVER_IDLE_POWER].place,
                             "write 'gpus = 4', or leave 'idle-power' out",
                             "unlimited GPUs have no idle time to count");
    r->server_sound = !failed && fixed[CS_KEY_SERVER_FREQUENCY_MAX].valid &&
                      fixed[CS_KEY_SERVER_CORES].valid &&
                      fixed[CS_KEY_SERVER_FLOPS_PER_CYCLE].valid;
}

/* --- radio -------------------------------------------------------------------------------------- */

/* Thresholds that average over fading count it twice where it is drawn as well. */
static void warn_of_fading(Resolver *r, const char *name, CsPlace place, const CsTyped *typed,
                           const CsRadio *radio)
{
    if (!radio->thresholds.averages_fading || !typed[CS_KEY_FADING].valid ||
        typed[CS_KEY_FADING].choice == CS_FADING_NONE)
        return;
    g_autofree char *message = g_strdup_printf(
        "the thresholds '%s' already average over fading, and fading is drawn too", name);
    cs_diagnostics_add(r->diagnostics, CS_SEVERITY_WARNING, place, message,
                       "write 'fading = none', or take thresholds without fading such as "
                       "'nr-awgn'");
}

/* The thresholds that go with the CQI table `number`. `raw` are the texts in force; complaints that
 * are no single value's go to `blame`. */
static void resolve_thresholds(Resolver *r, const CsRaw *raw, int number, CsPlace blame,
                               const CsTyped *typed, CsRadio *radio)
{
    const CsRaw *named = &raw[CS_KEY_THRESHOLDS];
    const char *name = given(named) ? named->text : cs_threshold_set_default(number);
    if (name == NULL) {
        cs_diagnostics_error(r->diagnostics, blame,
                             "write 'thresholds = FILE.csv', with the columns cqi,snr_db",
                             "CQI table %d needs SNR thresholds of your own", number);
        return;
    }
    CsPlace place = given(named) ? named->place : blame;
    const CsThresholds *found =
        cs_library_thresholds(r->library, name, named->directory, place, r->diagnostics);
    if (found == NULL ||
        !cs_thresholds_check_table(found, name, number, blame, r->diagnostics))
        return;
    radio->thresholds = *found;
    warn_of_fading(r, name, place, typed, radio);
}

/* What TR 38.901 gives an environment, where the scenario does not say otherwise (ap-height: Tables
 * 7.2-1 and 7.2-2). NAN leaves a value to the line of sight. */
static void fill_surroundings(const CsTyped *typed, CsRadio *radio)
{
    static const double ap_height_m[] = {10, 10, 25, 3, 3};
    const CsTyped *shadowing = &typed[CS_KEY_SHADOWING], *height = &typed[CS_KEY_AP_HEIGHT];
    const CsTyped *distance = &typed[CS_KEY_SHADOWING_DISTANCE];
    radio->path_loss = (CsPathLossModel)typed[CS_KEY_PATH_LOSS].choice;
    gboolean environment = radio->path_loss != CS_PATH_LOSS_LOG_DISTANCE;
    radio->line_of_sight = (CsLineOfSightRule)typed[CS_KEY_LINE_OF_SIGHT].choice;
    radio->ap_height_m = height->valid ? height->number : ap_height_m[radio->path_loss];
    radio->shadowing_db = shadowing->valid ? shadowing->number : environment ? (double)NAN : 0;
    radio->shadowing_distance_m =
        distance->valid ? distance->number : environment ? (double)NAN : 10;
}

/* Its curves are read apart. */
static void fill_errors(const CsTyped *typed, CsLinkErrors *errors)
{
    errors->block_error_rate = typed[CS_KEY_BLOCK_ERROR_RATE].number;
    errors->chase = typed[CS_KEY_COMBINING].choice == 1;
    errors->retransmissions = (guint)typed[CS_KEY_RETRANSMISSIONS].whole;
    errors->block_bit = typed[CS_KEY_BLOCK_SIZE].number;
    errors->round_trip_s = typed[CS_KEY_ROUND_TRIP_TIME].number;
    errors->processes = (guint)typed[CS_KEY_PROCESSES].whole;
}

static void fill_radio(const CsTyped *typed, CsRadio *radio)
{
    const CsTyped *loss = &typed[CS_KEY_REFERENCE_LOSS];
    double carrier_hz = typed[CS_KEY_CARRIER].number;
    double distance_m = typed[CS_KEY_REFERENCE_DISTANCE].number;
    radio->carrier_hz = carrier_hz;
    radio->bandwidth_hz = typed[CS_KEY_BANDWIDTH].number;
    radio->path_loss_exponent = typed[CS_KEY_PATH_LOSS_EXPONENT].number;
    radio->reference_distance_m = distance_m;
    if (!loss->chosen)
        radio->reference_loss = loss->number;
    else if (distance_m > 0 && carrier_hz > 0) /* else one is wrong, and has been told */
        radio->reference_loss = cs_free_space_loss(distance_m, carrier_hz);
    radio->noise_density_w_per_hz = typed[CS_KEY_NOISE_DENSITY].number;
    fill_surroundings(typed, radio);
    fill_errors(typed, &radio->errors);
    radio->fading = (CsFadingModel){.kind = (CsFading)typed[CS_KEY_FADING].choice,
                                    .rician_k = typed[CS_KEY_RICIAN_K].number,
                                    .nakagami_m = typed[CS_KEY_NAKAGAMI_M].number};
    const CsTyped *coherence = &typed[CS_KEY_COHERENCE];
    radio->coherence =
        coherence->chosen ? (CsCoherence)coherence->choice : CS_COHERENCE_TIME;
    radio->coherence_s = coherence->number;
    radio->doppler = (CsDoppler)typed[CS_KEY_DOPPLER].choice;
    radio->sharing = (CsSharing)typed[CS_KEY_SHARING].choice;
    radio->reciprocal = typed[CS_KEY_RECIPROCAL].choice == 1;
    radio->rate = (CsRateRule)typed[CS_KEY_RATE].choice;
    radio->outage = (CsOutageRule)typed[CS_KEY_OUTAGE].choice;
    radio->max_repetitions = (guint)typed[CS_KEY_MAX_REPETITIONS].whole;
}

static void resolve_curves(Resolver *r, const CsRaw *named, const CsTyped *typed, CsRadio *radio)
{
    if (!given(named) || !typed[CS_KEY_ERROR_CURVES].valid)
        return;
    /* The configuration only reads them. */
    radio->errors.curves = (CsErrorCurves *)cs_library_error_curves(
        r->library, named->text, named->directory, named->place, r->diagnostics);
}

/* A radio from its values' texts and types; `blame` is where what is no single value's fault goes. */
static void resolve_radio(Resolver *r, const CsRaw *raw, const CsTyped *typed, CsPlace blame,
                          CsRadio *radio)
{
    fill_radio(typed, radio);
    if (!typed[CS_KEY_CQI_TABLE].valid)
        return;
    int number = (int)typed[CS_KEY_CQI_TABLE].choice + 1;
    const CsCqiTable *table = cs_library_cqi_table(r->library, number, blame, r->diagnostics);
    if (table != NULL)
        radio->table = *table;
    resolve_thresholds(r, raw, number, blame, typed, radio);
}

static void add_default_thresholds(Resolver *r, const char *group, const CsTyped *typed)
{
    const CsTyped *table = &typed[CS_KEY_CQI_TABLE];
    const char *name = table->valid ? cs_threshold_set_default((int)table->choice + 1) : NULL;
    if (name != NULL)
        add_setting(r, group, CS_KEY_THRESHOLDS, name, (CsPlace){NULL, 0, 0, 0}, "default");
}

static void resolve_common_radio(Resolver *r, CsRadio *radio)
{
    const CsRaw *raw = r->table->fixed;
    take_fixed_range(r, FIRST_RADIO, CS_KEY_THRESHOLDS);
    if (!given(&raw[CS_KEY_THRESHOLDS]))
        add_default_thresholds(r, "radio", r->fixed);
    take_fixed_range(r, (CsKeyIndex)(CS_KEY_THRESHOLDS + 1), LAST_RADIO);
    CsPlace blame = place_of(&raw[CS_KEY_THRESHOLDS], head_of(r, CS_KEY_CQI_TABLE));
    resolve_radio(r, raw, r->fixed, blame, radio);
    resolve_curves(r, &raw[CS_KEY_ERROR_CURVES], r->fixed, radio);
}

/* --- devices ------------------------------------------------------------------------------------ */

static void need(Resolver *r, const CsRawDevice *device, CsKeyIndex index)
{
    if (device->orphan)
        return; /* it might have been inherited */
    const CsKey *key = cs_key(index);
    g_autofree char *help = g_strdup_printf("write '%s = %s'%s", key->key, key->example,
                                            key->derived != NULL ? ", or name a 'platform'" : "");
    cs_diagnostics_error(r->diagnostics, device->head, help, "device '%s' needs '%s'",
                         device->name, key->key);
}

/* The device's [radio] keys over the common ones. */
static void resolve_device_radio(Resolver *r, const CsRawDevice *device, const char *group,
                                 const CsRadio *common, CsRadio *radio)
{
    CsTyped typed[CS_KEY_N];
    CsRaw raw[CS_KEY_N];
    gboolean overridden = FALSE;
    for (guint i = FIRST_RADIO; i <= LAST_RADIO; i++) {
        typed[i] = r->fixed[i];
        raw[i] = r->table->fixed[i];
        if (!given(&device->values[i]))
            continue;
        raw[i] = device->values[i];
        take(r, group, (CsKeyIndex)i, &raw[i], &typed[i]);
        overridden = TRUE;
    }
    *radio = *common;
    if (!overridden)
        return;
    resolve_curves(r, &device->values[CS_KEY_ERROR_CURVES], typed, radio);
    const CsRaw *table = &device->values[CS_KEY_CQI_TABLE];
    const CsRaw *thresholds = &device->values[CS_KEY_THRESHOLDS];
    if (given(table) && !given(&raw[CS_KEY_THRESHOLDS]))
        add_default_thresholds(r, group, typed);
    if (given(thresholds) || given(table)) {
        resolve_radio(r, raw, typed, place_of(thresholds, table->place), radio);
        return;
    }
    fill_radio(typed, radio);
    if (given(&device->values[CS_KEY_FADING]) && given(&raw[CS_KEY_THRESHOLDS]))
        warn_of_fading(r, raw[CS_KEY_THRESHOLDS].text, device->values[CS_KEY_FADING].place, typed,
                       radio);
}

/* The device's memory in bytes: a size, or its platform's; INFINITY where it is not checked. */
static double resolve_device_memory(Resolver *r, const CsRawDevice *device, const char *label,
                                    const CsPlatform *platform)
{
    const CsRaw *raw = &device->values[CS_KEY_DEVICE_MEMORY];
    const CsTyped *check = &r->fixed[CS_KEY_MEMORY_CHECK];
    double known_byte = platform != NULL ? platform->memory_byte : NAN;
    CsTyped typed;
    if (!given(raw)) {
        gboolean checked = check->valid && check->choice == 1 && isfinite(known_byte);
        if (checked)
            add_derived(r, label, CS_KEY_DEVICE_MEMORY, known_byte * 8, "platform",
                        device->values[CS_KEY_DEVICE_PLATFORM].text);
        return checked ? known_byte : INFINITY;
    }
    take(r, label, CS_KEY_DEVICE_MEMORY, raw, &typed);
    if (!typed.valid)
        return INFINITY;
    if (!typed.chosen)
        return typed.number / 8;
    if (typed.choice == 0)
        return INFINITY;
    if (!isfinite(known_byte))
        cs_diagnostics_error(r->diagnostics, raw->place, "write a size, such as '8 GB'",
                             "the memory of device '%s' is its platform's, which is not known",
                             device->name);
    return isfinite(known_byte) ? known_byte : INFINITY;
}

/* Battery and failures. */
static void resolve_device_life(Resolver *r, const CsRawDevice *device, const char *label,
                                gboolean template, CsDeviceGroup *group)
{
    const struct {
        CsKeyIndex index;
        double *value, without;
    } lives[] = {{CS_KEY_DEVICE_BATTERY, &group->battery_j, INFINITY},
                 {CS_KEY_DEVICE_IDLE_POWER, &group->idle_power_w, NAN},
                 {CS_KEY_DEVICE_TIME_TO_FAILURE, &group->failure_s, INFINITY},
                 {CS_KEY_DEVICE_REPAIR_TIME, &group->repair_s, INFINITY}};
    for (guint i = 0; i < G_N_ELEMENTS(lives); i++) {
        CsTyped typed;
        take(r, label, lives[i].index, &device->values[lives[i].index], &typed);
        *lives[i].value = typed.valid ? typed.number : lives[i].without;
    }
    if (!template && isfinite(group->battery_j) && isnan(group->power_coefficient))
        cs_diagnostics_error(r->diagnostics, device->values[CS_KEY_DEVICE_BATTERY].place,
                             "set 'power-coefficient', or name a 'platform'",
                             "the battery of device '%s' needs to know what computing takes",
                             device->name);
}

/* Frequency, cores and so on of a device; FALSE where one is missing or wrong. */
static gboolean resolve_device_computing(Resolver *r, const CsRawDevice *device, const char *label,
                                         gboolean template, CsDeviceGroup *group)
{
    static const CsKeyIndex indices[] = {CS_KEY_DEVICE_FREQUENCY, CS_KEY_DEVICE_CORES,
                                         CS_KEY_DEVICE_FLOPS_PER_CYCLE,
                                         CS_KEY_DEVICE_POWER_COEFFICIENT};
    const CsRaw *named = &device->values[CS_KEY_DEVICE_PLATFORM];
    gboolean failed = FALSE, sound = TRUE;
    const CsPlatform *p = platform_of(r, label, CS_KEY_DEVICE_PLATFORM, named, &failed);
    const double derived[] = {p != NULL ? p->frequency_max_hz : NAN, p != NULL ? p->cores : NAN,
                              p != NULL ? p->flops_per_cycle : NAN, platform_coefficient(p)};
    CsTyped typed[G_N_ELEMENTS(indices)];
    for (guint i = 0; i < G_N_ELEMENTS(indices); i++) {
        const CsRaw *raw = &device->values[indices[i]];
        take_derived(r, label, indices[i], raw, derived[i], "platform",
                     p != NULL ? named->text : "", &typed[i]);
        if (!given(raw) && !typed[i].valid && cs_key(indices[i])->required && !failed && !template)
            need(r, device, indices[i]);
        sound &= typed[i].valid || indices[i] == CS_KEY_DEVICE_POWER_COEFFICIENT;
    }
    group->frequency_hz = typed[0].number;
    group->cores = (double)typed[1].whole;
    group->flops_per_cycle = typed[2].number;
    group->power_coefficient = typed[3].valid ? typed[3].number : NAN;
    group->memory_byte = resolve_device_memory(r, device, label, p);
    resolve_device_life(r, device, label, template, group);
    return sound && !failed;
}

static void resolve_device_link(Resolver *r, const CsRawDevice *device, const char *label,
                                gboolean template, CsDeviceGroup *group)
{
    CsTyped distance, tx_power, rx_power, noise_figure;
    const CsRaw *values = device->values;
    take(r, label, CS_KEY_DEVICE_DISTANCE, &values[CS_KEY_DEVICE_DISTANCE], &distance);
    take(r, label, CS_KEY_DEVICE_TX_POWER, &values[CS_KEY_DEVICE_TX_POWER], &tx_power);
    take(r, label, CS_KEY_DEVICE_RX_POWER, &values[CS_KEY_DEVICE_RX_POWER], &rx_power);
    take(r, label, CS_KEY_DEVICE_NOISE_FIGURE, &values[CS_KEY_DEVICE_NOISE_FIGURE], &noise_figure);
    if (!given(&values[CS_KEY_DEVICE_DISTANCE]) && !template)
        need(r, device, CS_KEY_DEVICE_DISTANCE);
    group->distance_min_m = distance.number;
    group->distance_max_m = distance.upper;
    group->tx_power_w = tx_power.number;
    group->rx_power_w = rx_power.valid ? rx_power.number : NAN;
    group->noise_factor = noise_figure.number;
}

static void resolve_device_motion(Resolver *r, const CsRawDevice *device, const char *label,
                                  CsDeviceGroup *group)
{
    CsTyped typed[CS_KEY_DEVICE_PAUSE - CS_KEY_DEVICE_HEIGHT + 1];
    for (guint i = CS_KEY_DEVICE_HEIGHT; i <= CS_KEY_DEVICE_PAUSE; i++)
        take(r, label, (CsKeyIndex)i, &device->values[i], &typed[i - CS_KEY_DEVICE_HEIGHT]);
    group->height_m = typed[0].number;
    group->mobility = (CsMobility){
        .speed_m_per_s = typed[CS_KEY_DEVICE_SPEED - CS_KEY_DEVICE_HEIGHT].number,
        .kind = (CsMobilityKind)typed[CS_KEY_DEVICE_MOBILITY - CS_KEY_DEVICE_HEIGHT].choice,
        .direction_rad =
            typed[CS_KEY_DEVICE_DIRECTION - CS_KEY_DEVICE_HEIGHT].number * G_PI / 180,
        .radius_m = typed[CS_KEY_DEVICE_AREA_RADIUS - CS_KEY_DEVICE_HEIGHT].number,
        .pause_s = typed[CS_KEY_DEVICE_PAUSE - CS_KEY_DEVICE_HEIGHT].number,
    };
}

/* The trace of a direction; NULL where there is none or it cannot be had. */
static const CsChannelTrace *trace_of(Resolver *r, const CsRaw *values, CsKeyIndex column,
                                      CsTraceFormat *format)
{
    static const char *const kinds[] = {"cqi", "snr", "rate"};
    const CsRaw *file = &values[CS_KEY_DEVICE_TRACE], *named = &values[column];
    if (!given(named))
        named = &values[CS_KEY_DEVICE_TRACE_VALUE];
    format->value_column = given(named) ? named->text : kinds[format->kind];
    if (strcmp(format->value_column, "none") == 0)
        return NULL;
    return cs_library_trace(r->library, file->text, file->directory, format, file->place,
                            r->diagnostics);
}

static void resolve_device_trace(Resolver *r, const CsRawDevice *device, const char *label,
                                 CsDeviceGroup *group)
{
    static const double scales[] = {1, 1e3, 1e6, 1e9};
    const CsRaw *values = device->values;
    CsTyped typed[CS_KEY_N];
    gboolean traced = given(&values[CS_KEY_DEVICE_TRACE]);
    for (guint i = CS_KEY_DEVICE_TRACE; i <= CS_KEY_DEVICE_TRACE_END; i++) {
        typed[i] = (CsTyped){.valid = TRUE};
        if (traced || given(&values[i]))
            take(r, label, (CsKeyIndex)i, &values[i], &typed[i]);
        traced = traced && (typed[i].valid || !given(&values[i]));
    }
    if (!traced)
        return;
    const CsRaw *time = &values[CS_KEY_DEVICE_TRACE_TIME];
    CsTraceFormat format = {
        .kind = (CsTraceKind)typed[CS_KEY_DEVICE_TRACE_KIND].choice,
        .end = (CsTraceEnd)typed[CS_KEY_DEVICE_TRACE_END].choice,
        .time_unit = (CsTraceTime)typed[CS_KEY_DEVICE_TRACE_TIME_UNIT].choice,
        .time_column = given(time) ? time->text : cs_key(CS_KEY_DEVICE_TRACE_TIME)->fallback,
        .scale = scales[typed[CS_KEY_DEVICE_TRACE_UNIT].choice],
    };
    group->trace[CS_UPLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_UPLINK_VALUE, &format);
    group->trace[CS_DOWNLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_DOWNLINK_VALUE, &format);
}

/* The letter assumes a server faster than every device: F_min = f_D δ_D σ_D / (δ_S σ_S) <= F_max. */
static void check_speed(Resolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    const CsServer *server = &r->config->server;
    double least_hz = group->frequency_hz * group->flops_per_cycle * group->cores /
                      (server->flops_per_cycle * server->cores);
    if (least_hz <= server->frequency_max_hz)
        return;
    CsPlace place = place_of(&device->values[CS_KEY_DEVICE_FREQUENCY],
                             place_of(&device->values[CS_KEY_DEVICE_PLATFORM], device->head));
    cs_diagnostics_error(r->diagnostics, place,
                         "lower the device's 'frequency' or 'cores', or raise the server's",
                         "device '%s' is faster than the server: to keep up, the server would need "
                         "%.4g GHz, and its 'frequency-max' is %.4g GHz",
                         device->name, least_hz / 1e9, server->frequency_max_hz / 1e9);
}

static void resolve_device(Resolver *r, guint index, const CsRadio *common)
{
    const CsRawDevice *device = &r->devices[index];
    const CsRaw *values = device->values;
    guint first_setting = r->settings->len;
    g_autofree char *label = g_strdup_printf("device %s", device->name);
    CsTyped count = {.valid = TRUE, .whole = 1}, unused;
    if (given(&values[CS_KEY_DEVICE_COUNT]))
        take(r, label, CS_KEY_DEVICE_COUNT, &values[CS_KEY_DEVICE_COUNT], &count);
    if (given(&values[CS_KEY_DEVICE_INHERITS]))
        cs_typed_read(cs_key(CS_KEY_DEVICE_INHERITS), values[CS_KEY_DEVICE_INHERITS].text,
                      values[CS_KEY_DEVICE_INHERITS].place, &unused, r->diagnostics);
    gboolean template = count.valid && count.whole == 0;

    CsDeviceGroup spare = {.name = NULL}, *group = &spare;
    if (!template)
        group = cs_config_add_group(r->config, device->name);
    gboolean sound = resolve_device_computing(r, device, label, template, group);
    resolve_device_link(r, device, label, template, group);
    resolve_device_motion(r, device, label, group);
    resolve_device_trace(r, device, label, group);
    resolve_device_radio(r, device, label, common, &group->radio);
    if (template) {
        g_array_set_size(r->settings, first_setting);
        return;
    }
    group->counted = given(&values[CS_KEY_DEVICE_COUNT]);
    group->count = (guint)count.whole;
    g_array_append_val(r->group_devices, index);
    if (sound && r->server_sound)
        check_speed(r, device, group);
}

static void check_numbers(Resolver *r)
{
    const CsConfig *config = r->config;
    guint64 devices = 0;
    gboolean told = FALSE;
    for (guint i = 0; i < config->n_groups && !told; i++) {
        guint index = g_array_index(r->group_devices, guint, i);
        devices += config->groups[i].count;
        told = devices > CS_SCENARIO_DEVICES_MAX;
        if (told)
            cs_diagnostics_error(r->diagnostics,
                                 place_of(&r->devices[index].values[CS_KEY_DEVICE_COUNT],
                                          r->devices[index].head),
                                 "lower a 'count'", "there are more than %d devices",
                                 CS_SCENARIO_DEVICES_MAX);
    }
    if (config->n_groups == 0)
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

/* --- policy ------------------------------------------------------------------------------------- */

static const CsPolicy *find_policy(Resolver *r)
{
    const CsRaw *named = &r->table->fixed[CS_KEY_POLICY];
    const char *name = given(named) ? named->text : cs_key(CS_KEY_POLICY)->fallback;
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
static void check_frequency(Resolver *r, double frequency_hz)
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
static void check_needs(Resolver *r, const CsPolicy *policy)
{
    static const struct {
        guint bit;
        CsKeyIndex index;
    } needs[] = {{CS_NEEDS_DELAY_LIMIT, CS_KEY_DELAY_LIMIT},
                 {CS_NEEDS_ENERGY_BUDGET, CS_KEY_ENERGY_BUDGET}};
    for (guint i = 0; i < G_N_ELEMENTS(needs); i++) {
        const CsKey *key = cs_key(needs[i].index);
        if ((policy->needs & needs[i].bit) == 0 || given(&r->table->fixed[needs[i].index]))
            continue;
        g_autofree char *help = g_strdup_printf("write '%s = %s'", key->key, key->example);
        cs_diagnostics_error(r->diagnostics, r->table->fixed[CS_KEY_POLICY].place, help,
                             "the policy '%s' needs '%s'", policy->name, key->key);
    }
}

static void resolve_policy(Resolver *r)
{
    take_fixed_range(r, CS_KEY_POLICY, CS_KEY_CSI);
    const CsTyped *fixed = r->fixed;
    const CsTyped *frequency = &fixed[CS_KEY_FREQUENCY], *cut = &fixed[CS_KEY_CUT];
    const CsPolicy *policy = find_policy(r);
    r->config->policies = cs_policy_set_ref(cs_library_policies(r->library));
    r->config->policy = policy;
    r->config->policy_settings = (CsPolicySettings){
        .weight = fixed[CS_KEY_WEIGHT].number,
        .frequency_rule = frequency->chosen ? (CsFrequencyRule)frequency->choice
                                            : CS_FREQUENCY_VALUE,
        .frequency_hz = frequency->number,
        .cut = (guint)cut->whole,
        .delay_limit_s = fixed[CS_KEY_DELAY_LIMIT].number,
        .energy_budget_j = fixed[CS_KEY_ENERGY_BUDGET].number,
        .tradeoff = fixed[CS_KEY_TRADEOFF].number,
    };
    r->config->csi = (CsCsi)fixed[CS_KEY_CSI].choice;
    r->config->csi_rounds = (guint)fixed[CS_KEY_CSI].whole;
    r->config->csi_error_db = fixed[CS_KEY_CSI].number;
    if (policy != NULL)
        check_needs(r, policy);
    const CsArchitecture *model = r->config->architecture;
    gboolean given_cut = given(&r->table->fixed[CS_KEY_CUT]);
    if (cut->valid && model != NULL && fixed[CS_KEY_LAYERS].valid && cut->whole > model->n_layers) {
        g_autofree char *help = g_strdup_printf("it takes 0 .. %u", model->n_layers);
        cs_diagnostics_error(r->diagnostics, head_of(r, CS_KEY_CUT), help,
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

/* --- all of it ---------------------------------------------------------------------------------- */

static void resolve_sweep(Resolver *r)
{
    for (guint i = 0; i < r->table->axes->len; i++) {
        const CsRawAxis *axis = &g_array_index(r->table->axes, CsRawAxis, i);
        g_autofree char *source = g_strdup_printf(
            "%s:%u", cs_source_name(axis->key_place.source), axis->key_place.line);
        CsSetting setting = {.group = "sweep",
                             .key = g_string_chunk_insert_const(r->strings, axis->key),
                             .value = g_string_chunk_insert_const(r->strings, axis->values),
                             .origin = axis->values_place,
                             .source = g_string_chunk_insert_const(r->strings, source)};
        g_array_append_val(r->settings, setting);
    }
    for (guint i = CS_KEY_SWEEP_ZIP; i <= CS_KEY_SWEEP_WHERE; i++)
        take_fixed(r, (CsKeyIndex)i);
}

/* What prepare() still finds, at the place it belongs to. */
static void prepare(Resolver *r)
{
    g_autoptr(GError) error = NULL;
    gint group;
    if (cs_config_prepare(r->config, &group, &error))
        return;
    CsPlace place = r->table->whole;
    const char *help = NULL;
    if (group >= 0)
        place = r->devices[g_array_index(r->group_devices, guint, group)].head;
    if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_CLOCK)) {
        place = head_of(r, CS_KEY_ROUNDS);
        help = "lower 'rounds', or make a round shorter";
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_FREQUENCY)) {
        place = head_of(r, CS_KEY_FREQUENCY);
    } else if (g_error_matches(error, CS_CONFIG_ERROR, CS_CONFIG_ERROR_MEMORY)) {
        const CsRawDevice *device = &r->devices[g_array_index(r->group_devices, guint, group)];
        place = place_of(&device->values[CS_KEY_DEVICE_MEMORY], place);
        help = "'cardsim profile' shows what every cut needs; 'weight-precision', 'batch' and "
               "'activation-checkpointing' change it";
    }
    cs_diagnostics_error(r->diagnostics, place, help, "%s", error->message);
}

/* A stopping rule cannot look at what no device has a power figure for. */
static void check_precision(Resolver *r)
{
    if (r->config->precision_metric != CS_METRIC_DEVICE_ENERGY)
        return;
    for (guint i = 0; i < r->config->n_groups; i++) {
        if (!isnan(r->config->groups[i].power_coefficient))
            continue;
        cs_diagnostics_error(r->diagnostics, place_of(&r->table->fixed[CS_KEY_PRECISION],
                                                      head_of(r, CS_KEY_PRECISION)),
                             "give every device a platform or a 'power-coefficient', or name "
                             "another metric",
                             "the energy of device '%s' is not modelled",
                             r->config->groups[i].name);
        return;
    }
}

static void resolve_all(Resolver *r, const char *name)
{
    CsRadio common = {.carrier_hz = 0};
    resolve_scenario(r, name);
    resolve_simulation(r);
    resolve_model(r);
    resolve_training(r);
    resolve_server(r);
    resolve_common_radio(r, &common);
    for (guint i = 0; i < r->table->devices->len; i++)
        resolve_device(r, i, &common);
    check_numbers(r);
    check_precision(r);
    resolve_policy(r);
    resolve_sweep(r);
    take_fixed(r, CS_KEY_RECORD);
}

gboolean cs_resolve(const CsRawTable *table, CsLibrary *library, const char *name,
                    const char *directory, CsResolved *resolved, CsDiagnostics *diagnostics)
{
    Resolver r = {.table = table, .library = library, .directory = directory,
                  .diagnostics = diagnostics};
    guint errors = cs_diagnostics_errors(diagnostics);
    g_autofree CsRawDevice *devices = cs_raw_inherit(table, diagnostics);
    r.devices = devices;
    r.config = cs_config_new();
    r.settings = g_array_new(FALSE, TRUE, sizeof(CsSetting));
    r.strings = g_string_chunk_new(4096);
    r.group_devices = g_array_new(FALSE, FALSE, sizeof(guint));

    cs_library_lock(library);
    resolve_all(&r, name);
    cs_library_unlock(library);
    if (cs_diagnostics_errors(diagnostics) == errors)
        prepare(&r);
    g_array_unref(r.group_devices);
    *resolved = (CsResolved){r.config, r.fixed[CS_KEY_RECORD].set, r.settings, r.strings};
    if (cs_diagnostics_errors(diagnostics) == errors)
        return TRUE;
    cs_resolved_clear(resolved);
    return FALSE;
}

void cs_resolved_clear(CsResolved *resolved)
{
    g_clear_pointer(&resolved->config, cs_config_free);
    g_clear_pointer(&resolved->settings, g_array_unref);
    g_clear_pointer(&resolved->strings, g_string_chunk_free);
}
