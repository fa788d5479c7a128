/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/footprint: memory foretold. See footprint.h. */
#include "sim/footprint.h"

#include "radio/doppler.h"
#include "radio/surroundings.h"

/* Bytes of a device, of structs that are private to their files: as measured on x86-64, by the
 * growth of the process from 100000 to 300000 devices. */
#define DEVICE_BYTE 220
#define PATH_BYTE 440
#define TRANSFER_BYTE 200
#define LIFE_BYTE 710
#define RATES_BYTE 16 /* of a round that a decision remembers */
#define CUT_BYTE 60   /* of a group */

static gboolean changes(const CsDeviceGroup *group)
{
    return group->radio.coherence == CS_COHERENCE_TIME || group->trace[CS_UPLINK] != NULL ||
           group->trace[CS_DOWNLINK] != NULL;
}

double cs_config_footprint_byte(const CsConfig *config, guint tables)
{
    double each = DEVICE_BYTE + (double)config->policy->state_size, sum = 0;
    if ((tables & 1u << CS_TABLE_ROUNDS) != 0)
        each += sizeof(CsRoundRecord);
    if ((tables & 1u << CS_TABLE_DEVICES) != 0)
        each += sizeof(CsDeviceTotals);
    if (cs_config_loses_rounds(config))
        each += LIFE_BYTE;
    if (config->csi == CS_CSI_DELAYED)
        each += RATES_BYTE * (double)config->csi_rounds;
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        gboolean moves = group->mobility.kind != CS_MOBILITY_STATIC;
        double own = each;
        if (moves || changes(group))
            own += PATH_BYTE;
        if (changes(group) || group->radio.sharing != CS_SHARING_DEDICATED)
            own += TRANSFER_BYTE;
        if (changes(group) && group->radio.doppler == CS_DOPPLER_JAKES)
            own += CS_DIRECTION_N * sizeof(CsJakes);
        sum += own * group->count + CUT_BYTE * (double)config->profile->n_cuts;
    }
    return sum;
}
