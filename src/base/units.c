/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/units: the table of units and its reader and writer. See units.h. */
#include "base/units.h"

#include "base/number.h"

#include <string.h>

static const CsUnit units[] = {
    {CS_DIMENSION_FREQUENCY, "Hz", 1, FALSE, FALSE},
    {CS_DIMENSION_FREQUENCY, "kHz", 1e3, FALSE, FALSE},
    {CS_DIMENSION_FREQUENCY, "MHz", 1e6, FALSE, TRUE},
    {CS_DIMENSION_FREQUENCY, "GHz", 1e9, FALSE, FALSE},
    {CS_DIMENSION_LENGTH, "mm", 1e-3, FALSE, FALSE},
    {CS_DIMENSION_LENGTH, "cm", 1e-2, FALSE, FALSE},
    {CS_DIMENSION_LENGTH, "m", 1, FALSE, TRUE},
    {CS_DIMENSION_LENGTH, "km", 1e3, FALSE, FALSE},
    {CS_DIMENSION_TIME, "ns", 1e-9, FALSE, FALSE},
    {CS_DIMENSION_TIME, "us", 1e-6, FALSE, FALSE},
    {CS_DIMENSION_TIME, "ms", 1e-3, FALSE, FALSE},
    {CS_DIMENSION_TIME, "s", 1, FALSE, TRUE},
    {CS_DIMENSION_TIME, "min", 60, FALSE, FALSE},
    {CS_DIMENSION_TIME, "h", 3600, FALSE, FALSE},
    {CS_DIMENSION_SPEED, "m/s", 1, FALSE, TRUE},
    {CS_DIMENSION_SPEED, "km/h", 1 / 3.6, FALSE, FALSE},
    {CS_DIMENSION_POWER, "mW", 1e-3, FALSE, FALSE},
    {CS_DIMENSION_POWER, "W", 1, FALSE, FALSE},
    {CS_DIMENSION_POWER, "kW", 1e3, FALSE, FALSE},
    {CS_DIMENSION_POWER, "dBm", 1e-3, TRUE, TRUE},
    {CS_DIMENSION_POWER, "dBW", 1, TRUE, FALSE},
    {CS_DIMENSION_POWER_DENSITY, "W/Hz", 1, FALSE, FALSE},
    {CS_DIMENSION_POWER_DENSITY, "dBm/Hz", 1e-3, TRUE, TRUE},
    {CS_DIMENSION_POWER_COEFFICIENT, "W/Hz^3", 1, FALSE, TRUE},
    {CS_DIMENSION_ENERGY, "J", 1, FALSE, TRUE},
    {CS_DIMENSION_ENERGY, "kJ", 1e3, FALSE, FALSE},
    {CS_DIMENSION_ENERGY, "Wh", 3600, FALSE, FALSE},
    {CS_DIMENSION_ENERGY_PER_BIT, "J/bit", 1, FALSE, FALSE},
    {CS_DIMENSION_ENERGY_PER_BIT, "uJ/bit", 1e-6, FALSE, FALSE},
    {CS_DIMENSION_ENERGY_PER_BIT, "nJ/bit", 1e-9, FALSE, TRUE},
    {CS_DIMENSION_RATIO_DB, "dB", 1, TRUE, TRUE},
    {CS_DIMENSION_SPREAD_DB, "dB", 1, FALSE, TRUE},
    {CS_DIMENSION_SIZE, "bit", 1, FALSE, TRUE},
    {CS_DIMENSION_SIZE, "kbit", 1e3, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "Mbit", 1e6, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "Gbit", 1e9, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "B", 8, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "kB", 8e3, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "MB", 8e6, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "GB", 8e9, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "KiB", 8.0 * 1024, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "MiB", 8.0 * 1048576, FALSE, FALSE},
    {CS_DIMENSION_SIZE, "GiB", 8.0 * 1073741824, FALSE, FALSE},
    {CS_DIMENSION_RATE, "bit/s", 1, FALSE, FALSE},
    {CS_DIMENSION_RATE, "kbit/s", 1e3, FALSE, FALSE},
    {CS_DIMENSION_RATE, "Mbit/s", 1e6, FALSE, TRUE},
    {CS_DIMENSION_RATE, "Gbit/s", 1e9, FALSE, FALSE},
    {CS_DIMENSION_RATE, "GB/s", 8e9, FALSE, FALSE},
    {CS_DIMENSION_PERCENT, "%", 1e-2, FALSE, TRUE},
    {CS_DIMENSION_ANGLE, "deg", 1, FALSE, TRUE},
    {CS_DIMENSION_ANGLE, "rad", 180 / G_PI, FALSE, FALSE},
    {CS_DIMENSION_NONE, NULL, 0, FALSE, FALSE},
};

