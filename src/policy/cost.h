/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/cost: delay, energy and weighted cost of a decision (letter Eq. 9-12).
 *
 * Layer: policy. Calls base. Knows neither radio nor LLM: rates and arrays are handed in.
 */
#ifndef CS_POLICY_COST_H
#define CS_POLICY_COST_H

#include "base/power-law.h"

/*
 * What a round costs as a function of the cut, for all devices of one kind: arrays over
 * c = 0..n_cuts-1, with T local epochs, φ compression:
 *   device_s[c]     = T η_D(c) / (f_D δ_D σ_D)          device computing, s; a head there included
 *   server_cycle[c] = T (η - η_D(c)) / (δ_S σ_S)        server computing, cycles: /f gives s,
 *                                                       times ξ f² gives J
 *   air_bit[c]      = T φ S(c) + A(c)                   bits over the air, in each direction; twice
 *                                                       T φ S(c) where the head is the device's
 *
 * The arrays are made by cs_cost_table_init() only: they are longer than n_cuts, filled up so that
 * the sweep over the cuts needs no remainder loop.
 */
typedef struct {
    guint n_cuts;
    guint cut_min; /* the least cut there is: 0, or I where the device has the whole model */
    guint cut_max; /* the largest cut that a policy may take: n_cuts-1 unless memory is short */
    double *device_s;
    double *server_cycle;
    double *air_bit;
    double power_coefficient; /* ξ, W/Hz³ */
    /* Where time is not server_cycle/f or power not ξ f³ (cost.c, at its head): */
    gboolean measured;
    double *server_fixed_s; /* beside server_cycle/f, s; NULL unless measured */
    CsPowerLaw power;
    double frequency_min_hz; /* F_min = f_D δ_D σ_D / (δ_S σ_S) */
    double frequency_max_hz; /* F_max, the server's */
} CsCostTable;

/* Allocates the arrays (zeroed) for n_cuts >= 1. cs_cost_table_clear() frees them. */
void cs_cost_table_init(CsCostTable *table, guint n_cuts);
void cs_cost_table_clear(CsCostTable *table);

/* D(f, c) of Eq. 9-10, in s: device_s + server_cycle/f + air_bit/R_D + air_bit/R_S, where R_D is
 * the uplink's and R_S the downlink's rate in bit/s, both > 0, INFINITY where nothing is sent.
 * Waiting is not predicted. */
double cs_cost_delay(const CsCostTable *table, double uplink_bps, double downlink_bps,
                     double frequency_hz, guint cut);

/* E(f, c) of Eq. 11, in J. */
double cs_cost_energy(const CsCostTable *table, double frequency_hz, guint cut);

/* The normalisation of Eq. 12 at this round's rates. */
typedef struct {
    double delay_min_s;  /* (c = 0, f = F_max) */
    double delay_max_s;  /* (c = I, f = F_min) */
    double energy_min_j; /* (c = I, f = F_min) */
    double energy_max_j; /* (c = 0, f = F_max) */
} CsCorners;

CsCorners cs_cost_corners(const CsCostTable *table, double uplink_bps, double downlink_bps);

/* A degenerate span, max <= min, makes its term of U vanish; worth one warning a run. */
static inline gboolean cs_corners_delay_degenerate(const CsCorners *corners)
{
    return !(corners->delay_max_s > corners->delay_min_s);
}

static inline gboolean cs_corners_energy_degenerate(const CsCorners *corners)
{
    return !(corners->energy_max_j > corners->energy_min_j);
}

/* What a second and a joule cost in U: w / (D_max - D_min), (1-w) / (E_max - E_min); 0 where the
 * span is degenerate. */
typedef struct {
    double per_s, per_j;
} CsWorth;

static inline CsWorth cs_corners_worth(const CsCorners *corners, double weight)
{
    CsWorth worth = {0.0, 0.0};
    if (!cs_corners_delay_degenerate(corners))
        worth.per_s = weight / (corners->delay_max_s - corners->delay_min_s);
    if (!cs_corners_energy_degenerate(corners))
        worth.per_j = (1.0 - weight) / (corners->energy_max_j - corners->energy_min_j);
    return worth;
}

/* U where a round takes `delay_s` and `energy_j`, however these came about. */
double cs_cost_of(const CsCorners *corners, double weight, double delay_s, double energy_j);

/*
 * U(f, c) = w (D-D_min)/(D_max-D_min) + (1-w) (E-E_min)/(E_max-E_min). A degenerate span
 * (max <= min) makes its term 0. The same bits as cs_optimal_cut() compares.
 */
double cs_cost(const CsCostTable *table, const CsCorners *corners, double weight, double uplink_bps,
               double downlink_bps, double frequency_hz, guint cut);

/*
 * f* = clamp(Q, F_min, F_max), Q = cbrt(w (E_max-E_min) / (2 ξ (1-w) (D_max-D_min))) (Eq. 16).
 * In this order: D_max <= D_min: F_min; w = 0: F_min; w = 1 or E_max <= E_min: F_max.
 */
double cs_optimal_frequency(const CsCostTable *table, const CsCorners *corners, double weight);

/*
 * What holds where `measured`: Eq. 16's f* does not, and the best frequency depends on the cut.
 * E_min is then the least energy of c = I over all f, E_max the largest of c = 0. The functions
 * above and cs_best_frequency() ask `measured` themselves, and cs_optimal_frequency() answers for
 * cut 0; cs_optimal_cut() is of the letter's laws alone.
 */
double cs_cost_server_time(const CsCostTable *table, double frequency_hz, guint cut);

/* The next point of a table of power above `frequency_hz`, or the law's knee, or F_max: between two
 * of them the cost has one minimum and no kink. */
double cs_cost_next_clock(const CsCostTable *table, double frequency_hz);

/* The frequency of least U at `cut`, whichever law holds: Eq. 16, or the root of dU/df. */
double cs_best_frequency(const CsCostTable *table, const CsCorners *corners, double weight,
                         guint cut);

/* argmin over c = 0..cut_max of U(frequency, c), strict <, so a tie keeps the smaller c. */
guint cs_optimal_cut(const CsCostTable *table, const CsCorners *corners, double weight,
                     double uplink_bps, double downlink_bps, double frequency_hz);

#endif
