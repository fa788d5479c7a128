/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/resolve-device: what a [device NAME] comes to: a group of the configuration, unless it
 * is a template. See resolver.h. */
#include "scenario/resolver.h"

#include <string.h>

static void need(CsResolver *r, const CsRawDevice *device, CsKeyIndex index)
{
    if (device->orphan)
        return; /* it might have been inherited */
    const CsKey *key = cs_key(index);
    g_autofree char *help = g_strdup_printf("write '%s = %s'%s", key->key, key->example,
                                            key->derived != NULL ? ", or name a 'platform'" : "");
    cs_diagnostics_error(r->diagnostics, device->head, help, "device '%s' needs '%s'", device->name,
                         key->key);
}

/* The device's memory in bytes: a size, or its platform's; INFINITY where it is not checked. */
static double resolve_device_memory(CsResolver *r, const CsRawDevice *device, const char *label,
                                    const CsPlatform *platform)
{
    const CsRaw *raw = &device->values[CS_KEY_DEVICE_MEMORY];
    const CsTyped *check = &r->fixed[CS_KEY_MEMORY_CHECK];
    double known_byte = platform != NULL ? platform->memory_byte : NAN;
    CsTyped typed;
    if (!cs_raw_given(raw)) {
        gboolean checked = check->valid && check->choice == 1 && isfinite(known_byte);
        if (checked)
            cs_resolver_add_derived(r, label, CS_KEY_DEVICE_MEMORY, known_byte * 8, "platform",
                                    device->values[CS_KEY_DEVICE_PLATFORM].text);
        return checked ? known_byte : INFINITY;
    }
    cs_resolver_take(r, label, CS_KEY_DEVICE_MEMORY, raw, &typed);
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
static void resolve_device_life(CsResolver *r, const CsRawDevice *device, const char *label,
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
        cs_resolver_take(r, label, lives[i].index, &device->values[lives[i].index], &typed);
        *lives[i].value = typed.valid ? typed.number : lives[i].without;
    }
    if (!template && isfinite(group->battery_j) && isnan(group->power_coefficient))
        cs_diagnostics_error(r->diagnostics, device->values[CS_KEY_DEVICE_BATTERY].place,
                             "set 'power-coefficient', or name a 'platform'",
                             "the battery of device '%s' needs to know what computing takes",
                             device->name);
}

