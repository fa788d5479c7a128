/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cardsim-policy.h: a policy of your own for cardsim, as a shared object.
 *
 * A policy chooses, whenever a device begins a training round, the layer at which the model is cut
 * and the server's GPU frequency. Write one file of C (or C++) that includes this header and
 * nothing else of cardsim, define cardsim_policy_plugin(), and build it with
 *
 *     cc -shared -fPIC -o mine.so mine.c $(pkg-config --cflags cardsim-policy)
 *
 * `cardsim run --plugin ./mine.so -s policy.name=mine SCENARIO` uses it. cardsim-policy(3) is the
 * manual; a whole example comes with the program's documentation.
 *
 * Units are SI: seconds, joules, bits, hertz. Decoder layers are numbered so that a cut c of 0 .. I
 * leaves the first c of them on the device.
 */
#ifndef CARDSIM_POLICY_H
#define CARDSIM_POLICY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "CSPO" in memory of a little-endian machine: the beginning of a plugin's description. */
#define CARDSIM_POLICY_MAGIC UINT32_C(0x4f505343)

/* Changes when a description or a decision changes its layout or its meaning. What is known of a
 * round, or of a crowd, may grow at its end without that. Plugins of version 1, which has no
 * decide_crowd(), are loaded as they are. */
#define CARDSIM_POLICY_ABI UINT32_C(2)

typedef struct CardsimPolicyRound CardsimPolicyRound;
typedef struct CardsimPolicyCrowd CardsimPolicyCrowd;

/*
 * What is known when a device begins a round. The program's; valid during the call only, and not to
 * be written. Arrays are indexed by the cut, c = 0 .. n_cuts-1; they include the scenario's T local
 * epochs and its compression ratio phi:
 *   device_s[c]      the device's computing in the round, s
 *   server_cycle[c]  the server's, in cycles: divided by the frequency f in Hz it is s, multiplied
 *                    by power_coefficient and the square of f it is J
 *   air_bit[c]       what is sent in the round, in each of the two directions, bit
 */
struct CardsimPolicyRound {
    uint32_t size;    /* of this structure in the program that calls, bytes */
    uint32_t n_cuts;  /* I + 1 */
    uint32_t cut_max; /* the largest cut that fits into the device's memory: I where it is ample */
    uint32_t cut;     /* policy.cut of the scenario, 0 where it has none */
    uint64_t round;   /* from 1 */
    double weight;    /* policy.weight, w: 1 is all delay, 0 is all energy */
    double frequency_hz; /* what policy.frequency asks for in this round; f* unless it says else */
    const double *device_s;
    const double *server_cycle;
    const double *air_bit;
    double power_coefficient; /* xi of the server's P = xi f^3, W/Hz^3 */
    double frequency_min_hz;  /* the server is as slow as the device */
    double frequency_max_hz;
    double uplink_bps; /* rates at the round's start, > 0; infinite where nothing is sent */
    double downlink_bps;
    double delay_min_s;  /* at cut 0 and the largest frequency */
    double delay_max_s;  /* at cut I and the least frequency */
    double energy_min_j; /* at cut I and the least frequency */
    double energy_max_j; /* at cut 0 and the largest frequency */
    /* The k-th random number of this device's round, uniform in (0, 1]: the same one whenever it is
     * asked for, whatever the threads. Use no other source of randomness. */
    double (*uniform)(const CardsimPolicyRound *round, uint32_t k);
    /* policy.delay-limit and energy-budget, 0 where the scenario has none, and policy.tradeoff */
    double delay_limit_s;
    double energy_budget_j;
    double tradeoff;
    /* With CARDSIM_POLICY_USES_LOAD; else, and where nothing is shared, 0. The shares are those of
     * the round before: of its time that the GPUs were busy, and each direction's shared air. */
    uint32_t devices; /* that start the round together */
    uint32_t gpus;    /* that serve them; 0: one for each */
    double server_share;
    double uplink_share;
    double downlink_share;
    uint32_t cut_min; /* the least cut there is: 0; I where the device trains the whole model */
};

typedef struct {
    uint32_t cut;        /* cut_min .. cut_max */
    uint32_t reserved;   /* 0 */
    double frequency_hz; /* frequency_min_hz .. frequency_max_hz */
} CardsimPolicyDecision;

/*
 * The devices that start a round together, two at least: all of them under the parallel schedule,
 * or a cluster's. The program's; valid during the call only.
 */
