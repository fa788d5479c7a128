/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy/policy: the table of policies. See policy.h. */
#include "policy/policy.h"

#include <string.h>

G_DEFINE_QUARK(cs - policy - error - quark, cs_policy_error)

const CsName cs_frequency_names[] = {{"card", CS_FREQUENCY_CARD},
                                     {"max", CS_FREQUENCY_MAX},
                                     {"min", CS_FREQUENCY_MIN},
                                     CS_NAMES_END_NUMBER(CS_FREQUENCY_VALUE)};
CS_NAMES_COVER(cs_frequency_names, CS_FREQUENCY_MIN);

/* One line a policy: each is a `const CsPolicy cs_policy_NAME` in its own or its family's file. */
#define POLICIES(X)                                                                                \
    X(card)                                                                                        \
    X(server_only)                                                                                 \
    X(device_only)                                                                                 \
    X(static)                                                                                      \
    X(random)                                                                                      \
    X(delay_only)                                                                                  \
    X(energy_only)                                                                                 \
    X(exhaustive)                                                                                  \
    X(card_deadline)                                                                               \
    X(card_contention)                                                                             \
    X(joint)                                                                                       \
    X(open)                                                                                        \
    X(adaptsfl)

#define DECLARE(name) extern const CsPolicy cs_policy_##name;
POLICIES(DECLARE)

#define ADDRESS(name) &cs_policy_##name,
static const CsPolicy *const policies[] = {POLICIES(ADDRESS)};

const CsPolicy *const *cs_policies(guint *n)
{
    *n = G_N_ELEMENTS(policies);
    return policies;
}

const CsPolicy *cs_policy_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(policies); i++)
        if (strcmp(policies[i]->name, name) == 0)
            return policies[i];
    return NULL;
}

double cs_policy_frequency(const CsPolicySettings *settings, const CsRoundState *round, guint cut)
{
    switch (settings->frequency_rule) {
    case CS_FREQUENCY_CARD:
        return cs_best_frequency(round->cost, &round->corners, settings->weight, cut);
    case CS_FREQUENCY_MAX:
        return round->cost->frequency_max_hz;
    case CS_FREQUENCY_MIN:
        return round->cost->frequency_min_hz;
    case CS_FREQUENCY_VALUE:
        return settings->frequency_hz;
    }
    g_assert_not_reached();
}

gboolean cs_decision_check(const CsPolicy *policy, const CsCostTable *cost, CsDecision decision,
                           GError **error)
{
    double frequency_hz = decision.frequency_hz;
    if (decision.cut < cost->cut_min)
        g_set_error(error, CS_POLICY_ERROR, CS_POLICY_ERROR_DECISION,
                    "the policy '%s' chose cut %u, and under this protocol the device takes %u to "
                    "%u",
                    policy->name, decision.cut, cost->cut_min, cost->cut_max);
    else if (decision.cut > cost->cut_max && decision.cut < cost->n_cuts)
        g_set_error(error, CS_POLICY_ERROR, CS_POLICY_ERROR_DECISION,
                    "the policy '%s' chose cut %u, and the device has memory for 0 to %u",
                    policy->name, decision.cut, cost->cut_max);
    else if (decision.cut > cost->cut_max)
        g_set_error(error, CS_POLICY_ERROR, CS_POLICY_ERROR_DECISION,
                    "the policy '%s' chose cut %u, and the device takes 0 to %u", policy->name,
                    decision.cut, cost->cut_max);
    else if (!(frequency_hz >= cost->frequency_min_hz && frequency_hz <= cost->frequency_max_hz))
        g_set_error(error, CS_POLICY_ERROR, CS_POLICY_ERROR_DECISION,
                    "the policy '%s' chose a frequency of %g Hz, and the server takes %.17g Hz to "
                    "%.17g Hz",
                    policy->name, frequency_hz, cost->frequency_min_hz, cost->frequency_max_hz);
    else
        return TRUE;
    return FALSE;
}
