/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/resolve-device: what a [device NAME] comes to: a group of the configuration, unless it
 * is a template. See resolver.h. */
#include "base/units.h"
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
        gboolean checked = check->valid && check->choice == TRUE && isfinite(known_byte);
        if (checked)
            cs_resolver_add_derived(r, label, CS_KEY_DEVICE_MEMORY, known_byte * 8, "platform",
                                    device->values[CS_KEY_DEVICE_PLATFORM].text);
        return checked ? known_byte : INFINITY;
    }
    cs_resolver_take(r, label, CS_KEY_DEVICE_MEMORY, raw, &typed);
    if (!typed.valid || (typed.chosen && typed.choice == CS_DEVICE_MEMORY_UNLIMITED))
        return INFINITY;
    if (!typed.chosen)
        return typed.number / 8;
    if (!isfinite(known_byte))
        cs_diagnostics_error(r->diagnostics, raw->place, "write a size, such as '8 GB'",
                             "the memory of device '%s' is its platform's, which is not known",
                             device->name);
    return isfinite(known_byte) ? known_byte : INFINITY;
}

/* Where a battery is drained by work whose power is not known. */
static void check_battery(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    if (isfinite(group->battery_j) && isnan(cs_group_power_w(group)))
        cs_diagnostics_error(r->diagnostics, device->values[CS_KEY_DEVICE_BATTERY].place,
                             "set 'power-coefficient', or name a 'platform'",
                             "the battery of device '%s' needs to know what computing takes",
                             device->name);
}

/* The keys from `first` to `last`, and a word on those that must be given. */
static void take_device(CsResolver *r, const CsRawDevice *device, const char *label,
                        CsKeyIndex first, CsKeyIndex last, const CsPlatform *platform,
                        gboolean demanding, CsTyped *typed)
{
    const CsRaw *values = device->values;
    cs_resolver_take_range(r, label, first, last, values, platform,
                           values[CS_KEY_DEVICE_PLATFORM].text, typed);
    for (CsKeyIndex i = first; i <= last && demanding; i++)
        if (cs_key(i)->required && !cs_raw_given(&values[i]) && !typed[i].valid)
            need(r, device, i);
}

/* The keys from `first`, which names a file, to `last`: their defaults hold only with it. FALSE
 * where it is not given, or one of the keys is wrong. */
static gboolean take_with_file(CsResolver *r, const CsRaw *values, const char *label,
                               CsKeyIndex first, CsKeyIndex last, CsTyped *typed)
{
    gboolean sound = cs_raw_given(&values[first]), used = sound;
    for (CsKeyIndex i = first; i <= last; i++) {
        typed[i] = (CsTyped){.valid = FALSE};
        if (used || cs_raw_given(&values[i]))
            cs_resolver_take(r, label, i, &values[i], &typed[i]);
        sound = sound && (typed[i].valid || !cs_raw_given(&values[i]));
    }
    return sound;
}

/* The trace of a direction; NULL where there is none or it cannot be had. */
static const CsChannelTrace *trace_of(CsResolver *r, const CsRaw *values, CsKeyIndex column,
                                      CsTraceFormat *format)
{
    const CsRaw *file = &values[CS_KEY_DEVICE_TRACE], *named = &values[column];
    if (!cs_raw_given(named))
        named = &values[CS_KEY_DEVICE_TRACE_VALUE];
    format->value_column =
        cs_raw_given(named) ? named->text : cs_names_of(cs_trace_kind_names, format->kind);
    if (strcmp(format->value_column, "none") == 0)
        return NULL;
    return cs_library_get(r->library, CS_SHELF_TRACES, file, format, r->diagnostics);
}

static void resolve_device_trace(CsResolver *r, const CsRawDevice *device, const char *label,
                                 CsDeviceGroup *group)
{
    const CsRaw *values = device->values;
    CsTyped typed[CS_KEY_N];
    CsTraceFormat format;
    if (!take_with_file(r, values, label, CS_KEY_DEVICE_TRACE, CS_KEY_DEVICE_TRACE_END, typed))
        return;
    cs_typed_store_all(typed, CS_OWNER_CsTraceFormat, &format);
    group->trace[CS_UPLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_UPLINK_VALUE, &format);
    group->trace[CS_DOWNLINK] = trace_of(r, values, CS_KEY_DEVICE_TRACE_DOWNLINK_VALUE, &format);
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
    cs_diagnostics_warn(r->diagnostics, values[CS_KEY_DEVICE_AVAILABILITY].place,
                        "set 'availability-start' to its time when the simulation begins",
                        "nothing changes in the first %.10g s of the file of device '%s'",
                        (double)until_ns / 1e9, device->name);
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
    gint64 end_ns = cs_availability_end_ns(group->availability);
    if (group->availability_max_ns == 0 || group->availability_max_ns < end_ns)
        return;
    cs_diagnostics_error(r->diagnostics, values[CS_KEY_DEVICE_AVAILABILITY_START].place,
                         "begin earlier, or write 'availability-end = loop'",
                         "device '%s' begins at or behind the end of its file, %g s", device->name,
                         cs_ns_to_s(end_ns));
}

