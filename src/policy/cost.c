/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/cost: delay, energy and weighted cost of a decision. See cost.h.
 *
 * Where time is not a/f or power not ξ f³ (`measured`):
 * With a = fixed_s and b = cycle of a cut, the server works a + b/f seconds at P(f) = P0 + ξ f^p W:
 *     U(f) = A (a + b/f) + B P(f) (a + b/f) + what does not depend on f,  A = w/ΔD, B = (1-w)/ΔE
 * and f² dU/df = B [P'(f) (a f² + b f) - P(f) b] - A b =: h(f), which never falls for p >= 1:
 *     h'(f) = B [P''(f) (a f² + b f) + 2 a f P'(f)] >= 0.
 * So U has one minimum in [F_min, F_max]: the end where h does not change its sign, or its root,
 * found by halving the interval that brackets it until no double lies between.
 * Below a knee of the law P(f) = P0 + s f, so that h(f) = B (s a f² - P0 b) - A b; at the knee h
 * jumps up, P' being p times as large above it. Where it is below 0 before and not after, the knee
 * itself is the best frequency.
 * Where power is a table, P(f) = q + s f between two points, so that there
 *     U(f) = B s a f + b (A + B q) / f + const,
 * least at an end or, where both coefficients are positive, at the root of their quotient.
 */
#include "policy/cost.h"

#include <math.h>

/* Cuts that cs_optimal_cut() takes at a time. Constant trip counts without a remainder let the
 * compiler use vector registers at any setting, and no result depends on their width. */
#define BLOCK 40
#define LESSER(a, b) ((a) < (b) ? (a) : (b))

static double *array_new(guint n_cuts)
{
    guint n = (n_cuts + BLOCK - 1) / BLOCK * BLOCK;
    double *array = g_new0(double, n);
    /* Weights are never negative, so no cost of the filling is less than a cut's, and a tie keeps
     * the cut, which comes first. */
    for (guint c = n_cuts; c < n; c++)
        array[c] = G_MAXDOUBLE;
    return array;
}

void cs_cost_table_init(CsCostTable *table, guint n_cuts)
{
    g_assert(n_cuts >= 1);
    *table = (CsCostTable){
        .n_cuts = n_cuts,
        .cut_max = n_cuts - 1,
        .device_s = array_new(n_cuts),
        .server_cycle = array_new(n_cuts),
        .air_bit = array_new(n_cuts),
    };
}

void cs_cost_table_clear(CsCostTable *table)
{
    g_clear_pointer(&table->device_s, g_free);
    g_clear_pointer(&table->server_cycle, g_free);
    g_clear_pointer(&table->air_bit, g_free);
    g_clear_pointer(&table->server_fixed_s, g_free);
}

/* Seconds that one bit takes up and one bit takes down, both ways together. */
static double s_per_bit(double uplink_bps, double downlink_bps)
{
    return 1.0 / uplink_bps + 1.0 / downlink_bps;
}

static double delay(const CsCostTable *table, double air_s_per_bit, double frequency_hz, guint cut)
{
    return table->device_s[cut] + table->server_cycle[cut] / frequency_hz +
           table->air_bit[cut] * air_s_per_bit;
}

static double cost_power(const CsCostTable *table, double frequency_hz)
{
    return cs_power_law_w(&table->power, frequency_hz);
}

double cs_cost_server_time(const CsCostTable *table, double frequency_hz, guint cut)
{
    double fixed_s = table->server_fixed_s != NULL ? table->server_fixed_s[cut] : 0;
    return table->server_cycle[cut] / frequency_hz + fixed_s;
}

double cs_cost_delay(const CsCostTable *table, double uplink_bps, double downlink_bps,
                     double frequency_hz, guint cut)
{
    g_assert(cut < table->n_cuts);
    double fixed_s = table->measured ? table->server_fixed_s[cut] : 0.0;
    return delay(table, s_per_bit(uplink_bps, downlink_bps), frequency_hz, cut) + fixed_s;
}

