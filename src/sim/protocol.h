/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/protocol: what happens in a round: for each protocol the list of its stages, in one table.
 *
 *   split      adapter down, T x { device forward, smashed up, server forward, server backward,
 *              gradient down, device backward }, adapter up            (the letter, Section II-B)
 *   federated  adapter down, T x { device forward, head forward, head backward, device backward },
 *              adapter up: FedAvg (McMahan et al., AISTATS 2017) of LoRA adapters
 *   u-shaped   adapter down, T x { device forward, smashed up, server forward, features down, head
 *              forward, head backward, gradient up, server backward, gradient down, device
 *              backward }, adapter up: labels stay (Vepakomma et al., arXiv 1812.00564)
 *   one-way    adapter down, T x { device forward, smashed up, server forward, server backward },
 *              adapter up: a frozen front, whose adapters are none, so that both their transfers
 * are empty
 *
 * Everything else reads this table: the chain of events (stage.c), costs by the cut and what is
 * sent which way (config.c), which part of the model the device has (llm/profile.h), draws of
 * transfers (transfer.c), tracks of a trace.
 *
 * Layer: sim. Calls base, llm.
 */
#ifndef CS_SIM_PROTOCOL_H
#define CS_SIM_PROTOCOL_H

#include "base/names.h"
#include "llm/profile.h"

typedef enum {
    CS_PROTOCOL_SPLIT,
    CS_PROTOCOL_FEDERATED,
    CS_PROTOCOL_U_SHAPED,
    CS_PROTOCOL_ONE_WAY
} CsProtocol;
extern const CsName cs_protocol_names[];

/* Stages of a round. The letter's first, in their order in time; a record counts the others among
 * them (CsStageKind.told_as). */
typedef enum {
    CS_STAGE_ADAPTER_DOWN,
    CS_STAGE_DEVICE_FORWARD,
    CS_STAGE_SMASHED_UP,
    CS_STAGE_SERVER_FORWARD,
    CS_STAGE_SERVER_BACKWARD,
    CS_STAGE_GRADIENT_DOWN,
    CS_STAGE_DEVICE_BACKWARD,
    CS_STAGE_ADAPTER_UP,
    CS_STAGE_TOLD_N,
    CS_STAGE_FEATURES_DOWN = CS_STAGE_TOLD_N, /* the last server layer's output, to a head there */
    CS_STAGE_HEAD_FORWARD,
    CS_STAGE_HEAD_BACKWARD,
    CS_STAGE_GRADIENT_UP, /* of these features */
    CS_STAGE_N
} CsStage;

/* Who is at work, or which way it goes; and with what. */
typedef enum { CS_BY_DEVICE, CS_BY_SERVER, CS_BY_UPLINK, CS_BY_DOWNLINK } CsStageBy;
typedef enum { CS_OF_LAYERS, CS_OF_HEAD, CS_OF_CUT, CS_OF_ADAPTERS } CsStageOf;

typedef struct {
    const char *name; /* "adapter down" */
    CsStageBy by;
    CsStageOf of;
    CsStage told_as; /* < CS_STAGE_TOLD_N: whose time it adds to, and whose it takes where both are
                        transfers */
} CsStageKind;

/* Static storage. */
const CsStageKind *cs_stage_kind(CsStage stage);
const char *cs_stage_name(CsStage stage);

static inline gboolean cs_stage_is_transfer(CsStage stage)
{
    CsStageBy by = cs_stage_kind(stage)->by;
    return by == CS_BY_UPLINK || by == CS_BY_DOWNLINK;
}

/* A list as events follow it: it begins with adapter down and ends with adapter up, and what lies
 * between is the epoch, which begins with device forward. */
typedef struct {
    guint8 after[CS_STAGE_N]; /* within a round; behind `epoch_last` the epoch's first */
    guint8 epoch_last;
    guint8 times[CS_STAGE_N]; /* in the list: 0 or 1 */
} CsChain;

void cs_chain_init(CsChain *chain, CsProtocol protocol);

/* How often an epoch does so. */
guint cs_chain_count(const CsChain *chain, CsStageBy by, CsStageOf of);

/* Which part of the model the device has. */
CsDevicePart cs_chain_part(const CsChain *chain);

/* The protocol at work where the head is said to be there: under split a head on the device makes
 * it u-shaped. */
CsProtocol cs_protocol_with_head(CsProtocol protocol, CsHead head);

#endif
