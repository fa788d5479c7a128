/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/link-law: the distribution of a direction's rate. See link-law.h. Layer: expect. */
#include "expect/link-law.h"

#include "base/units.h"

#include <math.h>

#define STEPS_MAX 120
#define SURE 4e-15 /* in ln gain, or ln rate */

/* --- where a map breaks ----------------------------------------------------------------------- */

static gboolean by_cqi(const CsRateMap *map)
{
    return map->rule == CS_RATE_CQI || map->rule == CS_RATE_MCS;
}

static gboolean has_curves(const CsRateMap *map)
{
    return map->errors != NULL && map->errors->curves != NULL;
}

static void add_break(GArray *breaks, double snr)
{
    if (snr > 0 && isfinite(snr))
        g_array_append_val(breaks, snr);
}

/* Where N stop-and-wait processes begin to hold the rate up (retransmission.h): at N - 1 blocks a
 * round trip. */
static void add_pipe(GArray *breaks, const CsRateMap *map)
{
    const CsLinkErrors *errors = map->errors;
    if (errors == NULL || !(errors->round_trip_s > 0) || errors->processes < 2)
        return;
    double rate_bps = (errors->processes - 1.0) * errors->block_bit / errors->round_trip_s;
    if (by_cqi(map)) { /* in the region of repetition */
        double ratio = rate_bps / map->rate_bps[1];
        if (ratio > map->floor_ratio && ratio < 1)
            add_break(breaks, map->threshold[1] * ratio);
        return;
    }
    double gap = map->rule == CS_RATE_GAP ? 1 / expm1(cs_gap_efficiency(1) * G_LN2) : 1;
    add_break(breaks, gap * expm1(rate_bps / map->bandwidth_hz * G_LN2));
}

/* A knot of an MCS' curve lies at that SNR for each transmission, which may have k times the SNR;
 * and where the curve meets the highest rate that counts there is a bend too. */
static void add_curve(GArray *breaks, const CsRateMap *map, int mcs, double low, double high,
                      double copies)
{
    const CsLinkErrors *errors = map->errors;
    guint transmissions = errors->chase ? errors->retransmissions + 1 : 1;
    double before = NAN, knot_db;
    for (guint i = 0; !isnan(knot_db = cs_error_curves_knot(errors->curves, mcs, i)); i++) {
        double knots[2] = {cs_db_to_linear(knot_db), NAN};
        double rate = cs_error_curves_rate(errors->curves, mcs, knots[0]);
        if (i > 0) {
            double from = cs_error_curves_rate(errors->curves, mcs, cs_db_to_linear(before));
            double part = (CS_BLOCK_ERROR_RATE_MAX - from) / (rate - from);
            if (part > 0 && part < 1)
                knots[1] = cs_db_to_linear(before + part * (knot_db - before));
        }
        for (guint k = 1; k <= transmissions; k++)
            for (guint j = 0; j < 2; j++) {
                double snr = knots[j] / k / copies;
                if (snr > low && snr < high)
                    add_break(breaks, snr);
            }
        before = knot_db;
    }
}

static void add_curves(GArray *breaks, const CsRateMap *map)
{
    double floor_snr = map->threshold[1];
    if (by_cqi(map) && map->outage == CS_OUTAGE_REPEAT)
        floor_snr *= map->floor_ratio;
    double copies = by_cqi(map) && map->outage == CS_OUTAGE_REPEAT ? 1 / map->floor_ratio : 1;
    add_curve(breaks, map, -1, 0, floor_snr, copies);
    for (int i = 1; i < CS_CQI_N; i++)
        add_curve(breaks, map, map->mcs[i], map->threshold[i],
                  i + 1 < CS_CQI_N ? map->threshold[i + 1] : INFINITY, 1);
}

