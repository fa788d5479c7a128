/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/sink: names of the stages. See sink.h. Layer: sim. */
#include "sim/sink.h"

static const char *const stage_name[CS_STAGE_N] = {
    [CS_STAGE_ADAPTER_DOWN] = "adapter down",       [CS_STAGE_DEVICE_FORWARD] = "device forward",
    [CS_STAGE_SMASHED_UP] = "smashed up",           [CS_STAGE_SERVER_FORWARD] = "server forward",
    [CS_STAGE_SERVER_BACKWARD] = "server backward", [CS_STAGE_GRADIENT_DOWN] = "gradient down",
    [CS_STAGE_DEVICE_BACKWARD] = "device backward", [CS_STAGE_ADAPTER_UP] = "adapter up",
};

const char *cs_stage_name(CsStage stage)
{
    g_assert((guint)stage < CS_STAGE_N);
    return stage_name[stage];
}