double cs_cost_energy(const CsCostTable *table, double frequency_hz, guint cut)
{
    g_assert(cut < table->n_cuts);
    if (G_UNLIKELY(table->measured))
        return cost_power(table, frequency_hz) * cs_cost_server_time(table, frequency_hz, cut);
    return table->power_coefficient * frequency_hz * frequency_hz * table->server_cycle[cut];
}

/* h(f) of the head of this file. */
static double rising(const CsCostTable *table, double per_s, double per_j, double f, guint cut)
{
    double a = table->server_fixed_s[cut], b = table->server_cycle[cut];
    double slope = cs_power_law_slope(&table->power, f);
    if (f < table->power.knee_hz)
        return per_j * (slope * a * f * f - table->power.static_w * b) - per_s * b;
    return per_j * (slope * (a * f * f + b * f) - cost_power(table, f) * b) - per_s * b;
}

double cs_cost_next_clock(const CsCostTable *table, double frequency_hz)
{
    const CsPowerLaw *power = &table->power;
    for (guint i = 0; power->point != NULL && i < power->n_points; i++)
        if (power->point[i].frequency_hz > frequency_hz)
            return MIN(power->point[i].frequency_hz, table->frequency_max_hz);
    if (power->point == NULL && power->knee_hz > frequency_hz)
        return MIN(power->knee_hz, table->frequency_max_hz);
    return table->frequency_max_hz;
}

/* A t + B E at one cut, where the letter's laws do not hold. */
static double server_cost(const CsCostTable *table, double per_s, double per_j, double f, guint cut)
{
    return (per_s + per_j * cost_power(table, f)) * cs_cost_server_time(table, f, cut);
}

/* Where power is a table: the least of all points, ends and roots between; of equals the slowest.
 */
static double least_of_table(const CsCostTable *table, double per_s, double per_j, guint cut)
{
    double a = table->server_fixed_s[cut], b = table->server_cycle[cut];
    double best_hz = table->frequency_min_hz, low = best_hz;
    double least = server_cost(table, per_s, per_j, low, cut);
    while (low < table->frequency_max_hz) {
        double high = cs_cost_next_clock(table, low), at_low = cost_power(table, low);
        double slope = (cost_power(table, high) - at_low) / (high - low);
        double rises = per_j * slope * a, falls = b * (per_s + per_j * (at_low - slope * low));
        double root = rises > 0 && falls > 0 ? sqrt(falls / rises) : low;
        const double candidates[] = {CLAMP(root, low, high), high};
        for (guint i = 0; i < G_N_ELEMENTS(candidates); i++) {
            double cost = server_cost(table, per_s, per_j, candidates[i], cut);
            if (cost < least) {
                least = cost;
                best_hz = candidates[i];
            }
        }
        low = high;
    }
    return best_hz;
}

static double least_at(const CsCostTable *table, double per_s, double per_j, guint cut)
{
    double low = table->frequency_min_hz, high = table->frequency_max_hz;
    if (table->power.point != NULL)
        return least_of_table(table, per_s, per_j, cut);
    if (rising(table, per_s, per_j, low, cut) >= 0)
        return low;
    if (rising(table, per_s, per_j, high, cut) <= 0)
        return high;
    double knee = table->power.knee_hz;
    if (knee > low && knee < high) {
        if (rising(table, per_s, per_j, knee, cut) < 0)
            low = knee;
        else if (rising(table, per_s, per_j, nextafter(knee, low), cut) < 0)
            return knee;
        else
            high = nextafter(knee, low);
    }
    for (;;) {
        double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high))
            return low;
        if (rising(table, per_s, per_j, middle, cut) < 0)
            low = middle;
        else
            high = middle;
    }
}

