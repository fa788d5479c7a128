/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/contention: CARD at prices of what one's work costs others.
 *
 * Layer: policy.
 */
#ifndef CS_POLICY_CONTENTION_H
#define CS_POLICY_CONTENTION_H

#include "policy/policy.h"

/* CARD's decision where a device's seconds have these prices. */
CsDecision cs_contention_decide(const CsPolicySettings *settings, const CsRoundState *round,
                                const CsPrices *price);

/* Moves prices a part, 0..1, of the way to others. */
void cs_prices_move(CsPrices *price, const CsPrices *to, double part);

#endif
