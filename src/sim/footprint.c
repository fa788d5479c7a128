/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/footprint: memory foretold. See footprint.h. */
#include "sim/footprint.h"

#include "learning/course-footprint.h"
#include "radio/doppler.h"
#include "radio/surroundings.h"
#include "sim/learning-data.h"

/* Bytes of a device, of structs that are private to their files: as measured on x86-64, by the
 * growth of the process from 100000 to 300000 devices. */
#define DEVICE_BYTE 220
#define PATH_BYTE 440
#define TRANSFER_BYTE 200
#define LIFE_BYTE 710
#define RATES_BYTE 16 /* of a round that a decision remembers */
#define CUT_BYTE 60   /* of a group */

/* Bytes of a row that waits: its text (some 340 of rounds, 230 of devices), for which a growing
 * buffer has room to spare; in a sweep also as a database has it (210 and 130). */
#define ROUND_TEXT_BYTE 500.0
#define ROUND_DATABASE_BYTE 750.0
#define DEVICE_TEXT_BYTE 350.0
#define DEVICE_DATABASE_BYTE 500.0
#define LOSSES_BYTE 500.0
#define ROUNDS_TEXT_MAX_BYTE 16e6 /* beyond, output/unit has them on disk */

/* Of training: what a round was and what it has come to, while its replication waits for its turn
 * (of each device, and of all) and afterwards; and a device's data beside the tokens. */
#define TURN_BYTE 24.0
#define LEARNED_BYTE 64.0
#define TRAIL_BYTE 150.0
#define LEARNER_BYTE 200.0

static gboolean changes(const CsDeviceGroup *group)
{
    return group->radio.coherence == CS_COHERENCE_TIME || group->trace[CS_UPLINK] != NULL ||
           group->trace[CS_DOWNLINK] != NULL;
}

static double under_way_byte(const CsConfig *config, guint tables)
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

static double waiting_byte(const CsConfig *config, guint tables, CsRowsKind kind)
{
    gboolean database = kind == CS_ROWS_DATABASE;
    double devices = config->n_devices, rounds = devices * (double)config->rounds, sum = 0;
    if ((tables & 1u << CS_TABLE_ROUNDS) != 0)
        sum += database ? rounds * ROUND_DATABASE_BYTE
                        : MIN(rounds * ROUND_TEXT_BYTE, ROUNDS_TEXT_MAX_BYTE);
    if (config->learning.network != NULL) {
        sum += rounds * TURN_BYTE + (double)config->rounds * LEARNED_BYTE;
        if ((tables & 1u << CS_TABLE_LOSSES) != 0)
            sum += (double)config->rounds * LOSSES_BYTE;
    }
    if ((tables & 1u << CS_TABLE_DEVICES) != 0)
        sum += devices * (database ? DEVICE_DATABASE_BYTE : DEVICE_TEXT_BYTE);
    return sum;
}

static void add_learning(const CsConfig *config, CsFootprint *footprint)
{
    const CsLearning *learning = &config->learning;
    CsCourseFootprint course = cs_course_footprint(&learning->network->shape, learning->lora_rank,
                                                   config->training.lora_targets, learning->batch,
                                                   learning->sequence_length);
    footprint->trained_byte = course.course_byte + cs_learning_data_byte(config) +
                              LEARNER_BYTE * (double)config->n_devices;
    footprint->tape_byte = course.tape_byte;
    footprint->network_byte = cs_base_model_byte(learning->network);
    footprint->trail_byte = TRAIL_BYTE * (double)config->rounds;
}

CsFootprint cs_config_footprint(const CsConfig *config, guint tables)
{
    CsFootprint footprint = {.under_way_byte = under_way_byte(config, tables)};
    for (guint kind = 0; kind < CS_ROWS_N; kind++)
        footprint.waiting_byte[kind] = waiting_byte(config, tables, kind);
    if (config->learning.network != NULL)
        add_learning(config, &footprint);
    return footprint;
}
