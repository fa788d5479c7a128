/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sticky-policy: an example of a policy plugin for cardsim.
 *
 * CARD may change the cut from one round to the next for a gain that is hardly worth it. This
 * policy keeps the device's cut until another one is better by at least 0.05 of the weighted cost.
 * It shows all that a plugin can do: look at the round, remember something between rounds, decide.
 *
 *     cc -shared -fPIC -O2 -o sticky.so sticky-policy.c $(pkg-config --cflags cardsim-policy)
 *     cardsim run --plugin ./sticky.so -s policy.name=sticky scenario.ini
 */
#include <cardsim-policy.h>

#define LEAST_GAIN 0.05

/* What is remembered of each device; all zero before its first round. */
typedef struct {
    uint32_t decided; /* 0 until there is a cut to keep */
    uint32_t cut;
} Memory;

/* The cut of least weighted cost at this frequency; the smaller one of two that are equal. */
static uint32_t best_cut(const CardsimPolicyRound *round, double frequency_hz)
{
    uint32_t best = 0;
    for (uint32_t cut = 1; cut <= round->cut_max; cut++)
        if (cardsim_policy_cost(round, cut, frequency_hz) <
            cardsim_policy_cost(round, best, frequency_hz))
            best = cut;
    return best;
}

static CardsimPolicyDecision decide(const CardsimPolicyRound *round, void *state)
{
    Memory *memory = state;
    double frequency_hz = round->frequency_hz; /* what policy.frequency asks for */
    uint32_t best = best_cut(round, frequency_hz);
    double gain = cardsim_policy_cost(round, memory->cut, frequency_hz) -
                  cardsim_policy_cost(round, best, frequency_hz);

    if (!memory->decided || gain >= LEAST_GAIN)
        memory->cut = best;
    memory->decided = 1;

    CardsimPolicyDecision decision = {.cut = memory->cut, .frequency_hz = frequency_hz};
    return decision;
}

static const CardsimPolicyPlugin plugin = {
    CARDSIM_POLICY_HEAD,
    .uses = CARDSIM_POLICY_USES_FREQUENCY,
    .name = "sticky",
    .summary = "CARD that keeps a device's cut unless another saves 0.05 of the weighted cost",
    .state_size = sizeof(Memory),
    .decide = decide,
};

const CardsimPolicyPlugin *cardsim_policy_plugin(void)
{
    return &plugin;
}
