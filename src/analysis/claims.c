/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/claims: the letter's claims judged by simulated data. See claims.h. */
#include "analysis/claims.h"

#include <math.h>

/* The letter's figures, in % (its abstract and Section III). */
#define LETTER_DELAY_CHANGE (-70.8)
#define LETTER_ENERGY_CHANGE (-53.1)

/* A change agrees with the letter's where it lies within so many percentage points. */
#define TOLERANCE_POINTS 1.0

#define FIELD(name) G_STRUCT_OFFSET(CsTallyCell, name)

const CsState cs_states[CS_STATES_N] = {{"Good", "2"}, {"Normal", "4"}, {"Poor", "6"}};

const char *cs_verdict_name(CsVerdict verdict)
{
    static const char *const name[] = {"holds", "differs", "contradicts Eq. 16", "undecided", ""};
    return name[verdict];
}

/* --- making claims ---------------------------------------------------------------------------- */

static void row_clear(gpointer data)
{
    g_free(((CsClaimRow *)data)->quantity);
}

static void claim_free(gpointer data)
{
    CsClaim *claim = data;
    g_free(claim->statement);
    g_free(claim->ours);
    g_array_unref(claim->rows);
    g_free(claim);
}

static CsClaim *claim_new(guint number, const char *figure, const char *letter, const char *rule)
{
    CsClaim *claim = g_new0(CsClaim, 1);
    claim->number = number;
    claim->figure = figure;
    claim->letter = letter;
    claim->rule = rule;
    claim->rows = g_array_new(FALSE, FALSE, sizeof(CsClaimRow));
    g_array_set_clear_func(claim->rows, row_clear);
    return claim;
}

static void add_row(CsClaim *claim, const char *quantity, const char *state, const char *device,
                    const char *unit, double letter, CsEstimate ours)
{
    CsClaimRow row = {g_strdup(quantity), state, device, unit, letter, ours};
    g_array_append_val(claim->rows, row);
}

static CsEstimate scaled(CsEstimate estimate, double factor)
{
    return (CsEstimate){estimate.value * factor, estimate.half_width * factor, estimate.n};
}

static gboolean surely_above(CsEstimate estimate)
{
    return estimate.value - estimate.half_width > 0.0;
}

static gboolean surely_below(CsEstimate estimate)
{
    return estimate.value + estimate.half_width < 0.0;
}

