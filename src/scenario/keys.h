/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/keys: the one table of scenario keys: type, unit, range, default, meaning.
 *
 * It drives reading, checking, `cardsim list keys`, shell completion and the man page's key table.
 *
 * Layer: scenario.
 */
#ifndef CS_SCENARIO_KEYS_H
#define CS_SCENARIO_KEYS_H

#include "base/units.h"

/* Limits that are no key's range: of a scenario as a whole. */
#define CS_DEVICE_GROUPS_MAX 10000
#define CS_EXTENDS_MAX 16 /* files in one chain */
#define CS_DEVICE_NAME_MAX 128
#define CS_CSI_ROUNDS_MAX 1000 /* of policy.csi = delayed */

typedef enum {
    CS_VALUE_TEXT,               /* free text                                                    */
    CS_VALUE_WHOLE,              /* a whole number in [minimum, maximum]                          */
    CS_VALUE_QUANTITY,           /* a number of `dimension` in [minimum, maximum]                 */
    CS_VALUE_RANGE,              /* a quantity, or `a .. b`                                       */
    CS_VALUE_BOOLEAN,            /* yes or no (also true, false)                                  */
    CS_VALUE_CHOICE,             /* one of `choices`                                              */
    CS_VALUE_CHOICE_OR_QUANTITY, /* policy.frequency: card | max | min | a value        */
    CS_VALUE_CHOICE_OR_WHOLE,    /* server.gpus: a number or `unlimited`                */
    CS_VALUE_CHOICE_WITH_QUANTITY, /* simulation.precision: `none`, or a word and a number */
    CS_VALUE_CSI,  /* policy.csi: perfect | delayed 1 round | error 2 dB            */
    CS_VALUE_SET,  /* some of `choices`, joined by '+'                              */
    CS_VALUE_NAME, /* a name that something else resolves (platform, llm, inherits) */
    CS_VALUE_PATH
} CsValueKind;

typedef struct {
    const char *group; /* "radio"; "device" stands for every [device NAME] */
    const char *key;
    CsValueKind kind;
    CsDimension dimension;
    double minimum, maximum; /* SI, inclusive */
    gboolean minimum_open;   /* the minimum itself is not allowed (a bandwidth of 0) */
    const char *choices;     /* "a|b|c", or NULL */
    const char *fallback;    /* the default as text; NULL: required, derived or optional */
    const char *derived;     /* what holds without it ("the platform's"), or NULL */
    gboolean required;       /* must be given, unless `derived` can be */
    const char *example;     /* a fitting value where there is no default, or NULL */
    const char *meaning;     /* one line */
} CsKey;

