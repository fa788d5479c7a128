/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/knowledge: what a decision knows of the channel where that is not all, and what it costs.
 *
 * Layer: sim, private to it. Calls base, radio, policy.
 */
#ifndef CS_SIM_KNOWLEDGE_H
#define CS_SIM_KNOWLEDGE_H

#include "sim/config.h"

typedef struct CsKnowledge CsKnowledge;

/* NULL where knowledge is perfect. Transfer full. */
CsKnowledge *cs_knowledge_new(const CsConfig *config, guint64 replication);
void cs_knowledge_free(CsKnowledge *knowledge);

/*
 * The policy's decision with what is known instead of the true `state` (its rates those of `uplink`
 * and `downlink`); `memory` is the device's block of policy state. The rates known:
 *   delayed k: those of the device's round k rounds before; of its first one until there is such;
 *   error:     at the true SNR times 10^(e/10), e normal with the deviation in dB, drawn for each
 *              device, round and direction; where a rate stands for itself (a measured one), that
 *              rate times 10^(e/10).
 * *regret is U of the decision less U of the decision that the same policy would have made with
 * perfect knowledge all along, both at the true rates; negative where the error was lucky.
 */
CsDecision cs_knowledge_decide(CsKnowledge *knowledge, guint device, const CsDeviceGroup *group,
                               const CsRoundState *state, const CsLinkState *uplink,
                               const CsLinkState *downlink, gpointer memory, double *regret);

#endif