/* Between two points of a table, or for a law, energy has no maximum but at an end. */
static double most_energy(const CsCostTable *table, guint cut)
{
    double f = table->frequency_min_hz, most_j = cs_cost_energy(table, f, cut);
    while (f < table->frequency_max_hz) {
        f = cs_cost_next_clock(table, f);
        most_j = MAX(most_j, cs_cost_energy(table, f, cut));
    }
    return most_j;
}

static CsCorners measured_corners(const CsCostTable *table, double uplink_bps, double downlink_bps)
{
    guint first = table->cut_min, last = table->n_cuts - 1;
    double low = table->frequency_min_hz, high = table->frequency_max_hz;
    return (CsCorners){
        .delay_min_s = cs_cost_delay(table, uplink_bps, downlink_bps, high, first),
        .delay_max_s = cs_cost_delay(table, uplink_bps, downlink_bps, low, last),
        .energy_min_j = cs_cost_energy(table, least_at(table, 0, 1, last), last),
        .energy_max_j = most_energy(table, first),
    };
}

CsCorners cs_cost_corners(const CsCostTable *table, double uplink_bps, double downlink_bps)
{
    if (G_UNLIKELY(table->measured))
        return measured_corners(table, uplink_bps, downlink_bps);
    guint first = table->cut_min, last = table->n_cuts - 1;
    double air_s_per_bit = s_per_bit(uplink_bps, downlink_bps);
    return (CsCorners){
        .delay_min_s = delay(table, air_s_per_bit, table->frequency_max_hz, first),
        .delay_max_s = delay(table, air_s_per_bit, table->frequency_min_hz, last),
        .energy_min_j = cs_cost_energy(table, table->frequency_min_hz, last),
        .energy_max_j = cs_cost_energy(table, table->frequency_max_hz, first),
    };
}

/*
 * U at one frequency as a linear combination of the table's arrays:
 *     U(c) = device · device_s[c] + server · server_cycle[c] + air · air_bit[c] + constant
 * with device = w/ΔD in 1/s, server = w/(ΔD f) + (1-w) ξ f²/ΔE in 1/cycle,
 * air = device · (1/R_D + 1/R_S) in 1/bit, constant = -(w D_min/ΔD + (1-w) E_min/ΔE).
 */
typedef struct {
    double device, server, air, constant;
} Combination;

static Combination combine(const CsCostTable *table, const CsCorners *corners, double weight,
                           double uplink_bps, double downlink_bps, double frequency_hz)
{
    CsWorth worth = cs_corners_worth(corners, weight);
    double per_s = worth.per_s, per_j = worth.per_j;
    return (Combination){
        .device = per_s,
        .server =
            per_s / frequency_hz + per_j * (table->power_coefficient * frequency_hz * frequency_hz),
        .air = per_s * s_per_bit(uplink_bps, downlink_bps),
        .constant = -(per_s * corners->delay_min_s + per_j * corners->energy_min_j),
    };
}

static inline double evaluate(Combination u, double device_s, double server_cycle, double air_bit)
{
    return u.device * device_s + u.server * server_cycle + u.air * air_bit + u.constant;
}

double cs_cost_of(const CsCorners *corners, double weight, double delay_s, double energy_j)
{
    double cost = 0;
    if (!cs_corners_delay_degenerate(corners))
        cost += weight * (delay_s - corners->delay_min_s) /
                (corners->delay_max_s - corners->delay_min_s);
    if (!cs_corners_energy_degenerate(corners))
        cost += (1 - weight) * (energy_j - corners->energy_min_j) /
                (corners->energy_max_j - corners->energy_min_j);
    return cost;
}

double cs_cost(const CsCostTable *table, const CsCorners *corners, double weight, double uplink_bps,
               double downlink_bps, double frequency_hz, guint cut)
{
    g_assert(cut < table->n_cuts);
    if (G_UNLIKELY(table->measured))
        return cs_cost_of(corners, weight,
                          cs_cost_delay(table, uplink_bps, downlink_bps, frequency_hz, cut),
                          cs_cost_energy(table, frequency_hz, cut));
    Combination u = combine(table, corners, weight, uplink_bps, downlink_bps, frequency_hz);
    return evaluate(u, table->device_s[cut], table->server_cycle[cut], table->air_bit[cut]);
}

