/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/condition: which combinations of a sweep's values are run.
 *
 *     where = radio.path-loss-exponent >= 4 or policy.name = card
 *     where = not (device.1.distance > 20 m and policy.name = random)
 *
 * Comparisons (= != < <= > >=) of a key with a value, joined by not, and, or (in this order of
 * binding) and parentheses. A literal is read as a value of its key, with its unit and its names;
 * numbers that are nearer than a part in 10^12 are equal; names compare by = and != only, and must
 * be among the axis's. The keys must be axes of the sweep.
 *
 * Layer: campaign. Calls base, text, scenario.
 */
#ifndef CS_CAMPAIGN_CONDITION_H
#define CS_CAMPAIGN_CONDITION_H

#include "text/diagnostic.h"

typedef struct CsCondition CsCondition;

/* An axis that a condition may name, and its values' texts (n_values of them). */
typedef struct {
    const char *key;
    const char *const *values;
    guint n_values;
} CsConditionAxis;

/* Reads `text`, which stands at `place`. NULL with an error added where it cannot be read. Transfer
 * full. */
CsCondition *cs_condition_read(const char *text, CsPlace place, const CsConditionAxis *axes,
                               guint n_axes, CsDiagnostics *diagnostics);
void cs_condition_free(CsCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsCondition, cs_condition_free)

/* Whether it holds where axis i has the text values[i]. */
gboolean cs_condition_holds(const CsCondition *condition, const char *const *values);

#endif
