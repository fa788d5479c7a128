/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/load: how busy server and shared air were in a round. See load.h. Layer: sim. */
#include "sim/load.h"

CsLoadMeter *cs_load_meter_new(const CsConfig *config)
{
    if (!config->policy->uses_load || config->schedule == CS_SCHEDULE_SEQUENTIAL)
        return NULL;
    CsLoadMeter *meter = g_new0(CsLoadMeter, 1);
    meter->load.gpus = config->server.gpus == CS_GPUS_UNLIMITED ? 0 : config->server.gpus;
    return meter;
}

void cs_load_together(CsLoadMeter *meter, guint devices)
{
    meter->load.devices = devices;
}

/* Work asked of `capacity` servers over the time that the round took. */
static double share_of(double work_ns, double capacity, gint64 round_ns)
{
    return round_ns > 0 ? MIN(work_ns / (capacity * (double)round_ns), 1.0) : 0.0;
}

void cs_load_next_round(CsLoadMeter *meter, gint64 now_ns)
{
    gint64 round_ns = now_ns - meter->since_ns;
    CsLoad *load = &meter->load;
    load->server_share = load->gpus > 0 ? share_of(meter->server_ns, load->gpus, round_ns) : 0;
    load->uplink_share = share_of(meter->uplink_ns, 1, round_ns);
    load->downlink_share = share_of(meter->downlink_ns, 1, round_ns);
    meter->since_ns = now_ns;
    meter->server_ns = meter->uplink_ns = meter->downlink_ns = 0;
}

void cs_load_add(CsLoadMeter *meter, const CsConfig *config, guint group_index,
                 const gint64 duration_ns[CS_STAGE_TOLD_N - 1], gint64 first_ns)
{
    double epochs = config->local_epochs;
    double crossings = epochs * cs_chain_count(&config->chain, CS_BY_UPLINK, CS_OF_CUT);
    meter->server_ns += epochs * ((double)duration_ns[CS_STAGE_SERVER_FORWARD - 1] +
                                  (double)duration_ns[CS_STAGE_SERVER_BACKWARD - 1]);
    if (config->groups[group_index].radio.sharing == CS_SHARING_DEDICATED)
        return;
    meter->uplink_ns += crossings * (double)duration_ns[CS_STAGE_SMASHED_UP - 1] +
                        (double)duration_ns[CS_STAGE_ADAPTER_UP - 1];
    meter->downlink_ns +=
        (config->sends_down ? crossings : 0) * (double)duration_ns[CS_STAGE_GRADIENT_DOWN - 1] +
        (double)first_ns;
}
