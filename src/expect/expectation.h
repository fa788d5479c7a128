/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/expectation: the exact means of a device's round, without a simulation.
 *
 * Where a round's outcome depends on that round's draws alone, its mean is
 *     Σ_ij P(uplink i) P(downlink j) G(i, j)          CQIs, and the rate below the last repetition
 *     + ∫ ...                                         over SNRs in which a rate varies
 * with G what the policy's own decision comes to at the two rates (outcome.h). Integrals are split
 * where a decision flips. Shadowing and drawn distances, which are one gain for both directions,
 * are an integral around it.
 *
 *     place (drawn distance, shadowing)      gain-law
 *       fading of one or both directions     gain-law, link-law
 *         rates → decision → D, E, U, ...    outcome, the policy
 *
 * What it cannot answer is an obstacle, never an approximation.
 *
 * Layer: expect. Calls sim (the configuration), radio, policy.
 */
#ifndef CS_EXPECT_EXPECTATION_H
#define CS_EXPECT_EXPECTATION_H

#include "expect/decisions.h"
#include "expect/quadrature.h"
#include "sim/config.h"

/* The largest relative error that is let pass. */
#define CS_EXPECT_ERROR_MAX 1e-9

typedef struct {
    CsMeans mean;
    double error_relative; /* the largest of the means', by the quadrature's own estimate */
} CsExpectation;

/* Why there is no exact answer: the key that prevents it. */
typedef struct {
    const char *group; /* "radio"; "device" for a key that only devices have */
    const char *key;
    gint device_group; /* of the configuration, or -1 */
    char *reason;
} CsObstacle;

/* TRUE where the means exist and can be computed; else *obstacle says why not (its reason is
 * transfer full, g_free). `config` is prepared. */
gboolean cs_expect_applies(const CsConfig *config, CsObstacle *obstacle);

/*
 * The means of a round of each group's devices, n_groups of them; cs_expect_applies() must be TRUE.
 * `cache` (one for a thread; NULL: none is kept) saves asking the policy again at other points of a
 * sweep; it changes no number. May be called on several threads. FALSE with the obstacle where the
 * quadrature does not come within CS_EXPECT_ERROR_MAX.
 */
gboolean cs_expect_groups(const CsConfig *config, CsDecisionsCache *cache,
                          CsExpectation *expectation, CsObstacle *obstacle);

/* The mean over the rounds of all devices. */
CsExpectation cs_expect_all(const CsConfig *config, const CsExpectation *groups);

#endif
