/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * radio/retransmission: blocks that are lost and sent again: what is left of a rate.
 *
 * Layer: radio. Calls base, text.
 */
#ifndef CS_RADIO_RETRANSMISSION_H
#define CS_RADIO_RETRANSMISSION_H

#include "text/diagnostic.h"

#define CS_RETRANSMISSIONS_MAX 4

/* Block error rates above this count as this, so that no transfer lasts for ever. */
#define CS_BLOCK_ERROR_RATE_MAX 0.999

/* Block error rate against SNR, one curve an MCS. Immutable. */
typedef struct CsErrorCurves CsErrorCurves;

/*
 * Reads a CSV file with the columns mcs,snr_db,bler: for each MCS at least two points, the SNR
 * rising, the rate in 0..1. NULL with an error at `from` or at its line. Transfer full.
 */
CsErrorCurves *cs_error_curves_read(const char *path, const char *name, CsPlace from,
                                    CsDiagnostics *diagnostics);
void cs_error_curves_free(CsErrorCurves *curves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsErrorCurves, cs_error_curves_free)

/* Adds all points to `sum`: whether two files say the same. */
void cs_error_curves_sum(const CsErrorCurves *curves, GChecksum *sum);

/* The block error rate of an MCS at `snr` (linear), a straight line between two points over the SNR
 * in dB, the end points' beyond them. An MCS without a curve takes that of the next lower one, or
 * of the lowest. */
double cs_error_curves_rate(const CsErrorCurves *curves, int mcs, double snr);

/* The SNR in dB of point i, from 0, of the curve that stands for an MCS; NAN behind its last. */
double cs_error_curves_knot(const CsErrorCurves *curves, int mcs, guint i);

/* What a scenario says of lost blocks. A value type; all zero: none is lost. */
typedef struct {
    double block_error_rate; /* p, of one transmission; where there are no curves */
    CsErrorCurves *curves;   /* owned by whoever fills this in; NULL for none */
    gboolean chase;          /* curves: the k-th transmission has k times the SNR */
    guint retransmissions;   /* R, 0..CS_RETRANSMISSIONS_MAX */
    double block_bit;        /* L */
    double round_trip_s;     /* RTT, from the end of a block to its acknowledgement */
    guint processes;         /* N, blocks under way at a time */
} CsLinkErrors;

/* TRUE where blocks are lost; where they are lost or waited for. */
static inline gboolean cs_link_errors_lose(const CsLinkErrors *errors)
{
    return errors->curves != NULL || errors->block_error_rate > 0;
}

static inline gboolean cs_link_errors_any(const CsLinkErrors *errors)
{
    return cs_link_errors_lose(errors) || errors->round_trip_s > 0;
}

typedef struct {
    double efficiency;    /* goodput / rate */
    double transmissions; /* expected, of a block, until it arrives or is given up */
    double residual;      /* share of the blocks given up */
} CsGoodput;

/*
 * In expectation, with p_1 .. p_{R+1} the error rates of a block's transmissions,
 *     n = 1 + p_1 + p_1 p_2 + ... + p_1 ... p_R      transmissions of a block
 *     ε = p_1 p_2 ... p_{R+1}                        given up, and sent once more by a higher layer
 *     goodput = rate · (1 - ε) / n · min(1, N / (1 + RTT · rate / L))
 * by the renewal-reward theorem (Ross, "Introduction to Probability Models", ch. 7). For constant p
 * n = (1 - p^(R+1)) / (1 - p), so that the goodput is rate · (1 - p) whatever R. The last factor is
 * that of N stop-and-wait processes in parallel, as in LTE and NR (Bertsekas & Gallager, "Data
 * Networks", 1992, 2.4). Deviation: an expectation in place of sampled blocks, since a transfer has
 * thousands of them, and their sum hardly varies.
 */
CsGoodput cs_link_errors_goodput(const CsLinkErrors *errors, int mcs, double snr, double rate_bps);

#endif
