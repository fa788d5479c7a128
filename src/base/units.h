/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/units: physical quantities as text ("20 MHz", "23 dBm") and as SI numbers (Hz, W).
 *
 * Inside the program every quantity is SI and linear. Decibels exist only in text. One table of
 * units (cs_units()) drives reading, writing, error messages and `cardsim list units`.
 *
 * Layer: base.
 */
#ifndef CS_BASE_UNITS_H
#define CS_BASE_UNITS_H

#include <glib.h>
#include <math.h>

typedef enum {
    CS_DIMENSION_NONE,              /* a plain number: takes no unit                         */
    CS_DIMENSION_FREQUENCY,         /* Hz                                                    */
    CS_DIMENSION_LENGTH,            /* m                                                     */
    CS_DIMENSION_TIME,              /* s                                                     */
    CS_DIMENSION_SPEED,             /* m/s                                                   */
    CS_DIMENSION_POWER,             /* W; text may say dBm                                   */
    CS_DIMENSION_POWER_DENSITY,     /* W/Hz; text may say dBm/Hz                             */
    CS_DIMENSION_POWER_COEFFICIENT, /* W/Hz^3                                                */
    CS_DIMENSION_ENERGY,            /* J                                                     */
    CS_DIMENSION_ENERGY_PER_BIT,    /* J/bit, which is W at 1 bit/s                          */
    CS_DIMENSION_RATIO_DB,          /* a linear ratio written in dB (losses, gains, K)       */
    CS_DIMENSION_SPREAD_DB,         /* a spread in dB that stays in dB (shadowing)           */
    CS_DIMENSION_SIZE,              /* bit; text may say B, kB, MiB, ...                     */
    CS_DIMENSION_RATE,              /* bit/s                                                 */
    CS_DIMENSION_PERCENT,           /* a share in 0..1 written in %                          */
    CS_DIMENSION_ANGLE,             /* degrees, which is no SI unit but writes right angles  */
    CS_DIMENSION_N
} CsDimension;

/* One unit: value_si = number * scale, or, where `decibel`, scale * 10^(number / 10). */
typedef struct {
    CsDimension dimension;
    const char *symbol;
    double scale;
    gboolean decibel;
    gboolean preferred; /* the one that cs_quantity_format() and the error messages' help use */
} CsUnit;

/* The table, ended by an entry whose symbol is NULL. Static storage. */
const CsUnit *cs_units(void);

/* "frequency", "length", ...; for CS_DIMENSION_NONE "plain number". Static storage. */
const char *cs_dimension_name(CsDimension dimension);

/* An example of the dimension as a user should write it ("20 MHz"). Static storage. */
const char *cs_dimension_example(CsDimension dimension);

typedef enum {
    CS_QUANTITY_OK,
    CS_QUANTITY_EMPTY,         /* nothing there                                              */
    CS_QUANTITY_NOT_A_NUMBER,  /* does not start with a finite decimal number                */
    CS_QUANTITY_NO_UNIT,       /* a dimensioned quantity without its unit; 0 alone is fine
                                * where it is nothing in any unit                              */
    CS_QUANTITY_UNIT_UNKNOWN,  /* no such unit at all                                        */
    CS_QUANTITY_UNIT_WRONG,    /* a unit, but of another dimension                           */
    CS_QUANTITY_UNIT_UNWANTED, /* a unit behind a plain number                               */
    CS_QUANTITY_OVERFLOW       /* the SI value is not finite                                 */
} CsQuantityStatus;

/*
 * Reads `length` bytes of `text` as a quantity of `dimension` into *value (SI, linear). Blanks
 * around and between number and unit are allowed. On any status but OK, [*bad_start, *bad_end)
 * are the offsets of the offending part (never empty unless the text is), and *value is unset.
 * Units are case-sensitive, as SI is.
 */
CsQuantityStatus cs_quantity_read(const char *text, gsize length, CsDimension dimension,
                                  double *value, gsize *bad_start, gsize *bad_end);

/*
 * Text that cs_quantity_read() reads back to the same double where the unit is linear, and to
 * within one rounding of the logarithm where it is in decibels ("20 MHz", "23 dBm", "0.2").
 * Transfer full. `value` must be finite, and above 0 where all units are decibels; 0 reads "0", or
 * "0 W" where it needs its unit.
 */
char *cs_quantity_format(double value, CsDimension dimension);

/* 10^(x/10): decibels to a linear ratio. Any finite x. */
static inline double cs_db_to_linear(double value_db)
{
    return pow(10.0, value_db / 10.0);
}

/* 10 lg x: a linear ratio to decibels; x > 0 (0 gives -infinity). */
static inline double cs_linear_to_db(double ratio)
{
    return 10.0 * log10(ratio);
}

/* dBm to W. */
static inline double cs_dbm_to_w(double power_dbm)
{
    return 1e-3 * cs_db_to_linear(power_dbm);
}

/* Nanoseconds of the simulation clock to seconds. */
static inline double cs_ns_to_s(gint64 time_ns)
{
    return (double)time_ns / 1e9;
}

#endif