static gint compare_reals(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

GArray *cs_link_breaks(const CsRateMap *map)
{
    GArray *breaks = g_array_new(FALSE, FALSE, sizeof(double));
    if (by_cqi(map) || has_curves(map))
        for (int i = 1; i < CS_CQI_N; i++)
            add_break(breaks, map->threshold[i]);
    if (by_cqi(map) && map->outage == CS_OUTAGE_REPEAT)
        add_break(breaks, map->threshold[1] * map->floor_ratio);
    add_pipe(breaks, map);
    if (has_curves(map))
        add_curves(breaks, map);
    g_array_sort(breaks, compare_reals);
    return breaks;
}

/* --- the law ---------------------------------------------------------------------------------- */

/* Whether the rate varies between two neighbouring breaks. */
static gboolean varies(const CsRateMap *map, double low, double high)
{
    if (!by_cqi(map) || has_curves(map))
        return TRUE;
    double middle = isinf(high) ? 2 * low + 1 : 0.5 * (low + high);
    return map->outage == CS_OUTAGE_REPEAT && middle < map->threshold[1] &&
           middle > map->threshold[1] * map->floor_ratio;
}

static void add_atom(CsLinkLaw *law, double low, double high, const CsFadingModel *fading)
{
    double below = low > 0 ? cs_fading_cdf(fading, low / law->snr) : 0;
    double above = isinf(high) ? 1 : cs_fading_cdf(fading, high / law->snr);
    if (!(above > below))
        return;
    double inside = isinf(high) ? 2 * low + 1 : 0.5 * (low + high);
    CsLinkState link = cs_link_state(law->map, inside);
    g_assert(law->n_atoms < CS_ATOMS_MAX);
    law->atom[law->n_atoms++] =
        (CsLinkAtom){.probability = above - below, .rate_bps = link.rate_bps, link.outage};
}

/* Split at the guides of the gain's law, as far as it takes. */
static void add_stretches(CsLinkLaw *law, double low, double high, const CsGainLaw *gain)
{
    double from = fmax(low > 0 ? log(low / law->snr) : -INFINITY, gain->low);
    double end = fmin(log(high / law->snr), gain->high);
    for (guint i = 0; i <= gain->n_guides && from < end; i++) {
        double to = i < gain->n_guides ? fmin(gain->guide[i], end) : end;
        double next = i + 1 < gain->n_guides ? fmin(gain->guide[i + 1], end) : end;
        if (!(to > from) || (to < end && next - from < gain->panel))
            continue;
        CsLinkStretch stretch = {from, to};
        g_array_append_val(law->stretches, stretch);
        from = to;
    }
}

void cs_link_law_init(CsLinkLaw *law, const CsRateMap *map, const GArray *breaks, double snr,
                      const CsFadingModel *fading, const CsGainLaw *gain)
{
    *law = (CsLinkLaw){
        .map = map, .snr = snr, .stretches = g_array_new(FALSE, FALSE, sizeof(CsLinkStretch))};
    double low = 0;
    for (guint i = 0; i <= breaks->len; i++) {
        double high = i < breaks->len ? g_array_index(breaks, double, i) : INFINITY;
        if (!(high > low))
            continue;
        if (varies(map, low, high))
            add_stretches(law, low, high, gain);
        else
            add_atom(law, low, high, fading);
        low = high;
    }
}

void cs_link_law_clear(CsLinkLaw *law)
{
    g_clear_pointer(&law->stretches, g_array_unref);
}

/* ln(1/rate) - ln s, which falls as the gain rises. */
static double above(const CsLinkLaw *law, double log_gain, double log_s)
{
    return -log(cs_link_at(law->map, law->snr, log_gain).rate_bps) - log_s;
}

/* By the rule of false position as Illinois has it (Dowell & Jarratt, BIT 11, 1971): where a format
 * is repeated it is met at once, since ln(1/rate) is a straight line there. */
double cs_link_law_find(const CsLinkLaw *law, const CsLinkStretch *stretch, double s_per_bit)
{
    double low = stretch->low, high = stretch->high, log_s = log(s_per_bit);
    double at_low = above(law, low, log_s), at_high = above(law, high, log_s);
    int side = 0;
    if (!(at_low > 0))
        return low;
    for (int i = 0; i < STEPS_MAX && at_high < 0 && high - low > SURE; i++) {
        double step = at_low / (at_low - at_high);
        /* Every third step halves, so that a bend cannot hold it up. */
        double middle = i % 3 == 2 ? 0.5 * (low + high) : low + step * (high - low);
        double at_middle = above(law, middle, log_s);
        if (!(middle > low && middle < high) || fabs(at_middle) < SURE)
            return middle;
        if (at_middle > 0) {
            low = middle;
            at_low = at_middle;
            at_high *= side == 1 ? 0.5 : 1;
            side = 1;
        } else {
            high = middle;
            at_high = at_middle;
            at_low *= side == -1 ? 0.5 : 1;
            side = -1;
        }
    }
    return high;
}
