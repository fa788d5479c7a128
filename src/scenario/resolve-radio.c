/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/resolve-radio: what [radio] and the radio keys of a device come to. See resolver.h. */
#include "scenario/resolver.h"

#include "radio/pathloss.h"

#define FIRST_RADIO CS_KEY_CARRIER
#define LAST_RADIO CS_KEY_TRANSFER_LIMIT

/* Thresholds that average over fading count it twice where it is drawn as well. */
static void warn_of_fading(CsResolver *r, const char *name, CsPlace place, const CsTyped *typed,
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
static void resolve_thresholds(CsResolver *r, const CsRaw *raw, int number, CsPlace blame,
                               const CsTyped *typed, CsRadio *radio)
{
    const CsRaw *named = &raw[CS_KEY_THRESHOLDS];
    const char *name = cs_raw_given(named) ? named->text : cs_threshold_set_default(number);
    if (name == NULL) {
        cs_diagnostics_error(r->diagnostics, blame,
                             "write 'thresholds = FILE.csv', with the columns cqi,snr_db",
                             "CQI table %d needs SNR thresholds of your own", number);
        return;
    }
    CsPlace place = cs_raw_given(named) ? named->place : blame;
    const CsThresholds *found =
        cs_library_thresholds(r->library, name, named->directory, place, r->diagnostics);
    if (found == NULL || !cs_thresholds_check_table(found, name, number, blame, r->diagnostics))
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
    radio->shadowing_distance_m = distance->valid ? distance->number
                                  : environment   ? (double)NAN
                                                  : 10;
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
    radio->coherence = coherence->chosen ? (CsCoherence)coherence->choice : CS_COHERENCE_TIME;
    radio->coherence_s = coherence->number;
    radio->doppler = (CsDoppler)typed[CS_KEY_DOPPLER].choice;
    radio->sharing = (CsSharing)typed[CS_KEY_SHARING].choice;
    radio->transfer_limit_s = typed[CS_KEY_TRANSFER_LIMIT].number;
    radio->reciprocal = typed[CS_KEY_RECIPROCAL].choice == 1;
    radio->rate = (CsRateRule)typed[CS_KEY_RATE].choice;
    radio->outage = (CsOutageRule)typed[CS_KEY_OUTAGE].choice;
    radio->max_repetitions = (guint)typed[CS_KEY_MAX_REPETITIONS].whole;
}

static void resolve_curves(CsResolver *r, const CsRaw *named, const CsTyped *typed, CsRadio *radio)
{
    if (!cs_raw_given(named) || !typed[CS_KEY_ERROR_CURVES].valid)
        return;
    /* The configuration only reads them. */
    radio->errors.curves = (CsErrorCurves *)cs_library_error_curves(
        r->library, named->text, named->directory, named->place, r->diagnostics);
}

/* A radio from its values' texts and types; `blame` is where what is no single value's fault goes.
 */
static void resolve_radio(CsResolver *r, const CsRaw *raw, const CsTyped *typed, CsPlace blame,
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

static void add_default_thresholds(CsResolver *r, const char *group, const CsTyped *typed)
{
    const CsTyped *table = &typed[CS_KEY_CQI_TABLE];
    const char *name = table->valid ? cs_threshold_set_default((int)table->choice + 1) : NULL;
    if (name != NULL)
        cs_resolver_add_setting(r, group, CS_KEY_THRESHOLDS, name, (CsPlace){NULL, 0, 0, 0},
                                "default");
}

void cs_resolve_common_radio(CsResolver *r, CsRadio *radio)
{
    const CsRaw *raw = r->table->fixed;
    cs_resolver_take_range(r, FIRST_RADIO, CS_KEY_THRESHOLDS);
    if (!cs_raw_given(&raw[CS_KEY_THRESHOLDS]))
        add_default_thresholds(r, "radio", r->fixed);
    cs_resolver_take_range(r, (CsKeyIndex)(CS_KEY_THRESHOLDS + 1), LAST_RADIO);
    CsPlace blame = cs_raw_place(&raw[CS_KEY_THRESHOLDS], cs_resolver_head(r, CS_KEY_CQI_TABLE));
    resolve_radio(r, raw, r->fixed, blame, radio);
    resolve_curves(r, &raw[CS_KEY_ERROR_CURVES], r->fixed, radio);
}

void cs_resolve_device_radio(CsResolver *r, const CsRawDevice *device, const char *group,
                             const CsRadio *common, CsRadio *radio)
{
    CsTyped typed[CS_KEY_N];
    CsRaw raw[CS_KEY_N];
    gboolean overridden = FALSE;
    for (guint i = FIRST_RADIO; i <= LAST_RADIO; i++) {
        typed[i] = r->fixed[i];
        raw[i] = r->table->fixed[i];
        if (!cs_raw_given(&device->values[i]))
            continue;
        raw[i] = device->values[i];
        cs_resolver_take(r, group, (CsKeyIndex)i, &raw[i], &typed[i]);
        overridden = TRUE;
    }
    *radio = *common;
    if (!overridden)
        return;
    resolve_curves(r, &device->values[CS_KEY_ERROR_CURVES], typed, radio);
    const CsRaw *table = &device->values[CS_KEY_CQI_TABLE];
    const CsRaw *thresholds = &device->values[CS_KEY_THRESHOLDS];
    if (cs_raw_given(table) && !cs_raw_given(&raw[CS_KEY_THRESHOLDS]))
        add_default_thresholds(r, group, typed);
    if (cs_raw_given(thresholds) || cs_raw_given(table)) {
        resolve_radio(r, raw, typed, cs_raw_place(thresholds, table->place), radio);
        return;
    }
    fill_radio(typed, radio);
    if (cs_raw_given(&device->values[CS_KEY_FADING]) && cs_raw_given(&raw[CS_KEY_THRESHOLDS]))
        warn_of_fading(r, raw[CS_KEY_THRESHOLDS].text, device->values[CS_KEY_FADING].place, typed,
                       radio);
}