/* Frequency, cores and so on of a device; FALSE where one is missing or wrong. */
static gboolean resolve_device_computing(CsResolver *r, const CsRawDevice *device,
                                         const char *label, gboolean template, CsDeviceGroup *group,
                                         const CsPlatform **platform)
{
    static const CsKeyIndex indices[] = {CS_KEY_DEVICE_FREQUENCY, CS_KEY_DEVICE_CORES,
                                         CS_KEY_DEVICE_FLOPS_PER_CYCLE,
                                         CS_KEY_DEVICE_POWER_COEFFICIENT};
    const CsRaw *named = &device->values[CS_KEY_DEVICE_PLATFORM];
    gboolean failed = FALSE, sound = TRUE;
    const CsPlatform *p = cs_resolver_platform(r, label, CS_KEY_DEVICE_PLATFORM, named, &failed);
    *platform = p;
    const double derived[] = {p != NULL ? p->frequency_max_hz : NAN, p != NULL ? p->cores : NAN,
                              p != NULL ? p->flops_per_cycle : NAN,
                              cs_platform_power_coefficient(p)};
    CsTyped typed[G_N_ELEMENTS(indices)];
    for (guint i = 0; i < G_N_ELEMENTS(indices); i++) {
        const CsRaw *raw = &device->values[indices[i]];
        cs_resolver_take_derived(r, label, indices[i], raw, derived[i], "platform",
                                 p != NULL ? named->text : "", &typed[i]);
        if (!cs_raw_given(raw) && !typed[i].valid && cs_key(indices[i])->required && !failed &&
            !template)
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

static void resolve_device_link(CsResolver *r, const CsRawDevice *device, const char *label,
                                gboolean template, const CsPlatform *platform, CsDeviceGroup *group)
{
    CsTyped distance, tx_power, circuit, rx_power, noise_figure;
    const CsRaw *values = device->values;
    const char *name = platform != NULL ? values[CS_KEY_DEVICE_PLATFORM].text : "";
    cs_resolver_take(r, label, CS_KEY_DEVICE_DISTANCE, &values[CS_KEY_DEVICE_DISTANCE], &distance);
    cs_resolver_take(r, label, CS_KEY_DEVICE_TX_POWER, &values[CS_KEY_DEVICE_TX_POWER], &tx_power);
    cs_resolver_take_derived(
        r, label, CS_KEY_DEVICE_TX_CIRCUIT_POWER, &values[CS_KEY_DEVICE_TX_CIRCUIT_POWER],
        platform != NULL ? platform->tx_circuit_power_w : NAN, "platform", name, &circuit);
    cs_resolver_take_derived(r, label, CS_KEY_DEVICE_RX_POWER, &values[CS_KEY_DEVICE_RX_POWER],
                             platform != NULL ? platform->rx_power_w : NAN, "platform", name,
                             &rx_power);
    cs_resolver_take(r, label, CS_KEY_DEVICE_NOISE_FIGURE, &values[CS_KEY_DEVICE_NOISE_FIGURE],
                     &noise_figure);
    if (!cs_raw_given(&values[CS_KEY_DEVICE_DISTANCE]) && !template)
        need(r, device, CS_KEY_DEVICE_DISTANCE);
    group->distance_min_m = distance.number;
    group->distance_max_m = distance.upper;
    group->tx_power_w = tx_power.number;
    group->tx_circuit_power_w = circuit.valid ? circuit.number : 0;
    group->rx_power_w = rx_power.valid ? rx_power.number : NAN;
    group->noise_factor = noise_figure.number;
}

static void resolve_device_motion(CsResolver *r, const CsRawDevice *device, const char *label,
                                  CsDeviceGroup *group)
{
    CsTyped typed[CS_KEY_DEVICE_PAUSE - CS_KEY_DEVICE_HEIGHT + 1];
    for (guint i = CS_KEY_DEVICE_HEIGHT; i <= CS_KEY_DEVICE_PAUSE; i++)
        cs_resolver_take(r, label, (CsKeyIndex)i, &device->values[i],
                         &typed[i - CS_KEY_DEVICE_HEIGHT]);
    group->height_m = typed[0].number;
    group->mobility = (CsMobility){
        .speed_m_per_s = typed[CS_KEY_DEVICE_SPEED - CS_KEY_DEVICE_HEIGHT].number,
        .speed_max_m_per_s = typed[CS_KEY_DEVICE_SPEED - CS_KEY_DEVICE_HEIGHT].upper,
        .kind = (CsMobilityKind)typed[CS_KEY_DEVICE_MOBILITY - CS_KEY_DEVICE_HEIGHT].choice,
        .direction_rad = typed[CS_KEY_DEVICE_DIRECTION - CS_KEY_DEVICE_HEIGHT].number * G_PI / 180,
        .radius_m = typed[CS_KEY_DEVICE_AREA_RADIUS - CS_KEY_DEVICE_HEIGHT].number,
        .pause_s = typed[CS_KEY_DEVICE_PAUSE - CS_KEY_DEVICE_HEIGHT].number,
    };
}

/* The keys from `first`, which names a file, to `last`: their defaults hold only with it. FALSE
 * where it is not given, or one of the keys is wrong. */
static gboolean take_with_file(CsResolver *r, const CsRaw *values, const char *label,
                               CsKeyIndex first, CsKeyIndex last, CsTyped *typed)
{
    gboolean sound = cs_raw_given(&values[first]), used = sound;
    for (guint i = first; i <= last; i++) {
        typed[i] = (CsTyped){.valid = TRUE};
        if (used || cs_raw_given(&values[i]))
            cs_resolver_take(r, label, (CsKeyIndex)i, &values[i], &typed[i]);
        sound = sound && (typed[i].valid || !cs_raw_given(&values[i]));
    }
    return sound;
}

/* The trace of a direction; NULL where there is none or it cannot be had. */
static const CsChannelTrace *trace_of(CsResolver *r, const CsRaw *values, CsKeyIndex column,
                                      CsTraceFormat *format)
{
    static const char *const kinds[] = {"cqi", "snr", "rate"};
    const CsRaw *file = &values[CS_KEY_DEVICE_TRACE], *named = &values[column];
    if (!cs_raw_given(named))
        named = &values[CS_KEY_DEVICE_TRACE_VALUE];
    format->value_column = cs_raw_given(named) ? named->text : kinds[format->kind];
    if (strcmp(format->value_column, "none") == 0)
        return NULL;
    return cs_library_trace(r->library, file->text, file->directory, format, file->place,
                            r->diagnostics);
}

static void resolve_device_trace(CsResolver *r, const CsRawDevice *device, const char *label,
                                 CsDeviceGroup *group)
{
    static const double scales[] = {1, 1e3, 1e6, 1e9};
    const CsRaw *values = device->values;
    CsTyped typed[CS_KEY_N];
    if (!take_with_file(r, values, label, CS_KEY_DEVICE_TRACE, CS_KEY_DEVICE_TRACE_END, typed))
        return;
    const CsRaw *time = &values[CS_KEY_DEVICE_TRACE_TIME];
    CsTraceFormat format = {
        .kind = (CsTraceKind)typed[CS_KEY_DEVICE_TRACE_KIND].choice,
        .end = (CsTraceEnd)typed[CS_KEY_DEVICE_TRACE_END].choice,
        .time_unit = (CsTraceTime)typed[CS_KEY_DEVICE_TRACE_TIME_UNIT].choice,
        .time_column = cs_raw_given(time) ? time->text : cs_key(CS_KEY_DEVICE_TRACE_TIME)->fallback,
        .scale = scales[typed[CS_KEY_DEVICE_TRACE_UNIT].choice],
    };
    group->trace[CS_UPLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_UPLINK_VALUE, &format);
    group->trace[CS_DOWNLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_DOWNLINK_VALUE, &format);
}

static const char *text_of(const CsRaw *values, CsKeyIndex index, const char *without)
{
    return cs_raw_given(&values[index]) ? values[index].text : without;
}

#define LONG_S 1e8 /* three years */

/* Time stamps since 1970, most likely. */
static void warn_of_origin(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    const CsRaw *values = device->values;
    gint64 until_ns;
    cs_availability_at(group->availability, 0, &until_ns);
    if (cs_raw_given(&values[CS_KEY_DEVICE_AVAILABILITY_START]) || until_ns == G_MAXINT64 ||
        (double)until_ns < LONG_S * 1e9)
        return;
    g_autofree char *message =
        g_strdup_printf("nothing changes in the first %.10g s of the file of device '%s'",
                        (double)until_ns / 1e9, device->name);
    cs_diagnostics_add(r->diagnostics, CS_SEVERITY_WARNING,
                       values[CS_KEY_DEVICE_AVAILABILITY].place, message,
                       "set 'availability-start' to its time when the simulation begins");
}

/* Not both a file and draws, and the simulation begins within the file. */
static void check_availability(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group,
                               gboolean loops)
{
    const CsRaw *values = device->values;
    static const CsKeyIndex draws[] = {CS_KEY_DEVICE_TIME_TO_FAILURE, CS_KEY_DEVICE_REPAIR_TIME};
    for (guint i = 0; i < G_N_ELEMENTS(draws); i++)
        if (cs_raw_given(&values[draws[i]]))
            cs_diagnostics_error(r->diagnostics, values[draws[i]].place, "leave one of them out",
                                 "device '%s' has an 'availability' too, and one cannot hold with "
                                 "the other",
                                 device->name);
    if (group->availability == NULL)
        return;
    warn_of_origin(r, device, group);
    if (loops)
        return;
    double end_s = (double)cs_availability_end_ns(group->availability) / 1e9;
    if (group->availability_max_s == 0 || group->availability_max_s < end_s)
        return;
    cs_diagnostics_error(r->diagnostics, values[CS_KEY_DEVICE_AVAILABILITY_START].place,
                         "begin earlier, or write 'availability-end = loop'",
                         "device '%s' begins at or behind the end of its file, %g s", device->name,
                         end_s);
}

static void resolve_device_availability(CsResolver *r, const CsRawDevice *device, const char *label,
                                        CsDeviceGroup *group)
{
    const CsRaw *values = device->values, *file = &values[CS_KEY_DEVICE_AVAILABILITY];
    CsTyped typed[CS_KEY_N];
    if (!take_with_file(r, values, label, CS_KEY_DEVICE_AVAILABILITY,
                        CS_KEY_DEVICE_AVAILABILITY_END, typed))
        return;
    CsAvailabilityFormat format = {
        .kind = (CsAvailabilityKind)typed[CS_KEY_DEVICE_AVAILABILITY_KIND].choice,
        .end = (CsTraceEnd)typed[CS_KEY_DEVICE_AVAILABILITY_END].choice,
        .time_unit = (CsTraceTime)typed[CS_KEY_DEVICE_AVAILABILITY_TIME_UNIT].choice,
        .end_column = text_of(values, CS_KEY_DEVICE_AVAILABILITY_UNTIL, "end"),
        .state_column = text_of(values, CS_KEY_DEVICE_AVAILABILITY_STATE, "state"),
    };
    format.time_column = text_of(values, CS_KEY_DEVICE_AVAILABILITY_TIME,
                                 format.kind == CS_AVAILABILITY_STATE ? "time" : "start");
    group->availability_min_s = typed[CS_KEY_DEVICE_AVAILABILITY_START].number;
    group->availability_max_s = typed[CS_KEY_DEVICE_AVAILABILITY_START].upper;
    group->availability = cs_library_availability(r->library, file->text, file->directory, &format,
                                                  file->place, r->diagnostics);
    check_availability(r, device, group, format.end == CS_TRACE_LOOP);
}

/* The letter assumes a server faster than every device: F_min = f_D δ_D σ_D / (δ_S σ_S) <=
 * F_max. */
static void check_speed(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    const CsServer *server = &r->config->server;
    double least_hz = group->frequency_hz * group->flops_per_cycle * group->cores /
                      (server->flops_per_cycle * server->cores);
    if (least_hz <= server->frequency_max_hz)
        return;
    CsPlace place =
        cs_raw_place(&device->values[CS_KEY_DEVICE_FREQUENCY],
                     cs_raw_place(&device->values[CS_KEY_DEVICE_PLATFORM], device->head));
    cs_diagnostics_error(r->diagnostics, place,
                         "lower the device's 'frequency' or 'cores', or raise the server's",
                         "device '%s' is faster than the server: to keep up, the server would need "
                         "%.4g GHz, and its 'frequency-max' is %.4g GHz",
                         device->name, least_hz / 1e9, server->frequency_max_hz / 1e9);
}

void cs_resolve_device(CsResolver *r, guint index, const CsRadio *common)
{
    const CsRawDevice *device = &r->devices[index];
    const CsRaw *values = device->values;
    guint first_setting = r->settings->len;
    g_autofree char *label = g_strdup_printf("device %s", device->name);
    CsTyped count = {.valid = TRUE, .whole = 1}, unused;
    if (cs_raw_given(&values[CS_KEY_DEVICE_COUNT]))
        cs_resolver_take(r, label, CS_KEY_DEVICE_COUNT, &values[CS_KEY_DEVICE_COUNT], &count);
    if (cs_raw_given(&values[CS_KEY_DEVICE_INHERITS]))
        cs_typed_read(cs_key(CS_KEY_DEVICE_INHERITS), values[CS_KEY_DEVICE_INHERITS].text,
                      values[CS_KEY_DEVICE_INHERITS].place, &unused, r->diagnostics);
    gboolean template = count.valid && count.whole == 0;

    CsDeviceGroup spare = {.name = NULL}, *group = &spare;
    if (!template)
        group = cs_config_add_group(r->config, device->name);
    const CsPlatform *platform;
    gboolean sound = resolve_device_computing(r, device, label, template, group, &platform);
    resolve_device_link(r, device, label, template, platform, group);
    resolve_device_motion(r, device, label, group);
    resolve_device_trace(r, device, label, group);
    resolve_device_availability(r, device, label, group);
    cs_resolve_device_radio(r, device, label, common, &group->radio);
    if (template) {
        g_array_set_size(r->settings, first_setting);
        return;
    }
    group->counted = cs_raw_given(&values[CS_KEY_DEVICE_COUNT]);
    group->count = (guint)count.whole;
    g_array_append_val(r->group_devices, index);
    if (sound && r->server_sound)
        check_speed(r, device, group);
}
