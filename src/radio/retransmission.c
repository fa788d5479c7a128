/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio/retransmission: lost blocks. See retransmission.h. Layer: radio; calls base, text. */
#include "radio/retransmission.h"

#include "base/units.h"
#include "radio/cqi.h"
#include "text/rows.h"

#include <math.h>

#define FILE_MAX 1048576
#define POINTS_MAX 16384

typedef struct {
    double snr_db, rate;
} Point;

struct CsErrorCurves {
    Point *points;               /* curve after curve */
    guint first[CS_MCS_MAX + 1]; /* of the curve of each MCS; as long as the next one's is */
};

/* --- reading -------------------------------------------------------------------------------------
 */

typedef struct {
    CsRows *rows;
    CsDiagnostics *diagnostics;
    gint mcs_column, snr_column, rate_column;
    GArray *curve[CS_MCS_MAX]; /* of Point */
    guint n;
} Reader;

static gboolean complain(Reader *reader, gint column, const char *message)
{
    return cs_diagnostics_error(reader->diagnostics, cs_rows_place(reader->rows, column), NULL,
                                "%s", message);
}

static gboolean take_row(Reader *reader)
{
    double mcs;
    Point point;
    if (!cs_field_number(cs_rows_field(reader->rows, reader->mcs_column), &mcs) || mcs < 0 ||
        mcs >= CS_MCS_MAX || floor(mcs) != mcs)
        return complain(reader, reader->mcs_column, "an MCS is a whole number in 0 .. 31");
    if (!cs_field_number(cs_rows_field(reader->rows, reader->snr_column), &point.snr_db))
        return complain(reader, reader->snr_column, "not a number");
    if (!cs_field_number(cs_rows_field(reader->rows, reader->rate_column), &point.rate) ||
        point.rate < 0 || point.rate > 1)
        return complain(reader, reader->rate_column, "a block error rate lies in 0 .. 1");
    GArray **curve = &reader->curve[(int)mcs];
    if (*curve == NULL)
        *curve = g_array_new(FALSE, FALSE, sizeof(Point));
    if ((*curve)->len > 0 && g_array_index(*curve, Point, (*curve)->len - 1).snr_db >= point.snr_db)
        return complain(reader, reader->snr_column, "the SNR of an MCS must rise from row to row");
    if (reader->n++ == POINTS_MAX)
        return complain(reader, reader->snr_column, "more than 16384 rows");
    g_array_append_val(*curve, point);
    return TRUE;
}

static CsErrorCurves *join(Reader *reader)
{
    for (int i = 0; i < CS_MCS_MAX; i++)
        if (reader->curve[i] != NULL && reader->curve[i]->len < 2) {
            cs_diagnostics_error(reader->diagnostics, cs_rows_whole(reader->rows), NULL,
                                 "the curve of MCS %d has a single point", i);
            return NULL;
        }
    if (reader->n == 0) {
        cs_diagnostics_error(reader->diagnostics, cs_rows_whole(reader->rows), NULL,
                             "the file has no curve");
        return NULL;
    }
    CsErrorCurves *curves = g_new0(CsErrorCurves, 1);
    curves->points = g_new(Point, reader->n);
    guint n = 0;
    for (int i = 0; i < CS_MCS_MAX; i++) {
        curves->first[i] = n;
        for (guint j = 0; reader->curve[i] != NULL && j < reader->curve[i]->len; j++)
            curves->points[n++] = g_array_index(reader->curve[i], Point, j);
    }
    curves->first[CS_MCS_MAX] = n;
    return curves;
}

CsErrorCurves *cs_error_curves_read(const char *path, const char *name, CsPlace from,
                                    CsDiagnostics *diagnostics)
{
    guint errors = cs_diagnostics_told(diagnostics);
    g_autoptr(CsRows) rows = cs_rows_open(path, name, FILE_MAX, from, diagnostics);
    if (rows == NULL)
        return NULL;
    Reader reader = {.rows = rows, .diagnostics = diagnostics};
    reader.mcs_column = cs_rows_column(rows, "mcs", from);
    reader.snr_column = cs_rows_column(rows, "snr_db", from);
    reader.rate_column = cs_rows_column(rows, "bler", from);
    if (cs_diagnostics_told(diagnostics) != errors)
        return NULL;
    while (cs_rows_next(rows) && take_row(&reader))
        ;
    CsErrorCurves *curves = NULL;
    if (cs_diagnostics_told(diagnostics) == errors)
        curves = join(&reader);
    for (int i = 0; i < CS_MCS_MAX; i++)
        g_clear_pointer(&reader.curve[i], g_array_unref);
    return curves;
}

void cs_error_curves_free(CsErrorCurves *curves)
{
    if (curves == NULL)
        return;
    g_free(curves->points);
    g_free(curves);
}

void cs_error_curves_sum(const CsErrorCurves *curves, GChecksum *sum)
{
    guint n = curves->first[CS_MCS_MAX];
    g_checksum_update(sum, (const guchar *)curves->first, sizeof curves->first);
    g_checksum_update(sum, (const guchar *)curves->points, (gssize)(n * sizeof *curves->points));
}

/* --- in use --------------------------------------------------------------------------------------
 */

/* The MCS whose curve stands for `mcs`. */
static int curve_of(const CsErrorCurves *curves, int mcs)
{
    int i = CLAMP(mcs, 0, CS_MCS_MAX - 1);
    while (i > 0 && curves->first[i] == curves->first[i + 1])
        i--;
    while (curves->first[i] == curves->first[i + 1])
        i++;
    return i;
}

double cs_error_curves_rate(const CsErrorCurves *curves, int mcs, double snr)
{
    int curve = curve_of(curves, mcs);
    guint low = curves->first[curve], high = curves->first[curve + 1] - 1;
    const Point *points = curves->points;
    double snr_db = snr > 0 ? cs_linear_to_db(snr) : -INFINITY;
    if (snr_db <= points[low].snr_db)
        return points[low].rate;
    if (snr_db >= points[high].snr_db)
        return points[high].rate;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (points[middle].snr_db <= snr_db)
            low = middle;
        else
            high = middle;
    }
    double part = (snr_db - points[low].snr_db) / (points[high].snr_db - points[low].snr_db);
    return points[low].rate + part * (points[high].rate - points[low].rate);
}

double cs_error_curves_knot(const CsErrorCurves *curves, int mcs, guint i)
{
    int curve = curve_of(curves, mcs);
    guint at = curves->first[curve] + i;
    return at < curves->first[curve + 1] ? curves->points[at].snr_db : NAN;
}

/* The error rate of a block's k-th transmission, k from 1. */
static double error_rate(const CsLinkErrors *errors, int mcs, double snr, guint k)
{
    double rate = errors->curves == NULL
                      ? errors->block_error_rate
                      : cs_error_curves_rate(errors->curves, mcs, errors->chase ? k * snr : snr);
    return fmin(rate, CS_BLOCK_ERROR_RATE_MAX);
}

CsGoodput cs_link_errors_goodput(const CsLinkErrors *errors, int mcs, double snr, double rate_bps)
{
    double transmissions = 0, lost = 1;
    for (guint k = 1; k <= errors->retransmissions + 1; k++) {
        transmissions += lost;
        lost *= error_rate(errors, mcs, snr, k);
    }
    double pipe = 1;
    if (errors->round_trip_s > 0)
        pipe =
            fmin(1, errors->processes / (1 + errors->round_trip_s * rate_bps / errors->block_bit));
    return (CsGoodput){.efficiency = pipe * (1 - lost) / transmissions,
                       .transmissions = transmissions,
                       .residual = lost};
}