/* Devices from the strongest to the weakest, equals in file order. Transfer full. */
static guint *by_strength(const CsComparison *data)
{
    guint *order = g_new(guint, data->n_devices);
    for (guint i = 0; i < data->n_devices; i++) {
        guint at = i;
        for (; at > 0 && data->strength[order[at - 1]] < data->strength[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

/* Adds a device's mean in every state, and returns them as text: "Good 32 31 0; Poor ...". */
typedef CsEstimate (*DeviceEstimate)(const CsTally *card, guint device);

static char *add_device_rows(CsClaim *claim, const CsComparison *data, const char *quantity,
                             const char *unit, DeviceEstimate estimate, int digits)
{
    g_autofree guint *order = by_strength(data);
    GString *text = g_string_new(NULL);
    for (guint s = 0; s < CS_STATES_N; s++) {
        g_string_append_printf(text, "%s%s", s == 0 ? "" : "; ", cs_states[s].name);
        for (guint i = 0; i < data->n_devices; i++) {
            CsEstimate value = estimate(data->tally->of[s][CS_SERIES_CARD], order[i]);
            add_row(claim, quantity, cs_states[s].name, data->device[order[i]], unit, NAN, value);
            g_string_append_printf(text, " %.*f", digits, value.value);
        }
    }
    g_string_append_printf(text, " %s", unit);
    return g_string_free(text, FALSE);
}

static CsEstimate last_share_percent(const CsTally *card, guint device)
{
    return scaled(cs_tally_mean(card, FIELD(cut_last), device), 100.0);
}

/* From device `a` to device `b`. */
static CsEstimate step(const CsTally *card, CsTallyField field, guint a, guint b)
{
    return cs_tally_difference(card, b, card, a, field);
}

static CsEstimate frequency_ghz(const CsTally *card, guint device)
{
    return scaled(cs_tally_mean(card, FIELD(frequency_hz), device), 1e-9);
}

/* --- Fig. 3 ----------------------------------------------------------------------------------- */

static CsClaim *cut_is_first_or_last(const CsComparison *data)
{
    CsClaim *claim =
        claim_new(1, "Fig. 3(a)", "always", "holds where no round of CARD has another cut");
    double other = 0, rounds = 0;
    claim->statement = g_strdup_printf("the optimal cut is always 0 or %u", data->n_layers);
    for (guint s = 0; s < CS_STATES_N; s++) {
        const CsTally *card = data->tally->of[s][CS_SERIES_CARD];
        double other_here = cs_tally_sum(card, FIELD(cut_other), CS_TALLY_ALL);
        double rounds_here = cs_tally_sum(card, FIELD(rounds), CS_TALLY_ALL);
        other += other_here;
        rounds += rounds_here;
        add_row(claim, "rounds with another cut", cs_states[s].name, "", "rounds", 0.0,
                (CsEstimate){other_here, NAN, (guint64)rounds_here});
    }
    claim->ours = g_strdup_printf("%.0f of %.0f rounds have another cut", other, rounds);
    claim->verdict = other == 0 ? CS_VERDICT_HOLDS : CS_VERDICT_DIFFERS;
    return claim;
}

/* Rounds differ in nothing but the channel, so any change of a device's cut is the channel's. */
static CsClaim *cut_changes_with_channel(const CsComparison *data)
{
    CsClaim *claim = claim_new(2, "Fig. 3(a)", "it does",
                               "holds where some device does not keep one cut in all its rounds of "
                               "all states");
    g_autofree char *quantity = g_strdup_printf("share of rounds with cut %u", data->n_layers);
    claim->statement = g_strdup("the cut changes with the channel");
    g_autofree char *shares = add_device_rows(claim, data, quantity, "%", last_share_percent, 1);
    claim->ours = g_strdup_printf("cut %u in: %s of rounds (devices from strong to weak)",
                                  data->n_layers, shares);
    claim->verdict = CS_VERDICT_DIFFERS;
    for (guint d = 0; d < data->n_devices; d++) {
        guint kinds = 0;
        static const gsize kind[] = {FIELD(cut_zero), FIELD(cut_last), FIELD(cut_other)};
        for (gsize k = 0; k < G_N_ELEMENTS(kind); k++) {
            double n = 0;
            for (guint s = 0; s < CS_STATES_N; s++)
                n += cs_tally_sum(data->tally->of[s][CS_SERIES_CARD], kind[k], d);
            kinds += n > 0;
        }
        if (kinds > 1)
            claim->verdict = CS_VERDICT_HOLDS;
    }
    return claim;
}

static CsClaim *weaker_devices_offload(const CsComparison *data)
{
    CsClaim *claim = claim_new(
        3, "Fig. 3(a)", "they do",
        "holds where in no state the share of the last cut rises from a device to a weaker "
        "one and in every state it falls from the strongest to the weakest (paired 95 % "
        "intervals)");
    g_autofree guint *order = by_strength(data);
    gboolean rises = FALSE, falls = TRUE, kept = FALSE;
    GString *ours = g_string_new("from the strongest to the weakest:");
    claim->statement = g_strdup_printf("weaker devices move from cut %u to 0", data->n_layers);
    for (guint s = 0; s < CS_STATES_N; s++) {
        const CsTally *card = data->tally->of[s][CS_SERIES_CARD];
        for (guint i = 1; i < data->n_devices; i++)
            rises |= surely_above(step(card, FIELD(cut_last), order[i - 1], order[i]));
        CsEstimate whole = step(card, FIELD(cut_last), order[0], order[data->n_devices - 1]);
        falls &= surely_below(whole);
        kept |= !surely_below(whole) && isfinite(whole.half_width);
        whole = scaled(whole, 100.0);
        add_row(claim, "change of that share from strongest to weakest", cs_states[s].name, "",
                "points", NAN, whole);
        g_string_append_printf(ours, "%s %s %+.1f", s == 0 ? "" : ";", cs_states[s].name,
                               whole.value);
    }
    g_string_append(ours, " points");
    claim->ours = g_string_free(ours, FALSE);
    claim->verdict = rises || kept ? CS_VERDICT_DIFFERS
                     : falls       ? CS_VERDICT_HOLDS
                                   : CS_VERDICT_UNDECIDED;
    return claim;
}

static CsClaim *weaker_devices_get_more(const CsComparison *data)
{
    CsClaim *claim =
        claim_new(4, "Fig. 3(b)", "they do",
                  "holds where the mean rises from every device to the next weaker one in every "
                  "state; contradicts Eq. 16 where it falls at every step (paired 95 % intervals) "
                  "and every simulated frequency is that equation's");
    g_autofree guint *order = by_strength(data);
    gboolean all_rise = data->n_devices > 1, all_fall = data->n_devices > 1, known = TRUE;
    double off = 0;
    claim->statement = g_strdup("weaker devices get a higher server frequency");
    g_autofree char *means =
        add_device_rows(claim, data, "mean server frequency", "GHz", frequency_ghz, 2);
    claim->ours = g_strdup_printf("%s (devices from strong to weak)", means);
    for (guint s = 0; s < CS_STATES_N; s++) {
        const CsTally *card = data->tally->of[s][CS_SERIES_CARD];
        off += cs_tally_sum(card, FIELD(off_eq16), CS_TALLY_ALL);
        for (guint i = 1; i < data->n_devices; i++) {
            CsEstimate rise = step(card, FIELD(frequency_hz), order[i - 1], order[i]);
            known &= isfinite(rise.half_width);
            all_rise &= surely_above(rise);
            all_fall &= surely_below(rise);
        }
    }
    claim->verdict = !known                 ? CS_VERDICT_UNDECIDED
                     : all_rise             ? CS_VERDICT_HOLDS
                     : all_fall && off == 0 ? CS_VERDICT_CONTRADICTS
                                            : CS_VERDICT_DIFFERS;
    return claim;
}

/* --- Fig. 4 ----------------------------------------------------------------------------------- */

CsEstimate cs_tallies_change(const CsTallies *tallies, CsSeries against, CsTallyField field,
                             guint state)
{
    const CsTally *card[CS_STATES_N], *other[CS_STATES_N];
    guint n = 0;
    for (guint s = 0; s < CS_STATES_N; s++) {
        if (state != CS_STATES_N && state != s)
            continue;
        card[n] = tallies->of[s][CS_SERIES_CARD];
        other[n++] = tallies->of[s][against];
    }
    return cs_tally_change(card, other, n, field);
}

/* Adds the rows of one comparison; returns the change over all states. */
static CsEstimate add_change_rows(CsClaim *claim, const CsComparison *data, CsSeries against,
                                  CsTallyField field, const char *quantity, double letter)
{
    CsEstimate all = cs_tallies_change(data->tally, against, field, CS_STATES_N);
    add_row(claim, quantity, "all", "", "%", letter, all);
    for (guint s = 0; s < CS_STATES_N; s++)
        add_row(claim, quantity, cs_states[s].name, "", "%", NAN,
                cs_tallies_change(data->tally, against, field, s));
    return all;
}

static CsVerdict near_letter(CsEstimate ours, double letter)
{
    double distance = fabs(ours.value - letter);
    if (distance + ours.half_width <= TOLERANCE_POINTS)
        return CS_VERDICT_HOLDS;
    if (distance - ours.half_width > TOLERANCE_POINTS)
        return CS_VERDICT_DIFFERS;
    return CS_VERDICT_UNDECIDED;
}

/* "-70.98 ± 0.02 % (Good -58.2, Normal -58.7, Poor -76.0)", from four rows at `first`. */
static char *change_text(const CsClaim *claim, guint first)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i <= CS_STATES_N; i++) {
        const CsClaimRow *row = &g_array_index(claim->rows, CsClaimRow, first + i);
        if (i == 0)
            g_string_append_printf(text, "%+.2f ± %.2f %% (", row->ours.value,
                                   row->ours.half_width);
        else
            g_string_append_printf(text, "%s%s %+.1f", i == 1 ? "" : ", ", row->state,
                                   row->ours.value);
    }
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

static const char near_rule[] =
    "holds where the whole 95 % interval lies within 1 percentage point of the letter's figure and "
    "differs where all of it lies outside";

static CsClaim *delay_falls(const CsComparison *data)
{
    CsClaim *claim = claim_new(5, "Fig. 4(a)", "-70.8 %", near_rule);
    claim->statement = g_strdup("CARD lowers the delay against device-only");
    CsEstimate all = add_change_rows(claim, data, CS_SERIES_DEVICE, FIELD(delay_s),
                                     "delay of CARD against device-only", LETTER_DELAY_CHANGE);
    claim->ours = change_text(claim, 0);
    claim->verdict = near_letter(all, LETTER_DELAY_CHANGE);
    return claim;
}

static CsClaim *energy_falls(const CsComparison *data)
{
    CsClaim *claim = claim_new(6, "Fig. 4(b)", "-53.1 %", near_rule);
    claim->statement = g_strdup("CARD lowers the server's energy against server-only");
    CsEstimate all =
        add_change_rows(claim, data, CS_SERIES_SERVER, FIELD(energy_j),
                        "energy of CARD against server-only at f*", LETTER_ENERGY_CHANGE);
    add_change_rows(claim, data, CS_SERIES_SERVER_MAX, FIELD(energy_j),
                    "energy of CARD against server-only at F_max", NAN);
    g_autofree char *at_best = change_text(claim, 0);
    g_autofree char *at_max = change_text(claim, 1 + CS_STATES_N);
    claim->ours = g_strdup_printf("%s with server-only at f*; %s with it at F_max: the letter does "
                                  "not say which",
                                  at_best, at_max);
    claim->verdict = near_letter(all, LETTER_ENERGY_CHANGE);
    return claim;
}

static CsClaim *card_is_slower(const CsComparison *data)
{
    CsClaim *claim =
        claim_new(7, "Fig. 4(a)", "it is",
                  "holds where the paired difference of the mean delay is above 0 in "
                  "every state and differs where it is below 0 in one (95 % intervals)");
    gboolean all_above = TRUE, one_below = FALSE;
    GString *ours = g_string_new(NULL);
    claim->statement = g_strdup("CARD is slower than server-only");
    for (guint s = 0; s < CS_STATES_N; s++) {
        CsTally *const *of = data->tally->of[s];
        CsEstimate difference = cs_tally_difference(
            of[CS_SERIES_CARD], CS_TALLY_ALL, of[CS_SERIES_SERVER], CS_TALLY_ALL, FIELD(delay_s));
        all_above &= surely_above(difference);
        one_below |= surely_below(difference);
        add_row(claim, "mean delay of a round of CARD minus server-only at f*", cs_states[s].name,
                "", "s", NAN, difference);
        g_string_append_printf(ours, "%s%s %+.2f ± %.2f s", s == 0 ? "" : ", ", cs_states[s].name,
                               difference.value, difference.half_width);
    }
    g_string_append(ours, " a round, server-only at f*");
    claim->ours = g_string_free(ours, FALSE);
    claim->verdict = all_above   ? CS_VERDICT_HOLDS
                     : one_below ? CS_VERDICT_DIFFERS
                                 : CS_VERDICT_UNDECIDED;
    return claim;
}

GPtrArray *cs_claims_judge(const CsComparison *data)
{
    GPtrArray *claims = g_ptr_array_new_with_free_func(claim_free);
    g_ptr_array_add(claims, cut_is_first_or_last(data));
    g_ptr_array_add(claims, cut_changes_with_channel(data));
    g_ptr_array_add(claims, weaker_devices_offload(data));
    g_ptr_array_add(claims, weaker_devices_get_more(data));
    if (data->tally->of[0][CS_SERIES_DEVICE] != NULL) {
        g_ptr_array_add(claims, delay_falls(data));
        g_ptr_array_add(claims, energy_falls(data));
        g_ptr_array_add(claims, card_is_slower(data));
    }
    return claims;
}
