/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/random: counter-based random streams (Philox 4x32-10), so that a draw depends on what it is
 * for and on nothing else.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11,
 * doi:10.1145/2063384.2063405; known-answer vectors: Random123's kat_vectors.
 *
 * A key is a hash of (seed, replication, entity, purpose); the 128-bit counter is
 * {block, transmission, round low, round high}. Adding, removing or reordering devices, changing
 * the policy, or drawing more numbers for one purpose therefore changes no other draw.
 *
 * Layer: base.
 */
#ifndef CS_BASE_RANDOM_H
#define CS_BASE_RANDOM_H

#include <glib.h>
#include <gsl/gsl_rng.h>

/* What a stream is for. Values are part of every result: append, never renumber. */
typedef enum {
    CS_PURPOSE_FADING_UPLINK = 1,
    CS_PURPOSE_FADING_DOWNLINK = 2,
    CS_PURPOSE_SHADOWING = 3,
    CS_PURPOSE_DISTANCE = 4,
    CS_PURPOSE_POLICY = 5,
    CS_PURPOSE_LINE_OF_SIGHT = 6,
    CS_PURPOSE_SHADOWING_OBSTRUCTED = 7, /* without a line of sight */
    CS_PURPOSE_WAYPOINT = 8,
    CS_PURPOSE_CSI = 9, /* errors of what a decision knows */
    CS_PURPOSE_FAILURE = 10,
    CS_PURPOSE_ENVIRONMENT_HEIGHT = 11, /* of UMa */
    CS_PURPOSE_BOOTSTRAP = 12,          /* rows drawn anew, for an interval */
    CS_PURPOSE_LANGUAGE = 32,           /* the dialects themselves */
    CS_PURPOSE_TEXT = 33,               /* what is written in them */
    CS_PURPOSE_SHARES = 34,             /* which dialects a device has how much of */
    CS_PURPOSE_DIALECT = 35,            /* of a sequence */
    CS_PURPOSE_BATCH = 36,              /* the order in which a device takes its sequences */
    CS_PURPOSE_WEIGHTS = 37,            /* a network or adapters before training */
    CS_PURPOSE_TEST = 38                /* what a network is tested on */
} CsPurpose;

/* A 64-bit Philox key. A value type: copy it freely. */
typedef struct {
    guint32 word[2];
} CsRandomKey;

/* A stable 64-bit hash (FNV-1a, then mixed) of an entity's name. */
guint64 cs_entity_hash(const char *name);

CsRandomKey cs_random_key(guint64 seed, guint64 replication, guint64 entity, CsPurpose purpose);

/* One Philox 4x32-10 block. */
void cs_philox(const guint32 counter[4], const guint32 key[2], guint32 out[4]);

/*
 * The two uniforms in (0, 1] of block `block` of (round, transmission): 53 bits each,
 * (k + 1) / 2^53 for k in 0..2^53-1, so that the logarithm of one is always finite.
 */
void cs_random_pair(CsRandomKey key, guint64 round, guint32 transmission, guint32 block,
                    double uniform[2]);

/* The first of the two uniforms of block 0. */
double cs_random_uniform(CsRandomKey key, guint64 round, guint32 transmission);

/*
 * Philox behind GSL's interface, for GSL's samplers. gsl_rng_uniform() keeps GSL's own contract,
 * [0, 1): Deviation from "(0, 1]" because those samplers are written for it.
 */
extern const gsl_rng_type *const cs_rng_philox;

/* Puts a generator of type cs_rng_philox at block `block` of (round, transmission). */
void cs_rng_seek(gsl_rng *rng, CsRandomKey key, guint64 round, guint32 transmission, guint32 block);

#endif