struct CardsimPolicyCrowd {
    uint32_t size;   /* of this structure in the program that calls, bytes */
    uint32_t n;      /* devices */
    uint32_t effort; /* how often rollout() is meant to be asked at most: policy.search-effort over
                        n, 1 at least */
    uint32_t reserved;
    const CardsimPolicyRound *const *round; /* of each, in the file's order */
    void *const *state;                     /* of each, as in decide() */
    /* Runs the round ahead with these n decisions, on a fork that changes nothing: with its queues,
     * its shared air and this round's channels; nobody leaves it. The sum of weighted costs U with
     * the delays as they come out, waiting included, and 1 more for a device whose round would be
     * lost: behind the scenario's deadline, or for want of battery. Infinite where a decision is
     * out of range. Where delay_s is not NULL it takes the n delays in s. */
    double (*rollout)(const CardsimPolicyCrowd *crowd, const CardsimPolicyDecision *decisions,
                      double *delay_s);
};

/* Keys of [policy] that the policy heeds; told by `cardsim list policies`. */
#define CARDSIM_POLICY_USES_FREQUENCY UINT32_C(1)
#define CARDSIM_POLICY_USES_CUT UINT32_C(2) /* the scenario must then give `cut` */
/* No key: the policy wants to know what the devices share. */
#define CARDSIM_POLICY_USES_LOAD UINT32_C(4)

/*
 * What a plugin is. It and its texts are the plugin's, constant for as long as it is loaded.
 *
 * decide() is called once for every round of every device, from several threads at once: it keeps
 * what it has to remember in `state` alone, the device's own state_size bytes, zero before its
 * first round of a replication and aligned for any type (NULL where state_size is 0). The calls of
 * one device come in the order of its rounds, never two at a time. The same arguments and the same
 * state must give the same decision. A cut or a frequency out of range ends the run with an error.
 *
 * decide_crowd(), which may be NULL, decides for devices that start together in decide()'s place,
 * into `decisions`; a device that is alone, and all where policy.csi is not perfect, are left to
 * decide().
 */
typedef struct {
    uint32_t magic; /* these five by CARDSIM_POLICY_HEAD */
    uint32_t abi;
    uint32_t size;
    uint32_t round_size;
    uint32_t decision_size;
    uint32_t uses;       /* CARDSIM_POLICY_USES_... */
    const char *name;    /* as policy.name says it: a-z, 0-9 and -, a letter first, 63 at most */
    const char *summary; /* one line of UTF-8 */
    size_t state_size;   /* 1 MiB at most */
    CardsimPolicyDecision (*decide)(const CardsimPolicyRound *round, void *state);
    void (*decide_crowd)(const CardsimPolicyCrowd *crowd, CardsimPolicyDecision *decisions);
} CardsimPolicyPlugin;

#define CARDSIM_POLICY_HEAD                                                                        \
    CARDSIM_POLICY_MAGIC, CARDSIM_POLICY_ABI, (uint32_t)sizeof(CardsimPolicyPlugin),               \
        (uint32_t)sizeof(CardsimPolicyRound), (uint32_t)sizeof(CardsimPolicyDecision)

#if defined(__GNUC__)
#define CARDSIM_POLICY_EXPORT __attribute__((visibility("default")))
#define CARDSIM_POLICY_UNUSED __attribute__((unused))
#else
#define CARDSIM_POLICY_EXPORT
#define CARDSIM_POLICY_UNUSED
#endif

/* The entry point, which the plugin defines. Called once, when it is loaded. */
CARDSIM_POLICY_EXPORT const CardsimPolicyPlugin *cardsim_policy_plugin(void);

/* --- what a decision would cost -------------------------------------------------------------- */

/* The round's delay in s without queueing: computing on both sides and both directions' air
 * time. */
CARDSIM_POLICY_UNUSED static inline double cardsim_policy_delay_s(const CardsimPolicyRound *round,
                                                                  uint32_t cut, double frequency_hz)
{
    return round->device_s[cut] + round->server_cycle[cut] / frequency_hz +
           round->air_bit[cut] / round->uplink_bps + round->air_bit[cut] / round->downlink_bps;
}

/* The server's computing energy of the round in J. */
CARDSIM_POLICY_UNUSED static inline double
cardsim_policy_energy_j(const CardsimPolicyRound *round, uint32_t cut, double frequency_hz)
{
    return round->power_coefficient * frequency_hz * frequency_hz * round->server_cycle[cut];
}

/* The weighted cost U: delay and energy, each from 0 (best) to 1 (worst); a term whose best is no
 * better than its worst is 0. */
CARDSIM_POLICY_UNUSED static inline double cardsim_policy_cost(const CardsimPolicyRound *round,
                                                               uint32_t cut, double frequency_hz)
{
    double delay_span_s = round->delay_max_s - round->delay_min_s;
    double energy_span_j = round->energy_max_j - round->energy_min_j;
    double cost = 0;
    if (delay_span_s > 0)
        cost += round->weight *
                (cardsim_policy_delay_s(round, cut, frequency_hz) - round->delay_min_s) /
                delay_span_s;
    if (energy_span_j > 0)
        cost += (1 - round->weight) *
                (cardsim_policy_energy_j(round, cut, frequency_hz) - round->energy_min_j) /
                energy_span_j;
    return cost;
}

#ifdef __cplusplus
}
#endif

#endif
