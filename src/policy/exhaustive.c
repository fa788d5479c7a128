/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/exhaustive: the oracle that CARD is judged by: every cut, and for each a numeric minimum
 * over the frequency. Thousands of times slower than CARD.
 *
 * Nothing here uses Eq. 16, but for the frequency of a cut that leaves the server no work, where
 * any frequency is as good and the reported one is f* by definition.
 *
 * Layer: policy. Calls base and GSL's minimiser (Brent's method).
 */
#include "policy/policy.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>

#define BRENT_ITERATIONS 100
#define BRENT_TOLERANCE 1e-9 /* relative width of the last interval */
/* An optimum nearer to an end than 2^-30 of the interval is the end. */
#define BRACKET_HALVINGS 30

/* What of U depends on the frequency at one cut: slowness/f + power f², f in Hz. */
typedef struct {
    const CsCostTable *measured; /* where the letter's laws do not hold: */
    CsWorth worth;
    guint cut;
    double slowness; /* w server_cycle / (D_max - D_min), Hz */
    double power;    /* (1-w) ξ server_cycle / (E_max - E_min), 1/Hz² */
} ServerCost;

static double server_cost(double frequency_hz, void *parameters)
{
    const ServerCost *cost = parameters;
    if (cost->measured != NULL)
        return cost->worth.per_s * cs_cost_server_time(cost->measured, frequency_hz, cost->cut) +
               cost->worth.per_j * cs_cost_energy(cost->measured, frequency_hz, cost->cut);
    return cost->slowness / frequency_hz + cost->power * frequency_hz * frequency_hz;
}

/*
 * Narrows [low, high] to an interval whose inside point *inside lies below both ends, as Brent's
 * method wants it. FALSE where the lower end is the minimum (the function is convex); *inside is
 * then that end. Equal ends keep the smaller frequency.
 */
static gboolean bracket(ServerCost *cost, double *low, double *high, double *inside)
{
    double at_low = server_cost(*low, cost), at_high = server_cost(*high, cost);
    gboolean from_low = at_low <= at_high;
    double end = from_low ? *low : *high, at_end = MIN(at_low, at_high);
    double far_hz = from_low ? *high : *low;
    for (int i = 0; i < BRACKET_HALVINGS; i++) {
        double middle = 0.5 * (end + far_hz);
        if (server_cost(middle, cost) < at_end) {
            *(from_low ? high : low) = far_hz;
            *inside = middle;
            return TRUE;
        }
        far_hz = middle;
    }
    *inside = end;
    return FALSE;
}

static double best_frequency(gsl_min_fminimizer *minimiser, ServerCost *cost, double low,
                             double high)
{
    gsl_function function = {.function = server_cost, .params = cost};
    double inside;
    if (!bracket(cost, &low, &high, &inside))
        return inside;
    if (gsl_min_fminimizer_set(minimiser, &function, inside, low, high) != GSL_SUCCESS)
        return inside;
    for (int i = 0; i < BRENT_ITERATIONS; i++) {
        if (gsl_min_fminimizer_iterate(minimiser) != GSL_SUCCESS)
            break;
        if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(minimiser),
                                  gsl_min_fminimizer_x_upper(minimiser), 0.0,
                                  BRENT_TOLERANCE) == GSL_SUCCESS)
            break;
    }
    return gsl_min_fminimizer_x_minimum(minimiser);
}

/* The least of all intervals in which the cost has one minimum. */
static double best_of_all(gsl_min_fminimizer *minimiser, ServerCost *cost, const CsCostTable *table)
{
    double low = table->frequency_min_hz, best_hz = low, least = INFINITY;
    if (cs_cost_next_clock(table, low) >= table->frequency_max_hz)
        return best_frequency(minimiser, cost, low, table->frequency_max_hz);
    do {
        double high = cs_cost_next_clock(table, low);
        double frequency_hz = best_frequency(minimiser, cost, low, high);
        if (server_cost(frequency_hz, cost) < least) {
            least = server_cost(frequency_hz, cost);
            best_hz = frequency_hz;
        }
        low = high;
    } while (low < table->frequency_max_hz);
    return best_hz;
}

static CsDecision decide_exhaustive(const CsPolicySettings *settings, const CsRoundState *round,
                                    G_GNUC_UNUSED gpointer state)
{
    const CsCostTable *table = round->cost;
    const CsCorners *corners = &round->corners;
    gsl_min_fminimizer *minimiser = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    double delay_span_s = corners->delay_max_s - corners->delay_min_s;
    double energy_span_j = corners->energy_max_j - corners->energy_min_j;
    CsDecision best = {.cut = table->cut_min, .frequency_hz = table->frequency_min_hz};
    double best_cost = G_MAXDOUBLE;

    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double cycle = table->server_cycle[c];
        ServerCost cost = {
            .measured = table->measured ? table : NULL,
            .worth = cs_corners_worth(corners, settings->weight),
            .cut = c,
            .slowness = delay_span_s > 0 ? settings->weight * cycle / delay_span_s : 0.0,
            .power = energy_span_j > 0 ? (1.0 - settings->weight) * table->power_coefficient *
                                             cycle / energy_span_j
                                       : 0.0,
        };
        double frequency_hz = cycle > 0 ? best_of_all(minimiser, &cost, table)
                                        : cs_best_frequency(table, corners, settings->weight, c);
        double total = cs_cost(table, corners, settings->weight, round->uplink_bps,
                               round->downlink_bps, frequency_hz, c);
        if (total < best_cost) {
            best_cost = total;
            best = (CsDecision){.cut = c, .frequency_hz = frequency_hz};
        }
    }
    gsl_min_fminimizer_free(minimiser);
    return best;
}

const CsPolicy cs_policy_exhaustive = {
    .name = "exhaustive",
    .summary = "every cut with a numeric minimum over the frequency: the oracle for CARD, slow",
    .decide = decide_exhaustive,
};
