/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/cqi: CQI and MCS tables of 3GPP TS 38.214 and SNR thresholds, read from models/radio.
 *
 * Layer: radio. Calls base, text.
 */
#ifndef CS_RADIO_CQI_H
#define CS_RADIO_CQI_H

#include "base/paths.h"
#include "text/diagnostic.h"

#define CS_CQI_N 16 /* indices 0..15; 0 is "out of range" */
#define CS_MCS_MAX 32

/* A row: modulation order Qm (bits a symbol) and code rate × 1024; efficiency Qm·R/1024. */
typedef struct {
    double modulation_order;
    double code_rate_x1024;
    double efficiency; /* bit/s/Hz */
} CsFormat;

/* One CQI table with the MCS table that belongs to it. A value type, 16 + 32 rows. */
typedef struct {
    int number; /* 1..4: TS 38.214 Tables 5.2.2.1-2..5 with 5.1.3.1-1..4 */
    CsFormat cqi[CS_CQI_N];
    CsFormat mcs[CS_MCS_MAX];
    int n_mcs;
    int mcs_of_cqi[CS_CQI_N]; /* the MCS with the highest efficiency not above the CQI's (the
                                 later of equals); 0 where there is none; -1 for CQI 0 */
} CsCqiTable;

/*
 * Reads the table `number` (1..4). An error is added at `from` or, for a malformed row, at its
 * line.
 */
gboolean cs_cqi_table_read(CsCqiTable *table, int number, const CsPaths *paths, CsPlace from,
                           CsDiagnostics *diagnostics);

/* SNR thresholds: CQI i is reached at snr >= threshold[i] (linear ratios, i = 1..15, strictly
 * rising; [0] is 0). Uplink and downlink may differ. */
typedef struct {
    double uplink[CS_CQI_N];
    double downlink[CS_CQI_N];
    int cqi_table;            /* the table the set belongs to, 1 or 2; 0 for a user's CSV */
    gboolean averages_fading; /* TRUE where the set already averages over fading */
} CsThresholds;

/*
 * Reads a named set (nr-awgn, lte-awgn, lte-popular, tu-fading, nr-example-256qam) or, where `name`
 * holds a '/' or ends in .csv, a user's CSV with the columns cqi,snr_db (optionally
 * cqi,uplink_snr_db,downlink_snr_db), 15 rows. `base_directory` is where a relative path starts.
 */
gboolean cs_thresholds_read(CsThresholds *thresholds, const char *name, const char *base_directory,
                            const CsPaths *paths, CsPlace from, CsDiagnostics *diagnostics);

/* The named sets, NULL-ended; and the default one for a CQI table, NULL where it has none. */
const char *const *cs_threshold_set_names(void);
const char *cs_threshold_set_default(int cqi_table);

/* TRUE where the set may be used with a CQI table: it belongs to it, or is a user's. */
static inline gboolean cs_thresholds_fit(const CsThresholds *thresholds, int cqi_table)
{
    return thresholds->cqi_table == 0 || thresholds->cqi_table == cqi_table;
}

/*
 * The highest index whose threshold is reached; 0 where none is. Thresholds rise, so counting those
 * reached gives the index without a branch: this is called twice a device and round.
 */
static inline int cs_cqi_from_snr(const double threshold[CS_CQI_N], double snr)
{
    int reached = 0;
    for (int i = 1; i < CS_CQI_N; i++)
        reached += snr >= threshold[i];
    return reached;
}

#endif
