/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/resolve-radio: what [radio] and the radio keys of a device come to. See resolver.h. */
#include "scenario/resolver.h"

/* Thresholds that average over fading count it twice where it is drawn as well. */
static void warn_of_fading(CsResolver *r, const char *name, CsPlace place, const CsTyped *typed,
                           const CsRadio *radio)
{
    if (!radio->thresholds.averages_fading || !typed[CS_KEY_FADING].valid ||
        typed[CS_KEY_FADING].choice == CS_FADING_NONE)
        return;
    cs_diagnostics_warn(r->diagnostics, place,
                        "write 'fading = none', or take thresholds without fading such as "
                        "'nr-awgn'",
                        "the thresholds '%s' already average over fading, and fading is drawn too",
                        name);
}

/* The threshold set `name` belongs to the CQI table `own`, and the scenario has table `number`. */
static void tell_misfit(CsResolver *r, const char *name, int own, int number, CsPlace blame)
{
    const char *fitting = cs_threshold_set_default(number);
    g_autofree char *help =
        fitting != NULL
            ? g_strdup_printf("write 'thresholds = %s' or 'cqi-table = %d'", fitting, own)
            : g_strdup_printf("table %d needs a CSV file of your own (cqi,snr_db); or write "
                              "'cqi-table = %d'",
                              number, own);
    cs_diagnostics_error(r->diagnostics, blame, help,
                         "the threshold set '%s' belongs to CQI table %d, not to table %d", name,
                         own, number);
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
    const CsRaw file = {name, named->directory, cs_raw_place(named, blame)};
    const CsThresholds *found =
        cs_library_get(r->library, CS_SHELF_THRESHOLDS, &file, NULL, r->diagnostics);
    if (found == NULL)
        return;
    if (!cs_thresholds_fit(found, number)) {
        tell_misfit(r, name, found->cqi_table, number, blame);
        return;
    }
    radio->thresholds = *found;
    warn_of_fading(r, name, file.place, typed, radio);
}

static void resolve_curves(CsResolver *r, const CsRaw *named, const CsTyped *typed, CsRadio *radio)
{
    if (!cs_raw_given(named) || !typed[CS_KEY_ERROR_CURVES].valid)
        return;
    /* The configuration only reads them. */
    radio->errors.curves = (CsErrorCurves *)cs_library_get(r->library, CS_SHELF_ERROR_CURVES, named,
                                                           NULL, r->diagnostics);
}

/* A radio from its values' texts and types; `blame` is where what is no single value's fault goes.
 */
static void resolve_radio(CsResolver *r, const CsRaw *raw, const CsTyped *typed, CsPlace blame,
                          CsRadio *radio)
{
    cs_typed_store_all(typed, CS_OWNER_CsRadio, radio);
    cs_radio_complete(radio);
    if (!typed[CS_KEY_CQI_TABLE].valid)
        return;
    int number = (int)typed[CS_KEY_CQI_TABLE].choice;
    const CsCqiTable *table = cs_library_cqi_table(r->library, number, blame, r->diagnostics);
    if (table != NULL)
        radio->table = *table;
    resolve_thresholds(r, raw, number, blame, typed, radio);
}

static void add_default_thresholds(CsResolver *r, const char *group, const CsTyped *typed)
{
    const CsTyped *table = &typed[CS_KEY_CQI_TABLE];
    const char *name = table->valid ? cs_threshold_set_default((int)table->choice) : NULL;
    if (name != NULL)
        cs_resolver_add_setting(r, group, CS_KEY_THRESHOLDS, name, (CsPlace){NULL, 0, 0, 0},
                                "default");
}

void cs_resolve_common_radio(CsResolver *r, CsRadio *radio)
{
    const CsRaw *raw = r->table->fixed;
    cs_resolver_take_fixed(r, CS_KEY_FIRST_OF_RADIO, CS_KEY_THRESHOLDS);
    if (!cs_raw_given(&raw[CS_KEY_THRESHOLDS]))
        add_default_thresholds(r, "radio", r->fixed);
    cs_resolver_take_fixed(r, CS_KEY_THRESHOLDS + 1, CS_KEY_LAST_OF_RADIO);
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
    for (CsKeyIndex i = CS_KEY_FIRST_OF_RADIO; i <= CS_KEY_LAST_OF_RADIO; i++) {
        typed[i] = r->fixed[i];
        raw[i] = r->table->fixed[i];
        if (!cs_raw_given(&device->values[i]))
            continue;
        raw[i] = device->values[i];
        cs_resolver_take(r, group, i, &raw[i], &typed[i]);
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
    cs_typed_store_all(typed, CS_OWNER_CsRadio, radio);
    cs_radio_complete(radio);
    if (cs_raw_given(&device->values[CS_KEY_FADING]) && cs_raw_given(&raw[CS_KEY_THRESHOLDS]))
        warn_of_fading(r, raw[CS_KEY_THRESHOLDS].text, device->values[CS_KEY_FADING].place, typed,
                       radio);
}
