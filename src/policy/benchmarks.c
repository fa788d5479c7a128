/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/benchmarks: policies that do not look at the channel: the letter's server-only and
 * device-only, a cut of the user's and a random one. The frequency is a setting.
 *
 * Layer: policy. Calls base.
 */
#include "policy/policy.h"

#include <math.h>

static CsDecision decide_server_only(const CsPolicySettings *settings, const CsRoundState *round,
                                     G_GNUC_UNUSED gpointer state)
{
    return (CsDecision){.cut = 0, .frequency_hz = cs_policy_frequency(settings, round, 0)};
}

static CsDecision decide_device_only(const CsPolicySettings *settings, const CsRoundState *round,
                                     G_GNUC_UNUSED gpointer state)
{
    guint cut = round->cost->n_cuts - 1;
    return (CsDecision){.cut = cut, .frequency_hz = cs_policy_frequency(settings, round, cut)};
}

static CsDecision decide_static(const CsPolicySettings *settings, const CsRoundState *round,
                                G_GNUC_UNUSED gpointer state)
{
    return (CsDecision){.cut = settings->cut,
                        .frequency_hz = cs_policy_frequency(settings, round, settings->cut)};
}

static guint last_cut(G_GNUC_UNUSED const CsPolicySettings *settings, const CsCostTable *cost)
{
    return cost->n_cuts - 1;
}

static guint first_cut(G_GNUC_UNUSED const CsPolicySettings *settings,
                       G_GNUC_UNUSED const CsCostTable *cost)
{
    return 0;
}

static guint static_cut(const CsPolicySettings *settings, G_GNUC_UNUSED const CsCostTable *cost)
{
    return settings->cut;
}

/* ceil(u n) - 1 with u uniform in (0, 1]: the 0..n-1th cut, each with probability 1/n. */
static CsDecision decide_random(const CsPolicySettings *settings, const CsRoundState *round,
                                G_GNUC_UNUSED gpointer state)
{
    double u = cs_random_uniform(round->key, round->round, 0);
    guint first = round->cost->cut_min;
    guint cut = first + (guint)ceil(u * (round->cost->cut_max - first + 1)) - 1;
    return (CsDecision){.cut = cut, .frequency_hz = cs_policy_frequency(settings, round, cut)};
}

const CsPolicy cs_policy_server_only = {
    .name = "server-only",
    .summary = "cut 0: every decoder layer on the server",
    .uses_frequency_rule = TRUE,
    .only_cut = first_cut,
    .decide = decide_server_only,
};

const CsPolicy cs_policy_device_only = {
    .name = "device-only",
    .summary = "the last cut: every decoder layer on the device",
    .uses_frequency_rule = TRUE,
    .only_cut = last_cut,
    .decide = decide_device_only,
};

const CsPolicy cs_policy_static = {
    .name = "static",
    .summary = "always the cut of policy.cut",
    .uses_frequency_rule = TRUE,
    .uses_cut = TRUE,
    .only_cut = static_cut,
    .decide = decide_static,
};

const CsPolicy cs_policy_random = {
    .name = "random",
    .summary = "a cut drawn anew each round, all equally likely",
    .uses_frequency_rule = TRUE,
    .draws_cut = TRUE,
    .decide = decide_random,
};
