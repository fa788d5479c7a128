/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/axis: one axis of a sweep: a key and the values it takes.
 *
 *     radio.path-loss-exponent = 2 .. 6 step 0.25        # a range, both ends included
 *     policy.name = card, server-only                    # a list
 *     radio.bandwidth = 5 MHz, 10 MHz .. 50 MHz step 10 MHz
 *
 * A value that holds a comma stands between quotation marks: "a,b.csv".
 * On the command line a range may also be written A..B:STEP. `a .. b` without a step is no range
 * but one value (a distance drawn between the two). Values of a range are start + i·step in decimal
 * arithmetic, never accumulated, so that 0.1 .. 0.5 step 0.1 holds 0.3 and not
 * 0.30000000000000004.
 *
 * Layer: campaign. Calls base, text.
 */
#ifndef CS_CAMPAIGN_AXIS_H
#define CS_CAMPAIGN_AXIS_H

#include "text/diagnostic.h"

#define CS_AXIS_VALUES_MAX 100000

typedef struct {
    char *key; /* "radio.path-loss-exponent", "device.1.distance" */
    CsPlace key_place;
    guint n_values;
    char **values;   /* n_values texts, NULL-ended, each as a scenario would say it */
    CsPlace *places; /* where each value was written: a range's values share its place */
} CsAxis;

/*
 * Reads `text`, which stands at `place` in its source. NULL with all errors added where a value is
 * missing, a range has no end (step of 0, wrong direction, mixed units) or there are more than
 * CS_AXIS_VALUES_MAX values. Transfer full.
 */
CsAxis *cs_axis_read(const char *key, CsPlace key_place, const char *text, CsPlace place,
                     CsDiagnostics *diagnostics);
void cs_axis_free(CsAxis *axis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAxis, cs_axis_free)

/* Parts overrides (NULL-ended, or NULL) into those of one value, which get a NULL behind them, and
 * axes; they are borrowed. */
void cs_overrides_split(const char *const *overrides, GPtrArray *plain, GPtrArray *axes);

/* Whether one of the overrides (NULL-ended, or NULL) is of `key`. */
gboolean cs_overrides_set(const char *const *overrides, const char *key);

#endif
