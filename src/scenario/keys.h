/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/keys: the one table of scenario keys: type, unit, range, default, meaning.
 *
 * It drives reading, checking, defaults, where a value goes, `cardsim list keys`, shell completion
 * and the man page's key table.
 *
 * Layer: scenario.
 */
#ifndef CS_SCENARIO_KEYS_H
#define CS_SCENARIO_KEYS_H

#include "base/names.h"
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
    CS_VALUE_CSI,   /* policy.csi: perfect | delayed 1 round | error 2 dB            */
    CS_VALUE_CODEC, /* learning.codec: none | 8 bit | top-k 10 %                      */
    CS_VALUE_SET,   /* some of `names`, joined by '+'                              */
    CS_VALUE_NAME,  /* a name that something else resolves (platform, llm, inherits) */
    CS_VALUE_PATH
} CsValueKind;

/* device.memory where it is no size. */
typedef enum { CS_DEVICE_MEMORY_UNLIMITED, CS_DEVICE_MEMORY_PLATFORM } CsDeviceMemory;

/* Whether the value is, or may be, the name of a file: by a '/' or by how it ends. */
typedef enum { CS_FILE_NEVER, CS_FILE_MAYBE, CS_FILE_ALWAYS } CsFileKind;

/* What a value goes into: the type of a field and of what the field stands in. */
typedef enum {
    CS_KEY_FIELD_NONE,
    CS_KEY_FIELD_DOUBLE,
    CS_KEY_FIELD_GUINT, /* enums too */
    CS_KEY_FIELD_GUINT64,
    CS_KEY_FIELD_GBOOLEAN,
    CS_KEY_FIELD_TEXT /* const char *, borrowed */
} CsKeyFieldType;

typedef enum {
    CS_OWNER_NONE,
    CS_OWNER_CsConfig,
    CS_OWNER_CsSampling,
    CS_OWNER_CsDeviceGroup,
    CS_OWNER_CsRadio,
    CS_OWNER_CsTraceFormat,
    CS_OWNER_CsAvailabilityFormat
} CsOwner;

typedef struct {
    CsKeyFieldType type;
    gsize offset;
} CsKeyField;

typedef struct {
    const char *group; /* "radio"; "device" stands for every [device NAME] */
    const char *key;
    const char *meaning; /* one line */
    CsValueKind kind;
    CsDimension dimension;
    double minimum, maximum; /* SI, inclusive */
    gboolean minimum_open;   /* the minimum itself is not allowed (a bandwidth of 0) */
    const CsName *names;     /* the choices, or NULL */
    CsFileKind file;
    const char *fallback; /* the default as text; NULL: required, derived or optional */
    const char *derived;  /* what holds without it ("the platform's"), or NULL */
    gboolean required;    /* must be given, unless `derived` can be */
    const char *example;  /* a fitting value where there is no default, or NULL */

    gboolean alone; /* no check and no file turns on its value: a sweep need not try each of its
                       values with all others' */

    CsOwner owner;   /* NONE: the resolver takes it from there */
    CsKeyField into; /* the number, the choice, the set, the text; a range's lower end */
    CsKeyField
        also;       /* the number that stands behind or in place of a choice; a range's upper end */
    double absent;  /* what goes there without a value and a default */
    gsize platform; /* where a CsPlatform has a value for it (a double, NAN: none); 0: nowhere */
} CsKey;

/* Positions in the table. */
typedef enum {
#define KEY(name, ...) CS_KEY_##name,
#include "scenario/key-list.h"
#undef KEY
    CS_KEY_N
} CsKeyIndex;

#define CS_KEY_FIRST_OF_RADIO CS_KEY_CARRIER
#define CS_KEY_LAST_OF_RADIO CS_KEY_TRANSFER_LIMIT

/* The table, grouped and in the order of the manual; `n` entries. Static storage. */
const CsKey *cs_keys(guint *n);

/* The entry at one position. */
const CsKey *cs_key(CsKeyIndex index);

/* The groups in the manual's order, NULL-ended: scenario, simulation, ... */
const char *const *cs_key_groups(void);

/* By name, or NULL; "device" stands for every [device NAME], where [radio]'s keys may stand too. */
const CsKey *cs_key_find(const char *group, const char *key);

/* That of an axis or override, "radio.bandwidth" or "device.1.distance"; or NULL. */
const CsKey *cs_key_of(const char *name);

/* What the key takes, for a person: "20 MHz", "1 .. 1000000000", "none | rayleigh | ...". Transfer
 * full. */
char *cs_key_values(const CsKey *key);

#endif