static const struct {
    const char *name, *example;
} dimensions[CS_DIMENSION_N] = {
    [CS_DIMENSION_NONE] = {"plain number", "0.2"},
    [CS_DIMENSION_FREQUENCY] = {"frequency", "20 MHz"},
    [CS_DIMENSION_LENGTH] = {"length", "8 m"},
    [CS_DIMENSION_TIME] = {"time", "10 ms"},
    [CS_DIMENSION_SPEED] = {"speed", "3 km/h"},
    [CS_DIMENSION_POWER] = {"power", "23 dBm"},
    [CS_DIMENSION_POWER_DENSITY] = {"power density", "-174 dBm/Hz"},
    [CS_DIMENSION_POWER_COEFFICIENT] = {"power coefficient", "1e-25 W/Hz^3"},
    [CS_DIMENSION_ENERGY] = {"energy", "10 Wh"},
    [CS_DIMENSION_ENERGY_PER_BIT] = {"energy per bit", "80 nJ/bit"},
    [CS_DIMENSION_RATIO_DB] = {"ratio", "5 dB"},
    [CS_DIMENSION_SPREAD_DB] = {"spread", "4 dB"},
    [CS_DIMENSION_SIZE] = {"size", "16 bit"},
    [CS_DIMENSION_RATE] = {"rate", "100 Mbit/s"},
    [CS_DIMENSION_PERCENT] = {"share", "2 %"},
    [CS_DIMENSION_ANGLE] = {"angle", "90 deg"},
};

const CsUnit *cs_units(void)
{
    return units;
}

const char *cs_dimension_name(CsDimension dimension)
{
    return dimensions[dimension].name;
}

const char *cs_dimension_example(CsDimension dimension)
{
    return dimensions[dimension].example;
}

/* Whether 0 may mean something: 0 dBm are 1 mW, 0 dB a ratio of 1. Then 0 needs its unit too. */
static gboolean has_decibels(CsDimension dimension)
{
    for (const CsUnit *u = units; u->symbol != NULL; u++)
        if (u->dimension == dimension && u->decibel)
            return TRUE;
    return FALSE;
}

static const CsUnit *find_unit(const char *symbol, gsize length, CsDimension dimension,
                               gboolean *known)
{
    const CsUnit *found = NULL;
    *known = FALSE;
    for (const CsUnit *u = units; u->symbol != NULL; u++) {
        if (strlen(u->symbol) != length || memcmp(u->symbol, symbol, length) != 0)
            continue;
        *known = TRUE;
        if (u->dimension == dimension)
            found = u;
    }
    return found;
}

CsQuantityStatus cs_quantity_read(const char *text, gsize length, CsDimension dimension,
                                  double *value, gsize *bad_start, gsize *bad_end)
{
    const char *start = text, *end = text + length;
    while (start < end && g_ascii_isspace(*start))
        start++;
    while (end > start && g_ascii_isspace(end[-1]))
        end--;
    *bad_start = (gsize)(start - text);
    *bad_end = (gsize)(end - text);
    if (start == end)
        return CS_QUANTITY_EMPTY;

    double number;
    const char *unit;
    if (!cs_number_read(start, end, &number, &unit))
        return CS_QUANTITY_NOT_A_NUMBER;
    while (unit < end && g_ascii_isspace(*unit))
        unit++;
    gsize unit_length = (gsize)(end - unit);

    if (unit_length == 0) {
        if (dimension != CS_DIMENSION_NONE && (number != 0.0 || has_decibels(dimension)))
            return CS_QUANTITY_NO_UNIT;
        *value = number;
        return CS_QUANTITY_OK;
    }
    gboolean known;
    const CsUnit *found = find_unit(unit, unit_length, dimension, &known);
    if (found == NULL) {
        *bad_start = (gsize)(unit - text);
        if (!known && unit != start) {
            /* "12abc" or "0x10" is no number with a unit but no number at all. */
            gboolean glued = !g_ascii_isspace(unit[-1]);
            if (glued && dimension == CS_DIMENSION_NONE) {
                *bad_start = (gsize)(start - text);
                return CS_QUANTITY_NOT_A_NUMBER;
            }
        }
        if (dimension == CS_DIMENSION_NONE)
            return CS_QUANTITY_UNIT_UNWANTED;
        return known ? CS_QUANTITY_UNIT_WRONG : CS_QUANTITY_UNIT_UNKNOWN;
    }
    double si = found->decibel ? found->scale * cs_db_to_linear(number) : number * found->scale;
    if (!isfinite(si) || (si == 0.0 && number != 0.0))
        return CS_QUANTITY_OVERFLOW;
    *value = si;
    return CS_QUANTITY_OK;
}

