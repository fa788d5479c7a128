/*
 * radio/link: the link budget of one direction and the rate a given SNR carries.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_LINK_H
#define CS_RADIO_LINK_H

#include "radio/cqi.h"
#include "radio/fading.h"

typedef enum { CS_RATE_CQI, CS_RATE_MCS, CS_RATE_GAP, CS_RATE_SHANNON } CsRateRule;
typedef enum { CS_OUTAGE_REPEAT, CS_OUTAGE_FLOOR } CsOutageRule;
typedef enum { CS_COHERENCE_ROUND, CS_COHERENCE_TRANSMISSION } CsCoherence;
typedef enum { CS_UPLINK, CS_DOWNLINK, CS_DIRECTION_N } CsDirection;

/* Everything [radio] says, resolved; one for a device. A value type. */
typedef struct {
    double carrier_hz;
    double bandwidth_hz;
    double path_loss_exponent;
    double reference_distance_m;
    double reference_loss; /* linear; the free-space loss where the scenario gives none */
    double noise_density_w_per_hz;
    double shadowing_db; /* standard deviation; 0 for none */
    CsFadingModel fading;
    CsCoherence coherence;
    gboolean reciprocal; /* one draw serves both directions */
    CsRateRule rate;
    CsOutageRule outage;
    guint max_repetitions;
    CsCqiTable table;
    CsThresholds thresholds;
} CsRadio;

/*
 * Mean SNR (a ratio) without fading and shadowing:
 *     P_tx / (L · N0 · B · NF)
 * P_tx transmit power in W, L path loss (a ratio), N0 noise density in W/Hz, B bandwidth in Hz, NF
 * the receiver's noise factor (a ratio >= 1). Source: link budget; letter Section II-B.
 */
double cs_mean_snr(double tx_power_w, double loss, double noise_density_w_per_hz,
                   double bandwidth_hz, double noise_factor);

/* The loss of `radio` at a distance. */
double cs_radio_loss(const CsRadio *radio, double distance_m);

/*
 * A direction's SNR-to-rate map, laid out for the hot path: thresholds in linear SNR and rates
 * ready-made, so that a look-up takes comparisons and no logarithm under the rules cqi and mcs.
 */
typedef struct {
    double threshold[CS_CQI_N]; /* [i], i = 1..15; [0] is 0 */
    double rate_bps[CS_CQI_N];  /* B·y of each CQI under rule cqi or mcs; [0] is 0 */
    gint8 mcs[CS_CQI_N];        /* -1 below CQI 1 */
    double bandwidth_hz;
    double floor_ratio; /* least SNR/SNR_1 that repetition can make up for: 1/max-repetitions,
                           or 1 where outage = floor */
    CsRateRule rule;
    CsOutageRule outage;
} CsRateMap;

void cs_rate_map_init(CsRateMap *map, const CsRadio *radio, CsDirection direction);

/* What a link carries at one SNR. */
typedef struct {
    double snr; /* linear */
    double rate_bps;
    gint8 cqi;           /* 0..15 */
    gint8 mcs;           /* -1 below CQI 1 */
    gboolean outage;     /* below CQI 1 under rule cqi or mcs */
    gboolean beyond_repetition; /* outage = repeat and more than max-repetitions would be needed */
} CsLinkState;

/*
 * The rate at `snr` >= 0:
 *   cqi, mcs: the efficiency of the highest CQI reached; in outage CQI 1's efficiency times
 *             max(SNR/SNR_1, 1/max-repetitions) (repeat: chase combining, idealised) or times 1
 *             (floor);
 *   gap:      B log2(1 + SNR/Γ), Γ = -ln(5 BER)/1.5, BER = 5e-5 (Piro et al. 2011; ns-3's
 *             PiroEW2010);
 *   shannon:  B log2(1 + SNR).
 * The rate may be 0 only under gap and shannon at SNR 0.
 */
CsLinkState cs_link_state(const CsRateMap *map, double snr);

/* log2(1 + SNR/Γ) as above, in bit/s/Hz. */
double cs_gap_efficiency(double snr);

#endif