/* Positions in the table. */
typedef enum {
    CS_KEY_TITLE,
    CS_KEY_EXTENDS,
    CS_KEY_ROUNDS,
    CS_KEY_SEED,
    CS_KEY_REPLICATIONS,
    CS_KEY_PRECISION,
    CS_KEY_MAX_REPLICATIONS,
    CS_KEY_SCHEDULE,
    CS_KEY_CLUSTER_SIZE,
    CS_KEY_DEADLINE,
    CS_KEY_QUORUM,
    CS_KEY_LLM,
    CS_KEY_LAYERS,
    CS_KEY_HEAD,
    CS_KEY_ATTENTION,
    CS_KEY_MEMORY_CHECK,
    CS_KEY_LOCAL_EPOCHS,
    CS_KEY_BATCH,
    CS_KEY_SEQUENCE_LENGTH,
    CS_KEY_COMPRESSION,
    CS_KEY_ACTIVATION_PRECISION,
    CS_KEY_ADAPTER_PRECISION,
    CS_KEY_LORA_RANK,
    CS_KEY_LORA_TARGETS,
    CS_KEY_WEIGHT_PRECISION,
    CS_KEY_OPTIMIZER,
    CS_KEY_OPTIMIZER_PRECISION,
    CS_KEY_ACTIVATION_CHECKPOINTING,
    CS_KEY_SERVER_PLATFORM,
    CS_KEY_SERVER_FREQUENCY_MAX,
    CS_KEY_SERVER_CORES,
    CS_KEY_SERVER_FLOPS_PER_CYCLE,
    CS_KEY_SERVER_POWER_COEFFICIENT,
    CS_KEY_SERVER_GPUS,
    CS_KEY_SERVER_DISCIPLINE,
    CS_KEY_SERVER_IDLE_POWER,
    CS_KEY_SERVER_TX_POWER,
    CS_KEY_SERVER_NOISE_FIGURE,
    CS_KEY_CARRIER, /* the first of [radio] */
    CS_KEY_BANDWIDTH,
    CS_KEY_SHARING,
    CS_KEY_PATH_LOSS,
    CS_KEY_PATH_LOSS_EXPONENT,
    CS_KEY_REFERENCE_DISTANCE,
    CS_KEY_REFERENCE_LOSS,
    CS_KEY_LINE_OF_SIGHT,
    CS_KEY_AP_HEIGHT,
    CS_KEY_SHADOWING,
    CS_KEY_SHADOWING_DISTANCE,
    CS_KEY_FADING,
    CS_KEY_RICIAN_K,
    CS_KEY_NAKAGAMI_M,
    CS_KEY_COHERENCE,
    CS_KEY_DOPPLER,
    CS_KEY_RECIPROCAL,
    CS_KEY_CQI_TABLE,
    CS_KEY_THRESHOLDS,
    CS_KEY_RATE,
    CS_KEY_OUTAGE,
    CS_KEY_MAX_REPETITIONS,
    CS_KEY_NOISE_DENSITY,
    CS_KEY_BLOCK_ERROR_RATE,
    CS_KEY_ERROR_CURVES,
    CS_KEY_COMBINING,
    CS_KEY_RETRANSMISSIONS,
    CS_KEY_BLOCK_SIZE,
    CS_KEY_ROUND_TRIP_TIME,
    CS_KEY_PROCESSES,
    CS_KEY_TRANSFER_LIMIT,  /* the last of [radio] */
    CS_KEY_DEVICE_INHERITS, /* the first of [device NAME] */
    CS_KEY_DEVICE_COUNT,
    CS_KEY_DEVICE_PLATFORM,
    CS_KEY_DEVICE_FREQUENCY,
    CS_KEY_DEVICE_CORES,
    CS_KEY_DEVICE_FLOPS_PER_CYCLE,
    CS_KEY_DEVICE_POWER_COEFFICIENT,
    CS_KEY_DEVICE_MEMORY,
    CS_KEY_DEVICE_BATTERY,
    CS_KEY_DEVICE_IDLE_POWER,
    CS_KEY_DEVICE_TIME_TO_FAILURE,
    CS_KEY_DEVICE_REPAIR_TIME,
    CS_KEY_DEVICE_AVAILABILITY,
    CS_KEY_DEVICE_AVAILABILITY_KIND,
    CS_KEY_DEVICE_AVAILABILITY_TIME,
    CS_KEY_DEVICE_AVAILABILITY_UNTIL,
    CS_KEY_DEVICE_AVAILABILITY_STATE,
    CS_KEY_DEVICE_AVAILABILITY_TIME_UNIT,
    CS_KEY_DEVICE_AVAILABILITY_START,
    CS_KEY_DEVICE_AVAILABILITY_END,
    CS_KEY_DEVICE_DISTANCE,
    CS_KEY_DEVICE_TX_POWER,
    CS_KEY_DEVICE_TX_CIRCUIT_POWER,
    CS_KEY_DEVICE_RX_POWER,
    CS_KEY_DEVICE_NOISE_FIGURE,
    CS_KEY_DEVICE_HEIGHT,
    CS_KEY_DEVICE_SPEED,
    CS_KEY_DEVICE_MOBILITY,
    CS_KEY_DEVICE_DIRECTION,
    CS_KEY_DEVICE_AREA_RADIUS,
    CS_KEY_DEVICE_PAUSE,
    CS_KEY_DEVICE_TRACE,
    CS_KEY_DEVICE_TRACE_KIND,
    CS_KEY_DEVICE_TRACE_TIME,
    CS_KEY_DEVICE_TRACE_TIME_UNIT,
    CS_KEY_DEVICE_TRACE_VALUE,
    CS_KEY_DEVICE_TRACE_UPLINK_VALUE,
    CS_KEY_DEVICE_TRACE_DOWNLINK_VALUE,
    CS_KEY_DEVICE_TRACE_UNIT,
    CS_KEY_DEVICE_TRACE_END, /* the last of [device NAME] */
    CS_KEY_POLICY,
    CS_KEY_WEIGHT,
    CS_KEY_FREQUENCY,
    CS_KEY_CUT,
    CS_KEY_DELAY_LIMIT,
    CS_KEY_ENERGY_BUDGET,
    CS_KEY_TRADEOFF,
    CS_KEY_CSI,
    CS_KEY_SWEEP_ZIP,
    CS_KEY_SWEEP_WHERE,
    CS_KEY_RECORD,
    CS_KEY_N
} CsKeyIndex;

/* The table, grouped and in the order of the manual; `n` entries. Static storage. */
const CsKey *cs_keys(guint *n);

/* The entry at one position. */
const CsKey *cs_key(CsKeyIndex index);

/* The groups in the manual's order, NULL-ended: scenario, simulation, ... */
const char *const *cs_key_groups(void);

/* By name, or NULL; "device" stands for every [device NAME], where [radio]'s keys may stand too. */
const CsKey *cs_key_find(const char *group, const char *key);

/* What the key takes, for a person: "20 MHz", "1 .. 1000000000", "none | rayleigh | ...". Transfer
 * full. */
char *cs_key_values(const CsKey *key);

#endif
