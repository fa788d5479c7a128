/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/protocol: the stages of each protocol. See protocol.h. Layer: sim. */
#include "sim/protocol.h"

const CsName cs_protocol_names[] = {{"split", CS_PROTOCOL_SPLIT},
                                    {"federated", CS_PROTOCOL_FEDERATED},
                                    {"u-shaped", CS_PROTOCOL_U_SHAPED},
                                    {"one-way", CS_PROTOCOL_ONE_WAY},
                                    CS_NAMES_END};
CS_NAMES_COVER(cs_protocol_names, CS_PROTOCOL_ONE_WAY);

#define EPOCH_MAX 10

/* What an epoch is; CS_STAGE_N ends it. */
static const guint8 epochs[][EPOCH_MAX + 1] = {
    [CS_PROTOCOL_SPLIT] = {CS_STAGE_DEVICE_FORWARD, CS_STAGE_SMASHED_UP, CS_STAGE_SERVER_FORWARD,
                           CS_STAGE_SERVER_BACKWARD, CS_STAGE_GRADIENT_DOWN,
                           CS_STAGE_DEVICE_BACKWARD, CS_STAGE_N},
    [CS_PROTOCOL_FEDERATED] = {CS_STAGE_DEVICE_FORWARD, CS_STAGE_HEAD_FORWARD,
                               CS_STAGE_HEAD_BACKWARD, CS_STAGE_DEVICE_BACKWARD, CS_STAGE_N},
    [CS_PROTOCOL_U_SHAPED] = {CS_STAGE_DEVICE_FORWARD, CS_STAGE_SMASHED_UP, CS_STAGE_SERVER_FORWARD,
                              CS_STAGE_FEATURES_DOWN, CS_STAGE_HEAD_FORWARD, CS_STAGE_HEAD_BACKWARD,
                              CS_STAGE_GRADIENT_UP, CS_STAGE_SERVER_BACKWARD,
                              CS_STAGE_GRADIENT_DOWN, CS_STAGE_DEVICE_BACKWARD, CS_STAGE_N},
    [CS_PROTOCOL_ONE_WAY] = {CS_STAGE_DEVICE_FORWARD, CS_STAGE_SMASHED_UP, CS_STAGE_SERVER_FORWARD,
                             CS_STAGE_SERVER_BACKWARD, CS_STAGE_N},
};

#define KIND(name, by, of, told_as)                                                                \
    {                                                                                              \
        name, CS_BY_##by, CS_OF_##of, CS_STAGE_##told_as                                           \
    }

static const CsStageKind kinds[CS_STAGE_N] = {
    [CS_STAGE_ADAPTER_DOWN] = KIND("adapter down", DOWNLINK, ADAPTERS, ADAPTER_DOWN),
    [CS_STAGE_DEVICE_FORWARD] = KIND("device forward", DEVICE, LAYERS, DEVICE_FORWARD),
    [CS_STAGE_SMASHED_UP] = KIND("smashed up", UPLINK, CUT, SMASHED_UP),
    [CS_STAGE_SERVER_FORWARD] = KIND("server forward", SERVER, LAYERS, SERVER_FORWARD),
    [CS_STAGE_SERVER_BACKWARD] = KIND("server backward", SERVER, LAYERS, SERVER_BACKWARD),
    [CS_STAGE_GRADIENT_DOWN] = KIND("gradient down", DOWNLINK, CUT, GRADIENT_DOWN),
    [CS_STAGE_DEVICE_BACKWARD] = KIND("device backward", DEVICE, LAYERS, DEVICE_BACKWARD),
    [CS_STAGE_ADAPTER_UP] = KIND("adapter up", UPLINK, ADAPTERS, ADAPTER_UP),
    [CS_STAGE_FEATURES_DOWN] = KIND("features down", DOWNLINK, CUT, GRADIENT_DOWN),
    [CS_STAGE_HEAD_FORWARD] = KIND("head forward", DEVICE, HEAD, DEVICE_FORWARD),
    [CS_STAGE_HEAD_BACKWARD] = KIND("head backward", DEVICE, HEAD, DEVICE_BACKWARD),
    [CS_STAGE_GRADIENT_UP] = KIND("gradient up", UPLINK, CUT, SMASHED_UP),
};

const CsStageKind *cs_stage_kind(CsStage stage)
{
    g_assert((guint)stage < CS_STAGE_N);
    return &kinds[stage];
}

const char *cs_stage_name(CsStage stage)
{
    return cs_stage_kind(stage)->name;
}

void cs_chain_init(CsChain *chain, CsProtocol protocol)
{
    *chain = (CsChain){0};
    guint8 before = CS_STAGE_ADAPTER_DOWN;
    for (const guint8 *stage = epochs[protocol]; *stage != CS_STAGE_N; stage++) {
        chain->after[before] = *stage;
        before = *stage;
        chain->times[*stage]++;
    }
    chain->epoch_last = before;
    chain->after[before] = CS_STAGE_DEVICE_FORWARD;
    chain->times[CS_STAGE_ADAPTER_DOWN] = chain->times[CS_STAGE_ADAPTER_UP] = 1;
}

guint cs_chain_count(const CsChain *chain, CsStageBy by, CsStageOf of)
{
    guint n = 0;
    for (CsStage stage = 0; stage < CS_STAGE_N; stage++)
        n += kinds[stage].by == by && kinds[stage].of == of ? chain->times[stage] : 0;
    return n;
}

CsDevicePart cs_chain_part(const CsChain *chain)
{
    return (CsDevicePart){
        .head = chain->times[CS_STAGE_HEAD_FORWARD] > 0,
        .whole = chain->times[CS_STAGE_SERVER_FORWARD] == 0,
        .frozen = chain->times[CS_STAGE_DEVICE_BACKWARD] == 0,
    };
}

CsProtocol cs_protocol_with_head(CsProtocol protocol, CsHead head)
{
    return protocol == CS_PROTOCOL_SPLIT && head == CS_HEAD_DEVICE ? CS_PROTOCOL_U_SHAPED
                                                                   : protocol;
}
