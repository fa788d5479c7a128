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

typedef enum {
    CS_VALUE_TEXT,     /* free text                                                    */
    CS_VALUE_WHOLE,    /* a whole number in [minimum, maximum]                          */
    CS_VALUE_QUANTITY, /* a number of `dimension` in [minimum, maximum]                 */
    CS_VALUE_RANGE,    /* a quantity, or `a .. b`                                       */
    CS_VALUE_BOOLEAN,  /* yes or no (also true, false)                                  */
    CS_VALUE_CHOICE,   /* one of `choices`                                              */
    CS_VALUE_CHOICE_OR_QUANTITY, /* policy.frequency: card | max | min | a value        */
    CS_VALUE_CHOICE_OR_WHOLE,    /* server.gpus: a number or `unlimited`                */
    CS_VALUE_SET,      /* some of `choices`, joined by '+'                              */
    CS_VALUE_NAME,     /* a name that something else resolves (platform, llm, inherits) */
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
    const char *fallback;    /* the default as text; NULL: required or derived */
    const char *derived;     /* how the default is derived ("the platform's"), or NULL */
    const char *meaning;     /* one line */
} CsKey;

/* The table, grouped and in the order of the manual; `n` entries. Static storage. */
const CsKey *cs_keys(guint *n);

/* The groups in the manual's order, NULL-ended: scenario, simulation, ... */
const char *const *cs_key_groups(void);

const CsKey *cs_key_find(const char *group, const char *key);

#endif