double cs_optimal_frequency(const CsCostTable *table, const CsCorners *corners, double weight)
{
    if (G_UNLIKELY(table->measured))
        return cs_best_frequency(table, corners, weight, table->cut_min);
    if (cs_corners_delay_degenerate(corners) || weight <= 0.0)
        return table->frequency_min_hz;
    if (cs_corners_energy_degenerate(corners) || weight >= 1.0)
        return table->frequency_max_hz;
    double q_hz = cbrt(weight * (corners->energy_max_j - corners->energy_min_j) /
                       (2.0 * table->power_coefficient * (1.0 - weight) *
                        (corners->delay_max_s - corners->delay_min_s)));
    return CLAMP(q_hz, table->frequency_min_hz, table->frequency_max_hz);
}

double cs_best_frequency(const CsCostTable *table, const CsCorners *corners, double weight,
                         guint cut)
{
    if (!table->measured)
        return cs_optimal_frequency(table, corners, weight);
    CsWorth worth = cs_corners_worth(corners, weight);
    if (!(worth.per_s > 0) && cs_corners_energy_degenerate(corners))
        return table->frequency_min_hz;
    return least_at(table, worth.per_s, worth.per_j, cut);
}

static void fill_block(const CsCostTable *table, Combination u, guint first,
                       double cost[restrict BLOCK])
{
    const double *restrict device_s = table->device_s + first;
    const double *restrict server_cycle = table->server_cycle + first;
    const double *restrict air_bit = table->air_bit + first;
    for (guint i = 0; i < BLOCK; i++)
        cost[i] = evaluate(u, device_s[i], server_cycle[i], air_bit[i]);
}

/* The least of a block, by halving: no long chain of comparisons that wait for each other. */
static double least_of_block(const double cost[restrict BLOCK])
{
    double half[BLOCK / 2], quarter[BLOCK / 4];
    for (guint i = 0; i < BLOCK / 2; i++)
        half[i] = LESSER(cost[i], cost[i + BLOCK / 2]);
    for (guint i = 0; i < BLOCK / 4; i++)
        quarter[i] = LESSER(half[i], half[i + BLOCK / 4]);
    double even = quarter[0], odd = quarter[1];
    for (guint i = 2; i < BLOCK / 4; i += 2) {
        even = LESSER(quarter[i], even);
        odd = LESSER(quarter[i + 1], odd);
    }
    return LESSER(even, odd);
}

/* The same where not all cuts may be taken. */
static guint optimal_of_some(const CsCostTable *table, Combination u)
{
    double best = INFINITY;
    guint best_cut = table->cut_min;
    for (guint c = table->cut_min; c <= table->cut_max; c++) {
        double cost = evaluate(u, table->device_s[c], table->server_cycle[c], table->air_bit[c]);
        if (cost < best) {
            best = cost;
            best_cut = c;
        }
    }
    return best_cut;
}

guint cs_optimal_cut(const CsCostTable *table, const CsCorners *corners, double weight,
                     double uplink_bps, double downlink_bps, double frequency_hz)
{
    g_assert(!table->measured);
    Combination u = combine(table, corners, weight, uplink_bps, downlink_bps, frequency_hz);
    if (G_UNLIKELY(table->cut_max - table->cut_min < table->n_cuts - 1))
        return optimal_of_some(table, u);
    double best = INFINITY, cost[BLOCK];
    guint best_cut = 0;
    for (guint first = 0; first < table->n_cuts; first += BLOCK) {
        fill_block(table, u, first, cost);
        double least = least_of_block(cost);
        if (!(least < best))
            continue;
        guint i = 0;
        while (cost[i] != least) /* least is one of them, bit for bit */
            i++;
        best = least;
        best_cut = first + i;
    }
    return best_cut;
}