static void resolve_device_availability(CsResolver *r, const CsRawDevice *device, const char *label,
                                        CsDeviceGroup *group)
{
    const CsRaw *values = device->values, *file = &values[CS_KEY_DEVICE_AVAILABILITY];
    CsTyped typed[CS_KEY_N];
    if (!take_with_file(r, values, label, CS_KEY_DEVICE_AVAILABILITY,
                        CS_KEY_DEVICE_AVAILABILITY_END, typed))
        return;
    CsAvailabilityFormat format;
    cs_typed_store_all(typed, CS_OWNER_CsAvailabilityFormat, &format);
    if (format.time_column == NULL)
        format.time_column = format.kind == CS_AVAILABILITY_STATE ? "time" : "start";
    group->availability_min_ns = typed[CS_KEY_DEVICE_AVAILABILITY_START].from_ns;
    group->availability_max_ns = typed[CS_KEY_DEVICE_AVAILABILITY_START].to_ns;
    group->availability =
        cs_library_get(r->library, CS_SHELF_AVAILABILITIES, file, &format, r->diagnostics);
    check_availability(r, device, group, format.end == CS_TRACE_LOOP);
}

/* The letter assumes a server faster than every device: F_min = f_D δ_D σ_D / (δ_S σ_S) <=
 * F_max. */
static void check_speed(CsResolver *r, const CsRawDevice *device, const CsDeviceGroup *group)
{
    const CsServer *server = &r->config->server;
    double least_hz = group->frequency_hz * group->flops_per_cycle * group->cores /
                      (server->flops_per_cycle * server->cores);
    if (least_hz <= server->frequency_max_hz || r->config->compute == CS_COMPUTE_MEASURED ||
        r->config->protocol == CS_PROTOCOL_FEDERATED)
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

/* What it computes with, how long it lives, how it sends and moves; FALSE where its speed is not
 * known. */
static gboolean resolve_device_itself(CsResolver *r, const CsRawDevice *device, const char *label,
                                      gboolean template, CsDeviceGroup *group)
{
    CsTyped typed[CS_KEY_N] = {{.valid = FALSE}};
    const CsRaw *named = &device->values[CS_KEY_DEVICE_PLATFORM];
    gboolean failed = FALSE;
    const CsPlatform *p = cs_resolver_platform(r, label, CS_KEY_DEVICE_PLATFORM, named, &failed);
    take_device(r, device, label, CS_KEY_DEVICE_FREQUENCY, CS_KEY_DEVICE_STEP_OVERHEAD, p,
                !failed && !template, typed);
    group->rates.times = cs_resolver_layer_times(r, label, CS_KEY_DEVICE_LAYER_TIMES,
                                                 &device->values[CS_KEY_DEVICE_LAYER_TIMES], p);
    group->power_table = cs_resolver_power_table(r, label, CS_KEY_DEVICE_POWER_TABLE,
                                                 &device->values[CS_KEY_DEVICE_POWER_TABLE], p);
    double memory_byte = resolve_device_memory(r, device, label, p);
    take_device(r, device, label, CS_KEY_DEVICE_BATTERY, CS_KEY_DEVICE_REPAIR_TIME, p, !template,
                typed);
    take_device(r, device, label, CS_KEY_DEVICE_DISTANCE, CS_KEY_DEVICE_PAUSE, p, !template, typed);
    cs_typed_store_all(typed, CS_OWNER_CsDeviceGroup, group);
    group->memory_byte = memory_byte;
    cs_radio_power_complete(&group->radio_power);
    group->mobility.direction_rad = typed[CS_KEY_DEVICE_DIRECTION].number * G_PI / 180;
    if (!template)
        check_battery(r, device, group);
    return !failed && typed[CS_KEY_DEVICE_FREQUENCY].valid && typed[CS_KEY_DEVICE_CORES].valid &&
           typed[CS_KEY_DEVICE_FLOPS_PER_CYCLE].valid;
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
        group = cs_config_append_group(r->config, device->name);
    gboolean sound = resolve_device_itself(r, device, label, template, group);
    if (cs_raw_given(&values[CS_KEY_DEVICE_DATA]))
        cs_resolver_take(r, label, CS_KEY_DEVICE_DATA, &values[CS_KEY_DEVICE_DATA], &unused);
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