/* How well a unit's number tells a value. */
typedef enum { FIT_NONE, FIT_CLOSE, FIT_EXACT } Fit;

static double from_number(double number, const CsUnit *unit)
{
    return unit->decibel ? unit->scale * cs_db_to_linear(number) : number * unit->scale;
}

/* `value` in `unit`, as text; FIT_EXACT where reading it back gives the same double. A quotient's
 * last bit may be off, so its neighbours are asked, too; some doubles have no exact number in a
 * unit whose scale is no power of two. */
static Fit try_unit(double value, const CsUnit *unit, char buffer[static CS_NUMBER_MAX])
{
    double number = unit->decibel ? cs_linear_to_db(value / unit->scale) : value / unit->scale;
    if (!isfinite(number) || !isfinite(from_number(number, unit)))
        return FIT_NONE;
    if (unit->decibel) {
        /* The logarithm's last bits are noise: 23 dBm must not come out as 22.999999999999996. */
        double rounded = round(number * 1e9) / 1e9;
        if (fabs(from_number(rounded, unit) - value) <= 1e-13 * fabs(value))
            number = rounded;
    } else {
        double near[] = {number, nextafter(number, -INFINITY), nextafter(number, INFINITY)};
        for (gsize i = 0; i < G_N_ELEMENTS(near); i++)
            if (from_number(near[i], unit) == value) {
                number = near[i];
                break;
            }
    }
    cs_number_format(buffer, number);
    return from_number(number, unit) == value ? FIT_EXACT : FIT_CLOSE;
}

char *cs_quantity_format(double value, CsDimension dimension)
{
    char buffer[CS_NUMBER_MAX], best[CS_NUMBER_MAX] = "";
    const CsUnit *best_unit = NULL;
    g_assert(isfinite(value));
    if (dimension == CS_DIMENSION_NONE) {
        cs_number_format(buffer, value);
        return g_strdup(buffer);
    }
    if (value == 0.0 && !has_decibels(dimension))
        return g_strdup("0");
    Fit best_fit = FIT_NONE;
    gint best_score = G_MAXINT;
    for (const CsUnit *u = units; u->symbol != NULL; u++) {
        if (u->dimension != dimension)
            continue;
        if (value == 0.0 && (u->decibel || u->scale != 1))
            continue; /* no logarithm, and plain W */
        Fit fit = try_unit(value, u, buffer);
        if (fit == FIT_NONE)
            continue;
        if (u->decibel)
            fit = FIT_EXACT; /* what a logarithm rounds is never seen */
        /* Few characters, a number in 1..999 and the preferred unit read best. */
        double number = fabs(g_ascii_strtod(buffer, NULL));
        gint score = (gint)strlen(buffer) - (u->preferred ? 2 : 0);
        if (!u->decibel && (number < 1.0 || number >= 1000.0))
            score += 3;
        if (fit > best_fit || (fit == best_fit && score < best_score)) {
            memcpy(best, buffer, sizeof best);
            best_unit = u;
            best_fit = fit;
            best_score = score;
        }
    }
    g_assert(best_unit != NULL);
    return g_strdup_printf("%s %s", best, best_unit->symbol);
}
