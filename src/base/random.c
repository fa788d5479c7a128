/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/random: Philox 4x32-10. See random.h. */
#include "base/random.h"

/* Multipliers and Weyl increments of Philox 4x32: Salmon et al. 2011, Table 2 and Random123. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u /* golden ratio */
#define PHILOX_W1 0xBB67AE85u /* sqrt(3) - 1 */
#define PHILOX_ROUNDS 10

/* The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that mixes all
 * bits. */
static guint64 mix(guint64 x)
{
    x ^= x >> 30;
    x *= G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x *= G_GUINT64_CONSTANT(0x94D049BB133111EB);
    x ^= x >> 31;
    return x;
}

guint64 cs_entity_hash(const char *name)
{
    guint64 hash = G_GUINT64_CONSTANT(0xCBF29CE484222325);
    for (const guchar *p = (const guchar *)name; *p != '\0'; p++) {
        hash ^= *p;
        hash *= G_GUINT64_CONSTANT(0x00000100000001B3);
    }
    return mix(hash);
}

CsRandomKey cs_random_key(guint64 seed, guint64 replication, guint64 entity, CsPurpose purpose)
{
    /* A chain of bijections, each fed the next word: seeds 1 and 2, or replications 1 and 2, end
     * up in unrelated keys. */
    const guint64 weyl = G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    guint64 h = mix(seed + weyl);
    h = mix(h + replication * weyl + 1);
    h = mix(h ^ entity);
    h = mix(h + (guint64)purpose * weyl + 2);
    return (CsRandomKey){{(guint32)h, (guint32)(h >> 32)}};
}

void cs_philox(const guint32 counter[4], const guint32 key[2], guint32 out[4])
{
    guint32 c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    guint32 k0 = key[0], k1 = key[1];
    for (int i = 0; i < PHILOX_ROUNDS; i++) {
        guint64 p0 = (guint64)PHILOX_M0 * c0;
        guint64 p1 = (guint64)PHILOX_M1 * c2;
        guint32 n0 = (guint32)(p1 >> 32) ^ c1 ^ k0;
        guint32 n2 = (guint32)(p0 >> 32) ^ c3 ^ k1;
        c1 = (guint32)p1;
        c3 = (guint32)p0;
        c0 = n0;
        c2 = n2;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* 53 bits of two words as (k + 1) / 2^53, in (0, 1]. */
static double uniform_from(guint32 high, guint32 low)
{
    guint64 bits = (((guint64)high << 32) | low) >> 11;
    return (double)(bits + 1) * 0x1p-53;
}

static void fill(CsRandomKey key, guint64 round, guint32 transmission, guint32 block,
                 guint32 out[4])
{
    const guint32 counter[4] = {block, transmission, (guint32)round, (guint32)(round >> 32)};
    cs_philox(counter, key.word, out);
}

void cs_random_pair(CsRandomKey key, guint64 round, guint32 transmission, guint32 block,
                    double uniform[2])
{
    guint32 word[4];
    fill(key, round, transmission, block, word);
    uniform[0] = uniform_from(word[0], word[1]);
    uniform[1] = uniform_from(word[2], word[3]);
}

double cs_random_uniform(CsRandomKey key, guint64 round, guint32 transmission)
{
    double uniform[2];
    cs_random_pair(key, round, transmission, 0, uniform);
    return uniform[0];
}

/* --- behind GSL's interface ---------------------------------------------------------------- */

typedef struct {
    guint32 key[2];
    guint32 counter[4];
    guint32 word[4];
    guint used; /* words of `word` already given out */
} PhiloxState;

static unsigned long int philox_get(void *vstate)
{
    PhiloxState *state = vstate;
    if (state->used == G_N_ELEMENTS(state->word)) {
        cs_philox(state->counter, state->key, state->word);
        state->counter[0]++;
        state->used = 0;
    }
    return state->word[state->used++];
}

static double philox_get_double(void *vstate)
{
    guint32 high = (guint32)philox_get(vstate);
    guint32 low = (guint32)philox_get(vstate);
    guint64 bits = (((guint64)high << 32) | low) >> 11;
    return (double)bits * 0x1p-53;
}

static void philox_set(void *vstate, unsigned long int seed)
{
    PhiloxState *state = vstate;
    *state = (PhiloxState){.key = {(guint32)seed, (guint32)((guint64)seed >> 32)},
                           .used = G_N_ELEMENTS(state->word)};
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = 0xFFFFFFFFul,
    .min = 0,
    .size = sizeof(PhiloxState),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};

const gsl_rng_type *const cs_rng_philox = &philox_type;

void cs_rng_seek(gsl_rng *rng, CsRandomKey key, guint64 round, guint32 transmission, guint32 block)
{
    g_assert(rng->type == cs_rng_philox);
    PhiloxState *state = rng->state;
    *state = (PhiloxState){
        .key = {key.word[0], key.word[1]},
        .counter = {block, transmission, (guint32)round, (guint32)(round >> 32)},
        .used = G_N_ELEMENTS(state->word),
    };
}
