/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/link: the link budget of one direction and the rate a given SNR carries.
 *
 * Layer: radio. Calls base.
 */
#ifndef CS_RADIO_LINK_H
#define CS_RADIO_LINK_H

#include "base/names.h"
#include "radio/cqi.h"
#include "radio/fading.h"
#include "radio/retransmission.h"

typedef enum { CS_RATE_CQI, CS_RATE_MCS, CS_RATE_GAP, CS_RATE_SHANNON } CsRateRule;
typedef enum { CS_OUTAGE_REPEAT, CS_OUTAGE_FLOOR } CsOutageRule;
typedef enum { CS_COHERENCE_ROUND, CS_COHERENCE_TRANSMISSION, CS_COHERENCE_TIME } CsCoherence;
typedef enum { CS_DOPPLER_GAUSS_MARKOV, CS_DOPPLER_JAKES } CsDoppler;
typedef enum { CS_UPLINK, CS_DOWNLINK, CS_DIRECTION_N } CsDirection;

/* Those behind log-distance are the environments of tr38901.h, in its order. */
typedef enum {
    CS_PATH_LOSS_LOG_DISTANCE,
    CS_PATH_LOSS_UMI,
    CS_PATH_LOSS_UMA,
    CS_PATH_LOSS_INH_MIXED,
    CS_PATH_LOSS_INH_OPEN
} CsPathLossModel;
typedef enum {
    CS_LINE_OF_SIGHT_PROBABILITY,
    CS_LINE_OF_SIGHT_ALWAYS,
    CS_LINE_OF_SIGHT_NEVER
} CsLineOfSightRule;

/* Who has the bandwidth: each transfer for itself, or all under way in a direction together. */
typedef enum { CS_SHARING_DEDICATED, CS_SHARING_EQUAL, CS_SHARING_PROPORTIONAL_FAIR } CsSharing;

extern const CsName cs_rate_names[], cs_outage_names[], cs_coherence_names[], cs_doppler_names[];
extern const CsName cs_path_loss_names[], cs_line_of_sight_names[], cs_sharing_names[];

/* Everything [radio] says, resolved; one for a device. A value type. */
typedef struct {
    double carrier_hz;
    double bandwidth_hz;
    double path_loss_exponent;
    double reference_distance_m;
    double reference_loss; /* linear; the free-space loss where the scenario gives none */
    double noise_density_w_per_hz;
    double shadowing_db; /* standard deviation; 0 for none; NAN: the environment's */
    CsFadingModel fading;
    CsCoherence coherence;
    double coherence_s; /* of CS_COHERENCE_TIME */
    CsDoppler doppler;
    CsPathLossModel path_loss;
    CsLineOfSightRule line_of_sight;
    double ap_height_m;
    double shadowing_distance_m; /* over which its correlation falls to 1/e; NAN: the
                                    environment's */
    CsSharing sharing;
    double pf_window_s;      /* of CS_SHARING_PROPORTIONAL_FAIR, > 0 */
    CsLinkErrors errors;     /* its curves are borrowed */
    double transfer_limit_s; /* after which a transfer is given up; 0: none */
    gboolean reciprocal;     /* one draw serves both directions */
    CsRateRule rate;
    CsOutageRule outage;
    guint max_repetitions;
    CsCqiTable table;
    CsThresholds thresholds;
} CsRadio;

/*
 * What follows from the rest: the free-space loss where the reference loss is 0; the height of an
 * environment's access point where it is NAN (TR 38.901, Tables 7.2-1 and 7.2-2); no shadowing, and
 * 10 m of correlation, where these are NAN under log-distance. An environment's are left NAN.
 */
void cs_radio_complete(CsRadio *radio);

/*
 * Mean SNR (a ratio) without fading and shadowing:
 *     P_tx / (L · N0 · B · NF)
 * P_tx transmit power in W, L path loss (a ratio), N0 noise density in W/Hz, B bandwidth in Hz, NF
 * the receiver's noise factor (a ratio >= 1). Source: link budget; letter Section II-B.
 */
double cs_mean_snr(double tx_power_w, double loss, double noise_density_w_per_hz,
                   double bandwidth_hz, double noise_factor);

/* The loss of `radio` at a distance, under log-distance. */
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
    const CsLinkErrors *errors; /* NULL: no block is lost */
} CsRateMap;

/* `radio` must outlive the map where it has errors. */
void cs_rate_map_init(CsRateMap *map, const CsRadio *radio, CsDirection direction);

/* What a link carries at one SNR. */
typedef struct {
    double snr; /* linear; NAN where only a CQI or a rate was measured */
    double rate_bps;
    gint8 cqi;                  /* 0..15; -1 where only a rate was measured */
    gint8 mcs;                  /* -1 below CQI 1 */
    gboolean outage;            /* below CQI 1 under rule cqi or mcs */
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
 * times what lost blocks leave of it (retransmission.h). The rate may be 0 only under gap and
 * shannon at SNR 0.
 */
CsLinkState cs_link_state(const CsRateMap *map, double snr);

/*
 * The blocks of L bit that carry `size_bit` over a link, in expectation, and in *given_up those of
 * them that all retransmissions lose: with the share ε of retransmission.h a higher layer sends
 * those anew until all bits are there,
 *     blocks = size / L / (1 - ε)        given up = ε blocks
 * 0 where no block is lost, and for a measured rate, of whose blocks nothing is known.
 */
double cs_link_blocks(const CsRateMap *map, const CsLinkState *state, double size_bit,
                      double *given_up);

/* The same for a measured CQI, 0..15: the rate of rule cqi or mcs, whatever the map's; in outage
 * 1/max-repetitions of CQI 1's (repeat), or CQI 1's (floor). */
CsLinkState cs_link_state_of_cqi(const CsRateMap *map, int cqi);

/* A measured rate: it stands for itself. */
CsLinkState cs_link_state_of_rate(double rate_bps);

/* log2(1 + SNR/Γ) as above, in bit/s/Hz. */
double cs_gap_efficiency(double snr);

#endif
